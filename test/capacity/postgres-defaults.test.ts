import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultMaxConnections,
  instanceClassMemoryBytes,
  MOST_CONNECTIONS_BY_DEFAULT,
  postgresDefaults,
} from '../../shared/capacity/postgres-defaults.ts';

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

describe('what PostgreSQL takes from its class', () => {
  it('on db.t4g.medium', () => {
    const MIB = instanceClassMemoryBytes(4) / 1024 ** 2;
    expect(postgresDefaults({ vcpus: 2, memoryGiB: 4 })).toEqual({
      maxConnections: defaultMaxConnections(4),
      sharedBuffersMiB: Math.floor(MIB / 4),
      effectiveCacheSizeMiB: Math.floor(MIB / 2),
      maintenanceWorkMemMiB: 64,
      autovacuumMaxWorkers: 3,
      maxWorkerProcesses: 8,
      maxParallelWorkers: 8,
    });
  });

  it('on db.r6g.16xlarge, where every parameter has left its least value', () => {
    expect(postgresDefaults({ vcpus: 64, memoryGiB: 512 })).toEqual({
      maxConnections: 5000,
      sharedBuffersMiB: 128_395,
      effectiveCacheSizeMiB: 256_791,
      maintenanceWorkMemMiB: 8419,
      autovacuumMaxWorkers: 8,
      maxWorkerProcesses: 128,
      maxParallelWorkers: 32,
    });
  });

  it.each([
    { vcpus: 4, workers: 8, parallel: 8 },
    { vcpus: 5, workers: 10, parallel: 8 },
    { vcpus: 16, workers: 32, parallel: 8 },
    { vcpus: 18, workers: 36, parallel: 9 },
  ])('workers on $vcpus vCPUs', ({ vcpus, workers, parallel }) => {
    expect(postgresDefaults({ vcpus, memoryGiB: 16 })).toMatchObject({
      maxWorkerProcesses: workers,
      maxParallelWorkers: parallel,
    });
  });
});
