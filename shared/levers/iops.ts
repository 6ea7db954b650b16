import {
  advisedCeilingGiB,
  type DatabaseStorage,
  GP3_STRIPED_BASELINE,
  leastCeilingGiB,
  nextStorageModification,
  type StoragePerformance,
  storagePerformance,
  STRIPED_FROM_GIB,
} from '../capacity/database-storage.ts';
import { mostOffered } from '../capacity/storage-offer.ts';
import { fasterStorage, slowerStorage } from '../capacity/storage-steps.ts';
import type { LeverSettings } from '../config/policy.ts';
import type { InfrastructureChange } from '../domain/change.ts';
import { abstain, type Act, act, type Decision, hold, stopped } from '../domain/decision.ts';
import type { StorageLimit, StoragePressed } from '../domain/database-reason.ts';
import type { DatabaseFacts, DatabaseId, DatabaseStorageFacts, StorageProvision } from '../domain/infrastructure.ts';
import { NOT_ASKED, type Reading, type Series } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { EpochMs } from '../domain/units.ts';
import { changingBy } from './database-days.ts';
import { breachesOf, metricIn, wholePeriods } from './infrastructure-look.ts';
import { calmStorageDays, type StorageDays, type StorageHours, storageHours, storageNeeds } from './iops-hours.ts';
import { defineLever } from './lever.ts';
import { databaseResourceOf } from './resources.ts';
import { answerTo, modificationsOf } from './storage-modifications.ts';

export interface IopsInput {
  readonly facts: Reading<DatabaseFacts>;
  readonly hours: StorageHours;
  readonly calm: StorageDays;
  /** Bytes, lowest of each of the last hours, where another lever has asked for it. */
  readonly freeStorage?: Reading<Series>;
}

export interface IopsSettings {
  readonly database: DatabaseId;
  readonly lever: LeverSettings['iops'];
}

/**
 * Faster storage when whole hours come near what it has, reads and writes together:
 *
 *   wanted = the worst hour ÷ 60 %, in IOPS and in MiB/s
 *
 *   gp3, 250 GiB, 2,700 of 3,000 IOPS  ->  4,500 wanted  ->  400 GiB, from which on it has 12,000
 *   gp3, 400 GiB, 11,000 of 12,000     ->  18,334 wanted ->  19,000 IOPS
 *
 * A queue without that load is not for the volume to mend. Provisioned IOPS come down after calm weeks; the size of storage
 * never does.
 */
export function evaluateIops(
  { facts, hours, calm, freeStorage = NOT_ASKED }: IopsInput,
  settings: IopsSettings,
  now: EpochMs,
): Decision {
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the database', because: facts.because });
  const { storage } = facts.value;
  if (storage === null) return abstain({ code: 'not-deployed', detail: 'Aurora provisions no I/O' });
  const changing = changingBy(facts.value);
  if (changing !== null) return abstain({ code: 'database-changing', status: changing });
  const wish = wishOf(storage, hours, calm, settings);
  if (wish.kind !== 'act') return wish;
  const modifiedAt = modificationsOf(storage, freeStorage);
  const allowed = unlessModifiedLately(wish, facts.value, modifiedAt, now);
  return allowed.kind === 'act' ? unlessNotOffered(allowed, storage) : allowed;
}

function wishOf(
  storage: DatabaseStorageFacts,
  hours: StorageHours,
  calm: StorageDays,
  settings: IopsSettings,
): Decision {
  if (hours.iops.kind === 'unseen') return abstain({ code: 'blind', to: 'its IOPS', because: hours.iops.because });
  const performance = storagePerformance(priced(storage));
  const pressed = [
    ...pressureOf('iops', hours, performance.iops, settings.lever),
    ...(performance.mibps === null ? [] : pressureOf('mibps', hours, performance.mibps, settings.lever)),
  ];
  const [first, ...others] = pressed;
  if (first !== undefined) return grow(storage, hours, performance, [first, ...others], settings);
  if (performance.mibps !== null && hours.mibps.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'its throughput', because: hours.mibps.because });
  }
  const iops = Math.max(...hours.iops.value);
  return (
    queued(hours, settings.lever) ??
    shrink(storage, calm, settings) ??
    hold({ code: 'storage-within-limits', iops, provisionedIops: performance.iops })
  );
}

