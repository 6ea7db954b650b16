import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connections, EpochMs, Seconds } from '../../../shared/domain/units.ts';
import type { PoolerConsole } from '../../../shared/pooler-port.ts';
import type { PoolerScene } from '../../support/pooler-scene.ts';
import { sampleConnections } from '../servers/connection-sampler.ts';
import { type Pgbench, type PgbenchResult, quantile, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { consoleOf } from './consoles.ts';
import { consoleBut, DIRECT, MovedClock, tuningOf, untilWaiting } from './tuning.ts';

const MAX_CONNECTIONS = 100;
/**
 * So long that what the processors of a busy machine add to it is little, and not all alike: clients that ask and are
 * answered at the same moments would be counted as one more wave or one less.
 */
const TRANSACTION = '\\set ms random(250, 350)\nSELECT pg_sleep(:ms / 1000.0);\n';
const SLICES = 3;
const SLICE_MS = 3_000;
const MOST_STEPS = 3;
/** Of what a step waits on purpose: the looks of its probe, and before and between the PgBouncers. */
const MOST_WAITED_SECONDS = 5;
/** Of what it does besides: asking consoles, one after the other. */
const MOST_READINGS = 100;

let servers: TestServers | null = null;
let loads: readonly Pgbench[] = [];
afterEach(async () => {
  for (const run of loads) run.stop();
  await Promise.allSettled(loads.map(({ finished }) => finished));
  await servers?.stop();
  [servers, loads] = [null, []];
});

function load({ poolers }: TestServers, clients: number): void {
  loads = poolers.map(({ port }) => startPgbench({ port, clients, script: TRANSACTION }));
  for (const run of loads) run.finished.catch(() => undefined);
}

async function endLoad(): Promise<Pick<PgbenchResult, 'transactions' | 'failures'>> {
  for (const run of loads) run.end();
  const results = await Promise.all(loads.map(({ finished }) => finished));
  return {
    transactions: results.flatMap(({ transactions }) => transactions),
    failures: results.reduce((sum, { failures }) => sum + failures, 0),
  };
}

/**
 * Looks until every client is served or waits, and nearly as many at once as can be served; a test that waits in vain fails
 * by its own time limit.
 */
async function untilBusy({ poolers }: TestServers, size: Connections, clients: number): Promise<void> {
  const served = Math.min(size, clients);
  for (const pooler of poolers) {
    const isBusy = async (): Promise<boolean> =>
      (await pooler.console('SHOW POOLS'))
        .filter(({ user }) => user === 'app')
        .some(
          ({ cl_active: active, cl_waiting: waiting, sv_active: busy }) =>
            Number(active) + Number(waiting) === clients && Number(busy) >= 0.9 * served,
        );
    while (!(await isBusy())) await pause(50);
  }
}

/** When it was begun. */
async function whileMeasured(): Promise<EpochMs> {
  const from = Date.now();
  await pause(SLICES * SLICE_MS);
  return from;
}

/** The best of a few slices, for every size alike: a machine that stops for a moment, for whatever reason, spoils one. */
function perSecond({ transactions }: Pick<PgbenchResult, 'transactions'>, measuredFrom: EpochMs): number {
  const slices = Array.from({ length: SLICES }, (_, index) => measuredFrom + index * SLICE_MS);
  const counts = slices.map((from) => transactions.filter(({ at }) => at >= from && at < from + SLICE_MS).length);
  return Math.max(...counts) / (SLICE_MS / 1000);
}

/** Of a load whose clients are all there, with every connection that it can have open. */
async function throughputAt(at: TestServers, size: Connections, clients: number): Promise<number> {
  for (const pooler of at.poolers) {
    const from = Number(await pooler.setting('default_pool_size'));
    if (from !== size) await consoleOf().set(pooler.instance, { size: 'defaultPoolSize', from, to: size });
  }
  load(at, clients);
  await untilBusy(at, size, clients);
  const measuredFrom = await whileMeasured();
  return perSecond(await endLoad(), measuredFrom);
}

interface Watch {
  readonly console: PoolerConsole;
  readonly wait: (seconds: Seconds) => Promise<void>;
  /** Begins to watch, and tells what has been since when a value was last set. */
  readonly sinceNow: () => () => Omit<Step, 'size'>;
}

interface Step {
  readonly size: string;
  readonly ownSeconds: Seconds;
  /** Of them it has waited on purpose. */
  readonly waitedSeconds: Seconds;
  readonly readingSeconds: readonly Seconds[];
}

function watched(): Watch {
  const console = consoleOf();
  let [started, waitedSeconds, readingSeconds]: [number, Seconds, readonly Seconds[]] = [0, 0, []];
  let soFar: Omit<Step, 'size'> = { ownSeconds: 0, waitedSeconds, readingSeconds };
  const secondsSince = (at: number): Seconds => (performance.now() - at) / 1000;
  const read: PoolerConsole['read'] = async (instance) => {
    const from = performance.now();
    const look = await console.read(instance);
    readingSeconds = [...readingSeconds, secondsSince(from)];
    return look;
  };
  const set: PoolerConsole['set'] = async (instance, move) => {
    const outcome = await console.set(instance, move);
    soFar = { ownSeconds: secondsSince(started), waitedSeconds, readingSeconds };
    return outcome;
  };
  return {
    console: consoleBut(console, { read, set }),
    wait: async (seconds) => {
      waitedSeconds += seconds;
      await pause(seconds * 1000);
    },
    sinceNow: () => {
      [started, waitedSeconds, readingSeconds] = [performance.now(), 0, []];
      return () => soFar;
    },
  };
}

/** Probe and tuning, a minute apart, until a probe orders nothing more. */
async function tuneUntilCalm(scene: PoolerScene, clock: MovedClock, { sinceNow }: Watch): Promise<readonly Step[]> {
  const steps: Step[] = [];
  while (steps.length <= MOST_STEPS) {
    const sofar = sinceNow();
    const outcomes = await scene.turn();
    if (outcomes.length === 0) break;
    expect(outcomes).toEqual([{ kind: 'applied' }]);
    const decided = (await scene.records()).findLast(({ transition }) => transition === 'decided');
    steps.push({ size: decided?.sentence ?? '', ...sofar() });
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
      const watch = watched();
      const { console, wait } = watch;
      const scene = tuningOf({ poolers, maxConnections: MAX_CONNECTIONS, defaultPoolSize, clock, console, wait });
      const sampler = await sampleConnections(postgres);
      load(servers, clients);
      for (const pooler of poolers) await untilWaiting(pooler, clients - defaultPoolSize);
      const steps = await tuneUntilCalm(scene, clock, watch);
      const measuredFrom = await whileMeasured();
      await sampler.takes(10);
      const { transactions, failures } = await endLoad();
      const samples = await sampler.stop();

      const tuned = perSecond({ transactions }, measuredFrom);
      const best = Math.max(...measured);
      const most = Math.max(...samples.map(({ connections }) => connections));
      const inSeconds = ({ ownSeconds, waitedSeconds }: Step): string =>
        `${ownSeconds.toFixed(1)} s (${waitedSeconds} s on purpose)`;
      process.stdout.write(
        [
          `${clients} clients on each of ${count}: ${steps.map(inSeconds).join(', ')}`,
          `${(tuned / best).toFixed(3)} of the best of the grid (${measured.map((one) => (one / best).toFixed(2)).join(', ')})`,
          `at most ${most} connections, ${failures} failures`,
          ...steps.map(({ size }) => size),
          '',
        ].join('\n'),
      );
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.length).toBeLessThanOrEqual(MOST_STEPS);
      for (const { ownSeconds, waitedSeconds, readingSeconds } of steps) {
        expect(waitedSeconds).toBeLessThanOrEqual(MOST_WAITED_SECONDS);
        expect((ownSeconds - waitedSeconds) / quantile(readingSeconds, 0.5)).toBeLessThan(MOST_READINGS);
      }
      expect(tuned / best).toBeGreaterThanOrEqual(0.95);
      expect(failures).toBe(0);
      expect(most + DIRECT).toBeLessThanOrEqual((MAX_CONNECTIONS * 80) / 100);
      const verified = (await scene.records()).filter(({ transition }) => transition === 'verified');
      expect(verified.map(({ reasons }) => reasons[0]?.code)).toEqual(steps.map(() => 'pools-in-place'));
    },
  );
});

async function openConnections({ postgres }: TestServers): Promise<number> {
  const [row] = await postgres.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'postgres'",
  );
  return Number(row?.['n']);
}
