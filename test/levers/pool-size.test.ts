import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { largestPool, serverConnections } from '../../shared/capacity/pool-room.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { DurableSizes, PoolerSnapshot, TuningEffect } from '../../shared/domain/pooler.ts';
import { mapReading, NOT_ASKED, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { ReasonCode } from '../../shared/domain/reason.ts';
import { evaluatePoolSize, poolSize } from '../../shared/levers/pool-size.ts';
import type { PoolSizeSettings } from '../../shared/levers/pool-size-standing.ts';
import {
  A_DATABASE,
  A_POOLER,
  aFleetPolicy,
  aServiceInput,
  type FleetInput,
  TWO_POOLS,
} from '../support/builders/policy.ts';
import { aPool, aPooledDatabase } from '../support/builders/pooler-readings.ts';
import { aPoolerSnapshot, peaks, type PoolerWorld, SIZES } from '../support/builders/pooler-world.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import { aSeries, aSnapshot } from '../support/builders/world.ts';

type PoolSizeInput = NonNullable<NonNullable<FleetInput['levers']>['pool-size']>;

const fleet = (lever: PoolSizeInput = {}, over: Partial<FleetInput> = {}) =>
  aFleetPolicy({
    pooler: A_POOLER,
    database: A_DATABASE,
    services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })],
    levers: { 'pool-size': lever },
    ...over,
  });

const coolDatabase: Reading<Series> = seen(aSeries([40, 40, 40], NOW), NOW);

function settingsOf(policy = fleet()): PoolSizeSettings {
  const snapshot = { ...aSnapshot(policy), pooler: aPoolerSnapshot() };
  return poolSize.propose(snapshot, policy, NOW)[0]!.settings as PoolSizeSettings;
}

const said = (pooler: PoolerSnapshot, lever: PoolSizeInput = {}, databaseCpu: Reading<Series> = coolDatabase): string =>
  explain(evaluatePoolSize({ pooler, databaseCpu }, settingsOf(fleet(lever)), NOW));

/** 60 clients for 25 connections: 35 wait, 400 transactions in two seconds, 70 s of waiting, 50 s of work. */
const busy: PoolerWorld = {
  waiting: [35, 36, 34],
  active: 25,
  transactions: 400,
  waitSeconds: 70,
  transactionSeconds: 50,
};
const two = (a: PoolerWorld, b: PoolerWorld = a): PoolerSnapshot => aPoolerSnapshot([a, b]);

