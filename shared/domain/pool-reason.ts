import type { Worsening } from './pooler.ts';
import type { Connections, EpochMs, Percent, Tasks } from './units.ts';

/** What keeps a pool from opening the connections that its size allows. */
export type PoolKeeper = 'pause' | 'max_db_connections' | 'max_user_connections';

/** Why pool sizes are left as they are. */
export type PoolHoldReason =
  | { readonly code: 'pool-not-calm'; readonly peakActive: Connections; readonly poolSize: Connections }
  /** More connections have not brought more work done: something else holds it back. */
  | {
      readonly code: 'more-did-not-help';
      readonly from: Connections;
      readonly to: Connections;
      readonly gainPercent: number;
      readonly until: EpochMs;
    }
  | {
      readonly code: 'growth-was-taken-back';
      readonly from: Connections;
      readonly to: Connections;
      readonly worse: Worsening;
      readonly until: EpochMs;
    }
  | {
      readonly code: 'no-connections-left';
      readonly needed: Connections;
      readonly room: Connections;
      readonly limit: Connections;
    }
  /** More PgBouncers, or a smaller database, than the sizes that stand were made for. */
  | {
      readonly code: 'pools-exceed-connections';
      readonly poolers: Tasks;
      readonly poolSize: Connections;
      readonly needed: Connections;
      readonly limit: Connections;
      /** Size and reserve for which there is room. */
      readonly room: Connections;
    }
  /** Its size stands in the configuration file for this database or user alone, and no command changes it. */
  | {
      readonly code: 'pool-has-own-size';
      readonly pool: string;
      readonly poolSize: Connections;
      readonly needed: Connections;
    }
  /** Clients wait, and not for its size: a larger one would open nothing more. */
  | {
      readonly code: 'pool-not-full';
      readonly pool: string;
      readonly clientsWaiting: number;
      readonly open: Connections;
      readonly poolSize: Connections;
      /** `null`: nothing of it shows at PgBouncer. */
      readonly keptBy: PoolKeeper | null;
    }
  | {
      readonly code: 'pool-unlimited';
      readonly instances: readonly string[];
      /** Of these alone, by a size of their own; absent where it is the default size. */
      readonly pools?: readonly string[];
    }
  | { readonly code: 'pool-sized-by-hand'; readonly instances: readonly string[]; readonly intended: Connections }
  /** Old and new PgBouncers run side by side while they are replaced, and hold more connections than there are. */
  | {
      readonly code: 'no-room-to-replace';
      readonly open: Connections;
      readonly mostTasksPercent: Percent;
      readonly needed: Connections;
      readonly limit: Connections;
    }
  /** PgBouncers are being replaced: what stands will change by itself. */
  | { readonly code: 'poolers-rolling'; readonly revision: string };
