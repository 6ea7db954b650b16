import { TransientError } from '../../domain/errors.ts';
import type {
  CodeHost,
  CommitId,
  Draft,
  Farewell,
  HostRefusal,
  HostResult,
  Issue,
  IssueDraft,
  Note,
  Opened,
  Proposal,
  ProposalText,
} from '../../pull-requests/code-host.ts';
import { answering as answeringWith, refusal, RefusedError } from '../../pull-requests/answering.ts';
import { allowedFolders, refuseFiles } from '../../pull-requests/allowed-paths.ts';
import { aboutMarker, keyMarker, withoutKeys } from '../../pull-requests/marker.ts';
import { withKey } from '../../pull-requests/notes.ts';
import { createBranch, moveBranch, readBranch } from './branches.ts';
import { readChecks } from './checks.ts';
import { gitHubClient, type GitHubClient, type Permissions } from './client.ts';
import { allPages, PER_PAGE } from './pages.ts';
import { readOpened, readPullRequests } from './pull-requests.ts';
import { refusalFrom } from './refusals.ts';
import type { GitHubSettings } from './settings.ts';
import { makeCommit, readFiles } from './trees.ts';

const FOR_PROPOSALS: Permissions = { contents: 'write', metadata: 'read', pull_requests: 'write' };
/** Asked for only when an issue is to be opened, so that an app without it can still propose. */
const FOR_ISSUES: Permissions = { issues: 'write', metadata: 'read' };

/** Asked for only where names of checks are configured; as above. */
const FOR_CHECKS: Permissions = { checks: 'read', metadata: 'read', statuses: 'read' };

/** A request that must not be made twice when its answer is lost: what it makes has no name of its own. */
const ONCE = { request: { retries: 0 } } as const;

/**
 * Proposals as pull requests on GitHub.
 *
 * @throws RangeError for settings that allow a folder outside of the repository
 */
export function gitHubCodeHost(given: GitHubSettings): CodeHost {
  const settings = { ...given, folders: allowedFolders(given.folders) };
  const client = gitHubClient(settings, FOR_PROPOSALS);
  const issueClient = gitHubClient(settings, FOR_ISSUES);
  const reader = gitHubClient(settings, FOR_CHECKS);
  return {
    plots: 'in-text',
    readFiles: (extensions) => answering('read the files', () => readFiles(client, settings, extensions)),
    look: (branch) =>
      answering(`look at ${branch}`, async () => ({
        branch: await readBranch(client, settings, branch),
        proposals: await readPullRequests(client, settings, branch),
      })),
    readChecks: (proposal, names) =>
      answering(`read the checks of pull request ${proposal.id}`, () =>
        readChecks({ client, reader }, settings, proposal, names),
      ),
    opened: (since) => answering('list the pull requests', () => readOpened(client, settings, since)),
    open: (draft, over) => answering('open the pull request', () => open(client, settings, draft, over)),
    refresh: (proposal, draft, over) =>
      answering(`refresh pull request ${proposal.id}`, () => refresh(client, settings, proposal, { draft, over })),
    reword: (proposal, text) =>
      answering(`reword pull request ${proposal.id}`, () => patch(client, settings, proposal, text)),
    comment: (proposal, note) =>
      answering(`comment on pull request ${proposal.id}`, () => comment(client, settings, proposal, note)),
    close: (proposal, farewell) =>
      answering(`close pull request ${proposal.id}`, () => close(client, settings, proposal, farewell)),
    openIssue: (issue) => answering('open the issue', () => openIssue(issueClient, settings, issue)),
    closeIssue: (issue, note) => answering('close the issue', () => closeIssue(issueClient, settings, issue, note)),
  };
}

function answering<T>(doing: string, work: () => Promise<T>): Promise<HostResult<T>> {
  return answeringWith(work, (error) => refusalFrom(doing, error));
}

async function open(
  client: GitHubClient,
  settings: GitHubSettings,
  draft: Draft,
  over: CommitId | null,
): Promise<Opened> {
  const head = await commitOf(client, settings, draft);
  if (over === null) await createBranch(client, settings, draft.branch, head);
  else await moveBranch(client, settings, draft.branch, { from: over, to: head });
  const { owner, repository: repo, baseBranch } = settings;
  const { title, body } = draft.text;
  const created = await answering('open the pull request', () =>
    client.request('POST /repos/{owner}/{repo}/pulls', {
      owner,
      repo,
      title,
      body,
      head: draft.branch,
      base: baseBranch,
    }),
  );
  if (created.kind === 'refused') {
    const isOpen = (await readPullRequests(client, settings, draft.branch)).some(({ state }) => state === 'open');
    if (isOpen) throw refusal('conflict', `a pull request from ${draft.branch} is open already`);
    await moveBranch(client, settings, draft.branch, { from: head, to: over });
    throw new RefusedError(created.because);
  }
  const { number, html_url: url } = created.value.data;
  return { id: String(number), url, head, shortcomings: await label(client, settings, number, draft.labels) };
}

