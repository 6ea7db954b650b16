import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ConnectionPlan,
  connectionMath,
  exceededSides,
  mostTasksThatFit,
  type PoolerPlan,
} from '../../shared/capacity/connections.ts';

/** Production of the reference platform: core-api with two pools of 25 in each task, behind two PgBouncer tasks. */
const aPlan = (tasks: number, over: Partial<ConnectionPlan> = {}): ConnectionPlan => ({
  services: [{ name: 'core-api', tasks, connectionsPerTask: 50, connectsTo: 'pooler' }],
  pooler: aPooler(),
  database: { maxConnections: 200, usableShare: 80, directConnections: 12 },
  ...over,
});

const aPooler = (over: Partial<PoolerPlan> = {}): PoolerPlan => ({
  tasks: 2,
  poolSize: 25,
  reservePoolSize: 0,
  databaseUserPairs: 1,
  maxClientConnections: 1000,
  ...over,
});

const withoutPooler = (tasks: number): ConnectionPlan => ({
  ...aPlan(tasks, { pooler: null }),
  services: [{ name: 'core-api', tasks, connectionsPerTask: 50, connectsTo: 'database' }],
  database: { maxConnections: 200, usableShare: 80, directConnections: 0 },
});

describe('connection math of the reference platform', () => {
  it('62 of 200 connections are used: 2 PgBouncer tasks × 25, 5 migrations, 5 monitoring, 2 administrators', () => {
    expect(connectionMath(aPlan(10)).server).toEqual({ needed: 2 * 25 + 5 + 5 + 2, limit: 160, maxConnections: 200 });
    expect(connectionMath(aPlan(10)).server?.needed).toBe(62);
  });

  it.each([
    { tasks: 5, needed: 250 },
    { tasks: 10, needed: 500 },
  ])('$tasks tasks of two pools of 25 would open $needed connections without a pooler', ({ tasks, needed }) => {
    expect(connectionMath(withoutPooler(tasks)).server?.needed).toBe(needed);
    expect(exceededSides(connectionMath(withoutPooler(tasks)))).toEqual([
      { side: 'server', needed, limit: 160, maxConnections: 200 },
    ]);
  });

  it.each([
    { tasks: 5, needed: 250 },
    { tasks: 10, needed: 500 },
  ])('$tasks tasks open $needed of 2 × 1000 connections at the poolers', ({ tasks, needed }) => {
    expect(connectionMath(aPlan(tasks)).client).toEqual({ needed, limit: 2000 });
    expect(exceededSides(connectionMath(aPlan(tasks)))).toEqual([]);
  });
});

describe('connection math', () => {
  // prettier-ignore
  it.each<{ when: string; pooler: Partial<PoolerPlan>; needed: number }>([
    { when: 'a third PgBouncer task',                 pooler: { tasks: 3 },             needed: 87 },
    { when: 'a reserve of 5 in each pool',            pooler: { reservePoolSize: 5 },   needed: 72 },
    { when: 'pools for three (database, user) pairs', pooler: { databaseUserPairs: 3 }, needed: 162 },
    { when: 'all of them',                            pooler: { tasks: 3, reservePoolSize: 5, databaseUserPairs: 3 }, needed: 282 },
  ])('counts $when on the server side: $needed', ({ pooler, needed }) => {
    expect(connectionMath(aPlan(10, { pooler: aPooler(pooler) })).server?.needed).toBe(needed);
  });

  it('adds services that bypass the pooler to the server side and the others to the client side', () => {
    const services: ConnectionPlan['services'] = [
      { name: 'core-api', tasks: 10, connectionsPerTask: 50, connectsTo: 'pooler' },
      { name: 'worker', tasks: 3, connectionsPerTask: 4, connectsTo: 'database' },
      { name: 'portal', tasks: 8, connectionsPerTask: 100, connectsTo: 'nothing' },
    ];
    expect(connectionMath(aPlan(0, { services }))).toEqual({
      client: { needed: 500, limit: 2000 },
      server: { needed: 74, limit: 160, maxConnections: 200 },
    });
  });

  it.each([
    { usableShare: 100, limit: 201 },
    { usableShare: 80, limit: 160 },
    { usableShare: 0.1, limit: 0 },
  ])('of 201 connections a usable share of $usableShare is $limit, in whole ones', ({ usableShare, limit }) => {
    const database = { maxConnections: 201, usableShare, directConnections: 0 };
    expect(connectionMath(aPlan(1, { database })).server?.limit).toBe(limit);
  });

  it('has no side where there is nothing', () => {
    expect(connectionMath({ services: [], pooler: null, database: null })).toEqual({ client: null, server: null });
    expect(exceededSides({ client: null, server: null })).toEqual([]);
  });

  // prettier-ignore
  it.each([
    { client: 1000, server: 160, then: [] },
    { client: 1001, server: 160, then: ['client'] },
    { client: 1000, server: 161, then: ['server'] },
    { client: 1001, server: 161, then: ['client', 'server'] },
  ])('$client of 1000 and $server of 160: exceeded $then', ({ client, server, then }) => {
    const math = {
      client: { needed: client, limit: 1000 },
      server: { needed: server, limit: 160, maxConnections: 200 },
    };
    expect(exceededSides(math).map(({ side }) => side)).toEqual(then);
  });
});

