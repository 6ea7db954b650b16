import { describe, expect, it } from '@jest/globals';
import { changed, policyOf, problemsOf, SAMPLE, SECOND_FLEET } from './sample.ts';

describe('a valid file', () => {
  it('has no problems', () => {
    expect(problemsOf(SAMPLE)).toEqual([]);
    expect(problemsOf(SAMPLE + SECOND_FLEET)).toEqual([]);
  });

  it('has its names and local times resolved', () => {
    const [fleet] = policyOf(SAMPLE).fleets;
    expect(fleet?.services.map(({ name, service }) => [name, service])).toEqual([
      ['core-api', 'core-api-v2'],
      ['portal', 'portal'],
    ]);
    expect(fleet?.calendar).toEqual([
      {
        id: 'tax-deadline-2026',
        name: 'Tax deadline 2026',
        from: Date.parse('2026-12-01T07:00:00Z'),
        to: Date.parse('2026-12-01T19:00:00Z'),
        timeZone: 'Europe/Berlin',
        floors: { 'core-api': 8, portal: 4 },
        source: 'calendar',
      },
    ]);
    expect(fleet?.freezes).toEqual([
      {
        kind: 'recurring',
        name: 'Weekend',
        allow: 'growth',
        recurrence: {
          minutes: [0],
          hours: [16],
          daysOfMonth: Array.from({ length: 31 }, (_, index) => index + 1),
          months: Array.from({ length: 12 }, (_, index) => index + 1),
          weekdays: [5],
          days: 'both',
        },
        durationMinutes: 3840,
        timeZone: 'Europe/Berlin',
      },
      {
        kind: 'once',
        name: 'New year',
        allow: 'growth',
        from: Date.parse('2026-12-31T17:00:00Z'),
        to: Date.parse('2027-01-01T11:00:00Z'),
      },
    ]);
  });

  it('observes only, where it does not say otherwise', () => {
    const levers = policyOf(SAMPLE).fleets[0]?.levers;
    expect([levers?.['target-tracking'].mode, levers?.ceiling.mode, levers?.['known-event'].mode]).toEqual([
      'observe',
      'apply',
      'observe',
    ]);
  });

  it('may use anchors and merge keys', () => {
    const text = changed(
      changed(SAMPLE, 'task: { cpuUnits: 1024', 'task: &task { cpuUnits: 1024'),
      'task: { cpuUnits: 512, memoryMiB: 1024 }',
      'task: { <<: *task, memoryMiB: 4096 }',
    );
    expect(policyOf(text).fleets[0]?.services[1]?.task).toMatchObject({ cpuUnits: 1024, memoryMiB: 4096 });
  });
});