async function refresh(
  client: GitHubClient,
  settings: GitHubSettings,
  proposal: Proposal,
  { draft, over }: { readonly draft: Draft; readonly over: CommitId },
): Promise<Opened> {
  const head = await commitOf(client, settings, draft);
  await moveBranch(client, settings, draft.branch, { from: over, to: head });
  await patch(client, settings, proposal, draft.text);
  return { id: proposal.id, url: proposal.url, head, shortcomings: [] };
}

async function commitOf(client: GitHubClient, settings: GitHubSettings, draft: Draft): Promise<CommitId> {
  const because = refuseFiles(draft.files, settings.folders);
  if (because !== null) throw new RefusedError(because);
  return makeCommit(client, settings, draft);
}

/** Labels are made by GitHub when they are first used. A pull request without them is still a good one. */
async function label(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  issueNumber: number,
  labels: readonly string[],
): Promise<readonly HostRefusal[]> {
  if (labels.length === 0) return [];
  try {
    const labelled = await answering('label the pull request', () =>
      client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
        owner,
        repo,
        issue_number: issueNumber,
        labels: [...labels],
      }),
    );
    return labelled.kind === 'refused' ? [labelled.because] : [];
  } catch (error) {
    // It stands open by now: to try the whole again would find nothing left to do.
    if (error instanceof TransientError) return [{ code: 'rejected', detail: error.message }];
    throw error;
  }
}

async function patch(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  { id }: Proposal,
  { title, body }: ProposalText,
  state?: 'closed',
): Promise<null> {
  await client.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    owner,
    repo,
    pull_number: Number(id),
    title,
    body,
    ...(state === undefined ? {} : { state }),
  });
  return null;
}

async function comment(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  { id }: Pick<Proposal, 'id'>,
  { key, text }: Note,
): Promise<null> {
  const place = { owner, repo, issue_number: Number(id) };
  const comments = await allPages((page) =>
    client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...place, per_page: PER_PAGE, page }),
  );
  if (comments.some(({ body = '' }) => body.includes(keyMarker(key)))) return null;
  await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...place,
    body: withKey(text, key),
    ...ONCE,
  });
  return null;
}

async function close(
  client: GitHubClient,
  settings: GitHubSettings,
  proposal: Proposal,
  { note, text, removeBranchAt }: Farewell,
): Promise<null> {
  await comment(client, settings, proposal, note);
  await patch(client, settings, proposal, text, 'closed');
  if (removeBranchAt === null) return null;
  // Whoever has pushed meanwhile keeps the branch; the pull request is closed all the same.
  const removed = await answering(`remove ${proposal.branch}`, () =>
    moveBranch(client, settings, proposal.branch, { from: removeBranchAt, to: null }),
  );
  if (removed.kind === 'refused' && removed.because.code !== 'conflict') {
    throw new RefusedError(removed.because);
  }
  return null;
}

async function openIssue(client: GitHubClient, settings: GitHubSettings, draft: IssueDraft): Promise<Issue> {
  const { owner, repository: repo } = settings;
  const { about, key, title, labels } = draft;
  const body = withKey(`${draft.body}\n${aboutMarker(about)}`, key);
  const issues = await issuesAbout(client, settings, draft);
  const known = issues.find((issue) => issue.body?.includes(keyMarker(key)));
  if (known !== undefined) return issueOf(known);
  const open = issues.find(({ state }) => state === 'open');
  if (open !== undefined) {
    const place = { owner, repo, issue_number: open.number };
    await client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...place, title, body });
    return issueOf(open);
  }
  const { data } = await client.request('POST /repos/{owner}/{repo}/issues', {
    owner,
    repo,
    title,
    body,
    labels: [...labels],
    ...ONCE,
  });
  return issueOf(data);
}

async function closeIssue(
  client: GitHubClient,
  settings: GitHubSettings,
  issue: Pick<IssueDraft, 'about' | 'labels'>,
  note: Note,
): Promise<Issue | null> {
  const { owner, repository: repo } = settings;
  const open = (await issuesAbout(client, settings, issue)).find(({ state }) => state === 'open');
  if (open === undefined) return null;
  const { number, body } = open;
  await comment(client, settings, { id: String(number) }, note);
  await client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    owner,
    repo,
    issue_number: number,
    // Closed by us it is no no of a person: the same advice may come again.
    body: withoutKeys(body ?? ''),
    state: 'closed',
  });
  return { ...issueOf(open), state: 'closed' };
}

interface IssueOnGitHub {
  readonly number: number;
  readonly html_url: string;
  readonly state: string;
}

function issueOf({ number, html_url: url, state }: IssueOnGitHub): Issue {
  return { id: String(number), url, state: state === 'open' ? 'open' : 'closed' };
}

/** Newest first, whether open or closed. */
async function issuesAbout(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  { about, labels }: Pick<IssueDraft, 'about' | 'labels'>,
) {
  const issues = await allPages((page) =>
    client.request('GET /repos/{owner}/{repo}/issues', {
      owner,
      repo,
      state: 'all',
      ...(labels[0] === undefined ? {} : { labels: labels[0] }),
      per_page: PER_PAGE,
      page,
    }),
  );
  return issues.filter((issue) => issue.pull_request === undefined && issue.body?.includes(aboutMarker(about)));
}
