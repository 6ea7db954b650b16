import { describe, expect, it } from '@jest/globals';
import type { Freeze } from '../../shared/config/policy.ts';
import type { Direction } from '../../shared/domain/change.ts';
import { instant } from '../../shared/domain/units.ts';
import { freezeInForce } from '../../shared/guards/freeze.ts';
import { aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';

type FreezeInput = NonNullable<FleetInput['freezes']>[number];

const freezes = (...given: FreezeInput[]): readonly Freeze[] => aFleetPolicy({ freezes: given }).freezes;

/** `until 2026-12-06T23:00:00.000Z`, or `open`. */
const state = (of: readonly Freeze[], now: string, direction: Direction = 'shrink'): string => {
  const found = freezeInForce(of, direction, instant(now));
  return found === null ? 'open' : `${found.name} until ${new Date(found.until).toISOString()}`;
};

describe('a freeze that happens once', () => {
  const election = freezes({
    name: 'Election',
    from: '2026-12-05T18:00',
    to: '2026-12-07T08:00',
    timeZone: 'Europe/Berlin',
  });

  // prettier-ignore
  it.each([
    { now: '2026-12-05T16:59:59.999Z', then: 'open' },
    { now: '2026-12-05T17:00:00Z',     then: 'Election until 2026-12-07T07:00:00.000Z' },
    { now: '2026-12-07T06:59:59.999Z', then: 'Election until 2026-12-07T07:00:00.000Z' },
    { now: '2026-12-07T07:00:00Z',     then: 'open' },
  ])('at $now: $then', ({ now, then }) => {
    expect(state(election, now)).toBe(then);
  });
});

describe('a freeze that recurs', () => {
  const weekend = freezes({ name: 'Weekend', cron: '0 16 * * 5', durationMinutes: 3840, timeZone: 'Europe/Berlin' });
  const night = freezes({ name: 'Night', cron: '0 22 * * *', durationMinutes: 480, timeZone: 'Europe/Berlin' });
  const gap = freezes({ name: 'Gap', cron: '30 2 * * *', durationMinutes: 60, timeZone: 'Europe/Berlin' });
  const always = freezes({ name: 'Always', cron: '0 * * * *', durationMinutes: 90, timeZone: 'UTC' });
  const leapDay = freezes({ name: 'Leap day', cron: '0 0 29 2 *', durationMinutes: 60, timeZone: 'UTC' });

  // prettier-ignore
  it.each([
    { of: weekend, when: 'a second before it begins',            now: '2026-12-04T14:59:59Z', then: 'open' },
    { of: weekend, when: 'as it begins',                         now: '2026-12-04T15:00:00Z', then: 'Weekend until 2026-12-07T07:00:00.000Z' },
    { of: weekend, when: 'a second before it ends',              now: '2026-12-07T06:59:59Z', then: 'Weekend until 2026-12-07T07:00:00.000Z' },
    { of: weekend, when: 'as it ends',                           now: '2026-12-07T07:00:00Z', then: 'open' },
    { of: night,   when: 'before midnight',                      now: '2026-12-01T22:59:00Z', then: 'Night until 2026-12-02T05:00:00.000Z' },
    { of: night,   when: 'after midnight',                       now: '2026-12-01T23:01:00Z', then: 'Night until 2026-12-02T05:00:00.000Z' },
    { of: night,   when: 'in the night in which clocks go back: eight hours are eight hours', now: '2026-10-25T03:59:59Z', then: 'Night until 2026-10-25T04:00:00.000Z' },
    { of: night,   when: 'at the end of that night',             now: '2026-10-25T04:00:00Z', then: 'open' },
    { of: night,   when: 'in the night in which clocks go forward', now: '2027-03-28T04:59:59Z', then: 'Night until 2027-03-28T05:00:00.000Z' },
    { of: night,   when: 'the evening after, at the new offset',  now: '2027-03-28T20:00:00Z', then: 'Night until 2027-03-29T04:00:00.000Z' },
    { of: gap,     when: 'its time is skipped: it begins where the clock goes on', now: '2027-03-28T01:00:00Z', then: 'Gap until 2027-03-28T02:00:00.000Z' },
    { of: gap,     when: 'its time is skipped: not before',      now: '2027-03-28T00:59:59Z', then: 'open' },
    { of: gap,     when: 'its time comes twice: it begins the first time', now: '2026-10-25T00:30:00Z', then: 'Gap until 2026-10-25T01:30:00.000Z' },
    { of: gap,     when: 'its time comes twice: not again',      now: '2026-10-25T01:30:00Z', then: 'open' },
    { of: always,  when: 'it lasts longer than its period',      now: '2026-12-01T12:59:59Z', then: 'Always until 2026-12-01T13:30:00.000Z' },
    { of: leapDay, when: 'it comes every four years',            now: '2028-02-29T00:30:00Z', then: 'Leap day until 2028-02-29T01:00:00.000Z' },
    { of: leapDay, when: 'it was years ago',                     now: '2027-12-01T00:30:00Z', then: 'open' },
  ])('$of.0.name, $when ($now): $then', ({ of, now, then }) => {
    expect(state(of, now)).toBe(then);
  });
});

describe('what a freeze allows', () => {
  const period = { from: '2026-12-05T00:00', to: '2026-12-06T00:00', timeZone: 'UTC' };
  const noon = '2026-12-05T12:00:00Z';

  // prettier-ignore
  it.each<{ allow: 'growth' | 'nothing' | undefined; direction: Direction; then: string }>([
    { allow: undefined, direction: 'grow',   then: 'open' },
    { allow: 'growth',  direction: 'grow',   then: 'open' },
    { allow: 'growth',  direction: 'shrink', then: 'F until 2026-12-06T00:00:00.000Z' },
    { allow: 'growth',  direction: 'repair', then: 'F until 2026-12-06T00:00:00.000Z' },
    { allow: 'nothing', direction: 'grow',   then: 'F until 2026-12-06T00:00:00.000Z' },
    { allow: 'nothing', direction: 'shrink', then: 'F until 2026-12-06T00:00:00.000Z' },
  ])('allow: $allow, a change to $direction: $then', ({ allow, direction, then }) => {
    const freeze = { name: 'F', ...period, ...(allow === undefined ? {} : { allow }) };
    expect(state(freezes(freeze), noon, direction)).toBe(then);
  });

  it('of two in force the one that forbids the change is named', () => {
    const both = freezes({ name: 'Growth only', ...period }, { name: 'Nothing', ...period, allow: 'nothing' });
    expect(state(both, noon, 'grow')).toBe('Nothing until 2026-12-06T00:00:00.000Z');
    expect(state(both, noon, 'shrink')).toBe('Growth only until 2026-12-06T00:00:00.000Z');
  });

  it('nothing is frozen without a freeze', () => {
    expect(state([], noon)).toBe('open');
  });
});
