import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { isRecord } from './content.ts';
import { loadPolicy, type LoadResult } from './load.ts';

/** As `loadPolicy`; a file that cannot be read is a problem like any other. */
export async function loadPolicyFile(path: string): Promise<LoadResult> {
  const file = relative(process.cwd(), path) || path;
  try {
    return loadPolicy(await readFile(path, 'utf8'), file);
  } catch (error) {
    const code = isRecord(error) ? error['code'] : undefined;
    if (typeof code !== 'string') throw error;
    const message = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    return { kind: 'invalid', problems: [{ file, line: 1, column: 1, path: '', message }] };
  }
}
