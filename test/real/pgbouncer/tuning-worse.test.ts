import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readyIn } from '../../../shared/capacity/surplus-connections.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { seen } from '../../../shared/domain/reading.ts';
import type { PoolerScene } from '../../support/pooler-scene.ts';
import { holdFor, type Pgbench, startPgbench } from '../servers/pgbench.ts';
import type { PgBouncerServer } from '../servers/pgbouncer-server.ts';
import { processorUse } from '../servers/processor-use.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { connectThrough, consoleOf } from './consoles.ts';
import { MovedClock, tuningOf, type TuningOptions, untilWaiting } from './tuning.ts';

const MAX_CONNECTIONS = 60;
const CLIENTS = 12;

let servers: TestServers;
let poolers: readonly PgBouncerServer[] = [];
let loads: Pgbench[] = [];
let clients: { readonly stop: () => Promise<void> }[] = [];
let clock: MovedClock;

beforeAll(async () => {
  servers = await startTestServers({ maxConnections: MAX_CONNECTIONS, poolers: [] });
  // As a table that cannot bear that many at once: PostgreSQL tells at once what has touched a table.
  await servers.postgres.query('CREATE TABLE work AS SELECT generate_series(1, 100) AS id', 'app');
  await servers.postgres.query('GRANT SELECT ON work TO app', 'app');
  await servers.postgres.query(
    `CREATE FUNCTION work_with_at_most(others int) RETURNS int LANGUAGE plpgsql AS $$
     DECLARE busy int;
     BEGIN
       PERFORM count(*) FROM work;
       PERFORM pg_sleep(0.02);
       SELECT count(*) INTO busy FROM pg_stat_activity WHERE usename = 'app' AND state = 'active';
       IF busy > others THEN RAISE EXCEPTION 'only % at once', others; END IF;
       RETURN busy;
     END $$`,
    'app',
  );
  // As sessions that spin on each other's locks: as much gets done, at the cost of more CPU.
  await servers.postgres.query(
    `CREATE FUNCTION work_in_each_others_way() RETURNS int LANGUAGE plpgsql AS $$
     DECLARE busy int;
     BEGIN
       SELECT count(*) INTO busy FROM pg_stat_activity WHERE usename = 'app' AND state = 'active';
       PERFORM pg_sleep(0.02 * busy);
       PERFORM count(*) FROM generate_series(1, 10000 * busy);
       RETURN busy;
     END $$`,
    'app',
  );
});
afterAll(() => servers.stop());
beforeEach(() => {
  clock = new MovedClock();
});
afterEach(async () => {
  for (const run of loads) run.stop();
  await Promise.allSettled(loads.map(({ finished }) => finished));
  await Promise.all(clients.map(({ stop }) => stop()));
  await Promise.all(poolers.map((pooler) => pooler.kill()));
  await servers.postgres.query('ALTER ROLE app CONNECTION LIMIT -1');
  [loads, clients] = [[], []];
});

async function twoPoolers(defaultPoolSize: number): Promise<void> {
  const settings = { default_pool_size: defaultPoolSize };
  poolers = [await servers.addPooler({ settings }), await servers.addPooler({ settings })];
}

function load(script: string): void {
  for (const { port } of poolers) {
    const run = startPgbench({ port, clients: CLIENTS, script });
    run.finished.catch(() => undefined);
    loads.push(run);
  }
}

/** Clients that go on after an error, which those of pgbench do not. */
async function loadThatGoesOn(statement: string, clientsOfEach: number): Promise<void> {
  for (const pooler of poolers) {
    for (let client = 0; client < clientsOfEach; client += 1) {
      const connection = await connectThrough(pooler);
      const over = new AbortController();
      const work = (async () => {
        while (!over.signal.aborted) await connection.query(statement).catch(() => undefined);
      })();
      clients.push({
        stop: async () => {
          over.abort();
          await work;
          await connection.end().catch(() => undefined);
        },
      });
    }
  }
}

const scene = (over: Partial<TuningOptions> & Pick<TuningOptions, 'defaultPoolSize'>): PoolerScene =>
  tuningOf({ poolers, maxConnections: MAX_CONNECTIONS, clock, ...over });
