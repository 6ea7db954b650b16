import { type MemoryPoolers, MemoryPoolerConsole } from '../../shared/adapters/memory/pooler-console.ts';
import type { PoolerInstance, PoolerReading, PoolerSizes } from '../../shared/domain/pooler.ts';
import { seen } from '../../shared/domain/reading.ts';
import type { Connections, EpochMs, Percent, Seconds, Tasks } from '../../shared/domain/units.ts';
import { later } from '../../shared/domain/units.ts';
import type { DurablePoolSizes } from '../../shared/pooler-port.ts';
import type { ProbeTools } from '../../shared/workflow/observe-poolers.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import type { DatabaseUse } from './database-model.ts';
import { SimulatedTaskDefinition, type SimulatedTaskDefinitionOptions } from './simulated-task-definition.ts';
import { busyConnections, erlangWaiting, throughputOf, type TransactionModel } from './connection-queue.ts';

export interface SimulatedPoolersOptions {
  readonly startsAt: EpochMs;
  readonly tasks: Tasks;
  readonly sizes: PoolerSizes;
  readonly maxConnections: Connections;
  readonly directConnections: Connections;
  /** CPU of the database that is used without any transaction. */
  readonly idlePercent: Percent;
  readonly poolers: MemoryPoolers;
  /** What they start with, where that can be written; absent where it is built into their image. */
  readonly taskDefinition?: Pick<SimulatedTaskDefinitionOptions, 'family' | 'revision' | 'named'>;
}

/** What comes to the poolers, as the application sends it. */
export interface PooledLoad {
  /** Transactions a second. */
  readonly perSecond: LoadPerSecond;
  readonly model: TransactionModel;
  /** Most connections that the application opens: what cannot wait at the pooler waits in its own pools, unseen. */
  readonly clients: Connections;
}

export interface PooledState {
  readonly cpuPercent: Percent;
  /** In use at the poolers. */
  readonly poolConnections: number;
  readonly poolLimit: Connections;
  /** What the limit would be if all were restarted now. */
  readonly startLimit: Connections;
  /** All that the database sees. */
  readonly connections: number;
  readonly clientsWaiting: number;
  readonly waitMillis: number;
}

const NOBODY: PooledLoad = {
  perSecond: 0,
  model: { vcpus: 1, cpuMillis: 0, otherMillis: 1, crowdingCost: 0 },
  clients: 0,
};

/** What services send together: one kind of transaction that takes as much as theirs in the mean. */
export function pooledLoad(
  vcpus: number,
  crowdingCost: number,
  served: readonly { readonly load: LoadPerSecond; readonly tasks: Tasks; readonly use: DatabaseUse }[],
): PooledLoad {
  const pooled = served.filter(({ use }) => use.connectionMillisPerRequest > 0);
  const perSecond = pooled.reduce((sum, { load }) => sum + load, 0);
  const mean = (of: (use: DatabaseUse) => number): number =>
    perSecond === 0 ? 0 : pooled.reduce((sum, { load, use }) => sum + load * of(use), 0) / perSecond;
  const cpuMillis = mean(({ cpuMillisPerRequest }) => cpuMillisPerRequest);
  const heldMillis = mean(({ connectionMillisPerRequest }) => connectionMillisPerRequest);
  return {
    perSecond,
    model: { vcpus, cpuMillis, otherMillis: Math.max(0, heldMillis - cpuMillis), crowdingCost },
    clients: pooled.reduce((sum, { tasks, use }) => sum + tasks * (use.connectionsPerTask ?? 0), 0),
  };
}

/** Counters of one PgBouncer since it started. */
interface Totals {
  readonly transactions: number;
  readonly transactionSeconds: number;
  readonly waitSeconds: number;
}

/**
 * PgBouncers and the database behind them as a flow: load is split evenly, what a pool cannot take waits in front of it and
 * is served later. It stands behind the console of PgBouncers in memory, so that probe, lever and actions run over it
 * unchanged, and it goes on while they wait.
 */
export class SimulatedPoolers {
  readonly #options: SimulatedPoolersOptions;
  readonly #instances: readonly PoolerInstance[];
  readonly #taskDefinition: SimulatedTaskDefinition | null;
  #now: EpochMs;
  #load = NOBODY;
  /** Transactions that wait, over all PgBouncers. */
  #backlog = 0;
  #state: PooledState;
  /** Server connections of each PgBouncer, and when they were last replaced. */
  readonly #open = new Map<string, { readonly connections: Connections; readonly reconnects: number }>();
  #totals: Totals = { transactions: 0, transactionSeconds: 0, waitSeconds: 0 };

