import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gitCodeHost } from '../../../shared/adapters/git/code-host.ts';
import { LEDGER } from '../../../shared/adapters/git/remote.ts';
import { GIT_AUTHOR, type GitSettings } from '../../../shared/adapters/git/settings.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import type { CodeHost } from '../../../shared/pull-requests/code-host.ts';
import { BASE_FILES, FOLDERS } from '../../contracts/code-host.samples.ts';
import { NOON } from '../../contracts/samples.ts';

const PERSON = {
  GIT_AUTHOR_NAME: 'ines',
  GIT_AUTHOR_EMAIL: 'ines@example.org',
  GIT_AUTHOR_DATE: '2026-12-01T11:00:00Z',
  GIT_COMMITTER_NAME: 'ines',
  GIT_COMMITTER_EMAIL: 'ines@example.org',
  GIT_COMMITTER_DATE: '2026-12-01T11:00:00Z',
};

/** A bare repository, and a person with a clone of it. */
export interface RemoteRepository {
  readonly folder: string;
  /** Path of the bare repository. */
  readonly remote: string;
  readonly settings: (over?: Partial<GitSettings>) => GitSettings;
  readonly host: (over?: Partial<GitSettings>) => CodeHost;
  /** Runs git in the bare repository. */
  readonly git: (...args: readonly string[]) => string;
  /** As `git`, with the output as it is. */
  readonly read: (...args: readonly string[]) => string;
  readonly pushes: (branch: string, changes: Readonly<Record<string, string | null>>) => string;
  /** Somebody writes into the ledger of proposals. */
  readonly writesLedger: (files: Readonly<Record<string, string>>) => void;
  /** Somebody appends to the note of a commit. */
  readonly notes: (commit: string, line: string) => void;
  readonly merges: (branch: string, how: 'merge' | 'squash') => void;
  readonly forbid: (pattern: string) => void;
  readonly remove: () => void;
}

function runIn(folder: string, args: readonly string[]): string {
  return readIn(folder, args).trim();
}

function readIn(folder: string, args: readonly string[]): string {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...PERSON,
  };
  return execFileSync('git', [...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function put(folder: string, files: Readonly<Record<string, string | null>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
  }
}

/** Made once and copied: starting a repository from nothing takes ten commands. */
function makeTemplate(): string {
  const template = mkdtempSync(join(tmpdir(), 'fulcrum-template-'));
  runIn(template, ['init', '--quiet', '--bare', '--initial-branch=main', 'remote.git']);
  runIn(template, ['clone', '--quiet', 'remote.git', 'clone']);
  const clone = join(template, 'clone');
  put(clone, BASE_FILES);
  symlinkSync('../app/main.tf', join(clone, 'infra/link.tf'));
  runIn(clone, ['add', '.']);
  runIn(clone, ['commit', '--quiet', '-m', 'First']);
  runIn(clone, ['push', '--quiet', 'origin', 'HEAD:main']);
  runIn(clone, ['remote', 'set-url', 'origin', '../remote.git']);
  return template;
}

let template: string | null = null;

export function removeTemplate(): void {
  if (template !== null) rmSync(template, { recursive: true, force: true });
  template = null;
}

export function makeRemoteRepository(): RemoteRepository {
  template ??= makeTemplate();
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-git-'));
  cpSync(template, folder, { recursive: true, verbatimSymlinks: true });
  const remote = join(folder, 'remote.git');
  const clone = join(folder, 'clone');
  const settings = (over: Partial<GitSettings> = {}): GitSettings => ({
    remote,
    baseBranch: 'main',
    folders: FOLDERS,
    workFolder: join(folder, 'work'),
    textFolder: join(folder, 'text'),
    author: GIT_AUTHOR,
    clock: new ManualClock(NOON),
    commandSeconds: 60,
    ...over,
  });
  return {
    folder,
    remote,
    settings,
    host: (over) => gitCodeHost(settings(over)),
    git: (...args) => runIn(remote, args),
    read: (...args) => readIn(remote, args),
    pushes: (branch, changes) => {
      runIn(clone, ['fetch', '--quiet', '--prune', 'origin']);
      const exists = runIn(clone, ['branch', '--remotes', '--list', `origin/${branch}`]) !== '';
      runIn(clone, ['checkout', '--quiet', '-B', branch, exists ? `origin/${branch}` : 'origin/main']);
      put(clone, changes);
      runIn(clone, ['add', '--all']);
      runIn(clone, ['commit', '--quiet', '-m', 'Change by hand']);
      runIn(clone, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
      return runIn(clone, ['rev-parse', 'HEAD']);
    },
    writesLedger: (files) => {
      runIn(clone, ['fetch', '--quiet', 'origin', LEDGER]);
      runIn(clone, ['checkout', '--quiet', '--detach', 'FETCH_HEAD']);
      put(clone, files);
      runIn(clone, ['add', '--all']);
      runIn(clone, ['commit', '--quiet', '-m', 'By hand']);
      runIn(clone, ['push', '--quiet', 'origin', `HEAD:${LEDGER}`]);
    },
    notes: (commit, line) => {
      runIn(clone, [
        'fetch',
        '--quiet',
        'origin',
        `+refs/fulcrum/*:refs/fulcrum/*`,
        '+refs/heads/*:refs/remotes/origin/*',
      ]);
      runIn(clone, ['notes', '--ref=fulcrum', 'append', '-m', line, commit]);
      runIn(clone, ['push', '--quiet', 'origin', 'refs/notes/fulcrum']);
    },
    merges: (branch, how) => {
      runIn(clone, ['fetch', '--quiet', 'origin']);
      runIn(clone, ['checkout', '--quiet', '-B', 'main', 'origin/main']);
      runIn(clone, [
        'merge',
        '--quiet',
        ...(how === 'squash' ? ['--squash'] : ['--no-ff', '--no-edit']),
        `origin/${branch}`,
      ]);
      if (how === 'squash') runIn(clone, ['commit', '--quiet', '-m', 'Squashed']);
      runIn(clone, ['push', '--quiet', 'origin', 'HEAD:main', `:refs/heads/${branch}`]);
    },
    forbid: (pattern) => {
      const hook = `#!/bin/sh\ncase "$1" in ${pattern}) echo "protected: $1" >&2; exit 1;; esac\n`;
      mkdirSync(join(remote, 'hooks'), { recursive: true });
      writeFileSync(join(remote, 'hooks/update'), hook, { mode: 0o755 });
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
