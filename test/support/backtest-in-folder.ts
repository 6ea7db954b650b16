import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { afterAll, jest } from '@jest/globals';
import { runCommandLine } from '../../cli/command-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a command line wrote, and the status that it ended with. */
interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npx fulcrum backtest`, and a folder for its files that is removed after the tests. */
export function backtestInFolder(prefix: string) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    root,
    folder,
    /** In this process, from the root of the repository. */
    backtest: (...args: readonly string[]): Promise<Ended> => inThisProcess(['backtest', ...args]),
    /** As a person starts it: slower by a second, and Node's own errors are what they are there. */
    backtestAsProcess: (...args: readonly string[]): Ended => {
      const launcher = join(root, 'cli/fulcrum.mjs');
      const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'backtest', ...args], {
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

async function inThisProcess(args: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const spies = [
    jest.spyOn(console, 'log').mockImplementation((...words) => void (written.stdout += `${format(...words)}\n`)),
    jest.spyOn(console, 'error').mockImplementation((...words) => void (written.stderr += `${format(...words)}\n`)),
    // The parser and the progress go past `console`.
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.stderr += String(text);
      return true;
    }),
  ];
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await runCommandLine(args);
    return { status: process.exitCode, ...written };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
