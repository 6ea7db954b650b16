import { describe, expect, it } from '@jest/globals';
import type { PoolerSnapshot } from '../../shared/domain/pooler.ts';
import { unseen } from '../../shared/domain/reading.ts';
import { measurePoolers } from '../../shared/workflow/measure-poolers.ts';
import { aPoolerSnapshot } from '../support/builders/pooler-world.ts';

const TASKS = 2;

const measured = (pooler: PoolerSnapshot): Readonly<Record<string, number>> =>
  Object.fromEntries(measurePoolers(pooler, TASKS).map(({ metric, value }) => [metric, value]));

describe('what a probe publishes', () => {
  it('sums of clients, and the largest of what a pool has, over all PgBouncers', () => {
    const see = aPoolerSnapshot([
      { waiting: [3, 5], active: 25, clients: 60, waitSeconds: 4, transactions: 100, longestWaitSeconds: 0.2 },
      { active: 7, clients: 40, sizes: { defaultPoolSize: 30 }, waitSeconds: 0, transactions: 300 },
    ]);
    expect(measured(see)).toEqual({
      PoolConnectionsActive: 25,
      ClientsWaiting: 4,
      LongestWaitSeconds: 0.2,
      // Over 100 transactions in one second, and 300 in two.
      MeanWaitMillis: 16,
      PoolSize: 30,
      ClientConnections: 100,
      PoolersUnseen: 0,
    });
  });

  // Half a picture would pass for a calm hour, and none for health.
  it.each([
    { when: 'one is silent', see: aPoolerSnapshot([{}, { silent: 'connection refused' }]), unseen: 1 },
    { when: 'all are', see: aPoolerSnapshot([{ silent: 'timeout' }, { silent: 'timeout' }]), unseen: 2 },
    { when: 'none runs that can be asked', see: aPoolerSnapshot([]), unseen: TASKS },
    {
      when: 'nobody says which run',
      see: aPoolerSnapshot([], { instances: unseen({ code: 'unreadable', detail: 'throttled' }) }),
      unseen: TASKS,
    },
  ])('nothing but those it has not seen, when $when', ({ see, unseen: PoolersUnseen }) => {
    expect(measured(see)).toEqual({ PoolersUnseen });
  });
});
