import type { INFRASTRUCTURE_REASONS } from './infrastructure-reasons.ts';

/** What a person reads for each of `INFRASTRUCTURE_REASONS`. */
export const INFRASTRUCTURE_SENTENCES: { readonly [Code in keyof typeof INFRASTRUCTURE_REASONS]: string } = {
  'requests-cost-cpu':
    'CPU at 78.4 % near the ceiling in 8 of 24 hours while a request takes 63.2 ms of a vCPU, more than 50: it is the request that costs',
  'slow-and-cpu-bound':
    '99th percentile of the response time at 812 ms, above 500, with CPU at 78.4 % in 8 of 24 hours',
  'task-memory-short': 'memory of the tasks at 86.3 %, above 80 %, in 24 of 24 hours',
  'out-of-memory': '2 tasks stopped for want of memory',
  'without-circuit-breaker':
    'the deployment circuit breaker with rollback is off: a deployment that fails is not taken back by ECS',
  'task-oversized': 'never more than 18.2 % CPU (mean of an hour) and 31 % memory in 14 days',
  'task-fits': 'pressed in 2 of 24 hours, not in 6',
  'no-larger-task': '4 vCPU with 30 GiB, no larger task is offered or allowed',
  'not-before-event': 'nothing becomes smaller before “Tax deadline” on 2026-12-02',
  'pods-pinned-at-max': 'at maxReplicas of 2 with cpu at 80 % against a target of 70 % in 15 of 15 minutes, needs 3',
  'pods-limited': 'needs 24 pods, a step allows 15',
  'pods-below-max': '7 pods wanted, below maxReplicas of 10',
  'pods-not-pressed': 'utilization above target in 4 of 15 minutes, not in 10',
  'pods-at-hard-limit': 'at the hard limit of 20 pods, needs 23',
  'cache-memory-short': 'memory of the fullest node at 86.5 %, above 80 %, in 9 of 24 hours',
  'cache-evicts': '5200 keys pushed out an hour in 9 of 24 hours, hit rate 61.5 %, below 80 %',
  'cache-engine-busy': 'engine of the primary at 88 % CPU, above 80 %, in 9 of 24 hours, 91 % of the commands read',
  'cache-fits': 'the cache was pressed in 2 of 24 hours, not in 6',
  'evictions-harmless': '5200 keys pushed out an hour and 93.5 % hits: more memory would be wasted',
  'misses-not-for-memory':
    'hit rate 55 %, below 80 %, at 34 % memory and without evictions: look at keys and lifetimes, more memory would be wasted',
  'scaled-by-aws': 'Application Auto Scaling scales the cache, now 3 shards with 1 replica each',
  'no-larger-cache': '1 shard of cache.r7g.2xlarge, no more is offered or allowed',
  'cache-changing': 'the cache is changing: modifying',
  'storage-runs-out': '22 GiB free, 1.5 GiB more a day: at the ceiling of 200 GiB in 26 days',
  'storage-lasts': '30 GiB free, 0.2 GiB more a day, enough for 150 days',
  'storage-at-hard-limit': 'at the hard limit of 4096 GiB, needs 4500',
};
