import { setTimeout as pause } from 'node:timers/promises';
import type { Connections, Percent, Seconds } from '../../../shared/domain/units.ts';
import type { PoolerInstance } from '../../../shared/domain/pooler.ts';
import type { DurablePoolSizes, PoolerConsole } from '../../../shared/pooler-port.ts';
import { seen } from '../../../shared/domain/reading.ts';
import { readDatabaseCounters } from '../../../shared/adapters/pgbouncer/database-counters.ts';
import { readMaxConnections } from '../../../shared/adapters/pgbouncer/database-limit.ts';
import { Secret } from '../../../shared/domain/secret.ts';
import type { DatabaseWatch } from '../../../shared/workflow/watch-database.ts';
import { type FleetInput, aPolicy } from '../../support/builders/policy.ts';
import { PoolerScene } from '../../support/pooler-scene.ts';
import { REPORTING, type PgBouncerServer } from '../servers/pgbouncer-server.ts';
import { consoleOf } from './consoles.ts';

/** Time goes on as it does, and is besides moved on by the test: a minute to the next probe is not waited for. */
export class MovedClock {
  #ahead: Seconds = 0;

  now(): number {
    return Date.now() + this.#ahead * 1000;
  }

  advance(seconds: Seconds): void {
    this.#ahead += seconds;
  }
}

export const DIRECT: Connections = 10;

export interface TuningOptions {
  readonly poolers: readonly PgBouncerServer[];
  readonly maxConnections: Connections;
  readonly defaultPoolSize: Connections;
  readonly clock: MovedClock;
  readonly console?: PoolerConsole;
  /** Instead of letting the time pass alone. */
  readonly wait?: (seconds: Seconds) => Promise<void>;
  readonly durable?: DurablePoolSizes;
  readonly lever?: NonNullable<NonNullable<FleetInput['levers']>['pool-size']>;
  readonly watchSeconds?: Seconds;
  /** Of the newest minutes. */
  readonly databaseCpu?: () => Percent;
  readonly cpuHighPercent?: Percent;
  /** What the action reads instead, while it tunes. */
  readonly readCpu?: DatabaseWatch['readCpu'];
}

/** Probe and actions as deployed, in front of real PgBouncers; only AWS is in memory. */
export function tuningOf(options: TuningOptions): PoolerScene {
  const { poolers, maxConnections, defaultPoolSize, clock, console = consoleOf(), durable = null } = options;
  const instances: readonly PoolerInstance[] = poolers.map(({ instance }, index) => ({
    ...instance,
    availabilityZone: `zone-${index}`,
  }));
  const directory = { find: () => Promise.resolve(seen({ instances, leftOut: [] }, clock.now())) };
  const login = () =>
    Promise.resolve({
      user: REPORTING.user,
      password: new Secret(REPORTING.password),
      tls: { mode: 'disable' } as const,
    });
  const policy = aPolicy([
    {
      database: {
        identifier: 'production',
        maxConnections,
        ...(options.cpuHighPercent === undefined ? {} : { cpuHighPercent: options.cpuHighPercent }),
        directConnections: [{ name: 'people', connections: DIRECT }],
      },
      pooler: {
        cluster: 'production',
        service: 'pgbouncer',
        tasks: poolers.length,
        defaultPoolSize,
        maxClientConnections: 200,
        console: {
          passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:console-AbCdEf',
          // It asks the database for its limit through a pool of its own, where nobody waits.
          user: REPORTING.user,
          database: 'app',
        },
      },
      levers: { 'pool-size': { mode: 'apply', ...options.lever } },
    },
  ]);
  return new PoolerScene({
    policy,
    clock,
    watchSeconds: options.watchSeconds ?? 1,
    ...(options.databaseCpu === undefined ? {} : { databaseCpu: options.databaseCpu }),
    database: {
      readCounters: () => readDatabaseCounters({ directory, login, clock, database: 'app' }),
      ...(options.readCpu === undefined ? {} : { readCpu: options.readCpu }),
    },
    poolers: {
      durable,
      tools: {
        console,
        directory,
        clock,
        wait: options.wait ?? ((seconds) => pause(seconds * 1000)),
        readMaxConnections: () => readMaxConnections({ directory, login, clock, database: 'app' }),
      },
    },
  });
}

/** A console of which one part is done otherwise. */
export function consoleBut(console: PoolerConsole, part: Partial<PoolerConsole>): PoolerConsole {
  return {
    read: (instance) => console.read(instance),
    set: (instance, move) => console.set(instance, move),
    pause: (instance, database, drainSeconds) => console.pause(instance, database, drainSeconds),
    resume: (instance, database) => console.resume(instance, database),
    reconnect: (instance, database) => console.reconnect(instance, database),
    reload: (instance) => console.reload(instance),
    ...part,
  };
}

/** Looks until so many clients wait; a test that waits in vain fails by its own time limit. */
export async function untilWaiting(pooler: PgBouncerServer, clients: number): Promise<void> {
  for (;;) {
    const pools = await pooler.console('SHOW POOLS');
    if (pools.reduce((sum, { cl_waiting: waiting }) => sum + Number(waiting), 0) >= clients) return;
    await pause(50);
  }
}
