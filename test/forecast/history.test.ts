import { describe, expect, it } from '@jest/globals';
import { cleanHistory, type CleanHistory, type LoadHistory } from '../../shared/forecast/history.ts';
import { later } from '../../shared/domain/units.ts';
import { dailyLoad, historyOf, START, STEPS_PER_DAY } from './sample.ts';

function clean(raw: LoadHistory): CleanHistory {
  const cleaned = cleanHistory(raw);
  if (cleaned.kind !== 'clean') throw new Error(`not usable: ${cleaned.because.code}`);
  return cleaned.history;
}

describe('a history made fit for a forecast', () => {
  it('is left alone where nothing is wrong with it', () => {
    const history = clean(historyOf(7));
    expect([...history.perSecond]).toEqual(historyOf(7).perSecond);
    expect([history.gaps, history.silentSteps, history.outliers]).toEqual([0, 0, 0]);
  });

  it('has gaps filled with the same time of other days', () => {
    const hole = 3 * STEPS_PER_DAY + 24;
    const history = clean(historyOf(7, (step) => (step === hole ? null : dailyLoad(step))));
    expect(history.gaps).toBe(1);
    expect(history.standsIn[hole]).toBe(1);
    expect(Math.abs(history.perSecond[hole]! / dailyLoad(hole) - 1)).toBeLessThan(0.2);
  });

  it('does not take an outage for a calm hour', () => {
    const from = 4 * STEPS_PER_DAY + 20;
    const history = clean(historyOf(7, (step) => (step >= from && step < from + 6 ? 0 : dailyLoad(step))));
    expect(history.silentSteps).toBe(6);
    expect(history.perSecond[from + 3]).toBeGreaterThan(100);
  });

  it('believes in nights without load, which come every day', () => {
    const history = clean(historyOf(7, (step) => (step % STEPS_PER_DAY < 10 ? 0 : dailyLoad(step))));
    expect(history.silentSteps).toBe(0);
    expect(history.perSecond[5]).toBe(0);
  });

  it('cuts a spike that no other day has, and keeps a burst that every day has', () => {
    const spike = 5 * STEPS_PER_DAY + 10;
    const once = clean(historyOf(7, (step) => (step === spike ? 1e6 : dailyLoad(step))));
    expect(once.outliers).toBe(1);
    expect(once.perSecond[spike]).toBeLessThan(600);
    const daily = clean(historyOf(7, (step) => (step % STEPS_PER_DAY === 10 ? 1e6 : dailyLoad(step))));
    expect(daily.outliers).toBe(0);
  });

  it('is cut to the newest four weeks', () => {
    const history = clean(historyOf(30));
    expect(history.perSecond).toHaveLength(28 * STEPS_PER_DAY);
    expect(history.startsAt).toBe(later(START, 2 * 86_400));
  });

  it.each([
    ['nothing', historyOf(0), 'short-history'],
    ['a day and a half', historyOf(1.5), 'short-history'],
    ['mostly gaps', historyOf(7, (step) => (step % 3 === 0 ? 1 + step : null)), 'too-many-gaps'],
    ['always the same', historyOf(7, () => 5), 'constant'],
    ['always nothing', historyOf(7, () => 0), 'constant'],
  ])('is unusable when it is %s', (_, raw, code) => {
    const cleaned = cleanHistory(raw);
    expect(cleaned.kind === 'unusable' && cleaned.because.code).toBe(code);
  });

  it.each([
    ['NaN', historyOf(7, () => Number.NaN)],
    ['negative', historyOf(7, (step) => step - 3)],
    ['infinite', historyOf(7, () => Infinity)],
    ['in steps that do not divide the day', { ...historyOf(7), stepSeconds: 7_000 }],
  ])('is refused when it is %s', (_, raw) => {
    expect(() => cleanHistory(raw)).toThrow(RangeError);
  });
});
