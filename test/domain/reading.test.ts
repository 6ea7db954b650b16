import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapReading, newest, NOT_ASKED, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { minutesAgo, NOW, secondsAgo } from '../support/builders/time.ts';
import { aSeries } from '../support/builders/world.ts';

/** The newest three points, at most 300 s after the last of them has ended. */
const newestThree = (series: Series): Reading<readonly number[]> => newest(seen(series, NOW), 3, 300, NOW);

const series = (points: Series['points']): Series => ({ periodSeconds: 60, points });
const lastEnded = (secondsBefore: number): Series => aSeries([1, 2, 3], secondsAgo(secondsBefore - 60));

describe('the newest points of a series', () => {
  // prettier-ignore
  it.each<{ when: string; of: Series; then: Reading<readonly number[]> }>([
    { when: 'there are just enough',          of: aSeries([1, 2, 3]),          then: seen([1, 2, 3], minutesAgo(2)) },
    { when: 'there are more',                 of: aSeries([9, 9, 1, 2, 3]),    then: seen([1, 2, 3], minutesAgo(2)) },
    { when: 'there is one too few',           of: aSeries([2, 3]),             then: unseen({ code: 'incomplete', points: 2, needed: 3 }) },
    { when: 'there is none',                  of: aSeries([]),                 then: unseen({ code: 'no-data' }) },
    { when: 'one in the middle is missing',   of: series(aSeries([9, 1, 2, 3]).points.filter((_, index) => index !== 2)), then: unseen({ code: 'incomplete', points: 2, needed: 3 }) },
    { when: 'the last ended 300 s ago',       of: lastEnded(300),              then: seen([1, 2, 3], secondsAgo(360)) },
    { when: 'the last ended 301 s ago',       of: lastEnded(301),              then: unseen({ code: 'too-old', ageSeconds: 301, limitSeconds: 300 }) },
    { when: 'one is NaN',                     of: aSeries([1, NaN, 3]),        then: unseen({ code: 'invalid', value: 'NaN' }) },
    { when: 'one is infinite',                of: aSeries([1, 2, Infinity]),   then: unseen({ code: 'invalid', value: 'Infinity' }) },
    { when: 'one is negative',                of: aSeries([-0.1, 2, 3]),       then: unseen({ code: 'invalid', value: '-0.1' }) },
    { when: 'one is zero: that is a value',   of: aSeries([0, 0, 0]),          then: seen([0, 0, 0], minutesAgo(2)) },
    { when: 'an older one is NaN',            of: aSeries([NaN, 1, 2, 3]),     then: seen([1, 2, 3], minutesAgo(2)) },
    { when: 'too old counts before too few',  of: aSeries([1], minutesAgo(60)), then: unseen({ code: 'too-old', ageSeconds: 3660, limitSeconds: 300 }) },
    { when: 'invalid counts before too few',  of: aSeries([NaN]),              then: unseen({ code: 'invalid', value: 'NaN' }) },
  ])('when $when', ({ of, then }) => {
    expect(newestThree(of)).toEqual(then);
  });

  it('what is unseen stays so, with its reason', () => {
    expect(newest(NOT_ASKED, 3, 300, NOW)).toBe(NOT_ASKED);
  });

  it('law: what is seen is as many valid points as were asked for', () => {
    const anyValue = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(NaN, -1, Infinity, 0));
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 12 }), fc.integer({ min: 1, max: 10 }), (values, count) => {
        const window = values.slice(-count);
        const isValid = window.every((value) => Number.isFinite(value) && value >= 0);
        const reading = newest(seen(aSeries(values), NOW), count, 300, NOW);
        expect(reading.kind === 'seen' ? reading.value : null).toEqual(
          isValid && window.length === count ? window : null,
        );
      }),
    );
  });
});

it('a reading is mapped where it is seen', () => {
  expect(mapReading(seen(2, NOW), (value) => value * 2)).toEqual(seen(4, NOW));
  expect(mapReading(NOT_ASKED, () => 4)).toBe(NOT_ASKED);
});
