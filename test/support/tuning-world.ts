import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryPoolerConsole, MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import type { PoolerChange } from '../../shared/domain/change.ts';
import { explainReasons } from '../../shared/domain/explain.ts';
import type {
  CpuPeriod,
  DatabaseCounters,
  PoolerInstance,
  PoolerReading,
  PoolerSizes,
  PoolReading,
} from '../../shared/domain/pooler.ts';
import { NOT_ASKED, type Reading, seen } from '../../shared/domain/reading.ts';
import { poolerCraft } from '../../shared/workflow/pooler-craft.ts';
import type { PoolerTools } from '../../shared/workflow/tune-poolers.ts';
import { anOrder } from './builders/orders.ts';
import { aPool, aPooledDatabase, aPooler } from './builders/pooler-readings.ts';
import { SIZES } from './builders/pooler-world.ts';
import { NOW } from './builders/time.ts';

const instance = (id: string, availabilityZone: string): PoolerInstance => ({
  id,
  host: '10.0.1.4',
  port: 6432,
  availabilityZone,
});
/** Not in the order of their zones. */
export const FLEET = [instance('c', 'b'), instance('a', 'a'), instance('b', 'a')];
export const GROWN: PoolerSizes = { ...SIZES, defaultPoolSize: 60 };
export const GROWTH: PoolerChange = {
  kind: 'tune-pgbouncer',
  pooler: { cluster: 'production', service: 'pgbouncer' },
  from: ['a', 'b', 'c'].map((id) => ({ instance: id, sizes: SIZES })),
  to: GROWN,
};

/** 30 clients wait. */
export function busy(sizes: PoolerSizes = SIZES): PoolerReading {
  return aPooler({
    sizes,
    pools: [aPool({ clientsWaiting: 30, serversActive: sizes.defaultPoolSize })],
    databases: [aPooledDatabase({ poolSize: sizes.defaultPoolSize })],
  });
}

/** Three PgBouncers in memory under load, and the database behind them, while an order is carried out. */
export class TuningWorld {
  readonly clock = new ManualClock(NOW);
  readonly poolers = new MemoryPoolers();
  /** What was set and reconnected, oldest first. */
  readonly order: string[] = [];
  seconds = 0;
  /** What happens to the fleet in each second that passes. */
  meanwhile: (second: number) => void = () => undefined;
  /** Transactions a second of a PgBouncer. Twice the size, twice as much. */
  rateOf = ({ sizes }: PoolerReading): number => sizes.defaultPoolSize * 20;
  /** PgBouncers with transactions that do not end. */
  readonly neverReleased = new Set<string>();
  /** More than these the database does not let in, of each. */
  mostConnections = Infinity;
  readonly #reconnected = new Set<string>();
  counters: () => Reading<DatabaseCounters> = () => NOT_ASKED;
  cpu: () => Reading<CpuPeriod> = () => NOT_ASKED;

  constructor() {
    for (const { id } of FLEET) this.poolers.add(id, busy());
  }

  tools(over: Partial<PoolerTools> = {}): PoolerTools {
    const { clock } = this;
    return {
      console: new WatchedConsole(this.poolers, this.order, (id) => this.#reconnected.add(id)),
      directory: { find: () => Promise.resolve(seen({ instances: FLEET, leftOut: [] }, clock.now())) },
      clock,
      wait: (span) => {
        for (let second = 0; second < Math.ceil(span); second += 1) this.#passSecond();
        return Promise.resolve();
      },
      watchSeconds: 1,
      database: {
        readCounters: () => Promise.resolve(this.counters()),
        readCpu: () => Promise.resolve(this.cpu()),
        cpuHighPercent: 70,
      },
      ...over,
    };
  }

  async tune(wanted: PoolerChange = GROWTH, over: Partial<PoolerTools> = {}) {
    const { failure, tuning } = await poolerCraft(() => this.tools(over)).effect(wanted, anOrder(wanted));
    return { told: failure === null ? 'done' : explainReasons([failure]), failure, tuning };
  }

  sizes(): readonly number[] {
    return FLEET.map(({ id }) => this.poolers.get(id)!.reading.sizes.defaultPoolSize);
  }

  #passSecond(): void {
    this.clock.advance(1);
    this.seconds += 1;
    for (const { id } of FLEET) {
      const { reading } = this.poolers.get(id)!;
      const transactions = this.rateOf(reading);
      const databases = reading.databases.map((database) => ({
        ...database,
        totals: { ...database.totals, transactions: database.totals.transactions + transactions },
      }));
      const pools = reading.pools.map((pool) => this.#opened(id, pool, reading));
      this.poolers.put(id, { reading: { ...reading, databases, pools } });
    }
    this.meanwhile(this.seconds);
  }

  /** PgBouncer opens what it may while clients wait, and closes none of what is busy: the contract on the real one. */
  #opened(id: string, pool: PoolReading, { sizes }: PoolerReading): PoolReading {
    const allowed = sizes.defaultPoolSize + sizes.reservePoolSize;
    if (pool.clientsWaiting === 0) {
      const serversActive = Math.min(pool.serversActive, allowed);
      return { ...pool, serversActive, serversIdle: Math.min(pool.serversIdle, allowed - serversActive) };
    }
    const isReplaced = this.#reconnected.delete(id) && !this.neverReleased.has(id);
    const stays = isReplaced ? 0 : pool.serversActive;
    return { ...pool, serversActive: Math.max(stays, Math.min(allowed, this.mostConnections)) };
  }
}

class WatchedConsole extends MemoryPoolerConsole {
  readonly #order: string[];
  readonly #onReconnect: (id: string) => void;

  constructor(poolers: MemoryPoolers, order: string[], onReconnect: (id: string) => void) {
    super(poolers);
    this.#order = order;
    this.#onReconnect = onReconnect;
  }

  override async set(...[at, move]: Parameters<MemoryPoolerConsole['set']>) {
    const outcome = await super.set(at, move);
    if (outcome.kind === 'set') this.#order.push(`${at.id} ${move.size} ${move.from}→${move.to}`);
    return outcome;
  }

  override async reconnect(...[at, database]: Parameters<MemoryPoolerConsole['reconnect']>) {
    const failure = await super.reconnect(at, database);
    if (failure !== null) return failure;
    this.#order.push(`${at.id} RECONNECT ${database}`);
    this.#onReconnect(at.id);
    return null;
  }
}
