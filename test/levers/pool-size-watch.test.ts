import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explain } from '../../shared/domain/explain.ts';
import type { PoolerSizes, PoolerSnapshot, ServiceErrors, TuningEffect } from '../../shared/domain/pooler.ts';
import { NOT_ASKED, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { MINUTE } from '../../shared/domain/units.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { poolSize } from '../../shared/levers/pool-size.ts';
import { POOLER_LEVERS } from '../../shared/levers/pooler-levers.ts';
import {
  A_DATABASE,
  A_POOLER,
  aFleetPolicy,
  aServiceInput,
  type FleetInput,
  TWO_POOLS,
} from '../support/builders/policy.ts';
import { aPoolerSnapshot, type PoolerWorld, SIZES } from '../support/builders/pooler-world.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

type Lever = NonNullable<NonNullable<FleetInput['levers']>['pool-size']>;

const COUNTED = {
  loadBalancer: 'app/core/0123456789abcdef',
  targetGroup: 'targetgroup/core/0123456789abcdef',
} as const;
const fleet = (lever: Lever = {}, over: Partial<FleetInput> = {}) =>
  aFleetPolicy({
    pooler: A_POOLER,
    database: A_DATABASE,
    services: [
      aServiceInput({
        connectsTo: 'pooler',
        pools: TWO_POOLS,
        ...COUNTED,
      }),
    ],
    levers: { 'pool-size': { mode: 'apply', ...lever } },
    ...over,
  });

const intended: PoolerSizes = { ...SIZES, defaultPoolSize: 60 };
const at60: PoolerWorld = { sizes: intended };
/** Ten seconds, six minutes ago. */
const GREW = minutesAgo(6);

interface Growth {
  readonly at?: number;
  readonly outcome?: TuningEffect['outcome'];
  readonly from?: Partial<PoolerSizes>;
  readonly cpuBefore?: number | null;
  /** Before it; now it is 200. */
  readonly transactionsPerSecond?: number;
}
function growth({
  at = GREW,
  outcome = 'kept',
  from,
  cpuBefore = 55,
  transactionsPerSecond = 200,
}: Growth = {}): TuningEffect {
  const part = { seconds: 2, defaultPoolSize: 25, transactionsPerSecond, clientsWaiting: 35, waitMillis: 40 };
  return {
    at,
    outcome,
    before: part,
    after: { ...part, defaultPoolSize: 60, transactionsPerSecond: 300 },
    watched: {
      since: at - 10_000,
      from: { ...SIZES, reservePoolSize: 5, ...from },
      before: { cpuPercent: cpuBefore, failures: null },
      after: { cpuPercent: null, failures: null },
    },
  };
}

/** One point a minute, the newest of which ended a minute ago. */
function minutes(values: readonly number[], newestAt = minutesAgo(2)): Reading<Series> {
  const points = values.map((value, index) => ({ at: newestAt - (values.length - 1 - index) * MINUTE * 1000, value }));
  return seen({ periodSeconds: MINUTE, points }, newestAt);
}
const cool = minutes([50, 50, 50, 50, 50]);
const hot = minutes([55, 60, 90, 91, 92]);

interface See {
  readonly worlds?: readonly PoolerWorld[];
  readonly effect?: TuningEffect;
  readonly pooler?: Partial<PoolerSnapshot>;
  readonly cpu?: Reading<Series>;
}
const decided = ({ worlds = [at60, at60], effect = growth(), pooler, cpu = cool }: See, lever: Lever = {}) => {
  const policy = fleet(lever);
  const snapshot = aPoolerSnapshot(worlds, { intended, intendedAt: GREW, effect, ...pooler });
  const settings = poolSize.propose({ ...aSnapshot(policy), pooler: snapshot }, policy, NOW)[0]!.settings;
  return poolSize.replay({ pooler: snapshot, databaseCpu: cpu }, settings, NOW);
};
const said = (see: See, lever?: Lever): string => explain(decided(see, lever));

const back = (worse: string, from = '60'): string =>
  `tune 2 PgBouncers: default_pool_size ${from} → 25, reserve_pool_size 0 → 5: growing the pools made it worse: ${worse}`;
const hotter = 'CPU of the database 55 % → 91 % for 200 → 200 transactions a second, the limit is 70 %';
const calm = 'hold: no client waits for a connection';

describe('pool-size lever, in the minutes after a step up: CPU of the database', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; lever?: Lever; then: string }>([
    { when: 'three minutes above its limit',               see: { cpu: hot },                                   then: back(hotter) },
    // 91 ÷ 55 = 1.65 times the CPU, and 1.25 times as much for each transaction is no chance: 200 ÷ 151.1 = 1.324.
    { when: 'it gets so much more done with it',           see: { cpu: hot, effect: growth({ transactionsPerSecond: 151 }) }, then: calm },
    { when: 'it does not get so much more done',           see: { cpu: hot, effect: growth({ transactionsPerSecond: 152 }) }, then: back(hotter.replace('200 →', '152 →')) },
    { when: 'one has just begun to count: it is not known how much is done', see: { cpu: hot, worlds: [at60, { ...at60, transactions: -1_000 }] }, then: back('CPU of the database 55 % → 91 %, the limit is 70 %') },
    { when: 'the first of the three is at the limit',      see: { cpu: minutes([55, 60, 70, 91, 92]) },         then: calm },
    { when: 'just above it',                               see: { cpu: minutes([55, 60, 70.1, 71, 72]) },       then: back('CPU of the database 55 % → 71 % for 200 → 200 transactions a second, the limit is 70 %') },
    { when: 'it was at the limit before',                  see: { cpu: hot, effect: growth({ cpuBefore: 70 }) }, then: back('CPU of the database 70 % → 91 % for 200 → 200 transactions a second, the limit is 70 %') },
    { when: 'it was above before',                         see: { cpu: hot, effect: growth({ cpuBefore: 70.1 }) }, then: calm },
    { when: 'it was unseen before',                        see: { cpu: hot, effect: growth({ cpuBefore: null }) }, then: calm },
    { when: 'it is unseen now',                            see: { cpu: unseen({ code: 'unreadable', detail: 'throttled' }) }, then: calm },
    { when: 'only two minutes are seen',                   see: { cpu: minutes([91, 92]) },                     then: calm },
    { when: 'a minute of the three is missing',            see: { cpu: minutes([90, 91, 92], minutesAgo(7)) },  then: calm },
    { when: 'the three begin as the step ends',            see: { cpu: hot, effect: growth({ at: minutesAgo(4) }) }, then: back(hotter) },
    { when: 'the first of the three began before',         see: { cpu: hot, effect: growth({ at: minutesAgo(4) + 1 }) }, then: calm },
    { when: 'the last moment of the watch',                see: { cpu: hot, effect: growth({ at: minutesAgo(10) + 1 }) }, then: back(hotter) },
    { when: 'its end',                                     see: { cpu: hot, effect: growth({ at: minutesAgo(10) }) }, then: calm },
    { when: 'nothing is watched',                          see: { cpu: hot }, lever: { watchMinutes: 0 },       then: calm },
    { when: 'the step was no growth',                      see: { cpu: hot, effect: growth({ from: { defaultPoolSize: 60 } }) }, then: calm },
    { when: 'it was taken back already',                   see: { cpu: hot, effect: growth({ outcome: 'taken-back' }) }, then: calm },
    { when: 'an earlier version has stored it',            see: { cpu: hot, effect: withoutWatch(growth()) },    then: calm },
    { when: 'something else was intended since',           see: { cpu: hot, pooler: { intended: { ...intended, defaultPoolSize: 70 } }, worlds: [{ sizes: { defaultPoolSize: 70 } }, { sizes: { defaultPoolSize: 70 } }] }, then: calm },
    { when: 'a person has moved all',                      see: { cpu: hot, worlds: [{ sizes: { defaultPoolSize: 33 } }, { sizes: { defaultPoolSize: 33 } }] }, then: calm },
    { when: 'a person has moved one',                      see: { cpu: hot, worlds: [at60, { sizes: { defaultPoolSize: 33 } }] }, then: 'hold: somebody has changed the sizes on b, intended is 60: make them the same on all' },
    { when: 'one has lost its size: it is not restored first', see: { cpu: hot, worlds: [at60, {}] },            then: back(hotter, '25 and 60') },
    { when: 'one has lost its size, and nothing is worse', see: { worlds: [at60, {}] },                         then: 'tune 2 PgBouncers: default_pool_size 25 and 60 → 60: a restart or RELOAD has brought the old sizes back on b' },
    { when: 'clients wait all the same',                   see: { cpu: hot, worlds: [{ ...at60, waiting: [35, 36, 34], active: 60, waitSeconds: 70 }, at60] }, then: back(hotter) },
    { when: 'the limit of clients is near, too',           see: { cpu: hot, worlds: [{ ...at60, clients: 960 }, at60] }, then: back(hotter) },
  ])('$when: $then', ({ see, lever, then }) => {
    expect(said(see, lever)).toBe(then);
  });

  function withoutWatch({ watched: _, ...effect }: TuningEffect): TuningEffect {
    return effect;
  }
});

