import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultMaxConnections, MOST_CONNECTIONS_BY_DEFAULT } from '../../shared/capacity/postgres-defaults.ts';

describe('the default of max_connections', () => {
  it.each([
    { memoryGiB: 2, observed: 198 },
    { memoryGiB: 4, observed: 413 },
    { memoryGiB: 8, observed: 856 },
    { memoryGiB: 15.25, observed: 1660 },
  ])('is within a hundredth or so of the $observed that were observed on $memoryGiB GiB', ({ memoryGiB, observed }) => {
    expect(Math.abs(defaultMaxConnections(memoryGiB) / observed - 1)).toBeLessThan(0.015);
  });

  it.each([
    { memoryGiB: 32, connections: 3508 },
    // Where the cap is reached.
    { memoryGiB: 45, connections: 4943 },
    { memoryGiB: 45.5, connections: 4999 },
    { memoryGiB: 46, connections: 5000 },
    { memoryGiB: 512, connections: 5000 },
    { memoryGiB: 0, connections: 0 },
  ])('of $memoryGiB GiB is about $connections', ({ memoryGiB, connections }) => {
    expect(defaultMaxConnections(memoryGiB)).toBe(connections);
  });

  it('is never more than the memory as sold would give, nor than 5000', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2000, noNaN: true }), (memoryGiB) => {
        const connections = defaultMaxConnections(memoryGiB);
        expect(connections).toBeLessThanOrEqual(MOST_CONNECTIONS_BY_DEFAULT);
        expect(connections).toBeLessThanOrEqual((memoryGiB * 1024 ** 3) / 9_531_392);
      }),
    );
  });
});