describe('a wrong key or value', () => {
  it.each([
    {
      name: 'a misspelt key that something else needs is told once',
      change: ['        max: 10', '        maxx: 10'],
      problems: ['fulcrum.yml:15:9 fleets[0].services[0].maxx: unknown key "maxx"; did you mean "max"?'],
    },
    {
      name: 'a misspelt key beside the right one hides nothing of it',
      change: ['max: 8', 'max: eight\n        maxx: 30'],
      problems: [
        'fulcrum.yml:23:14 fleets[0].services[1].max: found "eight", expected a whole number from 1 to 5000',
        'fulcrum.yml:24:9 fleets[0].services[1].maxx: unknown key "maxx"; did you mean "max"?',
      ],
    },
    {
      name: 'a misspelt key beside the right one is not read for it',
      change: ['max: 8', 'max: 8\n        maxx: 30'],
      problems: ['fulcrum.yml:24:9 fleets[0].services[1].maxx: unknown key "maxx"; did you mean "max"?'],
    },
    {
      name: 'a key that nothing resembles',
      change: ['cache: { replicationGroup: main }', 'cache: { replicationGroup: main, wibble: 1 }'],
      problems: ['fulcrum.yml:31:38 fleets[0].cache.wibble: unknown key "wibble", expected "replicationGroup"'],
    },
    {
      name: 'a key in other capitals',
      change: ['notify:', 'Notify:'],
      problems: ['fulcrum.yml:2:1 Notify: unknown key "Notify"; did you mean "notify"?'],
    },
    {
      name: 'a missing key',
      change: ['      maxConnections: 200\n', ''],
      problems: [
        'fulcrum.yml:28:7 fleets[0].database.maxConnections: missing key "maxConnections", expected a whole number from 1 to 100000',
      ],
    },
    {
      name: 'a key without a value',
      change: ['        min: 2\n        max: 10', '        min:\n        max: 10'],
      problems: ['fulcrum.yml:14:13 fleets[0].services[0].min: found nothing, expected a whole number from 0 to 5000'],
    },
    {
      name: 'text for a number',
      change: ['max: 8', 'max: eight'],
      problems: ['fulcrum.yml:23:14 fleets[0].services[1].max: found "eight", expected a whole number from 1 to 5000'],
    },
    {
      name: 'half a task',
      change: ['max: 8', 'max: 7.5'],
      problems: ['fulcrum.yml:23:14 fleets[0].services[1].max: found 7.5, expected a whole number from 1 to 5000'],
    },
    {
      name: 'no number',
      change: ['max: 8', 'max: .nan'],
      problems: ['fulcrum.yml:23:14 fleets[0].services[1].max: found NaN, expected a whole number from 1 to 5000'],
    },
    {
      name: 'a list for a map',
      change: ['cache: { replicationGroup: main }', 'cache: [main]'],
      problems: ['fulcrum.yml:31:12 fleets[0].cache: found a list of 1, expected a map of keys'],
    },
    {
      name: 'an account without quotes',
      change: [`'111122223333'`, '111122223333'],
      problems: [
        'fulcrum.yml:7:14 fleets[0].account: found 111122223333, expected twelve digits in quotes, such as "111122223333"',
      ],
    },
    {
      name: 'a name that is none',
      change: ['- name: portal', '- name: Portal_1'],
      problems: [
        'fulcrum.yml:20:15 fleets[0].services[1].name: found "Portal_1", expected at most 63 lower-case letters, digits and hyphens, beginning with a letter, such as "core-api"',
        'fulcrum.yml:40:32 fleets[0].calendar[0].floors.portal: found "portal", expected a service of the fleet; did you mean "Portal_1"?',
      ],
    },
    {
      name: 'a misspelt choice',
      change: ['mode: apply', 'mode: aply'],
      problems: [
        'fulcrum.yml:42:24 fleets[0].levers.ceiling.mode: found "aply", expected "off", "observe", "propose" or "apply"; did you mean "apply"?',
      ],
    },
    {
      name: 'another version of the format',
      change: ['version: 1', 'version: 2'],
      problems: ['fulcrum.yml:1:10 version: found 2, expected 1'],
    },
    {
      name: 'a share above everything',
      change: ['      maxConnections: 200', '      maxConnections: 200\n      usableShare: 101'],
      problems: ['fulcrum.yml:30:20 fleets[0].database.usableShare: found 101, expected a number above 0, at most 100'],
    },
    {
      name: 'an address that is none',
      change: ['on-call@example.org', 'on-call'],
      problems: ['fulcrum.yml:2:10 notify[0]: found "on-call", expected an e-mail address'],
    },
    {
      name: 'a floor for a name that is none',
      change: ['portal: 4 }', 'PORTAL: 4 }'],
      problems: [
        'fulcrum.yml:40:32 fleets[0].calendar[0].floors.PORTAL: found key "PORTAL", expected at most 63 lower-case letters, digits and hyphens, beginning with a letter, such as "core-api"',
      ],
    },
    {
      name: 'a floor of nothing',
      change: ['portal: 4 }', 'portal: 0 }'],
      problems: [
        'fulcrum.yml:40:40 fleets[0].calendar[0].floors.portal: found 0, expected a whole number from 1 to 5000',
      ],
    },
    {
      name: 'a wrong value behind an anchor is told at the anchor’s use',
      change: [
        'task: { cpuUnits: 512, memoryMiB: 1024 }',
        'task: &t { cpuUnits: 512, memoryMiB: 1024 }\n        pools: *t',
      ],
      problems: ['fulcrum.yml:26:16 fleets[0].services[1].pools: found a map of keys, expected a list'],
    },
  ])('$name', ({ change: [from = '', to = ''], problems }) => {
    expect(problemsOf(changed(SAMPLE, from, to))).toEqual(problems);
  });
});