describe('pool-size lever, after several steps within minutes', () => {
  const tooMuch = { what: 'database-cpu', before: 55, after: 91, limit: 70 } as const;
  const to60 = growth({ at: minutesAgo(12) });
  const to90: TuningEffect = {
    ...growth({ at: GREW, outcome: 'taken-back', from: { defaultPoolSize: 60 } }),
    after: { ...to60.after, defaultPoolSize: 90 },
  };
  // prettier-ignore
  it.each<{ when: string; growths: readonly TuningEffect[]; cpu?: Reading<Series>; then: string }>([
    { when: 'the last was taken back, and it is no better: the one before, too', growths: [{ ...to90, worse: tooMuch }, to60], cpu: hot, then: back(hotter) },
    { when: 'the last was taken back, and it is better',     growths: [{ ...to90, worse: tooMuch }, to60], then: calm },
    { when: 'the last brought less through: what came before has had its time', growths: [to90, to60], cpu: hot, then: calm },
    { when: 'and that is still young',                       growths: [to90, growth({ at: minutesAgo(9) })], cpu: hot, then: back(hotter) },
    { when: 'both were taken back',                          growths: [{ ...to60, outcome: 'taken-back', worse: tooMuch }, to90], cpu: hot, then: calm },
    { when: 'the last stands',                               growths: [to60, growth({ at: minutesAgo(20), from: { defaultPoolSize: 10 } })], cpu: hot, then: calm },
  ])('$when: $then', ({ growths, cpu = cool, then }) => {
    // What came last was no step up: it does not end the watch.
    expect(said({ cpu, pooler: { growths, effect: growth({ from: { defaultPoolSize: 60 } }) } })).toBe(then);
  });
});

