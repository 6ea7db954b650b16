import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime';
import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';
import { assertNever } from '../domain/assert-never.ts';
import { type EpochMs, isoInstant, MINUTE } from '../domain/units.ts';

/**
 * What a clock on the wall of a time zone shows, as an instant. The trigger of known events is packaged with this file:
 * it uses the functions of the Temporal polyfill one by one, which bundle to 20 KB instead of the 55 KB of its classes.
 */
export type LocalInstant =
  | { readonly kind: 'instant'; readonly at: EpochMs }
  /** Not of the form `2026-12-01T08:00`, or no day of the calendar. */
  | { readonly kind: 'not-a-local-time' }
  | { readonly kind: 'unknown-zone' }
  | ({ readonly kind: 'does-not-exist' } & Neighbours)
  | ({ readonly kind: 'exists-twice' } & Neighbours);

/** The nearest local times on both sides of a clock change that exist once. */
interface Neighbours {
  readonly before: string;
  readonly after: string;
}

/** @param local `2026-12-01T08:00` */
export function instantOf(local: string, timeZone: string): LocalInstant {
  const wall = parse(local);
  if (wall === null) return { kind: 'not-a-local-time' };
  if (!isTimeZone(timeZone)) return { kind: 'unknown-zone' };

  const earlier = PlainDateTime.toZonedDateTime(wall, timeZone, { disambiguation: 'earlier' });
  const later = PlainDateTime.toZonedDateTime(wall, timeZone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return { kind: 'instant', at: earlier.epochMilliseconds };

  const change = ZonedDateTime.getTimeZoneTransition(earlier, 'next')?.epochMilliseconds ?? later.epochMilliseconds;
  const clockBefore = change + ZonedDateTime.offsetNanoseconds(earlier) / 1e6;
  const clockAfter = change + ZonedDateTime.offsetNanoseconds(later) / 1e6;
  return {
    kind: clockBefore < clockAfter ? 'does-not-exist' : 'exists-twice',
    before: localMinute(Math.min(clockBefore, clockAfter) - MINUTE * 1000),
    after: localMinute(Math.max(clockBefore, clockAfter)),
  };
}

/** Why a local time is no instant, in one sentence that offers what could be meant instead. */
export function explainLocalTime(
  reason: Exclude<LocalInstant, { readonly kind: 'instant' }>,
  local: string,
  timeZone: string,
): string {
  switch (reason.kind) {
    case 'not-a-local-time':
      return `${local} is no local time; one is written 2026-12-01T08:00`;
    case 'unknown-zone':
      return `${timeZone} is no IANA time zone; one is Europe/Berlin`;
    case 'does-not-exist':
      return `${local} does not exist in ${timeZone}, where clocks skip from ${reason.before} to ${reason.after}; take one of these`;
    case 'exists-twice':
      return `${local} exists twice in ${timeZone}, where clocks are put back; unambiguous are ${reason.before} and ${reason.after}`;
    default:
      return assertNever(reason);
  }
}

/** Whether the name is an IANA time zone. Bare offsets such as `+01:00` are none: they know no clock change. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    ZonedDateTime.create(0n, name);
    return true;
  } catch {
    return false;
  }
}

/** `2026-12-01 08:00 Europe/Berlin`: to the minute, as people read it. */
export function formatInZone(at: EpochMs, timeZone: string): string {
  const zoned = ZonedDateTime.create(BigInt(Math.trunc(at)) * 1_000_000n, timeZone);
  const local = PlainDateTime.toString(ZonedDateTime.toPlainDateTime(zoned), {
    smallestUnit: 'minute',
    roundingMode: 'floor',
  });
  return `${local.replace('T', ' ')} ${timeZone}`;
}

function parse(local: string): PlainDateTime.Record | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(local);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  try {
    return PlainDateTime.create(year, month, day, hour, minute);
  } catch {
    return null;
  }
}

function localMinute(clock: number): string {
  return isoInstant(clock).slice(0, 16);
}
