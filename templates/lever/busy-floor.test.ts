import { describe, expect, it } from '@jest/globals';
import { explain } from '../../shared/domain/explain.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import { CORE_API } from '../../test/support/builders/decisions.ts';
import { aFleetPolicy } from '../../test/support/builders/policy.ts';
import { NOW, secondsAgo } from '../../test/support/builders/time.ts';
import { aSeries, aServiceSnapshot, aSnapshot, type ServiceWorld } from '../../test/support/builders/world.ts';
import { busyFloor } from './busy-floor.ts';

const policy = aFleetPolicy();

const decide = (see: ServiceWorld) => {
  const [proposal] = busyFloor.propose(aSnapshot(policy, { services: { 'core-api': see } }), policy, NOW);
  if (proposal === undefined) throw new Error('one service, one proposal');
  return proposal;
};

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const busy = { cpu: [91, 92, 93] };
const cpuEndedAgo = (seconds: number): ServiceWorld => ({
  readings: { cpu: seen(aSeries([91, 92, 93], secondsAgo(seconds - 60)), NOW) },
});

/** core-api: 2–10 tasks, at most 30; busy is above 90 % in 3 of 3 minutes. */
describe('busy-floor lever', () => {
  // Each row changes only what it is about; each boundary has a row on both sides.
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string }>([
    { when: 'all is well',                      see: {},                                             then: 'hold: CPU above 90 % in 0 of 3 minutes only' },
    { when: 'every minute is busy',             see: busy,                                           then: 'set capacity bounds 2–10 → 3–10 tasks: min is 2, should be 3' },
    { when: 'one is just at the limit',         see: { cpu: [91, 90, 93] },                          then: 'hold: CPU above 90 % in 2 of 3 minutes only' },
    { when: 'the minimum is the ceiling',       see: { ...busy, bounds: { min: 10, max: 10 } },      then: 'set capacity bounds 10–10 → 11–11 tasks: min is 10, should be 11' },
    { when: 'one task is left to the limit',    see: { ...busy, bounds: { min: 29, max: 30 } },      then: 'set capacity bounds 29–30 → 30–30 tasks: min is 29, should be 30' },
    { when: 'none is left',                     see: { ...busy, bounds: { min: 30, max: 30 } },      then: 'hold: at the hard limit of 30 tasks, needs 31' },
    { when: 'a minute is missing',              see: { cpu: [92, 93] },                              then: 'abstain: cannot see CPU: 2 of 3 points' },
    { when: 'the newest minute ended 300 s ago', see: cpuEndedAgo(300),                              then: 'set capacity bounds 2–10 → 3–10 tasks: min is 2, should be 3' },
    { when: 'it ended 301 s ago',               see: cpuEndedAgo(301),                               then: 'abstain: cannot see CPU: 301 s old, more than 300 s' },
    { when: 'CloudWatch does not answer',       see: { readings: { cpu: throttled } },               then: 'abstain: cannot see CPU: throttled' },
    { when: 'its scaling cannot be seen',       see: { readings: { scaling: throttled } },           then: 'abstain: cannot see its scaling setup: throttled' },
    { when: 'the service is not registered',    see: { readings: { scaling: seen(null, NOW) } },     then: 'abstain: not registered: no minimum to raise' },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see).wanted)).toBe(then);
  });

  it('decides with all that is needed to carry it out and to prove it', () => {
    expect(decide(busy).wanted).toEqual({
      kind: 'act',
      direction: 'grow',
      change: { kind: 'set-capacity-bounds', target: CORE_API, from: { min: 2, max: 10 }, to: { min: 3, max: 10 } },
      because: [{ code: 'bounds-differ', differences: [{ what: 'min', is: 2, shouldBe: 3 }] }],
    });
  });

  it('comes to the same decision again from what is stored with it', () => {
    const { input, settings, wanted } = decide(busy);
    const stored = JSON.parse(JSON.stringify({ input, settings })) as { input: unknown; settings: unknown };
    expect(busyFloor.replay(stored.input, stored.settings, NOW)).toEqual(wanted);
  });

  it.each([
    { when: 'there is room', bounds: { min: 2, max: 10 }, then: ['cpu'] },
    { when: 'there is none', bounds: { min: 30, max: 30 }, then: [] },
  ])('pays for the metric only where it can matter: $when', ({ bounds, then }) => {
    const { facts, scaling, forecast } = aServiceSnapshot({ bounds });
    const needs = busyFloor.needs({ services: { 'core-api': { facts, scaling, forecast } } }, policy, NOW);
    expect(needs.map(({ slot }) => slot)).toEqual(then);
  });
});
