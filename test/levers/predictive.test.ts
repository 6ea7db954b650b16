import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Foresight } from '../../shared/control/decide-floor.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import { type Reading, seen, unseen } from '../../shared/domain/reading.ts';
import type { ForecastDoubt } from '../../shared/domain/service-forecast.ts';
import { type EpochMs, later, MINUTE } from '../../shared/domain/units.ts';
import { evaluatePredictive, type PredictiveInput, type PredictiveSettings } from '../../shared/levers/predictive.ts';
import type { PlannedDay } from '../../shared/levers/predictive-inputs.ts';
import { planSlots } from '../../shared/levers/predictive-plan.ts';
import { brief, CORE_API } from '../support/builders/decisions.ts';
import { aDayForecast, aForesight, USABLE_PER_TASK } from '../support/builders/forecast.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { anEvent, aServiceSnapshot, planStep, type ServiceWorld } from '../support/builders/world.ts';

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const REHEARSAL = { days: 7, missedPercent: 0.21, floorTaskHours: 310.4, ranTaskHours: 402.2, peakTasks: 6 };

/** Computed at 12:07: six tasks from 13:00 to 15:00, else fewer than the ordinary minimum. */
const plannedDay = (hours: readonly number[] = [1, 6, 6, 1], over: Partial<PlannedDay> = {}): PlannedDay => {
  const computedAt = at('12:07');
  const settings = { planHours: 24, planQuantile: 0.9, usablePerTask: USABLE_PER_TASK, startupSeconds: 0 };
  const day = aDayForecast(hours, at('12:00'));
  return {
    computedAt,
    plan: planSlots({ computedAt }, day, settings),
    doubts: [],
    record: null,
    rehearsal: REHEARSAL,
    ...over,
  };
};
/** As it stands in AWS: 12:30 has been taken. */
const PLAN = [planStep('13:00', { min: 4 }), planStep('13:30', { min: 6 }), planStep('15:00', { min: 2 })];

interface Scenery {
  readonly see?: ServiceWorld;
  readonly load?: Parameters<typeof aForesight>[0];
  readonly foresight?: Reading<Foresight>;
  readonly day?: Reading<PlannedDay>;
  readonly events?: readonly KnownEvent[];
  readonly levers?: NonNullable<Parameters<typeof aFleetPolicy>[0]>['levers'];
  readonly now?: EpochMs;
}

const settingsOf = (levers: Scenery['levers'] = {}): PredictiveSettings => {
  const policy = aFleetPolicy({ levers: { predictive: { mode: 'apply' }, ...levers } });
  const [service] = policy.services;
  return {
    service: service!,
    lever: policy.levers.predictive,
    events: policy.levers['known-event'],
    tickMinutes: policy.tickMinutes,
  };
};

/** Four tasks at 85 % CPU over a floor of four, the plan stands, four tasks are expected: nothing to do. */
const decide = ({ see = {}, load = { arrival: 3.9 }, now = NOW, levers, events = [], ...over }: Scenery = {}) => {
  const world = { bounds: { min: 4, max: 10 }, targetTracking: [{ cpuPercent: 85 }], ours: PLAN, ...see };
  const { facts, scaling, scheduled } = aServiceSnapshot(world, now);
  const input: PredictiveInput = {
    target: CORE_API,
    facts,
    scaling,
    scheduled,
    foresight: seen(aForesight(load), now),
    day: seen(plannedDay(), at('12:07')),
    events,
    ...over,
  };
  return evaluatePredictive(input, settingsOf(levers), now);
};

/** The plan comes first in every other minute. */
const ODD = at('12:31');

/** The tax deadline asks for eight tasks all day long, and nothing can be planned. */
const UNDER_EVENT: Scenery = {
  events: [anEvent({ from: at('08:00'), to: at('20:00') })],
  day: seen(plannedDay([], { doubts: [{ code: 'no-season' }] }), NOW),
  load: { arrival: 2.5 },
};

