import {
  type PooledDatabase,
  POOLER_SIZES,
  type PoolerFailure,
  type PoolerInstance,
  type PoolerReading,
  type PoolerSizes,
} from '../../domain/pooler.ts';
import type { Seconds } from '../../domain/units.ts';
import type { PoolerConsole, PoolerLook, PoolerSetOutcome, PoolerSizeMove } from '../../pooler-port.ts';

/** A PgBouncer in memory. */
export interface MemoryPooler {
  /** What is in force, and what it is told of load: sizes, pools, counters. */
  readonly reading: PoolerReading;
  /** What stands in its file: a RELOAD and a restart bring these back. */
  readonly file: PoolerSizes;
  /** Why its console does not answer; `null` while it does. */
  readonly failure: PoolerFailure | null;
  /** Databases with a transaction that does not end: PAUSE waits for it in vain. */
  readonly neverDrained: readonly string[];
  /** Answers SET with success and does nothing. */
  readonly ignoresSet: boolean;
  /** How often server connections were replaced. */
  readonly reconnects: number;
}

/** PgBouncers by the id of their instance. Tests and the simulator set them, the console beside reads and changes them. */
export class MemoryPoolers {
  readonly #poolers = new Map<string, MemoryPooler>();

  /** A PgBouncer that has just started. */
  add(id: string, reading: PoolerReading): void {
    this.#poolers.set(id, {
      reading,
      file: reading.sizes,
      failure: null,
      neverDrained: [],
      ignoresSet: false,
      reconnects: 0,
    });
  }

  get(id: string): MemoryPooler | null {
    return this.#poolers.get(id) ?? null;
  }

  /** Changes what is named and leaves the rest. */
  put(id: string, change: Partial<MemoryPooler>): void {
    const present = this.#poolers.get(id);
    if (present === undefined) throw new RangeError(`no pooler ${id}`);
    this.#poolers.set(id, { ...present, ...change });
  }

  /** As when its task is replaced: what was set live is lost, nothing is paused. */
  restart(id: string): void {
    const pooler = this.#poolers.get(id);
    if (pooler === undefined) throw new RangeError(`no pooler ${id}`);
    const resized = withSizes(pooler.reading, pooler.file);
    const databases = resized.databases.map((database) => ({ ...database, isPaused: false }));
    this.put(id, { reading: { ...resized, databases }, failure: null, reconnects: pooler.reconnects + 1 });
  }
}

/** The admin consoles of PgBouncers in memory, as an administrator or as a user who may only look. */
export class MemoryPoolerConsole implements PoolerConsole {
  readonly #poolers: MemoryPoolers;
  readonly #user: 'administrator' | 'stats-only';

  constructor(poolers: MemoryPoolers, user: 'administrator' | 'stats-only' = 'administrator') {
    this.#poolers = poolers;
    this.#user = user;
  }

  read({ id }: PoolerInstance): Promise<PoolerLook> {
    const pooler = this.#answering(id);
    return Promise.resolve(
      'code' in pooler ? { kind: 'failed', because: pooler } : { kind: 'seen', value: pooler.reading },
    );
  }

  set({ id }: PoolerInstance, { size, from, to }: PoolerSizeMove): Promise<PoolerSetOutcome> {
    if (!Number.isSafeInteger(to) || to < (size === 'reservePoolSize' ? 0 : 1) || to > 100_000) {
      return Promise.reject(new RangeError(`${size} cannot be set to ${to}`));
    }
    return Promise.resolve(this.#set(id, { size, from, to }));
  }

  pause({ id }: PoolerInstance, database: string, drainSeconds: Seconds): Promise<PoolerFailure | null> {
    const during = `PAUSE "${database}"`;
    return this.#onDatabase(id, database, during, (pooler) => {
      this.#put(id, pooler, database, { isPaused: true });
      return pooler.neverDrained.includes(database) ? { code: 'timed-out', during, limitSeconds: drainSeconds } : null;
    });
  }

  resume({ id }: PoolerInstance, database: string): Promise<PoolerFailure | null> {
    return this.#onDatabase(id, database, `RESUME "${database}"`, (pooler) => {
      this.#put(id, pooler, database, { isPaused: false });
      return null;
    });
  }

  reconnect({ id }: PoolerInstance, database: string): Promise<PoolerFailure | null> {
    return this.#onDatabase(id, database, `RECONNECT "${database}"`, ({ reconnects }) => {
      this.#poolers.put(id, { reconnects: reconnects + 1 });
      return null;
    });
  }

  reload({ id }: PoolerInstance): Promise<PoolerFailure | null> {
    const pooler = this.#changeable(id);
    if ('code' in pooler) return Promise.resolve(pooler);
    this.#poolers.put(id, { reading: withSizes(pooler.reading, pooler.file) });
    return Promise.resolve(null);
  }

  #set(id: string, { size, from, to }: PoolerSizeMove): PoolerSetOutcome {
    const answering = this.#answering(id);
    if ('code' in answering) return { kind: 'failed', because: answering, effect: 'none' };
    const actual = answering.reading.sizes[size];
    if (actual !== from) return { kind: 'moved-on', actual };
    const pooler = this.#changeable(id);
    if ('code' in pooler) return { kind: 'failed', because: pooler, effect: 'none' };
    if (pooler.ignoresSet) return { kind: 'not-effective', actual };
    this.#poolers.put(id, { reading: withSizes(pooler.reading, { ...pooler.reading.sizes, [size]: to }) });
    return { kind: 'set' };
  }

  #onDatabase(
    id: string,
    name: string,
    during: string,
    change: (pooler: MemoryPooler) => PoolerFailure | null,
  ): Promise<PoolerFailure | null> {
    if (name === '') return Promise.reject(new RangeError('not the name of a database'));
    const pooler = this.#changeable(id);
    if ('code' in pooler) return Promise.resolve(pooler);
    const isThere = pooler.reading.databases.some((database) => database.name === name);
    return Promise.resolve(isThere ? change(pooler) : { code: 'refused', during, detail: `no such database: ${name}` });
  }

  #put(id: string, { reading }: MemoryPooler, name: string, change: Partial<PooledDatabase>): void {
    const databases = reading.databases.map((each) => (each.name === name ? { ...each, ...change } : each));
    this.#poolers.put(id, { reading: { ...reading, databases } });
  }

  #changeable(id: string): MemoryPooler | PoolerFailure {
    if (this.#user === 'stats-only') return { code: 'not-allowed', detail: 'admin access needed' };
    return this.#answering(id);
  }

  #answering(id: string): MemoryPooler | PoolerFailure {
    const pooler = this.#poolers.get(id);
    return pooler?.failure ?? pooler ?? { code: 'unreachable', detail: `nobody answers for ${id}` };
  }
}

/** Databases without a size of their own follow the default one. */
function withSizes(reading: PoolerReading, to: PoolerSizes): PoolerReading {
  const from = reading.sizes;
  if (POOLER_SIZES.every((size) => from[size] === to[size])) return reading;
  const databases = reading.databases.map((database) =>
    database.sizeFrom === 'own'
      ? database
      : {
          ...database,
          poolSize: to.defaultPoolSize,
          reservePoolSize:
            database.reservePoolSize === from.reservePoolSize ? to.reservePoolSize : database.reservePoolSize,
        },
  );
  return { ...reading, sizes: to, databases };
}
