import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { learnLeadTime, LeadTimeLearner } from '../../shared/control/lead-time-learner.ts';
import { dailyNeed, hourlyBurst, learnMinutes, PACE } from './loads.ts';

const DAY = 1_440;

describe('what is learned of a load', () => {
  it('expects what comes, on a day like the days before', () => {
    const learner = learnMinutes(dailyNeed, 8 * DAY + 600);
    const expected = Math.expm1(learner.outlook().expectations.arrival.mean);
    const comes = dailyNeed(8 * DAY + 600 - 1 + PACE.lag + PACE.lead);
    expect(Math.abs(expected / comes - 1)).toBeLessThan(0.08);
  });

  it('sees a burst coming that begins at the same minute of every hour', () => {
    // Newest measured: minute 57; what is ordered next serves in minute 62.
    const learner = learnMinutes(hourlyBurst, 5 * DAY + 58);
    const { newest, expectations } = learner.outlook();
    expect(Math.expm1(expectations.arrival.mean) / newest).toBeGreaterThan(2);
  });

  it('has no tail before a day and a half of errors, and one after', () => {
    expect(learnMinutes(dailyNeed, DAY).outlook().tails.arrival).toBeNull();
    expect(learnMinutes(dailyNeed, 2 * DAY).outlook().tails.arrival).not.toBeNull();
  });

  it('looks at nothing that comes later', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 * DAY }),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (minutes, other) => {
          const honest = learnMinutes(dailyNeed, minutes).outlook();
          const learner = new LeadTimeLearner(PACE);
          let then = honest;
          for (let minute = 0; minute < minutes + 100; minute += 1) {
            learner.measure(minute < minutes ? dailyNeed(minute) : other);
            if (minute === minutes - 1) then = learner.outlook();
          }
          expect(then).toEqual(honest);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('counts a gap as unchanged and marks it', () => {
    const learner = learnMinutes((minute) => (minute >= 2 * DAY ? null : dailyNeed(minute)), 2 * DAY + 30);
    const { sight, newest } = learner.outlook();
    expect(sight).toBe('gap');
    expect(newest).toBe(dailyNeed(2 * DAY - 1));
  });

  it('learns no errors from gaps, across which the load has moved', () => {
    const needAt = (minute: number): number | null => {
      if (minute % 400 < 100) return null;
      return minute % 800 < 400 ? 5 : 10;
    };
    // Just after the end of a gap, when all predictions from inside of it have their outcome.
    const profile = learnMinutes(needAt, 8_000 + 108).profile(1);
    expect(profile!.state.errors.arrival[0]).toBeLessThan(0.01);
  });

  it('begins with the first measurement', () => {
    const learner = learnLeadTime([null, null, 3], PACE);
    expect(learner.measured).toBe(1);
    expect(learner.outlook().newest).toBe(3);
  });

  it.each([
    ['all zero', () => 0],
    ['constant', () => 7],
    ['a jump by a million', (minute: number) => (minute < 2 * DAY ? 1 : 1e6)],
  ])('stays finite on a load that is %s', (_, needAt) => {
    const { expectations, highest } = learnMinutes(needAt, 2 * DAY + 90).outlook();
    for (const number of [
      expectations.arrival.mean,
      expectations.arrival.error,
      expectations['until-arrival'].mean,
      highest,
    ]) {
      expect(Number.isFinite(number)).toBe(true);
    }
  });

  it.each([Number.NaN, -1, Infinity])('refuses a need of %d', (need) => {
    expect(() => {
      new LeadTimeLearner(PACE).measure(need);
    }).toThrow(RangeError);
  });

  it('has no outlook and no profile before it has seen anything', () => {
    const learner = new LeadTimeLearner(PACE);
    expect(() => learner.outlook()).toThrow(RangeError);
    expect(learner.profile(1)).toBeNull();
  });
});
