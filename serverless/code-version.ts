import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What audit records name as the code that decided: `git describe`, or the package version where there is no git. */
export async function codeVersion(folder: string): Promise<string> {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--tags', '--abbrev=12'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const described = status === 0 ? stdout.trim() : '';
  return described === '' ? versionOf(await readFile(join(folder, 'package.json'), 'utf8')) : described;
}

function versionOf(packageFile: string): string {
  const content: unknown = JSON.parse(packageFile);
  const isVersioned = typeof content === 'object' && content !== null && 'version' in content;
  return isVersioned && typeof content.version === 'string' ? content.version : 'unknown';
}
