import type { CacheChanging, InfrastructureActReason, InfrastructureHoldReason } from './infrastructure-reason.ts';
import { isoInstant } from './units.ts';

type InfrastructureReason = InfrastructureActReason | InfrastructureHoldReason | CacheChanging;

const POD_LIMITS = { step: 'a step', 'hard-limit': 'the hard limit' } as const;

export const EXPLAIN_INFRASTRUCTURE: {
  readonly [Code in InfrastructureReason['code']]: (reason: Extract<InfrastructureReason, { code: Code }>) => string;
} = {
  'requests-cost-cpu': ({ hours, of, cpuPercent, cpuMillis, limitMillis }) =>
    `CPU at ${round(cpuPercent)} % near the ceiling in ${hours} of ${of} hours while a request takes ${round(cpuMillis)} ms of a vCPU, more than ${limitMillis}: it is the request that costs`,
  'slow-and-cpu-bound': ({ hours, of, cpuPercent, p99Millis, limitMillis }) =>
    `99th percentile of the response time at ${Math.round(p99Millis)} ms, above ${limitMillis}, with CPU at ${round(cpuPercent)} % in ${hours} of ${of} hours`,
  'task-memory-short': ({ hours, of, memoryPercent, limitPercent }) =>
    `memory of the tasks at ${round(memoryPercent)} %, above ${limitPercent} %, in ${hours} of ${of} hours`,
  'out-of-memory': ({ tasks }) => `${counted(tasks, 'task')} stopped for want of memory`,
  'without-circuit-breaker': () =>
    'the deployment circuit breaker with rollback is off: a deployment that fails is not taken back by ECS',
  'task-oversized': ({ days, cpuPercent, memoryPercent }) =>
    `never more than ${round(cpuPercent)} % CPU (mean of an hour) and ${round(memoryPercent)} % memory in ${days} days`,
  'pods-pinned-at-max': ({ maxReplicas, metric, utilizationPercent, targetPercent, minutes, of, needed }) =>
    `at maxReplicas of ${maxReplicas} with ${metric} at ${round(utilizationPercent)} % against a target of ${targetPercent} % in ${minutes} of ${of} minutes, needs ${needed}`,
  'pods-limited': ({ needed, to, by }) => `needs ${needed} pods, ${POD_LIMITS[by]} allows ${to}`,
  'cache-memory-short': ({ hours, of, memoryPercent, limitPercent }) =>
    `memory of the fullest node at ${round(memoryPercent)} %, above ${limitPercent} %, in ${hours} of ${of} hours`,
  'cache-evicts': ({ hours, of, evictionsPerHour, hitPercent, limitPercent }) =>
    `${Math.round(evictionsPerHour)} keys pushed out an hour in ${hours} of ${of} hours, hit rate ${round(hitPercent)} %, below ${limitPercent} %`,
  'cache-engine-busy': ({ hours, of, role, cpuPercent, limitPercent, readPercent }) =>
    `engine of the ${role} at ${round(cpuPercent)} % CPU, above ${limitPercent} %, in ${hours} of ${of} hours${readPercent === null ? '' : `, ${round(readPercent)} % of the commands read`}`,
  'storage-runs-out': ({ freeGiB, growthGiBPerDay, daysLeft, limit, limitGiB }) =>
    `${round(freeGiB)} GiB free, ${round(growthGiBPerDay)} GiB more a day: ${limit === 'ceiling' ? 'at the ceiling of' : 'full at'} ${limitGiB} GiB in ${Math.floor(daysLeft)} days${limit === 'step-above-ceiling' ? ': the next step of storage autoscaling would exceed its ceiling' : ''}`,
  'task-fits': ({ pressedHours, of, needed }) => `pressed in ${pressedHours} of ${of} hours, not in ${needed}`,
  'no-larger-task': ({ cpuUnits, memoryMiB }) =>
    `${cpuUnits / 1024} vCPU with ${memoryMiB / 1024} GiB, no larger task is offered or allowed`,
  'not-before-event': ({ event, from }) =>
    `nothing becomes smaller before “${event}” on ${isoInstant(from).slice(0, 10)}`,
  'pods-below-max': ({ replicas, maxReplicas }) => `${replicas} pods wanted, below maxReplicas of ${maxReplicas}`,
  'pods-not-pressed': ({ minutes, of, needed }) =>
    `utilization above target in ${minutes} of ${of} minutes, not in ${needed}`,
  'pods-at-hard-limit': ({ hardLimit, needed }) => `at the hard limit of ${hardLimit} pods, needs ${needed}`,
  'cache-fits': ({ pressedHours, of, needed }) =>
    `the cache was pressed in ${pressedHours} of ${of} hours, not in ${needed}`,
  'evictions-harmless': ({ evictionsPerHour, hitPercent }) =>
    `${Math.round(evictionsPerHour)} keys pushed out an hour and ${round(hitPercent)} % hits: more memory would be wasted`,
  'misses-not-for-memory': ({ hitPercent, limitPercent, memoryPercent }) =>
    `hit rate ${round(hitPercent)} %, below ${limitPercent} %, at ${round(memoryPercent)} % memory and without evictions: look at keys and lifetimes, more memory would be wasted`,
  'scaled-by-aws': ({ shards, replicasPerShard, pinned }) =>
    `Application Auto Scaling scales the cache, now ${counted(shards, 'shard')} with ${counted(replicasPerShard, 'replica')} each${pinned === undefined ? '' : `: as many ${pinned} as its scalable target allows`}`,
  'no-larger-cache': ({ nodeType, shards }) =>
    `${counted(shards, 'shard')} of ${nodeType}, no more is offered or allowed`,
  'cache-changing': ({ status }) => `the cache is changing: ${status}`,
  'storage-lasts': ({ freeGiB, growthGiBPerDay, daysLeft }) =>
    `${round(freeGiB)} GiB free, ${daysLeft === null ? 'nothing grows' : `${round(growthGiBPerDay)} GiB more a day, enough for ${Math.floor(daysLeft)} days`}`,
  'storage-at-hard-limit': ({ hardLimitGiB, neededGiB }) =>
    `at the hard limit of ${hardLimitGiB} GiB, needs ${neededGiB}`,
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
