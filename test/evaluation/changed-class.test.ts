import { describe, expect, it } from '@jest/globals';
import { abstain, type Decision } from '../../shared/domain/decision.ts';
import type { StandingProposal } from '../../shared/domain/snapshot.ts';
import { DAY, earlier, HOUR } from '../../shared/domain/units.ts';
import { proposalResourceOf, routed } from '../../shared/evaluation/proposals.ts';
import { CHANGES } from '../proposals/samples.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

const policy = aFleetPolicy({
  database: A_DATABASE,
  infrastructureCode: { repository: 'example/infrastructure', paths: ['production'] },
  levers: { 'database-class': { mode: 'propose' }, 'read-replica': { mode: 'propose' } },
});
const ABOUT = 'database/production';
const changedLately = abstain({ code: 'changed-lately', at: at('02:10'), days: 14 });

/** What becomes of the verdict, with a proposal that was needed and looked after at these times. */
function decide(lever: 'database-class' | 'read-replica', wanted: Decision, over: Partial<StandingProposal> = {}) {
  const standing: StandingProposal = {
    kind: 'tended',
    decisionId: 'any',
    proposes: CHANGES[lever === 'database-class' ? 'change-database-class' : 'set-read-replicas'],
    lastNeededAt: earlier(NOW, 7 * HOUR),
    tendedAt: earlier(NOW, 7 * HOUR),
    ...over,
  };
  const proposals = { [proposalResourceOf(lever, ABOUT)]: standing };
  const proposal = { lever, resource: ABOUT, service: null, input: null, settings: null, wanted } as const;
  return routed(proposal, wanted, aSnapshot(policy, { proposals }), policy, NOW);
}

describe('the proposal of a class that has been changed', () => {
  it('is looked after although the lever does not judge the new class yet: its checklist is not at its end', () => {
    const decision = decide('database-class', changedLately);
    expect(decision).toMatchObject({
      kind: 'act',
      change: { kind: 'tend-proposal', to: { proposes: null, lastNeededAt: earlier(NOW, 7 * HOUR) } },
    });
  });

  it.each<[string, Partial<StandingProposal>]>([
    ['it was looked after an hour ago', { tendedAt: earlier(NOW, HOUR) }],
    ['three days have passed', { proposes: null, lastNeededAt: earlier(NOW, 4 * DAY) }],
    ['it is in hand', { kind: 'in-hand' }],
  ])('is left alone when %s', (_, over) => {
    expect(decide('database-class', changedLately, over)).toBe(changedLately);
  });

  it('says nothing of other levers and other blindness: their need may be as it was', () => {
    expect(decide('read-replica', changedLately)).toBe(changedLately);
    const changing = abstain({ code: 'database-changing', status: 'modifying' });
    expect(decide('database-class', changing)).toBe(changing);
  });
});
