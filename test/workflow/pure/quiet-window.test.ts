import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { FleetPolicy, Freeze, ServicePolicy } from '../../../shared/config/policy.ts';
import { type Reading, seen, unseen } from '../../../shared/domain/reading.ts';
import type { ServiceForecast } from '../../../shared/domain/service-forecast.ts';
import { HOUR, instant, isoInstant, later } from '../../../shared/domain/units.ts';
import { quietWindow } from '../../../shared/workflow/quiet-window.ts';
import { aForecast } from '../../support/builders/forecast.ts';
import { aService } from '../../support/builders/policy.ts';

const NOW = instant('2026-12-01T12:23:00Z');
const STARTS = instant('2026-12-01T12:00:00Z');
const api = aService({ name: 'api' });
const worker = aService({ name: 'worker' });

/** Load of each hour from noon on, in tasks' worth. */
function forecastOf(hourly: readonly number[], over: Partial<ServiceForecast> = {}): Reading<ServiceForecast> {
  const taskCapacity = over.taskCapacity ?? 10;
  const perSecond = hourly.map((tasks) => tasks * taskCapacity);
  const day = {
    ...aForecast().day!,
    startsAt: STARTS,
    stepSeconds: HOUR,
    quantiles: [0.1, 0.5, 0.9],
    perSecond: [perSecond.map(() => 0), perSecond, perSecond.map((load) => 3 * load)],
  };
  return seen({ ...aForecast(), doubts: [], taskCapacity, day, ...over }, NOW);
}

/** 10 tasks in every hour but those that are named. */
const hours = (quiet: Readonly<Record<number, number>>, count = 24): readonly number[] =>
  Array.from({ length: count }, (_, hour) => quiet[hour] ?? 10);

function said(services: readonly ServicePolicy[], forecasts: Parameters<typeof quietWindow>[1], now = NOW) {
  const found = quietWindow({ services }, forecasts, now);
  if (found === null) return 'none';
  return `${isoInstant(found.from).slice(5, 16)} to ${isoInstant(found.to).slice(5, 16)}, ${Math.round(found.loadPercent)} %`;
}

describe('the quietest hours to come', () => {
  it('are the two with the least load', () => {
    expect(said([api], [forecastOf(hours({ 14: 2, 15: 2, 18: 5, 19: 5 }))])).toBe('12-02T02:00 to 12-02T04:00, 22 %');
  });

  it('are those of all services together, counted in tasks and not in requests', () => {
    const few = forecastOf(hours({ 5: 1, 6: 1 }));
    // A thousand times the requests, and the same number of tasks.
    const many = forecastOf(hours({ 14: 0, 15: 0 }), { taskCapacity: 10_000 });
    expect(said([api, worker], [few, many])).toBe('12-02T02:00 to 12-02T04:00, 54 %');
  });

  it('may be under way', () => {
    expect(said([api], [forecastOf(hours({ 0: 1, 1: 1 }))])).toBe('12-01T12:00 to 12-01T14:00, 11 %');
  });

  it('are over when they are over', () => {
    const later = instant('2026-12-01T14:00:00Z');
    expect(said([api], [forecastOf(hours({ 0: 1, 1: 1, 9: 5, 10: 5 }))], later)).toBe(
      '12-01T21:00 to 12-01T23:00, 57 %',
    );
  });

  it('are of the next day: the same hours of the day after would put it off for ever', () => {
    expect(said([api], [forecastOf(hours({ 14: 2, 15: 2, 38: 1, 39: 1 }, 48))])).toBe(
      '12-02T02:00 to 12-02T04:00, 21 %',
    );
  });

  it('that are alike are the first of them', () => {
    expect(said([api], [forecastOf(hours({}))])).toBe('12-01T12:00 to 12-01T14:00, 100 %');
  });
});