describe('the most tasks of a service that fit', () => {
  const others: ConnectionPlan['services'] = [
    { name: 'worker', tasks: 4, connectionsPerTask: 10, connectsTo: 'pooler' },
  ];

  // prettier-ignore
  it.each<{ when: string; plan: ConnectionPlan; name?: string; then: number }>([
    { when: 'the poolers take 2000',             plan: aPlan(1),                                                     then: 40 },
    { when: 'others take 40 of them',            plan: aPlan(1, { services: [...aPlan(1).services, ...others] }),   then: 39 },
    { when: 'the database takes 160',            plan: withoutPooler(1),                                             then: 3 },
    { when: 'the others alone are too many',     plan: aPlan(1, { pooler: aPooler({ maxClientConnections: 10 }), services: [...aPlan(1).services, ...others] }), then: 0 },
    { when: 'it opens none',                     plan: { ...aPlan(1), services: [{ name: 'core-api', tasks: 1, connectionsPerTask: 0, connectsTo: 'pooler' }] }, then: Infinity },
    { when: 'it connects to nothing',            plan: { ...aPlan(1), services: [{ name: 'core-api', tasks: 1, connectionsPerTask: 50, connectsTo: 'nothing' }] }, then: Infinity },
    { when: 'there is no pooler',                plan: aPlan(1, { pooler: null }),                                   then: Infinity },
    { when: 'there is no such service',          plan: aPlan(1), name: 'portal',                                     then: Infinity },
  ])('when $when: $then', ({ plan, name = 'core-api', then }) => {
    expect(mostTasksThatFit(plan, name)).toBe(then);
  });

  const anyPlan = fc
    .record({
      perTask: fc.integer({ min: 1, max: 100 }),
      tasks: fc.integer({ min: 0, max: 50 }),
      otherTasks: fc.integer({ min: 0, max: 50 }),
      connectsTo: fc.constantFrom<'pooler' | 'database'>('pooler', 'database'),
      poolers: fc.integer({ min: 1, max: 4 }),
      maxClientConnections: fc.integer({ min: 1, max: 3000 }),
      maxConnections: fc.integer({ min: 1, max: 5000 }),
    })
    .map(
      ({ perTask, tasks, otherTasks, connectsTo, poolers, maxClientConnections, maxConnections }): ConnectionPlan => ({
        services: [
          { name: 'core-api', tasks, connectionsPerTask: perTask, connectsTo },
          { name: 'worker', tasks: otherTasks, connectionsPerTask: 7, connectsTo },
        ],
        pooler: aPooler({ tasks: poolers, maxClientConnections }),
        database: { maxConnections, usableShare: 80, directConnections: 12 },
      }),
    );

  it('law: so many fit, and one more does not', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const most = mostTasksThatFit(plan, 'core-api');
        const side = plan.services[0]!.connectsTo === 'pooler' ? 'client' : 'server';
        const isExceededAt = (tasks: number): boolean =>
          exceededSides(
            connectionMath({
              ...plan,
              services: plan.services.map((one) => (one.name === 'core-api' ? { ...one, tasks } : one)),
            }),
          ).some((exceeded) => exceeded.side === side);
        expect(isExceededAt(most + 1)).toBe(true);
        expect(most === 0 || !isExceededAt(most)).toBe(true);
      }),
    );
  });
});
