import { describe, expect, it } from '@jest/globals';
import { changed, problemsOf, SAMPLE, SECOND_FLEET } from '../sample.ts';

describe('two owners', () => {
  const where = 'in account 111122223333, eu-central-1 has two owners; see fulcrum.yml';
  it.each([
    {
      name: 'of one service',
      second: changed(SECOND_FLEET, 'cluster: other', 'cluster: main, service: portal'),
      problem: `fulcrum.yml:48:9 fleets[1].services[0]: ECS service main/portal ${where}:20:9 fleets[0].services[1]`,
    },
    {
      name: 'of one pooler, one of them as a service',
      second: changed(SECOND_FLEET, 'cluster: other', 'cluster: main, service: pgbouncer'),
      problem: `fulcrum.yml:48:9 fleets[1].services[0]: ECS service main/pgbouncer ${where}:26:13 fleets[0].pooler`,
    },
    {
      name: 'of one database',
      second: `${SECOND_FLEET}\n    database: { identifier: main, maxConnections: 10 }`,
      problem: `fulcrum.yml:49:15 fleets[1].database: rds-instance main ${where}:28:7 fleets[0].database`,
    },
    {
      name: 'of one cache',
      second: `${SECOND_FLEET}\n    cache: { replicationGroup: main }`,
      problem: `fulcrum.yml:49:32 fleets[1].cache.replicationGroup: replication group main ${where}:31:32 fleets[0].cache.replicationGroup`,
    },
  ])('$name', ({ second, problem }) => {
    expect(problemsOf(SAMPLE + second)).toEqual([problem]);
  });

  it('of one ECS service within a fleet: the pooler is no service to scale', () => {
    expect(problemsOf(changed(SAMPLE, '- name: portal', '- name: portal\n        service: pgbouncer'))).toEqual([
      `fulcrum.yml:27:13 fleets[0].pooler: ECS service main/pgbouncer ${where}:20:9 fleets[0].services[1]`,
    ]);
  });

  it.each([
    ['account', "account: '111122223333'", "account: '444455556666'"],
    ['region', 'region: eu-central-1', 'region: us-east-1'],
  ])('are none in another %s', (_, from, to) => {
    const second = changed(changed(SECOND_FLEET, 'cluster: other', 'cluster: main, service: portal'), from, to);
    expect(problemsOf(SAMPLE + second)).toEqual([]);
  });

  it('an Aurora cluster may have the name of an instance', () => {
    const second = `${SECOND_FLEET}\n    database: { kind: aurora-cluster, identifier: main, maxConnections: 10 }`;
    expect(problemsOf(SAMPLE + second)).toEqual([]);
  });

  it('names are unique: of services within a fleet, of fleets everywhere', () => {
    expect(problemsOf(SAMPLE + changed(SECOND_FLEET, 'name: second', 'name: production'))).toEqual([
      'fulcrum.yml:43:11 fleets[1].name: found "production" a second time; see fulcrum.yml:4:11 fleets[0].name',
    ]);
    expect(
      problemsOf(changed(SAMPLE, '- name: portal', '- name: core-api').replace('portal: 4', 'core-api: 4')),
    ).toContain(
      'fulcrum.yml:20:15 fleets[0].services[1].name: found "core-api" a second time; see fulcrum.yml:9:15 fleets[0].services[0].name',
    );
  });
});
