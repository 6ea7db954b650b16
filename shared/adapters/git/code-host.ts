import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { TransientError } from '../../domain/errors.ts';
import { allowedFolders, refuseFiles } from '../../pull-requests/allowed-paths.ts';
import { answering as answeringWith, refusal, RefusedError } from '../../pull-requests/answering.ts';
import type {
  BranchView,
  Check,
  CodeHost,
  CommitId,
  Draft,
  Farewell,
  FileText,
  HostResult,
  Issue,
  IssueDraft,
  Note,
  OpenedProposal,
  Opened,
  Proposal,
  ProposalText,
} from '../../pull-requests/code-host.ts';
import type { EpochMs } from '../../domain/units.ts';
import { isMerged, readBranch, readMergeable } from './branches.ts';
import { readNotedChecks } from './checks.ts';
import {
  type IssueEntry,
  issueFiles,
  type Ledger,
  nextNumber,
  type ProposalEntry,
  proposalFiles,
  readLedger,
  writeLedger,
} from './ledger.ts';
import { refusalFrom } from './refusals.ts';
import { LEDGER, presentCommits, pushMoves, readRemote, type RefMove, type RemoteRefs } from './remote.ts';
import { type Git, gitIn } from './run-git.ts';
import type { GitSettings } from './settings.ts';
import { makeCommit, readFiles } from './trees.ts';

/**
 * Proposals on any git remote. The commit is a branch; text, labels and notes are kept in a ref of their own beside it.
 * A person says yes by merging the branch (also squashed or rebased), and no by deleting it.
 *
 * @throws RangeError for settings that allow a folder outside of the repository
 */
export function gitCodeHost(given: GitSettings): CodeHost {
  const settings = { ...given, workFolder: resolve(given.workFolder), folders: allowedFolders(given.folders) };
  const within = <T>(doing: string, work: (git: Git) => Promise<T>): Promise<HostResult<T>> =>
    answeringWith(
      async () => work(await gitIn(settings)),
      (error) => refusalFrom(doing, error),
    );
  return {
    plots: 'beside',
    readFiles: (extensions) =>
      within('read the files', async (git) => {
        const { base } = await readRemote(git, settings.baseBranch);
        return readFiles(git, base, settings.folders, extensions);
      }),
    look: (branch) => within(`look at ${branch}`, (git) => look(git, settings, branch)),
    readChecks: (proposal, names) =>
      within(`read the checks of proposal ${proposal.id}`, (git) => readChecks(git, settings, proposal, names)),
    opened: (since) => within('list the proposals', (git) => readOpened(git, settings, since)),
    open: (draft, over) => within('open the proposal', (git) => open(git, settings, draft, over)),
    refresh: (proposal, draft, over) =>
      within(`refresh proposal ${proposal.id}`, (git) => refresh(git, settings, proposal, { draft, over })),
    reword: (proposal, text) =>
      within(`reword proposal ${proposal.id}`, (git) =>
        amend(git, settings, proposal, { text, change: (entry) => ({ ...entry, ...wordsOf(text) }) }),
      ),
    comment: (proposal, note) =>
      within(`comment on proposal ${proposal.id}`, (git) =>
        amend(git, settings, proposal, { text: null, change: (entry) => noted(entry, note) }),
      ),
    close: (proposal, farewell) =>
      within(`close proposal ${proposal.id}`, (git) => close(git, settings, proposal, farewell)),
    openIssue: (issue) => within('open the issue', (git) => openIssue(git, settings, issue)),
    closeIssue: (issue, note) => within('close the issue', (git) => closeIssue(git, settings, issue, note)),
  };
}

async function look(git: Git, settings: GitSettings, branch: string): Promise<BranchView> {
  const refs = await readRemote(git, settings.baseBranch);
  const ledger = await readLedger(git, refs.ledger);
  const head = refs.branches.get(branch) ?? null;
  const entries = ledger.proposals.filter((entry) => entry.branch === branch);
  return {
    branch: head === null ? null : await readBranch(git, settings, refs.base, head),
    proposals: await Promise.all(entries.map((entry) => proposalOf(git, settings, { entry, ledger, refs }))),
  };
}

/** Of the branch, or where that has gone of the last commit of ours: notes can be made of it at any time. */
async function readChecks(
  git: Git,
  settings: GitSettings,
  proposal: Proposal,
  names: readonly string[],
): Promise<readonly Check[]> {
  const refs = await readRemote(git, settings.baseBranch);
  const entry = entryOf(await readLedger(git, refs.ledger), proposal);
  return readNotedChecks(git, refs.checkNotes, refs.branches.get(entry.branch) ?? entry.head, names);
}

interface Standing {
  readonly entry: ProposalEntry;
  readonly ledger: Ledger;
  readonly refs: RemoteRefs;
}

async function proposalOf(git: Git, settings: GitSettings, standing: Standing): Promise<Proposal> {
  const { entry, refs } = standing;
  const { number, branch, openedAt, labels, title, body } = entry;
  const state = await stateOf(git, standing);
  const head = refs.branches.get(branch) ?? entry.head;
  return {
    id: String(number),
    url: addressOf(settings, `proposals/${number}`),
    branch,
    state,
    openedAt,
    endedAt: null,
    mergeable: state === 'open' ? await readMergeable(git, refs.base, head) : 'unknown',
    labels,
    title,
    body,
  };
}

