import type { QuietWindowCarbon, ValueRange } from './infrastructure.ts';
import type { Connections, EpochMs, Percent } from './units.ts';

/** Why a lever of the database wants something changed. */
export type DatabaseActReason =
  /** One for each resource of the class that is short. */
  | DatabasePressed
  /** What the class that is wanted has, at the default of `max_connections`. */
  | {
      readonly code: 'class-offers';
      readonly instanceClass: string;
      readonly vcpus: number;
      readonly memoryGiB: number;
      readonly maxConnections: Connections;
    }
  | QuietHours
  | GreenHours
  | {
      readonly code: 'database-calm';
      readonly days: number;
      readonly cpuPercent: Percent;
      readonly usedMemoryGiB: number;
      readonly connections: Connections;
    }
  | {
      readonly code: 'reads-dominate';
      readonly readPercent: Percent;
      readonly cpuPercent: Percent;
      readonly days: number;
      readonly of: number;
    }
  | {
      readonly code: 'replicas-busy';
      readonly replicas: number;
      readonly cpuPercent: Percent;
      readonly limitPercent: Percent;
      readonly days: number;
      readonly of: number;
    }
  | ReplicasIdle
  | StoragePressed
  /** gp3 stripes over four volumes from here on, at no charge but that of the size. */
  | { readonly code: 'baseline-steps'; readonly atGiB: number; readonly iops: number; readonly mibps: number }
  /** The size that is wanted has to fit under `max_allocated_storage`. */
  | { readonly code: 'storage-ceiling-in-the-way'; readonly maxAllocatedGiB: number; readonly neededGiB: number }
  | {
      readonly code: 'storage-idle';
      readonly what: StorageLimit;
      readonly is: number;
      readonly provisioned: number;
      readonly days: number;
    }
  | {
      readonly code: 'acu-near-max';
      readonly acu: number;
      readonly maxAcu: number;
      readonly limitPercent: Percent;
      readonly hours: number;
      readonly of: number;
    }
  /** Aurora grows the slower the smaller it is: it has been far below what an hour asked for. */
  | {
      readonly code: 'acu-ramps';
      readonly fromAcu: number;
      readonly toAcu: number;
      readonly factor: number;
      readonly days: number;
      readonly of: number;
    }
  | { readonly code: 'acu-warm-for-event'; readonly event: string; readonly from: EpochMs; readonly minAcu: number }
  | { readonly code: 'acu-idle'; readonly days: number; readonly peakAcu: number; readonly maxAcu: number }
  | { readonly code: 'acu-warm-enough'; readonly days: number; readonly minAcu: number };

export interface DatabasePressed {
  readonly code: 'database-pressed';
  readonly what: DatabaseResource;
  /** Mean over the days that breach. */
  readonly is: number;
  readonly limit: number;
  readonly days: number;
  readonly of: number;
}

/** What of a class can be short. */
export type DatabaseResource = 'cpu' | 'sessions-on-cpu' | 'memory' | 'swap' | 'connections' | 'io-credits';

export interface StoragePressed {
  readonly code: 'storage-pressed';
  readonly what: StorageLimit;
  readonly is: number;
  readonly provisioned: number;
  readonly limitPercent: Percent;
  readonly hours: number;
  readonly of: number;
  /** Share of reads in the operations of all these hours; `null` where it cannot be told. */
  readonly readPercent: Percent | null;
}

export type StorageLimit = 'iops' | 'mibps';

export interface ReplicasIdle {
  readonly code: 'replicas-idle';
  readonly replicas: number;
  readonly cpuPercent: Percent;
  readonly days: number;
}

export interface QuietHours {
  readonly code: 'quiet-hours';
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly loadPercent: Percent;
}

/** Why these hours of those that are equally quiet. */
export interface GreenHours extends QuietWindowCarbon {
  readonly code: 'green-hours';
}

/** Why a lever of the database leaves it as it is. */
export type DatabaseHoldReason =
  | ChangedLately
  | {
      readonly code: 'pressed-too-seldom';
      readonly what: DatabaseResource;
      readonly limit: number;
      readonly days: number;
      readonly of: number;
      readonly needed: number;
    }
  | { readonly code: 'no-larger-class'; readonly instanceClass: string }
  /** Sessions that wait for locks or I/O are not helped by a larger class. */
  | { readonly code: 'sessions-wait'; readonly sessions: number; readonly vcpus: number }
  /** The pools hold more connections than are ever in use. */
  | {
      readonly code: 'pools-too-large';
      readonly connections: Connections;
      readonly peakActive: Connections;
      readonly poolSize: Connections;
    }
  | { readonly code: 'writes-dominate'; readonly readPercent: Percent; readonly limitPercent: Percent }
  | { readonly code: 'replicas-unused'; readonly replicas: number; readonly cpuPercent: Percent }
  | { readonly code: 'replicas-lag'; readonly lagMillis: number; readonly limitMillis: number }
  | ReplicasIdle
  | { readonly code: 'most-replicas'; readonly replicas: number }
  | { readonly code: 'storage-within-limits'; readonly iops: number; readonly provisionedIops: number }
  /** Requests queue although the volume has room: the instance passes no more on. */
  | {
      readonly code: 'queue-without-load';
      readonly queueDepth: number;
      readonly iops: number;
      readonly latencyMillis: number;
    }
  /** The way to more is gp3, which no lever takes by itself. */
  | { readonly code: 'storage-type-ends-here'; readonly iops: number; readonly needed: number }
  | { readonly code: 'most-iops'; readonly iops: number; readonly needed: number }
  | { readonly code: 'most-acu'; readonly maxAcu: number }
  | { readonly code: 'acu-fits'; readonly peakAcu: number; readonly minAcu: number; readonly maxAcu: number };

/** Why a lever of the database cannot say. */
export type DatabaseAbstainReason =
  /** Being modified, made or restarted: what was measured is of a database that is about to be another one. */
  { readonly code: 'database-changing'; readonly status: string } | ChangedLately;

/** What was measured before is of another size. */
export interface ChangedLately {
  readonly code: 'changed-lately';
  readonly at: EpochMs;
  /** Until it is judged again. */
  readonly days: number;
}

/** Why a change of the database that a lever wanted does not happen now. */
export type DatabaseVeto =
  | { readonly code: 'approval-needed'; readonly instanceClass: string }
  | { readonly code: 'waits-for-quiet-hours'; readonly from: EpochMs | null }
  | OtherRemedy
  | { readonly code: 'storage-optimizing' }
  | { readonly code: 'storage-modified-lately'; readonly until: EpochMs }
  | StorageNotOffered
  | { readonly code: 'storage-without-autoscaling' };

/** What DescribeValidDBInstanceModifications does not name. */
export interface StorageNotOffered {
  readonly code: 'storage-not-offered';
  readonly what: 'size' | 'iops' | 'mibps' | 'iops-per-gib' | 'mibps-per-iops';
  readonly wanted: number;
  readonly offered: readonly ValueRange[];
}

/** Another lever mends the cause of what this one would ease. */
export interface OtherRemedy {
  readonly code: 'other-remedy';
  readonly lever: string;
  readonly why:
    | 'disk-fills'
    | 'cache-misses'
    | 'reads-can-leave'
    | 'class-has-both'
    | 'capacity-is-bound'
    | 'memory-spares-reads'
    | 'class-is-the-limit'
    | 'database-holds-back';
}

export type DatabaseReason = DatabaseActReason | DatabaseHoldReason | DatabaseAbstainReason | DatabaseVeto;
