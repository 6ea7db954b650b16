import type { BranchState, CommitId } from '../../pull-requests/code-host.ts';
import type { GitHubClient } from './client.ts';
import { refusal } from '../../pull-requests/answering.ts';
import { statusOf } from './refusals.ts';
import type { CommitAuthor, GitHubSettings } from './settings.ts';

/** What GitHub takes for "there is no such ref". */
const NOWHERE = '0'.repeat(40);

/** Head of a branch; `null`: there is none, or the token may not see the repository. */
export async function readHead(
  client: GitHubClient,
  { owner, repository: repo }: Pick<GitHubSettings, 'owner' | 'repository'>,
  branch: string,
): Promise<CommitId | null> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      owner,
      repo,
      ref: `heads/${branch}`,
    });
    return data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

export async function readBranch(
  client: GitHubClient,
  settings: GitHubSettings,
  branch: string,
): Promise<BranchState | null> {
  const head = await readHead(client, settings, branch);
  if (head === null) return null;
  const { author } = settings;
  const data = await compareWithBase(client, settings, head);
  // Without a common ancestor it is the branch of somebody with another history.
  if (data === null) return { head, basedOn: head, lastCommitBy: 'unknown', authorship: 'shared' };
  const newest = data.commits.at(-1) ?? data.merge_base_commit;
  // Ours have one commit; one of more than a page has been worked on by somebody.
  const isOurs = data.total_commits === data.commits.length && data.commits.every((commit) => isBy(author, commit));
  return {
    head,
    basedOn: data.merge_base_commit.sha,
    lastCommitBy: newest.author?.login ?? newest.commit.author?.name ?? 'unknown',
    authorship: isOurs ? 'ours' : 'shared',
  };
}

async function compareWithBase(
  client: GitHubClient,
  { owner, repository: repo, baseBranch }: GitHubSettings,
  head: CommitId,
) {
  const basehead = `${baseBranch}...${head}`;
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...{ owner, repo, basehead },
      per_page: 100,
    });
    return data;
  } catch (error) {
    // GitHub answers alike where there is no base branch.
    if (statusOf(error) === 404 && (await readHead(client, { owner, repository: repo }, baseBranch)) !== null)
      return null;
    throw error;
  }
}

interface CommitOnGitHub {
  readonly author: { readonly login?: string } | null;
  readonly committer: { readonly login?: string } | null;
  readonly commit: {
    readonly author: { readonly email?: string } | null;
    readonly committer: { readonly email?: string } | null;
  };
}

/** GitHub is the committer of what it has signed for an app. Whoever amends a commit becomes its committer. */
function isBy(author: CommitAuthor, { author: by, committer: through, commit }: CommitOnGitHub): boolean {
  if (author.kind === 'named') {
    return commit.author?.email === author.email && commit.committer?.email === author.email;
  }
  const signer = through?.login;
  return by?.login === author.login && (signer === author.login || signer === 'web-flow');
}

/** @throws RefusedError `conflict` when there is a branch of this name */
export async function createBranch(
  client: GitHubClient,
  settings: GitHubSettings,
  branch: string,
  at: CommitId,
): Promise<void> {
  const { owner, repository: repo } = settings;
  try {
    await client.request('POST /repos/{owner}/{repo}/git/refs', {
      owner,
      repo,
      ref: `refs/heads/${branch}`,
      sha: at,
    });
  } catch (error) {
    // 422 says both that it exists and that a rule of the repository forbids it.
    const isTaken = statusOf(error) === 422 && (await readHead(client, settings, branch)) !== null;
    if (isTaken) throw refusal('conflict', `the branch ${branch} exists`);
    throw error;
  }
}

/**
 * Moves a branch from one commit to another, or removes it, if it still stands where it was seen. REST can only force
 * whatever stands there by now; this mutation of GraphQL compares first.
 *
 * @param to   `null`: it is removed
 * @throws RefusedError `conflict` when it stands elsewhere
 */
export async function moveBranch(
  client: GitHubClient,
  settings: GitHubSettings,
  branch: string,
  { from, to }: { readonly from: CommitId; readonly to: CommitId | null },
): Promise<void> {
  if (from === to) return;
  const { owner, repository: repo } = settings;
  const { data: repository } = await client.request('GET /repos/{owner}/{repo}', { owner, repo });
  try {
    await client.graphql(UPDATE_REFS, {
      repositoryId: repository.node_id,
      refUpdates: [{ name: `refs/heads/${branch}`, beforeOid: from, afterOid: to ?? NOWHERE, force: true }],
    });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    const head = await readHead(client, settings, branch);
    // The answer to an earlier attempt was lost.
    if (head === to) return;
    if (head !== from) throw refusal('conflict', `the branch ${branch} has been moved by others`);
    throw error;
  }
}

const UPDATE_REFS = `
mutation ($repositoryId: ID!, $refUpdates: [RefUpdate!]!) {
  updateRefs(input: { repositoryId: $repositoryId, refUpdates: $refUpdates }) { clientMutationId }
}`;
