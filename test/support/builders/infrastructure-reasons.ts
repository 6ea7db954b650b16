import type {
  CacheChanging,
  InfrastructureActReason,
  InfrastructureHoldReason,
} from '../../../shared/domain/infrastructure-reason.ts';
import { at } from './time.ts';

type InfrastructureReason = InfrastructureActReason | InfrastructureHoldReason | CacheChanging;

/** One reason of every code of the levers of tasks, pods, cache and storage. */
export const INFRASTRUCTURE_REASONS: {
  readonly [Code in InfrastructureReason['code']]: Extract<InfrastructureReason, { code: Code }>;
} = {
  'requests-cost-cpu': {
    code: 'requests-cost-cpu',
    hours: 8,
    of: 24,
    cpuPercent: 78.4,
    cpuMillis: 63.2,
    limitMillis: 50,
  },
  'slow-and-cpu-bound': {
    code: 'slow-and-cpu-bound',
    hours: 8,
    of: 24,
    cpuPercent: 78.4,
    p99Millis: 812.4,
    limitMillis: 500,
  },
  'task-memory-short': { code: 'task-memory-short', hours: 24, of: 24, memoryPercent: 86.3, limitPercent: 80 },
  'out-of-memory': { code: 'out-of-memory', tasks: 2 },
  'without-circuit-breaker': { code: 'without-circuit-breaker' },
  'task-oversized': { code: 'task-oversized', days: 14, cpuPercent: 18.2, memoryPercent: 31 },
  'task-fits': { code: 'task-fits', pressedHours: 2, of: 24, needed: 6 },
  'no-larger-task': { code: 'no-larger-task', cpuUnits: 4096, memoryMiB: 30_720 },
  'not-before-event': { code: 'not-before-event', event: 'Tax deadline', from: at('08:00', 1) },
  'pods-pinned-at-max': {
    code: 'pods-pinned-at-max',
    maxReplicas: 2,
    metric: 'cpu',
    utilizationPercent: 80,
    targetPercent: 70,
    minutes: 15,
    of: 15,
    needed: 3,
  },
  'pods-limited': { code: 'pods-limited', needed: 24, to: 15, by: 'step' },
  'pods-below-max': { code: 'pods-below-max', replicas: 7, maxReplicas: 10 },
  'pods-not-pressed': { code: 'pods-not-pressed', minutes: 4, of: 15, needed: 10 },
  'pods-at-hard-limit': { code: 'pods-at-hard-limit', hardLimit: 20, needed: 23 },
  'cache-memory-short': { code: 'cache-memory-short', hours: 9, of: 24, memoryPercent: 86.5, limitPercent: 80 },
  'cache-evicts': {
    code: 'cache-evicts',
    hours: 9,
    of: 24,
    evictionsPerHour: 5200,
    hitPercent: 61.5,
    limitPercent: 80,
  },
  'cache-engine-busy': {
    code: 'cache-engine-busy',
    role: 'primary',
    hours: 9,
    of: 24,
    cpuPercent: 88,
    limitPercent: 80,
    readPercent: 91,
  },
  'cache-fits': { code: 'cache-fits', pressedHours: 2, of: 24, needed: 6 },
  'evictions-harmless': { code: 'evictions-harmless', evictionsPerHour: 5200, hitPercent: 93.5 },
  'misses-not-for-memory': {
    code: 'misses-not-for-memory',
    hitPercent: 55,
    limitPercent: 80,
    memoryPercent: 34,
  },
  'scaled-by-aws': { code: 'scaled-by-aws', shards: 3, replicasPerShard: 1 },
  'no-larger-cache': { code: 'no-larger-cache', nodeType: 'cache.r7g.2xlarge', shards: 1 },
  'cache-changing': { code: 'cache-changing', status: 'modifying' },
  'storage-runs-out': {
    code: 'storage-runs-out',
    freeGiB: 22,
    growthGiBPerDay: 1.5,
    daysLeft: 26.7,
    limit: 'ceiling',
    limitGiB: 200,
  },
  'storage-lasts': { code: 'storage-lasts', freeGiB: 30, growthGiBPerDay: 0.2, daysLeft: 150 },
  'storage-at-hard-limit': { code: 'storage-at-hard-limit', hardLimitGiB: 4096, neededGiB: 4500 },
};