describe('pool-size lever, in the minutes after a step up: errors of the services behind', () => {
  const errors = (
    failed: readonly number[] | Reading<Series>,
    requests: readonly number[] | Reading<Series> = Array<number>(20).fill(1_000),
  ) => ({
    'core-api': {
      requests: 'kind' in requests ? requests : minutes(requests),
      serverErrors: 'kind' in failed ? failed : minutes(failed),
    } satisfies ServiceErrors,
  });
  // The newest five minutes began after the step, one was cut by it, fourteen were before: nine of them are looked at.
  const sudden = [...Array<number>(15).fill(1), 40, 40, 40, 40, 40];
  const told = (before: string, after: string): string =>
    back(`${before} → ${after} requests to core-api were answered with 5xx`);

  // prettier-ignore
  it.each<{ when: string; services: PoolerSnapshot['services']; then: string }>([
    { when: 'forty in a thousand instead of one',      services: errors(sudden),                     then: told('9 of 9000', '200 of 5000') },
    { when: 'as many as before',                       services: errors(Array<number>(20).fill(40)), then: calm },
    { when: 'none before, and now: no points of them', services: errors(minutes([40, 40])),          then: told('0 of 9000', '80 of 5000') },
    { when: 'none at all: no metric',                  services: errors(unseen({ code: 'no-data' })), then: calm },
    { when: 'errors unseen',                           services: errors(unseen({ code: 'unreadable', detail: 'throttled' })), then: calm },
    { when: 'requests unseen',                         services: errors(sudden, unseen({ code: 'no-data' })), then: calm },
    { when: 'too few minutes since',                   services: errors(minutes([40, 40], minutesAgo(5)), minutes(Array<number>(15).fill(1_000), minutesAgo(5))), then: calm },
    { when: 'no number among them',                    services: errors([...sudden.slice(0, 19), NaN]), then: calm },
    { when: 'nobody has asked',                        services: {},                                  then: calm },
    { when: 'a fleet that has none behind',            services: undefined,                           then: calm },
  ])('$when: $then', ({ services, then }) => {
    expect(said({ pooler: services === undefined ? {} : { services } })).toBe(then);
  });
});

