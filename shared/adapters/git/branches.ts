import type { BranchState, CommitId, Mergeable } from '../../pull-requests/code-host.ts';
import { type Git, lineOf, partsOf } from './run-git.ts';
import type { GitSettings } from './settings.ts';

export async function readBranch(
  git: Git,
  { author }: GitSettings,
  base: CommitId,
  head: CommitId,
): Promise<BranchState> {
  const mergeBase = await git(['merge-base', base, head], { answers: [1] });
  const listed = await git(['log', '--format=%ae%x00%ce', `${base}..${head}`]);
  const newest = await git(['log', '-1', '--format=%cn', head]);
  const commits = partsOf(listed).map((line) => line.split('\0'));
  // Without a common ancestor it is the branch of somebody with another history.
  const isRelated = mergeBase.status === 0;
  const isOurs = isRelated && commits.every(([by, through]) => by === author.email && through === author.email);
  return {
    head,
    basedOn: isRelated ? lineOf(mergeBase) : base,
    lastCommitBy: lineOf(newest),
    authorship: isOurs ? 'ours' : 'shared',
  };
}

/**
 * Whether the base branch has what a commit of ours has brought: the commit itself, or one of the same patch, as squashing
 * and rebasing leave it.
 */
export async function isMerged(git: Git, base: CommitId, head: CommitId): Promise<boolean> {
  const { status } = await git(['merge-base', '--is-ancestor', head, base], { answers: [1] });
  if (status === 0) return true;
  const patches = partsOf(await git(['cherry', base, head]));
  return patches.length > 0 && patches.every((line) => line.startsWith('- '));
}

export async function readMergeable(git: Git, base: CommitId, head: CommitId): Promise<Mergeable> {
  const { status } = await git(['merge-tree', '--write-tree', '--no-messages', base, head], { answers: [1] });
  return status === 0 ? 'clean' : 'conflicting';
}
