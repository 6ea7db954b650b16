import { describe, expect, it } from '@jest/globals';
import { instant } from '../../../shared/domain/units.ts';
import { CITIZEN_DAY, dayCurve, OFFICE_DAY } from '../../../simulator/load/day-shape.ts';
import { surgeShare } from '../../../simulator/load/deadline-surge.ts';
import { SeededRandom } from '../../../simulator/load/seeded-random.ts';
import { type SyntheticPlan, type SyntheticService, syntheticLoad } from '../../../simulator/load/synthetic.ts';

const STEPS_PER_HOUR = 180;
const DAY = 24 * STEPS_PER_HOUR;
const MONDAY = instant('2026-11-30T00:00:00+01:00');

const aService = (over: Partial<SyntheticService> = {}): SyntheticService => ({
  name: 'api',
  weekdayMean: 100,
  day: OFFICE_DAY,
  weekendFactor: 0.5,
  fluctuation: 0,
  arrivals: 'even',
  ...over,
});
const aPlan = (over: Partial<SyntheticPlan> = {}): SyntheticPlan => ({
  startsAt: MONDAY,
  days: 7,
  timeZone: 'Europe/Berlin',
  services: [aService()],
  surges: [],
  ...over,
});
const loadOf = (plan: SyntheticPlan, name = 'api', seed = 1) =>
  syntheticLoad(plan, new SeededRandom(seed)).get(name)!.perSecond;
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const busiestHour = (values: Float64Array) => values.indexOf(Math.max(...values)) / STEPS_PER_HOUR;

describe('a day', () => {
  it.each([OFFICE_DAY, CITIZEN_DAY])('has peaks in the morning and afternoon, and a quiet night', (shape) => {
    const curve = dayCurve(shape);
    const at = (hour: number) => curve[hour * STEPS_PER_HOUR]!;
    expect(curve).toHaveLength(DAY);
    expect(mean(curve)).toBeCloseTo(1, 9);
    expect(at(10)).toBeGreaterThan(at(12.75));
    expect(at(15)).toBeGreaterThan(at(12.75));
    expect(at(3)).toBeLessThan(0.2 * at(10));
  });

  it('is a circle: a peak at midnight is the same on both sides', () => {
    const curve = dayCurve({ night: 0, peaks: [{ hour: 0, spreadHours: 1, height: 1 }] });
    expect(curve[STEPS_PER_HOUR]).toBeCloseTo(curve[DAY - STEPS_PER_HOUR]!, 12);
  });

  it('without any load is refused', () => {
    expect(() => dayCurve({ night: 0, peaks: [] })).toThrow(RangeError);
  });
});

describe('a deadline', () => {
  const midnight = instant('2026-12-01T00:00:00Z');
  const before = (hours: number, activity = 0.5) => surgeShare(midnight, midnight - hours * 3_600_000, activity);

  it('is nothing two days before, and at its height late in the evening', () => {
    expect(before(48)).toBe(0);
    expect(before(47.9)).toBeGreaterThan(0);
    expect(before(2.5)).toBe(1);
  });

  it('rises over the last two days, steeply on the last', () => {
    const shares = [47, 36, 24, 12, 6, 4, 2.5].map((hours) => before(hours));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(before(24)).toBeLessThan(0.1);
    expect(before(12)).toBeLessThan(0.25);
    expect(before(4)).toBeGreaterThan(0.6);
  });

  it('keeps the hours of people until the last day', () => {
    expect(before(30, 1)).toBeGreaterThan(5 * before(30, 0.1));
  });

  it('falls a little before the deadline and collapses after it, without a jump', () => {
    expect(before(1)).toBeLessThan(1);
    expect(before(0)).toBeCloseTo(0.7, 12);
    expect(before(1 / 3_600, 0.1)).toBeCloseTo(before(0), 1);
    expect(before(-1)).toBeCloseTo(0.7 * Math.exp(-3), 12);
    expect(before(-6)).toBeLessThan(1e-6);
  });

  it('law: is never more than its peak', () => {
    for (let hours = -12; hours <= 60; hours += 0.1) {
      expect(before(hours, 1)).toBeGreaterThanOrEqual(0);
      expect(before(hours, 1)).toBeLessThanOrEqual(1);
    }
  });
});