const sizes = (): Promise<readonly string[]> =>
  Promise.all(poolers.map((pooler) => pooler.setting('default_pool_size')));

async function openServers(pooler: PgBouncerServer): Promise<number> {
  const look = await consoleOf().read(pooler.instance);
  if (look.kind === 'failed') throw new Error(look.because.code);
  return look.value.pools.reduce((sum, pool) => sum + readyIn(pool), 0);
}

async function failed(told: PoolerScene): Promise<AuditRecord> {
  const record = (await told.records()).at(-1)!;
  process.stdout.write(`${record.sentence}\n`);
  expect(record.transition).toBe('failed');
  return record;
}

it('a growth with which transactions fail is taken back on all, and not tried again for an hour', async () => {
  await twoPoolers(3);
  // One step leads to 12, however many of them are between two transactions when it is looked at.
  const clientsOfEach = 24;
  // The first PgBouncer may grow; the second is too much.
  await loadThatGoesOn('SELECT work_with_at_most(18)', clientsOfEach);
  for (const pooler of poolers) await untilWaiting(pooler, clientsOfEach - 3);
  const told = scene({ defaultPoolSize: 3 });
  expect(await told.turn()).toMatchObject([{ kind: 'failed', because: { because: 'made-worse' } }]);
  const { sentence } = await failed(told);
  const [, failedBefore, ofBefore, failures, of] =
    /it made things worse \((\d+) of (\d+) → (\d+) of (\d+) transactions failed\); brought back on \S+, \S+$|$/.exec(
      sentence,
    ) ?? [];
  expect(Number(failures) / Number(of)).toBeGreaterThan(2 * (Number(failedBefore) / Number(ofBefore)) + 0.02);
  expect(await sizes()).toEqual(['3', '3']);
  // Else every pool would keep what it has opened for as long as clients wait.
  for (const pooler of poolers) expect(await openServers(pooler)).toBeLessThanOrEqual(3);

  for (const pooler of poolers) await untilWaiting(pooler, clientsOfEach - 3);
  clock.advance(600);
  expect(await told.turn()).toEqual([]);
  expect((await told.story()).at(-1)).toMatch(
    /^held: .*from 3 to 12 was taken back \(.* transactions failed\), no further/,
  );
  expect(await sizes()).toEqual(['3', '3']);
});

it('a growth with which the CPU of the database rises above its limit is taken back on all', async () => {
  await twoPoolers(1);
  load('SELECT work_in_each_others_way();\n');
  for (const pooler of poolers) await untilWaiting(pooler, CLIENTS - 1);
  const use = processorUse(servers.postgres.pid, () => clock.now());
  await pause(2_000);
  // Whoever else works on this machine takes of it, before and after.
  const limit = Math.ceil(2 * use().percent);
  const told = scene({
    defaultPoolSize: 1,
    cpuHighPercent: limit,
    databaseCpu: () => 0,
    readCpu: () => {
      const { at, percent } = use();
      return Promise.resolve(seen({ at, percent }, at));
    },
  });
  expect(await told.turn()).toMatchObject([{ kind: 'failed', because: { because: 'made-worse' } }]);
  expect((await failed(told)).sentence).toMatch(
    new RegExp(
      `it made things worse \\(CPU of the database [\\d.]+ % → [\\d.]+ % for \\d+ → \\d+ transactions a second, the limit is ${limit} %\\); brought back on \\S+, \\S+$`,
    ),
  );
  expect(await sizes()).toEqual(['1', '1']);
});

it('a growth that the database refuses connections for is taken back, though nobody got less through', async () => {
  await twoPoolers(3);
  load(holdFor(20));
  for (const pooler of poolers) await untilWaiting(pooler, CLIENTS - 3);
  await servers.postgres.query('ALTER ROLE app CONNECTION LIMIT 8');
  const told = scene({ defaultPoolSize: 3 });
  expect(await told.turn()).toMatchObject([{ kind: 'failed', because: { because: 'made-worse' } }]);
  expect((await failed(told)).sentence).toMatch(
    /the database lets no further connection of app\/app in: 5 of 12 are open, \d+ clients wait\); brought back on \S+$/,
  );
  expect(await sizes()).toEqual(['3', '3']);
});
