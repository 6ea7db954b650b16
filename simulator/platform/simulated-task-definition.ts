import type { MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import { type DurableSizes, POOLER_SIZES, type PoolerInstance, type PoolerSizes } from '../../shared/domain/pooler.ts';
import { type Reading, seen } from '../../shared/domain/reading.ts';
import { type EpochMs, later, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import type { DurablePoolSizes } from '../../shared/pooler-port.ts';

export interface SimulatedTaskDefinitionOptions {
  readonly family: string;
  readonly revision: number;
  /** What its PgBouncers start with. */
  readonly sizes: PoolerSizes;
  /** Which of them stand in the environment of the container; the others are built into the image. */
  readonly named: readonly (keyof PoolerSizes)[];
  readonly instances: readonly PoolerInstance[];
  readonly poolers: MemoryPoolers;
  readonly now: () => EpochMs;
}

/** ECS starts a task of the new revision, waits until it is healthy, and stops one of the old. */
const REPLACED_EVERY: Seconds = 2 * MINUTE;

/** The task definition of simulated PgBouncers: another revision replaces one after the other, and each starts with it. */
export class SimulatedTaskDefinition implements DurablePoolSizes {
  readonly #options: SimulatedTaskDefinitionOptions;
  #sizes: PoolerSizes;
  #revision: number;
  /** Those that still run the revision before, and when the next of them is replaced. */
  #outdated: readonly PoolerInstance[] = [];
  #nextAt: EpochMs;

  constructor(options: SimulatedTaskDefinitionOptions) {
    this.#options = options;
    this.#sizes = options.sizes;
    this.#revision = options.revision;
    this.#nextAt = options.now();
  }

  read(): Promise<Reading<DurableSizes>> {
    const { family, named, now } = this.#options;
    const kept = (size: keyof PoolerSizes): number | null => (named.includes(size) ? this.#sizes[size] : null);
    const durable: DurableSizes = {
      sizes: {
        defaultPoolSize: kept('defaultPoolSize'),
        reservePoolSize: kept('reservePoolSize'),
        maxClientConnections: kept('maxClientConnections'),
      },
      revision: `${family}:${this.#revision}`,
      rollout: this.#outdated.length === 0 ? 'none' : 'in-progress',
    };
    return Promise.resolve(seen(durable, now()));
  }

  write(to: Partial<PoolerSizes>): Promise<null> {
    const { instances, named, now } = this.#options;
    for (const size of POOLER_SIZES) {
      if (named.includes(size)) this.#sizes = { ...this.#sizes, [size]: to[size] ?? this.#sizes[size] };
    }
    this.#revision += 1;
    this.#outdated = instances;
    this.#nextAt = later(now(), REPLACED_EVERY);
    return Promise.resolve(null);
  }

  /** Replaces every PgBouncer whose turn has come. */
  advanceTo(at: EpochMs): void {
    const { poolers } = this.#options;
    for (let [next] = this.#outdated; next !== undefined && this.#nextAt <= at; [next] = this.#outdated) {
      poolers.put(next.id, { file: this.#sizes });
      poolers.restart(next.id);
      this.#outdated = this.#outdated.slice(1);
      this.#nextAt = later(this.#nextAt, REPLACED_EVERY);
    }
  }
}
