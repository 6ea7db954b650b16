import { Temporal } from 'temporal-polyfill';

import type { EpochMs } from '../../shared/domain/units.ts';
import type { Span } from './report-data.ts';

/** Values to label on a vertical axis; the last one is its top. Steps are 1, 2 or 5 times a power of ten. */
export function valueTicks(peak: number, atMost = 4): readonly number[] {
  if (!(peak > 0)) return [0, 1];
  const rough = peak / atMost;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const count = Math.ceil(peak / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Values to label where only whole numbers exist. */
export function wholeTicks(peak: number): readonly number[] {
  return valueTicks(Math.max(peak, 4)).filter((tick) => Number.isInteger(tick));
}

export interface TimeTick {
  readonly at: EpochMs;
  /** `fine` ticks are shown only where the reader has come closer. */
  readonly grain: 'coarse' | 'fine';
  /** What begins here, which is what its label has to say. */
  readonly unit: 'hour' | 'day' | 'month';
}

interface Every {
  readonly unit: 'hour' | 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

interface Spacing {
  readonly upToDays: number;
  readonly coarse: Every;
  readonly fine: Every;
}

const every = (count: number, unit: Every['unit']): Every => ({ count, unit });

const SPACINGS: readonly Spacing[] = [
  { upToDays: 2, coarse: every(6, 'hour'), fine: every(1, 'hour') },
  { upToDays: 14, coarse: every(1, 'day'), fine: every(6, 'hour') },
  { upToDays: 98, coarse: every(1, 'week'), fine: every(1, 'day') },
  { upToDays: 420, coarse: every(1, 'month'), fine: every(1, 'week') },
  { upToDays: 1_260, coarse: every(3, 'month'), fine: every(1, 'month') },
  { upToDays: Infinity, coarse: every(1, 'year'), fine: every(3, 'month') },
];

/** Midnights, hours, Mondays or first days of the month as the clocks of the time zone show them. */
export function timeTicks(period: Span, timeZone: string): readonly TimeTick[] {
  const days = (period.end - period.start) / 86_400_000;
  const spacing = SPACINGS.find(({ upToDays }) => days <= upToDays);
  if (spacing === undefined) return [];
  const tick = (at: EpochMs, grain: TimeTick['grain']): TimeTick => ({
    at,
    grain,
    unit: unitAt(at, timeZone, spacing[grain]),
  });
  const coarse = instants(period, timeZone, spacing.coarse);
  const taken = new Set(coarse);
  const fine = instants(period, timeZone, spacing.fine).filter((at) => !taken.has(at));
  return [...coarse.map((at) => tick(at, 'coarse')), ...fine.map((at) => tick(at, 'fine'))].toSorted(
    (left, right) => left.at - right.at,
  );
}

function unitAt(at: EpochMs, timeZone: string, { unit }: Every): TimeTick['unit'] {
  if (unit === 'month' || unit === 'year') return 'month';
  const moment = zoned(at, timeZone);
  return moment.epochMilliseconds === moment.startOfDay().epochMilliseconds ? 'day' : 'hour';
}

function instants({ start, end }: Span, timeZone: string, spacing: Every): readonly EpochMs[] {
  const origin = originOf(zoned(start, timeZone), spacing.unit);
  const found: EpochMs[] = [];
  for (let index = 0; ; index += 1) {
    const at = plus(origin, index * spacing.count, spacing.unit).epochMilliseconds;
    // The hour that a clock change skips falls together with the next one.
    if (at >= end) return [...new Set(found)];
    if (at >= start) found.push(at);
  }
}

/** Hours are counted within each day, so that those of a day of 23 hours still stand where its clocks show them. */
function plus(origin: Temporal.ZonedDateTime, count: number, unit: Every['unit']): Temporal.ZonedDateTime {
  switch (unit) {
    case 'hour':
      return origin.add({ days: Math.floor(count / 24) }).withPlainTime({ hour: count % 24 });
    case 'day':
      return origin.add({ days: count });
    case 'week':
      return origin.add({ weeks: count });
    case 'month':
      return origin.add({ months: count });
    case 'year':
      return origin.add({ years: count });
  }
}

function originOf(start: Temporal.ZonedDateTime, unit: Every['unit']): Temporal.ZonedDateTime {
  const midnight = start.startOfDay();
  switch (unit) {
    case 'hour':
    case 'day':
      return midnight;
    case 'week':
      return midnight.subtract({ days: midnight.dayOfWeek - 1 });
    case 'month':
      return midnight.with({ day: 1 });
    case 'year':
      return midnight.with({ month: 1, day: 1 });
  }
}

function zoned(at: EpochMs, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}

/** The days of the period as the calendar of the time zone cuts them. */
export function daysOf({ start, end }: Span, timeZone: string): readonly Span[] {
  const starts = instants({ start, end }, timeZone, every(1, 'day'));
  const cuts = starts[0] === start ? starts : [start, ...starts];
  return cuts.map((cut, index) => ({ start: cut, end: cuts[index + 1] ?? end }));
}
