import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PoolOwner } from '../../shared/domain/change.ts';
import { explain } from '../../shared/domain/explain.ts';
import { mapReading, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { PoolerReading, PoolerSnapshot } from '../../shared/domain/pooler.ts';
import { evaluateOwnPool, poolOwners } from '../../shared/levers/own-pool.ts';
import { poolSize } from '../../shared/levers/pool-size.ts';
import { poolSizeSettings } from '../../shared/levers/pool-size-standing.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy } from '../support/builders/policy.ts';
import { aPoolerSnapshot, type PoolerWorld } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';
import { aSeries, aSnapshot } from '../support/builders/world.ts';

const cool: Reading<Series> = seen(aSeries([40, 40, 40], NOW), NOW);
const APP: PoolOwner = { kind: 'database', name: 'app' };

/** Two PgBouncers; 160 of 200 connections may be planned with, 12 go past the pooler. */
const policy = (lever: Readonly<Record<string, number | string>> = {}) =>
  aFleetPolicy({ pooler: A_POOLER, database: A_DATABASE, levers: { 'pool-size': lever } });
const settingsOf = (lever = {}) => poolSizeSettings(policy(lever), policy(lever).pooler!);
const own = (world: PoolerWorld, other: PoolerWorld = world): PoolerSnapshot => aPoolerSnapshot([world, other]);
const said = (pooler: PoolerSnapshot, lever = {}, databaseCpu: Reading<Series> = cool, owner = APP): string =>
  explain(evaluateOwnPool({ pooler, databaseCpu, owner }, settingsOf(lever)));

/** 17 clients for 5 connections of their own. */
const busy: PoolerWorld = {
  ownSize: 5,
  active: 5,
  waiting: [12, 12, 12],
  transactions: 200,
  waitSeconds: 24,
  transactionSeconds: 10,
};

describe('a pool with a size of its own', () => {
  // prettier-ignore
  it.each<{ when: string; see: PoolerSnapshot; lever?: Readonly<Record<string, number | string>>; then: string }>([
    { when: 'nobody waits',                    see: own({ ...busy, waiting: [0, 0, 0] }),  then: 'hold: no client waits for a connection' },
    { when: 'somebody waits in two looks of three', see: own({ ...busy, waiting: [12, 0, 12] }), then: 'hold: no client waits for a connection' },
    { when: '17 clients share 5 connections',  see: own(busy),                             then: 'pool_size of the database app: 5 → 17: 12 clients of app/app wait 120 ms for a connection, 5 are too few, needs 17' },
    { when: 'on one of the two only',          see: own(busy, { ownSize: 5, active: 5 }),  then: 'pool_size of the database app: 5 → 17: 12 clients of app/app wait 120 ms for a connection, 5 are too few, needs 17' },
    { when: 'a step is bounded',               see: own(busy), lever: { maxStepFactor: 2 }, then: 'pool_size of the database app: 5 → 10: 12 clients of app/app wait 120 ms for a connection, 5 are too few, needs 17' },
    { when: 'a size is bounded',               see: own(busy), lever: { maxPoolSize: 8, minPoolSize: 2 }, then: 'pool_size of the database app: 5 → 8: 12 clients of app/app wait 120 ms for a connection, 5 are too few, needs 17' },
    { when: 'the database has room for 11 more on each', see: { ...own(busy), maxConnections: seen(55, NOW) }, then: 'pool_size of the database app: 5 → 16: 12 clients of app/app wait 120 ms for a connection, 5 are too few, needs 17' },
    { when: 'the database has room for none',  see: { ...own(busy), maxConnections: seen(28, NOW) }, then: 'hold: needs a pool of 17, 22 usable connections of the database leave room for 5' },
    { when: 'it is not full',                  see: own({ ...busy, active: 2 }),           then: 'hold: 12 clients of app/app wait, and not for its size: 2 of 5 connections are open, and the database, a limit of its user or a PAUSE lets in no more' },
    { when: 'it is unlimited',                 see: own({ ...busy, ownSize: 0 }),          then: 'hold: pool_size of app/app is 0, which is unlimited since PgBouncer 1.24 and one connection before, on a, b: set a size, the connection math cannot hold without one' },
  ])('$when: $then', ({ see, lever, then }) => {
    expect(said(see, lever)).toBe(then);
  });

  it('is not grown in front of a database that nobody sees', () => {
    const blind = unseen({ code: 'unreadable', detail: 'throttled' });
    expect(said(own(busy), {}, blind)).toContain('abstain: cannot see the CPU of the database');
    expect(said(own(busy), { whenBlind: 'allow-growth' }, blind)).toContain('5 → 17');
  });

  it('of a user is named by the user', () => {
    const ofUser = mapPoolers(own({ ...busy, ownSize: 25 }), (reading) => ({
      ...reading,
      users: [{ name: 'app', poolSize: 5, reservePoolSize: null }],
      databases: reading.databases.map((database) => ({ ...database, poolSize: 25, sizeFrom: 'default' as const })),
    }));
    expect(poolOwners(ofUser, settingsOf())).toEqual([{ kind: 'user', name: 'app' }]);
    expect(said(ofUser, {}, cool, { kind: 'user', name: 'app' })).toContain('pool_size of the user app: 5 → 17');
  });

  it('law: the connection math holds with the size that is wanted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 300 }), (size, limit) => {
        const pooler = { ...own({ ...busy, ownSize: size, active: size }), maxConnections: seen(limit, NOW) };
        const decision = evaluateOwnPool({ pooler, databaseCpu: cool, owner: APP }, settingsOf());
        if (decision.kind !== 'act' || decision.change.kind !== 'set-own-pool-size') return;
        const { from, to } = decision.change;
        expect(to.poolSize).toBeGreaterThan(from.poolSize);
        expect(to.poolSize).toBeLessThanOrEqual(4 * from.poolSize);
        expect(2 * to.poolSize + 12).toBeLessThanOrEqual(Math.floor((limit * 80) / 100));
      }),
    );
  });
});

describe('cases of the pool-size lever', () => {
  const resources = (pooler: PoolerSnapshot) =>
    poolSize
      .propose({ ...aSnapshot(policy()), pooler }, policy(), NOW)
      .map(({ resource, wanted }) => `${resource} ${wanted.kind}`);

  it('are the size that all have, and each that is its own', () => {
    expect(resources(own({}))).toEqual(['pooler/production/pgbouncer hold']);
    expect(resources(own({ ownSize: 5, active: 2 }))).toEqual([
      'pooler/production/pgbouncer hold',
      'pooler/production/pgbouncer/database/app hold',
    ]);
  });

  it('are only the first while a PgBouncer is silent', () => {
    expect(resources(own({ ownSize: 5 }, { silent: 'refused' }))).toEqual(['pooler/production/pgbouncer abstain']);
  });
});

function mapPoolers(pooler: PoolerSnapshot, change: (reading: PoolerReading) => PoolerReading): PoolerSnapshot {
  return {
    ...pooler,
    instances: mapReading(pooler.instances, (instances) =>
      instances.map((one) => ({
        ...one,
        samples: mapReading(one.samples, (samples) =>
          samples.map((sample) => {
            return { ...sample, reading: change(sample.reading) };
          }),
        ),
      })),
    ),
  };
}
