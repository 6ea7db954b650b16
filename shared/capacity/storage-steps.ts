import {
  type DatabaseStorage,
  GP3_STRIPED_BASELINE,
  leastLargerGiB,
  storageLimits,
  storagePerformance,
  STRIPED_FROM_GIB,
} from './database-storage.ts';

/** What the storage shall do. */
export interface WantedStorage {
  readonly iops: number;
  readonly mibps: number;
  /** Never more than this, whatever is wanted. */
  readonly mostIops: number;
}

const IOPS_STEP = 1000;
const MIBPS_STEP = 25;
/** gp3 passes at most a MiB/s for four IOPS. */
const IOPS_PER_MIBPS = 4;

/**
 * The smallest change of gp3, io1 or io2 that does what is wanted, or as much of it as is offered. `null` where nothing more
 * is offered, and for gp2, whose way to more is gp3.
 *
 *   gp3, 250 GiB, 4,500 IOPS wanted   ->  400 GiB, where 12,000 IOPS come with the size
 *   gp3, 400 GiB, 14,200 IOPS wanted  ->  15,000 IOPS
 *   io1, 100 GiB, 6,000 IOPS wanted   ->  120 GiB, since a GiB bears 50
 */
export function fasterStorage(storage: DatabaseStorage, wanted: WantedStorage): DatabaseStorage | null {
  if (storage.type === 'gp2') return null;
  const to = storage.type === 'gp3' ? fasterGp3(storage, wanted) : fasterIo(storage, wanted);
  return to !== null && isFaster(to, storage) ? to : null;
}

function fasterGp3(storage: DatabaseStorage, wanted: WantedStorage): DatabaseStorage | null {
  const allocatedGiB =
    storage.allocatedGiB >= STRIPED_FROM_GIB
      ? storage.allocatedGiB
      : Math.max(STRIPED_FROM_GIB, leastLargerGiB(storage.allocatedGiB) ?? Infinity);
  const present = storagePerformance(storage);
  const limits = storageLimits('gp3', allocatedGiB);
  const mibps = clamp(
    Math.max(upTo(wanted.mibps, MIBPS_STEP), present.mibps ?? 0),
    GP3_STRIPED_BASELINE.mibps,
    limits.mibps?.max,
  );
  const iops = clamp(
    Math.max(upTo(wanted.iops, IOPS_STEP), mibps * IOPS_PER_MIBPS, present.iops),
    GP3_STRIPED_BASELINE.iops,
    Math.max(Math.min(wanted.mostIops, limits.iops?.max ?? 0), GP3_STRIPED_BASELINE.iops),
  );
  return {
    ...{ type: 'gp3', allocatedGiB, provisionedIops: iops },
    provisionedMiBps: Math.min(mibps, Math.floor(iops / IOPS_PER_MIBPS)),
  };
}

function fasterIo(storage: DatabaseStorage, { iops: wanted, mostIops }: WantedStorage): DatabaseStorage | null {
  const { type, allocatedGiB, provisionedIops } = storage;
  const limits = storageLimits(type, allocatedGiB);
  const iops = clamp(
    Math.max(upTo(wanted, IOPS_STEP), provisionedIops ?? 0),
    limits.iops?.min ?? 0,
    Math.min(mostIops, limits.iops?.max ?? 0),
  );
  const neededGiB = Math.ceil(iops / limits.iopsPerGiB.max);
  if (neededGiB <= allocatedGiB) return { ...storage, provisionedIops: iops };
  const larger = leastLargerGiB(allocatedGiB);
  return larger === null ? null : { ...storage, provisionedIops: iops, allocatedGiB: Math.max(larger, neededGiB) };
}

function isFaster(to: DatabaseStorage, from: DatabaseStorage): boolean {
  const [after, before] = [storagePerformance(to), storagePerformance(from)];
  return after.iops > before.iops || (after.mibps ?? 0) > (before.mibps ?? 0);
}

/**
 * The same storage with no more IOPS and throughput than is wanted, or than cannot be less. `null` where that would not be
 * less. The size of storage never shrinks.
 */
export function slowerStorage(
  storage: DatabaseStorage,
  wanted: { readonly iops: number; readonly mibps: number },
): DatabaseStorage | null {
  const { type, allocatedGiB, provisionedIops, provisionedMiBps } = storage;
  const limits = storageLimits(type, allocatedGiB);
  if (limits.iops === null || provisionedIops === null) return null;
  const mibps =
    limits.mibps === null || provisionedMiBps === null
      ? null
      : Math.min(provisionedMiBps, clamp(upTo(wanted.mibps, MIBPS_STEP), limits.mibps.min, limits.mibps.max));
  const leastIops = Math.max(limits.iops.min, allocatedGiB * limits.iopsPerGiB.min, (mibps ?? 0) * IOPS_PER_MIBPS);
  const iops = Math.min(provisionedIops, upTo(Math.max(wanted.iops, leastIops), IOPS_STEP));
  if (iops === provisionedIops && mibps === provisionedMiBps) return null;
  return { ...storage, provisionedIops: iops, provisionedMiBps: mibps };
}

function clamp(value: number, min: number, max = Infinity): number {
  return Math.min(Math.max(value, min), max);
}

/** The next whole step at or above. */
function upTo(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
