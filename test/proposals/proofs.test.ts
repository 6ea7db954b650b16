import { describe, expect, it } from '@jest/globals';
import { readProofs } from '../../shared/proposals/proofs.ts';
import type { BranchView, Check, CodeHost, HostResult, Proposal } from '../../shared/pull-requests/code-host.ts';
import { aProposal } from '../pull-requests/samples.ts';

const SUBJECT = { fleet: 'production', lever: 'database-class', resource: 'database/core-db' };
const CHECKS = { plan: 'terraform plan', loadTest: 'load test' };
const check = (name: string, outcome: Check['outcome'], url: string | null = null): Check => ({ name, outcome, url });

function hostWith(proposals: readonly Proposal[], checks: HostResult<readonly Check[]>) {
  const asked: string[] = [];
  const host: Pick<CodeHost, 'look' | 'readChecks'> = {
    look: () => Promise.resolve<HostResult<BranchView>>({ kind: 'done', value: { branch: null, proposals } }),
    readChecks: ({ id }, names) => {
      asked.push(`${id}: ${names.join(', ')}`);
      return Promise.resolve(checks);
    },
  };
  return { host, asked };
}
const said = (...value: readonly Check[]): HostResult<readonly Check[]> => ({ kind: 'done', value });
const open = aProposal();

describe('what shows a step of a checklist', () => {
  it.each<{ when: string; checks: readonly Check[]; then: readonly string[] }>([
    { when: 'nobody has said anything', checks: [], then: [] },
    { when: 'one has passed', checks: [check('terraform plan', 'passed')], then: ['plan'] },
    { when: 'one has failed', checks: [check('terraform plan', 'failed')], then: [] },
    { when: 'one has not ended', checks: [check('load test', 'pending')], then: [] },
    {
      when: 'both have passed',
      checks: [check('load test', 'passed'), check('terraform plan', 'passed')],
      then: ['plan', 'load-test'],
    },
    {
      when: 'two disagree under one name',
      checks: [check('load test', 'passed'), check('load test', 'failed')],
      then: [],
    },
  ])('when $when: $then', async ({ checks, then }) => {
    const { bySteps, unread } = await readProofs(hostWith([open], said(...checks)).host, CHECKS, SUBJECT);
    expect([...bySteps.keys()]).toEqual(then);
    expect(unread).toBeNull();
  });

  it('is the one with an address, where one of several has none', async () => {
    const checks = [check('load test', 'passed'), check('load test', 'passed', 'https://ci.example.org/9')];
    const { bySteps } = await readProofs(hostWith([open], said(...checks)).host, CHECKS, SUBJECT);
    expect(bySteps.get('load-test')?.url).toBe('https://ci.example.org/9');
  });

  it('is asked of what is open, else of what was merged last; never of what a person has closed', async () => {
    const merged = aProposal({ id: '5', state: 'merged' });
    const closed = aProposal({ id: '6', state: 'closed' });
    for (const [proposals, then] of [
      [[closed, open, merged], ['7: terraform plan, load test']],
      [[closed, merged], ['5: terraform plan, load test']],
      [[closed], []],
      [[], []],
    ] as const) {
      const { host, asked } = hostWith(proposals, said());
      await readProofs(host, CHECKS, SUBJECT);
      expect(asked).toEqual(then);
    }
  });

  it('is not looked for where no name is configured', async () => {
    const host = { look: () => Promise.reject(new Error('not asked')), readChecks: () => Promise.reject(new Error()) };
    expect((await readProofs(host, {}, SUBJECT)).bySteps.size).toBe(0);
  });

  it('cannot be read by an app that may not: that is said, and holds nothing up', async () => {
    const because = { code: 'rejected', detail: 'read the checks of pull request 7: not granted' } as const;
    const { host } = hostWith([open], { kind: 'refused', because });
    expect(await readProofs(host, CHECKS, SUBJECT)).toEqual({
      bySteps: new Map(),
      unread: { code: 'checks-unread', id: '7', why: 'rejected', detail: because.detail },
    });
  });
});
