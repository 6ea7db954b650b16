import { setTimeout as pause } from 'node:timers/promises';
import { consoleOf } from '../test/real/pgbouncer/consoles.ts';
import { DIRECT, MovedClock, tuningOf } from '../test/real/pgbouncer/tuning.ts';
import type { PgBouncerServer } from '../test/real/servers/pgbouncer-server.ts';
import { sampleConnections } from '../test/real/servers/connection-sampler.ts';
import { type PgbenchTransaction, quantile, startPgbench } from '../test/real/servers/pgbench.ts';
import { processorUse } from '../test/real/servers/processor-use.ts';
import { startTestServers, type TestServers } from '../test/real/servers/test-servers.ts';
import { MINUTE, type Percent } from '../shared/domain/units.ts';
import { table } from './table.ts';

export const MAX_CONNECTIONS = 100;
/** Server connections of the pools that nobody may exceed, with the two of the probe: 80 % less what goes past them. */
const POOLED_LIMIT = (MAX_CONNECTIONS * 80) / 100 - DIRECT;
const UNDERSIZED = 3;
const CLIENTS_PER_POOLER = 30;
const GRID = [3, 6, 10, 15, 20, 28, 34];
const GRID_SECONDS = 4;
const WARM_UP_MS = 1_000;
const TUNING_SECONDS = 20;
const BEFORE_MS = 2_000;
const AFTER_MS = 4_000;
const POLL_MS = 50;
const MOST_STEPS = 4;

export interface Workload {
  readonly name: string;
  /** One transaction, in the language of pgbench scripts. */
  readonly script: string;
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'transactions that hold a connection for 50 ms', script: 'SELECT pg_sleep(0.05);\n' },
  {
    name: 'half of it processor time',
    script: 'SELECT pg_sleep(0.002);\nSELECT count(*) FROM generate_series(1, 8000);\n',
  },
];