describe('what is asked for', () => {
  const asked = (effect: TuningEffect | null, policy = fleet()): readonly string[] =>
    poolSize
      .needs({ services: {}, tuning: { intended, intendedAt: GREW, effect } }, policy, minutesAgo(-1))
      .map((need) =>
        'query' in need ? `${need.slot} ${need.query.metric} ${need.query.windowSeconds / MINUTE}` : need.slot,
      );

  it('while a step up is watched: CPU, and requests and errors of what is behind, as long before as after', () => {
    expect(asked(growth())).toEqual([
      'databaseCpu CPUUtilization 10',
      'watchedRequests RequestCount 25',
      'watchedErrors HTTPCode_Target_5XX_Count 25',
    ]);
  });

  it('nothing of services that nobody counts, or that go past the pooler', () => {
    const uncounted = fleet({}, { services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })] });
    expect(asked(growth(), uncounted)).toEqual(['databaseCpu CPUUtilization 10']);
    const direct = aServiceInput({ connectsTo: 'database', ...COUNTED });
    expect(asked(growth(), fleet({}, { services: [direct] }))).toEqual(['databaseCpu CPUUtilization 10']);
  });

  it.each([
    { when: 'there was none', effect: null },
    { when: 'it is over', effect: growth({ at: minutesAgo(10) }) },
    { when: 'it was taken back', effect: growth({ outcome: 'taken-back' }) },
  ])('nothing when $when', ({ effect }) => {
    expect(asked(effect)).toEqual([]);
  });
});

describe('what takes a step back is not held up', () => {
  const verdict = (over: Partial<FleetInput> = {}) => {
    const policy = fleet({}, over);
    const pooler = aPoolerSnapshot([at60, at60], { intended, intendedAt: GREW, effect: growth() });
    const base = aSnapshot(policy);
    const resource = poolSize.propose({ ...base, pooler }, policy, NOW)[0]!.resource;
    // In all of its minutes: the database is the bottleneck, too.
    const database = base.database === null ? null : { ...base.database, cpu: minutes([90, 90, 90, 91, 92]) };
    const lastApplied = { grow: GREW, shrink: minutesAgo(30), repair: minutesAgo(1) };
    const changes = {
      [resource]: {
        decisionId: 'd',
        lever: 'pool-size',
        changeKind: 'tune-pgbouncer',
        direction: 'grow',
        status: 'verified',
        orderedAt: GREW,
        updatedAt: GREW,
        failures: 0,
        lastApplied,
      },
    } as const;
    const [first] = evaluateFleet({ ...base, database, pooler, changes }, policy, NOW, POOLER_LEVERS.levers).verdicts;
    return first === undefined ? 'none' : explain(first.decision);
  };

  it('by the cooldown of a day, the saturated database, or a freeze that lets growth through', () => {
    expect(verdict()).toBe(back(hotter));
    const freezes = [{ name: 'Filing', from: '2026-11-30T00:00', to: '2026-12-03T00:00', timeZone: 'UTC' }];
    expect(verdict({ freezes })).toBe(back(hotter));
  });

  it('but by a freeze that lets nothing through', () => {
    const freezes = [
      { name: 'Filing', from: '2026-11-30T00:00', to: '2026-12-03T00:00', timeZone: 'UTC', allow: 'nothing' as const },
    ];
    expect(verdict({ freezes })).toMatch(/^hold: change freeze “Filing”/);
  });
});

it('law: a step that stands is taken back to where it came from or left alone, never grown, while its CPU is too high', () => {
  const percent = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(percent, { maxLength: 8 }),
      fc.option(percent),
      fc.integer({ min: -3, max: 20 }),
      fc.integer({ min: 0, max: 60 }),
      (cpu, cpuBefore, ago, waiting) => {
        const world = { ...at60, waiting: [waiting, waiting, waiting], waitSeconds: waiting };
        const decision = decided({
          worlds: [world, world],
          cpu: minutes(cpu),
          effect: growth({ at: minutesAgo(ago), cpuBefore }),
        });
        const isBack = decision.kind === 'act' && decision.because[0].code === 'growth-made-worse';
        const isProven =
          cpuBefore !== null &&
          cpuBefore <= 70 &&
          cpu.length >= 3 &&
          cpu.slice(-3).every((value) => value > 70) &&
          ago >= 4 &&
          ago < 10;
        expect(isBack).toBe(isProven);
        const isElsewhere =
          decision.kind === 'act' &&
          isBack &&
          !('undoes' in decision.change && decision.change.to.defaultPoolSize === 25);
        expect(isElsewhere).toBe(false);
      },
    ),
  );
});

it('of what nobody has asked for nothing is concluded', () => {
  expect(said({ cpu: NOT_ASKED })).toBe(calm);
});