describe('hours in which nothing may be changed', () => {
  const quiet = forecastOf(hours({ 14: 2, 15: 2, 18: 5, 19: 5 }));
  const at = (time: string): number => instant(`2026-12-${time}:00Z`);
  const event = (from: string, to: string) => ({ from: at(from), to: at(to) });
  const freeze = (from: string, to: string, allow: Freeze['allow']): Freeze => ({
    ...{ kind: 'once', name: 'counting', allow },
    ...event(from, to),
  });
  const QUIETEST = '02T02:00';
  const NEXT = '02T06:00';

  // prettier-ignore
  it.each<{ what: string; events?: readonly { from: number; to: number }[]; freezes?: readonly Freeze[]; then: string | null }>([
    { what: 'none are known',                              then: QUIETEST },
    { what: 'an event covers them',                        events: [event('02T01:00', '02T05:00')], then: NEXT },
    { what: 'an event touches their last minute',          events: [event('02T03:59', '02T05:00')], then: '02T01:45' },
    { what: 'an event has just ended',                     events: [event('01T20:00', '02T02:00')], then: QUIETEST },
    { what: 'an event begins as they end',                 events: [event('02T04:00', '02T05:00')], then: QUIETEST },
    { what: 'a freeze covers them',                        freezes: [freeze('02T01:00', '02T05:00', 'nothing')], then: NEXT },
    { what: 'a freeze that lets growth pass covers them',  freezes: [freeze('02T01:00', '02T05:00', 'growth')], then: QUIETEST },
    { what: 'there are no others',                         events: [event('01T12:00', '03T12:00')], then: null },
  ])('are not quiet hours: $what', ({ events = [], freezes = [], then }) => {
    const found = quietWindow({ services: [api], freezes }, [quiet], NOW, events);
    expect(found === null ? null : isoInstant(found.from).slice(8, 16)).toBe(then);
  });
});

describe('nobody knows when it is quiet', () => {
  const known = forecastOf(hours({ 14: 2, 15: 2 }));
  it.each([
    { when: 'without any service', services: [], forecasts: [] },
    { when: 'without a forecast', services: [api], forecasts: [] },
    { when: 'with one that cannot be read', services: [api], forecasts: [unseen({ code: 'no-data' })] },
    { when: 'with one of two', services: [api, worker], forecasts: [known, unseen({ code: 'no-data' })] },
    { when: 'with one without a day', services: [api], forecasts: [forecastOf(hours({}), { day: null })] },
    {
      when: 'with one in doubt',
      services: [api],
      forecasts: [forecastOf(hours({}), { doubts: [{ code: 'no-season' }] })],
    },
    { when: 'with one of an hour', services: [api], forecasts: [forecastOf(hours({}, 1))] },
    { when: 'with no load at all', services: [api], forecasts: [forecastOf(hours({}).map(() => 0))] },
  ])('$when', ({ services, forecasts }) => {
    expect(quietWindow({ services }, forecasts, NOW)).toBeNull();
  });

  it('but services that do not use the database need no forecast', () => {
    const uses = aService({
      name: 'api',
      connectsTo: 'nothing',
    });
    const [toDatabase, apart] = [{ ...uses, connectsTo: 'database' as const }, worker];
    expect(said([toDatabase, apart], [known, unseen({ code: 'no-data' })])).toBe('12-02T02:00 to 12-02T04:00, 21 %');
  });
});

it('law: never a window that is over, never one outside the next day, never busier than the mean', () => {
  const load = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 48 });
  fc.assert(
    fc.property(load, fc.integer({ min: 0, max: 86_400 }), (loads, after) => {
      const now = later(STARTS, after);
      const found = quietWindow({ services: [api] }, [forecastOf(loads)], now);
      return (
        found === null ||
        (found.to >= later(now, HOUR) && found.to <= later(now, 24 * HOUR) && found.loadPercent < Infinity)
      );
    }),
  );
});