export interface Performance {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/**
 * PostgreSQL and two PgBouncers of which the pools are too small, under pgbench: the best size by trying all, and what
 * probe, lever and action make of it while the load runs.
 *
 * @throws Error that names the command which installs the servers
 */
export async function benchPgbouncer(): Promise<string> {
  const servers = await startTestServers({
    maxConnections: MAX_CONNECTIONS,
    poolers: [{}, {}].map(() => ({ settings: { default_pool_size: UNDERSIZED } })),
  });
  try {
    const sections: string[] = [];
    for (const workload of WORKLOADS) sections.push(await benchWorkload(servers, workload));
    return sections.join('\n\n');
  } finally {
    await servers.stop();
  }
}

async function benchWorkload(servers: TestServers, { name, script }: Workload): Promise<string> {
  const upwards = await measureSizes(servers, script, GRID);
  const tuned = await tuneUnderLoad(servers, script);
  // Half before and half after, in opposite order: what else the machine does meanwhile then counts less.
  const downwards = await measureSizes(servers, script, GRID.toReversed());
  const grid = GRID.map((size) => {
    const both = [upwards.get(size), downwards.get(size)].flatMap((one) => (one === undefined ? [] : [one]));
    const mean = (of: (one: Performance) => number): number =>
      both.reduce((sum, one) => sum + of(one), 0) / both.length;
    return { size, perSecond: mean(({ perSecond }) => perSecond), p99Ms: mean(({ p99Ms }) => p99Ms) };
  });
  const best = grid.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const ratio = (value: number, to: number): string => (value / to).toFixed(2);
  const row = (what: string, { perSecond, p99Ms }: Performance): readonly string[] => [
    what,
    ratio(perSecond, best.perSecond),
    ratio(p99Ms, best.p99Ms),
    perSecond.toFixed(0),
    p99Ms.toFixed(0),
  ];
  const rows = [
    ...grid.map((one) => row(`default_pool_size ${one.size}${one === best ? ', the best' : ''}`, one)),
    row('before', tuned.before),
    row('after', tuned.after),
  ];
  return [
    `### ${2 * CLIENTS_PER_POOLER} clients, ${name}`,
    table(['', 'throughput, of the best', 'p99, of the best', 'a second', 'p99 ms'], rows),
    tuned.story,
  ].join('\n\n');
}

/** What pools of each size make of a load of so many clients at each PgBouncer. */
export async function measureSizes(
  servers: TestServers,
  script: string,
  sizes: readonly number[],
  clients = CLIENTS_PER_POOLER,
): Promise<ReadonlyMap<number, Performance>> {
  const measured = new Map<number, Performance>();
  for (const size of sizes) {
    await resize(servers, size);
    const { slice } = await load(servers, script, GRID_SECONDS, clients).finished;
    measured.set(size, performanceIn(slice, WARM_UP_MS, GRID_SECONDS * 1000));
  }
  return measured;
}

interface Tuned {
  readonly before: Performance;
  readonly after: Performance;
  readonly story: string;
}

async function tuneUnderLoad(servers: TestServers, script: string): Promise<Tuned> {
  const { poolers, postgres } = servers;
  await resize(servers, UNDERSIZED);
  const sampler = await sampleConnections(postgres);
  const running = load(servers, script, TUNING_SECONDS, CLIENTS_PER_POOLER);
  const use = processorUse(postgres.pid);
  await pause(BEFORE_MS + WARM_UP_MS);
  const clock = new MovedClock();
  const databaseCpu = (): Percent => use().percent;
  const shared = { poolers, maxConnections: MAX_CONNECTIONS, defaultPoolSize: UNDERSIZED, clock };
  const scene = tuningOf({ ...shared, databaseCpu });
  const seconds: string[] = [];
  for (let turn = 0; turn <= MOST_STEPS; turn += 1) {
    const started = clock.now();
    if ((await scene.turn()).length === 0) break;
    seconds.push(((clock.now() - started) / 1000).toFixed(1));
    clock.advance(MINUTE);
  }
  const { slice, failures } = await running.finished;
  const most = Math.max(...(await sampler.stop()).map(({ connections }) => connections));
  const lines = [
    ...(await scene.story()).map((line) => `    ${line}`),
    '',
    `Steps: ${seconds.length}, each with its probe and with what is watched after it in ${seconds.join(', ')} s. ` +
      `Failed transactions: ${failures}. Most server connections at any moment: ${most} of ${POOLED_LIMIT}.`,
  ];
  return {
    before: performanceIn(slice, WARM_UP_MS, WARM_UP_MS + BEFORE_MS),
    after: performanceIn(slice, TUNING_SECONDS * 1000 - AFTER_MS, TUNING_SECONDS * 1000),
    story: lines.join('\n'),
  };
}

/** Transactions that ended between two moments, in milliseconds after the first one of all. */
type Slice = (fromMs: number, toMs: number) => readonly PgbenchTransaction[];

interface Load {
  readonly finished: Promise<{ readonly slice: Slice; readonly failures: number }>;
}

function load(servers: TestServers, script: string, seconds: number, clients: number): Load {
  const runs = servers.poolers.map(({ port }) => startPgbench({ port, clients, seconds, script }));
  const finished = Promise.all(runs.map((run) => run.finished)).then((results) => {
    const all = results.flatMap(({ transactions }) => transactions);
    const first = all.reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
    return {
      slice: (fromMs: number, toMs: number) => all.filter(({ at }) => at - first >= fromMs && at - first < toMs),
      failures: results.reduce((sum, { failures }) => sum + failures, 0),
    };
  });
  return { finished };
}

function performanceIn(slice: Slice, fromMs: number, toMs: number): Performance {
  const transactions = slice(fromMs, toMs);
  const p99Ms = quantile(
    transactions.map(({ latencyMs }) => latencyMs),
    0.99,
  );
  return { perSecond: transactions.length / ((toMs - fromMs) / 1000), p99Ms };
}

async function resize({ poolers }: TestServers, to: number): Promise<void> {
  for (const pooler of poolers) {
    const from = Number(await pooler.setting('default_pool_size'));
    const outcome = await consoleOf().set(pooler.instance, { size: 'defaultPoolSize', from, to });
    if (outcome.kind !== 'set') throw new Error(`cannot set default_pool_size: ${outcome.kind}`);
    // Connections beyond a smaller size are closed when the janitor of PgBouncer finds them idle, thrice a second. A load
    // that comes before would keep them busy.
    // The probe has one of its own, which stays.
    while ((await openConnections(pooler)) > to + 1) await pause(POLL_MS);
  }
}

async function openConnections(pooler: PgBouncerServer): Promise<number> {
  const databases = await pooler.console('SHOW DATABASES');
  return databases.reduce((sum, { current_connections: open }) => sum + Number(open), 0);
}