function pressureOf(
  what: StorageLimit,
  { [what]: used, readPercent: reads }: StorageHours,
  provisioned: number,
  { highPercent, sustainedHours }: LeverSettings['iops'],
): readonly StoragePressed[] {
  if (used.kind === 'unseen') return [];
  const { breaching, of, mean } = breachesOf(used.value, (value) => value > (provisioned * highPercent) / 100);
  if (breaching < sustainedHours.datapoints) return [];
  const readPercent = reads.kind === 'seen' ? reads.value : null;
  const evidence = { is: mean, provisioned, limitPercent: highPercent, hours: breaching, of, readPercent };
  return [{ code: 'storage-pressed', what, ...evidence }];
}

function grow(
  storage: DatabaseStorageFacts,
  hours: StorageHours,
  performance: StoragePerformance,
  pressed: readonly [StoragePressed, ...StoragePressed[]],
  { database, lever }: IopsSettings,
): Decision {
  const wanted = {
    iops: wantedOf(hours.iops, lever.targetPercent),
    mibps: performance.mibps === null ? 0 : wantedOf(hours.mibps, lever.targetPercent),
    mostIops: Math.min(lever.maxIops, mostIopsOf(storage)),
  };
  if (storage.type === 'gp2')
    return hold({ code: 'storage-type-ends-here', iops: performance.iops, needed: wanted.iops });
  const to = fasterStorage(priced(storage), wanted);
  if (to === null) return hold({ code: 'most-iops', iops: performance.iops, needed: wanted.iops });
  const [first, ...others] = pressed;
  const because: readonly ActReason[] = [...others, ...steppedBaseline(storage, to)];
  const ceiling = storage.maxAllocatedGiB;
  if (ceiling !== null && to.allocatedGiB > storage.allocatedGiB && ceiling < leastCeilingGiB(to.allocatedGiB)) {
    return act(raiseCeiling(database, ceiling, to.allocatedGiB), 'grow', first, ...because, {
      code: 'storage-ceiling-in-the-way',
      maxAllocatedGiB: ceiling,
      neededGiB: to.allocatedGiB,
    });
  }
  return act(provision(database, storage, to), 'grow', first, ...because);
}

/** AWS may offer this instance less than the type of its storage bears. */
function mostIopsOf({ offer }: DatabaseStorageFacts): number {
  return (offer?.kind === 'seen' ? mostOffered(offer.value.iops) : null) ?? Infinity;
}

function steppedBaseline({ allocatedGiB }: DatabaseStorageFacts, to: DatabaseStorage): readonly ActReason[] {
  const steps = to.type === 'gp3' && allocatedGiB < STRIPED_FROM_GIB && to.allocatedGiB >= STRIPED_FROM_GIB;
  return steps ? [{ code: 'baseline-steps', atGiB: STRIPED_FROM_GIB, ...GP3_STRIPED_BASELINE }] : [];
}

function wantedOf(hours: Reading<readonly number[]>, targetPercent: number): number {
  return hours.kind === 'unseen' ? 0 : (Math.max(...hours.value) * 100) / targetPercent;
}

/** AWS tells the baseline of gp3 as if it were provisioned; below 400 GiB no code may name it. */
function priced({ type, allocatedGiB, iops, throughputMibps }: DatabaseStorageFacts): DatabaseStorage {
  const isBaseline = type === 'gp3' && allocatedGiB < STRIPED_FROM_GIB;
  return {
    ...{ type, allocatedGiB },
    provisionedIops: isBaseline ? null : iops,
    provisionedMiBps: isBaseline ? null : throughputMibps,
  };
}

function provision(database: DatabaseId, from: DatabaseStorageFacts, to: DatabaseStorage): InfrastructureChange {
  return { kind: 'provision-storage', database, from: provisionOf(priced(from)), to: provisionOf(to) };
}

function provisionOf({ allocatedGiB, provisionedIops, provisionedMiBps }: DatabaseStorage): StorageProvision {
  return { allocatedGiB, iops: provisionedIops, throughputMibps: provisionedMiBps };
}

function raiseCeiling(database: DatabaseId, from: number, toAllocateGiB: number): InfrastructureChange {
  const to = { maxAllocatedGiB: advisedCeilingGiB(toAllocateGiB) };
  return { kind: 'set-storage-ceiling', database, from: { maxAllocatedGiB: from }, to };
}

