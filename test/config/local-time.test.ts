import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainLocalTime, formatInZone, instantOf, isTimeZone } from '../../shared/config/local-time.ts';

const at = (iso: string) => ({ kind: 'instant', at: Date.parse(iso) });
const skipped = (before: string, after: string) => ({ kind: 'does-not-exist', before, after });
const repeated = (before: string, after: string) => ({ kind: 'exists-twice', before, after });

describe('a local time as an instant', () => {
  it.each([
    // Berlin: clocks skip 02:00–03:00 in March, and repeat 02:00–03:00 in October.
    ['2026-12-01T08:00', 'Europe/Berlin', at('2026-12-01T07:00:00Z')],
    ['2026-07-01T08:00', 'Europe/Berlin', at('2026-07-01T06:00:00Z')],
    ['2026-03-29T01:59', 'Europe/Berlin', at('2026-03-29T00:59:00Z')],
    ['2026-03-29T02:00', 'Europe/Berlin', skipped('2026-03-29T01:59', '2026-03-29T03:00')],
    ['2026-03-29T02:59', 'Europe/Berlin', skipped('2026-03-29T01:59', '2026-03-29T03:00')],
    ['2026-03-29T03:00', 'Europe/Berlin', at('2026-03-29T01:00:00Z')],
    ['2026-10-25T01:59', 'Europe/Berlin', at('2026-10-24T23:59:00Z')],
    ['2026-10-25T02:00', 'Europe/Berlin', repeated('2026-10-25T01:59', '2026-10-25T03:00')],
    ['2026-10-25T02:59', 'Europe/Berlin', repeated('2026-10-25T01:59', '2026-10-25T03:00')],
    ['2026-10-25T03:00', 'Europe/Berlin', at('2026-10-25T02:00:00Z')],
    // New York: 02:00–03:00 skipped, 01:00–02:00 repeated.
    ['2026-03-08T01:59', 'America/New_York', at('2026-03-08T06:59:00Z')],
    ['2026-03-08T02:00', 'America/New_York', skipped('2026-03-08T01:59', '2026-03-08T03:00')],
    ['2026-03-08T03:00', 'America/New_York', at('2026-03-08T07:00:00Z')],
    ['2026-11-01T00:59', 'America/New_York', at('2026-11-01T04:59:00Z')],
    ['2026-11-01T01:00', 'America/New_York', repeated('2026-11-01T00:59', '2026-11-01T02:00')],
    ['2026-11-01T01:59', 'America/New_York', repeated('2026-11-01T00:59', '2026-11-01T02:00')],
    ['2026-11-01T02:00', 'America/New_York', at('2026-11-01T07:00:00Z')],
    // Lord Howe moves its clocks by half an hour.
    ['2026-10-04T01:59', 'Australia/Lord_Howe', at('2026-10-03T15:29:00Z')],
    ['2026-10-04T02:00', 'Australia/Lord_Howe', skipped('2026-10-04T01:59', '2026-10-04T02:30')],
    ['2026-10-04T02:29', 'Australia/Lord_Howe', skipped('2026-10-04T01:59', '2026-10-04T02:30')],
    ['2026-10-04T02:30', 'Australia/Lord_Howe', at('2026-10-03T15:30:00Z')],
    ['2026-04-05T01:29', 'Australia/Lord_Howe', at('2026-04-04T14:29:00Z')],
    ['2026-04-05T01:30', 'Australia/Lord_Howe', repeated('2026-04-05T01:29', '2026-04-05T02:00')],
    ['2026-04-05T02:00', 'Australia/Lord_Howe', at('2026-04-04T15:30:00Z')],
    // Samoa crossed the date line: 30 December 2011 did not happen there.
    ['2011-12-29T23:59', 'Pacific/Apia', at('2011-12-30T09:59:00Z')],
    ['2011-12-30T00:00', 'Pacific/Apia', skipped('2011-12-29T23:59', '2011-12-31T00:00')],
    ['2011-12-30T23:59', 'Pacific/Apia', skipped('2011-12-29T23:59', '2011-12-31T00:00')],
    ['2011-12-31T00:00', 'Pacific/Apia', at('2011-12-30T10:00:00Z')],
    ['2026-03-29T02:30', 'UTC', at('2026-03-29T02:30:00Z')],
    ['2028-02-29T00:00', 'UTC', at('2028-02-29T00:00:00Z')],
  ])('%s %s', (local, timeZone, expected) => {
    expect(instantOf(local, timeZone)).toEqual(expected);
  });

  it.each([
    '2026-02-29T08:00',
    '2026-13-01T08:00',
    '2026-01-01T24:00',
    '2026-01-01T08:60',
    '2026-01-01',
    '2026-01-01 08:00',
    '2026-01-01T08:00Z',
    '2026-01-01T08:00:00',
    '',
  ])('"%s" is none', (local) => {
    expect(instantOf(local, 'Europe/Berlin')).toEqual({ kind: 'not-a-local-time' });
  });

  it.each(['Europe/Berln', '+01:00', '', 'toString', '12'])('"%s" is no time zone', (timeZone) => {
    expect(instantOf('2026-01-01T08:00', timeZone)).toEqual({ kind: 'unknown-zone' });
    expect(isTimeZone(timeZone)).toBe(false);
  });

  it('is what a clock of that zone shows, and the neighbours of a clock change are instants', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Asia/Kathmandu'];
    const minutes = fc.integer({ min: Date.parse('2010-01-01') / 60_000, max: Date.parse('2040-01-01') / 60_000 });
    fc.assert(
      fc.property(minutes, fc.constantFrom(...zones), (minute, timeZone) => {
        const local = new Date(minute * 60_000).toISOString().slice(0, 16);
        const resolved = instantOf(local, timeZone);
        const neighbours = 'before' in resolved ? [resolved.before, resolved.after] : [];
        const shown = resolved.kind === 'instant' ? formatInZone(resolved.at, timeZone) : null;
        expect(shown).toBe(resolved.kind === 'instant' ? `${local.replace('T', ' ')} ${timeZone}` : null);
        expect(neighbours.map((neighbour) => instantOf(neighbour, timeZone).kind)).toEqual(
          neighbours.map(() => 'instant'),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('never turns a wall clock into another hour near a clock change', () => {
    // Every minute of the days around both changes of Berlin.
    const minutes = Array.from({ length: 2 * 24 * 60 }, (_, index) => index);
    for (const day of ['2026-03-28T12:00', '2026-10-24T12:00']) {
      const kinds = minutes.map((minute) => {
        const local = new Date(Date.parse(`${day}Z`) + minute * 60_000).toISOString().slice(0, 16);
        const resolved = instantOf(local, 'Europe/Berlin');
        return resolved.kind === 'instant'
          ? formatInZone(resolved.at, 'Europe/Berlin').startsWith(local.replace('T', ' '))
          : resolved.kind;
      });
      expect(kinds.filter((kind) => kind === false)).toEqual([]);
      expect(kinds.filter((kind) => kind !== true)).toHaveLength(60);
    }
  });
});

describe('an instant as people read it', () => {
  it.each([
    ['2026-12-01T07:00:00Z', 'Europe/Berlin', '2026-12-01 08:00 Europe/Berlin'],
    ['2026-12-01T07:00:59.999Z', 'Europe/Berlin', '2026-12-01 08:00 Europe/Berlin'],
    ['2026-06-30T22:30:00Z', 'Asia/Kathmandu', '2026-07-01 04:15 Asia/Kathmandu'],
    ['1969-12-31T23:59:59Z', 'UTC', '1969-12-31 23:59 UTC'],
  ])('%s', (iso, timeZone, text) => {
    expect(formatInZone(Date.parse(iso), timeZone)).toBe(text);
  });
});

describe('why a local time is no instant', () => {
  it.each([
    [
      '2026-03-29T02:30',
      'Europe/Berlin',
      '2026-03-29T02:30 does not exist in Europe/Berlin, where clocks skip from 2026-03-29T01:59 to 2026-03-29T03:00; take one of these',
    ],
    [
      '2026-10-25T02:30',
      'Europe/Berlin',
      '2026-10-25T02:30 exists twice in Europe/Berlin, where clocks are put back; unambiguous are 2026-10-25T01:59 and 2026-10-25T03:00',
    ],
    ['tomorrow', 'Europe/Berlin', 'tomorrow is no local time; one is written 2026-12-01T08:00'],
    ['2026-10-25T02:30', 'Europe/Berln', 'Europe/Berln is no IANA time zone; one is Europe/Berlin'],
  ])('%s %s', (local, timeZone, text) => {
    const resolved = instantOf(local, timeZone);
    expect(resolved.kind === 'instant' ? '' : explainLocalTime(resolved, local, timeZone)).toBe(text);
  });
});
