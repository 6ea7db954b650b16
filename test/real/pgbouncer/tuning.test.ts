import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connections } from '../../../shared/domain/units.ts';
import type { PoolerConsole } from '../../../shared/pooler-port.ts';
import type { PoolerScene } from '../../support/pooler-scene.ts';
import { sampleConnections } from '../servers/connection-sampler.ts';
import { holdFor, type PgbenchTransaction, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { consoleOf } from './consoles.ts';
import { consoleBut, DIRECT, MovedClock, tuningOf, untilWaiting } from './tuning.ts';

const MAX_CONNECTIONS = 100;
/** Long enough that the processors of the machine are never what holds it back. */
const HOLD_MS = 50;
const GRID_SECONDS = 2;
const TUNED_SECONDS = 3;
const MOST_STEPS = 3;

let servers: TestServers | null = null;
afterEach(async () => {
  await servers?.stop();
  servers = null;
});

const perSecond = (transactions: readonly PgbenchTransaction[], from: number, to: number): number =>
  transactions.filter(({ at }) => at >= from && at < to).length / ((to - from) / 1000);

interface Load {
  readonly finished: Promise<{ readonly transactions: readonly PgbenchTransaction[]; readonly failures: number }>;
}

function load({ poolers }: TestServers, clients: number, seconds: number): Load {
  const runs = poolers.map(({ port }) => startPgbench({ port, clients, seconds, script: holdFor(HOLD_MS) }));
  const finished = Promise.all(runs.map((run) => run.finished)).then((results) => ({
    transactions: results.flatMap(({ transactions }) => transactions),
    failures: results.reduce((sum, { failures }) => sum + failures, 0),
  }));
  return { finished };
}

/** The last second of a load of so many seconds at a size. */
async function throughputAt(at: TestServers, size: Connections, clients: number): Promise<number> {
  for (const pooler of at.poolers) {
    const from = Number(await pooler.setting('default_pool_size'));
    if (from !== size) await consoleOf().set(pooler.instance, { size: 'defaultPoolSize', from, to: size });
  }
  const { transactions } = await load(at, clients, GRID_SECONDS).finished;
  const end = Math.max(...transactions.map((one) => one.at));
  return perSecond(transactions, end - 1_000, end);
}

/** Notes when a value was last set. */
function watched(): { readonly console: PoolerConsole; readonly lastSetAt: () => number } {
  const console = consoleOf();
  let at = 0;
  const set: PoolerConsole['set'] = async (instance, move) => {
    const outcome = await console.set(instance, move);
    at = Date.now();
    return outcome;
  };
  return { console: consoleBut(console, { set }), lastSetAt: () => at };
}

interface Step {
  readonly size: string;
  readonly ownSeconds: number;
}

/** Probe and tuning, a minute apart, until a probe orders nothing more. */
async function tuneUntilCalm(scene: PoolerScene, clock: MovedClock, lastSetAt: () => number): Promise<readonly Step[]> {
  const steps: Step[] = [];
  while (steps.length <= MOST_STEPS) {
    const started = Date.now();
    const outcomes = await scene.turn();
    if (outcomes.length === 0) break;
    expect(outcomes).toEqual([{ kind: 'applied' }]);
    const decided = (await scene.records()).findLast(({ transition }) => transition === 'decided');
    steps.push({ size: decided?.sentence ?? '', ownSeconds: (lastSetAt() - started) / 1000 });
    clock.advance(60);
  }
  return steps;
}

describe('an under-sized pool under load, from the first probe that sees who waits', () => {
  it.each([
    { poolers: 2, clients: 30, defaultPoolSize: 2, grid: [2, 8, 15, 30] },
    { poolers: 1, clients: 40, defaultPoolSize: 5, grid: [5, 10, 20, 40, 60] },
    // Of 100 connections 80 may be planned with, 12 go past the pools: the best that is allowed is 34.
    { poolers: 2, clients: 40, defaultPoolSize: 3, grid: [3, 12, 24, 34] },
  ])(
    '$clients clients for $defaultPoolSize connections on each of $poolers',
    async ({ poolers: count, clients, defaultPoolSize, grid }) => {
      servers = await startTestServers({
        maxConnections: MAX_CONNECTIONS,
        poolers: Array.from({ length: count }, () => ({ settings: { default_pool_size: defaultPoolSize } })),
      });
      const { poolers, postgres } = servers;
      const measured: number[] = [];
      for (const size of grid) measured.push(await throughputAt(servers, size, clients));
      for (const pooler of poolers) await pooler.console('RELOAD');
      const least = poolers.map((pooler) => pooler.setting('default_pool_size'));
      expect(await Promise.all(least)).toEqual(poolers.map(() => String(defaultPoolSize)));
      // What a larger size has left open is closed when it has been released.
      while ((await openConnections(servers)) > count * defaultPoolSize) await pause(50);

      const clock = new MovedClock();
      const { console, lastSetAt } = watched();
      const scene = tuningOf({ poolers, maxConnections: MAX_CONNECTIONS, defaultPoolSize, clock, console });
      const sampler = await sampleConnections(postgres);
      const running = load(servers, clients, 26);
      for (const pooler of poolers) await untilWaiting(pooler, clients - defaultPoolSize);
      const steps = await tuneUntilCalm(scene, clock, lastSetAt);
      const tunedAt = Date.now();
      const { transactions, failures } = await running.finished;
      const samples = await sampler.stop();

      const tuned = perSecond(transactions, tunedAt, tunedAt + TUNED_SECONDS * 1000);
      const best = Math.max(...measured);
      const most = Math.max(...samples.map(({ connections }) => connections));
      process.stdout.write(
        [
          `${clients} clients on each of ${count}: ${steps.map(({ ownSeconds }) => ownSeconds.toFixed(1)).join(', ')} s`,
          `${(tuned / best).toFixed(3)} of the best of the grid (${measured.map((one) => (one / best).toFixed(2)).join(', ')})`,
          `at most ${most} connections, ${failures} failures`,
          ...steps.map(({ size }) => size),
          '',
        ].join('\n'),
      );
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.length).toBeLessThanOrEqual(MOST_STEPS);
      for (const { ownSeconds } of steps) expect(ownSeconds).toBeLessThanOrEqual(5);
      expect(tuned / best).toBeGreaterThanOrEqual(0.95);
      expect(failures).toBe(0);
      expect(samples.length).toBeGreaterThan(100);
      expect(most + DIRECT).toBeLessThanOrEqual((MAX_CONNECTIONS * 80) / 100);
      const verified = (await scene.records()).filter(({ transition }) => transition === 'verified');
      expect(verified.map(({ reasons }) => reasons[0]?.code)).toEqual(steps.map(() => 'pools-in-place'));
    },
    120_000,
  );
});

async function openConnections({ postgres }: TestServers): Promise<number> {
  const [row] = await postgres.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'postgres'",
  );
  return Number(row?.['n']);
}
