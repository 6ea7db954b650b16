import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CACHE_NODE_TYPES,
  cacheNodes,
  cacheNodeType,
  cacheNodeTypeWithMoreMemory,
  cacheShapeProblems,
  nextCacheNodeType,
} from '../../shared/capacity/cache-nodes.ts';
import { CACHE_PRICES } from '../../shared/capacity/price-list/cache.ts';

const families = [...new Set(CACHE_NODE_TYPES.map(({ family }) => family))];
const ladder = (family: string) => CACHE_NODE_TYPES.filter((node) => node.family === family);

describe('the node types of ElastiCache', () => {
  it.each([
    { name: 'cache.t4g.micro', vcpus: 2, memoryGiB: 0.5 },
    { name: 'cache.t4g.medium', vcpus: 2, memoryGiB: 3.09 },
    { name: 'cache.m7g.large', vcpus: 2, memoryGiB: 6.38 },
    { name: 'cache.m6g.16xlarge', vcpus: 64, memoryGiB: 209.55 },
    { name: 'cache.r6g.large', vcpus: 2, memoryGiB: 13.07 },
    { name: 'cache.r7g.16xlarge', vcpus: 64, memoryGiB: 419.09 },
  ])('$name has $vcpus vCPUs and $memoryGiB GiB', ({ name, vcpus, memoryGiB }) => {
    expect(cacheNodeType(name)).toMatchObject({ vcpus, memoryGiB });
  });

  it.each(['cache.r5.large', 'cache.t4g.large', 'db.r6g.large', ''])('does not know %s', (name) => {
    expect(cacheNodeType(name)).toBeNull();
  });

  it.each(families)('grow strictly within %s', (family) => {
    const nodes = ladder(family);
    for (const [index, node] of nodes.entries()) {
      expect(node.memoryGiB).toBeGreaterThan(nodes[index - 1]?.memoryGiB ?? 0);
      expect(node.vcpus).toBeGreaterThanOrEqual(nodes[index - 1]?.vcpus ?? 0);
      expect(nextCacheNodeType(node)).toBe(nodes[index + 1] ?? null);
    }
  });

  it('more memory is about twice as much for as many vCPUs', () => {
    expect(cacheNodeTypeWithMoreMemory(cacheNodeType('cache.m7g.xlarge')!)?.name).toBe('cache.r7g.xlarge');
    fc.assert(
      fc.property(fc.constantFrom(...CACHE_NODE_TYPES), (node) => {
        const more = cacheNodeTypeWithMoreMemory(node);
        expect(more === null).toBe(!node.family.startsWith('m'));
        fc.pre(more !== null);
        expect(more.vcpus).toBe(node.vcpus);
        expect(more.memoryGiB / node.memoryGiB).toBeCloseTo(2, 0);
      }),
    );
  });

  it.each(CACHE_PRICES)('cost more in $region the larger they are, and every one has a price', ({ prices }) => {
    for (const family of families) {
      const priced = ladder(family).map(({ name }) => prices[`redis ${name}`]);
      expect(priced).not.toContain(undefined);
      for (const [index, price] of priced.entries()) expect(price).toBeGreaterThan(priced[index - 1] ?? 0);
    }
  });
});

describe('the shape of a cluster', () => {
  it.each([
    { shards: 1, replicasPerShard: 0, nodes: 1, codes: [] },
    { shards: 1, replicasPerShard: 5, nodes: 6, codes: [] },
    { shards: 1, replicasPerShard: 6, nodes: 7, codes: ['too-many-replicas'] },
    { shards: 0, replicasPerShard: 1, nodes: 0, codes: ['no-shard'] },
    { shards: 15, replicasPerShard: 5, nodes: 90, codes: [] },
    { shards: 16, replicasPerShard: 5, nodes: 96, codes: ['too-many-nodes'] },
    { shards: 90, replicasPerShard: 0, nodes: 90, codes: [] },
    { shards: 91, replicasPerShard: 0, nodes: 91, codes: ['too-many-nodes'] },
  ])('$shards shards of 1 + $replicasPerShard: $codes', ({ nodes, codes, ...shape }) => {
    expect(cacheNodes(shape)).toBe(nodes);
    expect(cacheShapeProblems(shape).map(({ code }) => code)).toEqual(codes);
  });

  it('may be larger where the quota is', () => {
    expect(cacheShapeProblems({ shards: 250, replicasPerShard: 1 }, { nodes: 500 })).toEqual([]);
    expect(cacheShapeProblems({ shards: 251, replicasPerShard: 1 }, { nodes: 500 })).toEqual([
      { code: 'too-many-nodes', most: 500 },
    ]);
  });
});
