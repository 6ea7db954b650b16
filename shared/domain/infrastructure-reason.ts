import type { EpochMs, Percent, Tasks } from './units.ts';

/** How often of how many hours something was the case. */
interface Hours {
  readonly hours: number;
  readonly of: number;
}

/** Why a lever of tasks, pods, cache or storage wants something changed. */
export type InfrastructureActReason =
  /** With most of the tasks that may run, CPU is high and each request takes much of it. */
  | (Hours & {
      readonly code: 'requests-cost-cpu';
      readonly cpuPercent: Percent;
      readonly cpuMillis: number;
      readonly limitMillis: number;
    })
  | (Hours & {
      readonly code: 'slow-and-cpu-bound';
      readonly cpuPercent: Percent;
      readonly p99Millis: number;
      readonly limitMillis: number;
    })
  | (Hours & { readonly code: 'task-memory-short'; readonly memoryPercent: Percent; readonly limitPercent: Percent })
  | { readonly code: 'out-of-memory'; readonly tasks: Tasks }
  | WithoutCircuitBreaker
  | {
      readonly code: 'task-oversized';
      readonly days: number;
      readonly cpuPercent: Percent;
      readonly memoryPercent: Percent;
    }
  | {
      readonly code: 'pods-pinned-at-max';
      readonly maxReplicas: number;
      readonly metric: 'cpu' | 'memory';
      readonly utilizationPercent: Percent;
      readonly targetPercent: Percent;
      readonly minutes: number;
      readonly of: number;
      readonly needed: number;
    }
  /** The step or the hard limit allows less than is needed. */
  | {
      readonly code: 'pods-limited';
      readonly needed: number;
      readonly to: number;
      readonly by: 'step' | 'hard-limit';
    }
  | (Hours & { readonly code: 'cache-memory-short'; readonly memoryPercent: Percent; readonly limitPercent: Percent })
  | (Hours & {
      readonly code: 'cache-evicts';
      readonly evictionsPerHour: number;
      readonly hitPercent: Percent;
      readonly limitPercent: Percent;
    })
  | (Hours & {
      readonly code: 'cache-engine-busy';
      readonly role: 'primary' | 'replica';
      readonly cpuPercent: Percent;
      readonly limitPercent: Percent;
      /** Share of commands that read; `null` where it was not needed or cannot be told. */
      readonly readPercent: Percent | null;
    })
  | StorageRunsOut;

/** ECS does not roll a failed deployment back by itself. */
export interface WithoutCircuitBreaker {
  readonly code: 'without-circuit-breaker';
}

export interface StorageRunsOut {
  readonly code: 'storage-runs-out';
  readonly freeGiB: number;
  readonly growthGiBPerDay: number;
  /** Until the disk is full, or until autoscaling may not grow it any more. */
  readonly daysLeft: number;
  /** The last: what is allocated, since the next step of autoscaling would exceed its ceiling. */
  readonly limit: 'allocated' | 'ceiling' | 'step-above-ceiling';
  readonly limitGiB: number;
}

/** Why such a lever leaves things as they are. */
export type InfrastructureHoldReason =
  | WithoutCircuitBreaker
  | { readonly code: 'task-fits'; readonly pressedHours: number; readonly of: number; readonly needed: number }
  | { readonly code: 'no-larger-task'; readonly cpuUnits: number; readonly memoryMiB: number }
  | { readonly code: 'not-before-event'; readonly event: string; readonly from: EpochMs }
  | { readonly code: 'pods-below-max'; readonly replicas: number; readonly maxReplicas: number }
  | { readonly code: 'pods-not-pressed'; readonly minutes: number; readonly of: number; readonly needed: number }
  | { readonly code: 'pods-at-hard-limit'; readonly hardLimit: number; readonly needed: number }
  | { readonly code: 'cache-fits'; readonly pressedHours: number; readonly of: number; readonly needed: number }
  /** Keys are pushed out that nobody asks for again: more memory would be wasted. */
  | { readonly code: 'evictions-harmless'; readonly evictionsPerHour: number; readonly hitPercent: Percent }
  /** Misses that memory does not mend: what is asked for was never there, or has expired. */
  | {
      readonly code: 'misses-not-for-memory';
      readonly hitPercent: Percent;
      readonly limitPercent: Percent;
      readonly memoryPercent: Percent;
    }
  | {
      readonly code: 'scaled-by-aws';
      readonly shards: number;
      readonly replicasPerShard: number;
      /** Of what it has as many as its scalable target allows. */
      readonly pinned?: 'shards' | 'replicas';
    }
  | { readonly code: 'no-larger-cache'; readonly nodeType: string; readonly shards: number }
  | {
      readonly code: 'storage-lasts';
      readonly freeGiB: number;
      readonly growthGiBPerDay: number;
      /** `null` where nothing grows. */
      readonly daysLeft: number | null;
    }
  | { readonly code: 'storage-at-hard-limit'; readonly hardLimitGiB: number; readonly neededGiB: number };

/** Why such a lever cannot say. */
export interface CacheChanging {
  readonly code: 'cache-changing';
  readonly status: string;
}
