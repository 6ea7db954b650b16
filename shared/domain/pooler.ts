import type { Reading, Series } from './reading.ts';
import type { Connections, EpochMs, Percent, Seconds } from './units.ts';

/** One PgBouncer process of a fleet. */
export interface PoolerInstance {
  /** Id of the ECS task, or `host:port` where the addresses are configured. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** `null` where it is not known. */
  readonly availabilityZone: string | null;
}

/** The sizes of one PgBouncer that can be changed while it runs; SHOW CONFIG and SHOW DATABASES. */
export interface PoolerSizes {
  /** `default_pool_size`: server connections of each (database, user) pair without a size of its own. 0 is no limit since 1.24. */
  readonly defaultPoolSize: Connections;
  /** `reserve_pool_size`: further connections of each pair, for clients that have waited long. */
  readonly reservePoolSize: Connections;
  /** `max_client_conn`. */
  readonly maxClientConnections: Connections;
}

/** The name of a size in SET and SHOW CONFIG. */
export const POOLER_SETTING_NAMES = {
  defaultPoolSize: 'default_pool_size',
  reservePoolSize: 'reserve_pool_size',
  maxClientConnections: 'max_client_conn',
} as const satisfies Readonly<Record<keyof PoolerSizes, string>>;

export const POOLER_SIZES = ['defaultPoolSize', 'reservePoolSize', 'maxClientConnections'] as const;

/** What one look at the admin console of one PgBouncer has shown. */
export interface PoolerReading {
  /** `1.25.0`. */
  readonly version: string;
  readonly sizes: PoolerSizes;
  /** `max_db_connections` and `max_user_connections`: 0 is unlimited. */
  readonly maxDatabaseConnections: Connections;
  readonly maxUserConnections: Connections;
  readonly poolMode: string;
  readonly pools: readonly PoolReading[];
  readonly databases: readonly PooledDatabase[];
  /** Users with a size of their own, which outranks that of the database; SHOW USERS, since 1.23. */
  readonly users: readonly PooledUser[];
  /** As PgBouncer counts them against `max_client_conn`: also while they log in. Without the connection of this look. */
  readonly clientConnections: Connections;
}

/** What is set for one user; `null` where it is not. */
export interface PooledUser {
  readonly name: string;
  readonly poolSize: Connections | null;
  /** Since 1.24. */
  readonly reservePoolSize: Connections | null;
  /** Sizes that are those of the user before, and that SHOW USERS may show for that alone. */
  readonly repeated?: readonly ('poolSize' | 'reservePoolSize')[];
}

/** One (database, user) pair; SHOW POOLS. The console's own pool is left out. */
export interface PoolReading {
  readonly database: string;
  readonly user: string;
  readonly clientsActive: Connections;
  readonly clientsWaiting: Connections;
  readonly serversActive: Connections;
  readonly serversIdle: Connections;
  /** Idle too long to be used unchecked, being checked, logging in, or busy with a cancelled query. */
  readonly serversOther: Connections;
  /** Of those: they log in to the database. */
  readonly serversLoggingIn: Connections;
  /** How long the client at the head of the queue has waited. */
  readonly longestWaitSeconds: Seconds;
}

/** A configured database; SHOW DATABASES. */
export interface PooledDatabase {
  readonly name: string;
  readonly host: string | null;
  readonly port: number;
  /** Size in force for its pools. */
  readonly poolSize: Connections;
  readonly reservePoolSize: Connections;
  /** Whether the size is its own and not the default one. One of its own that equals the default cannot be told from it. */
  readonly sizeFrom: 'default' | 'own';
  /** `max_connections` of this database; 0 is unlimited. */
  readonly maxConnections: Connections;
  readonly currentConnections: Connections;
  readonly isPaused: boolean;
  readonly isDisabled: boolean;
  readonly totals: PooledTotals;
}

/** Counters since the PgBouncer started; SHOW STATS_TOTALS. */
export interface PooledTotals {
  readonly transactions: number;
  readonly queries: number;
  /** Time with a server connection, without the wait for it. */
  readonly transactionSeconds: number;
  readonly querySeconds: number;
  /** Time that clients have waited for a server connection. */
  readonly waitSeconds: number;
}

/** What is known of the PgBouncers of a fleet at one moment. */
export interface PoolerSnapshot {
  /** Every PgBouncer that runs. Only a probe asks for them. */
  readonly instances: Reading<readonly ObservedPooler[]>;
  /** `max_connections` as the database says it now. */
  readonly maxConnections: Reading<Connections>;
  /** Most server connections of one pool that were in use at once, an hour a point, over the last days. */
  readonly peakActive: Reading<Series>;
  /** What our newest change that was carried out has set; `null` where there was none. */
  readonly intended: PoolerSizes | null;
  /** Since when that stands; `null` where there was none. */
  readonly intendedAt: EpochMs | null;
  /** What our newest change has brought; `null` where there was none. */
  readonly effect: TuningEffect | null;
  /** The newest steps up, kept or taken back, newest first. Earlier versions knew of `effect` alone. */
  readonly growths?: readonly TuningEffect[];
  /** How the services behind fared, by name; asked only in the minutes after a growth. */
  readonly services?: Readonly<Record<string, ServiceErrors>>;
  /** What a PgBouncer starts with; `null` where nobody has said where that stands. Asked only where it can matter. */
  readonly durable: Reading<DurableSizes> | null;
}

