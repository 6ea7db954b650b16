import { cpus } from 'node:os';
import { PgBouncerConsole } from '../shared/adapters/pgbouncer/pooler-console.ts';
import { systemClock as clock } from '../shared/adapters/system-clock.ts';
import { systemWait } from '../shared/adapters/system-wait.ts';
import { leversSchema } from '../shared/config/levers-schema.ts';
import type { Decision } from '../shared/domain/decision.ts';
import { explain } from '../shared/domain/explain.ts';
import type { PoolerInstance, PoolerSizes, Tuning } from '../shared/domain/pooler.ts';
import { NOT_ASKED, seen } from '../shared/domain/reading.ts';
import { Secret } from '../shared/domain/secret.ts';
import type { Connections, Seconds } from '../shared/domain/units.ts';
import { evaluatePoolSize } from '../shared/levers/pool-size.ts';
import type { PoolSizeSettings } from '../shared/levers/pool-size-standing.ts';
import { observePoolers } from '../shared/workflow/observe-poolers.ts';
import { poolerCraft } from '../shared/workflow/pooler-craft.ts';
import { ADMIN } from '../test/real/servers/pgbouncer-server.ts';

/** What the connection math may plan with in front of the database of the bench. */
export interface Budget {
  readonly maxConnections: Connections;
  readonly usableShare: number;
  readonly directConnections: Connections;
}

export interface TuningStep {
  readonly decision: string;
  /** Milliseconds since 1970. */
  readonly appliedAt: number;
  /** From the first look that saw clients wait until the last PgBouncer was set and had been watched. */
  readonly ownSeconds: Seconds;
}

const NEVER = new AbortController().signal;
const wait = (seconds: Seconds): Promise<void> => systemWait(seconds, NEVER);
const MOST_STEPS = 6;
const SAMPLES = 3;
const SAMPLE_SECONDS = 0.5;
const WATCH_SECONDS = 0.5;

export const adminConsole = new PgBouncerConsole({
  login: () => Promise.resolve({ user: ADMIN.user, password: new Secret(ADMIN.password), tls: { mode: 'disable' } }),
});

/** Probe, lever and action as in production, one after the other, until the lever wants nothing more. */
export async function tunePoolers(
  instances: readonly PoolerInstance[],
  budget: Budget,
  configured: PoolerSizes,
): Promise<{ readonly steps: readonly TuningStep[]; readonly end: string }> {
  const directory = { find: () => Promise.resolve(seen({ instances, leftOut: [] }, clock.now())) };
  const craft = poolerCraft(() => ({ console: adminConsole, directory, clock, wait, watchSeconds: WATCH_SECONDS }));
  const settings = settingsOf(instances.length, budget, configured);
  const steps: TuningStep[] = [];
  let tuning: Tuning = { intended: null, intendedAt: null, effect: null };
  for (;;) {
    const startedAt = clock.now();
    const decision = await decide(directory, settings, tuning);
    const told = explain(decision);
    if (decision.kind !== 'act' || decision.change.kind !== 'tune-pgbouncer' || steps.length === MOST_STEPS) {
      return { steps, end: told };
    }
    const { failure, tuning: left } = await craft.effect(decision.change);
    if (failure !== null) return { steps, end: `${told}: ${JSON.stringify(failure)}` };
    tuning = { ...tuning, ...left };
    steps.push({ decision: told, appliedAt: clock.now(), ownSeconds: (clock.now() - startedAt) / 1000 });
  }
}

async function decide(
  directory: Parameters<typeof observePoolers>[0]['directory'],
  settings: PoolSizeSettings,
  tuning: Tuning,
): Promise<Decision> {
  const maxConnections = settings.database?.maxConnections ?? 0;
  const idleBefore = processorTimes();
  const observed = await observePoolers(
    {
      console: adminConsole,
      directory,
      clock,
      wait,
      readMaxConnections: () => Promise.resolve(seen(maxConnections, clock.now())),
    },
    { samples: SAMPLES, sampleSeconds: SAMPLE_SECONDS },
  );
  const now = clock.now();
  const cpu = { periodSeconds: 60, points: [{ at: now - 60_000, value: busyPercent(idleBefore, processorTimes()) }] };
  const pooler = { ...observed, ...tuning, peakActive: NOT_ASKED, durable: null };
  return evaluatePoolSize({ pooler, databaseCpu: seen(cpu, now) }, settings, now);
}

function settingsOf(tasks: number, budget: Budget, configured: PoolerSizes): PoolSizeSettings {
  const { maxConnections, usableShare, directConnections } = budget;
  return {
    pooler: { cluster: 'bench', service: 'pgbouncer', tasks, databaseUserPairs: 1, ...configured },
    database: { maxConnections, usableShare },
    directConnections,
    clientConnections: configured.maxClientConnections * tasks,
    lever: leversSchema.parse({})['pool-size'],
  };
}

interface ProcessorTimes {
  readonly idle: number;
  readonly total: number;
}

/** The database of the bench has the machine to itself, but for the load. */
function processorTimes(): ProcessorTimes {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  return { idle, total: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
}

function busyPercent(before: ProcessorTimes, after: ProcessorTimes): number {
  const total = after.total - before.total;
  return total === 0 ? 0 : 100 * (1 - (after.idle - before.idle) / total);
}
