import type { LoadPerSecond } from '../domain/lead-time-profile.ts';
import type { Percent } from '../domain/units.ts';

/** Requests and CPU of the same five minutes. */
export interface CapacitySample {
  readonly perSecond: LoadPerSecond;
  /** Average CPU of the running tasks. */
  readonly cpuPercent: Percent;
  /** Mean of the running tasks; a fraction while they change. */
  readonly tasks: number;
}

export type MeasuredCapacity =
  | { readonly kind: 'measured'; readonly taskCapacity: LoadPerSecond; readonly samples: number }
  | { readonly kind: 'unrelated'; readonly because: 'too-few-samples' | 'requests-do-not-explain-cpu' };

/** Three hours under load. */
const LEAST_SAMPLES = 36;
/** A week: what a request costs changes with every release. */
const RECENT_SAMPLES = 2_016;
/** CPU saturates: above this, requests wait and the CPU no longer says how many there are. */
const SATURATED_PERCENT: Percent = 95;
/** Of the 90th percentile of the load. Below it, what a task does without any request weighs too much. */
const ENOUGH_LOAD_SHARE = 0.5;
const SOME_LOAD_SHARE = 0.25;
/** Requests explain the CPU when they leave less than this of its mean and of its ups and downs. */
const UNEXPLAINED_SHARE = 0.3;
const UNEXPLAINED_OF_SPREAD = 0.75;
/** Of all work, day and night, at least this is done for requests. */
const LEAST_WORK_SHARE = 0.5;
/** So much is noise, also of a CPU that hardly moves. */
const NOISE_SHARE = 0.1;

/**
 * What one task carries with all of its CPU: the median of requests a second over busy tasks (CPU × tasks), of the samples
 * with enough load and without saturation. A median bears half of the samples being wrong: deployments, a batch job, a
 * minute of which the load balancer told nothing.
 *
 *   300 requests a second on 8 tasks at 37.5 % CPU  ->  3 busy tasks, 100 requests a second for each
 *
 * Where the CPU follows something else than requests, there is no such number. That shows when `requests / capacity` misses
 * the busy tasks by more than it should: by 30 % of their median, or by nearly as much as their median itself misses them.
 * And where a night of batch work outweighs the requests of the day, requests are not what the service needs tasks for.
 *
 * @param samples oldest first.
 */
export function measureTaskCapacity(samples: readonly CapacitySample[]): MeasuredCapacity {
  const usable = samples.filter(
    ({ perSecond, cpuPercent, tasks }) =>
      perSecond > 0 && cpuPercent > 0 && tasks > 0 && cpuPercent < SATURATED_PERCENT,
  );
  const recent = usable.slice(-RECENT_SAMPLES);
  const chosen = aboveShare(recent, ENOUGH_LOAD_SHARE).length >= LEAST_SAMPLES ? recent : usable;
  const loaded = aboveShare(chosen, ENOUGH_LOAD_SHARE);
  if (loaded.length < LEAST_SAMPLES) return { kind: 'unrelated', because: 'too-few-samples' };
  const taskCapacity = median(loaded.map((sample) => sample.perSecond / busyTasks(sample)));
  const explains = isExplained(aboveShare(chosen, SOME_LOAD_SHARE), taskCapacity) && isMostWork(chosen, taskCapacity);
  return explains
    ? { kind: 'measured', taskCapacity, samples: loaded.length }
    : { kind: 'unrelated', because: 'requests-do-not-explain-cpu' };
}

function aboveShare(samples: readonly CapacitySample[], share: number): readonly CapacitySample[] {
  const loads = samples.map(({ perSecond }) => perSecond).sort((a, b) => a - b);
  const high = loads[Math.floor(loads.length * 0.9)] ?? 0;
  return samples.filter(({ perSecond }) => perSecond >= share * high);
}

function isExplained(samples: readonly CapacitySample[], taskCapacity: LoadPerSecond): boolean {
  const middle = median(samples.map(busyTasks));
  const spread = median(samples.map((sample) => Math.abs(busyTasks(sample) - middle)));
  const missed = median(samples.map((sample) => Math.abs(busyTasks(sample) - sample.perSecond / taskCapacity)));
  return (
    missed <= UNEXPLAINED_SHARE * middle && missed <= Math.max(UNEXPLAINED_OF_SPREAD * spread, NOISE_SHARE * middle)
  );
}

function isMostWork(samples: readonly CapacitySample[], taskCapacity: LoadPerSecond): boolean {
  let work = 0;
  let forRequests = 0;
  for (const sample of samples) {
    work += busyTasks(sample);
    forRequests += Math.min(busyTasks(sample), sample.perSecond / taskCapacity);
  }
  return forRequests >= LEAST_WORK_SHARE * work;
}

function busyTasks({ cpuPercent, tasks }: CapacitySample): number {
  return (cpuPercent / 100) * tasks;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
