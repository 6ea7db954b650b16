import { describe, expect, it } from '@jest/globals';
import { changed, problemsOf, SAMPLE } from '../sample.ts';

describe('the calendar', () => {
  it.each([
    {
      name: 'from after to',
      change: ['to: 2026-12-01T20:00', 'to: 2026-12-01T07:59'],
      problems: [
        'fulcrum.yml:38:13 fleets[0].calendar[0].to: found "2026-12-01T07:59", expected a time after from, which is 2026-12-01T08:00',
      ],
    },
    {
      name: 'a local time that does not exist',
      change: ['from: 2026-12-01T08:00', 'from: 2026-03-29T02:30'],
      problems: [
        'fulcrum.yml:37:15 fleets[0].calendar[0].from: 2026-03-29T02:30 does not exist in Europe/Berlin, where clocks skip from 2026-03-29T01:59 to 2026-03-29T03:00; take one of these',
      ],
    },
    {
      name: 'a local time that exists twice',
      change: ['from: 2026-12-01T08:00', 'from: 2026-10-25T02:30'],
      problems: [
        'fulcrum.yml:37:15 fleets[0].calendar[0].from: 2026-10-25T02:30 exists twice in Europe/Berlin, where clocks are put back; unambiguous are 2026-10-25T01:59 and 2026-10-25T03:00',
      ],
    },
    {
      name: 'a day that is none',
      change: ['from: 2026-12-01T08:00', 'from: 2026-02-29T08:00'],
      problems: [
        'fulcrum.yml:37:15 fleets[0].calendar[0].from: 2026-02-29T08:00 is no local time; one is written 2026-12-01T08:00',
      ],
    },
    {
      name: 'an unknown time zone is told once',
      change: ['timeZone: Europe/Berlin\n', 'timeZone: Mars/Olympus\n'],
      problems: ['fulcrum.yml:39:19 fleets[0].calendar[0].timeZone: found "Mars/Olympus", expected an IANA time zone'],
    },
    {
      name: 'a service that is misspelt',
      change: ['portal: 4 }', 'potral: 4 }'],
      problems: [
        'fulcrum.yml:40:32 fleets[0].calendar[0].floors.potral: found "potral", expected a service of the fleet; did you mean "portal"?',
      ],
    },
    {
      name: 'a service that is not there',
      change: ['portal: 4 }', 'search: 4 }'],
      problems: [
        'fulcrum.yml:40:32 fleets[0].calendar[0].floors.search: found "search", expected a service of the fleet ("core-api" or "portal")',
      ],
    },
    {
      name: 'a floor above the hard limit',
      change: ['portal: 4 }', 'portal: 9 }'],
      problems: [
        'fulcrum.yml:40:40 fleets[0].calendar[0].floors.portal: found 9, expected at most hardLimit of portal, which is 8',
      ],
    },
    {
      name: 'no floors',
      change: ['{ core-api: 8, portal: 4 }', '{}'],
      problems: [
        'fulcrum.yml:40:17 fleets[0].calendar[0].floors: found no floors, expected that of at least one service',
      ],
    },
    {
      name: 'a name without letters and digits',
      change: ['Tax deadline 2026', '"!!!"'],
      problems: [
        'fulcrum.yml:36:15 fleets[0].calendar[0].name: found a name without letters and digits, expected one with',
      ],
    },
  ])('$name', ({ change: [from = '', to = ''], problems }) => {
    expect(problemsOf(changed(SAMPLE, from, to))).toEqual(problems);
  });

  it('has no two events of one id', () => {
    const second =
      '      - { name: TAX deadline (2026), from: 2026-12-02T08:00, to: 2026-12-02T20:00, timeZone: UTC, floors: { portal: 4 } }\n';
    expect(problemsOf(changed(SAMPLE, '    levers:\n', `${second}    levers:\n`))).toEqual([
      'fulcrum.yml:41:17 fleets[0].calendar[1].name: found the id "tax-deadline-2026" a second time, expected names that differ in letters or digits; see fulcrum.yml:36:15 fleets[0].calendar[0].name',
    ]);
  });

  it('may name a floor at the hard limit', () => {
    expect(problemsOf(changed(SAMPLE, 'portal: 4 }', 'portal: 8 }'))).toEqual([]);
  });
});