describe('synthetic load', () => {
  it('has the length of its days and nothing missing', () => {
    const load = syntheticLoad(aPlan({ days: 2.5 }), new SeededRandom(1)).get('api')!;
    expect(load.startsAt).toBe(MONDAY);
    expect(load.perSecond).toHaveLength(2.5 * DAY);
    expect(load.missing).toEqual(new Uint8Array(2.5 * DAY));
  });

  it('has its mean on weekdays and less on weekends', () => {
    const week = loadOf(aPlan());
    const days = Array.from({ length: 7 }, (_, day) => mean(week.subarray(day * DAY, (day + 1) * DAY)));
    for (const tuesdayToFriday of days.slice(1, 5)) expect(tuesdayToFriday).toBeCloseTo(100, 9);
    // A day comes up in its first two hours, so Monday is a little too quiet and Saturday a little too busy.
    expect(days[0]).toBeGreaterThan(97);
    expect(days[0]).toBeLessThan(100);
    expect(days[5]).toBeGreaterThan(50);
    expect(days[5]).toBeLessThan(53);
    expect(days[6]).toBeCloseTo(50, 9);
  });

  it('does not jump where a weekend begins', () => {
    const week = loadOf(aPlan());
    const steps = week.slice(1).map((value, step) => Math.abs(value - week[step]!));
    expect(Math.max(...steps)).toBeLessThan(1.5);
  });

  it.each([
    { when: 'in winter', startsAt: MONDAY },
    { when: 'in summer', startsAt: instant('2026-07-06T00:00:00+02:00') },
    { when: 'after the clocks were set forward that night', startsAt: instant('2026-03-29T00:00:00+01:00'), early: 1 },
    { when: 'after the clocks were set back that night', startsAt: instant('2026-10-25T00:00:00+02:00'), early: -1 },
  ])('keeps to local time $when', ({ startsAt, early = 0 }) => {
    expect(busiestHour(loadOf(aPlan({ startsAt, days: 1 })))).toBeCloseTo(10.33 - early, 0);
  });

  it('adds surges to the services that they concern', () => {
    const deadline = instant('2026-12-05T00:00:00+01:00');
    const services = [aService(), aService({ name: 'console' })];
    const surges = [{ name: 'tax', deadline, peakFactors: { api: 6 } }];
    const plan = aPlan({ services, surges });
    const friday = loadOf(plan).subarray(4 * DAY, 5 * DAY);
    expect(busiestHour(friday)).toBeCloseTo(21.5, 0);
    expect(Math.max(...friday)).toBeGreaterThan(600);
    expect(mean(loadOf(plan).subarray(5 * DAY))).toBeLessThan(60);
    expect(loadOf(plan, 'console')).toEqual(loadOf(aPlan({ services }), 'console'));
  });

  it('adds overlapping surges up', () => {
    const surge = { name: 'tax', deadline: instant('2026-12-05T00:00:00+01:00'), peakFactors: { api: 1 } };
    const usual = loadOf(aPlan());
    const once = loadOf(aPlan({ surges: [surge] }));
    const twice = loadOf(aPlan({ surges: [surge, { ...surge, name: 'enrolment' }] }));
    twice.forEach((value, step) => {
      expect(value - usual[step]!).toBeCloseTo(2 * (once[step]! - usual[step]!), 8);
    });
  });

  it('fluctuates around the same mean, slowly', () => {
    const week = loadOf(aPlan({ services: [aService({ fluctuation: 0.1 })] }));
    const smooth = loadOf(aPlan());
    const ratios = week.map((value, step) => value / smooth[step]!);
    const deviation = Math.sqrt(mean(ratios.map((ratio) => (ratio - 1) ** 2)));
    const inAStep = Math.sqrt(mean(ratios.slice(1).map((ratio, step) => (ratio - ratios[step]!) ** 2)));
    expect(Math.abs(mean(ratios) - 1)).toBeLessThan(0.02);
    expect(Math.abs(deviation - 0.1)).toBeLessThan(0.015);
    // 0.1 * sqrt(2 * (1 - e^(-20 / 600))) = 0.0256
    expect(Math.abs(inAStep - 0.0256)).toBeLessThan(0.002);
  });

  it('keeps the mean however much it fluctuates', () => {
    const days = { startsAt: MONDAY, days: 28 };
    const wild = loadOf(aPlan({ ...days, services: [aService({ fluctuation: 0.5 })] }));
    const smooth = loadOf(aPlan(days));
    // Without its correction a log-normal fluctuation would lift the mean by e^(0.5 ^ 2 / 2) = 1.13.
    expect(Math.abs(mean(wild) / mean(smooth) - 1)).toBeLessThan(0.05);
  });

  it('lets arrivals vary by the root of their number', () => {
    const flat = { night: 1, peaks: [] };
    const week = loadOf(aPlan({ days: 5, services: [aService({ day: flat, weekendFactor: 1, arrivals: 'random' })] }));
    // 2 000 requests in a step deviate by 44.7, which is 2.24 a second.
    expect(Math.abs(mean(week) - 100)).toBeLessThan(0.1);
    expect(Math.abs(Math.sqrt(mean(week.map((value) => (value - 100) ** 2))) - 2.236)).toBeLessThan(0.05);
  });

  it('is never negative, however small', () => {
    const tiny = loadOf(aPlan({ services: [aService({ weekdayMean: 0.01, arrivals: 'random', fluctuation: 0.5 })] }));
    expect(Math.min(...tiny)).toBe(0);
  });

  const noisy = aService({ fluctuation: 0.1, arrivals: 'random' });

  it('is the same for the same seed, and another for another', () => {
    const plan = aPlan({ days: 1, services: [noisy] });
    expect(loadOf(plan)).toEqual(loadOf(plan));
    expect(loadOf(plan)).not.toEqual(loadOf(plan, 'api', 2));
  });

  it('of one service does not depend on the others, and differs from theirs', () => {
    const both = aPlan({ days: 1, services: [{ ...noisy, name: 'console' }, noisy] });
    expect(loadOf(both)).toEqual(loadOf(aPlan({ days: 1, services: [noisy] })));
    expect(loadOf(both)).not.toEqual(loadOf(both, 'console'));
  });

  it.each([
    { what: 'no days', plan: aPlan({ days: 0 }) },
    { what: 'half a step', plan: aPlan({ days: 0.5 / DAY }) },
    { what: 'an unknown time zone', plan: aPlan({ timeZone: 'Europe/Nowhere' }) },
    { what: 'two services of one name', plan: aPlan({ services: [aService(), aService()] }) },
    { what: 'a negative mean', plan: aPlan({ services: [aService({ weekdayMean: -1 })] }) },
    { what: 'a fluctuation that is no number', plan: aPlan({ services: [aService({ fluctuation: NaN })] }) },
    { what: 'an infinite weekend', plan: aPlan({ services: [aService({ weekendFactor: Infinity })] }) },
  ])('is refused for $what', ({ plan }) => {
    expect(() => syntheticLoad(plan, new SeededRandom(1))).toThrow(RangeError);
  });
});