async function stateOf(git: Git, { entry, ledger, refs }: Standing): Promise<Proposal['state']> {
  const isNewest = ledger.proposals.find(({ branch }) => branch === entry.branch)?.number === entry.number;
  const standsAt = isNewest ? refs.branches.get(entry.branch) : undefined;
  if (await isMerged(git, refs.base, standsAt ?? entry.head)) return 'merged';
  return standsAt !== undefined && !entry.isClosed ? 'open' : 'closed';
}

async function readOpened(git: Git, settings: GitSettings, since: EpochMs): Promise<readonly OpenedProposal[]> {
  const refs = await readRemote(git, settings.baseBranch);
  const ledger = await readLedger(git, refs.ledger);
  const opened = await Promise.all(
    ledger.proposals.map(async (entry) => {
      const state = await stateOf(git, { entry, ledger, refs });
      return { branch: entry.branch, state, openedAt: entry.openedAt };
    }),
  );
  return opened.filter(({ state, openedAt }) => state === 'open' || openedAt >= since);
}

/** What one change writes: the ledger always, and a branch or none. */
interface Written<T> {
  readonly files: readonly FileText[];
  readonly message: string;
  readonly keeps: CommitId | null;
  readonly branch: { readonly name: string; readonly from: CommitId | null; readonly to: CommitId | null } | null;
  readonly value: T;
}

/** Proposals of other subjects are written to the same ledger: whoever finds it moved on only has to write again. */
const LEDGER_ATTEMPTS = 6;

/**
 * Writes the branch and the ledger, both or neither.
 *
 * @param make what to write on the state just read; `null`: nothing
 * @throws RefusedError `conflict` when the branch stands elsewhere than it was seen
 */
async function write<T>(
  git: Git,
  settings: GitSettings,
  make: (ledger: Ledger, refs: RemoteRefs) => Promise<Written<T> | { readonly files: null; readonly value: T }>,
): Promise<T> {
  for (let attempt = 1; attempt <= LEDGER_ATTEMPTS; attempt += 1) {
    const refs = await readRemote(git, settings.baseBranch);
    const ledger = await readLedger(git, refs.ledger);
    const written = await make(ledger, refs);
    if (written.files === null) return written.value;
    const { files, branch, value } = written;
    if (branch !== null && (refs.branches.get(branch.name) ?? null) !== branch.from) {
      throw refusal('conflict', `${branch.name} has been moved by others`);
    }
    const to = await writeLedger(git, settings, ledger, written);
    const moves: readonly RefMove[] = [
      { ref: LEDGER, from: ledger.commit, to },
      ...(branch === null ? [] : [{ ref: `refs/heads/${branch.name}`, from: branch.from, to: branch.to }]),
    ];
    if (await isPushed(git, moves)) {
      await writeTexts(settings, files);
      return value;
    }
  }
  throw new TransientError('others keep writing to the ledger of proposals');
}

/** `false`: somebody else was first. */
async function isPushed(git: Git, moves: readonly RefMove[]): Promise<boolean> {
  const pushed = await answeringWith(
    () => pushMoves(git, moves),
    (error) => refusalFrom('push', error),
  );
  if (pushed.kind === 'done') return true;
  if (pushed.because.code === 'conflict') return false;
  throw new RefusedError(pushed.because);
}

async function open(git: Git, settings: GitSettings, draft: Draft, over: CommitId | null): Promise<Opened> {
  const head = await commitOf(git, settings, draft);
  return write(git, settings, async (ledger, refs) => {
    const entry = {
      number: nextNumber(ledger),
      branch: draft.branch,
      head,
      openedAt: draft.at,
      labels: draft.labels,
      isClosed: false,
      notes: [],
      ...wordsOf(draft.text),
    };
    const before = ledger.proposals.find(({ branch }) => branch === draft.branch);
    if (before !== undefined && (await stateOf(git, { entry: before, ledger, refs })) === 'open') {
      throw refusal('conflict', `a proposal from ${draft.branch} is open already`);
    }
    return {
      files: proposalFiles(entry, draft.text.pictures),
      message: `Open ${entry.number}: ${entry.title}\n`,
      keeps: head,
      branch: { name: draft.branch, from: over, to: head },
      value: { ...addressed(settings, entry.number), head, shortcomings: [] },
    };
  });
}

async function refresh(
  git: Git,
  settings: GitSettings,
  proposal: Proposal,
  { draft, over }: { readonly draft: Draft; readonly over: CommitId },
): Promise<Opened> {
  const head = await commitOf(git, settings, draft);
  return write(git, settings, (ledger) => {
    const entry = { ...entryOf(ledger, proposal), head, ...wordsOf(draft.text) };
    return Promise.resolve({
      files: proposalFiles(entry, draft.text.pictures),
      message: `Refresh ${entry.number}: ${entry.title}\n`,
      keeps: head,
      branch: { name: draft.branch, from: over, to: head },
      value: { ...addressed(settings, entry.number), head, shortcomings: [] },
    });
  });
}

