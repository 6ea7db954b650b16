import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npx fulcrum backtest` as a process of its own, and a folder for its files that is removed after the tests. */
export function backtestInFolder(prefix: string) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    root,
    folder,
    backtest: (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'backtest', ...args], {
        encoding: 'utf8',
        cwd: root,
      });
      return { status, stdout, stderr };
    },
    file: (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}
