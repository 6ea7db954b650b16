import { DAY, earlier, type EpochMs, HOUR, later, type Seconds } from '../domain/units.ts';

/**
 * Storage of Amazon RDS for PostgreSQL. Sources, as of 2026-09: Amazon RDS User Guide, "Amazon RDS DB instance storage",
 * "Managing capacity automatically with storage autoscaling" and "Scaling up DB instance storage". What an instance may
 * really be changed to, DescribeValidDBInstanceModifications tells.
 */
export type StorageType = 'gp2' | 'gp3' | 'io1' | 'io2';

export interface DatabaseStorage {
  readonly type: StorageType;
  readonly allocatedGiB: number;
  /** `null` where none are provisioned: always for gp2, and for gp3 at its baseline. */
  readonly provisionedIops: number | null;
  /** gp3 only; `null` at its baseline. */
  readonly provisionedMiBps: number | null;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export interface StoragePerformance {
  readonly iops: number;
  /** `null` where it depends on how large the operations are. */
  readonly mibps: number | null;
  /** gp2 bursts above its baseline while its credits last. */
  readonly burstIops: number | null;
}

/** From here on RDS for PostgreSQL stripes over four volumes. */
export const STRIPED_FROM_GIB = 400;
export const GP3_BASELINE = { iops: 3000, mibps: 125 } as const;
export const GP3_STRIPED_BASELINE = { iops: 12_000, mibps: 500 } as const;
const GP3_MIBPS_PER_IOPS = 0.25;
const LARGEST_GIB = 65_536;

interface Limits {
  readonly allocatedGiB: Range;
  /** `null` where IOPS cannot be provisioned. */
  readonly iops: Range | null;
  readonly iopsPerGiB: Range;
  readonly mibps: Range | null;
}

/** What can be provisioned on so much storage. gp3 takes no number at all below 400 GiB, not even its own baseline. */
export function storageLimits(type: StorageType, allocatedGiB: number): Limits {
  const striped = allocatedGiB >= STRIPED_FROM_GIB;
  switch (type) {
    case 'gp2':
      return { allocatedGiB: { min: 5, max: LARGEST_GIB }, iops: null, iopsPerGiB: { min: 0, max: 3 }, mibps: null };
    case 'gp3':
      return {
        allocatedGiB: { min: 20, max: LARGEST_GIB },
        iops: striped ? { min: GP3_STRIPED_BASELINE.iops, max: 64_000 } : null,
        iopsPerGiB: { min: 0, max: 500 },
        mibps: striped ? { min: GP3_STRIPED_BASELINE.mibps, max: 4000 } : null,
      };
    case 'io1':
      return {
        allocatedGiB: { min: 100, max: LARGEST_GIB },
        iops: { min: 1000, max: striped ? 256_000 : 19_950 },
        iopsPerGiB: { min: 0.5, max: 50 },
        mibps: null,
      };
    case 'io2':
      return {
        allocatedGiB: { min: 100, max: LARGEST_GIB },
        iops: { min: 1000, max: 256_000 },
        iopsPerGiB: { min: 0.5, max: 1000 },
        mibps: null,
      };
  }
}

/** What the storage gives. */
export function storagePerformance(storage: DatabaseStorage): StoragePerformance {
  const { type, allocatedGiB, provisionedIops, provisionedMiBps } = storage;
  const striped = allocatedGiB >= STRIPED_FROM_GIB;
  if (type === 'gp2') {
    const iops = Math.min(Math.max(3 * allocatedGiB, 100), 64_000);
    const burst = striped ? 12_000 : 3000;
    return { iops, mibps: null, burstIops: burst > iops ? burst : null };
  }
  if (type !== 'gp3') return { iops: provisionedIops ?? 0, mibps: null, burstIops: null };
  const baseline = striped ? GP3_STRIPED_BASELINE : GP3_BASELINE;
  return { iops: provisionedIops ?? baseline.iops, mibps: provisionedMiBps ?? baseline.mibps, burstIops: null };
}

export type StorageProblem =
  | { readonly code: 'size-not-offered' | 'iops-not-offered' | 'throughput-not-offered'; readonly offered: Range }
  /** Below 400 GiB of gp3, and for gp2: leave the attribute out. */
  | { readonly code: 'iops-not-provisionable' | 'throughput-not-provisionable' }
  | { readonly code: 'iops-missing' }
  | { readonly code: 'iops-for-size'; readonly offeredPerGiB: Range }
  | { readonly code: 'throughput-for-iops'; readonly mostMiBps: number };

/** Why RDS would refuse it. Empty where it would not. */
export function storageProblems(storage: DatabaseStorage): readonly StorageProblem[] {
  const { type, allocatedGiB, provisionedIops: iops, provisionedMiBps: mibps } = storage;
  const limits = storageLimits(type, allocatedGiB);
  const problems: StorageProblem[] = [];
  if (!within(limits.allocatedGiB, allocatedGiB) || !Number.isInteger(allocatedGiB)) {
    problems.push({ code: 'size-not-offered', offered: limits.allocatedGiB });
  }
  if (iops === null && type.startsWith('io')) problems.push({ code: 'iops-missing' });
  if (iops !== null) problems.push(...iopsProblems(limits, iops, allocatedGiB));
  if (mibps !== null) problems.push(...throughputProblems(limits, mibps, storagePerformance(storage).iops));
  return problems;
}

function iopsProblems(limits: Limits, iops: number, allocatedGiB: number): readonly StorageProblem[] {
  if (limits.iops === null) return [{ code: 'iops-not-provisionable' }];
  const problems: StorageProblem[] = [];
  if (!within(limits.iops, iops)) problems.push({ code: 'iops-not-offered', offered: limits.iops });
  if (!within(limits.iopsPerGiB, iops / allocatedGiB)) {
    problems.push({ code: 'iops-for-size', offeredPerGiB: limits.iopsPerGiB });
  }
  return problems;
}

function throughputProblems(limits: Limits, mibps: number, iops: number): readonly StorageProblem[] {
  if (limits.mibps === null) return [{ code: 'throughput-not-provisionable' }];
  const problems: StorageProblem[] = [];
  if (!within(limits.mibps, mibps)) problems.push({ code: 'throughput-not-offered', offered: limits.mibps });
  const mostMiBps = iops * GP3_MIBPS_PER_IOPS;
  if (mibps > mostMiBps) problems.push({ code: 'throughput-for-iops', mostMiBps });
  return problems;
}

function within({ min, max }: Range, value: number): boolean {
  return value >= min && value <= max;
}

/** Storage only grows, and by 10 % at least: from 100 GiB to 110. `null` where no more is offered. */
export function leastLargerGiB(allocatedGiB: number): number | null {
  const least = tenthMore(allocatedGiB);
  return least > LARGEST_GIB ? null : least;
}

/** `max_allocated_storage` is 10 % above what is allocated at least. */
export function leastCeilingGiB(allocatedGiB: number): number {
  return tenthMore(allocatedGiB);
}

/** From 26 % above on, RDS does not warn that the ceiling is near. */
export function advisedCeilingGiB(allocatedGiB: number): number {
  return Math.ceil((allocatedGiB * 126) / 100);
}

const LEAST_AUTOSCALED_GIB = 10;

/**
 * What the next step of storage autoscaling makes of it, at least: 10 GiB or a tenth more. It does not begin where the step
 * would exceed the ceiling ("Limitations of storage autoscaling").
 */
export function autoscaledGiB(allocatedGiB: number): number {
  return Math.max(allocatedGiB + LEAST_AUTOSCALED_GIB, tenthMore(allocatedGiB));
}

// In whole tenths: 110 × 1.1 is 121.00000000000001.
function tenthMore(gib: number): number {
  return Math.ceil((gib * 11) / 10);
}

/** A jump of free storage is known by the hour. */
const SAME_WITHIN: Seconds = 2 * HOUR;

/**
 * When the storage was modified, each time once: what RDS tells of its size, IOPS and throughput, and those enlargements
 * of which it tells nothing, for it sends events as well as it can.
 */
export function storageModifications(told: readonly EpochMs[], enlarged: readonly EpochMs[]): readonly EpochMs[] {
  const untold = enlarged.filter(
    (at) => !told.some((known) => known >= earlier(at, SAME_WITHIN) && known <= later(at, SAME_WITHIN)),
  );
  return [...told, ...untold].toSorted((a, b) => a - b);
}

/**
 * In any 24 hours, since 2026-07-15; before, six hours had to pass after each. Autoscaling counts as well, and so do
 * changes of IOPS and throughput alone.
 */
const MOST_MODIFICATIONS_A_DAY = 4;

export type NextStorageModification =
  | { readonly kind: 'allowed' }
  /** The volume is still being optimised, which takes hours; no time can be told. */
  | { readonly kind: 'after-optimization' }
  | { readonly kind: 'not-before'; readonly at: EpochMs };

/** When the storage may be modified again, after the modifications known. */
export function nextStorageModification(
  storage: { readonly optimizing: 'yes' | 'no'; readonly modifiedAt: readonly EpochMs[] },
  now: EpochMs,
): NextStorageModification {
  if (storage.optimizing === 'yes') return { kind: 'after-optimization' };
  const latest = storage.modifiedAt.toSorted((a, b) => b - a);
  const fourthLast = latest[MOST_MODIFICATIONS_A_DAY - 1];
  const freeAt = fourthLast === undefined ? now : later(fourthLast, DAY);
  return freeAt > now ? { kind: 'not-before', at: freeAt } : { kind: 'allowed' };
}
