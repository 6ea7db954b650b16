import { databaseClass } from '../capacity/database-classes.ts';
import { storagePerformance } from '../capacity/database-storage.ts';
import type { DatabaseFacts } from '../domain/infrastructure.ts';
import type { DatabaseLimits } from '../domain/snapshot.ts';

/**
 * What class and volume have, for looks that see the metrics of a database but not what they are to be held against. gp2 counts
 * with its burst: what it may do for a while is no bottleneck.
 */
export function databaseLimits(
  identifier: string,
  { instanceClass, acu, storage }: Pick<DatabaseFacts, 'instanceClass' | 'acu' | 'storage'>,
): DatabaseLimits {
  const memoryGiB = acu === null ? (databaseClass(instanceClass)?.memoryGiB ?? null) : null;
  if (storage === null) return { identifier, memoryGiB, iops: null, storageGiB: null };
  const { type, allocatedGiB, iops: provisionedIops, throughputMibps: provisionedMiBps } = storage;
  const { iops, burstIops } = storagePerformance({ type, allocatedGiB, provisionedIops, provisionedMiBps });
  return { identifier, memoryGiB, iops: Math.max(iops, burstIops ?? 0), storageGiB: allocatedGiB };
}
