import type { CommitId } from '../../pull-requests/code-host.ts';
import { BRANCH_PREFIX } from '../../pull-requests/identity.ts';
import { refusal } from '../../pull-requests/answering.ts';
import { TransientError } from '../../domain/errors.ts';
import { type Git, partsOf } from './run-git.ts';

/**
 * Where the proposals are written down in the remote: beside the branches, so that nobody mistakes it for one, and so that
 * it outlives them.
 */
export const LEDGER = 'refs/fulcrum/proposals';

/**
 * Where people and pipelines say what they have seen of a commit:
 * `git notes --ref=fulcrum append -m 'terraform plan: passed https://ci.example.org/runs/7'`, pushed to the remote.
 */
const CHECK_NOTES = 'refs/notes/fulcrum';

/** What concerns us of the refs of the remote, as they stand at one moment. */
export interface RemoteRefs {
  readonly base: CommitId;
  readonly ledger: CommitId | null;
  readonly checkNotes: CommitId | null;
  /** By name without `refs/heads/`. */
  readonly branches: ReadonlyMap<string, CommitId>;
}

/** Reads the refs of the remote, and makes sure that our copy has what they point to. */
export async function readRemote(git: Git, baseBranch: string): Promise<RemoteRefs> {
  const baseRef = `refs/heads/${baseBranch}`;
  const listed = await git([
    'ls-remote',
    '--refs',
    'origin',
    baseRef,
    `refs/heads/${BRANCH_PREFIX}*`,
    LEDGER,
    CHECK_NOTES,
  ]);
  const refs = new Map(
    partsOf(listed).map((line) => {
      const [commit = '', ref = ''] = line.split('\t');
      return [ref, commit] as const;
    }),
  );
  const base = refs.get(baseRef);
  if (base === undefined) throw refusal('not-found', `the remote has no branch ${baseBranch}`);
  const ours = [...refs].filter(([ref]) => ref.startsWith(`refs/heads/${BRANCH_PREFIX}`));
  const beside = [...refs].filter(([ref]) => ref === LEDGER || ref === CHECK_NOTES);
  await fetchMissing(git, new Map([[baseRef, base], ...ours, ...beside]));
  const [ledger = null, checkNotes = null] = [refs.get(LEDGER), refs.get(CHECK_NOTES)];
  return {
    base,
    ledger,
    checkNotes,
    branches: new Map(ours.map(([ref, commit]) => [ref.slice('refs/heads/'.length), commit])),
  };
}

/**
 * Each commit is kept under a ref named after itself: two processes that share a copy never write the same ref with
 * different contents.
 */
async function fetchMissing(git: Git, wanted: ReadonlyMap<string, CommitId>): Promise<void> {
  const present = await presentCommits(git, [...wanted.values()]);
  const missing = [...wanted].filter(([, commit]) => !present.has(commit)).map(([ref]) => ref);
  if (missing.length === 0) return;
  await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', 'origin', ...missing]);
  const fetched = await presentCommits(git, [...wanted.values()]);
  for (const ref of missing) {
    const commit = wanted.get(ref) ?? '';
    // It was moved between the two commands, and cannot be had any more.
    if (!fetched.has(commit)) throw new TransientError(`${ref} was moved while it was read`);
  }
  const keep = missing.map((ref) => `update refs/kept/${wanted.get(ref) ?? ''} ${wanted.get(ref) ?? ''}\n`);
  // It only spares the next fetch some work; another process that writes the same is as good.
  await git(['update-ref', '--stdin'], { input: [...new Set(keep)].join(''), answers: [1, 128] });
}

/** Which of the commits our copy has. */
export async function presentCommits(git: Git, commits: readonly CommitId[]): Promise<ReadonlySet<CommitId>> {
  const checked = await git(['cat-file', '--batch-check'], { input: `${commits.join('\n')}\n` });
  return new Set(
    partsOf(checked).flatMap((line) => {
      const [hash = '', type] = line.split(' ');
      return type === 'commit' ? [hash] : [];
    }),
  );
}

/** One ref of the remote and where it is to stand; `null`: it is not there. */
export interface RefMove {
  readonly ref: string;
  readonly from: CommitId | null;
  readonly to: CommitId | null;
}

/** Moves refs of the remote, all or none, and only if each still stands where it was seen. */
export async function pushMoves(git: Git, moves: readonly RefMove[]): Promise<void> {
  await git([
    'push',
    '--quiet',
    '--porcelain',
    '--atomic',
    '--no-verify',
    ...moves.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`),
    'origin',
    ...moves.map(({ ref, to }) => `${to ?? ''}:${ref}`),
  ]);
}