/** AWS would refuse it: the wish stands, and says from when on it can come true. */
function unlessModifiedLately(
  wish: Act,
  { status }: DatabaseFacts,
  modifiedAt: readonly EpochMs[],
  now: EpochMs,
): Decision {
  // The ceiling of autoscaling is no modification of the volume.
  if (wish.change.kind !== 'provision-storage') return wish;
  const next = nextStorageModification(
    { optimizing: status === 'storage-optimization' ? 'yes' : 'no', modifiedAt },
    now,
  );
  switch (next.kind) {
    case 'allowed':
      return wish;
    case 'after-optimization':
      return stopped(wish, { code: 'storage-optimizing' });
    case 'not-before':
      return stopped(wish, { code: 'storage-modified-lately', until: next.at });
  }
}

/** A wish that AWS would refuse stands, and says what AWS takes. Where it was asked and did not answer, nothing is wished. */
function unlessNotOffered(wish: Act, storage: DatabaseStorageFacts): Decision {
  const answer = answerTo(wish, storage);
  switch (answer.kind) {
    case 'taken':
      return wish;
    case 'unseen':
      return abstain({ code: 'blind', to: 'what the storage may become', because: answer.because });
    case 'refused':
      return stopped(wish, { code: 'storage-not-offered', ...answer.problem });
    case 'without-autoscaling':
      return stopped(wish, { code: 'storage-without-autoscaling' });
  }
}

/** Requests that queue and wait although the volume has room. */
function queued({ iops, queueDepth, latencyMillis }: StorageHours, lever: LeverSettings['iops']): Decision | null {
  if (iops.kind === 'unseen' || queueDepth.kind === 'unseen' || latencyMillis.kind === 'unseen') return null;
  const waiting = queueDepth.value.flatMap((depth, hour) => {
    const millis = latencyMillis.value[hour] ?? 0;
    return depth > lever.queueDepth && millis > lever.latencyMillis
      ? [{ depth, millis, iops: iops.value[hour] ?? 0 }]
      : [];
  });
  if (waiting.length < lever.sustainedHours.datapoints) return null;
  const mean = (of: (one: (typeof waiting)[number]) => number): number =>
    waiting.reduce((sum, one) => sum + of(one), 0) / waiting.length;
  return hold({
    code: 'queue-without-load',
    queueDepth: mean(({ depth }) => depth),
    iops: mean((one) => one.iops),
    latencyMillis: mean(({ millis }) => millis),
  });
}

/** Less of what is paid for beyond the baseline; `null` where it is used, or nobody can see that it is not. */
function shrink(storage: DatabaseStorageFacts, calm: StorageDays, { database, lever }: IopsSettings): Act | null {
  if (calm.iops.kind === 'unseen' || storage.iops === null) return null;
  if (storage.throughputMibps !== null && calm.mibps.kind === 'unseen') return null;
  const peak = {
    iops: Math.max(...calm.iops.value),
    mibps: calm.mibps.kind === 'unseen' ? 0 : Math.max(...calm.mibps.value),
  };
  const isCalm = (is: number, provisioned: number | null): boolean =>
    provisioned === null || is * 100 <= provisioned * lever.calmPercent;
  if (!isCalm(peak.iops, storage.iops) || !isCalm(peak.mibps, storage.throughputMibps)) return null;
  const to = slowerStorage(priced(storage), {
    iops: (peak.iops * 100) / lever.targetPercent,
    mibps: (peak.mibps * 100) / lever.targetPercent,
  });
  if (to === null) return null;
  return act(provision(database, storage, to), 'shrink', {
    code: 'storage-idle',
    what: 'iops',
    is: peak.iops,
    provisioned: storage.iops,
    days: lever.calmDays,
  });
}

export const iops = defineLever<IopsInput, IopsSettings>({
  name: 'iops',
  look: 'infrastructure',
  purpose: 'Proposes more IOPS or throughput, or the 400 GiB at which gp3 has four times as many at no charge.',
  needs: (_facts, { database, levers }) =>
    // Aurora provisions no I/O.
    database?.kind === 'rds-instance' ? storageNeeds(database, levers.iops) : [],
  cases: ({ infrastructure }, { database, levers }, now) => {
    if (database?.kind !== 'rds-instance' || infrastructure === null) return [];
    const { kind, identifier } = database;
    return [
      {
        resource: databaseResourceOf(database),
        service: null,
        input: {
          facts: infrastructure.database,
          hours: storageHours(infrastructure, levers.iops, now),
          calm: calmStorageDays(infrastructure, levers.iops, now),
          freeStorage: wholePeriods(metricIn(infrastructure, 'database/free-storage'), now),
        },
        settings: { database: { kind, identifier }, lever: levers.iops },
      },
    ];
  },
  evaluate: evaluateIops,
});
