import { describe, expect, it } from '@jest/globals';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import type { ScalingSetup } from '../../shared/domain/capacity.ts';
import type { PoolerSizes } from '../../shared/domain/pooler.ts';
import { NOT_ASKED, type Reading, seen } from '../../shared/domain/reading.ts';
import { poolerResourceOf } from '../../shared/levers/resources.ts';
import { boundsSeen, readBounds, type StandingBounds } from '../../shared/proposals/bounds.ts';
import { aStoredChange } from '../support/builders/orders.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { aScalingSetup } from '../support/builders/world.ts';
import { CHANGES } from './samples.ts';

const policy = aFleetPolicy({
  services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })],
  pooler: A_POOLER,
  database: A_DATABASE,
});
const SIZES: PoolerSizes = { defaultPoolSize: 25, reservePoolSize: 0, maxClientConnections: 1_000 };
const TUNED: PoolerSizes = { ...SIZES, defaultPoolSize: 60 };

const scaling = (reading: Reading<ScalingSetup | null>) => ({ readScaling: () => Promise.resolve([reading]) });
const withMax = (max: number) => scaling(seen(aScalingSetup({ bounds: { min: 2, max } }), NOW));

describe('how far services and pools may go', () => {
  it('is read of scalable targets and of the policy', async () => {
    expect(await readBounds(policy, withMax(14), new MemoryStateStore())).toEqual({
      ceilings: { 'core-api': 14 },
      pools: SIZES,
    });
  });

  it('has the sizes of pools that were tuned last', async () => {
    const state = new MemoryStateStore();
    const change = { kind: 'tune-pgbouncer', pooler: A_POOLER, from: [], to: TUNED } as const;
    const resource = poolerResourceOf(A_POOLER);
    const tuning = { intended: TUNED, intendedAt: NOW, effect: null };
    await state.openChange({ ...aStoredChange(change, { tuning }, { resource }), resource });
    expect((await readBounds(policy, withMax(10), state))?.pools).toEqual(TUNED);
  });

  it('is not known where one of them cannot be seen; one that nobody scales has none', async () => {
    expect(await readBounds(policy, scaling(NOT_ASKED), new MemoryStateStore())).toBeNull();
    expect(await readBounds(policy, scaling(seen(null, NOW)), new MemoryStateStore())).toMatchObject({ ceilings: {} });
    expect((await readBounds(aFleetPolicy(), withMax(10), new MemoryStateStore()))?.pools).toBeNull();
  });
});

describe('whether the bounds have followed a change of class', () => {
  const grown = CHANGES['change-database-class'];
  const shrunk = { ...grown, from: grown.to, to: { instanceClass: 'db.t4g.medium' } };
  const stand = (max: number, pools: PoolerSizes | null = SIZES): StandingBounds => ({
    ceilings: { 'core-api': max },
    pools,
  });

  // db.r6g.xlarge has 3508 connections by default, of which 80 % may be planned with: 2806 are 2 × 1397 and 12 direct.
  // prettier-ignore
  it.each<{ when: string; before: StandingBounds | null; now: StandingBounds | null; change?: typeof grown; then: string | null }>([
    { when: 'nothing has moved',                    before: stand(10), now: stand(10),                                    then: 'as-before' },
    { when: 'a ceiling is higher',                  before: stand(10), now: stand(11),                                    then: 'raised' },
    { when: 'pools are larger',                     before: stand(10), now: stand(10, TUNED),                             then: 'raised' },
    { when: 'one is higher and another lower',      before: stand(10), now: stand(9, TUNED),                              then: 'as-before' },
    { when: 'a service is new',                     before: stand(10), now: { ...stand(10), ceilings: { 'core-api': 10, portal: 8 } }, then: 'as-before' },
    { when: 'they reach the new limit',             before: stand(10), now: stand(10, { ...SIZES, defaultPoolSize: 1_397 }), then: 'raised' },
    { when: 'they are beyond the new limit',        before: stand(10), now: stand(10, { ...SIZES, defaultPoolSize: 1_398 }), then: 'beyond' },
    { when: 'clients are beyond their limit',       before: stand(10), now: stand(41),                                    then: 'beyond' },
    { when: 'nothing was told before',              before: null,      now: stand(11),                                    then: null },
    { when: 'nothing can be seen now',              before: stand(10), now: null,                                         then: null },
    { when: 'the class is smaller and all fits',    before: stand(10), now: stand(10),             change: shrunk,        then: 'fitting' },
    { when: 'the class is smaller than the pools',  before: stand(10), now: stand(10, { ...SIZES, defaultPoolSize: 300 }), change: shrunk, then: 'beyond' },
  ])('when $when: $then', ({ before, now, change = grown, then }) => {
    const maxConnections = change === shrunk ? 3508 : 1742;
    const byDefault = { ...policy, database: policy.database && { ...policy.database, maxConnections } };
    expect(boundsSeen(change, byDefault, { before, now })).toBe(then);
  });

  it('under a number that a parameter group sets they have to stay within that', () => {
    const now = stand(10, { ...SIZES, defaultPoolSize: 75 });
    expect(boundsSeen(grown, policy, { before: stand(10), now: stand(10, { ...SIZES, defaultPoolSize: 74 }) })).toBe(
      'raised',
    );
    expect(boundsSeen(grown, policy, { before: stand(10), now })).toBe('beyond');
  });
});
