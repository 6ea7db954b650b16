import { describe, expect, it } from '@jest/globals';
import type { DurablePoolerChange } from '../../shared/domain/change.ts';
import { TransientError } from '../../shared/domain/errors.ts';
import type { DurableSizes, PoolerSizes } from '../../shared/domain/pooler.ts';
import { type Reading, seen, unseen } from '../../shared/domain/reading.ts';
import { durableSizesCraft } from '../../shared/workflow/durable-sizes-craft.ts';
import { anOrder } from '../support/builders/orders.ts';
import { NOW } from '../support/builders/time.ts';

const change: DurablePoolerChange = {
  kind: 'keep-pool-sizes',
  pooler: { cluster: 'production', service: 'pgbouncer' },
  from: { revision: 'pgbouncer:14', sizes: { defaultPoolSize: 25, reservePoolSize: 5 } },
  to: { sizes: { defaultPoolSize: 60, reservePoolSize: 0 } },
};
const starting = (
  defaultPoolSize: number,
  reservePoolSize: number,
  rollout: DurableSizes['rollout'] = 'none',
): Reading<DurableSizes> =>
  seen(
    { sizes: { defaultPoolSize, reservePoolSize, maxClientConnections: 1000 }, revision: 'pgbouncer:14', rollout },
    NOW,
  );

const craftOver = (reading: Reading<DurableSizes>, written: Partial<PoolerSizes>[] = []) =>
  durableSizesCraft(() => ({
    read: () => Promise.resolve(reading),
    write: (to) => {
      written.push(to);
      return Promise.resolve(null);
    },
  }));

describe('what an order to keep sizes finds', () => {
  it.each([
    { when: 'as it was decided', reading: starting(25, 5), isAtFrom: true, isAtTo: false, isOnItsWay: true },
    { when: 'done', reading: starting(60, 0), isAtFrom: false, isAtTo: true, isOnItsWay: true },
    { when: 'half done', reading: starting(60, 5), isAtFrom: false, isAtTo: false, isOnItsWay: true },
    { when: 'changed by somebody', reading: starting(33, 5), isAtFrom: false, isAtTo: false, isOnItsWay: false },
    {
      when: 'tasks are being replaced',
      reading: starting(25, 5, 'in-progress'),
      isAtFrom: false,
      isAtTo: false,
      isOnItsWay: true,
    },
  ])('$when', async ({ reading, isAtFrom, isAtTo, isOnItsWay }) => {
    expect(await craftOver(reading).compare(change, NOW)).toMatchObject({ isAtFrom, isAtTo, isOnItsWay });
  });

  it('is tried again where it cannot be seen', async () => {
    const blind = unseen({ code: 'unreadable', detail: 'throttled' });
    await expect(craftOver(blind).compare(change, NOW)).rejects.toBeInstanceOf(TransientError);
  });

  it('says that nobody has said where it stands', async () => {
    const because = {
      code: 'not-found',
      detail: 'nobody has said what the PgBouncers of production/pgbouncer start with',
    };
    expect(await durableSizesCraft(() => null).compare(change, NOW)).toEqual({ because });
  });
});

it('writes what is wanted and nothing else', async () => {
  const written: Partial<PoolerSizes>[] = [];
  expect(await craftOver(starting(25, 5), written).effect(change, anOrder(change))).toEqual({ failure: null });
  expect(written).toEqual([{ defaultPoolSize: 60, reservePoolSize: 0 }]);
});