/** Minute by minute. */
export interface ServiceErrors {
  readonly requests: Reading<Series>;
  /** Answers 5xx of its tasks. */
  readonly serverErrors: Reading<Series>;
}

/** What a PgBouncer that starts takes its sizes from. */
export interface DurableSizes {
  /** `null`: this size does not stand there. */
  readonly sizes: Readonly<Record<keyof PoolerSizes, Connections | null>>;
  /** What holds them, in the words of AWS: `pgbouncer:14`. */
  readonly revision: string;
  /** Whether tasks are being replaced now. */
  readonly rollout: 'none' | 'in-progress';
  /** So many of the wanted tasks may run at once while they are replaced; absent where a write replaces none. */
  readonly mostTasksPercent?: Percent;
}

export interface ObservedPooler {
  readonly instance: PoolerInstance;
  /** Looks within a few seconds, oldest first; unseen where the console did not answer. */
  readonly samples: Reading<readonly PoolerSample[]>;
}

export interface PoolerSample {
  readonly at: EpochMs;
  readonly reading: PoolerReading;
}

/** What the changes of pool sizes so far have left behind. */
export interface Tuning {
  /** Sizes of the newest change that was carried out; `null` where none was. */
  readonly intended: PoolerSizes | null;
  readonly intendedAt: EpochMs | null;
  readonly effect: TuningEffect | null;
  /** @see PoolerSnapshot.growths */
  readonly growths?: readonly TuningEffect[];
}

/** What a change of pool sizes has brought, measured on the PgBouncers while it was carried out. */
export interface TuningEffect {
  readonly at: EpochMs;
  readonly outcome: 'kept' | 'taken-back';
  readonly before: PoolerThroughput;
  readonly after: PoolerThroughput;
  /** Where it came from, and how the database fared. What earlier versions have stored lacks it. */
  readonly watched?: WatchedTuning;
  /** What got worse, where that was not throughput alone. */
  readonly worse?: Worsening;
}

export interface WatchedTuning {
  /** When the first PgBouncer was set. */
  readonly since: EpochMs;
  /** The largest that stood before. */
  readonly from: PoolerSizes;
  readonly before: DatabaseState;
  readonly after: DatabaseState;
}

/** What was seen of the database; `null` is unseen, never zero. */
export interface DatabaseState {
  readonly cpuPercent: Percent | null;
  readonly failures: FailureCount | null;
}

/** How many of so many went wrong. */
export interface FailureCount {
  readonly failed: number;
  readonly of: number;
}

/** Counters of PostgreSQL since their reset, over all its databases; pg_stat_database. */
export interface DatabaseCounters {
  /** Committed and rolled back. */
  readonly transactions: number;
  /** Rolled back, and sessions that ended by an error of their own or were terminated. */
  readonly failed: number;
}

/** CPU of the database in the mean of one period. */
export interface CpuPeriod {
  /** Its begin. */
  readonly at: EpochMs;
  readonly percent: Percent;
}

/** What a change of pool sizes made worse, besides throughput. */
export type Worsening =
  | {
      readonly what: 'database-cpu';
      readonly before: Percent;
      readonly after: Percent;
      readonly limit: Percent;
      /** Transactions a second with it; absent where they were not measured. */
      readonly work?: { readonly before: number; readonly after: number };
    }
  | { readonly what: 'failed-transactions'; readonly before: FailureCount; readonly after: FailureCount }
  | {
      readonly what: 'server-errors';
      readonly service: string;
      readonly before: FailureCount;
      readonly after: FailureCount;
    }
  /** The database lets PgBouncer open no more, while clients wait. */
  | {
      readonly what: 'connections-refused';
      readonly pool: string;
      readonly open: Connections;
      readonly poolSize: Connections;
      readonly clientsWaiting: Connections;
    };

export interface PoolerThroughput {
  /** How long it was measured. */
  readonly seconds: Seconds;
  readonly defaultPoolSize: Connections;
  readonly transactionsPerSecond: number;
  readonly clientsWaiting: number;
  /** Mean wait of a transaction for its server connection. */
  readonly waitMillis: number;
}

/** The PgBouncer tasks of a fleet: those that can be spoken to, one availability zone after the other, and the others. */
export interface PoolerInstances {
  readonly instances: readonly PoolerInstance[];
  /** Tasks that start, stop, are unhealthy or have no address of their own. */
  readonly leftOut: readonly { readonly id: string; readonly because: string }[];
}

/** Why the admin console of a PgBouncer did not do what it was asked for. */
export type PoolerFailure =
  | { readonly code: 'unreachable'; readonly detail: string }
  /** Also when the user is unknown: PgBouncer does not tell which. */
  | { readonly code: 'wrong-password' }
  /** The user is neither in `admin_users` nor in `stats_users`, or only in the latter and has asked for a change. */
  | { readonly code: 'not-allowed'; readonly detail: string }
  | { readonly code: 'timed-out'; readonly during: string; readonly limitSeconds: Seconds }
  /** It was there, and then it was gone. */
  | { readonly code: 'connection-lost'; readonly during: string; readonly detail: string }
  | { readonly code: 'refused'; readonly during: string; readonly detail: string }
  /** It answered, but not like a PgBouncer that we know. */
  | { readonly code: 'not-understood'; readonly detail: string };
