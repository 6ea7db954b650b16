/**
 * Node types of Amazon ElastiCache for Valkey and Redis OSS. Sources, as of 2026-09: Amazon ElastiCache User Guide,
 * "Supported node types" and "Redis OSS node-type specific parameters" (`maxmemory`), "Quotas".
 */
export interface CacheNodeType {
  /** `cache.r7g.large` */
  readonly name: string;
  readonly family: CacheFamily;
  readonly vcpus: number;
  /** `maxmemory`, of which a share is better kept for backups and failover (`reserved-memory-percent`, 25). */
  readonly memoryGiB: number;
}

export type CacheFamily = 't4g' | 'm6g' | 'm7g' | 'r6g' | 'r7g';

type Sizes = readonly (readonly [size: string, vcpus: number, memoryGiB: number])[];

const GENERAL: Sizes = [
  ['large', 2, 6.38],
  ['xlarge', 4, 12.93],
  ['2xlarge', 8, 26.04],
  ['4xlarge', 16, 52.26],
  ['8xlarge', 32, 103.68],
  ['12xlarge', 48, 157.12],
  ['16xlarge', 64, 209.55],
];
const MEMORY_OPTIMIZED: Sizes = [
  ['large', 2, 13.07],
  ['xlarge', 4, 26.32],
  ['2xlarge', 8, 52.82],
  ['4xlarge', 16, 105.81],
  ['8xlarge', 32, 209.55],
  ['12xlarge', 48, 317.77],
  ['16xlarge', 64, 419.09],
];
const BURSTABLE: Sizes = [
  ['micro', 2, 0.5],
  ['small', 2, 1.37],
  ['medium', 2, 3.09],
];

const of = (family: CacheFamily, sizes: Sizes): readonly CacheNodeType[] =>
  sizes.map(([size, vcpus, memoryGiB]) => ({ name: `cache.${family}.${size}`, family, vcpus, memoryGiB }));

/** Each family from its smallest node to its largest. */
export const CACHE_NODE_TYPES: readonly CacheNodeType[] = [
  ...of('t4g', BURSTABLE),
  ...of('m6g', GENERAL),
  ...of('m7g', GENERAL),
  ...of('r6g', MEMORY_OPTIMIZED),
  ...of('r7g', MEMORY_OPTIMIZED),
];

const MORE_MEMORY: Readonly<Record<CacheFamily, CacheFamily | null>> = {
  t4g: null,
  m6g: 'r6g',
  m7g: 'r7g',
  r6g: null,
  r7g: null,
};

/** `null` for a node type that is not of the table, which says nothing of whether it exists. */
export function cacheNodeType(name: string): CacheNodeType | null {
  return CACHE_NODE_TYPES.find((candidate) => candidate.name === name) ?? null;
}

/** One step up in its family. `null` for the largest. */
export function nextCacheNodeType(current: CacheNodeType): CacheNodeType | null {
  const ladder = CACHE_NODE_TYPES.filter(({ family }) => family === current.family);
  return ladder[ladder.findIndex(({ name }) => name === current.name) + 1] ?? null;
}

/** As many vCPUs with twice the memory: m → r. `null` where no family has more. */
export function cacheNodeTypeWithMoreMemory(current: CacheNodeType): CacheNodeType | null {
  const moreMemory = MORE_MEMORY[current.family];
  return moreMemory === null ? null : cacheNodeType(current.name.replace(`.${current.family}.`, `.${moreMemory}.`));
}

/** Shards and replicas of a replication group. */
export interface CacheShape {
  readonly shards: number;
  readonly replicasPerShard: number;
}

/** Nodes of a cluster by default, and at most on request; without cluster mode there is one shard. */
const CACHE_LIMITS = { replicasPerShard: 5, nodes: 90, nodesOnRequest: 500 } as const;

export function cacheNodes({ shards, replicasPerShard }: CacheShape): number {
  return shards * (1 + replicasPerShard);
}

export type CacheShapeProblem =
  | { readonly code: 'too-many-replicas'; readonly most: number }
  | { readonly code: 'too-many-nodes'; readonly most: number }
  | { readonly code: 'no-shard' };

/** Why ElastiCache would refuse it under a quota of nodes. Empty where it would not. */
export function cacheShapeProblems(
  shape: CacheShape,
  quota: { readonly nodes: number } = CACHE_LIMITS,
): readonly CacheShapeProblem[] {
  const problems: CacheShapeProblem[] = [];
  if (shape.shards < 1) problems.push({ code: 'no-shard' });
  const most = CACHE_LIMITS.replicasPerShard;
  if (shape.replicasPerShard > most) problems.push({ code: 'too-many-replicas', most });
  if (cacheNodes(shape) > quota.nodes) problems.push({ code: 'too-many-nodes', most: quota.nodes });
  return problems;
}
