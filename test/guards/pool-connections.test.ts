import { describe, expect, it } from '@jest/globals';
import type { Act } from '../../shared/domain/decision.ts';
import type { PoolerSizes } from '../../shared/domain/pooler.ts';
import { checkPoolConnections } from '../../shared/guards/pool-connections.ts';
import { aGuardContext } from '../support/builders/guard-context.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';
import { aPoolerSnapshot, SIZES } from '../support/builders/pooler-world.ts';

const wish = (to: Partial<PoolerSizes>, from: PoolerSizes = SIZES): Act => ({
  kind: 'act',
  direction: 'grow',
  change: {
    kind: 'tune-pgbouncer',
    pooler: { cluster: 'production', service: 'pgbouncer' },
    from: ['a', 'b'].map((instance) => ({ instance, sizes: from })),
    to: { ...SIZES, ...to },
  },
  because: [{ code: 'clients-wait', pool: 'app/app', clientsWaiting: 5, waitMillis: 50, needed: 90, poolSize: 25 }],
});

/** 160 usable connections; portal has one task of 10 past the pooler, and may have eight. */
const policy = aFleetPolicy({
  pooler: A_POOLER,
  database: A_DATABASE,
  services: [
    aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS }),
    aServiceInput({
      name: 'portal',
      min: 1,
      max: 1,
      connectsTo: 'database',
      pools: [{ name: 'p', maxConnections: 10 }],
    }),
  ],
});

const sizeOf = ({ change }: Act): number => (change.kind === 'tune-pgbouncer' ? change.to.defaultPoolSize : 0);

const judged = (wanted: Act, ceiling = 1): string => {
  const context = aGuardContext({ lever: 'pool-size', policy, wanted, reserved: { portal: { min: 1, max: ceiling } } });
  const finding = checkPoolConnections({ ...context, snapshot: { ...context.snapshot, pooler: aPoolerSnapshot() } });
  if (finding.kind === 'trim') return `trim to ${sizeOf(finding.to)} (${finding.because.code})`;
  return finding.kind === 'veto' ? `veto: ${finding.because.code}` : finding.kind;
};

describe('connections of pools, over two PgBouncers and 22 direct ones', () => {
  it.each([
    { when: 'all fits', wanted: wish({ defaultPoolSize: 69 }), then: 'pass' },
    {
      when: 'a step down that does not fit either',
      wanted: wish({ defaultPoolSize: 80 }, { ...SIZES, defaultPoolSize: 90 }),
      then: 'pass',
    },
    {
      when: 'one too many',
      wanted: wish({ defaultPoolSize: 70 }),
      then: 'trim to 69 (pool-trimmed-to-connections)',
    },
    {
      when: 'the reserve is one too many',
      wanted: wish({ defaultPoolSize: 69, reservePoolSize: 1 }),
      then: 'trim to 69 (pool-trimmed-to-connections)',
    },
    {
      when: 'nothing is left of the growth',
      wanted: wish({ defaultPoolSize: 70 }, { ...SIZES, defaultPoolSize: 69 }),
      then: 'veto: connections-exceeded',
    },
  ])('$when: $then', ({ wanted, then }) => {
    expect(judged(wanted)).toBe(then);
  });

  it('judges a larger limit of clients that brings a smaller PgBouncer up to the others', () => {
    const wanted = wish({ defaultPoolSize: 80, maxClientConnections: 2000 });
    const from = [10, 80].map((defaultPoolSize, index) => ({
      instance: String(index),
      sizes: { ...SIZES, defaultPoolSize },
    }));
    if (wanted.change.kind !== 'tune-pgbouncer') throw new Error('not about pools');
    expect(judged({ ...wanted, change: { ...wanted.change, from } })).toBe('veto: connections-exceeded');
    const same = from.map((one) => ({ ...one, sizes: { ...SIZES, defaultPoolSize: 80 } }));
    expect(judged({ ...wanted, change: { ...wanted.change, from: same } })).toBe('pass');
  });

  it('counts the ceiling that another change of the same look has been given', () => {
    expect(judged(wish({ defaultPoolSize: 60 }))).toBe('pass');
    expect(judged(wish({ defaultPoolSize: 60 }), 8)).toBe('trim to 34 (pool-trimmed-to-connections)');
  });

  it('judges nothing but pools', () => {
    expect(checkPoolConnections(aGuardContext({ policy })).kind).toBe('pass');
  });
});
