import { risenCpu } from '../capacity/crowded-database.ts';
import { failsMoreOften } from '../capacity/failure-share.ts';
import { throughputIn, together } from '../capacity/pooler-throughput.ts';
import type { FleetPolicy, LeverSettings } from '../config/policy.ts';
import type {
  FailureCount,
  PoolerSizes,
  PoolerSnapshot,
  PoolerThroughput,
  Tuning,
  TuningEffect,
  WatchedTuning,
  Worsening,
} from '../domain/pooler.ts';
import { newest, type Reading, type Series } from '../domain/reading.ts';
import { earlier, type EpochMs, later, MINUTE, type Percent, type Seconds } from '../domain/units.ts';
import type { Needs } from './lever.ts';
import { databaseCpuQuery, requestsQuery, serverErrorsQuery } from './metric-queries.ts';
import { isSame, type PoolSizeSettings, type Standing, startingSizes } from './pool-size-standing.ts';

/** So many minutes after a step have to be seen: one is no proof, and more are time in which the database suffers. */
const LEAST_MINUTES = 3;

/** An older reading counts as missing. */
const MAX_READING_AGE: Seconds = 300;

/** A step up that stands, and is still so young that it may be taken back. */
interface YoungGrowth {
  readonly effect: TuningEffect;
  readonly watched: WatchedTuning;
  /** What is seen from then on counts. */
  readonly from: EpochMs;
}

/** The steps up that are remembered, newest first. */
export function growthsOf({ growths = [], effect }: Pick<Tuning, 'growths' | 'effect'>): readonly TuningEffect[] {
  return growths.length > 0 || effect === null ? growths : [effect];
}

/**
 * The newest step up, while it stands. After one that was taken back the step before it is watched as long again: several
 * may have come within minutes, and the last was not the only one that was too much.
 */
function youngGrowth(
  tuning: Pick<Tuning, 'growths' | 'effect' | 'intended'> | null | undefined,
  { watchMinutes }: LeverSettings['pool-size'],
  now: EpochMs,
): YoungGrowth | null {
  if (!tuning) return null;
  const growths = growthsOf(tuning);
  const [newestStep] = growths;
  const size = tuning.intended?.defaultPoolSize;
  const effect = growths.find(({ outcome, after }) => outcome === 'kept' && after.defaultPoolSize === size);
  const watched = effect?.watched;
  if (newestStep === undefined || effect === undefined || watched === undefined) return null;
  if (effect.after.defaultPoolSize <= watched.from.defaultPoolSize) return null;
  const from = newestStep.worse === undefined ? effect.at : newestStep.at;
  return now < later(from, watchMinutes * MINUTE) ? { effect, watched, from } : null;
}

/** What a step up is watched by, asked only while it is young. */
export function watchNeeds(
  tuning: Tuning | null | undefined,
  { services, database, levers }: FleetPolicy,
  now: EpochMs,
): Needs {
  const { watchMinutes } = levers['pool-size'];
  if (youngGrowth(tuning, levers['pool-size'], now) === null) return [];
  const ofServices = services
    .filter(({ connectsTo }) => connectsTo === 'pooler')
    .flatMap((service): Needs => {
      // As long before the step as after it.
      const requests = requestsQuery(service, 2 * watchMinutes);
      const errors = serverErrorsQuery(service, 2 * watchMinutes);
      if (requests === null || errors === null) return [];
      const { name } = service;
      return [
        { slot: 'watchedRequests', service: name, query: requests },
        { slot: 'watchedErrors', service: name, query: errors },
      ];
    });
  return database === undefined
    ? ofServices
    : [{ slot: 'databaseCpu', query: databaseCpuQuery(database) }, ...ofServices];
}

/** A step up that has made things worse. */
export interface WorseGrowth {
  readonly effect: TuningEffect;
  /** Where it came from. */
  readonly back: PoolerSizes;
  readonly worse: Worsening;
}

/**
 * The newest step up, if it stands for less than `watchMinutes` and since then
 *
 *   the CPU of the database   was above its limit in each of the newest three minutes, and not before the step, and each
 *                             transaction costs it more than before
 *   a service behind          answers a larger share of its requests with 5xx than in as many minutes before
 *
 * What is unseen is no proof. Where a person has moved a size since, the person's hand is respected.
 */
