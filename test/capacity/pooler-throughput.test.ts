import { describe, expect, it } from '@jest/globals';
import { isWorse } from '../../shared/capacity/pooler-throughput.ts';
import type { PoolerThroughput } from '../../shared/domain/pooler.ts';

const measured = (change: Partial<PoolerThroughput>): PoolerThroughput => ({
  seconds: 1,
  defaultPoolSize: 10,
  transactionsPerSecond: 1000,
  clientsWaiting: 0,
  waitMillis: 0,
  ...change,
});

describe('a change of pool sizes, by what was measured before and after it', () => {
  // prettier-ignore
  it.each<{ when: string; before?: Partial<PoolerThroughput>; after: Partial<PoolerThroughput>; worse: boolean }>([
    { when: 'nobody waits, and less is asked',      after: { transactionsPerSecond: 100 },                                 worse: false },
    { when: 'clients wait although nobody did',     after: { clientsWaiting: 5, waitMillis: 1.1 },                         worse: true },
    { when: 'they wait 1 ms',                       after: { clientsWaiting: 5, waitMillis: 1 },                           worse: false },
    { when: 'they wait twice as long as some did in between', before: { waitMillis: 2 }, after: { clientsWaiting: 5, waitMillis: 4 }, worse: false },
    { when: 'they wait longer than that',           before: { waitMillis: 2 }, after: { clientsWaiting: 5, waitMillis: 4.1 }, worse: true },
    { when: 'they wait while a tenth more gets through', after: { clientsWaiting: 5, waitMillis: 9, transactionsPerSecond: 1100 }, worse: true },
    { when: 'they wait while clearly more gets through', after: { clientsWaiting: 5, waitMillis: 9, transactionsPerSecond: 1200 }, worse: false },
    { when: 'they wait, and no pool was changed: more were let in', after: { clientsWaiting: 5, waitMillis: 900, defaultPoolSize: 8 }, worse: false },
    { when: 'as many wait, and as much gets through', before: { clientsWaiting: 5 }, after: { clientsWaiting: 5 },          worse: false },
    { when: 'as many wait, and a third less gets through', before: { clientsWaiting: 5 }, after: { clientsWaiting: 5, transactionsPerSecond: 666 }, worse: true },
    { when: 'fewer wait, and a third less gets through', before: { clientsWaiting: 5 }, after: { clientsWaiting: 4, transactionsPerSecond: 666 }, worse: false },
  ])('$when: $worse', ({ before = {}, after, worse }) => {
    expect(isWorse(measured({ defaultPoolSize: 8, ...before }), measured(after))).toBe(worse);
  });
});
