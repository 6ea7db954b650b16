import { Cron } from 'croner';
import { isDay, type Recurrence } from '../domain/recurrence.ts';
import { DAY, HOUR, instant, later, MINUTE } from '../domain/units.ts';

/** The first day of a leap year, a Monday. */
const NEW_YEAR = instant('2024-01-01T00:00:00Z');
const DAYS_OF_FOUR_YEARS = 1_461;

/**
 * Spells a cron expression out, so that nothing that runs has to read one.
 *
 * @throws RangeError when it is not five fields of lists, ranges and steps, or never comes; the message says what was expected
 */
export function recurrenceOfCron(cron: string): Recurrence {
  const known = speltOut.get(cron);
  if (known !== undefined) return known;
  const recurrence = spellOut(cron);
  speltOut.set(cron, recurrence);
  return recurrence;
}

/** Each expression is asked for at least twice, by the checks and by what resolves them, and takes four years of days. */
const speltOut = new Map<string, Recurrence>();

function spellOut(cron: string): Recurrence {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) throw new RangeError('five fields: minute, hour, day of month, month, day of week');
  const [minute = '', hour = '', dayOfMonth = '', month = '', weekday = ''] = fields;
  const whole = read(cron);
  if (whole.nextRun(new Date(NEW_YEAR)) === null) throw new RangeError('a time that ever comes');
  const fieldsApart = {
    minutes: within(60, 0, `${minute} * * * *`, (value) => value * MINUTE),
    hours: within(24, 0, `* ${hour} * * *`, (value) => value * HOUR),
    daysOfMonth: within(31, 1, `* * ${dayOfMonth} * *`, (value) => (value - 1) * DAY),
    months: within(12, 1, `* * * ${month} *`, (value) => (Date.UTC(2024, value - 1) - NEW_YEAR) / 1000),
    // 31 December 2023 was a Sunday.
    weekdays: within(7, 0, `* * * * ${weekday}`, (value) => (value - 1) * DAY),
  };
  const days = read(`* * ${dayOfMonth} ${month} ${weekday}`);
  for (const together of ['both', 'either'] as const) {
    const recurrence = { ...fieldsApart, days: together };
    if (isSameOnEveryDay(recurrence, days)) return recurrence;
  }
  throw new RangeError('lists, ranges and steps of numbers or names; no L, W or #');
}

function read(cron: string): Cron {
  try {
    return new Cron(cron, { timezone: 'UTC', paused: true });
  } catch (error) {
    const fault = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'unreadable';
    throw new RangeError(`a cron expression (${fault})`, { cause: error });
  }
}

/** The values of one field at which an expression that restricts no other comes. */
function within(count: number, from: number, cron: string, secondsOf: (value: number) => number): readonly number[] {
  const expression = read(cron);
  return Array.from({ length: count }, (_, index) => from + index).filter((value) =>
    expression.match(new Date(later(NEW_YEAR, secondsOf(value)))),
  );
}

function isSameOnEveryDay(recurrence: Recurrence, days: Cron): boolean {
  return Array.from({ length: DAYS_OF_FOUR_YEARS }, (_, index) => later(NEW_YEAR, index * DAY)).every(
    (day) => isDay(recurrence, day) === days.match(new Date(day)),
  );
}
