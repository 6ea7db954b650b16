import { type EpochMs, instant } from '../../domain/units.ts';
import type { Mergeable, OpenedProposal, Proposal } from '../../pull-requests/code-host.ts';
import { BRANCH_PREFIX } from '../../pull-requests/identity.ts';
import type { GitHubClient } from './client.ts';
import { allPages, PER_PAGE } from './pages.ts';
import type { GitHubSettings } from './settings.ts';

interface PullOnGitHub {
  readonly number: number;
  readonly html_url: string;
  readonly state: string;
  readonly title: string;
  readonly body: string | null;
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly merged_at: string | null;
  readonly labels: readonly { readonly name?: string }[];
  readonly head: { readonly ref: string; readonly repo: { readonly full_name: string } | null };
}

/** Every pull request that was ever opened from a branch, newest first. Those from forks are of others. */
export async function readPullRequests(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  branch: string,
): Promise<readonly Proposal[]> {
  const pulls = await allPages((page) =>
    client.request('GET /repos/{owner}/{repo}/pulls', {
      owner,
      repo,
      head: `${owner}:${branch}`,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: PER_PAGE,
      page,
    }),
  );
  return Promise.all(
    pulls.map(async (pull) => {
      if (pull.state !== 'open') return proposalOf(pull, 'unknown');
      // GitHub tells only of a single one whether it can be merged.
      const { data } = await client.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
        owner,
        repo,
        pull_number: pull.number,
      });
      return proposalOf(data, mergeableOf(data));
    }),
  );
}

function proposalOf(pull: PullOnGitHub, mergeable: Mergeable): Proposal {
  const endedAt = pull.merged_at ?? pull.closed_at;
  return {
    id: String(pull.number),
    url: pull.html_url,
    branch: pull.head.ref,
    state: stateOf(pull),
    openedAt: instant(pull.created_at),
    endedAt: endedAt === null ? null : instant(endedAt),
    mergeable,
    labels: pull.labels.map(({ name = '' }) => name),
    title: pull.title,
    body: pull.body ?? '',
  };
}

function stateOf({ state, merged_at }: Pick<PullOnGitHub, 'state' | 'merged_at'>): Proposal['state'] {
  if (merged_at !== null) return 'merged';
  return state === 'open' ? 'open' : 'closed';
}

/** `null` as long as GitHub has not tried to merge it. */
function mergeableOf({
  mergeable,
  mergeable_state: state,
}: {
  readonly mergeable: boolean | null;
  readonly mergeable_state: string;
}): Mergeable {
  if (mergeable === false || state === 'dirty') return 'conflicting';
  if (state === 'behind' || state === 'blocked') return state;
  return mergeable === null ? 'unknown' : 'clean';
}

/** Pull requests of ours that are open or were opened since the instant. */
export async function readOpened(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  since: EpochMs,
): Promise<readonly OpenedProposal[]> {
  const list = (state: 'open' | 'closed', isLast: (page: readonly PullOnGitHub[]) => boolean) =>
    allPages<PullOnGitHub>(
      (page) =>
        client.request('GET /repos/{owner}/{repo}/pulls', {
          owner,
          repo,
          state,
          sort: 'created',
          direction: 'desc',
          per_page: PER_PAGE,
          page,
        }),
      isLast,
    );
  const open = await list('open', () => false);
  const closed = await list('closed', (page) => page.some(({ created_at }) => instant(created_at) < since));
  const home = `${owner}/${repo}`.toLowerCase();
  return [...open, ...closed.filter(({ created_at }) => instant(created_at) >= since)]
    .filter(({ head }) => head.ref.startsWith(BRANCH_PREFIX) && head.repo?.full_name.toLowerCase() === home)
    .map((pull) => ({ branch: pull.head.ref, state: stateOf(pull), openedAt: instant(pull.created_at) }));
}
