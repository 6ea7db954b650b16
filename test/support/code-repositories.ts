import { LEDGER } from '../../shared/adapters/git/remote.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import type { Clock } from '../../shared/ports.ts';
import type { CodeHost } from '../../shared/pull-requests/code-host.ts';
import { makeRemoteRepository } from '../adapters/git/remote-repository.ts';
import { startGitHub } from './github-stand-in/github.ts';
import { NOON } from '../contracts/samples.ts';

/** A repository of infrastructure code, the people who work on it, and what stands there in fact. */
export interface CodeRepository {
  readonly host: (clock: Clock) => CodeHost;
  readonly pushes: (branch: string, files: Readonly<Record<string, string>>) => void;
  readonly refuses: (branch: string) => void;
  readonly merges: (branch: string) => void;
  readonly forbidsBranches: () => void;
  /** The text of a file on a branch; `null` where there is no such branch or file. */
  readonly file: (branch: string, path: string) => string | null;
  readonly commits: (branch: string) => number;
  /** Newest first: title, body and the comments under it. */
  readonly proposals: (branch: string) => readonly {
    readonly title: string;
    readonly body: string;
    readonly notes: readonly string[];
  }[];
  readonly issues: () => readonly { readonly title: string; readonly body: string; readonly isOpen: boolean }[];
  readonly close: () => Promise<void>;
}

export async function gitHubRepository(): Promise<CodeRepository> {
  let clock: Clock = new ManualClock(NOON);
  const github = await startGitHub(() => clock.now());
  const { repository, person } = github;
  return {
    host: (given) => {
      clock = given;
      return github.host('app');
    },
    pushes: (branch, files) => void repository.push(branch, files, person),
    refuses: (branch) => {
      repository.close(repository.pull(branch));
    },
    merges: (branch) => {
      repository.merge(branch, 'squash');
    },
    forbidsBranches: () => {
      repository.protectedBranches = /^refs\/heads\/fulcrum\//;
    },
    file: (branch, path) => repository.texts(`refs/heads/${branch}`)[path] ?? null,
    commits: (branch) => repository.objects.ahead(repository.head('main') ?? '', repository.head(branch) ?? '').length,
    proposals: (branch) =>
      repository.pulls
        .filter(({ head }) => head === branch)
        .map(({ title, body, comments }) => ({ title, body, notes: comments.map((comment) => comment.body) }))
        .reverse(),
    issues: () => repository.issues.map(({ title, body, state }) => ({ title, body, isOpen: state === 'open' })),
    close: () => github.stop(),
  };
}

interface Entry {
  readonly number: number;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly notes: readonly { readonly text: string }[];
  readonly isClosed?: boolean;
}

export function gitRepository(): CodeRepository {
  const repository = makeRemoteRepository();
  const { git, read } = repository;
  const attempt = (...args: readonly string[]): string | null => {
    try {
      return read(...args);
    } catch {
      return null;
    }
  };
  const entries = (folder: 'proposals' | 'issues'): readonly Entry[] =>
    (attempt('ls-tree', '-r', '--name-only', LEDGER, `${folder}/`) ?? '')
      .split('\n')
      .filter((path) => path.endsWith('.json'))
      .map((path) => JSON.parse(read('show', `${LEDGER}:${path}`)) as Entry)
      .sort((a, b) => b.number - a.number);
  return {
    host: (clock) => repository.host({ clock }),
    pushes: (branch, files) => void repository.pushes(branch, files),
    refuses: (branch) => void git('update-ref', '-d', `refs/heads/${branch}`),
    merges: (branch) => {
      repository.merges(branch, 'squash');
    },
    forbidsBranches: () => {
      repository.forbid('refs/heads/fulcrum/*');
    },
    file: (branch, path) => attempt('show', `refs/heads/${branch}:${path}`),
    commits: (branch) => Number(attempt('rev-list', '--count', `main..refs/heads/${branch}`) ?? 0),
    proposals: (branch) =>
      entries('proposals')
        .filter((entry) => entry.branch === branch)
        .map(({ title, body, notes }) => ({ title, body, notes: notes.map(({ text }) => text) })),
    issues: () => entries('issues').map(({ title, body, isClosed }) => ({ title, body, isOpen: isClosed !== true })),
    close: () => {
      repository.remove();
      return Promise.resolve();
    },
  };
}
