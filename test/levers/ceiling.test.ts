import { describe, expect, it } from '@jest/globals';
import { explain } from '../../shared/domain/explain.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { ServiceSnapshot } from '../../shared/domain/snapshot.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import { CORE_API, saidBy } from '../support/builders/decisions.ts';
import { aFleetPolicy, aServiceInput, type FleetInput } from '../support/builders/policy.ts';
import { at, minutesAgo, NOW, secondsAgo } from '../support/builders/time.ts';
import {
  anEvent,
  aSeries,
  aSnapshot,
  calmDaysWithPeak,
  planStep,
  type ServiceWorld,
  step,
} from '../support/builders/world.ts';

type CeilingInput = NonNullable<NonNullable<FleetInput['levers']>['ceiling']>;

const policy = aFleetPolicy();

const said = (world: ServiceWorld, ceiling: CeilingInput = {}): string => {
  const fleet = aFleetPolicy({ levers: { ceiling } });
  return explain(saidBy('ceiling', aSnapshot(fleet, { services: { 'core-api': world } }), fleet));
};

/** So many minutes of 84 % at the end of so many. */
const minutes = (hot: number, of: number): number[] => [
  ...Array<number>(of - hot).fill(70),
  ...Array<number>(hot).fill(84),
];

const pinned = { desired: 10 };
const calm = { bounds: { min: 2, max: 20 } };
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

