import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PoolerReading } from '../../../shared/domain/pooler.ts';
import { sampleConnections } from '../servers/connection-sampler.ts';
import { APPLICATION, type PgBouncerOptions, type PgBouncerServer, REPORTING } from '../servers/pgbouncer-server.ts';
import { holdFor, type Pgbench, type PgbenchOptions, quantile, startPgbench } from '../servers/pgbench.ts';
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

/** Goes on until it is ended, by its test or after it. */
function load(options: Omit<PgbenchOptions, 'port' | 'script' | 'seconds'> & { readonly holdMs?: number }): Pgbench {
  const { holdMs = HOLD_MS, ...rest } = options;
  const started = startPgbench({ port: pooler!.port, script: holdFor(holdMs), ...rest });
  loads.push(started);
  return started;
}

async function read(): Promise<PoolerReading> {
  const look = await consoleOf().read(pooler!.instance);
  if (look.kind === 'failed') throw new Error(look.because.code);
  return look.value;
}

async function millisOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
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
const open = ({ databases }: PoolerReading): number =>
  databases.reduce((sum, { currentConnections }) => sum + currentConnections, 0);
const transactions = ({ databases }: PoolerReading): number => databases[0]?.totals.transactions ?? 0;

describe('under load', () => {
  it('shows who waits, how long, and what the counters say of it', async () => {
    await start({ settings: { default_pool_size: 2 } });
    const running = load({ clients: 20 });
    // The first twenty have waited less than all that follow.
    const first = await readUntil((reading) => waiting(reading) === 18 && transactions(reading) > 40);
    const from = performance.now();
    const second = await readUntil((reading) => transactions(reading) > transactions(first) + 150);
    const passedSeconds = (performance.now() - from) / 1000;

    expect(second.pools).toHaveLength(1);
    expect(second.pools[0]).toMatchObject({ database: 'app', user: 'app', serversActive: expect.any(Number) });
    expect(second.pools[0]!.longestWaitSeconds).toBeGreaterThan(0.05);
    expect(second.clientConnections).toBe(20);
    expect(open(second)).toBe(2);

    const [before, after] = [first.databases[0]!.totals, second.databases[0]!.totals];
    const querySeconds = after.querySeconds - before.querySeconds;
    const averageQueryMs = (querySeconds / (after.transactions - before.transactions)) * 1000;
    expect(averageQueryMs).toBeGreaterThan(HOLD_MS * 0.9);
    // While clients wait both connections are in use, however fast the machine is.
    expect(querySeconds / passedSeconds).toBeGreaterThan(1.4);
    expect(querySeconds / passedSeconds).toBeLessThan(2.6);
    // Twenty clients share two connections: each waits nine turns for its own.
    const turnsWaited = (after.waitSeconds - before.waitSeconds) / querySeconds;
    expect(turnsWaited).toBeGreaterThan(7);
    expect(turnsWaited).toBeLessThan(11);
    running.end();
    expect((await running.finished).failures).toBe(0);
  });

  it('SET ends the waiting while the load goes on, without a failed transaction, and never above the new size', async () => {
    await start({ settings: { default_pool_size: 1 } });
    const sampler = await sampleConnections(servers.postgres);
    const running = load({ clients: 20 });
    await readUntil((reading) => waiting(reading) >= 18 && transactions(reading) > 60);
    await sampler.takes(5);
    const setAt = Date.now();
    expect(await consoleOf().set(pooler!.instance, { size: 'defaultPoolSize', from: 1, to: 20 })).toEqual({
      kind: 'set',
    });
    const calm = await readUntil((reading) => waiting(reading) === 0 && open(reading) === 20);
    const calmAt = Date.now();
    await readUntil((reading) => transactions(reading) > transactions(calm) + 200);
    await sampler.takes(5);
    running.end();

    const result = await running.finished;
    expect(result.failures).toBe(0);
    const before = result.transactions.filter(({ at }) => at < setAt);
    const after = result.transactions.filter(({ at, latencyMs }) => at - latencyMs > calmAt);
    const average = (all: typeof before): number => all.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / all.length;
    process.stdout.write(
      `twenty clients: ${average(before).toFixed(0)} ms with one connection, ${average(after).toFixed(0)} ms with twenty, ` +
        `which were open ${calmAt - setAt} ms after SET\n`,
    );
    // How soon twenty logins are done is the machine's; a PgBouncer that has to try again waits for server_login_retry, 15 s.
    expect(calmAt - setAt).toBeLessThan(15_000);
    expect(average(before) / average(after)).toBeGreaterThan(5);

    const samples = await sampler.stop();
    const between = (from: number, to: number): readonly number[] =>
      samples.filter(({ at }) => at >= from && at < to).map(({ connections }) => connections);
    expect(Math.max(...between(0, setAt))).toBe(1);
    expect(Math.max(...between(setAt, Infinity))).toBe(20);
  });

  it('SET and RECONNECT shrink a busy pool as transactions end, and none fails', async () => {
    await start({ settings: { default_pool_size: 12 } });
    const running = load({ clients: 12, holdMs: 100 });
    await readUntil(({ pools }) => pools[0]?.serversActive === 12);
    await consoleOf().set(pooler!.instance, { size: 'defaultPoolSize', from: 12, to: 3 });
    // SET alone closes what is idle; of twelve that are in use hardly one ever is.
    expect(await consoleOf().reconnect(pooler!.instance, 'app')).toBeNull();
    const shrunk = await readUntil((reading) => open(reading) === 3 && waiting(reading) >= 8);
    await readUntil((reading) => transactions(reading) > transactions(shrunk) + 12);
    running.end();
    expect((await running.finished).failures).toBe(0);
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
    // The reserve opens for a client that has waited five seconds: nobody here waits a tenth of a second.
    const inUse = ({ pools }: PoolerReading): readonly (readonly [string, string, number])[] =>
      pools.map(({ database, user, serversActive, serversIdle, serversOther }) => [
        database,
        user,
        serversActive + serversIdle + serversOther,
      ]);
    const reading = await readUntil(
      (seen) =>
        seen.clientConnections === 30 &&
        inUse(seen).reduce((sum, [, , servers]) => sum + servers, 0) >= 10 &&
        open(seen) >= 10,
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

  it('0 gives at most one connection before 1.24, and as many as clients since', async () => {
    await start({ settings: { default_pool_size: 0 } });
    load({ clients: 6, holdMs: 100 });
    const { version } = await read();
    const isOld = Number(version.split('.')[1]) < 24;
    // An old one opens a connection for the first login, and closes it where it finds it idle before it is asked for.
    const settled = await readUntil((reading) =>
      isOld ? reading.clientConnections === 6 && waiting(reading) >= 5 : reading.pools[0]?.serversActive === 6,
    );
    expect(settled.sizes.defaultPoolSize).toBe(0);
    expect(settled.databases[0]?.poolSize).toBe(0);
    expect(open(settled)).toBeLessThanOrEqual(isOld ? 1 : 6);
    expect(waiting(settled)).toBeLessThanOrEqual(isOld ? 6 : 0);
  });

  it('beyond max_connections of the database PgBouncer itself does not refuse: the budget is ours to keep', async () => {
    await start({ settings: { default_pool_size: 5 } });
    expect(await consoleOf().set(pooler!.instance, { size: 'defaultPoolSize', from: 5, to: 500 })).toEqual({
      kind: 'set',
    });
    expect((await read()).sizes.defaultPoolSize).toBe(500);
  });
});

it('one whole reading takes little more than the login for it', async () => {
  await start({});
  const client = await connectThrough(pooler!, 'app', APPLICATION);
  const [logins, readings]: [number[], number[]] = [[], []];
  // In turn, so that whatever else the machine does is in both.
  for (let turn = 0; turn < 30; turn++) {
    logins.push(await millisOf(() => pooler!.console('SHOW VERSION')));
    readings.push(await millisOf(read));
  }
  await client.end();
  const [login, reading] = [quantile(logins, 0.5), quantile(readings, 0.5)];
  process.stdout.write(
    `reading of one PgBouncer: median ${reading.toFixed(1)} ms, slowest ${Math.max(...readings).toFixed(1)} ms, ` +
      `a login and one command ${login.toFixed(1)} ms\n`,
  );
  expect(reading / login).toBeLessThan(4);
});