  constructor(options: SimulatedPoolersOptions) {
    this.#options = options;
    this.#now = options.startsAt;
    this.#instances = Array.from({ length: options.tasks }, (_, index) => ({
      id: `pgbouncer-${index + 1}`,
      host: `10.0.${index + 1}.5`,
      port: 6432,
      availabilityZone: `zone-${index + 1}`,
    }));
    const { taskDefinition, sizes, poolers } = options;
    const shared = { sizes, poolers, instances: this.#instances, now: (): EpochMs => this.#now };
    this.#taskDefinition =
      taskDefinition === undefined ? null : new SimulatedTaskDefinition({ ...taskDefinition, ...shared });
    this.#state = this.#pass(0);
    for (const { id } of this.#instances) options.poolers.add(id, this.#readingOf(options.sizes));
  }

  get now(): EpochMs {
    return this.#now;
  }

  /** What probe and actions see it with; while they wait it goes on. */
  get tools(): ProbeTools {
    return {
      console: new MemoryPoolerConsole(this.#options.poolers),
      clock: { now: () => this.#now },
      directory: { find: () => Promise.resolve(seen({ instances: this.#instances, leftOut: [] }, this.#now)) },
      wait: (seconds) => {
        this.advanceTo(later(this.#now, seconds));
        return Promise.resolve();
      },
      readMaxConnections: () => Promise.resolve(seen(this.#options.maxConnections, this.#now)),
    };
  }

  /** Where the sizes stand that they start with. */
  get durable(): DurablePoolSizes | null {
    return this.#taskDefinition;
  }

  /** Somebody has every PgBouncer read its file again: what was set live and does not stand there is lost. */
  async reloadByHand(): Promise<void> {
    const { console: consoles } = this.tools;
    for (const instance of this.#instances) await consoles.reload(instance);
  }

  /** From now on this comes. */
  receive(load: PooledLoad): void {
    this.#load = load;
  }

  /** A moment that has passed already leaves it as it is. */
  advanceTo(at: EpochMs): PooledState {
    const seconds = (at - this.#now) / 1000;
    if (seconds <= 0) return this.#state;
    this.#taskDefinition?.advanceTo(at);
    this.#state = this.#pass(seconds);
    this.#now = at;
    for (const { id } of this.#instances) {
      const sizes = this.#options.poolers.get(id)?.reading.sizes ?? this.#options.sizes;
      this.#options.poolers.put(id, { reading: this.#readingOf(sizes, this.#open.get(id)?.connections) });
    }
    return this.#state;
  }

  #pass(seconds: Seconds): PooledState {
    const { directConnections, idlePercent, tasks } = this.#options;
    const { perSecond, model, clients } = this.#load;
    const limit = this.#openNow();
    const most = throughputOf(model, limit);
    const wanted = perSecond * seconds + this.#backlog;
    const servable = most.perSecond * seconds;
    const served = Math.min(wanted, servable);
    this.#backlog = wanted - served;
    const isFull = this.#backlog > 0;
    const busy = isFull ? limit : busyConnections(model, seconds > 0 ? served / seconds : 0, limit);
    const byChance = isFull ? 0 : Math.min(tasks * erlangWaiting(busy / tasks, limit / tasks), clients);
    const waiting = Math.max(0, Math.min(this.#backlog + byChance, clients - busy));
    const { utilization } = throughputOf(model, busy);
    this.#totals = {
      transactions: this.#totals.transactions + served,
      transactionSeconds: this.#totals.transactionSeconds + busy * seconds,
      waitSeconds: this.#totals.waitSeconds + waiting * seconds,
    };
    return {
      cpuPercent: Math.min(100, idlePercent + utilization * (100 - idlePercent)),
      poolConnections: busy,
      poolLimit: limit,
      startLimit: this.#sumOf((id) => this.#options.poolers.get(id)?.file),
      connections: busy + directConnections,
      clientsWaiting: waiting,
      waitMillis: served === 0 ? 0 : (1000 * waiting * seconds) / served,
    };
  }

  /**
   * Of all PgBouncers together. A pool that is full closes none when it is made smaller, until they are replaced: as the real
   * one, see `surplusPools`.
   */
  #openNow(): Connections {
    let sum = 0;
    for (const { id } of this.#instances) {
      const { reading, reconnects = 0 } = this.#options.poolers.get(id) ?? {};
      const allowed = (reading?.sizes ?? this.#options.sizes).defaultPoolSize;
      const before = this.#open.get(id);
      const isHeld = this.#backlog > 0 && before?.reconnects === reconnects;
      const connections = isHeld ? Math.max(before.connections, allowed) : allowed;
      this.#open.set(id, { connections, reconnects });
      sum += connections;
    }
    return sum;
  }

  /** Server connections that all PgBouncers together may have; of one that is not there yet as it is going to start. */
  #sumOf(sizesOf: (id: string) => PoolerSizes | undefined): Connections {
    const { sizes } = this.#options;
    return this.#instances.reduce((sum, { id }) => sum + (sizesOf(id) ?? sizes).defaultPoolSize, 0);
  }

  #readingOf(sizes: PoolerSizes, open: Connections = sizes.defaultPoolSize): PoolerReading {
    const { tasks } = this.#options;
    const { transactions, transactionSeconds, waitSeconds } = this.#totals;
    const { poolConnections, clientsWaiting } = this.#state;
    const active = Math.min(open, Math.round(poolConnections / tasks));
    const waiting = Math.floor(clientsWaiting / tasks);
    return {
      version: '1.25.2',
      sizes,
      maxDatabaseConnections: 0,
      maxUserConnections: 0,
      poolMode: 'transaction',
      users: [],
      clientConnections: Math.round(this.#load.clients / tasks),
      pools: [
        {
          database: 'app',
          user: 'app',
          clientsActive: active,
          clientsWaiting: waiting,
          serversActive: active,
          serversIdle: open - active,
          serversOther: 0,
          serversLoggingIn: 0,
          longestWaitSeconds: this.#state.waitMillis / 1000,
        },
      ],
      databases: [
        {
          name: 'app',
          host: '10.0.9.5',
          port: 5432,
          poolSize: sizes.defaultPoolSize,
          reservePoolSize: sizes.reservePoolSize,
          sizeFrom: 'default',
          maxConnections: 0,
          currentConnections: open,
          isPaused: false,
          isDisabled: false,
          totals: {
            transactions: transactions / tasks,
            queries: transactions / tasks,
            transactionSeconds: transactionSeconds / tasks,
            querySeconds: transactionSeconds / tasks,
            waitSeconds: waitSeconds / tasks,
          },
        },
      ],
    };
  }
}
