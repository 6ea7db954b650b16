import { startGitHub } from '../support/github-stand-in/github.ts';
import { describeCodeHostContract, type CodeHostSubject } from './code-host.contract.ts';

describeCodeHostContract('github as an app', () => subject('app'));
describeCodeHostContract('github with a token', () => subject('token'));

const done = Promise.resolve();

async function subject(identity: 'app' | 'token'): Promise<CodeHostSubject> {
  const github = await startGitHub();
  const { repository } = github;
  return {
    port: github.host(identity),
    rival: github.host(identity),
    close: () => github.stop(),
    personPushes: (branch, changes) => Promise.resolve(repository.push(branch, changes, github.person).sha),
    personRefuses: (branch) => {
      repository.close(repository.pull(branch));
      return done;
    },
    personMerges: (branch, how) => {
      repository.merge(branch, how);
      return done;
    },
    says: (sha, context, outcome, targetUrl) => {
      const state = { passed: 'success', failed: 'failure', pending: 'pending' } as const;
      repository.statuses.push({ sha, context, state: state[outcome], targetUrl });
      return done;
    },
    forbidBranches: () => {
      repository.protectedBranches = /^refs\/heads\/fulcrum\//;
      return done;
    },
    hideRepository: () => {
      github.hide();
      return done;
    },
    branchInFact: (branch) => {
      const head = repository.head(branch);
      const commit = repository.objects.commit(head ?? '');
      if (head === undefined || commit === undefined) return Promise.resolve(null);
      const { parents, message } = commit;
      return Promise.resolve({ head, parents, message, files: repository.texts(`refs/heads/${branch}`) });
    },
    notes: (branch) => Promise.resolve(repository.pull(branch).comments.map(({ body }) => body)),
    issues: () => Promise.resolve(repository.issues.map(({ title }) => title)),
  };
}
