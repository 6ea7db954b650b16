import {
  advisedCeilingGiB,
  autoscaledGiB,
  GP3_STRIPED_BASELINE,
  leastCeilingGiB,
  leastLargerGiB,
  nextStorageModification,
  STRIPED_FROM_GIB,
} from '../capacity/database-storage.ts';
import { growthGiBPerDay } from '../capacity/storage-growth.ts';
import type { LeverSettings } from '../config/policy.ts';
import { abstain, type Act, act, type Decision, hold, stopped } from '../domain/decision.ts';
import type { DatabaseFacts, DatabaseId, DatabaseStorageFacts } from '../domain/infrastructure.ts';
import { mapReading, type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import type { StorageRunsOut } from '../domain/infrastructure-reason.ts';
import type { EpochMs } from '../domain/units.ts';
import { infrastructureNeed, metricIn, newestDays, newestPeriods, wholePeriods } from './infrastructure-look.ts';
import { defineLever } from './lever.ts';
import { dailySpan, databaseMetricQuery, hourlySpan } from './metric-queries.ts';
import { databaseResourceOf } from './resources.ts';
import { answerTo, freeOf, modificationsOf } from './storage-modifications.ts';

export interface StorageInput {
  readonly database: DatabaseId;
  readonly facts: Reading<DatabaseFacts>;
  /** Bytes, lowest of each whole day and of each hour of the last one. */
  readonly freeStorageDaily: Reading<Series>;
  readonly freeStorage: Reading<Series>;
}

export interface StorageSettings {
  readonly lever: LeverSettings['storage'];
}

/** So many newest days have to be complete before growth is read from them. */
const LEAST_DAYS = 7;
/** A day, and the hour before, for AWS counts what was modified within 24 hours. */
const MODIFICATION_HOURS = 25;
const BYTES_PER_GIB = 1024 ** 3;
/** In these RDS takes a change of the storage or of its ceiling. */
const READY: ReadonlySet<string> = new Set(['available', 'storage-optimization', 'storage-full']);
const ROUNDED_TO_GIB = 10;

/**
 * Makes room before it is used up:
 *
 *   usable = limit × (100 − freeLowPercent) ÷ 100    days left = (usable − used) ÷ growth a day
 *   needed = (used + growth × targetDays) ÷ (100 − freeLowPercent) × 100, up to the next 10 GiB
 *
 *   50 GiB of which 41 are used, ceiling of 60, 0.5 GiB a day  ->  (54 − 41) ÷ 0.5 = 26 days, fewer than 60:
 *   the ceiling becomes (41 + 90) ÷ 0.9 = 145.6 -> 150 GiB
 *
 * The limit is the ceiling of storage autoscaling, which then makes the storage larger by itself; or what is allocated, where
 * the next step of it would exceed the ceiling. Where it is off, the ceiling is set, and the storage itself is made larger
 * where it is nearly full. Nothing is ever made smaller: RDS cannot.
 */
export function evaluateStorage(input: StorageInput, settings: StorageSettings, now: EpochMs): Decision {
  const { facts } = input;
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the database', because: facts.because });
  const { status, storage } = facts.value;
  if (storage === null) return abstain({ code: 'blind', to: 'its storage', because: { code: 'no-data' } });
  if (!READY.has(status)) return abstain({ code: 'database-changing', status });
  const freeGiB = freeNow(input.freeStorage, now);
  if (freeGiB.kind === 'unseen') return abstain({ code: 'blind', to: 'free storage', because: freeGiB.because });
  // The lowest of that hour may be from before: what was added would count as used.
  if (storage.modifiedAt?.some((at) => at >= freeGiB.at) === true) {
    return abstain({ code: 'blind', to: 'free storage since it was modified', because: { code: 'no-data' } });
  }
  const growth = growthOf(input.freeStorageDaily, storage.allocatedGiB, now);
  if (growth.kind === 'unseen') return abstain({ code: 'blind', to: 'growth of storage', because: growth.because });

  const outlook = outlookOf(storage, freeGiB.value, growth.value, settings);
  const { daysLeft } = outlook;
  if (daysLeft === null || daysLeft >= settings.lever.horizonDays) {
    return hold({ code: 'storage-lasts', freeGiB: freeGiB.value, growthGiBPerDay: growth.value, daysLeft });
  }
  const because = {
    code: 'storage-runs-out',
    freeGiB: freeGiB.value,
    growthGiBPerDay: growth.value,
    daysLeft,
    limit: outlook.limit,
    limitGiB: outlook.limitGiB,
  } as const;
  const isUrgent = storage.maxAllocatedGiB === null && daysLeft < settings.lever.urgentDays;
  const wish = isUrgent
    ? provision(input, { storage, status, because, neededGiB: outlook.neededGiB }, settings, now)
    : raiseCeiling(input, { storage, status, because, neededGiB: outlook.neededGiB }, settings);
  return wish.kind === 'act' ? unlessNotOffered(wish, storage) : wish;
}

interface Outlook extends Pick<StorageRunsOut, 'limit' | 'limitGiB'> {
  /** `null` where nothing grows and enough is free. */
  readonly daysLeft: number | null;
  readonly neededGiB: number;
}

/** What the storage grows to by itself. */
function limitOf({ allocatedGiB, maxAllocatedGiB }: DatabaseStorageFacts): Pick<Outlook, 'limit' | 'limitGiB'> {
  if (maxAllocatedGiB === null) return { limit: 'allocated', limitGiB: allocatedGiB };
  const isStuck = maxAllocatedGiB > allocatedGiB && autoscaledGiB(allocatedGiB) > maxAllocatedGiB;
  return isStuck
    ? { limit: 'step-above-ceiling', limitGiB: allocatedGiB }
    : { limit: 'ceiling', limitGiB: maxAllocatedGiB };
}

function outlookOf(
  storage: DatabaseStorageFacts,
  freeGiB: number,
  growth: number,
  { lever: { freeLowPercent, targetDays } }: StorageSettings,
): Outlook {
  const { limit, limitGiB } = limitOf(storage);
  const usedGiB = Math.max(0, storage.allocatedGiB - freeGiB);
  const roomGiB = (limitGiB * (100 - freeLowPercent)) / 100 - usedGiB;
  const daysLeft = roomGiB <= 0 ? 0 : growth === 0 ? null : roomGiB / growth;
  const needed = ((usedGiB + growth * targetDays) * 100) / (100 - freeLowPercent);
  return { limit, limitGiB, daysLeft, neededGiB: Math.ceil(needed / ROUNDED_TO_GIB) * ROUNDED_TO_GIB };
}

interface Shortage {
  readonly storage: DatabaseStorageFacts;
  readonly status: string;
  readonly because: StorageRunsOut;
  readonly neededGiB: number;
}

function raiseCeiling(
  { database }: StorageInput,
  { storage: { allocatedGiB, maxAllocatedGiB }, because, neededGiB }: Shortage,
  { lever: { hardLimitGiB } }: StorageSettings,
): Decision {
  const least = Math.max(
    ...[advisedCeilingGiB(allocatedGiB), autoscaledGiB(allocatedGiB)],
    maxAllocatedGiB === null ? 0 : maxAllocatedGiB + 1,
  );
  const wanted = Math.max(neededGiB, Math.ceil(least / ROUNDED_TO_GIB) * ROUNDED_TO_GIB);
  const to = Math.min(wanted, hardLimitGiB);
  // RDS takes no ceiling that is less than a tenth above what is allocated.
  if (to <= (maxAllocatedGiB ?? 0) || to < leastCeilingGiB(allocatedGiB)) {
    return hold({ code: 'storage-at-hard-limit', hardLimitGiB, neededGiB: wanted });
  }
  const change = { database, from: { maxAllocatedGiB }, to: { maxAllocatedGiB: to } };
  return act({ kind: 'set-storage-ceiling', ...change }, 'grow', because);
}

function provision(
  { database, freeStorage }: StorageInput,
  { storage, status, because, neededGiB }: Shortage,
  { lever: { hardLimitGiB } }: StorageSettings,
  now: EpochMs,
): Decision {
  const { type, allocatedGiB, iops, throughputMibps } = storage;
  const modification = nextStorageModification(
    {
      optimizing: status === 'storage-optimization' ? 'yes' : 'no',
      modifiedAt: modificationsOf(storage, freeStorage),
    },
    now,
  );
  if (modification.kind === 'after-optimization') return hold({ code: 'storage-optimizing' });
  if (modification.kind === 'not-before') return hold({ code: 'storage-modified-lately', until: modification.at });

  const least = leastLargerGiB(allocatedGiB);
  const wanted = stepped(type, allocatedGiB, Math.max(neededGiB, least ?? Infinity));
  const to = Math.min(wanted, hardLimitGiB);
  if (least === null || to < least) {
    return hold({ code: 'storage-at-hard-limit', hardLimitGiB, neededGiB: Math.max(neededGiB, allocatedGiB) });
  }
  const steps = type === 'gp3' && allocatedGiB < STRIPED_FROM_GIB && to >= STRIPED_FROM_GIB;
  const baseline = { code: 'baseline-steps', atGiB: STRIPED_FROM_GIB, ...GP3_STRIPED_BASELINE } as const;
  // AWS tells the baseline as if it were provisioned; it rises by itself with the step.
  const isBaseline = type === 'gp3' && allocatedGiB < STRIPED_FROM_GIB;
  const from = { allocatedGiB, ...(isBaseline ? { iops: null, throughputMibps: null } : { iops, throughputMibps }) };
  const change = { kind: 'provision-storage', database, from, to: { ...from, allocatedGiB: to } } as const;
  return act(change, 'grow', because, ...(steps ? [baseline] : []));
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

/** From so much on the way to 400 GiB, gp3 goes there: four times the IOPS for the last GiB. */
const NEARLY_STRIPED_GIB = 350;

function stepped(type: DatabaseStorageFacts['type'], allocatedGiB: number, wantedGiB: number): number {
  const isNear = wantedGiB >= NEARLY_STRIPED_GIB && wantedGiB < STRIPED_FROM_GIB && allocatedGiB < STRIPED_FROM_GIB;
  return type === 'gp3' && isNear ? STRIPED_FROM_GIB : wantedGiB;
}

function freeNow(hourly: Reading<Series>, now: EpochMs): Reading<number> {
  return mapReading(newestPeriods(hourly, 1, now), ([bytes = 0]) => bytes / BYTES_PER_GIB);
}

/** Growth from all days that there are, of which the newest week has to be complete. */
function growthOf(daily: Reading<Series>, allocatedGiB: number, now: EpochMs): Reading<number> {
  const newest = newestDays(daily, LEAST_DAYS, now);
  if (newest.kind === 'unseen') return newest;
  if (daily.kind === 'unseen') return daily;
  const sound = freeOf(daily.value).filter(({ freeGiB }) => Number.isFinite(freeGiB) && freeGiB >= 0);
  const growth = growthGiBPerDay(sound, allocatedGiB);
  const incomplete = { code: 'incomplete', points: sound.length, needed: LEAST_DAYS } as const;
  return growth === null ? unseen(incomplete) : seen(growth, newest.at);
}

export const storage = defineLever<StorageInput, StorageSettings>({
  name: 'storage',
  look: 'infrastructure',
  purpose: 'Raises the ceiling of storage autoscaling, or the storage itself, before it is full; never lowers it.',
  needs: (_facts, { database, levers }) =>
    // Aurora sizes its storage itself.
    database?.kind !== 'rds-instance'
      ? []
      : [
          infrastructureNeed(
            'database/free-storage-daily',
            databaseMetricQuery(database, 'FreeStorageSpace', dailySpan(levers.storage.historyDays, 'Minimum')),
          ),
          infrastructureNeed(
            'database/free-storage',
            databaseMetricQuery(database, 'FreeStorageSpace', hourlySpan(MODIFICATION_HOURS, 'Minimum')),
          ),
        ],
  cases: ({ infrastructure }, { database, levers }, now) => {
    if (infrastructure === null || database?.kind !== 'rds-instance') return [];
    const input: StorageInput = {
      database: { kind: database.kind, identifier: database.identifier },
      facts: infrastructure.database,
      freeStorageDaily: wholePeriods(metricIn(infrastructure, 'database/free-storage-daily'), now),
      freeStorage: wholePeriods(metricIn(infrastructure, 'database/free-storage'), now),
    };
    return [{ resource: databaseResourceOf(database), service: null, input, settings: { lever: levers.storage } }];
  },
  evaluate: evaluateStorage,
});
