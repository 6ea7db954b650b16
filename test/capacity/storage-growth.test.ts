import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { enlargedAt, type FreeStorage, growthGiBPerDay } from '../../shared/capacity/storage-growth.ts';
import { at } from '../support/builders/time.ts';

const daily = (...freeGiB: readonly number[]): readonly FreeStorage[] =>
  freeGiB.map((free, day) => ({ at: at('00:00', day), freeGiB: free }));
const hourly = (...freeGiB: readonly number[]): readonly FreeStorage[] =>
  freeGiB.map((free, hour) => ({ at: at(`${hour}:00`), freeGiB: free }));

describe('growth of storage', () => {
  // prettier-ignore
  it.each([
    { when: '6 GiB in 4 days',                                   seen: daily(30, 29, 28, 26, 24),                 then: 1.5 },
    { when: 'nothing is written',                                seen: daily(30, 30, 30),                         then: 0 },
    { when: 'more was deleted than written: it does not shrink', seen: daily(30, 31, 32),                         then: 0 },
    { when: 'some was deleted in between',                       seen: daily(30, 28, 29, 27),                     then: 1 },
    { when: 'the storage was enlarged by 5 GiB or more: that day is left out', seen: daily(10, 9, 14, 13),        then: 1 },
    { when: 'a little less is taken for a clean-up',             seen: daily(10, 9, 13.9, 12.9),                  then: 0 },
    { when: 'the newest week grew faster: that counts',          seen: daily(40, 40, 40, 40, 39, 38, 37, 36, 35, 34, 33), then: 1 },
    { when: 'the newest week grew slower: all days count',       seen: daily(43, 40, 37, 34, 34, 34, 34, 34, 34, 34, 34), then: 0.9 },
    { when: 'one day alone',                                     seen: daily(30),                                 then: null },
    { when: 'there is none',                                     seen: daily(),                                   then: null },
    { when: 'days are missing in between',                       seen: [...daily(30), { at: at('00:00', 3), freeGiB: 20 }], then: null },
  ])('$when: $then GiB a day', ({ seen, then }) => {
    expect(growthGiBPerDay(seen, 100)).toBe(then);
  });

  it('law: never negative, and never more than the fastest day', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 30 }), (free) => {
        const growth = growthGiBPerDay(daily(...free), 100) ?? 0;
        const fastest = Math.max(0, ...free.slice(1).map((value, index) => free[index]! - value));
        expect(growth).toBeGreaterThanOrEqual(0);
        expect(growth).toBeLessThanOrEqual(fastest + 1e-9);
      }),
    );
  });
});

it('sees when the storage was made larger: by half of the least step of AWS', () => {
  expect(enlargedAt(hourly(10, 9.9, 19.8, 19.7), 100)).toEqual([at('2:00')]);
  expect(enlargedAt(hourly(10, 15, 20), 100)).toEqual([at('1:00'), at('2:00')]);
  expect(enlargedAt(hourly(10, 14.9), 100)).toEqual([]);
  expect(enlargedAt(hourly(100, 149), 1000)).toEqual([]);
  expect(enlargedAt(hourly(100, 150), 1000)).toEqual([at('1:00')]);
});