describe('of equally quiet hours the greener ones', () => {
  type Carbon = NonNullable<FleetPolicy['carbon']>;
  /** 300 g in every hour of the day (UTC) but those that are named. */
  const grid = (green: Readonly<Record<number, number>>, over: Partial<Carbon> = {}): Carbon => ({
    gramsPerKWh: Array.from({ length: 24 }, (_, hour) => green[hour] ?? 300),
    timeZone: 'UTC',
    equalWithinPercent: 5,
    ...over,
  });
  /** Hours are counted from noon: 2 is 14:00, and the quietest two are from 02:00 on. */
  const loads = (from14: number): readonly number[] => hours({ 2: from14, 3: from14, 14: 2, 15: 2 });
  const chosen = (hourly: readonly number[], carbon: Carbon, now = NOW) => {
    const found = quietWindow({ services: [api], carbon }, [forecastOf(hourly)], now);
    return `${isoInstant(found!.from).slice(5, 16)}, ${Math.round(found!.carbon!.gramsPerKWh)} g`;
  };
  // The mean of the day is (20 × 10 + 2 × 2 + 2 × load) / 24 tasks, of which 5 % are 0.43.
  const noonIsGreen = grid({ 14: 100, 15: 100 });

  it.each([
    { when: 'as quiet', load: 2, carbon: noonIsGreen, then: '12-01T14:00, 100 g' },
    { when: 'busier within the tolerance', load: 2.42, carbon: noonIsGreen, then: '12-01T14:00, 100 g' },
    { when: 'busier beyond the tolerance', load: 2.44, carbon: noonIsGreen, then: '12-02T02:00, 300 g' },
    {
      when: 'busier at all, without one',
      load: 2.01,
      carbon: grid({ 14: 100, 15: 100 }, { equalWithinPercent: 0 }),
      then: '12-02T02:00, 300 g',
    },
    {
      when: 'as quiet, without a tolerance',
      load: 2,
      carbon: grid({ 14: 100, 15: 100 }, { equalWithinPercent: 0 }),
      then: '12-01T14:00, 100 g',
    },
    { when: 'busier, where it is not greener', load: 2.42, carbon: grid({}), then: '12-02T02:00, 300 g' },
    {
      when: 'as quiet, by local hours',
      load: 2,
      carbon: grid({ 15: 100, 16: 100 }, { timeZone: 'Europe/Berlin' }),
      then: '12-01T14:00, 100 g',
    },
    {
      when: 'as quiet, half an hour off',
      load: 2,
      carbon: grid({ 20: 100 }, { timeZone: 'Asia/Kolkata' }),
      then: '12-01T14:00, 200 g',
    },
  ])('are taken at 14:00 when that is $when: $then', ({ load, carbon, then }) => {
    expect(chosen(loads(load), carbon)).toBe(then);
  });

  it('come with what they were chosen from', () => {
    const found = quietWindow({ services: [api], carbon: noonIsGreen }, [forecastOf(loads(2.4))], NOW);
    expect(found).toMatchObject({
      loadPercent: expect.closeTo(27.59, 2) as unknown,
      carbon: {
        gramsPerKWh: 100,
        quietest: {
          from: instant('2026-12-02T02:00:00Z'),
          loadPercent: expect.closeTo(22.99, 2) as unknown,
          gramsPerKWh: 300,
        },
        equalWithinPercent: 5,
      },
    });
  });

  it('that have begun stay what they are to their last hour', () => {
    const carbon = grid({ 14: 10, 15: 200, 2: 150, 3: 150 });
    expect(chosen(loads(2), carbon, instant('2026-12-01T14:59:00Z'))).toBe('12-01T14:00, 105 g');
  });

  it('law: they are never busier than the quietest ones and the tolerance, never dirtier than the quietest ones', () => {
    const load = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 36 });
    const grams = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 24, maxLength: 24 });
    const tolerance = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(
        load,
        grams,
        tolerance,
        fc.integer({ min: 0, max: 86_400 }),
        (loadOf, gramsPerKWh, percent, after) => {
          const now = later(STARTS, after);
          const carbon = { gramsPerKWh, timeZone: 'UTC', equalWithinPercent: percent };
          const quietest = quietWindow({ services: [api] }, [forecastOf(loadOf)], now);
          const found = quietWindow({ services: [api], carbon }, [forecastOf(loadOf)], now);
          expect(found === null).toBe(quietest === null);
          if (found?.carbon === undefined || quietest === null) return;
          expect(found.carbon.quietest).toMatchObject(quietest);
          expect(found.loadPercent).toBeLessThanOrEqual(quietest.loadPercent + percent + 1e-6);
          expect(found.carbon.gramsPerKWh).toBeLessThanOrEqual(found.carbon.quietest.gramsPerKWh + 1e-6);
        },
      ),
    );
  });
});
