import type { DatabasePolicy, FleetPolicy } from '../config/policy.ts';
import type { DatabaseBottleneck } from '../domain/bottleneck.ts';
import type { Diagnosis, LeverBottleneck } from '../domain/diagnosis.ts';
import { mapReading, newest, NOT_ASKED, type Reading } from '../domain/reading.ts';
import type { ReasonCode } from '../domain/reason.ts';
import type { DatabaseSign, DatabaseSnapshot, FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs, Seconds } from '../domain/units.ts';
import type { Proposal } from '../levers/lever.ts';

/** An older reading of the database counts as missing. */
const MAX_DATABASE_READING_AGE: Seconds = 300;

/**
 * Names what holds the fleet back. The database is judged by its own newest minutes, what stands in front of it by what the
 * levers say that look after it.
 *
 * @param proposals of all levers of this look
 */
export function diagnose(
  snapshot: FleetSnapshot,
  proposals: readonly Proposal[],
  { database }: FleetPolicy,
  now: EpochMs,
): Diagnosis {
  const findings =
    database === undefined || snapshot.database === null ? [] : findingsIn(snapshot.database, database, now);
  return {
    bottlenecks: [...findings.flatMap((one) => ('is' in one ? [one] : [])), ...inFrontOfTheDatabase(proposals)],
    unknown: findings.flatMap((one) => ('is' in one ? [] : [one])),
  };
}

/** Those that more load makes worse. */
export function ofDatabase({ bottlenecks }: Diagnosis): readonly DatabaseBottleneck[] {
  return bottlenecks.flatMap((one) => ('is' in one ? [one] : []));
}

type Kind = DatabaseBottleneck['kind'];
type Finding = DatabaseBottleneck | Diagnosis['unknown'][number];
type Minutes = Reading<readonly number[]>;
/** The mean of the minutes that are past a limit; `null` where they are too few. */
type Breach = Reading<number | null>;

/**
 * Causes before effects: a full disk stops the database, what memory cannot hold is read from the disk and costs CPU, sessions
 * queue for both of them, and connections for the sessions.
 */
function findingsIn(
  { signs, limits, ...always }: DatabaseSnapshot,
  database: DatabasePolicy,
  now: EpochMs,
): readonly Finding[] {
  const minutes = (series: DatabaseSnapshot['cpu'] = NOT_ASKED): Minutes =>
    newest(series, database.sustained.of, MAX_DATABASE_READING_AGE, now);
  const above = (values: Minutes, limit: number): Breach => breachOf(values, (value) => value > limit, database);
  const below = (values: Minutes, limit: number): Breach => breachOf(values, (value) => value < limit, database);
  const sign = (name: DatabaseSign): Minutes => minutes(signs[name]);

  const free = inGiB(sign('freeMemory'));
  const swapHigh = database.swapHighMiB / 1024;
  const mostConnections = (database.maxConnections * database.connectionsHighPercent) / 100;
  return [
    ...ofWhatItHas('database-storage', limits?.storageGiB, database.freeStorageLowPercent, (low) =>
      judged('database-storage', below(inGiB(sign('freeStorage')), low), low),
    ),
    ...ofWhatItHas('database-memory', limits?.memoryGiB, database.freeMemoryLowPercent, (low) => [
      ...judged('database-memory', below(free, low), low),
      // Pages that were swapped out once and never missed are no pressure: it needs memory that is tight as well.
      ...judged('database-swap', whileAlso(above(inGiB(sign('swap')), swapHigh), below(free, 2 * low)), swapHigh),
    ]),
    ...judged('database-cpu', above(minutes(always.cpu), database.cpuHighPercent), database.cpuHighPercent),
    ...ofWhatItHas('database-io', limits?.iops, database.iopsHighPercent, (high) =>
      judgedIo(
        above(added(sign('reads'), sign('writes')), high),
        above(sign('queueDepth'), database.queueDepthHigh),
        high,
      ),
    ),
    ...judged('database-load', above(sign('load'), database.loadHighPerVcpu), database.loadHighPerVcpu),
    ...judged('database-connections', above(minutes(always.connections), mostConnections), mostConnections),
  ];
}

/** By a share of what the database has. What nobody has told yet is unknown; what it does not have (`null`) bounds nothing. */
function ofWhatItHas(
  kind: Kind,
  has: number | null | undefined,
  percent: number,
  judge: (limit: number) => readonly Finding[],
): readonly Finding[] {
  if (has === undefined) return [{ kind, because: NOT_ASKED.because }];
  return has === null ? [] : judge((has * percent) / 100);
}

function judged(kind: Exclude<Kind, 'database-io'>, breach: Breach, limit: number): readonly Finding[] {
  if (breach.kind === 'unseen') return [{ kind, because: breach.because }];
  return breach.value === null ? [] : [{ kind, is: breach.value, limit }];
}

/** Requests queue although the volume has room: then it is not the volume that is short, or it is only a burst. */
function judgedIo(iops: Breach, queue: Breach, limit: number): readonly Finding[] {
  const kind = 'database-io';
  const found = whileAlso(iops, queue);
  if (found.kind === 'unseen') return [{ kind, because: found.because }];
  const queueDepth = queue.kind === 'seen' ? queue.value : null;
  return found.value === null || queueDepth === null ? [] : [{ kind, is: found.value, limit, queueDepth }];
}

function breachOf(minutes: Minutes, isPast: (value: number) => boolean, { sustained }: DatabasePolicy): Breach {
  return mapReading(minutes, (values) => {
    const past = values.filter(isPast);
    return past.length < sustained.datapoints ? null : past.reduce((sum, value) => sum + value, 0) / past.length;
  });
}

/** The first, while the second holds as well: one that is seen not to hold is enough to know that both do not. */
function whileAlso(first: Breach, second: Breach): Breach {
  const isNot = (breach: Breach): boolean => breach.kind === 'seen' && breach.value === null;
  return isNot(second) || (second.kind === 'unseen' && !isNot(first)) ? second : first;
}

function added(a: Minutes, b: Minutes): Minutes {
  if (a.kind === 'unseen') return a;
  return b.kind === 'unseen'
    ? b
    : mapReading(a, (values) => values.map((value, index) => value + (b.value[index] ?? 0)));
}

const BYTES_PER_GIB = 1024 ** 3;

function inGiB(minutes: Minutes): Minutes {
  return mapReading(minutes, (values) => values.map((bytes) => bytes / BYTES_PER_GIB));
}

/** What a lever says when what it looks after is what holds the fleet back; the one behind which the others wait first. */
const SAID_OF: readonly (readonly [LeverBottleneck['kind'], readonly ReasonCode[]])[] = [
  ['cache', ['cache-evicts', 'cache-memory-short', 'cache-engine-busy', 'no-larger-cache']],
  ['pool', ['clients-wait', 'clients-near-limit', 'no-connections-left', 'pool-has-own-size']],
  ['request-cost', ['requests-cost-cpu', 'slow-and-cpu-bound']],
  [
    'tasks',
    ['pinned-at-max', 'scaled-to-max', 'pinned-and-blind', 'at-hard-limit', 'pods-pinned-at-max', 'pods-at-hard-limit'],
  ],
];

function inFrontOfTheDatabase(proposals: readonly Proposal[]): readonly LeverBottleneck[] {
  return SAID_OF.flatMap(([kind, codes]) =>
    proposals.flatMap(({ resource, wanted }) => {
      if (wanted.kind === 'abstain') return [];
      const because = wanted.because.find(({ code }) => codes.includes(code));
      return because === undefined ? [] : [{ kind, resource, because }];
    }),
  );
}
