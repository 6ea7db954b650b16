import { describe, expect, it } from '@jest/globals';
import type { Act } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { StandingProposal } from '../../shared/domain/snapshot.ts';
import { proposalResourceOf } from '../../shared/evaluation/proposals.ts';
import { CORE_API, CORE_API_RESOURCE, verdictOf } from '../support/builders/decisions.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { at, minutesAgo, NOW } from '../support/builders/time.ts';
import { aSnapshot, type ServiceWorld } from '../support/builders/world.ts';

const CODE = { repository: 'example/infrastructure', paths: ['production'] };
const policy = aFleetPolicy({ infrastructureCode: CODE, levers: { ceiling: { mode: 'propose' } } });
const KEY = proposalResourceOf('ceiling', CORE_API_RESOURCE);

const raise = (max: number): NonNullable<StandingProposal['proposes']> => ({
  kind: 'set-capacity-bounds',
  target: CORE_API,
  from: { min: 2, max: 10 },
  to: { min: 2, max },
});
const standing = (over: Partial<StandingProposal> = {}): StandingProposal => ({
  kind: 'tended',
  decisionId: 'ceiling/production/core-api/20261201T0600-00000000',
  proposes: raise(12),
  lastNeededAt: at('06:00'),
  tendedAt: at('06:31'),
  ...over,
});

const verdict = (service: ServiceWorld, proposal?: StandingProposal, fleet = policy) =>
  verdictOf(
    'ceiling',
    {
      ...aSnapshot(fleet, { services: { 'core-api': service } }),
      proposals: proposal === undefined ? {} : { [KEY]: proposal },
    },
    fleet,
  );

const pinned: ServiceWorld = { desired: 10, cpu: 84 };
const needs12 = 'at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12';
const proposes12 = `propose in infrastructure code: set max capacity 10 → 12 tasks: ${needs12}`;

/** It is 12:30; a proposal is looked after every six hours. */
describe('a lever whose mode is `propose`', () => {
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; proposal?: StandingProposal; then: string }>([
    { when: 'it wants something new',                      see: pinned,                                                     then: proposes12 },
    { when: 'the same was proposed six hours ago, less a minute', see: pinned, proposal: standing(),                        then: `hold: proposed, looked after at 2026-12-01 06:31 UTC and next at 2026-12-01 12:31 UTC; otherwise set capacity bounds 2–10 → 2–12 tasks: ${needs12}` },
    { when: 'six hours ago',                               see: pinned, proposal: standing({ tendedAt: at('06:30') }),       then: proposes12 },
    { when: 'another number was proposed just now',        see: pinned, proposal: standing({ proposes: raise(11), tendedAt: minutesAgo(1) }), then: proposes12 },
    { when: 'an invocation is at work on another number',  see: pinned, proposal: standing({ proposes: raise(11), kind: 'in-hand' }), then: `hold: change ceiling/production/core-api/20261201T0600-00000000 is still in flight; otherwise set capacity bounds 2–10 → 2–12 tasks: ${needs12}` },
    { when: 'it was taken back, and is needed again',      see: pinned, proposal: standing({ proposes: null, tendedAt: minutesAgo(1) }), then: proposes12 },
    { when: 'it is not needed any more',                   see: { desired: 4 }, proposal: standing({ tendedAt: at('06:30') }), then: 'close the proposal for service/production/core-api: not needed since 2026-12-01 06:00 UTC' },
    { when: 'it is not needed, and was looked after lately', see: { desired: 4 }, proposal: standing(),                     then: 'hold: 4 tasks, below the ceiling of 10' },
    { when: 'it was taken back, and its need may return',  see: { desired: 4 }, proposal: standing({ proposes: null, tendedAt: at('00:00') }), then: 'close the proposal for service/production/core-api: not needed since 2026-12-01 06:00 UTC' },
    { when: 'it was taken back three days after its need', see: { desired: 4 }, proposal: standing({ proposes: null, lastNeededAt: at('06:00', -3), tendedAt: at('06:00') }), then: 'hold: 4 tasks, below the ceiling of 10' },
    { when: 'it was taken back a minute too early for that', see: { desired: 4 }, proposal: standing({ proposes: null, lastNeededAt: at('06:00', -3), tendedAt: at('05:59') }), then: 'close the proposal for service/production/core-api: not needed since 2026-11-28 06:00 UTC' },
    { when: 'it is not needed, and never was',             see: { desired: 4 },                                             then: 'hold: 4 tasks, below the ceiling of 10' },
    { when: 'it cannot see: the proposal stands',          see: { desired: 10, cpu: [84] }, proposal: standing({ tendedAt: at('00:00') }), then: 'abstain: cannot see CPU: 1 of 10 points' },
  ])('$when: $then', ({ see, proposal, then }) => {
    expect(explain(verdict(see, proposal))).toBe(then);
  });

  it('says what is proposed, for whom, and when it was needed last', () => {
    expect((verdict(pinned) as Act).change).toEqual({
      kind: 'tend-proposal',
      lever: 'ceiling',
      about: CORE_API_RESOURCE,
      from: null,
      to: { proposes: raise(12), lastNeededAt: NOW },
    });
  });

  it('proposes nothing that a guard forbids', () => {
    const poor = aFleetPolicy({
      infrastructureCode: CODE,
      budget: { usdPerMonthAtCeiling: 1 },
      levers: { ceiling: { mode: 'propose' } },
    });
    expect(explain(verdict(pinned, undefined, poor))).toMatch(/^hold: .*budget/);
  });

  it('what code has no word for is neither proposed nor done', () => {
    const only = aFleetPolicy({ infrastructureCode: CODE, levers: { 'target-tracking': { mode: 'propose' } } });
    const suspended = aSnapshot(only, { services: { 'core-api': { suspended: { scheduledScaling: true } } } });
    const { kind, because } = verdictOf('target-tracking', suspended, only);
    expect([kind, because[0]]).toEqual(['hold', { code: 'not-in-code' }]);
  });

  it('without infrastructure code, there is nowhere to propose', () => {
    const nowhere = aFleetPolicy({ levers: { ceiling: { mode: 'propose' } } });
    expect(explain(verdict(pinned, undefined, nowhere))).toBe(
      `hold: the lever only proposes, and the fleet names no infrastructure code; otherwise set capacity bounds 2–10 → 2–12 tasks: ${needs12}`,
    );
  });

  it('takes nobody’s place: a proposal does not stop a repair of the same service', () => {
    const snapshot = aSnapshot(policy, {
      services: { 'core-api': { ...pinned, suspended: { scheduledScaling: true } } },
    });
    expect(verdictOf('target-tracking', snapshot, policy).kind).toBe('act');
  });
});
