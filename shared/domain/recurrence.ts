import { DAY, type EpochMs, HOUR, later, MINUTE, type Seconds } from './units.ts';

/** When something begins again and again, on the clock of a time zone: the five fields of a cron expression, spelt out. */
export interface Recurrence {
  /** Each rising: 0–59, 0–23, 1–31, 1–12, and 0 (Sunday) to 6. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
  /** `either`: a day of the month or a weekday will do, as in cron where both fields are restricted (POSIX crontab). */
  readonly days: 'both' | 'either';
}

/** What the clock on a wall shows, as if it were an instant of UTC. */
type WallMs = number;

const MOST_CLOCK_CHANGE = 3 * HOUR;

/**
 * When it has last begun at or before `now`, if that is no longer ago than `within`. A time that clocks skip begins
 * where they go on; one that comes twice begins the first time.
 */
export function lastBegin(recurrence: Recurrence, timeZone: string, now: EpochMs, within: Seconds): EpochMs | null {
  const clock = wallClockOf(timeZone);
  const latest = later(clock(now), MOST_CLOCK_CHANGE);
  const earliest = later(clock(now), 0 - within - MOST_CLOCK_CHANGE);
  for (let day = startOfDay(latest); day >= startOfDay(earliest); day = later(day, 0 - DAY)) {
    if (!isDay(recurrence, day)) continue;
    for (const hour of recurrence.hours.toReversed()) {
      for (const minute of recurrence.minutes.toReversed()) {
        const wall = later(day, hour * HOUR + minute * MINUTE);
        if (wall > latest) continue;
        const at = instantAt(wall, clock);
        if (at <= now) return at >= later(now, 0 - within) ? at : null;
      }
    }
  }
  return null;
}

function startOfDay(wall: WallMs): WallMs {
  return wall - (((wall % (DAY * 1000)) + DAY * 1000) % (DAY * 1000));
}

/** Whether it begins on this day at all. */
export function isDay({ daysOfMonth, months, weekdays, days }: Recurrence, wall: WallMs): boolean {
  const date = new Date(wall);
  if (!months.includes(date.getUTCMonth() + 1)) return false;
  const isDayOfMonth = daysOfMonth.includes(date.getUTCDate());
  const isWeekday = weekdays.includes(date.getUTCDay());
  return days === 'either' ? isDayOfMonth || isWeekday : isDayOfMonth && isWeekday;
}

/** The first instant at which the clock shows this, or, where it skips it, at which it goes on. */
function instantAt(wall: WallMs, clock: (at: EpochMs) => WallMs): EpochMs {
  const offsets = [later(wall, 0 - DAY), later(wall, DAY)].map((at) => clock(at) - at);
  const first = wall - Math.max(...offsets);
  const second = wall - Math.min(...offsets);
  if (clock(first) === wall) return first;
  if (clock(second) === wall) return second;
  let [before, after] = [first, second];
  while (after - before > MINUTE * 1000) {
    const middle = before + Math.floor((after - before) / (2 * MINUTE * 1000)) * MINUTE * 1000;
    if (clock(middle) > wall) after = middle;
    else before = middle;
  }
  return after;
}

function wallClockOf(timeZone: string): (at: EpochMs) => WallMs {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (at % 1000);
  };
}
