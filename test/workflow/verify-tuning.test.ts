import { describe, expect, it } from '@jest/globals';
import type { ChangeOf } from '../../shared/domain/change.ts';
import { explainReasons } from '../../shared/domain/explain.ts';
import type { PoolerSnapshot, TuningEffect } from '../../shared/domain/pooler.ts';
import { NOT_ASKED, seen, unseen } from '../../shared/domain/reading.ts';
import { verifyDurable, verifyTuning } from '../../shared/workflow/verify-tuning.ts';
import { aPoolerSnapshot, type PoolerWorld, SIZES } from '../support/builders/pooler-world.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import type { StoredChange } from '../../shared/ports.ts';
import { anOrder } from '../support/builders/orders.ts';

const POOLER = { cluster: 'production', service: 'pgbouncer' };
const to = { ...SIZES, defaultPoolSize: 60 };
const change: ChangeOf<'tune-pgbouncer'> = {
  kind: 'tune-pgbouncer',
  pooler: POOLER,
  from: ['a', 'b'].map((instance) => ({ instance, sizes: SIZES })),
  to,
};
const before = {
  seconds: 2,
  defaultPoolSize: 25,
  transactionsPerSecond: 400,
  clientsWaiting: 70,
  waitMillis: 175,
};
const kept: TuningEffect = { at: minutesAgo(1), outcome: 'kept', before, after: { ...before, defaultPoolSize: 60 } };

const applied = (updatedAt = minutesAgo(1), effect: TuningEffect | null = kept): StoredChange => {
  const order = anOrder();
  return {
    resource: 'pgbouncer',
    order,
    status: {
      decisionId: order.decisionId,
      lever: 'pool-size',
      changeKind: 'tune-pgbouncer',
      direction: 'grow',
      status: 'applied',
      orderedAt: minutesAgo(2),
      updatedAt,
      failures: 0,
      lastApplied: {},
      tuning: { intended: to, intendedAt: updatedAt, effect },
    },
  };
};

const at60: PoolerWorld = { sizes: to, transactions: 1900, waitSeconds: 0.76 };
const verified = (see: PoolerSnapshot, change_ = change, stored = applied()): string => {
  const reason = verifyTuning(stored, change_, see);
  return reason === null ? 'not yet' : `${reason.code}: ${explainReasons([reason])}`;
};

describe('what a probe finds of a tuning', () => {
  it.each([
    {
      when: 'all stand where they should',
      see: aPoolerSnapshot([at60, at60]),
      then: 'pools-in-place: in place on 2 PgBouncers: 70 → 0 clients wait, 175 → 0.4 ms mean wait, 400 → 1900 transactions a second',
    },
    {
      when: 'one more has started since',
      see: aPoolerSnapshot([at60, at60, {}]),
      then: 'pools-in-place: in place on 2 PgBouncers: 70 → 0 clients wait, 175 → 0.4 ms mean wait, 400 → 2000 transactions a second',
    },
    {
      when: 'one was brought back by others',
      see: aPoolerSnapshot([at60, {}]),
      then: /^undone-by-others: .*default_pool_size of b.*25.*60/,
    },
    { when: 'one cannot be seen', see: aPoolerSnapshot([at60, { silent: 'refused' }]), then: 'not yet' },
    { when: 'none can', see: aPoolerSnapshot([], { instances: NOT_ASKED }), then: 'not yet' },
    { when: 'none runs', see: aPoolerSnapshot([]), then: 'not yet' },
  ])('when $when', ({ see, then }) => {
    expect(verified(see)).toMatch(then);
  });

  it('counts only looks that were made after it', () => {
    expect(verified(aPoolerSnapshot([at60, at60]), change, applied(NOW - 1500))).toMatch(/^pools-in-place/);
    expect(verified(aPoolerSnapshot([at60, at60]), change, applied(NOW - 500))).toBe('not yet');
  });

  it('says nothing of before where nothing was measured or kept', () => {
    const reason = verifyTuning(applied(minutesAgo(1), null), change, aPoolerSnapshot([at60, at60]));
    expect(reason).toMatchObject({ code: 'pools-in-place', before: null });
    const back = verifyTuning(
      applied(minutesAgo(1), { ...kept, outcome: 'taken-back' }),
      change,
      aPoolerSnapshot([at60]),
    );
    expect(back).toMatchObject({ before: null });
  });
});

describe('what is found of sizes that were made durable', () => {
  const wish: ChangeOf<'keep-pool-sizes'> = {
    kind: 'keep-pool-sizes',
    pooler: POOLER,
    from: { revision: 'pgbouncer:14', sizes: { defaultPoolSize: 25 } },
    to: { sizes: { defaultPoolSize: 60 } },
  };
  const starting = (defaultPoolSize: number, rollout: 'none' | 'in-progress' = 'none') =>
    seen(
      {
        sizes: { defaultPoolSize, reservePoolSize: null, maxClientConnections: null },
        revision: 'pgbouncer:15',
        rollout,
      },
      NOW,
    );

  it.each([
    { when: 'PgBouncer starts with them', durable: starting(60), then: 'in-place' },
    { when: 'it starts with others', durable: starting(25), then: 'undone-by-others' },
    { when: 'tasks are still being replaced', durable: starting(60, 'in-progress'), then: undefined },
    { when: 'it cannot be seen', durable: unseen({ code: 'unreadable', detail: 'throttled' }), then: undefined },
    { when: 'nobody has said where it stands', durable: null, then: undefined },
  ])('$when: $then', ({ durable, then }) => {
    expect(verifyDurable(wish, aPoolerSnapshot([], { durable }))?.code).toBe(then);
  });
});
