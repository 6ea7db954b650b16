import type { Check, Proposal } from '../../pull-requests/code-host.ts';
import { webAddress } from '../../pull-requests/checks.ts';
import type { GitHubClient } from './client.ts';
import { allPages, PER_PAGE } from './pages.ts';
import type { GitHubSettings } from './settings.ts';

/**
 * Commit statuses and check runs under the given names, of the newest commit of a pull request and of that by which it was
 * merged. GitHub shows both kinds in one list and under one name; both count.
 *
 * @param client may read pull requests, @param reader checks and statuses
 */
export async function readChecks(
  { client, reader }: { readonly client: GitHubClient; readonly reader: GitHubClient },
  settings: GitHubSettings,
  { id }: Proposal,
  names: readonly string[],
): Promise<readonly Check[]> {
  const { owner, repository: repo } = settings;
  const { data } = await client.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    owner,
    repo,
    pull_number: Number(id),
  });
  // Until it is merged, GitHub names under it the merge that it tries.
  const merge = data.merged_at === null ? null : data.merge_commit_sha;
  const commits = [...new Set([data.head.sha, ...(merge === null ? [] : [merge])])];
  const found = await Promise.all(commits.map((commit) => checksOf(reader, settings, commit)));
  return found.flat().filter(({ name }) => names.includes(name));
}

async function checksOf(
  reader: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  commit: string,
): Promise<readonly Check[]> {
  const place = { owner, repo, ref: commit, per_page: PER_PAGE };
  const [statuses, runs] = await Promise.all([
    allPages(async (page) => {
      const { data, headers } = await reader.request('GET /repos/{owner}/{repo}/commits/{ref}/status', {
        ...place,
        page,
      });
      return { data: data.statuses, headers };
    }),
    allPages(async (page) => {
      const { data, headers } = await reader.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
        ...place,
        page,
      });
      return { data: data.check_runs, headers };
    }),
  ]);
  return [
    ...statuses.map(({ context, state, target_url: url }) => ({
      name: context,
      outcome: outcomeOf(state),
      url: webAddress(url),
    })),
    ...runs.map(({ name, conclusion, details_url: details, html_url: url }) => ({
      name,
      outcome: outcomeOf(conclusion),
      url: webAddress(url) ?? webAddress(details),
    })),
  ];
}

/** `neutral` and `skipped` block no merge, and show nothing either. A run without a conclusion has not ended. */
function outcomeOf(said: string | null): Check['outcome'] {
  if (said === null || said === 'pending') return 'pending';
  return said === 'success' ? 'passed' : 'failed';
}