describe('the text itself', () => {
  it.each([
    { name: 'an empty file', text: '', problems: ['fulcrum.yml:1:1: found nothing, expected a map of keys'] },
    { name: 'comments alone', text: '# later\n', problems: ['fulcrum.yml:1:1: found nothing, expected a map of keys'] },
    { name: 'a list', text: '- 1\n', problems: ['fulcrum.yml:1:1: found a list of 1, expected a map of keys'] },
    {
      name: 'a tab',
      text: 'version: 1\nfleets:\n\t- name: x\n',
      problems: ['fulcrum.yml:3:1: Tabs are not allowed as indentation'],
    },
    {
      name: 'an open bracket',
      text: 'version: 1\nfleets: [\n',
      problems: ['fulcrum.yml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    },
    {
      name: 'an alias without an anchor',
      text: 'version: *v\n',
      problems: ['fulcrum.yml:1:10: no anchor &v stands above *v'],
    },
    {
      name: 'a second document',
      text: 'version: 1\n---\nversion: 1\n',
      problems: ['fulcrum.yml:2:1: found a second document, expected one'],
    },
  ])('$name', ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('a doubled key does not hide the other problems', () => {
    const text = changed(changed(SAMPLE, 'max: 8', 'max: eight'), 'version: 1', 'version: 1\n"version" : 1');
    expect(problemsOf(text)).toEqual([
      'fulcrum.yml:2:1: found key "version" a second time',
      'fulcrum.yml:24:14 fleets[0].services[1].max: found "eight", expected a whole number from 1 to 5000',
    ]);
  });

  it('anchors of anchors of anchors are not followed for ever', () => {
    const rungs = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
    const text = `a0: &a0 [x]\n${rungs.join('\n')}\n`;
    expect(problemsOf(text)).toEqual(['fulcrum.yml:1:1: the anchors stand for more than can be read']);
  });

  it('a byte-order mark and Windows line ends are read', () => {
    const text = `\uFEFF${changed(SAMPLE, 'max: 8', 'max: 9').replaceAll('\n', '\r\n')}`;
    expect(problemsOf(text)).toEqual([
      'fulcrum.yml:23:14 fleets[0].services[1].max: found 9, expected at most hardLimit, which is 8',
    ]);
  });
});

it('tells all problems at once, in the order of the file', () => {
  const text = [
    ['version: 1', 'version: one'],
    ['        max: 10', '        maxx: 30'],
    ['{ cpuUnits: 512, memoryMiB: 1024 }', '{ cpuUnits: 512, memoryMiB: 512 }'],
    ['timeZone: Europe/Berlin\n', 'timeZone: Europe/Berlim\n'],
    ['datapoints: 10', 'datapoints: 70'],
  ].reduce((sofar, [from = '', to = '']) => changed(sofar, from, to), SAMPLE);
  expect(problemsOf(text)).toEqual([
    'fulcrum.yml:1:10 version: found "one", expected 1',
    // Read as `max`, so that the next round does not begin with it.
    'fulcrum.yml:9:9 fleets[0].services[0].max: found 30, expected at most hardLimit, which is 20',
    'fulcrum.yml:15:9 fleets[0].services[0].maxx: unknown key "maxx"; did you mean "max"?',
    'fulcrum.yml:25:15 fleets[0].services[1].task: found 512 CPU units with 512 MiB, expected a pair that Fargate offers; nearest are 256 with 512, 512 with 1024, 256 with 1024',
    'fulcrum.yml:39:19 fleets[0].calendar[0].timeZone: found "Europe/Berlim", expected an IANA time zone; did you mean "Europe/Berlin"?',
    'fulcrum.yml:42:56 fleets[0].levers.ceiling.sustained.datapoints: found 70, expected a whole number from 1 to 60',
  ]);
});
