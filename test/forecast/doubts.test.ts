import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { doubtsOf, type FormerStanding } from '../../shared/forecast/doubts.ts';

const DAILY = { autocorrelation: 0.9, errorToFlat: 0.4, verdict: 'season' } as const;

/** Codes of what speaks against a forecast whose loss is so many times the naive one. */
const against = (times: number, formerly: FormerStanding, coverage = 0.9): readonly string[] => {
  const record = { days: 14, pinballLoss: 0.1 * times, naivePinballLoss: 0.1, coverage };
  return doubtsOf(record, { day: DAILY, week: DAILY }, formerly).map(({ code }) => code);
};

describe('what speaks against a forecast', () => {
  // prettier-ignore
  it.each<{ times: number; formerly: FormerStanding; then: readonly string[] }>([
    { times: 1,    formerly: 'unjudged', then: [] },
    { times: 1.01, formerly: 'unjudged', then: ['worse-than-naive'] },
    { times: 1,    formerly: 'doubted',  then: [] },
    { times: 1.01, formerly: 'doubted',  then: ['worse-than-naive'] },
    { times: 1.01, formerly: 'trusted',  then: [] },
    { times: 1.04, formerly: 'trusted',  then: [] },
    { times: 1.06, formerly: 'trusted',  then: ['worse-than-naive'] },
  ])('at $times times the naive loss, $formerly before: $then', ({ times, formerly, then }) => {
    expect(against(times, formerly)).toEqual(then);
  });

  it.each([
    [0.79, ['does-not-cover']],
    [0.8, []],
    [0.97, []],
    [0.98, ['does-not-cover']],
  ])('covering %s of what comes: %j', (coverage, then) => {
    expect(against(0.9, 'trusted', coverage)).toEqual(then);
  });

  it('law: a loss that stays within the room changes the standing at most once', () => {
    const losses = fc.array(fc.double({ min: 0.98, max: 1.049, noNaN: true }), { minLength: 2, maxLength: 48 });
    fc.assert(
      fc.property(losses, fc.constantFrom<FormerStanding>('trusted', 'doubted', 'unjudged'), (hours, first) => {
        let standing = first;
        let changes = 0;
        for (const times of hours) {
          const next = against(times, standing).length === 0 ? 'trusted' : 'doubted';
          if (standing !== 'unjudged' && next !== standing) changes += 1;
          standing = next;
        }
        expect(changes).toBeLessThanOrEqual(1);
      }),
    );
  });
});
