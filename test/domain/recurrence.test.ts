import { describe, expect, it } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import { recurrenceOfCron } from '../../shared/config/recurrence-of-cron.ts';
import { lastBegin } from '../../shared/domain/recurrence.ts';
import { DAY, type EpochMs, instant, later } from '../../shared/domain/units.ts';

describe('a cron expression spelt out', () => {
  // prettier-ignore
  it.each([
    { cron: '*/20 9-11 * * *',   has: { minutes: [0, 20, 40], hours: [9, 10, 11], days: 'both' } },
    { cron: '5,50 0 1,15 * *',   has: { minutes: [5, 50], daysOfMonth: [1, 15], days: 'both' } },
    { cron: '0 0 * JAN-MAR MON', has: { months: [1, 2, 3], weekdays: [1], days: 'both' } },
    { cron: '0 0 * * 7',         has: { weekdays: [0], days: 'both' } },
    { cron: '0 0 13 * 5',        has: { daysOfMonth: [13], weekdays: [5], days: 'either' } },
    { cron: '0 0 29 2 *',        has: { daysOfMonth: [29], months: [2], days: 'both' } },
  ])('$cron has $has', ({ cron, has }) => {
    expect(recurrenceOfCron(cron)).toMatchObject(has);
  });

  it.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', '0 0 * *', '0 25 * * *', '0 0 30 2 *'])(
    '%s is refused',
    (cron) => {
      expect(() => recurrenceOfCron(cron)).toThrow(RangeError);
    },
  );
});

/** The library that reads cron expressions says when one last came. */
function lastByLibrary(cron: string, timeZone: string, now: EpochMs): EpochMs | null {
  const found = new Cron(cron, { timezone: timeZone, paused: true }).previousRuns(1, new Date(later(now, 1)))[0];
  return found?.getTime() ?? null;
}

describe('when it has last begun', () => {
  const field = (from: number, to: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: from, max: to }).map(String),
      fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 2, maxLength: 4 }).map((list) => list.join(',')),
    );
  const anyCron = fc
    .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
    .map((all) => all.join(' '));
  const zones = ['UTC', 'Asia/Kathmandu', 'America/Sao_Paulo', 'Pacific/Auckland', 'Europe/Berlin', 'America/New_York'];
  // A minute that starts a day away from any clock change of these zones: there the library has its own opinion of gaps.
  const anyMinute = fc
    .integer({ min: 0, max: 60 * 24 * 60 })
    .map((minute) => instant('2026-05-01T00:00:00Z') + minute * 60_000);

  it('law: as the library that reads the expression says, in any zone', () => {
    fc.assert(
      fc.property(anyCron, fc.constantFrom(...zones), anyMinute, (cron, timeZone, now) => {
        const last = lastByLibrary(cron, timeZone, now);
        const within = 20 * DAY;
        const isRecent = last !== null && last >= later(now, -within);
        expect(lastBegin(recurrenceOfCron(cron), timeZone, now, within)).toBe(isRecent ? last : null);
      }),
      { numRuns: 300 },
    );
  });

  // prettier-ignore
  it.each([
    { zone: 'Europe/Berlin',    what: 'skipped: where clocks go on',       cron: '30 2 * * *', now: '2027-03-28T05:00:00Z', then: '2027-03-28T01:00:00.000Z' },
    { zone: 'Europe/Berlin',    what: 'twice: the first time',             cron: '30 2 * * *', now: '2026-10-25T05:00:00Z', then: '2026-10-25T00:30:00.000Z' },
    { zone: 'America/New_York', what: 'skipped on the other side of UTC',  cron: '15 2 * * *', now: '2027-03-14T12:00:00Z', then: '2027-03-14T07:00:00.000Z' },
    { zone: 'Australia/Lord_Howe', what: 'skipped by half an hour',        cron: '10 2 * * *', now: '2026-10-03T20:00:00Z', then: '2026-10-03T15:30:00.000Z' },
    { zone: 'Asia/Kathmandu',   what: 'a zone of three quarters',          cron: '0 0 * * *',  now: '2026-10-03T18:15:00Z', then: '2026-10-03T18:15:00.000Z' },
  ])('$zone, a time that is $what', ({ zone, cron, now, then }) => {
    expect(new Date(lastBegin(recurrenceOfCron(cron), zone, instant(now), DAY) ?? 0).toISOString()).toBe(then);
  });
});
