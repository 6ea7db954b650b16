import type {
  DurableSizes,
  PoolerFailure,
  PoolerInstance,
  PoolerInstances,
  PoolerReading,
  PoolerSizes,
} from './domain/pooler.ts';
import type { Reading } from './domain/reading.ts';
import type { FailureReason } from './domain/reason.ts';
import type { Connections, Seconds } from './domain/units.ts';

/**
 * The admin console of PgBouncer. Nothing here throws for what a PgBouncer does or fails to do: one that is dead, full or
 * strange is a value, so that the others of the fleet are still looked at.
 */
export interface PoolerConsole {
  read(instance: PoolerInstance): Promise<PoolerLook>;
  /**
   * Sets one size if it is still as expected, and reads it back. The value lives until the next RELOAD or restart.
   *
   * @throws RangeError when the value is no size that may be set: a bug of the caller
   */
  set(instance: PoolerInstance, move: PoolerSizeMove): Promise<PoolerSetOutcome>;
  /**
   * Holds new transactions of a database back and waits until the running ones have ended.
   * After any failure the database may be paused all the same: `resume` it.
   *
   * @param drainSeconds how long the running transactions may take; `timed-out` when they took longer.
   */
  pause(instance: PoolerInstance, database: string, drainSeconds: Seconds): Promise<PoolerFailure | null>;
  /** A database that is not paused counts as resumed. */
  resume(instance: PoolerInstance, database: string): Promise<PoolerFailure | null>;
  /** Replaces every server connection of a database as soon as it is released. */
  reconnect(instance: PoolerInstance, database: string): Promise<PoolerFailure | null>;
  /** Reads the configuration file again: what was set live and does not stand there is lost. */
  reload(instance: PoolerInstance): Promise<PoolerFailure | null>;
}

export type PoolerLook =
  | { readonly kind: 'seen'; readonly value: PoolerReading }
  | { readonly kind: 'failed'; readonly because: PoolerFailure };

export interface PoolerSizeMove {
  readonly size: keyof PoolerSizes;
  readonly from: Connections;
  readonly to: Connections;
}

export type PoolerSetOutcome =
  | { readonly kind: 'set' }
  /** Somebody else has set it meanwhile, or a restart or RELOAD has. Nothing was changed. */
  | { readonly kind: 'moved-on'; readonly actual: Connections }
  /** PgBouncer answered as if it had done it, and did not. */
  | { readonly kind: 'not-effective'; readonly actual: Connections }
  | {
      readonly kind: 'failed';
      readonly because: PoolerFailure;
      /** Whether the value may have changed before it failed: the next reading tells. */
      readonly effect: 'none' | 'unknown';
    };

/** Where the sizes stand that a PgBouncer starts with. */
export interface DurablePoolSizes {
  read(): Promise<Reading<DurableSizes>>;
  /**
   * Every PgBouncer that starts from now on has these sizes; those that run are replaced where that is the only way.
   * By absolute values.
   *
   * @throws TransientError
   * @returns what was refused for good; `null` is success.
   */
  write(to: Partial<PoolerSizes>): Promise<FailureReason | null>;
}

/** Where the PgBouncers of a fleet are now. */
export interface PoolerDirectory {
  find(): Promise<Reading<PoolerInstances>>;
}
