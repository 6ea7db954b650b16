import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { type PgBouncerOptions, type PgBouncerServer, REPORTING } from '../servers/pgbouncer-server.ts';
import { holdFor, type Pgbench, type PgbenchOptions, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { MovedClock, tuningOf, untilWaiting } from './tuning.ts';

const MAX_CONNECTIONS = 100;
const SIZE = 3;

let servers: TestServers;
let pooler: PgBouncerServer;
let loads: Pgbench[] = [];

beforeAll(async () => {
  servers = await startTestServers({ maxConnections: MAX_CONNECTIONS, poolers: [] });
});
afterAll(() => servers.stop());
afterEach(async () => {
  for (const run of loads) run.stop();
  await Promise.allSettled(loads.map(({ finished }) => finished));
  loads = [];
  await pooler.kill();
});

async function poolerWith(settings: PgBouncerOptions['settings'] = {}): Promise<void> {
  pooler = await servers.addPooler({ settings: { default_pool_size: SIZE, ...settings } });
}

/** The tests end it: how it ends is of no matter. */
function load(clients: number, script: string, account?: PgbenchOptions['account']): void {
  const { port } = pooler;
  const run = startPgbench({ port, clients, script, ...(account === undefined ? {} : { account }) });
  run.finished.catch(() => undefined);
  loads.push(run);
}

/** Looks until so many have ended; a test that waits in vain fails by its own time limit. */
async function untilTransactions(count: number): Promise<void> {
  const ended = async (): Promise<number> => {
    const totals = await pooler.console('SHOW STATS_TOTALS');
    return Number(totals.find(({ database }) => database === 'app')?.['xact_count']);
  };
  while (!((await ended()) >= count)) await pause(50);
}

/** What one probe has decided, and where the pools stand when it has been carried out. */
async function decided(defaultPoolSize = SIZE): Promise<{ readonly told: string; readonly size: string }> {
  const poolers = [pooler];
  const scene = tuningOf({ poolers, maxConnections: MAX_CONNECTIONS, defaultPoolSize, clock: new MovedClock() });
  await scene.turn();
  const [told = 'nothing'] = await scene.story();
  return { told, size: await pooler.setting('default_pool_size') };
}

describe('clients that do not wait for the size of their pool get no larger one', () => {
  it('while their database is paused', async () => {
    await poolerWith();
    load(5, holdFor(20));
    await untilWaiting(pooler, 1);
    await pooler.console('PAUSE app');
    await untilWaiting(pooler, 5);
    const { told, size } = await decided();
    expect(told).toMatch(/^held: .*5 clients of app\/app wait, and not for its size: 0 of 3 .*is paused$/);
    expect(size).toBe(String(SIZE));
  });

  it('where max_db_connections keeps them waiting', async () => {
    await poolerWith({ default_pool_size: 10, max_db_connections: 4 });
    load(20, holdFor(50));
    await untilWaiting(pooler, 16);
    const { told, size } = await decided(10);
    expect(told).toMatch(/^held: .*not for its size: 4 of 10 connections are open, max_db_connections is reached/);
    expect(size).toBe('10');
  });

  it('where the database lets their user open fewer', async () => {
    await servers.postgres.query('ALTER ROLE app CONNECTION LIMIT 2');
    try {
      await poolerWith();
      load(12, holdFor(50));
      await untilWaiting(pooler, 10);
      const { told, size } = await decided();
      expect(told).toMatch(/^held: .*not for its size: 2 of 3 connections are open, and the database/);
      expect(size).toBe(String(SIZE));
    } finally {
      await servers.postgres.query('ALTER ROLE app CONNECTION LIMIT -1');
    }
  });
});

describe('clients that wait and are in no counter yet are seen', () => {
  it('in session mode, where those that have a connection keep it', async () => {
    await poolerWith({ pool_mode: 'session' });
    load(12, holdFor(2));
    await untilWaiting(pooler, 9);
    await pause(100);
    expect((await decided()).told).toMatch(/^decided: .*default_pool_size 3 → 12: 9 clients of app\/app wait/);
  });

  it('behind long transactions of one user, while another of the same database has many short ones', async () => {
    await poolerWith();
    load(12, holdFor(4_000), REPORTING);
    await untilWaiting(pooler, 9);
    load(3, holdFor(2));
    await untilTransactions(100);
    expect((await decided()).told).toMatch(/^decided: .*default_pool_size 3 → 12: \d+ clients of app\/reporting wait/);
  });
});
