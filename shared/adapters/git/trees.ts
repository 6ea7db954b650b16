import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAllowedPath } from '../../pull-requests/allowed-paths.ts';
import { refusal } from '../../pull-requests/answering.ts';
import type { BaseFiles, CommitId, FileText } from '../../pull-requests/code-host.ts';
import type { EpochMs } from '../../domain/units.ts';
import { authorship, type Git, lineOf, partsOf } from './run-git.ts';
import type { GitSettings } from './settings.ts';

const PLAIN_FILE = '100644';
const RUNNABLE_FILE = '100755';
/** Larger files than this are not written by people. */
const READ_AT_MOST_BYTES = 1_000_000;

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly hash: string;
  readonly bytes: number;
}

async function readEntries(git: Git, commit: CommitId): Promise<readonly Entry[]> {
  const listed = await git(['ls-tree', '-r', '-z', '--long', '--full-tree', commit]);
  return partsOf(listed, '\0').map((line) => {
    const [facts = '', path = ''] = line.split('\t');
    const [mode = '', , hash = '', bytes = ''] = facts.split(/ +/);
    return { path, mode, hash, bytes: Number(bytes) };
  });
}

export async function readFiles(
  git: Git,
  commit: CommitId,
  folders: readonly string[],
  extensions: readonly string[],
): Promise<BaseFiles> {
  const matching = (await readEntries(git, commit)).filter(
    ({ path }) => isAllowedPath(path, folders) && extensions.some((extension) => path.endsWith(extension)),
  );
  const skipped: { readonly path: string; readonly because: string }[] = [];
  const readable: Entry[] = [];
  for (const entry of matching) {
    const because = unreadable(entry);
    if (because === null) readable.push(entry);
    else skipped.push({ path: entry.path, because });
  }
  const files: FileText[] = [];
  const blobs = await readBlobs(
    git,
    readable.map(({ hash }) => hash),
  );
  for (const [index, { path }] of readable.entries()) {
    const text = decoded(blobs[index] ?? Buffer.alloc(0));
    if (text === null) skipped.push({ path, because: 'not UTF-8' });
    else files.push({ path, text });
  }
  return { commit, files, skipped: skipped.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function unreadable({ mode, bytes }: Entry): string | null {
  if (mode !== PLAIN_FILE && mode !== RUNNABLE_FILE) return 'a link';
  return bytes > READ_AT_MOST_BYTES ? `larger than ${READ_AT_MOST_BYTES} bytes` : null;
}

function decoded(bytes: Buffer): string | null {
  try {
    // A byte order mark is part of the file: without it the edit would differ where nothing was meant.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Contents of blobs, in order, by one command. */
async function readBlobs(git: Git, hashes: readonly string[]): Promise<readonly Buffer[]> {
  if (hashes.length === 0) return [];
  const { stdout } = await git(['cat-file', '--batch'], { input: `${hashes.join('\n')}\n` });
  const blobs: Buffer[] = [];
  let offset = 0;
  for (const hash of hashes) {
    const end = stdout.indexOf(0x0a, offset);
    const bytes = Number(stdout.toString('utf8', offset, end).split(' ')[2]);
    if (end < 0 || !Number.isInteger(bytes)) throw refusal('rejected', `the object ${hash} cannot be read`);
    blobs.push(stdout.subarray(end + 1, end + 1 + bytes));
    offset = end + 1 + bytes + 1;
  }
  return blobs;
}

/** Files of a tree below a folder, as text. */
export async function readTexts(git: Git, commit: CommitId, pattern: RegExp): Promise<readonly FileText[]> {
  const entries = (await readEntries(git, commit)).filter(({ path }) => pattern.test(path));
  const blobs = await readBlobs(
    git,
    entries.map(({ hash }) => hash),
  );
  return entries.map(({ path }, index) => ({ path, text: (blobs[index] ?? Buffer.alloc(0)).toString('utf8') }));
}

export interface NewCommit {
  /** `null`: the first of its line. */
  readonly parent: CommitId | null;
  /** Commits that it keeps reachable besides; their files are none of its own. */
  readonly keeps?: readonly CommitId[];
  readonly files: readonly FileText[];
  readonly message: string;
  readonly at: EpochMs;
}

/**
 * Makes a commit that differs from its parent in these files alone. It stands nowhere yet.
 *
 * @throws RefusedError when it would replace a link, or changes nothing
 */
export async function makeCommit(
  git: Git,
  { workFolder, author }: GitSettings,
  { parent, keeps = [], files, message, at }: NewCommit,
): Promise<CommitId> {
  const present = new Map(
    parent === null ? [] : (await readEntries(git, parent)).map((entry) => [entry.path, entry] as const),
  );
  const scratch = await mkdtemp(join(workFolder, 'index-'));
  try {
    const environment = { GIT_INDEX_FILE: join(scratch, 'index') };
    if (parent !== null) await git(['read-tree', parent], { environment });
    let isChange = false;
    for (const { path, text } of files) {
      const entry = present.get(path);
      const mode = entry?.mode ?? PLAIN_FILE;
      if (mode !== PLAIN_FILE && mode !== RUNNABLE_FILE) throw refusal('rejected', `${path} is a link`);
      const hash = lineOf(await git(['hash-object', '-w', '--stdin'], { input: text }));
      isChange ||= hash !== entry?.hash;
      await git(['update-index', '--add', '--cacheinfo', `${mode},${hash},${path}`], { environment });
    }
    if (!isChange) throw refusal('rejected', 'the files are at the base as they are proposed');
    const tree = lineOf(await git(['write-tree'], { environment }));
    const parents = [...(parent === null ? [] : [parent]), ...keeps].flatMap((each) => ['-p', each]);
    return lineOf(
      await git(['commit-tree', tree, ...parents, '-F', '-'], { input: message, environment: authorship(author, at) }),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
