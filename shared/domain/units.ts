/**
 * Quantities with their unit in the type.
 *
 * The types are flavours, not brands: a plain number is accepted, but seconds are never accepted where tasks are meant.
 * Constructors stand where numbers enter from outside; they reject what no quantity can be.
 */
interface Flavour<Unit extends string> {
  readonly __unit?: Unit;
}

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & Flavour<'epoch-ms'>;
export type Seconds = number & Flavour<'seconds'>;
/** Whole number of ECS tasks. */
export type Tasks = number & Flavour<'tasks'>;
/** 70 means 70 %. */
export type Percent = number & Flavour<'percent'>;
/** Database or pooler connections. */
export type Connections = number & Flavour<'connections'>;
/** US dollars in a month of 730 hours, the length of month of the AWS pricing pages. */
export type UsdPerMonth = number & Flavour<'usd-per-month'>;

/** @throws RangeError when the value is not a finite instant. */
export function epochMs(value: number): EpochMs {
  if (!Number.isFinite(value)) throw new RangeError(`not an instant: ${value}`);
  return value;
}

/** @throws RangeError when the text is not an ISO 8601 instant with an offset. */
export function instant(text: string): EpochMs {
  if (!/(Z|[+-]\d{2}:?\d{2})$/.test(text)) throw new RangeError(`not an instant with an offset: ${text}`);
  return epochMs(Date.parse(text));
}

export function isoInstant(at: EpochMs): string {
  return new Date(at).toISOString();
}

/** The day of the instant in UTC, `2026-12-01`. */
export function utcDay(at: EpochMs): string {
  return isoInstant(at).slice(0, 10);
}

export function later(at: EpochMs, seconds: Seconds): EpochMs {
  return at + seconds * 1000;
}

export function earlier(at: EpochMs, seconds: Seconds): EpochMs {
  return at - seconds * 1000;
}

export function secondsBetween(from: EpochMs, to: EpochMs): Seconds {
  return (to - from) / 1000;
}

export const MINUTE: Seconds = 60;
export const HOUR: Seconds = 3_600;
export const DAY: Seconds = 86_400;