async function commitOf(git: Git, settings: GitSettings, draft: Draft): Promise<CommitId> {
  const because = refuseFiles(draft.files, settings.folders);
  if (because !== null) throw new RefusedError(because);
  const { base: parent, files, commitMessage: message, at } = draft;
  // Our copy may have been made anew since the files were read.
  await readRemote(git, settings.baseBranch);
  if (!(await presentCommits(git, [parent])).has(parent))
    throw refusal('conflict', `the remote has no commit ${parent} any more`);
  return makeCommit(git, settings, { parent, files, message, at });
}

/** Changes the entry of a proposal and nothing else. */
async function amend(
  git: Git,
  settings: GitSettings,
  proposal: Proposal,
  { text, change }: { readonly text: ProposalText | null; readonly change: (entry: ProposalEntry) => ProposalEntry },
): Promise<null> {
  return write(git, settings, (ledger) => {
    const before = entryOf(ledger, proposal);
    const entry = change(before);
    if (isDeepStrictEqual(entry, before)) return Promise.resolve({ files: null, value: null });
    return Promise.resolve({
      files: proposalFiles(entry, text?.pictures ?? {}),
      message: `Amend ${entry.number}: ${entry.title}\n`,
      keeps: null,
      branch: null,
      value: null,
    });
  });
}

async function close(
  git: Git,
  settings: GitSettings,
  proposal: Proposal,
  { note, text, removeBranchAt }: Farewell,
): Promise<null> {
  return write(git, settings, (ledger, { branches }) => {
    const entry = { ...noted(entryOf(ledger, proposal), note), ...wordsOf(text), isClosed: true };
    // Whoever has pushed meanwhile keeps the branch; the proposal is closed all the same.
    const isOurs = removeBranchAt !== null && branches.get(entry.branch) === removeBranchAt;
    return Promise.resolve({
      files: proposalFiles(entry, text.pictures),
      message: `Close ${entry.number}: ${entry.title}\n`,
      keeps: null,
      branch: isOurs ? { name: entry.branch, from: removeBranchAt, to: null } : null,
      value: null,
    });
  });
}

async function openIssue(git: Git, settings: GitSettings, draft: IssueDraft): Promise<Issue> {
  return write<Issue>(git, settings, (ledger) => {
    const known = openIssueAbout(ledger, draft);
    const entry = { number: known?.number ?? nextNumber(ledger), ...draft, isClosed: false };
    const value = issueOf(settings, entry);
    return Promise.resolve(known?.key === draft.key ? { files: null, value } : issuePage('Advise', entry, value));
  });
}

async function closeIssue(
  git: Git,
  settings: GitSettings,
  issue: Pick<IssueDraft, 'about'>,
  { text }: Note,
): Promise<Issue | null> {
  return write<Issue | null>(git, settings, (ledger) => {
    const known = openIssueAbout(ledger, issue);
    if (known === undefined) return Promise.resolve({ files: null, value: null });
    const entry = { ...known, body: `${known.body.trimEnd()}\n\n---\n\n${text}\n`, isClosed: true };
    return Promise.resolve(issuePage('Close', entry, issueOf(settings, entry)));
  });
}

function openIssueAbout({ issues }: Ledger, { about }: Pick<IssueDraft, 'about'>): IssueEntry | undefined {
  return issues.find((issue) => issue.about === about && !issue.isClosed);
}

function issueOf(settings: GitSettings, { number, isClosed }: IssueEntry): Issue {
  return { id: String(number), url: addressOf(settings, `issues/${number}`), state: isClosed ? 'closed' : 'open' };
}

function issuePage<T>(verb: string, entry: IssueEntry, value: T): Written<T> {
  const message = `${verb} ${entry.number}: ${entry.title}\n`;
  return { files: issueFiles(entry), message, keeps: null, branch: null, value };
}

function entryOf({ proposals }: Ledger, { id }: Proposal): ProposalEntry {
  const entry = proposals.find(({ number }) => String(number) === id);
  if (entry === undefined) throw refusal('not-found', `there is no proposal ${id}`);
  return entry;
}

function noted(entry: ProposalEntry, note: Note): ProposalEntry {
  return entry.notes.some(({ key }) => key === note.key) ? entry : { ...entry, notes: [...entry.notes, note] };
}

function wordsOf({ title, body }: ProposalText): Pick<ProposalEntry, 'title' | 'body'> {
  return { title, body };
}

function addressed(settings: GitSettings, number: number): Pick<Opened, 'id' | 'url'> {
  return { id: String(number), url: addressOf(settings, `proposals/${number}`) };
}

function addressOf({ textFolder }: GitSettings, folder: string): string | null {
  return textFolder === null ? null : pathToFileURL(resolve(textFolder, folder, 'text.md')).href;
}

/** What people read; the data beside it stays in the remote. */
async function writeTexts({ textFolder }: GitSettings, files: readonly FileText[]): Promise<void> {
  if (textFolder === null) return;
  for (const { path, text } of files) {
    if (path.endsWith('.json')) continue;
    const file = join(textFolder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
