import { describe, expect, it } from '@jest/globals';
import { changed, problemsOf, SAMPLE } from '../sample.ts';

describe('freezes', () => {
  const weekend = "{ name: Weekend, cron: '0 16 * * 5', durationMinutes: 3840, timeZone: Europe/Berlin }";
  it.each([
    {
      name: 'without a time',
      freeze: '{ name: x, timeZone: UTC }',
      problem:
        '33:9 fleets[0].freezes[0]: found no time, expected either "from" and "to", or "cron" and "durationMinutes"',
    },
    {
      name: 'of both kinds',
      freeze: "{ name: x, timeZone: UTC, from: 2026-01-01T00:00, cron: '0 0 * * *' }",
      problem:
        '33:9 fleets[0].freezes[0]: found both kinds of freeze, expected either "from" and "to", or "cron" and "durationMinutes"',
    },
    {
      name: 'without an end',
      freeze: '{ name: x, timeZone: UTC, from: 2026-01-01T00:00 }',
      problem: '33:9 fleets[0].freezes[0].to: missing key "to", expected it beside "from"',
    },
    {
      name: 'without a begin',
      freeze: '{ name: x, timeZone: UTC, to: 2026-01-01T00:00 }',
      problem: '33:9 fleets[0].freezes[0].from: missing key "from", expected it beside "to"',
    },
    {
      name: 'without a cron',
      freeze: '{ name: x, timeZone: UTC, durationMinutes: 5 }',
      problem: '33:9 fleets[0].freezes[0].cron: missing key "cron", expected it beside "durationMinutes"',
    },
    {
      name: 'that recurs for ever',
      freeze: "{ name: x, timeZone: UTC, cron: '0 0 * * *' }",
      problem: '33:9 fleets[0].freezes[0].durationMinutes: missing key "durationMinutes", expected it beside "cron"',
    },
    {
      name: 'that ends as it begins',
      freeze: '{ name: x, timeZone: UTC, from: 2026-01-01T00:00, to: 2026-01-01T00:00 }',
      problem:
        '33:63 fleets[0].freezes[0].to: found "2026-01-01T00:00", expected a time after from, which is 2026-01-01T00:00',
    },
    {
      name: 'with seconds in its cron',
      freeze: "{ name: x, timeZone: UTC, cron: '0 0 16 * * 5', durationMinutes: 5 }",
      problem:
        '33:41 fleets[0].freezes[0].cron: found "0 0 16 * * 5", expected five fields: minute, hour, day of month, month, day of week',
    },
    {
      name: 'at an hour that is none',
      freeze: "{ name: x, timeZone: UTC, cron: '0 25 * * *', durationMinutes: 5 }",
      problem:
        '33:41 fleets[0].freezes[0].cron: found "0 25 * * *", expected a cron expression (Invalid value for hour: 25)',
    },
    {
      name: 'on a day that never comes',
      freeze: "{ name: x, timeZone: UTC, cron: '0 0 30 2 *', durationMinutes: 5 }",
      problem: '33:41 fleets[0].freezes[0].cron: found "0 0 30 2 *", expected a time that ever comes',
    },
    {
      name: 'on a day that only the expression itself can tell',
      freeze: "{ name: x, timeZone: UTC, cron: '0 0 L * *', durationMinutes: 5 }",
      problem:
        '33:41 fleets[0].freezes[0].cron: found "0 0 L * *", expected lists, ranges and steps of numbers or names; no L, W or #',
    },
    {
      name: 'in an unknown time zone',
      freeze: "{ name: x, timeZone: Europe/Berln, cron: '0 0 * * *', durationMinutes: 5 }",
      problem:
        '33:30 fleets[0].freezes[0].timeZone: found "Europe/Berln", expected an IANA time zone; did you mean "Europe/Berlin"?',
    },
    {
      name: 'at a time that does not exist',
      freeze: '{ name: x, timeZone: Europe/Berlin, from: 2027-03-28T02:00, to: 2027-03-29T00:00 }',
      problem:
        '33:51 fleets[0].freezes[0].from: 2027-03-28T02:00 does not exist in Europe/Berlin, where clocks skip from 2027-03-28T01:59 to 2027-03-28T03:00; take one of these',
    },
  ])('$name', ({ freeze, problem }) => {
    expect(problemsOf(changed(SAMPLE, weekend, freeze))).toEqual([`fulcrum.yml:${problem}`]);
  });

  it('may begin on a day that comes in leap years only', () => {
    expect(problemsOf(changed(SAMPLE, '0 16 * * 5', '0 0 29 2 *'))).toEqual([]);
  });
});
