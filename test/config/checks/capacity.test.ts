import { describe, expect, it } from '@jest/globals';
import { changed, problemsOf, SAMPLE } from '../sample.ts';

describe('keys that contradict each other', () => {
  it.each([
    {
      name: 'min above max',
      change: ['min: 2\n        max: 8', 'min: 9\n        max: 8'],
      problems: ['fulcrum.yml:22:14 fleets[0].services[1].min: found 9, expected at most max, which is 8'],
    },
    {
      name: 'max above hardLimit',
      change: ['hardLimit: 8', 'hardLimit: 7'],
      problems: ['fulcrum.yml:23:14 fleets[0].services[1].max: found 8, expected at most hardLimit, which is 7'],
    },
    {
      name: 'a size that Fargate does not offer',
      change: ['{ cpuUnits: 512, memoryMiB: 1024 }', '{ cpuUnits: 512, memoryMiB: 8192 }'],
      problems: [
        'fulcrum.yml:25:15 fleets[0].services[1].task: found 512 CPU units with 8192 MiB, expected a pair that Fargate offers; nearest are 512 with 4096, 1024 with 8192, 1024 with 7168',
      ],
    },
    {
      name: 'a target group without its load balancer',
      change: ['        loadBalancer: app/main/0123456789abcdef\n', ''],
      problems: [
        'fulcrum.yml:12:9 fleets[0].services[0].targetGroup: found "targetGroup" alone, expected "loadBalancer" beside it, since the request metric needs both',
      ],
    },
    {
      name: 'a load balancer without a target group',
      change: ['        targetGroup: targetgroup/core-api/0123456789abcdef\n', ''],
      problems: [
        'fulcrum.yml:12:9 fleets[0].services[0].loadBalancer: found "loadBalancer" alone, expected "targetGroup" beside it, since the request metric needs both',
      ],
    },
    {
      name: 'pools that lead to a pooler that is not there',
      change: [
        '    pooler: { cluster: main, service: pgbouncer, tasks: 2, defaultPoolSize: 25, maxClientConnections: 1000 }\n',
        '',
      ],
      problems: [
        'fulcrum.yml:18:21 fleets[0].services[0].connectsTo: found "pooler", expected a "pooler" section in the fleet',
      ],
    },
    {
      name: 'a pooler in front of no database',
      change: [
        `    database:
      identifier: main
      maxConnections: 200
      directConnections: [{ name: migrations, connections: 5 }, { name: monitoring, connections: 5 }]
`,
        '',
      ],
      problems: [
        'fulcrum.yml:26:5 fleets[0].pooler: found a pooler without a database, expected the database section that its server connections lead to',
      ],
    },
    {
      name: 'pools that lead nowhere',
      change: ['connectsTo: pooler', 'connectsTo: nothing'],
      problems: [
        'fulcrum.yml:19:9 fleets[0].services[0].pools: found pools that lead nowhere, expected "connectsTo" with "pooler" or "database", so that their connections are counted',
      ],
    },
    {
      name: 'connections that nobody counts',
      change: ['pools: [{ name: app, maxConnections: 25 }, { name: admin, maxConnections: 25 }]', 'pools: []'],
      problems: [
        'fulcrum.yml:18:21 fleets[0].services[0].connectsTo: found "pooler", expected pools, so that their connections are counted',
      ],
    },
    {
      name: 'two pools of one name',
      change: ['name: admin', 'name: app'],
      problems: [
        'fulcrum.yml:19:60 fleets[0].services[0].pools[1].name: found "app" a second time; see fulcrum.yml:19:25 fleets[0].services[0].pools[0].name',
      ],
    },
    {
      name: 'two direct connections of one name',
      change: ['name: monitoring', 'name: migrations'],
      problems: [
        'fulcrum.yml:30:73 fleets[0].database.directConnections[1].name: found "migrations" a second time; see fulcrum.yml:30:35 fleets[0].database.directConnections[0].name',
      ],
    },
    {
      name: 'more datapoints than there are',
      change: ['datapoints: 10', 'datapoints: 11'],
      problems: [
        'fulcrum.yml:42:56 fleets[0].levers.ceiling.sustained.datapoints: found 11, expected at most of, which is 10',
      ],
    },
    {
      name: 'the same for the database',
      change: ['      maxConnections: 200', '      maxConnections: 200\n      sustained: { datapoints: 6, of: 5 }'],
      problems: ['fulcrum.yml:30:32 fleets[0].database.sustained.datapoints: found 6, expected at most of, which is 5'],
    },
  ])('$name', ({ change: [from = '', to = ''], problems }) => {
    expect(problemsOf(changed(SAMPLE, from, to))).toEqual(problems);
  });
});
