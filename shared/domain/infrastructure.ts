import type { Reading, Series } from './reading.ts';
import { type EpochMs, HOUR, type Percent, type Seconds, type Tasks } from './units.ts';

/** What AWS tells for nothing of what changes seldom and is looked at seldom. */
export interface InfrastructureFacts {
  /** Unseen with `not-asked` where the policy has no database; so the others. */
  readonly database: Reading<DatabaseFacts>;
  readonly cache: Reading<CacheFacts>;
  /** By name of service. */
  readonly tasks: Readonly<Record<string, Reading<TaskFacts>>>;
}

export interface InfrastructureSnapshot extends InfrastructureFacts {
  /** What levers have asked for, by the name that they gave it: `database/freeable-memory`. */
  readonly metrics: Readonly<Record<string, Reading<Series>>>;
  /** The quietest hours to come, where a forecast knows them. */
  readonly quietWindow: QuietWindow | null;
}

export interface QuietWindow {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Load then, as a share of the mean of the day. */
  readonly loadPercent: Percent;
  /** Absent where nobody has said how clean the power of the region is. */
  readonly carbon?: QuietWindowCarbon;
}

/** Why these of several equally quiet hours. */
export interface QuietWindowCarbon {
  /** Mean grid intensity of these hours, in g CO₂/kWh. */
  readonly gramsPerKWh: number;
  /** The hours with the least load; often the same. */
  readonly quietest: {
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly loadPercent: Percent;
    readonly gramsPerKWh: number;
  };
  /** Of the mean load of the day. */
  readonly equalWithinPercent: number;
}

/**
 * So long before quiet hours a snapshot is taken of what will be changed in them: one of a large database takes hours, and
 * one that is older than the last day of writes helps less.
 */
export const SNAPSHOT_LEAD: Seconds = 6 * HOUR;

/** A database as `fulcrum.yml` and AWS name it. */
export interface DatabaseId {
  readonly kind: 'rds-instance' | 'aurora-cluster';
  readonly identifier: string;
}

/** DescribeDBInstances and DescribeDBClusters. */
export interface DatabaseFacts {
  /** `db.r6g.large`; of the writer of an Aurora cluster. */
  readonly instanceClass: string;
  readonly deployment: 'single-az' | 'multi-az';
  readonly engineVersion: string;
  /** `available`, `modifying`, `storage-optimization` … */
  readonly status: string;
  /** `null` for Aurora, which sizes its storage itself. */
  readonly storage: DatabaseStorageFacts | null;
  /** How an Aurora cluster is billed; absent for an instance. */
  readonly auroraStorage?: 'standard' | 'io-optimized';
  /** Instances that read only. */
  readonly replicas: readonly string[];
  /** Of Aurora Serverless v2; `null` otherwise. */
  readonly acu: { readonly min: number; readonly max: number } | null;
  /** Whether a modification waits for the maintenance window. */
  readonly hasPendingChange: boolean;
  /**
   * When it was made, or its class was last changed, as far as RDS still tells; what was measured before is of another
   * database. Of a cluster: of its writer.
   */
  readonly changedAt?: EpochMs | null;
  /** Classes that can be ordered for this engine, version and storage; absent where nobody has asked. */
  readonly orderableClasses?: Reading<readonly string[]>;
}

export interface DatabaseStorageFacts {
  readonly type: 'gp2' | 'gp3' | 'io1' | 'io2';
  readonly allocatedGiB: number;
  /** `null` where storage autoscaling is off. */
  readonly maxAllocatedGiB: number | null;
  readonly iops: number | null;
  readonly throughputMibps: number | null;
  /** Modifications of the storage in the last 24 hours, of its size or its IOPS, as far as RDS tells them. */
  readonly modifiedAt?: readonly EpochMs[];
  /** Absent where nobody has asked. */
  readonly offer?: Reading<StorageOffer>;
}

/** What AWS takes for the storage of this instance, of its own type: DescribeValidDBInstanceModifications. */
export interface StorageOffer {
  /** The present size, and all that it may grow to. */
  readonly allocatedGiB: readonly ValueRange[];
  /** Empty where AWS names none; so below. */
  readonly iops: readonly ValueRange[];
  readonly iopsPerGiB: readonly ValueRange[];
  readonly throughputMibps: readonly ValueRange[];
  readonly mibpsPerIops: readonly ValueRange[];
  /** Whether the size can have a ceiling to which it grows by itself. */
  readonly autoscales: boolean;
}

/** Both ends belong to it. */
export interface ValueRange {
  readonly from: number;
  readonly to: number;
}

/** DescribeReplicationGroups. */
export interface CacheFacts {
  readonly nodeType: string;
  readonly engine: 'redis' | 'valkey';
  readonly status: string;
  /** Names of all its nodes, under which CloudWatch knows them. */
  readonly nodes: readonly string[];
  readonly shards: number;
  readonly replicasPerShard: number;
  readonly isClusterMode: boolean;
  /** Whether a scalable target of Application Auto Scaling already scales it. */
  readonly scaledBy: 'nobody' | 'application-auto-scaling';
  /** The most that its scalable targets allow; absent where it has none of that kind. */
  readonly scaledUpTo?: Partial<CacheShapeSize>;
}

/** The task definition that a service runs, and how its tasks have ended lately. */
export interface TaskFacts {
  readonly family: string;
  readonly revision: number;
  readonly size: TaskSize;
  readonly architecture: 'x86_64' | 'arm64';
  /** Whether a failed deployment is rolled back by ECS itself. */
  readonly hasCircuitBreaker: boolean;
  /** Tasks that were stopped for want of memory, as far as ECS still shows them. */
  readonly outOfMemory: Tasks;
}

export interface TaskSize {
  /** 1024 is one vCPU. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

export interface StorageProvision {
  readonly allocatedGiB: number;
  /** `null`: what the size brings with it. */
  readonly iops: number | null;
  readonly throughputMibps: number | null;
}

export interface CacheShapeSize {
  readonly shards: number;
  readonly replicasPerShard: number;
}