/** core-api: 2–10 tasks, at most 30, target 70 % CPU. */
describe('ceiling lever, pinned at the ceiling', () => {
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string }>([
    { when: 'there is room for one more',       see: { desired: 9, cpu: 99 },   then: 'hold: 9 tasks, below the ceiling of 10' },
    { when: 'CPU is exactly at its target',     see: { ...pinned, cpu: 70 },    then: 'hold: CPU above 70 % in 0 of 10 minutes only' },
    { when: 'CPU is a little above',            see: { ...pinned, cpu: 70.1 },  then: 'set capacity bounds 2–10 → 2–11 tasks: at the ceiling of 10 tasks with 70.1 % CPU against a target of 70 % for 10 minutes, needs 11' },
    { when: '77 % need exactly 11 tasks',       see: { ...pinned, cpu: 77 },    then: 'set capacity bounds 2–10 → 2–11 tasks: at the ceiling of 10 tasks with 77 % CPU against a target of 70 % for 10 minutes, needs 11' },
    { when: '84 % need exactly 12 tasks',       see: { ...pinned, cpu: 84 },    then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
    { when: '84.1 % need a 13th',               see: { ...pinned, cpu: 84.1 },  then: 'set capacity bounds 2–10 → 2–13 tasks: at the ceiling of 10 tasks with 84.1 % CPU against a target of 70 % for 10 minutes, needs 13' },
    { when: 'CPU is not yet saturated',         see: { ...pinned, cpu: 94.9 },  then: 'set capacity bounds 2–10 → 2–14 tasks: at the ceiling of 10 tasks with 94.9 % CPU against a target of 70 % for 10 minutes, needs 14' },
    { when: 'CPU is saturated: the whole step', see: { ...pinned, cpu: 95 },    then: 'set capacity bounds 2–10 → 2–15 tasks: at the ceiling of 10 tasks with 95 % CPU against a target of 70 % for 10 minutes, needs 15' },
    { when: 'CPU is saturated, half a task is left: rounded up, the step is the guard’s', see: { desired: 5, bounds: { min: 2, max: 5 }, cpu: 95 }, then: 'set capacity bounds 2–5 → 2–8 tasks: at the ceiling of 5 tasks with 95 % CPU against a target of 70 % for 10 minutes, needs 8' },
    { when: '9 of 10 minutes were above',       see: { ...pinned, cpu: minutes(9, 10) }, then: 'hold: CPU above 70 % in 9 of 10 minutes only' },
    { when: '10 minutes after cooler ones',     see: { ...pinned, cpu: minutes(10, 15) }, then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
    { when: 'more is wanted than the ceiling',  see: { desired: 12, cpu: 84 },  then: 'set capacity bounds 2–10 → 2–15 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 15' },
    { when: 'more runs, and it is enough',      see: { desired: 12, cpu: 50 },  then: 'hold: CPU above 70 % in 0 of 10 minutes only' },
    { when: 'the ceiling is one below the hard limit', see: { desired: 29, bounds: { min: 2, max: 29 }, cpu: 84 }, then: 'set capacity bounds 2–29 → 2–35 tasks: at the ceiling of 29 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 35' },
    { when: 'the ceiling is at the hard limit', see: { desired: 30, bounds: { min: 2, max: 30 }, cpu: 84 }, then: 'hold: at the hard limit of 30 tasks, needs 36' },
    { when: 'it stands above the hard limit',   see: { desired: 40, bounds: { min: 2, max: 40 }, cpu: 84 }, then: 'hold: at the hard limit of 30 tasks, needs 48' },
    { when: 'minimum and ceiling are one',      see: { desired: 10, bounds: { min: 10, max: 10 }, cpu: 84 }, then: 'set capacity bounds 10–10 → 10–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  describe('as soon as Application Auto Scaling says that it is at the maximum', () => {
    // prettier-ignore
    it.each<{ when: string; see: ServiceWorld; then: string }>([
      { when: '3 hot minutes confirm it',    see: { ...pinned, wantedMore: minutesAgo(2), cpu: minutes(3, 10) },  then: 'set capacity bounds 2–10 → 2–12 tasks: Application Auto Scaling asked for more than the ceiling of 10 tasks at 2026-12-01 12:28 UTC, CPU 84 % against a target of 70 %, needs 12' },
      { when: '2 hot minutes do not',        see: { ...pinned, wantedMore: minutesAgo(2), cpu: minutes(2, 10) },  then: 'hold: CPU above 70 % in 2 of 10 minutes only' },
      { when: '10 do, and 3 say as much',    see: { ...pinned, wantedMore: minutesAgo(2), cpu: 99 },              then: 'set capacity bounds 2–10 → 2–15 tasks: Application Auto Scaling asked for more than the ceiling of 10 tasks at 2026-12-01 12:28 UTC, CPU 99 % against a target of 70 %, needs 15' },
      { when: 'only 3 minutes are known',    see: { ...pinned, wantedMore: minutesAgo(2), cpu: [84, 84, 84] },    then: 'set capacity bounds 2–10 → 2–12 tasks: Application Auto Scaling asked for more than the ceiling of 10 tasks at 2026-12-01 12:28 UTC, CPU 84 % against a target of 70 %, needs 12' },
      { when: 'only 2 minutes are known',    see: { ...pinned, wantedMore: minutesAgo(2), cpu: [84, 84] },        then: 'abstain: cannot see CPU: 2 of 10 points' },
      { when: 'there is room again',         see: { desired: 9, wantedMore: minutesAgo(2), cpu: 84 },             then: 'hold: 9 tasks, below the ceiling of 10' },
      { when: 'its report cannot be read',   see: { ...pinned, cpu: minutes(3, 10), readings: { wantedMoreThanMax: throttled } }, then: 'hold: CPU above 70 % in 3 of 10 minutes only' },
      { when: 'its report cannot be read, 10 minutes are hot', see: { ...pinned, cpu: 84, readings: { wantedMoreThanMax: throttled } }, then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
    ])('when $when: $then', ({ see, then }) => {
      expect(said(see)).toBe(then);
    });
  });

  describe('blind', () => {
    const cpuEndedAgo = (seconds: number): Partial<ServiceSnapshot> => ({
      cpu: seen(
        { periodSeconds: 60, points: aSeries(Array<number>(15).fill(84), NOW - (seconds - 60) * 1000).points },
        NOW,
      ),
    });

    // prettier-ignore
    it.each<{ when: string; see: ServiceWorld; then: string }>([
      { when: 'the ECS service cannot be seen',    see: { readings: { facts: throttled } },                     then: 'abstain: cannot see the ECS service: throttled' },
      { when: 'its scaling cannot be seen',        see: { readings: { scaling: throttled } },                   then: 'abstain: cannot see its scaling setup: throttled' },
      { when: 'it is not registered',              see: { readings: { scaling: seen(null, NOW) } },             then: 'abstain: not registered: no ceiling to look after' },
      { when: 'CloudWatch does not answer',        see: { ...pinned, readings: { cpu: throttled } },            then: 'abstain: cannot see CPU: throttled' },
      { when: 'there is no point at all',          see: { ...pinned, cpu: [] },                                 then: 'abstain: cannot see CPU: no data' },
      { when: '9 points are too few',              see: { ...pinned, cpu: minutes(9, 9) },                      then: 'abstain: cannot see CPU: 9 of 10 points' },
      { when: 'a point is NaN',                    see: { ...pinned, cpu: [...minutes(9, 9), NaN] },            then: 'abstain: cannot see CPU: invalid value NaN' },
      { when: 'a point is infinite',               see: { ...pinned, cpu: [Infinity, ...minutes(9, 9)] },       then: 'abstain: cannot see CPU: invalid value Infinity' },
      { when: 'a point is negative',               see: { ...pinned, cpu: [-1, ...minutes(9, 9)] },             then: 'abstain: cannot see CPU: invalid value -1' },
      { when: 'only a point outside the window is NaN', see: { ...pinned, cpu: [NaN, ...minutes(10, 10)] },     then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
      { when: 'the newest point ended 300 s ago',  see: { ...pinned, readings: cpuEndedAgo(300) },              then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
      { when: 'the newest point ended 301 s ago',  see: { ...pinned, readings: cpuEndedAgo(301) },              then: 'abstain: cannot see CPU: 301 s old, more than 300 s' },
      { when: 'it is below the ceiling: CPU does not matter', see: { desired: 9, readings: { cpu: throttled } }, then: 'hold: 9 tasks, below the ceiling of 10' },
    ])('when $when: $then', ({ see, then }) => {
      expect(said(see)).toBe(then);
    });

    it('the freshest point missing: the window ends with the newest that is there', () => {
      const late = aSeries([50, ...minutes(10, 10)], minutesAgo(2)).points;
      expect(said({ ...pinned, readings: { cpu: seen({ periodSeconds: 60, points: late }, NOW) } })).toContain(
        'needs 12',
      );
    });

    it('a minute missing in the middle: too few points, whatever the others say', () => {
      const gap = aSeries(minutes(10, 11)).points.filter((_, index) => index !== 5);
      expect(said({ ...pinned, readings: { cpu: seen({ periodSeconds: 60, points: gap }, NOW) } })).toBe(
        'abstain: cannot see CPU: 9 of 10 points',
      );
    });

    it('growth by one task where policy allows it, and never more than that', () => {
      const blind = { ...pinned, readings: { cpu: throttled } };
      expect(said(blind, { whenBlind: 'allow-growth' })).toBe(
        'set capacity bounds 2–10 → 2–11 tasks: at the ceiling of 10 tasks and blind (throttled), policy allows growth',
      );
      expect(said({ ...blind, desired: 30, bounds: { min: 2, max: 30 } }, { whenBlind: 'allow-growth' })).toBe(
        'hold: at the hard limit of 30 tasks, needs 31',
      );
    });
  });

  describe('where a higher ceiling would not be used', () => {
    // prettier-ignore
    it.each<{ when: string; see: ServiceWorld; then: string }>([
      { when: 'scaling out is suspended',          see: { suspended: { dynamicScalingOut: true } },       then: 'abstain: scaling out is suspended: a higher ceiling would not be used' },
      { when: 'only scaling in is suspended',      see: { suspended: { dynamicScalingIn: true } },        then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
      { when: 'there is no policy',                see: { targetTracking: [] },                           then: 'abstain: no policy scales it out: a higher ceiling would not be used' },
      { when: 'a policy of another kind scales it', see: { targetTracking: [], otherPolicies: [{ name: 'requests', type: 'TargetTrackingScaling' }] }, then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
      { when: 'there are two policies',            see: { targetTracking: [{}, { name: 'by-hand' }] },    then: 'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12' },
    ])('when $when: $then', ({ see, then }) => {
      expect(said({ ...pinned, cpu: 84, ...see })).toBe(then);
    });
  });

  // prettier-ignore
  it.each<{ when: string; settings: CeilingInput; see: ServiceWorld; then: RegExp }>([
    { when: '3 of 5 minutes suffice and 3 are hot', settings: { sustained: { datapoints: 3, of: 5 } }, see: { ...pinned, cpu: minutes(3, 5) }, then: /for 5 minutes, needs 12$/ },
    { when: '3 of 5 minutes suffice and 2 are hot', settings: { sustained: { datapoints: 3, of: 5 } }, see: { ...pinned, cpu: minutes(2, 5) }, then: /^hold: CPU above 70 % in 2 of 5 minutes only$/ },
    { when: 'hot minutes are outvoted in the mean, it is still one more', settings: { sustained: { datapoints: 1, of: 5 } }, see: { ...pinned, cpu: [10, 10, 10, 10, 99] }, then: /2–11 tasks.*27.8 % CPU.*needs 11$/ },
    { when: 'a step may be ×1.1 of 10',             settings: { maxStepFactor: 1.1 }, see: { ...pinned, cpu: 99 }, then: /needs 15$/ },
    { when: 'a step may be ×4',                     settings: { maxStepFactor: 4 },   see: { ...pinned, cpu: 99 }, then: /needs 40$/ },
    { when: 'readings may be 60 s old',             settings: { maxReadingAgeSeconds: 60 }, see: { ...pinned, cpu: 84 }, then: /needs 12$/ },
    { when: 'readings may be 59 s old',             settings: { maxReadingAgeSeconds: 59 }, see: { ...pinned, cpu: 84 }, then: /^abstain: cannot see CPU: 60 s old, more than 59 s$/ },
  ])('settings: when $when', ({ settings, see, then }) => {
    expect(said(see, settings)).toMatch(then);
  });

  it('×1.1 of a saturated 50 is 55, not the 56 of binary fractions', () => {
    const saturated = { desired: 50, bounds: { min: 2, max: 50 }, cpu: 99 };
    const fleet = aFleetPolicy({
      services: [aServiceInput({ hardLimit: 500, targetTracking: { cpuPercent: 95 } })],
      levers: { ceiling: { maxStepFactor: 1.1 } },
    });
    expect(explain(saidBy('ceiling', aSnapshot(fleet, { services: { 'core-api': saturated } }), fleet))).toMatch(
      /needs 55$/,
    );
  });

  it('decides with all that is needed to carry it out and to prove it', () => {
    const world = { services: { 'core-api': { desired: 10, cpu: 84 } } };
    expect(saidBy('ceiling', aSnapshot(policy, world), policy)).toEqual({
      kind: 'act',
      direction: 'grow',
      change: {
        kind: 'set-capacity-bounds',
        target: CORE_API,
        from: { min: 2, max: 10 },
        to: { min: 2, max: 12 },
      },
      because: [{ code: 'pinned-at-max', max: 10, cpuPercent: 84, targetPercent: 70, minutes: 10, needed: 12 }],
    });
  });
});

/** core-api: an ordinary ceiling of 10, raised to 20; calm is a peak of seven days times 1.25. */
describe('ceiling lever, with a raised ceiling', () => {
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string }>([
    { when: 'the ceiling is the ordinary one',        see: { bounds: { min: 2, max: 10 }, peak: 4 },  then: 'hold: 4 tasks, below the ceiling of 10' },
    { when: 'the peak fits the ordinary ceiling',     see: { ...calm, peak: 8 },                      then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 8 tasks in 7 days under a ceiling of 20' },
    { when: 'the peak needs more than that',          see: { ...calm, peak: 9 },                      then: 'set capacity bounds 2–20 → 2–12 tasks: never more than 9 tasks in 7 days under a ceiling of 20' },
    { when: 'the peak leaves one task to take away',  see: { ...calm, peak: 15 },                     then: 'set capacity bounds 2–20 → 2–19 tasks: never more than 15 tasks in 7 days under a ceiling of 20' },
    { when: 'the plan of the forecast needs some of it', see: { ...calm, peak: 8, ours: [planStep('13:00', { min: 14 })] }, then: 'set capacity bounds 2–20 → 2–14 tasks: never more than 8 tasks in 7 days under a ceiling of 20' },
    { when: 'the plan needs all of it',               see: { ...calm, peak: 8, ours: [planStep('13:00', { min: 20 }), planStep('14:00', { min: 2 })] }, then: 'hold: waits for predictive, one change at a time' },
    { when: 'a scheduled action of an event is no plan', see: { ...calm, peak: 8, ours: [step('13:00', { min: 14 })] }, then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 8 tasks in 7 days under a ceiling of 20' },
    { when: 'the peak times 1.25 is the ceiling',     see: { ...calm, peak: 16 },                     then: 'hold: up to 16 tasks were used of the ceiling of 20' },
    { when: 'nothing ran at all',                     see: { ...calm, desired: 0, peak: 0 },          then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 0 tasks in 7 days under a ceiling of 20' },
    { when: 'the minimum stands above',               see: { bounds: { min: 14, max: 20 }, desired: 14, peak: 2 }, then: 'set capacity bounds 14–20 → 14–18 tasks: never more than 14 tasks in 7 days under a ceiling of 20' },
    { when: 'more is wanted now than ever before',    see: { ...calm, desired: 19, running: 8, peak: 8 }, then: 'hold: up to 19 tasks were used of the ceiling of 20' },
    { when: 'more runs now than ever before',         see: { ...calm, desired: 8, running: 19, peak: 8 }, then: 'hold: up to 19 tasks were used of the ceiling of 20' },
    { when: 'it is pinned at the raised ceiling',     see: { ...calm, desired: 20, peak: 8 },         then: 'hold: CPU above 70 % in 0 of 10 minutes only' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  describe('blind: it never shrinks', () => {
    const week = 7 * 1440;
    const running = (values: readonly number[], now: EpochMs = NOW): Partial<ServiceSnapshot> => ({
      runningTasks: seen(aSeries(values, now), NOW),
    });
    const flat = (count: number): number[] => Array<number>(count).fill(4);
    const needed = Math.floor(week * 0.98);

    // prettier-ignore
    it.each<{ when: string; see: ServiceWorld; then: string }>([
      { when: 'it was not asked: not due at this look',  see: {},                                              then: 'hold: looked at once in 60 minutes' },
      { when: 'CloudWatch does not answer',              see: { readings: { runningTasks: throttled } },       then: 'abstain: cannot see the running tasks of the calm period: throttled' },
      { when: 'there is no point at all',                see: { readings: running([]) },                       then: 'abstain: cannot see the running tasks of the calm period: no data' },
      { when: '98 % of the minutes are known',           see: { readings: running(flat(needed)) },             then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'one minute less is known',                see: { readings: running(flat(needed - 1)) },         then: `abstain: cannot see the running tasks of the calm period: ${needed - 1} of ${needed} points` },
      { when: 'the newest point ended 300 s ago',        see: { readings: running(flat(needed), minutesAgo(4)) }, then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'the newest point ended 301 s ago',        see: { readings: running(flat(needed), secondsAgo(241)) }, then: 'abstain: cannot see the running tasks of the calm period: 301 s old, more than 300 s' },
      { when: 'a point is NaN',                          see: { readings: running([NaN, ...flat(week - 2)]) }, then: 'abstain: cannot see the running tasks of the calm period: invalid value NaN' },
      { when: 'a point is negative',                     see: { readings: running([-3, ...flat(week - 2)]) },  then: 'abstain: cannot see the running tasks of the calm period: invalid value -3' },
      { when: 'the newest point is infinite',            see: { readings: running([...flat(week - 2), Infinity]) }, then: 'abstain: cannot see the running tasks of the calm period: invalid value Infinity' },
    ])('when $when: $then', ({ see, then }) => {
      expect(said({ ...calm, ...see })).toBe(then);
    });

    it('points from before the calm period make up for none that is missing', () => {
      const before = aSeries(flat(400), minutesAgo(week + 1)).points;
      const within = aSeries(flat(needed - 1)).points;
      const runningTasks = seen({ periodSeconds: 60, points: [...before, ...within] }, NOW);
      expect(said({ ...calm, readings: { runningTasks } })).toBe(
        `abstain: cannot see the running tasks of the calm period: ${needed - 1} of ${needed} points`,
      );
    });
  });

  describe('with a known event: what it has been given or will need stays', () => {
    const tomorrow = anEvent({ floors: { 'core-api': 10 } });
    const running = anEvent({ ...tomorrow, from: at('08:00'), to: at('20:00') });

    // prettier-ignore
    it.each([
      { when: 'it is under way',                     events: [running],                     then: 'set capacity bounds 2–20 → 2–15 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'it is ahead',                         events: [tomorrow],                    then: 'set capacity bounds 2–20 → 2–15 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'it begins at the end of the horizon', events: [{ ...tomorrow, from: at('12:30', 14), to: at('20:00', 14) }], then: 'set capacity bounds 2–20 → 2–15 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'it begins a minute after that',       events: [{ ...tomorrow, from: at('12:31', 14), to: at('20:00', 14) }], then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'it ends now',                         events: [{ ...running, to: NOW }],     then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'it needs all that there is',          events: [{ ...tomorrow, floors: { 'core-api': 14 } }], then: 'hold: waits for known-event, one change at a time' },
      { when: 'it needs more than the hard limit',   events: [{ ...tomorrow, floors: { 'core-api': 90 } }], then: 'hold: waits for known-event, one change at a time' },
      { when: 'it is of another service',            events: [{ ...tomorrow, floors: { worker: 10 } }], then: 'set capacity bounds 2–20 → 2–10 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
      { when: 'of two the larger counts',            events: [tomorrow, { ...tomorrow, id: 'b', floors: { 'core-api': 12 } }], then: 'set capacity bounds 2–20 → 2–18 tasks: never more than 4 tasks in 7 days under a ceiling of 20' },
    ])('when $when: $then', ({ events, then }) => {
      const snapshot = aSnapshot(policy, { services: { 'core-api': { ...calm, peak: 4 } }, events });
      expect(explain(saidBy('ceiling', snapshot, policy))).toBe(then);
    });
  });

  it('decides with all that is needed to carry it out and to prove it', () => {
    const world = { services: { 'core-api': { ...calm, peak: 9 } } };
    expect(saidBy('ceiling', aSnapshot(policy, world), policy)).toEqual({
      kind: 'act',
      direction: 'shrink',
      change: { kind: 'set-capacity-bounds', target: CORE_API, from: { min: 2, max: 20 }, to: { min: 2, max: 12 } },
      because: [{ code: 'calm', days: 7, peakTasks: 9, max: 20 }],
    });
  });

  // prettier-ignore
  it.each<{ when: string; settings: CeilingInput; see: ServiceWorld; then: RegExp }>([
    { when: 'headroom ×1.1 of 10 is 11, not 12',  settings: { calmHeadroomFactor: 1.1 }, see: { ...calm, peak: 10 }, then: /→ 2–11 tasks/ },
    { when: 'headroom ×1 still leaves one task',  settings: { calmHeadroomFactor: 1 },   see: { ...calm, peak: 18 }, then: /→ 2–19 tasks/ },
    { when: 'or else a reduction would pin it',   settings: { calmHeadroomFactor: 1 },   see: { ...calm, peak: 19 }, then: /^hold: up to 19 tasks were used of the ceiling of 20$/ },
    { when: 'one calm day is enough',             settings: { calmDays: 1 }, see: { ...calm, readings: { runningTasks: calmDaysWithPeak(8, NOW, 1) } }, then: /→ 2–10 tasks: never more than 8 tasks in 1 days/ },
  ])('settings: when $when', ({ settings, see, then }) => {
    expect(said(see, settings)).toMatch(then);
  });
});
