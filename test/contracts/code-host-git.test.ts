import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { LEDGER } from '../../shared/adapters/git/remote.ts';
import { makeRemoteRepository, type RemoteRepository, removeTemplate } from '../adapters/git/remote-repository.ts';
import { type BranchInFact, type CodeHostSubject, describeCodeHostContract } from './code-host.contract.ts';

const done = Promise.resolve();

afterAll(removeTemplate);

describeCodeHostContract('git', () => {
  const repository = makeRemoteRepository();
  const { git } = repository;
  return Promise.resolve<CodeHostSubject>({
    port: repository.host(),
    // Another process on the same machine shares the copy of the remote.
    rival: repository.host(),
    close: () => {
      repository.remove();
      return done;
    },
    personPushes: (branch, changes) => Promise.resolve(repository.pushes(branch, changes)),
    personRefuses: (branch) => {
      git('update-ref', '-d', `refs/heads/${branch}`);
      return done;
    },
    personMerges: (branch, how) => {
      repository.merges(branch, how);
      return done;
    },
    says: (commit, name, outcome, url) => {
      repository.notes(commit, `${name}: ${outcome}${url === null ? '' : ` ${url}`}`);
      return done;
    },
    forbidBranches: () => {
      repository.forbid('refs/heads/fulcrum/*');
      return done;
    },
    hideRepository: () => {
      renameSync(repository.remote, join(repository.folder, 'elsewhere.git'));
      return done;
    },
    branchInFact: (branch) => Promise.resolve(branchInFact(repository, branch)),
    notes: (branch) => Promise.resolve(notesOf(repository, branch)),
    issues: () => Promise.resolve(entries(repository, 'issues').map(({ title }) => title)),
  });
});

function branchInFact({ git, read }: RemoteRepository, branch: string): BranchInFact | null {
  const head = git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  if (head === '') return null;
  const paths = git('ls-tree', '-r', '--name-only', head).split('\n');
  return {
    head,
    parents: git('log', '-1', '--format=%P', head).split(' '),
    message: `${git('log', '-1', '--format=%B', head)}\n`,
    files: Object.fromEntries(paths.map((path) => [path, read('show', `${head}:${path}`)])),
  };
}

interface EntryInFact {
  readonly branch: string;
  readonly title: string;
  readonly notes: readonly { readonly text: string }[];
}

function entries({ git }: RemoteRepository, folder: 'proposals' | 'issues'): readonly EntryInFact[] {
  const paths = git('ls-tree', '-r', '--name-only', LEDGER, folder).split('\n');
  return paths
    .filter((path) => path.endsWith('.json'))
    .map((path) => JSON.parse(git('show', `${LEDGER}:${path}`)) as EntryInFact);
}

function notesOf(repository: RemoteRepository, branch: string): readonly string[] {
  const entry = entries(repository, 'proposals').findLast((each) => each.branch === branch);
  return (entry?.notes ?? []).map(({ text }) => text);
}
