import { describe, expect, it } from '@jest/globals';
import { loadPolicy } from '../../shared/config/load.ts';
import { formatProblem } from '../../shared/config/problem.ts';

/** Two pools of 25 a task behind one PgBouncer of 1,000 clients: 20 tasks are all that fit. */
function fleetWith({
  max,
  poolSize,
  maxConnections,
}: {
  max: number;
  poolSize: number;
  maxConnections: number;
}): string {
  return `
version: 1
fleets:
  - name: production
    environment: production
    region: eu-central-1
    account: '111122223333'
    services:
      - name: core-api
        cluster: production
        min: 2
        max: ${max}
        hardLimit: 40
        task: { cpuUnits: 1024, memoryMiB: 2048 }
        connectsTo: pooler
        pools: [{ name: admin, maxConnections: 25 }, { name: app, maxConnections: 25 }]
    pooler: { cluster: production, service: pgbouncer, tasks: 1, defaultPoolSize: ${poolSize}, maxClientConnections: 1000 }
    database:
      identifier: production
      maxConnections: ${maxConnections}
      directConnections: [{ name: all, connections: 12 }]
`;
}

describe('connection math at the configured ceilings', () => {
  it.each([
    { when: '20 tasks fill the client side', fleet: { max: 20, poolSize: 25, maxConnections: 200 }, then: [] },
    {
      when: '21 tasks are one too many',
      fleet: { max: 21, poolSize: 25, maxConnections: 200 },
      then: [
        'fulcrum.yml:17:5 fleets[0].pooler: at their max the services open 1050 client connections, the pooler takes 1000, expected a lower max, smaller pools, or more maxClientConnections or pooler tasks',
      ],
    },
    {
      when: '148 server connections fill 80 % of 200',
      fleet: { max: 10, poolSize: 148, maxConnections: 200 },
      then: [],
    },
    {
      when: '149 are one too many',
      fleet: { max: 10, poolSize: 149, maxConnections: 200 },
      then: [
        'fulcrum.yml:18:5 fleets[0].database: at their max the services open 161 database connections, 160 of max_connections may be used, expected a lower max, smaller pools, a smaller defaultPoolSize, or more maxConnections',
      ],
    },
  ])('$when', ({ fleet, then }) => {
    const loaded = loadPolicy(fleetWith(fleet), 'fulcrum.yml');
    expect(loaded.kind === 'invalid' ? loaded.problems.map(formatProblem) : []).toEqual(then);
  });
});
