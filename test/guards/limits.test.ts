import { describe, expect, it } from '@jest/globals';
import { usdPerMonth } from '../../shared/capacity/fargate-prices.ts';
import type { Change } from '../../shared/domain/change.ts';
import { act, type Act } from '../../shared/domain/decision.ts';
import { explainReasons } from '../../shared/domain/explain.ts';
import { seen } from '../../shared/domain/reading.ts';
import { applyGuards } from '../../shared/guards/apply-guards.ts';
import {
  floorByForecast,
  floorNow,
  forecastPlan,
  planOf,
  raiseTo,
  reduction,
  repair,
} from '../support/builders/acts.ts';
import { anAct, aRaise, brief, CORE_API } from '../support/builders/decisions.ts';
import { aGuardContext, type GuardedWish } from '../support/builders/guard-context.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aService, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { planStep, step } from '../support/builders/world.ts';

const guarded = (wish: GuardedWish): string => brief(applyGuards(aGuardContext(wish)));

const roomFor20 = { services: { 'core-api': { bounds: { min: 2, max: 20 } } } };

/** Each task costs 41.45 USD a month. */
const budgetFor = (tasks: number) => ({ usdPerMonthAtCeiling: 41.45 * tasks });

/** core-api: 2–10 tasks, at most 30. */
describe('bounds', () => {
  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'the hard limit is reached',                wish: { wanted: raiseTo(30), lever: 'known-event' },           then: 'act 2–30 (pinned-at-max)' },
    { when: 'it is passed by one',                      wish: { wanted: raiseTo(31), lever: 'known-event' },           then: 'act 2–30 (pinned-at-max, trimmed-to-hard-limit)' },
    { when: 'the ceiling stands at the hard limit',     wish: { wanted: anAct({ change: aRaise({ min: 2, max: 30 }, { min: 2, max: 31 }) }), world: { services: { 'core-api': { bounds: { min: 2, max: 30 } } } } }, then: 'hold (outside-bounds); else 2–31 (pinned-at-max)' },
    { when: 'the minimum would leave policy',           wish: { wanted: anAct({ change: aRaise({ min: 2, max: 10 }, { min: 1, max: 12 }) }) }, then: 'hold (outside-bounds); else 1–12 (pinned-at-max)' },
    { when: 'it would leave policy with a ceiling above the limit', wish: { wanted: anAct({ change: aRaise({ min: 2, max: 10 }, { min: 1, max: 40 }) }), lever: 'known-event' }, then: 'hold (outside-bounds); else 1–40 (pinned-at-max)' },
    { when: 'the minimum stands below policy, not by this wish', wish: { wanted: anAct({ change: aRaise({ min: 0, max: 10 }, { min: 0, max: 12 }) }) }, then: 'act 0–12 (pinned-at-max)' },
    { when: 'the ceiling stands above the limit, not by this wish', wish: { wanted: anAct({ change: aRaise({ min: 2, max: 40 }, { min: 8, max: 40 }) }), lever: 'known-event' }, then: 'act 8–40 (pinned-at-max)' },
    { when: 'the minimum would pass the hard limit',    wish: { wanted: floorNow(31, 31), lever: 'known-event' },      then: 'hold (outside-bounds); else 31–31 (event-under-way)' },
    { when: 'the ceiling would fall below the minimum of policy', wish: { wanted: { ...reduction, change: aRaise({ min: 0, max: 20 }, { min: 0, max: 1 }) } }, then: 'hold (outside-bounds); else 0–1 (calm)' },
    { when: 'minimum and maximum would be upside down', wish: { wanted: floorNow(12, 11), lever: 'known-event' },      then: 'hold (outside-bounds); else 12–11 (event-under-way)' },
    { when: 'the minimum would pass a ceiling that stays', wish: { wanted: floorNow(12, 10), lever: 'known-event' },   then: 'hold (outside-bounds); else 12–10 (event-under-way)' },
    { when: 'a plan stays within',                      wish: { wanted: planOf(20, 30), lever: 'known-event' },        then: 'act 02 07:45 min 20 max 30, 02 20:00 min 2 (event-ahead)' },
    { when: 'the ceiling of a plan passes the limit',   wish: { wanted: planOf(20, 31), lever: 'known-event' },        then: 'act 02 07:45 min 20 max 30, 02 20:00 min 2 (event-ahead, trimmed-to-hard-limit)' },
    { when: 'the floor of a plan passes the limit',     wish: { wanted: planOf(31, 31), lever: 'known-event' },        then: 'hold (outside-bounds); else 02 07:45 min 31 max 31, 02 20:00 min 2 (event-ahead)' },
    { when: 'a plan steps down below policy',           wish: { wanted: { ...planOf(8), change: { kind: 'schedule-capacity', owner: 'event', target: CORE_API, from: [], to: [step('07:45', { min: 8 }, 1), step('20:00', { min: 1 }, 1)] } }, lever: 'known-event' }, then: 'hold (outside-bounds); else 02 07:45 min 8, 02 20:00 min 1 (event-ahead)' },
    { when: 'a step of a plan is upside down',          wish: { wanted: planOf(8, 7), lever: 'known-event' },          then: 'hold (outside-bounds); else 02 07:45 min 8 max 7, 02 20:00 min 2 (event-ahead)' },
    { when: 'a repair puts all within',                 wish: { wanted: repair({ min: 40, max: 50 }, { min: 2, max: 30 }), lever: 'target-tracking' }, then: 'act 2–30 at 70 % (policy-missing)' },
    { when: 'a repair would go above',                  wish: { wanted: repair({ min: 2, max: 10 }, { min: 2, max: 31 }), lever: 'target-tracking' }, then: 'hold (outside-bounds); else 2–31 at 70 % (policy-missing)' },
    { when: 'registering would go below',               wish: { wanted: repair(null, { min: 1, max: 10 }), lever: 'target-tracking', world: { services: { 'core-api': { readings: { scaling: seen(null, NOW) } } } } }, then: 'hold (outside-bounds); else 1–10 at 70 % (not-registered)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });
});

