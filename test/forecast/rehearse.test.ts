import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_SETTINGS, MINUTE_SIGNAL, paceOf } from '../../shared/control/settings.ts';
import { instant } from '../../shared/domain/units.ts';
import { learnAndRehearse, type RehearsalPlan } from '../../shared/forecast/rehearse.ts';
import type { ServiceHistory } from '../../shared/forecast/service-history.ts';

const START = instant('2026-11-02T00:00:00Z');
const PER_DAY = 1_440;

function aHistory(
  days: number,
  perSecondAt: (minute: number) => number | null,
  ran: number | null = 8,
): ServiceHistory {
  const minutes = Math.round(days * PER_DAY);
  return {
    source: 'requests',
    because: { code: 'requests-explain-cpu', samples: 100 },
    taskCapacity: 100,
    load: { startsAt: START, stepSeconds: 60, perSecond: Array.from({ length: minutes }, (_, i) => perSecondAt(i)) },
    tasks: { startsAt: START, stepSeconds: 300, values: Array.from({ length: minutes / 5 }, () => ran) },
  };
}

function aPlan(over: Partial<RehearsalPlan> & { readonly startupSeconds?: number } = {}): RehearsalPlan {
  const { startupSeconds = 180, ...rest } = over;
  return {
    pace: paceOf(MINUTE_SIGNAL, startupSeconds),
    settings: DEFAULT_SETTINGS,
    minTasks: 1,
    maxTasks: 50,
    reachHours: 3,
    ...rest,
  };
}

/** 360 requests a second at the peak of each day, 40 at night, with a ripple. */
const daily = (minute: number): number =>
  200 - 160 * Math.cos((2 * Math.PI * minute) / PER_DAY) + 8 * Math.sin(minute * minute);

describe('learning and rehearsing', () => {
  it('gives a profile and says what the floor of the last week would have missed and cost', () => {
    const { profile, rehearsal } = learnAndRehearse(aHistory(14, daily), aPlan());
    expect(profile?.seasonal.arrival).toHaveLength(180);
    expect(rehearsal).toMatchObject({ days: 7, ranTaskHours: 8 * 24 * 7 });
    // The need itself: mean load over 90 requests a second and task.
    const needed = (200 / 90) * 24 * 7;
    expect(rehearsal!.floorTaskHours).toBeGreaterThan(needed);
    expect(rehearsal!.floorTaskHours).toBeLessThan(1.6 * needed);
    expect(rehearsal!.missedPercent).toBeLessThan(1);
    expect(rehearsal!.peakTasks).toBeGreaterThanOrEqual(5);
  });

  it.each([
    { days: 1, rehearsed: null },
    { days: 2.99, rehearsed: null },
    { days: 3, rehearsed: 1 },
    { days: 8.99, rehearsed: 6 },
    { days: 9, rehearsed: 7 },
    { days: 20, rehearsed: 7 },
  ])('rehearses $rehearsed days of $days', ({ days, rehearsed }) => {
    expect(learnAndRehearse(aHistory(days, daily), aPlan()).rehearsal?.days ?? null).toBe(rehearsed);
  });

  it('learns nothing from nothing, and says so', () => {
    expect(learnAndRehearse(aHistory(0, daily), aPlan())).toEqual({ profile: null, rehearsal: null });
    expect(learnAndRehearse(aHistory(5 / PER_DAY, daily), aPlan())).toEqual({ profile: null, rehearsal: null });
    expect(
      learnAndRehearse(
        aHistory(4, () => null, null),
        aPlan(),
      ),
    ).toEqual({
      profile: null,
      rehearsal: { days: 2, missedPercent: 0, floorTaskHours: 48, ranTaskHours: null, peakTasks: 1 },
    });
  });

  it('misses a burst that nobody could know of while its tasks start, and so is judged by the start-up', () => {
    const burst = (minute: number): number => (minute >= 12.5 * PER_DAY && minute < 12.5 * PER_DAY + 60 ? 2_000 : 100);
    const missed = (startupSeconds: number): number =>
      learnAndRehearse(aHistory(14, burst), aPlan({ startupSeconds })).rehearsal!.missedPercent;
    const ofWeek = (minutes: number): number => (100 * minutes * 2_000) / (7 * PER_DAY * 100 + 60 * 1_900);
    // Two minutes until it is seen, then the start-up; and some more, since nothing like it was ever learned.
    for (const startupMinutes of [1, 10]) {
      expect(missed(60 * startupMinutes)).toBeGreaterThan(ofWeek(2 + startupMinutes) - 0.01);
      expect(missed(60 * startupMinutes)).toBeLessThan(ofWeek(7 + startupMinutes));
    }
  });

  it('stays between the bounds of the service', () => {
    const capped = learnAndRehearse(aHistory(14, daily), aPlan({ minTasks: 2, maxTasks: 3 })).rehearsal!;
    expect(capped.peakTasks).toBe(3);
    expect(capped.missedPercent).toBeGreaterThan(10);
    expect(capped.floorTaskHours).toBeGreaterThanOrEqual(2 * 24 * 7);
    expect(capped.floorTaskHours).toBeLessThanOrEqual(3 * 24 * 7);
  });

  it('says nothing of what ran where a fifth of it is unknown', () => {
    const history = aHistory(9, daily);
    const without = (share: number): ServiceHistory => ({
      ...history,
      tasks: { ...history.tasks, values: history.tasks.values.map((value, i) => (i % 100 < share ? null : value)) },
    });
    expect(learnAndRehearse(without(19), aPlan()).rehearsal?.ranTaskHours).toBe(8 * 24 * 7);
    expect(learnAndRehearse(without(21), aPlan()).rehearsal?.ranTaskHours).toBeNull();
  });

  it('refuses a history in other periods than the pace', () => {
    const history = aHistory(3, daily);
    expect(() => learnAndRehearse({ ...history, load: { ...history.load, stepSeconds: 300 } }, aPlan())).toThrow(
      'a history of 300 s does not teach a pace of 60 s',
    );
  });

  it('law: does not look ahead: what is rehearsed of a history is the same whatever comes after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.nat(20), (after, gaps) => {
        const until = 6 * PER_DAY;
        const seen = (minute: number): number | null => (minute % 97 < gaps ? null : daily(minute));
        const plan = aPlan();
        const shorter = learnAndRehearse(aHistory(6, seen), plan);
        const changed = learnAndRehearse(
          aHistory(6, (minute) => (minute < until - 2 ? seen(minute) : after)),
          plan,
        );
        // The last two minutes are published too late for any floor of the time that is rehearsed.
        expect(changed.rehearsal?.floorTaskHours).toBe(shorter.rehearsal?.floorTaskHours);
      }),
      { numRuns: 5 },
    );
  });
});
