import type { BaseFiles, CommitId, Draft, FileText } from '../../pull-requests/code-host.ts';
import { isAllowedPath } from '../../pull-requests/allowed-paths.ts';
import { isoInstant } from '../../domain/units.ts';
import { refusal } from '../../pull-requests/answering.ts';
import { readHead } from './branches.ts';
import type { GitHubClient } from './client.ts';
import type { GitHubSettings } from './settings.ts';

/** A file of a tree; its mode tells files that can be run, and links, from plain ones. */
interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string;
  readonly bytes: number;
}

const PLAIN_FILE = '100644';
const RUNNABLE_FILE = '100755';

/** Larger files than this are not written by people. */
const READ_AT_MOST_BYTES = 1_000_000;
/** More files than this would take longer to read than a function may run. */
const READ_AT_MOST_FILES = 500;

/** Head of the base branch. */
async function readBaseCommit(client: GitHubClient, settings: GitHubSettings): Promise<CommitId> {
  const { owner, repository, baseBranch } = settings;
  const head = await readHead(client, settings, baseBranch);
  if (head !== null) return head;
  throw refusal('not-found', `${owner}/${repository} has no branch ${baseBranch}, or the app may not see it`);
}

export async function readFiles(
  client: GitHubClient,
  settings: GitHubSettings,
  extensions: readonly string[],
): Promise<BaseFiles> {
  const commit = await readBaseCommit(client, settings);
  const entries = (await readAllowedEntries(client, settings, commit)).filter(({ path }) =>
    extensions.some((extension) => path.endsWith(extension)),
  );
  if (entries.length > READ_AT_MOST_FILES) {
    throw refusal('rejected', `${entries.length} files match, more than ${READ_AT_MOST_FILES}`);
  }
  // The client makes ten requests at a time.
  const read = await Promise.all(
    entries.map(async (entry) => ({ entry, text: await readText(client, settings, entry) })),
  );
  const files: FileText[] = [];
  const skipped: { readonly path: string; readonly because: string }[] = [];
  for (const { entry, text } of read) {
    if (text.kind === 'text') files.push({ path: entry.path, text: text.text });
    else skipped.push({ path: entry.path, because: text.because });
  }
  return { commit, files, skipped };
}

type Read = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'skipped'; readonly because: string };

async function readText(client: GitHubClient, settings: GitHubSettings, { mode, sha, bytes }: Entry): Promise<Read> {
  if (mode !== PLAIN_FILE && mode !== RUNNABLE_FILE) return { kind: 'skipped', because: 'a link' };
  if (bytes > READ_AT_MOST_BYTES) return { kind: 'skipped', because: `larger than ${READ_AT_MOST_BYTES} bytes` };
  const { owner, repository: repo } = settings;
  const { data } = await client.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    owner,
    repo,
    file_sha: sha,
  });
  try {
    // A byte order mark is part of the file: without it the edit would differ where nothing was meant.
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { kind: 'text', text: decoder.decode(Buffer.from(data.content, 'base64')) };
  } catch {
    return { kind: 'skipped', because: 'not UTF-8' };
  }
}