describe('step: ×1.5 for the ceiling lever', () => {
  const from = (max: number, to: number): GuardedWish => ({
    wanted: anAct({ change: aRaise({ min: 1, max }, { min: 1, max: to }) }),
    world: { services: { 'core-api': { bounds: { min: 1, max } } } },
    policy: aFleetPolicy({ services: [aServiceInput({ min: 1 })] }),
  });

  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'the step is ×1.5',                    wish: from(10, 15),  then: 'act 1–15 (pinned-at-max)' },
    { when: 'it is one more',                      wish: from(10, 16),  then: 'act 1–15 (pinned-at-max, trimmed-to-step)' },
    { when: 'half a task is left: rounded down',   wish: from(5, 8),    then: 'act 1–7 (pinned-at-max, trimmed-to-step)' },
    { when: 'one task may always be added',        wish: from(1, 2),    then: 'act 1–2 (pinned-at-max)' },
    { when: 'and no more than that',               wish: from(1, 3),    then: 'act 1–2 (pinned-at-max, trimmed-to-step)' },
    { when: 'a known event jumps on purpose',      wish: { wanted: floorNow(20, 30), lever: 'known-event' }, then: 'act 20–30 (event-under-way)' },
    { when: 'taking away knows no step',           wish: { wanted: { ...reduction, change: aRaise({ min: 2, max: 20 }, { min: 2, max: 3 }) }, world: roomFor20 }, then: 'act 2–3 (calm)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });

  it('×1.15 of 20 is 23, not the 22.999999999999996 of binary fractions', () => {
    const policy = aFleetPolicy({ levers: { ceiling: { maxStepFactor: 1.15 } } });
    const wanted = anAct({ change: aRaise({ min: 2, max: 20 }, { min: 2, max: 29 }) });
    expect(guarded({ policy, wanted, world: roomFor20 })).toBe('act 2–23 (pinned-at-max, trimmed-to-step)');
  });
});