export function worseGrowth(
  { pooler, seen }: Pick<Standing, 'pooler' | 'seen'>,
  databaseCpu: Reading<Series>,
  settings: PoolSizeSettings,
  now: EpochMs,
): WorseGrowth | null {
  const young = youngGrowth(pooler, settings.lever, now);
  const { intended } = pooler;
  if (young === null || intended === null) return null;
  const { effect, watched } = young;
  const ours = [intended, watched.from, ...startingSizes(settings.pooler, pooler.durable)];
  if (!seen.every(({ sizes }) => ours.some((one) => isSame(sizes, one)))) return null;
  const worse = worseCpu(young, pooler, databaseCpu, settings, now) ?? risenErrors(young, pooler, settings, now);
  return worse === null ? null : { effect, back: watched.from, worse };
}

function worseCpu(
  { effect, from, watched }: YoungGrowth,
  { instances }: PoolerSnapshot,
  databaseCpu: Reading<Series>,
  { database }: PoolSizeSettings,
  now: EpochMs,
): Worsening | null {
  const before = watched.before.cpuPercent;
  const minutes = newest(databaseCpu, LEAST_MINUTES, MAX_READING_AGE, now);
  if (database === null || before === null || minutes.kind === 'unseen') return null;
  const limit: Percent = database.cpuHighPercent;
  const first = earlier(minutes.at, (LEAST_MINUTES - 1) * MINUTE);
  if (first < from || minutes.value.some((value) => value <= limit)) return null;
  const after = minutes.value.reduce((sum, value) => sum + value, 0) / LEAST_MINUTES;
  const present = throughputOf(instances);
  const work =
    present === null ? null : { before: effect.before.transactionsPerSecond, after: present.transactionsPerSecond };
  return risenCpu({ before, after, limit }, work);
}

/** `null` where it is not known of every PgBouncer. */
function throughputOf(instances: PoolerSnapshot['instances']): PoolerThroughput | null {
  if (instances.kind === 'unseen') return null;
  const each = instances.value.map(({ samples }) => (samples.kind === 'seen' ? throughputIn(samples.value) : null));
  const known = each.filter((one) => one !== null);
  return known.length < each.length ? null : together(known);
}

function risenErrors(
  { from, watched }: YoungGrowth,
  { services = {} }: PoolerSnapshot,
  { lever: { watchMinutes } }: PoolSizeSettings,
  now: EpochMs,
): Worsening | null {
  const span = watchMinutes * MINUTE;
  for (const [service, { requests, serverErrors }] of Object.entries(services)) {
    const count = (begin: EpochMs, end: EpochMs): FailureCount | null => failuresIn(requests, serverErrors, begin, end);
    const [before, after] = [count(earlier(watched.since, span), watched.since), count(from, now)];
    if (before === null || after === null || !failsMoreOften(before, after)) continue;
    return { what: 'server-errors', service, before, after };
  }
  return null;
}

/** In the minutes that lie within; `null` where too few of them are seen. A minute without failures has no point of them. */
function failuresIn(
  requests: Reading<Series>,
  failures: Reading<Series>,
  from: EpochMs,
  to: EpochMs,
): FailureCount | null {
  if (requests.kind === 'unseen') return null;
  if (failures.kind === 'unseen' && failures.because.code !== 'no-data') return null;
  const within = ({ at }: { readonly at: EpochMs }): boolean => at >= from && later(at, MINUTE) <= to;
  const minutes = requests.value.points.filter(within);
  const failed = failures.kind === 'unseen' ? [] : failures.value.points.filter(within);
  const isCount = ({ value }: { readonly value: number }): boolean => value >= 0 && Number.isFinite(value);
  if (minutes.length < LEAST_MINUTES || ![...minutes, ...failed].every(isCount)) return null;
  const sum = (points: typeof minutes): number => points.reduce((all, { value }) => all + value, 0);
  return { failed: sum(failed), of: sum(minutes) };
}