/** Two PgBouncers of 25, one pool each, 1,000 clients; 160 of 200 connections may be planned with, 12 go past the pooler. */
describe('pool-size lever, clients that wait', () => {
  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; lever?: PoolSizeInput; then: string }>([
    { when: 'nobody waits',                              see: two({}),                                              then: 'hold: no client waits for a connection' },
    { when: '60 clients share 25 connections',           see: two(busy),                                            then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'on one of the two only',                    see: two(busy, {}),                                        then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'one look of the probe saw nobody waiting',  see: two({ ...busy, waiting: [35, 0, 34] }),               then: 'hold: no client waits for a connection' },
    { when: 'the wait is just at the limit of 20 ms',    see: two({ ...busy, waitSeconds: 8 }),                     then: 'hold: no client waits for a connection' },
    { when: 'and just above it',                         see: two({ ...busy, waitSeconds: 8.1 }),                   then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 20.3 ms for a connection, 25 are too few, needs 60' },
    { when: 'it is at a quarter of that, transactions take 1 ms', see: two({ ...busy, waitSeconds: 2, transactionSeconds: 0.4 }), then: 'hold: no client waits for a connection' },
    { when: 'above a quarter, and hardly twice what they take', see: two({ ...busy, waitSeconds: 2.1, transactionSeconds: 1.06 }), then: 'hold: no client waits for a connection' },
    { when: 'above a quarter, and more than twice what they take', see: two({ ...busy, waitSeconds: 2.1, transactionSeconds: 1 }), then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 5.3 ms for a connection, 25 are too few, needs 60' },
    { when: 'policy wants to see three times as long',   see: two({ ...busy, waitSeconds: 2.1, transactionSeconds: 1 }), lever: { waitFactor: 3 }, then: 'hold: no client waits for a connection' },
    { when: 'no transaction has ended, the head of the queue waits 3 s', see: two({ ...busy, transactions: 0, longestWaitSeconds: 3 }), then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 3000 ms for a connection, 25 are too few, needs 60' },
    { when: 'the need is more than four times the pool', see: two({ ...busy, sizes: { defaultPoolSize: 5 }, active: 5 }), then: 'tune 2 PgBouncers: default_pool_size 5 → 20: 35 clients of app/app wait 175 ms for a connection, 5 are too few, needs 60' },
    { when: 'the need is more than the math leaves',     see: two({ ...busy, waiting: [90, 90, 90], waitSeconds: 180 }), then: 'tune 2 PgBouncers: default_pool_size 25 → 74: 90 clients of app/app wait 450 ms for a connection, 25 are too few, needs 115' },
    { when: 'the pool has all that the math leaves',     see: two({ ...busy, sizes: { defaultPoolSize: 74 }, active: 74 }), then: 'hold: needs a pool of 109, 160 usable connections of the database leave room for 74' },
    { when: 'one connection is left',                    see: two({ ...busy, sizes: { defaultPoolSize: 73 }, active: 73 }), then: 'tune 2 PgBouncers: default_pool_size 73 → 74: 35 clients of app/app wait 175 ms for a connection, 73 are too few, needs 108' },
    { when: 'the reserve takes what the pool needs',     see: two({ ...busy, sizes: { defaultPoolSize: 60, reservePoolSize: 14 }, active: 60 }), then: 'tune 2 PgBouncers: default_pool_size 60 → 74, reserve_pool_size 14 → 0: 35 clients of app/app wait 175 ms for a connection, 60 are too few, needs 95' },
    { when: 'a third PgBouncer has started',             see: aPoolerSnapshot([busy, busy, busy]),                  then: 'tune 3 PgBouncers: default_pool_size 25 → 49: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'only one of two runs: the other comes back', see: aPoolerSnapshot([{ ...busy, waiting: [90, 90, 90], waitSeconds: 180 }]), then: 'tune 1 PgBouncer: default_pool_size 25 → 74: 90 clients of app/app wait 450 ms for a connection, 25 are too few, needs 115' },
    { when: 'the limit of policy is lower',              see: two(busy), lever: { maxPoolSize: 40 },                then: 'tune 2 PgBouncers: default_pool_size 25 → 40: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'the pool is at the limit of policy',        see: two(busy), lever: { maxPoolSize: 25 },                then: 'hold: needs a pool of 60, 160 usable connections of the database leave room for 25' },
    { when: 'the database has been made larger',         see: { ...two({ ...busy, sizes: { defaultPoolSize: 74 }, active: 74 }), maxConnections: seen(500, NOW) }, then: 'tune 2 PgBouncers: default_pool_size 74 → 109: 35 clients of app/app wait 175 ms for a connection, 74 are too few, needs 109' },
    { when: 'the pool has a size of its own',            see: two({ ...busy, ownSize: 25 }),                        then: 'hold: the pool app/app has a size of its own, 25, and needs 60: change it in the configuration file' },
    { when: 'the pool is unlimited',                     see: two({ ...busy, sizes: { defaultPoolSize: 0 } }),      then: 'hold: default_pool_size is 0, which is unlimited since PgBouncer 1.24 and one connection before, on a, b: set a size, the connection math cannot hold without one' },
  ])('when $when: $then', ({ see, lever, then }) => {
    expect(said(see, lever)).toBe(then);
  });
});

/** What keeps these clients waiting is not the size: more of it would change nothing, or come at once when a pause ends. */
describe('pool-size lever, clients that do not wait for the size', () => {
  const idle: PoolerWorld = { ...busy, active: 0, transactions: 0, transactionSeconds: 0, waitSeconds: 0 };
  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; then: string }>([
    { when: 'the pool is full',                     see: two({ ...busy, active: 25 }), then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'one connection is missing',            see: two({ ...busy, active: 24 }), then: 'hold: 35 clients of app/app wait, and not for its size: 24 of 25 connections are open, and the database, a limit of its user or a PAUSE lets in no more' },
    { when: 'the database is paused',               see: two({ ...idle, isPaused: true, longestWaitSeconds: 3 }), then: 'hold: 35 clients of app/app wait, and not for its size: 0 of 25 connections are open, its database is paused' },
    { when: 'the database is gone',                 see: two({ ...idle, longestWaitSeconds: 3 }), then: 'hold: 35 clients of app/app wait, and not for its size: 0 of 25 connections are open, and the database, a limit of its user or a PAUSE lets in no more' },
    { when: 'the database has all that it may',     see: two({ ...busy, active: 10, maxConnections: 10 }), then: 'hold: 35 clients of app/app wait, and not for its size: 10 of 25 connections are open, max_db_connections is reached' },
    { when: 'the user has all that he may',         see: two({ ...busy, active: 10, maxUserConnections: 10 }), then: 'hold: 35 clients of app/app wait, and not for its size: 10 of 25 connections are open, max_user_connections is reached' },
    { when: 'that is so on one of the two, and the other is full', see: two(busy, { ...idle, longestWaitSeconds: 3 }), then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'it has a size of its own, and is not full', see: two({ ...busy, active: 4, ownSize: 5 }), then: 'hold: 35 clients of app/app wait, and not for its size: 4 of 5 connections are open, and the database, a limit of its user or a PAUSE lets in no more' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

it.each([
  {
    poolSize: 0,
    then: 'hold: pool_size of reports/analyst is 0, which is unlimited since PgBouncer 1.24 and one connection before, on a, b: set a size, the connection math cannot hold without one',
  },
  {
    poolSize: 4,
    then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60',
  },
])('pool-size lever, clients wait while another pool has a size of its own, $poolSize: $then', ({ poolSize, then }) => {
  const alone = two(busy);
  const pools = [aPool({ database: 'reports', user: 'analyst', serversActive: 3 })];
  const databases = [aPooledDatabase({ name: 'reports', poolSize, sizeFrom: 'own' })];
  const both = mapReading(alone.instances, (all) =>
    all.map((one) => ({
      ...one,
      samples: mapReading(one.samples, (samples) =>
        samples.map(({ at, reading }) => ({
          at,
          reading: {
            ...reading,
            pools: [...reading.pools, ...pools],
            databases: [...reading.databases, ...databases],
          },
        })),
      ),
    })),
  );
  expect(said({ ...alone, instances: both })).toBe(then);
});

describe('pool-size lever, clients that wait without an end', () => {
  const grown = (millis: number): string =>
    `tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait ${millis} ms for a connection, 25 are too few, needs 60`;
  // prettier-ignore
  it.each<{ when: string; longestWaitSeconds: number; then: string }>([
    { when: '3 s',             longestWaitSeconds: 3,     then: grown(3000) },
    { when: 'just above 20 ms', longestWaitSeconds: 0.021, then: grown(21) },
    { when: '20 ms',           longestWaitSeconds: 0.02,  then: 'hold: no client waits for a connection' },
  ])('the head of the queue waits $when, while others of the database end quickly: $then', ({ longestWaitSeconds, then }) => {
    // A pool in session mode, or another user of the same database, for which PgBouncer keeps no counters apart.
    expect(said(two({ ...busy, transactions: 4000, waitSeconds: 0, longestWaitSeconds }))).toBe(then);
  });
});

describe('pool-size lever, what it cannot see', () => {
  const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; cpu?: Reading<Series>; lever?: PoolSizeInput; then: string }>([
    { when: 'which PgBouncers run',   see: aPoolerSnapshot([], { instances: throttled }), then: 'abstain: cannot see PgBouncer: throttled' },
    { when: 'one console of two',     see: two(busy, { silent: 'connection refused' }),   then: 'abstain: cannot see PgBouncer b: connection refused' },
    { when: 'none runs',              see: aPoolerSnapshot([]),                           then: 'abstain: no PgBouncer runs' },
    { when: 'the CPU of the database, and clients wait', see: two(busy), cpu: throttled,  then: 'abstain: cannot see the CPU of the database: throttled' },
    { when: 'the same, and policy allows growth', see: two(busy), cpu: throttled, lever: { whenBlind: 'allow-growth' }, then: 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms for a connection, 25 are too few, needs 60' },
    { when: 'the CPU, and nobody waits', see: two({}), cpu: throttled,                    then: 'hold: no client waits for a connection' },
    { when: 'the live max_connections: that of policy counts', see: { ...two({ ...busy, waiting: [90, 90, 90], waitSeconds: 180 }), maxConnections: throttled }, then: 'tune 2 PgBouncers: default_pool_size 25 → 74: 90 clients of app/app wait 450 ms for a connection, 25 are too few, needs 115' },
  ])('$when: $then', ({ see, cpu = coolDatabase, lever, then }) => {
    expect(said(see, lever, cpu)).toBe(then);
  });
});

describe('pool-size lever, after a step', () => {
  const effect = (gain: number, over: Partial<TuningEffect> = {}): TuningEffect => {
    const before = {
      defaultPoolSize: 25,
      transactionsPerSecond: 1000,
      clientsWaiting: 35,
      waitMillis: 40,
      seconds: 2,
    };
    return {
      at: minutesAgo(10),
      outcome: 'kept',
      before,
      after: { ...before, defaultPoolSize: 60, transactionsPerSecond: 1000 * (1 + gain) },
      ...over,
    };
  };
  const at60: PoolerWorld = { ...busy, sizes: { defaultPoolSize: 60 }, active: 60 };
  const grown =
    'tune 2 PgBouncers: default_pool_size 60 → 74: 35 clients of app/app wait 175 ms for a connection, 60 are too few, needs 95';
  const useless = (percent: number): string =>
    `hold: growing the pool from 25 to 60 changed the throughput by ${percent} %: something else holds it back, no further step until 2026-12-01 13:20 UTC`;

  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; then: string }>([
    { when: 'that brought a third more',        see: { ...two(at60), effect: effect(0.33) },   then: grown },
    { when: 'that brought exactly 5 %',         see: { ...two(at60), effect: effect(0.05) },   then: grown },
    { when: 'that brought 4 %',                 see: { ...two(at60), effect: effect(0.04) },   then: useless(4) },
    { when: 'that brought nothing, an hour ago', see: { ...two(at60), effect: effect(0, { at: minutesAgo(60) }) }, then: grown },
    { when: 'that brought nothing, 59 minutes ago', see: { ...two(at60), effect: effect(0, { at: minutesAgo(59) }) }, then: 'hold: growing the pool from 25 to 60 changed the throughput by 0 %: something else holds it back, no further step until 2026-12-01 12:31 UTC' },
    { when: 'that was taken back',              see: { ...two(busy), effect: effect(-0.3, { outcome: 'taken-back' }) }, then: useless(-30) },
    { when: 'and a person has resized since',   see: { ...two({ ...at60, sizes: { defaultPoolSize: 40 }, active: 40 }), effect: effect(0) }, then: 'tune 2 PgBouncers: default_pool_size 40 → 74: 35 clients of app/app wait 175 ms for a connection, 40 are too few, needs 75' },
  ])('$when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('pool-size lever, values that were lost or changed', () => {
  const intended = { ...SIZES, defaultPoolSize: 60 };
  const tuned: PoolerWorld = { sizes: intended };
  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; then: string }>([
    { when: 'all stand where they should',   see: { ...two(tuned), intended },                then: 'hold: no client waits for a connection' },
    { when: 'one was restarted',             see: { ...two(tuned, {}), intended },            then: 'tune 2 PgBouncers: default_pool_size 25 and 60 → 60: a restart or RELOAD has brought the old sizes back on b' },
    { when: 'all were reloaded',             see: { ...two({}), intended },                   then: 'tune 2 PgBouncers: default_pool_size 25 → 60: a restart or RELOAD has brought the old sizes back on a, b' },
    { when: 'a person has changed one',      see: { ...two(tuned, { sizes: { defaultPoolSize: 33 } }), intended }, then: 'hold: somebody has changed the sizes on b, intended is 60: make them the same on all' },
    { when: 'a person has changed all alike', see: { ...two({ sizes: { defaultPoolSize: 33 } }), intended }, then: 'hold: no client waits for a connection' },
    { when: 'the lost size would not fit any more', see: { ...two({}), intended, maxConnections: seen(100, NOW) }, then: 'hold: no client waits for a connection' },
  ])('$when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('pool-size lever, the limit of clients', () => {
  // prettier-ignore
  it.each<{ when: string; clients: number; then: string }>([
    { when: 'at 85 %',    clients: 850,  then: 'hold: no client waits for a connection' },
    { when: 'above 85 %', clients: 851,  then: 'tune 2 PgBouncers: max_client_conn 1000 → 1500: 851 clients are connected, max_client_conn is 1000' },
  ])('$when: $then', ({ clients, then }) => {
    expect(said(two({ clients }))).toBe(then);
  });

  it('is never raised above that of policy', () => {
    expect(said(two({ clients: 990 }), { maxClientConnections: 1200 })).toBe(
      'tune 2 PgBouncers: max_client_conn 1000 → 1200: 990 clients are connected, max_client_conn is 1000',
    );
    expect(said(two({ clients: 990 }), { maxClientConnections: 1000 })).toBe('hold: no client waits for a connection');
  });
});

describe('pool-size lever, a calm day', () => {
  const at74: PoolerWorld = { sizes: { defaultPoolSize: 74 } };
  const day = (peak: number, hours = 24): PoolerSnapshot['peakActive'] =>
    peaks([...Array<number>(hours - 1).fill(3), peak]);
  // prettier-ignore
  it.each<{ when: string; peakActive: PoolerSnapshot['peakActive']; at?: PoolerWorld; then: string }>([
    { when: 'at most 10 of 74 in use: half is given back', peakActive: day(10),     then: 'tune 2 PgBouncers: default_pool_size 74 → 37: never more than 10 connections in use in 24 hours, the pool has 74' },
    { when: 'at most 30: twice that is kept',              peakActive: day(30),     then: 'tune 2 PgBouncers: default_pool_size 74 → 60: never more than 30 connections in use in 24 hours, the pool has 74' },
    { when: 'twice the peak is the pool',                  peakActive: day(37),     then: 'hold: up to 37 connections were in use of the pool of 74' },
    { when: 'twice the peak is one less',                  peakActive: day(36.5),   then: 'tune 2 PgBouncers: default_pool_size 74 → 73: never more than 36.5 connections in use in 24 hours, the pool has 74' },
    { when: 'the hours were not asked for in this look',   peakActive: NOT_ASKED,    then: 'hold: looked at once in 60 minutes' },
    { when: 'an hour is missing',                          peakActive: day(10, 23), then: 'hold: no client waits for a connection' },
    { when: 'an hour is no number',                        peakActive: day(NaN),    then: 'hold: no client waits for a connection' },
    { when: 'never below what is configured',              peakActive: day(1), at: { sizes: { defaultPoolSize: 30 } }, then: 'tune 2 PgBouncers: default_pool_size 30 → 25: never more than 3 connections in use in 24 hours, the pool has 30' },
    { when: 'at what is configured',                       peakActive: day(1), at: {}, then: 'hold: no client waits for a connection' },
  ])('$when: $then', ({ peakActive, at = at74, then }) => {
    expect(said({ ...two(at), peakActive })).toBe(then);
  });
});

describe('pool-size lever, pools that may open more than there is', () => {
  const at74: PoolerWorld = { sizes: { defaultPoolSize: 74 } };
  const calm = peaks(Array<number>(24).fill(10));
  const intended = { ...SIZES, defaultPoolSize: 74 };
  const durable: PoolerSnapshot['durable'] = seen(
    { sizes: { ...SIZES, defaultPoolSize: 25 }, revision: 'pgbouncer:14', rollout: 'none' },
    NOW,
  );
  const told = (poolers: number, needed: number, limit: number, room: number): string =>
    `hold: pools of 74 on ${poolers} PgBouncers may open ${needed} connections, ${limit} are usable: there is room for ${room}`;
  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; then: string }>([
    { when: 'they just fit',                         see: two(at74),                                    then: 'hold: no client waits for a connection' },
    { when: 'a third PgBouncer has started',         see: aPoolerSnapshot([at74, at74, at74]),          then: told(3, 234, 160, 49) },
    { when: 'the database has become smaller',       see: { ...two(at74), maxConnections: seen(199, NOW) }, then: told(2, 160, 159, 73) },
    { when: 'the day was calm',                      see: { ...aPoolerSnapshot([at74, at74, at74]), peakActive: calm }, then: 'tune 3 PgBouncers: default_pool_size 74 → 37: never more than 10 connections in use in 24 hours, the pool has 74' },
    { when: 'they are not what a PgBouncer starts with', see: { ...aPoolerSnapshot([at74, at74, at74]), intended, intendedAt: minutesAgo(20), durable }, then: told(3, 234, 160, 49) },
  ])('$when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

/** 74 connections for each of the two; the configured reserve is 14. */
describe('pool-size lever, a reserve that has given way', () => {
  // prettier-ignore
  it.each<{ when: string; peak: number; sizes: PoolerWorld['sizes']; then: string }>([
    { when: 'comes back with a smaller pool',      peak: 10, sizes: { defaultPoolSize: 74 }, then: 'default_pool_size 74 → 37, reserve_pool_size 0 → 14' },
    { when: 'as far as there is room',             peak: 35, sizes: { defaultPoolSize: 74 }, then: 'default_pool_size 74 → 70, reserve_pool_size 0 → 4' },
    { when: 'as far as there is room by the math', peak: 38, sizes: { defaultPoolSize: 90 }, then: 'default_pool_size 90 → 76' },
    { when: 'what is left of it stays',            peak: 36, sizes: { defaultPoolSize: 74, reservePoolSize: 9 }, then: 'default_pool_size 74 → 72' },
    { when: 'and is there already',                peak: 10, sizes: { defaultPoolSize: 60, reservePoolSize: 14 }, then: 'default_pool_size 60 → 30' },
  ])('$when: $then', ({ peak, sizes, then }) => {
    const settings = settingsOf(fleet({}, { pooler: { ...A_POOLER, reservePoolSize: 14 } }));
    const pooler = { ...two({ sizes: sizes ?? {} }), peakActive: peaks(Array<number>(24).fill(peak)) };
    const told = explain(evaluatePoolSize({ pooler, databaseCpu: coolDatabase }, settings, NOW));
    expect(told).toContain(`tune 2 PgBouncers: ${then}: never more`);
  });
});

describe('pool-size lever, what a restart would lose', () => {
  const intended = { ...SIZES, defaultPoolSize: 60 };
  const tuned: PoolerWorld = { sizes: intended };
  const starting = (defaultPoolSize: number, over: Partial<DurableSizes> = {}): Partial<PoolerSnapshot> => ({
    durable: seen(
      {
        sizes: { defaultPoolSize, reservePoolSize: null, maxClientConnections: 1000 },
        revision: 'pgbouncer:14',
        rollout: 'none',
        ...over,
      },
      NOW,
    ),
  });
  const inUse = (active: number): Partial<PoolerSnapshot> => ({ instances: two({ ...tuned, active }).instances });
  // prettier-ignore
  it.each<{ when: string; see: Partial<PoolerSnapshot>; then: string }>([
    { when: 'it starts with another size',          see: starting(25),                              then: 'keep pool sizes' },
    { when: 'it starts with this one',              see: starting(60),                              then: 'nobody-waits' },
    { when: 'the tuning is 14 minutes old',         see: { ...starting(25), intendedAt: minutesAgo(14) }, then: 'nobody-waits' },
    { when: 'tasks are being replaced',             see: starting(25, { rollout: 'in-progress' }),  then: 'poolers-rolling' },
    { when: 'old and new tasks have room side by side', see: { ...starting(25, { mostTasksPercent: 200 }), ...inUse(37) }, then: 'keep pool sizes' },
    { when: 'they have none',                       see: { ...starting(25, { mostTasksPercent: 200 }), ...inUse(38) }, then: 'no-room-to-replace' },
    { when: 'old tasks go before new ones come',    see: { ...starting(25, { mostTasksPercent: 100 }), ...inUse(60) }, then: 'keep pool sizes' },
    { when: 'none is replaced',                     see: { ...starting(25), ...inUse(60) },         then: 'keep pool sizes' },
    { when: 'what it starts with cannot be seen',   see: { durable: unseen({ code: 'unreadable', detail: 'throttled' }) }, then: 'blind' },
    { when: 'nobody has said where that stands',    see: { durable: null },                         then: 'nobody-waits' },
  ])('$when: $then', ({ see, then }) => {
    const pooler = { ...two(tuned), intended, intendedAt: minutesAgo(15), ...see };
    const decision = evaluatePoolSize({ pooler, databaseCpu: coolDatabase }, settingsOf(), NOW);
    const told = decision.kind === 'act' ? decision.change.kind.replaceAll('-', ' ') : decision.because[0].code;
    expect(told).toBe(then);
  });

  it('is made durable size by size, only where it stands there', () => {
    const pooler = { ...two(tuned), intended, intendedAt: minutesAgo(15), ...starting(25) };
    const decision = evaluatePoolSize({ pooler, databaseCpu: coolDatabase }, settingsOf(), NOW);
    expect(decision).toMatchObject({
      kind: 'act',
      direction: 'repair',
      change: {
        from: { revision: 'pgbouncer:14', sizes: { defaultPoolSize: 25 } },
        to: { sizes: { defaultPoolSize: 60 } },
      },
      because: [{ code: 'pool-size-not-durable' }],
    });
  });

  it('brings back what a new task has started with, also where that was made durable before', () => {
    const durable = starting(40);
    const pooler = { ...two(tuned, { sizes: { defaultPoolSize: 40 } }), intended, ...durable };
    expect(said(pooler)).toContain('a restart or RELOAD has brought the old sizes back on b');
  });
});

describe('pool-size lever, why', () => {
  // prettier-ignore
  it.each<{ see: PoolerSnapshot; code: ReasonCode }>([
    { see: two(busy),                                              code: 'clients-wait' },
    { see: two({ ...busy, ownSize: 25 }),                          code: 'pool-has-own-size' },
    { see: two({ ...busy, sizes: { defaultPoolSize: 0 } }),        code: 'pool-unlimited' },
  ])('$code', ({ see, code }) => {
    const { because } = evaluatePoolSize({ pooler: see, databaseCpu: coolDatabase }, settingsOf(), NOW);
    expect(because.map((reason) => reason.code)).toEqual([code]);
  });
});

describe('pool-size lever, laws', () => {
  const anyWorld: fc.Arbitrary<PoolerWorld> = fc.record({
    sizes: fc.record({
      defaultPoolSize: fc.integer({ min: 1, max: 120 }),
      reservePoolSize: fc.integer({ min: 0, max: 30 }),
      maxClientConnections: fc.integer({ min: 10, max: 2000 }),
    }),
    waiting: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 2, maxLength: 4 }),
    active: fc.integer({ min: 0, max: 120 }),
    transactions: fc.integer({ min: 0, max: 10_000 }),
    waitSeconds: fc.integer({ min: 0, max: 500 }),
    transactionSeconds: fc.integer({ min: 0, max: 500 }),
    clients: fc.integer({ min: 0, max: 2000 }),
  });

  it('law: growth never breaks the connection math', () => {
    fc.assert(
      fc.property(
        fc.array(anyWorld, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 1000 }),
        (worlds, max) => {
          const pooler = aPoolerSnapshot(worlds, { maxConnections: seen(max, NOW) });
          const decision = evaluatePoolSize({ pooler, databaseCpu: coolDatabase }, settingsOf(), NOW);
          if (decision.kind !== 'act' || decision.change.kind !== 'tune-pgbouncer') return;
          const { from, to } = decision.change;
          const plan = {
            poolers: Math.max(2, worlds.length),
            defaultPools: 1,
            ownConnections: 0,
            directConnections: 12,
            limit: Math.floor(max * 0.8),
          };
          const isPoolGrown = from.every(({ sizes }) => to.defaultPoolSize > sizes.defaultPoolSize);
          expect(isPoolGrown ? serverConnections(plan, to) : 0).toBeLessThanOrEqual(plan.limit);
        },
      ),
    );
  });

  it('law: what it wants, once done, it does not want again without new measurements that say so', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const first = evaluatePoolSize(
          { pooler: two({ ...world, waiting: [0, 0] }), databaseCpu: coolDatabase },
          settingsOf(),
          NOW,
        );
        if (first.kind !== 'act' || first.change.kind !== 'tune-pgbouncer') return;
        const after = two({ ...world, waiting: [0, 0], sizes: first.change.to });
        const second = evaluatePoolSize(
          { pooler: { ...after, intended: first.change.to }, databaseCpu: coolDatabase },
          settingsOf(),
          NOW,
        );
        expect([second.kind === 'act', second.because[0].code === 'clients-near-limit']).not.toEqual([true, false]);
      }),
    );
  });

  it('law: the largest pool fits, and one more does not', () => {
    const anyPlan = fc.record({
      poolers: fc.integer({ min: 1, max: 9 }),
      defaultPools: fc.integer({ min: 1, max: 9 }),
      ownConnections: fc.integer({ min: 0, max: 50 }),
      directConnections: fc.integer({ min: 0, max: 50 }),
      limit: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const defaultPoolSize = largestPool(plan);
        const used = defaultPoolSize > 0 ? serverConnections(plan, { defaultPoolSize, reservePoolSize: 0 }) : 0;
        expect(used).toBeLessThanOrEqual(plan.limit);
        expect(serverConnections(plan, { defaultPoolSize: defaultPoolSize + 1, reservePoolSize: 0 })).toBeGreaterThan(
          plan.limit,
        );
      }),
    );
  });
});
