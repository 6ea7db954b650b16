import { webAddress } from '../../pull-requests/checks.ts';
import type { Check, CommitId } from '../../pull-requests/code-host.ts';
import type { Git } from './run-git.ts';
import { readTexts } from './trees.ts';

const WORD = /^(?<name>[^:]+): *(?<outcome>passed|failed|pending)(?:\s+(?<url>\S+))?\s*$/;

/** The newest word of each of the names on a commit: lines of a note stand in the order in which they were said. */
export async function readNotedChecks(
  git: Git,
  notes: CommitId | null,
  commit: CommitId,
  names: readonly string[],
): Promise<readonly Check[]> {
  if (notes === null) return [];
  // git spreads the notes over folders when there are many: `ab/cdef…`.
  const files = await readTexts(git, notes, new RegExp(`^${commit.replaceAll(/(?!^)(?=.)/g, '/?')}$`));
  const newest = new Map<string, Check>();
  for (const line of files.flatMap(({ text }) => text.split('\n'))) {
    const { name = '', outcome, url } = WORD.exec(line)?.groups ?? {};
    if (outcome === undefined || !names.includes(name.trim())) continue;
    newest.set(name.trim(), { name: name.trim(), outcome: outcome as Check['outcome'], url: webAddress(url) });
  }
  return [...newest.values()];
}
