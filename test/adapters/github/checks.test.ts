import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Check, CodeHost, CommitId, HostResult, Proposal } from '../../../shared/pull-requests/code-host.ts';
import { passed } from '../../../shared/pull-requests/checks.ts';
import { aDraft, BRANCH, refusalCode, valueOf } from '../../contracts/code-host.samples.ts';
import { type GitHub, startGitHub } from '../../support/github-stand-in/github.ts';

describe('checks on GitHub', () => {
  let github: GitHub;
  let host: CodeHost;
  let head: CommitId;
  beforeEach(async () => {
    github = await startGitHub();
    host = github.host('app');
    head = valueOf(await host.open(aDraft(github.repository.head('main') ?? ''), null)).head;
  });
  afterEach(() => github.stop());

  const read = async (...names: readonly string[]): Promise<HostResult<readonly Check[]>> => {
    const [proposal] = valueOf(await host.look(BRANCH)).proposals;
    return host.readChecks(proposal as Proposal, names);
  };
  const runs = (name: string, conclusion: string | null, app = 'github-actions'): void => {
    github.repository.checkRuns.push({ sha: head, name, app, conclusion, detailsUrl: 'https://ci.example.org/7' });
  };

  it.each([
    ['success', 'passed'],
    ['failure', 'failed'],
    ['neutral', 'failed'],
    ['skipped', 'failed'],
    ['cancelled', 'failed'],
    ['timed_out', 'failed'],
    ['action_required', 'failed'],
    ['stale', 'failed'],
    [null, 'pending'],
  ])('a run that ended in %s has %s', async (conclusion, outcome) => {
    runs('terraform plan', conclusion);
    expect(valueOf(await read('terraform plan'))).toEqual([
      { name: 'terraform plan', outcome, url: 'https://github.example/acme/platform/runs/1' },
    ]);
  });

  it.each([
    ['error', 'failed'],
    ['failure', 'failed'],
    ['pending', 'pending'],
    ['success', 'passed'],
  ] as const)('a status of %s has %s', async (state, outcome) => {
    github.repository.statuses.push({ sha: head, context: 'atlantis/plan', state, targetUrl: null });
    expect(valueOf(await read('atlantis/plan'))).toEqual([{ name: 'atlantis/plan', outcome, url: null }]);
  });

  it('all that several pipelines say under one name is told, and one that fails speaks for all', async () => {
    runs('plan', 'success');
    runs('plan', 'failure', 'other-ci');
    expect(passed(valueOf(await read('plan')), 'plan')).toBeNull();
    runs('plan', 'success', 'other-ci');
    expect(passed(valueOf(await read('plan')), 'plan')).toMatchObject({ outcome: 'passed' });
  });

  it('of many none is left out', async () => {
    for (let index = 0; index < 130; index += 1) runs(`job ${index}`, 'success');
    expect(valueOf(await read('job 0', 'job 129'))).toHaveLength(2);
  });

  it('are also those of the commit by which it was merged, and no other', async () => {
    const { repository } = github;
    repository.merge(BRANCH, 'squash');
    const sha = repository.head('main') ?? '';
    repository.statuses.push({ sha, context: 'load test', state: 'success', targetUrl: 'https://ci.example.org/9' });
    const later = repository.push('main', { 'infra/odd.tf': '# later\n' }, github.person).sha;
    repository.statuses.push({ sha: later, context: 'load test', state: 'failure', targetUrl: null });
    expect(valueOf(await read('load test'))).toEqual([
      { name: 'load test', outcome: 'passed', url: 'https://ci.example.org/9' },
    ]);
  });

  it('the merge that GitHub only tries is asked nothing of', async () => {
    valueOf(await read('plan'));
    expect(github.standIn.count('GET', /\/commits\/f{39}/)).toBe(0);
    expect(github.standIn.count('GET', new RegExp(`/commits/${head}/(?:status|check-runs)`))).toBe(2);
  });

  it.each([{ checks: 'none' }, { statuses: 'none' }])(
    'an app without the permission (%j) still proposes, and says what it may not read',
    async (without) => {
      github.app.permissions = { ...github.app.permissions, ...without };
      host = github.host('app');
      expect(refusalCode(await read('plan'))).toBe('rejected');
      expect(refusalCode(await host.look(BRANCH))).toBe('done');
    },
  );

  it('a token that may do nothing but read them is used for them', async () => {
    valueOf(await read('plan'));
    const asked = github.standIn.requests
      .filter(({ path }) => path.endsWith('/access_tokens'))
      .map(({ body }) => (JSON.parse(body) as { permissions: unknown }).permissions);
    expect(asked).toContainEqual({ checks: 'read', metadata: 'read', statuses: 'read' });
  });

  it('what passes with time is thrown, for the queue to try again', async () => {
    const path = /\/check-runs/;
    for (let time = 0; time < 4; time += 1) {
      github.standIn.faults.push({ method: 'GET', path, status: 502, message: 'Bad Gateway' });
    }
    await expect(read('plan')).rejects.toThrow('Bad Gateway');
  });
});