/** 41.45 USD a month for each task of 1 vCPU and 2 GB in eu-central-1, all month at the ceiling. */
describe('budget', () => {
  const predicting = { levers: { predictive: { mode: 'apply' as const } } };
  const rich = (tasks: number, over = {}) => aFleetPolicy({ budget: budgetFor(tasks), ...over });
  const two = { services: [aServiceInput(), aServiceInput({ name: 'worker', max: 5 })] };

  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'it is just enough',                        wish: { policy: rich(12) },                               then: 'act 2–12 (pinned-at-max)' },
    { when: 'it is enough for one less',                wish: { policy: rich(11) },                               then: 'act 2–11 (pinned-at-max, trimmed-to-budget)' },
    { when: 'it is enough for what there is',           wish: { policy: rich(10) },                               then: 'hold (over-budget); else 2–12 (pinned-at-max)' },
    { when: 'it was passed long ago',                   wish: { policy: rich(1) },                                then: 'hold (over-budget); else 2–12 (pinned-at-max)' },
    { when: 'it was passed, and the wish takes away',   wish: { policy: rich(1), wanted: reduction, world: roomFor20 }, then: 'act 2–12 (calm)' },
    { when: 'another service has its share',            wish: { policy: rich(16, two) },                          then: 'act 2–11 (pinned-at-max, trimmed-to-budget)' },
    { when: 'the share of another has grown',           wish: { policy: rich(16, two), reserved: { worker: { min: 2, max: 6 } } }, then: 'hold (over-budget); else 2–12 (pinned-at-max)' },
    { when: 'another is not registered: its `max` counts', wish: { policy: rich(16, two), world: { services: { worker: { readings: { scaling: seen(null, NOW) } } } } }, then: 'act 2–11 (pinned-at-max, trimmed-to-budget)' },
    { when: 'registering costs too much',               wish: { policy: rich(9), wanted: repair(null, { min: 2, max: 10 }), lever: 'target-tracking', world: { services: { 'core-api': { readings: { scaling: seen(null, NOW) } } } } }, then: 'hold (over-budget); else 2–10 at 70 % (not-registered)' },
    { when: 'there is no price for the region',         wish: { policy: rich(1, { region: 'eu-north-9' }) },      then: 'act 2–12 (pinned-at-max)' },
    { when: 'an event needs room for more',             wish: { policy: rich(11), wanted: planOf(8, 12), lever: 'known-event' }, then: 'act 02 07:45 min 8 max 11, 02 20:00 min 2 (event-ahead, trimmed-to-budget)' },
    { when: 'an event fits under the ceiling of now',   wish: { policy: rich(10), wanted: planOf(8, 12), lever: 'known-event' }, then: 'act 02 07:45 min 8, 02 20:00 min 2 (event-ahead, trimmed-to-budget)' },
    { when: 'an event does not fit',                    wish: { policy: rich(11), wanted: planOf(12, 18), lever: 'known-event' }, then: 'hold (over-budget); else 02 07:45 min 12 max 18, 02 20:00 min 2 (event-ahead)' },
    { when: 'a plan needs room for more: less is better than nothing', wish: { policy: rich(12, predicting), wanted: forecastPlan(14, 21), lever: 'predictive' }, then: 'act 02 09:00 min 12 max 12, 02 18:00 min 2 (forecast-asks, trimmed-to-budget)' },
    { when: 'a plan may not raise the ceiling',         wish: { policy: rich(10, predicting), wanted: forecastPlan(14, 21), lever: 'predictive' }, then: 'act 02 09:00 min 10, 02 18:00 min 2 (forecast-asks, trimmed-to-budget)' },
    { when: 'a plan fits under the ceiling of now',     wish: { policy: rich(1, predicting), wanted: forecastPlan(9), lever: 'predictive' }, then: 'act 02 09:00 min 9, 02 18:00 min 2 (forecast-asks)' },
    { when: 'the trimmed plan stands: said again, not done again', wish: { policy: rich(10, predicting), wanted: { ...forecastPlan(14, 21), change: { ...forecastPlan(14, 21).change, from: [planStep('09:00', { min: 10 }, 1), planStep('18:00', { min: 2 }, 1)] } as Change }, lever: 'predictive' }, then: 'hold (over-budget); else 02 09:00 min 14 max 21, 02 18:00 min 2 (forecast-asks)' },
    { when: 'a floor by forecast adds no room',         wish: { policy: rich(1, predicting), wanted: floorByForecast(9), lever: 'predictive' }, then: 'act 9–10 (load-ahead)' },
    { when: 'an event under way fits under the ceiling of now', wish: { policy: rich(10), wanted: floorNow(8, 12), lever: 'known-event' }, then: 'act 8–10 (event-under-way, trimmed-to-budget)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });

  it.each([
    { tasks: 12, then: 'act 2–12 (pinned-at-max)' },
    { tasks: 11, then: 'act 2–11 (pinned-at-max, trimmed-to-budget)' },
  ])('to the cent: the price of $tasks tasks is enough for them', ({ tasks, then }) => {
    const usdPerMonthAtCeiling = usdPerMonth(aService().task, tasks, 'eu-central-1')!;
    expect(guarded({ policy: aFleetPolicy({ budget: { usdPerMonthAtCeiling } }) })).toBe(then);
  });

  /** 10 tasks at the ceiling, of 1 vCPU with 2 GiB. */
  const resized = (cpuUnits: number, memoryMiB: number): Act => {
    const change = { kind: 'resize-task', service: CORE_API, family: 'core-api' } as const;
    const from = { cpuUnits: 1024, memoryMiB: 2048 };
    const direction = cpuUnits > from.cpuUnits ? 'grow' : 'shrink';
    return act({ ...change, from, to: { cpuUnits, memoryMiB } }, direction, { code: 'out-of-memory', tasks: 1 });
  };
  const doubled = resized(2048, 4096);
  const live = { levers: { 'task-size': { mode: 'apply' } } } as const;

  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: RegExp }>([
    { when: 'tasks of twice the size are paid for',     wish: { policy: rich(20.01, live), wanted: doubled, lever: 'task-size' },              then: /^act/ },
    { when: 'they are not',                             wish: { policy: rich(19.9, live), wanted: doubled, lever: 'task-size' },               then: /^hold \(over-budget\)/ },
    { when: 'the ceiling has been raised',              wish: { policy: rich(20.01, live), wanted: doubled, lever: 'task-size', world: roomFor20 }, then: /^hold \(over-budget\)/ },
    { when: 'another service has its share',            wish: { policy: rich(21, { ...two, ...live }), wanted: doubled, lever: 'task-size' },  then: /^hold \(over-budget\)/ },
    { when: 'the budget was passed, and tasks become smaller', wish: { policy: rich(1, live), wanted: resized(512, 1024), lever: 'task-size' }, then: /^act/ },
    { when: 'there is no price for the region',         wish: { policy: rich(1, { ...live, region: 'eu-north-9' }), wanted: doubled, lever: 'task-size' }, then: /^act/ },
    { when: 'it is proposed: nobody is asked to review what must not be', wish: { policy: rich(19.9, { levers: { 'task-size': { mode: 'propose' } } }), wanted: doubled, lever: 'task-size' }, then: /over-budget/ },
  ])('larger tasks, when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toMatch(then);
  });

  it('says what larger tasks would cost', () => {
    const { because } = applyGuards(aGuardContext({ policy: rich(10, live), wanted: doubled, lever: 'task-size' }));
    expect(explainReasons(because)).toBe('829 USD a month at the ceilings is over the budget of 415');
  });

  it('says what it would cost', () => {
    const { because } = applyGuards(aGuardContext({ policy: rich(10) }));
    expect(explainReasons(because)).toBe('497 USD a month at the ceilings is over the budget of 415');
  });
});