const recently = (highest: number | null): Foresight => ({
  kind: 'recent',
  highest,
  sight: highest === null ? 'gap' : 'measured',
  periodsBehind: null,
});

describe('the floor', () => {
  // prettier-ignore
  it.each<{ when: string; scenery: Scenery; then: string }>([
    { when: 'as many are expected as are held',          scenery: {},                                                 then: 'hold (floor-fits, scheduled)' },
    { when: 'exactly as many',                           scenery: { load: { arrival: 4 } },                           then: 'hold (floor-fits, scheduled)' },
    { when: 'a little more when ordered tasks serve',    scenery: { load: { arrival: 4.01 } },                        then: 'act 5–10 (load-ahead)' },
    { when: 'much more',                                 scenery: { load: { arrival: 8.5 } },                         then: 'act 9–10 (load-ahead)' },
    { when: 'more than the ceiling',                     scenery: { load: { arrival: 14 } },                          then: 'act 10–10 (load-ahead, above-ceiling)' },
    { when: 'more than the ceiling, where the floor is already', scenery: { see: { bounds: { min: 10, max: 10 }, desired: 10 }, load: { arrival: 14 } }, then: 'hold (floor-fits, above-ceiling, scheduled)' },
    { when: 'errors have come that ask for more',        scenery: { load: { arrival: 3.5, errors: 3 } },              then: 'act 6–10 (load-ahead)' },
    { when: 'less, and fewer until then',                scenery: { load: { arrival: 2.5 }, now: ODD },               then: 'act 3–10 (load-recedes)' },
    { when: 'less, but as many until then: they could not be had again in time', scenery: { load: { arrival: 2.5, untilArrival: 3.9 }, now: ODD }, then: 'hold (floor-fits, scheduled)' },
    { when: 'target tracking wants more than is expected: it may have it', scenery: { see: { desired: 8 } },          then: 'hold (floor-fits, scheduled)' },
    { when: 'target tracking wants more, and so much may come until then: held', scenery: { see: { desired: 6 }, load: { arrival: 3, untilArrival: 8 } }, then: 'act 6–10 (load-ahead)' },
    { when: 'nothing at all: the ordinary minimum',      scenery: { load: { arrival: 0 }, now: ODD },                 then: 'act 2–10 (load-recedes)' },
    { when: 'it stands below the ordinary minimum',      scenery: { see: { bounds: { min: 1, max: 10 } }, load: { arrival: 0 } }, then: 'act 2–10 (load-ahead)' },
    { when: 'less, but the newest minute is missing',    scenery: { load: { arrival: 2.5, sight: 'gap' }, now: ODD },  then: 'hold (floor-fits, scheduled)' },
    { when: 'more, and the newest minute is missing',    scenery: { load: { arrival: 8.5, sight: 'gap' } },           then: 'act 9–10 (load-ahead)' },
    { when: 'less than an event under way asks for',     scenery: { ...UNDER_EVENT, see: { bounds: { min: 8, max: 12 }, ours: [] } }, then: 'hold (floor-fits, forecast-doubted)' },
    { when: 'an event is under way and its floor does not stand', scenery: { ...UNDER_EVENT, see: { bounds: { min: 2, max: 12 }, ours: [] } }, then: 'act 8–12 (load-ahead)' },
    { when: 'an event that asks for more than the ceiling', scenery: { ...UNDER_EVENT, see: { bounds: { min: 2, max: 6 }, ours: [] } }, then: 'act 6–6 (load-ahead)' },
    { when: 'an event that has just ended',              scenery: { ...UNDER_EVENT, see: { bounds: { min: 8, max: 12 }, ours: [] }, now: at('20:00') }, then: 'act 3–12 (load-recedes)' },
    { when: 'nothing has been learned: the highest of the lead time and a third more', scenery: { foresight: seen(recently(6), NOW) }, then: 'act 9–10 (load-ahead)' },
    { when: 'nothing has been learned nor measured: not moved', scenery: { foresight: seen(recently(null), NOW) }, then: 'act 4–10 at 70 % (floor-is-not-learned)' },
    { when: 'the load cannot be seen',                   scenery: { foresight: throttled },                           then: 'abstain (blind)' },
    { when: 'somebody has raised the ceiling above the hard limit', scenery: { see: { bounds: { min: 4, max: 50 } }, load: { arrival: 40 } }, then: 'act 30–50 (load-ahead, above-ceiling)' },
  ])('when $when: $then', ({ scenery, then }) => {
    expect(brief(decide(scenery))).toBe(then);
  });

  it('goes down only where the scheduled actions are seen as well', () => {
    const load = { arrival: 2.5 };
    expect(brief(decide({ load, see: { readings: { scheduled: throttled } }, now: ODD }))).toBe('abstain (blind)');
    expect(brief(decide({ load: { arrival: 8.5 }, see: { readings: { scheduled: throttled } } }))).toBe(
      'act 9–10 (load-ahead)',
    );
  });

  it('says what it rests on', () => {
    expect(decide({ load: { arrival: 7.3, errors: 2 } })).toEqual({
      kind: 'act',
      change: { kind: 'set-capacity-bounds', target: CORE_API, from: { min: 4, max: 10 }, to: { min: 10, max: 10 } },
      direction: 'grow',
      because: [{ code: 'load-ahead', floor: 10, expectedTasks: expect.closeTo(7.3), missedPercent: 0 }],
    });
  });

  const anyLoad = fc.record({
    arrival: fc.double({ min: 0, max: 60, noNaN: true }),
    untilArrival: fc.double({ min: 0, max: 60, noNaN: true }),
    errors: fc.integer({ min: 0, max: 5 }),
  });
  const anySee = fc.record({
    desired: fc.nat(40),
    bounds: fc.tuple(fc.nat(30), fc.nat(30)).map(([min, more]) => ({ min, max: min + more })),
    ours: fc.constantFrom(PLAN, []),
  });

  it('law: never exceeds the ceiling, nor the hard limit, and never goes below the ordinary minimum', () => {
    fc.assert(
      fc.property(anyLoad, anySee, (load, see) => {
        const decision = decide({ load, see });
        if (decision.kind !== 'act' || decision.change.kind !== 'set-capacity-bounds') return;
        const { from, to } = decision.change;
        expect(to.min).toBeLessThanOrEqual(Math.max(from.max, 2));
        expect(to.min).toBeLessThanOrEqual(30);
        expect(to.min).toBeGreaterThanOrEqual(2);
        expect(to.max).toBe(Math.max(from.max, 2));
      }),
      { numRuns: 500 },
    );
  });

  it('law: never falls on missing data', () => {
    fc.assert(
      fc.property(
        anyLoad,
        anySee,
        fc.constantFrom('gap', 'unseen', 'scheduled', 'nothing measured'),
        (load, see, what) => {
          const dim: Readonly<Record<string, Scenery>> = {
            gap: { load: { ...load, sight: 'gap' } },
            unseen: { foresight: throttled },
            scheduled: { load, see: { ...see, readings: { scheduled: throttled } } },
            'nothing measured': { foresight: seen(recently(null), NOW) },
          };
          const decision = decide({
            see: { ...see, bounds: { ...see.bounds, max: Math.min(see.bounds.max, 30) } },
            now: ODD,
            ...dim[what],
          });
          if (decision.kind !== 'act' || decision.change.kind !== 'set-capacity-bounds') return;
          const { from, to } = decision.change;
          expect(to.min).toBeGreaterThanOrEqual(Math.min(from.min, 30));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the target', () => {
  const old = unseen({ code: 'too-old', ageSeconds: 9_001, limitSeconds: 9_000 });

  // prettier-ignore
  it.each<{ when: string; scenery: Scenery; then: string; direction?: string }>([
    { when: 'the floor is learned',                      scenery: { see: { targetTracking: [{}] } },                  then: 'act 4–10 at 85 % (floor-is-learned)', direction: 'shrink' },
    { when: 'it is not learned any more',                scenery: { foresight: seen(recently(2.9), NOW) },            then: 'act 4–10 at 70 % (floor-is-not-learned)', direction: 'grow' },
    { when: 'it is not learned, and the target is the service’s own', scenery: { see: { targetTracking: [{}] }, foresight: seen(recently(2.9), NOW) }, then: 'hold (floor-fits, scheduled)' },
    { when: 'a higher floor is wanted: that first',      scenery: { see: { targetTracking: [{}] }, load: { arrival: 6 } }, then: 'act 6–10 (load-ahead)' },
    { when: 'a lower floor is wanted: after it',         scenery: { see: { targetTracking: [{}] }, load: { arrival: 2 }, now: ODD }, then: 'act 4–10 at 85 % (floor-is-learned)' },
    { when: 'a plan is wanted, too: in its minute that', scenery: { see: { targetTracking: [{}], ours: [] } },        then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'a plan is wanted, too: a minute later the target', scenery: { see: { targetTracking: [{}], ours: [] }, now: ODD }, then: 'act 4–10 at 85 % (floor-is-learned)' },
    { when: 'it is not learned any more, and a plan is wanted, too: that first', scenery: { see: { ours: [] }, foresight: seen(recently(2.9), NOW) }, then: 'act 4–10 at 70 % (floor-is-not-learned)' },
    { when: 'somebody else has set it: left to target-tracking', scenery: { see: { targetTracking: [{ cpuPercent: 60 }] } }, then: 'hold (floor-fits, scheduled)' },
    { when: 'there are two policies',                    scenery: { see: { targetTracking: [{}, { name: 'by-hand' }] } }, then: 'hold (floor-fits, scheduled)' },
    { when: 'the forecast is old: not raised',           scenery: { see: { targetTracking: [{}] }, day: old },        then: 'abstain (blind)' },
    { when: 'the forecast is old: given back by target-tracking', scenery: { day: old },                              then: 'abstain (blind)' },
    { when: 'policy leaves it alone',                    scenery: { see: { targetTracking: [{}] }, levers: { predictive: { mode: 'apply', targetPercent: 70 } } }, then: 'hold (floor-fits, scheduled)' },
    { when: 'policy asks for less than the service: never lowered', scenery: { see: { targetTracking: [{}] }, levers: { predictive: { mode: 'apply', targetPercent: 50 } } }, then: 'hold (floor-fits, scheduled)' },
  ])('when $when: $then', ({ scenery, then, direction }) => {
    const decision = decide(scenery);
    expect(brief(decision)).toBe(then);
    expect(decision).toMatchObject(direction === undefined ? {} : { direction });
  });

  it('keeps all else of the policy', () => {
    const policy = { name: 'theirs', scaleInCooldownSeconds: 600, metricResolution: '20s' as const };
    expect(decide({ see: { targetTracking: [policy] } })).toMatchObject({
      change: { to: { targetTracking: { ...policy, cpuPercent: 85 }, bounds: { min: 4, max: 10 } } },
    });
  });
});

describe('the plan', () => {
  const uncertain: readonly ForecastDoubt[] = [{ code: 'no-season' }];
  const old = unseen({ code: 'too-old', ageSeconds: 9_001, limitSeconds: 9_000 });

  // prettier-ignore
  it.each<{ when: string; scenery: Scenery; then: string }>([
    { when: 'it stands',                                 scenery: {},                                                 then: 'hold (floor-fits, scheduled)' },
    { when: 'there is none yet',                         scenery: { see: { ours: [] } },                              then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'a step of it is missing',                   scenery: { see: { ours: PLAN.slice(1) } },                   then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'a step of it is due in two minutes: left to AWS', scenery: { see: { ours: [planStep('12:32', { min: 3 })] } }, then: 'hold (floor-fits, scheduled)' },
    { when: 'a step of it is due in two minutes and a second', scenery: { see: { ours: [planStep('12:32:01', { min: 3 })] } }, then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'a step that is due would lower the ceiling', scenery: { see: { ours: [planStep('12:31', { min: 3, max: 9 })] } }, then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'an event stands beside it: not its business', scenery: { see: { ours: PLAN }, events: [anEvent()] },     then: 'hold (floor-fits, scheduled)' },
    { when: 'it needs more than the ceiling',            scenery: { see: { ours: [] }, day: seen(plannedDay([1, 14, 14, 1]), NOW) }, then: 'act 01 13:00 min 10, 01 13:30 min 14 max 21, 01 15:00 min 2 (forecast-asks, above-ceiling)' },
    { when: 'it is in doubt and stands: withdrawn',      scenery: { day: seen(plannedDay([1, 6, 6, 1], { doubts: uncertain }), NOW) }, then: 'act no plan (forecast-doubted)' },
    { when: 'it is in doubt and none stands',            scenery: { see: { ours: [] }, day: seen(plannedDay([1, 6, 6, 1], { doubts: uncertain }), NOW) }, then: 'hold (floor-fits, forecast-doubted)' },
    { when: 'there is no forecast of the day any more',  scenery: { day: seen(plannedDay([], { plan: null, doubts: uncertain }), NOW) }, then: 'act no plan (forecast-doubted)' },
    { when: 'the forecast is old: what stands is kept',  scenery: { day: old },                                       then: 'abstain (blind)' },
    { when: 'the forecast is old, and the floor is too low', scenery: { day: old, load: { arrival: 7.9 } },             then: 'act 8–10 (load-ahead)' },
    { when: 'the load cannot be seen: made all the same', scenery: { see: { ours: [] }, foresight: throttled },       then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'the load cannot be seen: not taken away',   scenery: { foresight: throttled, day: seen(plannedDay([1, 6, 6, 1], { doubts: uncertain }), NOW) }, then: 'abstain (blind)' },
    { when: 'the scheduled actions cannot be seen',      scenery: { see: { readings: { scheduled: throttled } } },    then: 'abstain (blind)' },
    { when: 'scheduled scaling is suspended',            scenery: { see: { ours: [], suspended: { scheduledScaling: true } } }, then: 'abstain (not-deployed)' },
    { when: 'the floor is too low: first that',          scenery: { see: { ours: [] }, load: { arrival: 7.9 } },        then: 'act 8–10 (load-ahead)' },
    { when: 'the floor is too high: now the plan',       scenery: { see: { ours: [] }, load: { arrival: 2 } },        then: 'act 01 13:00 min 4, 01 13:30 min 6, 01 15:00 min 2 (forecast-asks)' },
    { when: 'the floor is too high: a minute later that', scenery: { see: { ours: [] }, load: { arrival: 2 }, now: ODD }, then: 'act 2–10 (load-recedes)' },
  ])('when $when: $then', ({ scenery, then }) => {
    expect(brief(decide(scenery))).toBe(then);
  });

  // prettier-ignore
  it.each<{ when: string; scenery: Scenery; then: string }>([
    { when: 'it is new',                       scenery: { see: { ours: [] } },                                 then: 'grow' },
    { when: 'it asks for more than stood',     scenery: { see: { ours: [planStep('13:30', { min: 5 }), planStep('15:00', { min: 2 })] } }, then: 'grow' },
    { when: 'it asks for less',                scenery: { see: { ours: [planStep('13:00', { min: 8 })] } },    then: 'shrink' },
    { when: 'it is withdrawn',                 scenery: { day: seen(plannedDay([1, 6, 6, 1], { doubts: [{ code: 'no-load' }] }), NOW) }, then: 'shrink' },
  ])('$then, when $when', ({ scenery, then }) => {
    expect(decide(scenery)).toMatchObject({ direction: then });
  });

  it('names the minute at which the ceiling is too low', () => {
    expect(explain(decide({ see: { ours: [] }, day: seen(plannedDay([1, 14, 14, 1]), NOW) }))).toBe(
      'schedule 3 actions from 2026-12-01 13:00 UTC (now 0): the 95 % quantile of the forecast asks for up to 14 tasks, at 2026-12-01 13:30 UTC; 2026-12-01 13:30 UTC needs 14 tasks, the ceiling is 10',
    );
  });

  it('changes with the forecast, and not from look to look', () => {
    const found = Array.from({ length: 25 }, (_, minute) =>
      brief(decide({ see: { ours: [] }, now: later(at('12:32'), minute * MINUTE), foresight: throttled })),
    );
    expect(new Set(found).size).toBe(1);
  });
});

describe('a lever without hands', () => {
  const observing = { predictive: { mode: 'observe' as const } };

  it('tells what it would plan when a forecast is new, and then what it would do now', () => {
    const see = { ours: [], bounds: { min: 2, max: 10 } };
    const load = { arrival: 7.9 };
    expect(brief(decide({ levers: observing, see, load, now: at('12:11:59') }))).toMatch(
      /^act 01 .* \(forecast-asks, rehearsed\)$/,
    );
    expect(brief(decide({ levers: observing, see, load, now: at('12:13') }))).toBe('act 8–10 (load-ahead)');
  });

  it('looks at the load of the moment once in five minutes only, and says nothing in between', () => {
    const unasked = { kind: 'unseen', because: { code: 'not-asked' } } as const;
    expect(brief(decide({ levers: observing, foresight: unasked }))).toBe('hold (not-due)');
    expect(brief(decide({ foresight: unasked }))).not.toBe('hold (not-due)');
  });

  it('says how well it would have done', () => {
    expect(explain(decide({ levers: observing, see: { ours: [] }, now: at('12:11') }))).toContain(
      'over 7 days its floor would have missed 0.21 % of the load with 310 task-hours, 402 ran',
    );
  });
});

describe('where it has no business', () => {
  const aws = { name: 'theirs', type: 'PredictiveScaling' };

  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string }>([
    { when: 'AWS predicts this service',                 see: { otherPolicies: [aws] },                                then: 'hold (aws-predicts)' },
    { when: 'another policy is one of steps',            see: { otherPolicies: [{ name: 'steps', type: 'StepScaling' }] }, then: 'act 8–10 (load-ahead)' },
    { when: 'the service is not registered',             see: { readings: { scaling: seen(null, NOW) } },              then: 'abstain (not-deployed)' },
    { when: 'scaling out is suspended',                  see: { suspended: { dynamicScalingOut: true } },              then: 'abstain (not-deployed)' },
    { when: 'scaling in is suspended',                   see: { suspended: { dynamicScalingIn: true } },               then: 'act 8–10 (load-ahead)' },
    { when: 'no policy scales it',                       see: { targetTracking: [] },                                  then: 'abstain (not-deployed)' },
    { when: 'the service cannot be seen',                see: { readings: { facts: throttled } },                      then: 'abstain (blind)' },
    { when: 'its scaling cannot be seen',                see: { readings: { scaling: throttled } },                    then: 'abstain (blind)' },
  ])('when $when: $then', ({ see, then }) => {
    expect(brief(decide({ see, load: { arrival: 7.9 } }))).toBe(then);
  });

  it('names the policy of AWS', () => {
    expect(explain(decide({ see: { otherPolicies: [aws] } }))).toBe(
      'hold: a predictive policy of AWS plans this service: theirs',
    );
  });

  it('says once that there is no forecast', () => {
    const nothing = unseen({ code: 'no-data' });
    expect(explain(decide({ foresight: nothing, day: nothing }))).toBe('abstain: cannot see its forecast: no data');
  });
});