/** All files of a commit in the allowed folders, by path. */
async function readAllowedEntries(
  client: GitHubClient,
  settings: GitHubSettings,
  commit: CommitId,
): Promise<readonly Entry[]> {
  const whole = await readTree(client, settings, commit, 'recursive');
  // A repository of more than 100,000 files is cut off: then each folder is asked for alone.
  const entries =
    whole.kind === 'whole'
      ? whole.entries
      : (await Promise.all(settings.folders.map((folder) => readFolder(client, settings, commit, folder)))).flat();
  const allowed = entries.filter(({ path }) => isAllowedPath(path, settings.folders));
  return [...new Map(allowed.map((entry) => [entry.path, entry])).values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readFolder(
  client: GitHubClient,
  settings: GitHubSettings,
  commit: CommitId,
  folder: string,
): Promise<readonly Entry[]> {
  let tree = commit;
  const segments = folder === '.' ? [] : folder.split('/');
  for (const segment of segments) {
    const { trees } = await readTree(client, settings, tree, 'flat');
    const next = trees.find(({ path }) => path === segment);
    if (next === undefined) return [];
    tree = next.sha;
  }
  const below = await readTree(client, settings, tree, 'recursive');
  if (below.kind === 'cut-off') throw refusal('rejected', `the folder ${folder} has too many files`);
  const prefix = folder === '.' ? '' : `${folder}/`;
  return below.entries.map((entry) => ({ ...entry, path: `${prefix}${entry.path}` }));
}

interface Tree {
  readonly kind: 'whole' | 'cut-off';
  readonly sha: string;
  readonly entries: readonly Entry[];
  readonly trees: readonly { readonly path: string; readonly sha: string }[];
}

/** @param tree hash of a tree, or of a commit for the tree of its root */
async function readTree(
  client: GitHubClient,
  { owner, repository: repo }: GitHubSettings,
  tree: string,
  depth: 'flat' | 'recursive',
): Promise<Tree> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner,
    repo,
    tree_sha: tree,
    ...(depth === 'recursive' ? { recursive: '1' } : {}),
  });
  const all = data.tree.map(({ path, mode, type, sha, size = 0 }) => ({
    path,
    mode,
    type,
    sha,
    bytes: size,
  }));
  return {
    kind: data.truncated ? 'cut-off' : 'whole',
    sha: data.sha,
    entries: all.filter(({ type }) => type !== 'tree'),
    trees: all.filter(({ type }) => type === 'tree'),
  };
}

/**
 * Makes the one commit of a draft. It stands nowhere yet: without a branch nobody sees it.
 *
 * @throws RefusedError when the draft would replace a link, or changes nothing
 */
export async function makeCommit(client: GitHubClient, settings: GitHubSettings, draft: Draft): Promise<CommitId> {
  const { owner, repository: repo } = settings;
  const present = new Map((await readAllowedEntries(client, settings, draft.base)).map((entry) => [entry.path, entry]));
  const entries: { path: string; mode: typeof PLAIN_FILE | typeof RUNNABLE_FILE; type: 'blob'; sha: string }[] = [];
  for (const { path, text } of draft.files) {
    const mode = present.get(path)?.mode ?? PLAIN_FILE;
    if (mode !== PLAIN_FILE && mode !== RUNNABLE_FILE) throw refusal('rejected', `${path} is a link`);
    const { data: blob } = await client.request('POST /repos/{owner}/{repo}/git/blobs', {
      owner,
      repo,
      // Base64 carries line ends and byte order marks as they are.
      content: Buffer.from(text, 'utf8').toString('base64'),
      encoding: 'base64',
    });
    entries.push({ path, mode, type: 'blob', sha: blob.sha });
  }
  if (entries.every(({ path, sha }) => present.get(path)?.sha === sha)) {
    throw refusal('rejected', 'the files are at the base as they are proposed');
  }
  const { data: base } = await client.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    owner,
    repo,
    commit_sha: draft.base,
  });
  const { data: tree } = await client.request('POST /repos/{owner}/{repo}/git/trees', {
    owner,
    repo,
    base_tree: base.tree.sha,
    tree: entries,
  });
  const { data: commit } = await client.request('POST /repos/{owner}/{repo}/git/commits', {
    owner,
    repo,
    message: draft.commitMessage,
    tree: tree.sha,
    parents: [draft.base],
    ...authorOf(settings, draft),
  });
  return commit.sha;
}

/** GitHub signs a commit of an app only when it may fill in the author itself. */
function authorOf({ author }: GitHubSettings, { at }: Draft) {
  if (author.kind === 'app') return {};
  const { name, email } = author;
  const date = isoInstant(at);
  return { author: { name, email, date }, committer: { name, email, date } };
}