/** Each task opens 50 connections to the database, 12 others are open there. */
describe('connections', () => {
  const direct = { services: [aServiceInput({ connectsTo: 'database', pools: TWO_POOLS })] };
  const pooled = (maxClientConnections: number) =>
    aFleetPolicy({
      services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })],
      pooler: { ...A_POOLER, maxClientConnections },
      database: A_DATABASE,
    });
  const predicting = { levers: { predictive: { mode: 'apply' as const } } };
  const withRoom = (tasks: number, over = {}) =>
    aFleetPolicy({
      ...direct,
      database: { ...A_DATABASE, usableShare: 100, maxConnections: 12 + 50 * tasks },
      ...over,
    });

  // prettier-ignore
  it.each<{ when: string; wish: GuardedWish; then: string }>([
    { when: 'it opens none',                            wish: { policy: aFleetPolicy({ pooler: A_POOLER, database: { ...A_DATABASE, maxConnections: 20 } }) }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'the poolers have room for 12 tasks',       wish: { policy: pooled(300) },                            then: 'act 2–12 (pinned-at-max)' },
    { when: 'they have room for 11 tasks and 49 more',  wish: { policy: pooled(299) },                            then: 'act 2–11 (pinned-at-max, trimmed-to-connections)' },
    { when: 'they have room for what there is',         wish: { policy: pooled(250) },                            then: 'hold (connections-exceeded); else 2–12 (pinned-at-max)' },
    { when: 'the database has room for 12 tasks',       wish: { policy: withRoom(12) },                           then: 'act 2–12 (pinned-at-max)' },
    { when: 'a plan by forecast needs more: told ahead, less is planned', wish: { policy: withRoom(11, predicting), wanted: forecastPlan(14, 21), lever: 'predictive' }, then: 'act 02 09:00 min 11 max 11, 02 18:00 min 2 (forecast-asks, trimmed-to-connections)' },
    { when: 'it has room for 11',                       wish: { policy: withRoom(11) },                           then: 'act 2–11 (pinned-at-max, trimmed-to-connections)' },
    { when: 'it is exceeded already',                   wish: { policy: withRoom(3) },                            then: 'hold (connections-exceeded); else 2–12 (pinned-at-max)' },
    { when: 'it is exceeded, and the wish takes away',  wish: { policy: withRoom(3), wanted: reduction, world: roomFor20 }, then: 'act 2–12 (calm)' },
    { when: 'the database is exceeded, but this service goes through the poolers', wish: { policy: aFleetPolicy({ services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })], pooler: A_POOLER, database: { ...A_DATABASE, maxConnections: 20 } }) }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'an event needs room for more',             wish: { policy: withRoom(11), wanted: planOf(8, 12), lever: 'known-event' }, then: 'act 02 07:45 min 8 max 11, 02 20:00 min 2 (event-ahead, trimmed-to-connections)' },
    { when: 'an event does not fit',                    wish: { policy: withRoom(11), wanted: planOf(12, 18), lever: 'known-event' }, then: 'hold (connections-exceeded); else 02 07:45 min 12 max 18, 02 20:00 min 2 (event-ahead)' },
    { when: 'a floor takes all the room',               wish: { policy: withRoom(11), wanted: floorNow(11, 17), lever: 'known-event' }, then: 'act 11–11 (event-under-way, trimmed-to-connections)' },
    { when: 'a floor needs one more than there is',     wish: { policy: withRoom(11), wanted: floorNow(12, 18), lever: 'known-event' }, then: 'hold (connections-exceeded); else 12–18 (event-under-way)' },
    { when: 'a minimum rises under the ceiling of now', wish: { policy: withRoom(3), wanted: floorNow(8, 10), lever: 'known-event' }, then: 'act 8–10 (event-under-way)' },
    { when: 'registering needs too many',               wish: { policy: withRoom(9), wanted: repair(null, { min: 2, max: 10 }), lever: 'target-tracking', world: { services: { 'core-api': { readings: { scaling: seen(null, NOW) } } } } }, then: 'hold (connections-exceeded); else 2–10 at 70 % (not-registered)' },
  ])('when $when: $then', ({ wish, then }) => {
    expect(guarded(wish)).toBe(then);
  });

  it.each([
    { policy: pooled(250), then: '600 client connections exceed the limit of 500' },
    { policy: withRoom(10), then: '612 server connections exceed the limit of 512' },
  ])('says on which side, how many and of how many: $then', ({ policy, then }) => {
    expect(explainReasons(applyGuards(aGuardContext({ policy })).because)).toBe(then);
  });

  it('a plan that is trimmed to what stands already is no plan at all', () => {
    const standing = [step('07:45', { min: 8, max: 11 }, 1), step('20:00', { min: 2 }, 1)];
    const wanted = planOf(8, 12);
    const again = { ...wanted, change: { ...wanted.change, from: standing } } as Act;
    const world = { services: { 'core-api': { ours: standing } } };
    const reserved = { 'core-api': { min: 2, max: 11 } };
    expect(guarded({ policy: withRoom(11), wanted: again, lever: 'known-event', world, reserved })).toBe(
      'hold (connections-exceeded); else 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)',
    );
  });
});
