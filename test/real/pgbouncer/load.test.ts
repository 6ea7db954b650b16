import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PoolerReading } from '../../../shared/domain/pooler.ts';
import { sampleConnections } from '../servers/connection-sampler.ts';
import { APPLICATION, type PgBouncerOptions, type PgBouncerServer, REPORTING } from '../servers/pgbouncer-server.ts';
import { holdFor, type Pgbench, type PgbenchOptions, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { connectThrough, consoleOf } from './consoles.ts';

const HOLD_MS = 20;

let servers: TestServers;
let pooler: PgBouncerServer | null;
let loads: Pgbench[];

beforeAll(async () => {
  servers = await startTestServers({ maxConnections: 60, poolers: [] });
});
afterAll(() => servers.stop());
beforeEach(() => {
  pooler = null;
  loads = [];
});
afterEach(async () => {
  for (const load of loads) load.stop();
  await Promise.allSettled(loads.map(({ finished }) => finished));
  await pooler?.kill();
});

async function start(options: PgBouncerOptions): Promise<PgBouncerServer> {
  pooler = await servers.addPooler(options);
  return pooler;
}

function load(options: Omit<PgbenchOptions, 'port' | 'script' | 'seconds'> & { readonly seconds?: number }): Pgbench {
  const started = startPgbench({ port: pooler!.port, seconds: 3, script: holdFor(HOLD_MS), ...options });
  loads.push(started);
  return started;
}

async function read(): Promise<PoolerReading> {
  const look = await consoleOf().read(pooler!.instance);
  if (look.kind === 'failed') throw new Error(look.because.code);
  return look.value;
}

/** Looks until it is so; a test that waits in vain fails by its own time limit. */
async function readUntil(holds: (reading: PoolerReading) => boolean): Promise<PoolerReading> {
  for (;;) {
    const reading = await read();
    if (holds(reading)) return reading;
  }
}

const waiting = ({ pools }: PoolerReading): number =>
  pools.reduce((sum, { clientsWaiting }) => sum + clientsWaiting, 0);

describe('under load', () => {
  it('shows who waits, how long, and what the counters say of it', async () => {
    await start({ settings: { default_pool_size: 2 } });
    const { finished } = load({ clients: 20 });
    const first = await readUntil((reading) => waiting(reading) === 18);
    const second = await readUntil(({ databases }) => (databases[0]?.totals.transactions ?? 0) > 150);

    expect(second.pools).toHaveLength(1);
    expect(second.pools[0]).toMatchObject({ database: 'app', user: 'app', serversActive: expect.any(Number) });
    expect(second.pools[0]!.longestWaitSeconds).toBeGreaterThan(0.05);
    expect(second.clientConnections).toBe(20);
    expect(second.databases[0]?.currentConnections).toBe(2);

    const [before, after] = [first.databases[0]!.totals, second.databases[0]!.totals];
    const transactions = after.transactions - before.transactions;
    // Twenty clients share two connections: each waits nine turns for its own.
    const averageWaitMs = ((after.waitSeconds - before.waitSeconds) / transactions) * 1000;
    const averageQueryMs = ((after.querySeconds - before.querySeconds) / transactions) * 1000;
    expect(averageQueryMs).toBeGreaterThan(HOLD_MS * 0.9);
    expect(averageQueryMs).toBeLessThan(HOLD_MS * 2);
    expect(averageWaitMs / averageQueryMs).toBeGreaterThan(7);
    expect(averageWaitMs / averageQueryMs).toBeLessThan(11);
    expect((await finished).failures).toBe(0);
  });

  it('SET ends the waiting within a second, without a failed transaction, and never above the new size', async () => {
    await start({ settings: { default_pool_size: 2 } });
    const sampler = await sampleConnections(servers.postgres);
    const { finished } = load({ clients: 20, seconds: 4 });
    await readUntil((reading) => waiting(reading) >= 18 && (reading.databases[0]?.totals.transactions ?? 0) > 60);
    const setAt = Date.now();
    expect(await consoleOf().set(pooler!.instance, { size: 'defaultPoolSize', from: 2, to: 20 })).toEqual({
      kind: 'set',
    });
    await readUntil((reading) => waiting(reading) === 0);
    expect(Date.now() - setAt).toBeLessThan(1_000);

    const result = await finished;
    expect(result.failures).toBe(0);
    const before = result.transactions.filter(({ at }) => at < setAt);
    const after = result.transactions.filter(({ at }) => at > setAt + 1_000);
    const average = (all: typeof before): number => all.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / all.length;
    expect(average(before) / average(after)).toBeGreaterThan(5);

    const samples = await sampler.stop();
    expect(samples.length).toBeGreaterThan(20);
    const between = (from: number, to: number): readonly number[] =>
      samples.filter(({ at }) => at >= from && at < to).map(({ connections }) => connections);
    expect(Math.max(...between(0, setAt))).toBe(2);
    expect(Math.max(...between(setAt, Infinity))).toBe(20);
  });

  it('SET shrinks a busy pool as connections are released, without a failed transaction', async () => {
    await start({ settings: { default_pool_size: 12 } });
    const { finished } = load({ clients: 12 });
    await readUntil(({ pools }) => pools[0]?.serversActive === 12);
    await consoleOf().set(pooler!.instance, { size: 'defaultPoolSize', from: 12, to: 3 });
    await readUntil(({ databases }) => databases[0]?.currentConnections === 3);
    expect((await finished).failures).toBe(0);
  });
});

describe('sizes in force', () => {
  it('each database by its own, each user with a pool of his own', async () => {
    await start({
      settings: { default_pool_size: 4, reserve_pool_size: 1 },
      databases: { app: '', reports: 'pool_size=2 reserve_pool=0 max_db_connections=9' },
    });
    load({ clients: 10 });
    load({ clients: 10, database: 'reports' });
    load({ clients: 10, account: REPORTING });
    // The reserve opens after clients have waited five seconds, which is longer than this load.
    const inUse = ({ pools }: PoolerReading): readonly (readonly [string, string, number])[] =>
      pools.map(({ database, user, serversActive, serversIdle, serversOther }) => [
        database,
        user,
        serversActive + serversIdle + serversOther,
      ]);
    const reading = await readUntil(
      (seen) => seen.clientConnections === 30 && inUse(seen).reduce((sum, [, , servers]) => sum + servers, 0) >= 10,
    );
    expect(inUse(reading)).toEqual([
      ['app', 'app', 4],
      ['app', 'reporting', 4],
      ['reports', 'app', 2],
    ]);
    expect(reading.databases).toMatchObject([
      { name: 'app', poolSize: 4, reservePoolSize: 1, sizeFrom: 'default', maxConnections: 0, currentConnections: 8 },
      { name: 'reports', poolSize: 2, reservePoolSize: 0, sizeFrom: 'own', maxConnections: 9, currentConnections: 2 },
    ]);
    expect(reading.clientConnections).toBe(30);
  });

  it('0 gives one connection before 1.24, and as many as clients since', async () => {
    await start({ settings: { default_pool_size: 0 } });
    load({ clients: 6 });
    const reading = await readUntil(
      ({ clientConnections, pools }) => clientConnections === 6 && pools[0] !== undefined,
    );
    const isOld = Number(reading.version.split('.')[1]) < 24;
    const settled = await readUntil(({ pools }) => pools[0]?.serversActive === (isOld ? 1 : 6));
    expect(settled.sizes.defaultPoolSize).toBe(0);
    expect(settled.databases[0]?.poolSize).toBe(0);
    expect(waiting(settled)).toBe(isOld ? 5 : 0);
  });

  it('beyond max_connections of the database PgBouncer itself does not refuse: the budget is ours to keep', async () => {
    await start({ settings: { default_pool_size: 5 } });
    expect(await consoleOf().set(pooler!.instance, { size: 'defaultPoolSize', from: 5, to: 500 })).toEqual({
      kind: 'set',
    });
    expect((await read()).sizes.defaultPoolSize).toBe(500);
  });
});

it('one whole reading takes milliseconds', async () => {
  await start({});
  const client = await connectThrough(pooler!, 'app', APPLICATION);
  const times: number[] = [];
  for (let turn = 0; turn < 30; turn++) {
    const started = performance.now();
    await read();
    times.push(performance.now() - started);
  }
  await client.end();
  times.sort((a, b) => a - b);
  process.stdout.write(
    `reading of one PgBouncer: median ${times[15]!.toFixed(1)} ms, slowest ${times[29]!.toFixed(1)} ms\n`,
  );
  expect(times[15]).toBeLessThan(100);
});
