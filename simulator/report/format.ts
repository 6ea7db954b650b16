import type { EpochMs } from '../../shared/domain/units.ts';
import type { Span } from './report-data.ts';

/** Between a number and its unit: a line never breaks there. */
const NBSP = '\u00a0';

const LOCALE = 'en-GB';

/** `1.83 %`; what is more than nothing never reads as nothing, and less than all never as all. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.00005) return `under 0.01${NBSP}%`;
  if (share < 1 && share >= 0.99995) return `over 99.99${NBSP}%`;
  return `${(share * 100).toFixed(2)}${NBSP}%`;
}

/** `157.6 M`: a number to compare, where the last digits would only be in the way. */
export function formatLargeCount(value: number): string {
  return value < 10_000_000 ? formatCount(value) : `${(value / 1_000_000).toFixed(1)}${NBSP}M`;
}

export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Two or three digits that matter: `1,240`, `86.3`, `0.42`, `0.00038`. */
export function formatQuantity(value: number): string {
  if (Math.abs(value) < 0.1) return value.toLocaleString('en-US', { maximumSignificantDigits: 2 });
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function formatUsd(value: number): string {
  return `${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}${NBSP}USD`;
}

/** `3 h 20 min`, `41 min`. */
export function formatMinutes(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole === 0 && minutes > 0) return `under 1${NBSP}min`;
  if (whole < 60) return `${whole}${NBSP}min`;
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  const hourText = `${hours.toLocaleString('en-US')}${NBSP}h`;
  return rest === 0 ? hourText : `${hourText} ${rest}${NBSP}min`;
}

/** `text` is the difference in percent of the yardstick; `null` where that is zero. */
export type Difference = { readonly kind: 'same' } | { readonly kind: 'more' | 'less'; readonly text: string | null };

/** How a figure differs from its yardstick; below half of the last digit shown it is the same. */
export function relativeDifference(value: number, yardstick: number): Difference {
  if (value === yardstick) return { kind: 'same' };
  if (yardstick === 0) return { kind: value > 0 ? 'more' : 'less', text: null };
  const percent = ((value - yardstick) / yardstick) * 100;
  if (Math.abs(percent) < 0.05) return { kind: 'same' };
  const size = Math.abs(percent);
  if (percent < 0 && size >= 99.5 && value > 0) return { kind: 'less', text: `over 99${NBSP}%` };
  return { kind: percent > 0 ? 'more' : 'less', text: `${size.toFixed(size < 10 ? 1 : 0)}${NBSP}%` };
}

/** How the page writes times, all in one time zone. */
export interface TimeFormat {
  /** `Tue 1 Dec` */
  readonly day: (at: EpochMs) => string;
  /** `Tue 1` */
  readonly shortDay: (at: EpochMs) => string;
  /** `Dec 2026` */
  readonly month: (at: EpochMs) => string;
  /** `Tuesday 1 December` */
  readonly longDay: (at: EpochMs) => string;
  /** `09:25` */
  readonly time: (at: EpochMs) => string;
  /** `Tue 1 Dec, 09:25` */
  readonly moment: (at: EpochMs) => string;
  /** `1 December 2026` */
  readonly date: (at: EpochMs) => string;
}

/** Longer than this, a day without its year is not one day. */
const UNMISTAKABLE_MS = 300 * 86_400_000;

/** Days are written with their year where the period is long. */
export function timeFormat(timeZone: string, period: Span | null = null): TimeFormat {
  const long = period !== null && period.end - period.start > UNMISTAKABLE_MS;
  const year: Intl.DateTimeFormatOptions = long ? { year: 'numeric' } : {};
  const by = (options: Intl.DateTimeFormatOptions): ((at: EpochMs) => string) => {
    const format = new Intl.DateTimeFormat(LOCALE, { timeZone, ...options });
    return (at) => format.format(at).replaceAll(',', '');
  };
  const day = by({ weekday: 'short', day: 'numeric', month: 'short', ...year });
  const time = by({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return {
    day,
    time,
    month: by({ month: 'short', year: 'numeric' }),
    shortDay: by({ weekday: 'short', day: 'numeric' }),
    longDay: by({ weekday: 'long', day: 'numeric', month: 'long', ...year }),
    date: by({ day: 'numeric', month: 'long', year: 'numeric' }),
    moment: (at) => `${day(at)}, ${time(at)}`,
  };
}
