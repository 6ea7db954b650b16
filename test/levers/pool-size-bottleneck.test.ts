import { describe, expect, it } from '@jest/globals';
import { explain } from '../../shared/domain/explain.ts';
import { type Reading, seen, type Series } from '../../shared/domain/reading.ts';
import type { DatabaseSign, DatabaseSnapshot } from '../../shared/domain/snapshot.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { POOLER_LEVERS } from '../../shared/levers/pooler-levers.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';
import { aPoolerSnapshot, type PoolerWorld } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';
import { aDatabaseSnapshot, aSeries, aSnapshot } from '../support/builders/world.ts';

const policy = aFleetPolicy({
  pooler: A_POOLER,
  database: A_DATABASE,
  services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })],
  levers: { 'pool-size': { mode: 'apply' } },
});
/** 60 clients for 25 connections. */
const waits: PoolerWorld = { waiting: [35, 36, 34], active: 25, transactions: 400, waitSeconds: 70 };
const GIB = 1024 ** 3;

const minutes = (value: number): Reading<Series> => seen(aSeries([value, value, value, value, value], NOW), NOW);

interface See {
  readonly of?: Partial<Pick<DatabaseSnapshot, 'cpu' | 'connections'>>;
  readonly signs?: Partial<Record<DatabaseSign, Reading<Series>>>;
}
function decided({ of = {}, signs = {} }: See): string {
  const database: DatabaseSnapshot = {
    ...aDatabaseSnapshot(),
    limits: { identifier: A_DATABASE.identifier, memoryGiB: 16, iops: 3_000, storageGiB: 250 },
    ...of,
    signs,
  };
  const snapshot = { ...aSnapshot(policy, { database }), pooler: aPoolerSnapshot([waits, waits]) };
  const [first] = evaluateFleet(snapshot, policy, NOW, POOLER_LEVERS.levers).verdicts;
  return first === undefined ? 'nothing' : explain(first.decision);
}

const GROWTH = 'tune 2 PgBouncers: default_pool_size 25 → 60: 35 clients of app/app wait 175 ms';

describe('clients that wait in front of a database', () => {
  it('that has room get more connections', () => {
    expect(decided({})).toMatch(new RegExp(`^${GROWTH}`));
  });

  it.each<{ what: string; see: See }>([
    { what: 'CPU', see: { of: { cpu: minutes(90) } } },
    { what: 'connections', see: { of: { connections: minutes(190) } } },
    { what: 'load', see: { signs: { load: minutes(3) } } },
    { what: 'memory', see: { signs: { freeMemory: minutes(GIB / 4) } } },
    { what: 'swap', see: { signs: { swap: minutes(GIB), freeMemory: minutes(GIB) } } },
    { what: 'I/O', see: { signs: { reads: minutes(2_900), writes: minutes(100), queueDepth: minutes(40) } } },
    { what: 'storage', see: { signs: { freeStorage: minutes(5 * GIB) } } },
  ])('of which the bottleneck is $what get none, and the record says both', ({ see }) => {
    const told = decided(see);
    expect(told).toMatch(/^hold: the bottleneck is the .*more load on it makes it worse/);
    expect(told).toContain(`otherwise ${GROWTH}`);
  });
});
