/**
 * The load that a service had, put together from the metrics that AWS keeps of it: by the minute as far as CloudWatch has
 * minutes, before that by five minutes, each spread over its five. Pure; shared/workflow/read-histories.ts reads the metrics.
 */
import type { LoadPerSecond } from '../domain/lead-time-profile.ts';
import { type Reading, type Series } from '../domain/reading.ts';
import type { LoadSource } from '../domain/service-forecast.ts';
import { DAY, earlier, type EpochMs, HOUR, later, MINUTE, type Percent, type Seconds } from '../domain/units.ts';
import { type Frame, type Grid, gridOf, meansOf, type MutableValues } from './metric-grid.ts';
import { type CapacitySample, measureTaskCapacity } from './task-capacity.ts';
import { BLOCK_MINUTES, fillSilence } from './uncounted-minutes.ts';

export const COARSE_SECONDS: Seconds = 300;
/**
 * CloudWatch keeps points of a minute for 15 days from the moment in which it gets the question (GetMetricData, Period): an
 * hour less is safe.
 */
export const FINE_WINDOW: Seconds = 15 * DAY - HOUR;
/** A newest minute that was not published yet is no gap; one that is missing for longer is. */
const LATE_MINUTES = 10;

/** One metric in both resolutions. */
export interface Recorded {
  readonly fine: Reading<Series>;
  readonly coarse: Reading<Series>;
}

export interface ServiceMetrics {
  /** `Sum` of RequestCount; `null` where there is no load balancer to ask. */
  readonly requests: Recorded | null;
  /** `Average` and `SampleCount` of CPUUtilization. */
  readonly cpu: Recorded;
  readonly samples: Recorded;
}

export interface HistoryFrame extends Frame {
  /** Where minutes begin; on a border of five minutes. */
  readonly fineFrom: EpochMs;
}

/** Why a load is counted in what it is counted in. */
export type SourceReason =
  | { readonly code: 'requests-explain-cpu'; readonly samples: number }
  | { readonly code: 'no-load-balancer' }
  | { readonly code: 'no-requests' }
  | { readonly code: 'too-few-samples' }
  | { readonly code: 'requests-do-not-explain-cpu' };

export interface ServiceHistory {
  readonly source: LoadSource;
  readonly because: SourceReason;
  readonly taskCapacity: LoadPerSecond;
  /** By the minute, up to the newest that was published. Empty where nothing was ever reported. */
  readonly load: LoadHistory;
  /** Mean of the running tasks, by five minutes over the same time. */
  readonly tasks: Grid;
}

interface LoadHistory {
  readonly startsAt: EpochMs;
  readonly stepSeconds: Seconds;
  readonly perSecond: readonly (LoadPerSecond | null)[];
}

export function historyFrame(historyDays: number, now: EpochMs): HistoryFrame {
  const endsAt = Math.floor(now / 1000 / MINUTE) * MINUTE * 1000;
  const startsAt = atBlock(earlier(endsAt, historyDays * DAY));
  const fineFrom = later(atBlock(earlier(endsAt, FINE_WINDOW)), COARSE_SECONDS);
  return { startsAt, endsAt, fineFrom: Math.max(startsAt, fineFrom) };
}

function atBlock(at: EpochMs): EpochMs {
  return Math.floor(at / 1000 / COARSE_SECONDS) * COARSE_SECONDS * 1000;
}

/**
 * The history in requests, where they explain the CPU; otherwise why not, and it has to be made of busy tasks. Asks for
 * `requests` in both resolutions and for CPU in the coarse one.
 */
export function requestHistory(
  { requests, cpu, samples }: ServiceMetrics,
  frame: HistoryFrame,
  sampling: Sampling,
): ServiceHistory | Exclude<SourceReason, { code: 'requests-explain-cpu' }> {
  if (requests === null) return { code: 'no-load-balancer' };
  const counts = minutesOf(requests, frame, BLOCK_MINUTES);
  if (!counts.some((count) => count !== null && count > 0)) return { code: 'no-requests' };
  const reported = counts.findLastIndex((count) => count !== null) + 1;
  const cpuPercent = gridOf(cpu.coarse, frame, COARSE_SECONDS);
  const tasks = tasksOf(gridOf(samples.coarse, frame, COARSE_SECONDS), BLOCK_MINUTES, COARSE_SECONDS, sampling);
  const perSecond = counts.map((count) => (count === null ? null : count / MINUTE));
  const measured = measureTaskCapacity(
    capacitySamples(meansOf(perSecond, BLOCK_MINUTES, BLOCK_MINUTES), cpuPercent, tasks),
  );
  if (measured.kind === 'unrelated') return { code: measured.because };
  fillSilence(counts, busyTasks(cpuPercent, tasks));
  return {
    source: 'requests',
    because: { code: 'requests-explain-cpu', samples: measured.samples },
    taskCapacity: measured.taskCapacity,
    ...cut(
      counts.map((count) => (count === null ? null : count / MINUTE)),
      tasks,
      frame,
      reported,
    ),
  };
}

/** The history in busy tasks: CPU times running tasks. A task carries one of them. */
export function busyTaskHistory(
  { cpu, samples }: ServiceMetrics,
  frame: HistoryFrame,
  sampling: Sampling,
  because: SourceReason,
): ServiceHistory {
  const cpuPercent = minutesOf(cpu, frame, 1);
  const coarseTasks = tasksOf(gridOf(samples.coarse, frame, COARSE_SECONDS), BLOCK_MINUTES, COARSE_SECONDS, sampling);
  const fineTasks = tasksOf(gridOf(samples.fine, frame, MINUTE), 1, MINUTE, sampling);
  const fineFrom = stepsBetween(frame.startsAt, frame.fineFrom, MINUTE);
  const tasks = fineTasks.map((fine, minute) =>
    minute >= fineFrom ? fine : (coarseTasks[Math.floor(minute / BLOCK_MINUTES)] ?? null),
  );
  // Of the newest minute some tasks may not have reported.
  const settled = tasks.length - 1;
  const busy = busyTasks(cpuPercent, tasks).map((value, minute) => (minute < settled ? value : null));
  const reported = busy.findLastIndex((value) => value !== null) + 1;
  return { source: 'busy-tasks', because, taskCapacity: 1, ...cut(busy, coarseTasks, frame, reported) };
}

/** How many samples of its CPU a task sends in a minute. */
export type Sampling = 'by-the-minute' | 'maybe-every-20-seconds';

const SAMPLES_AT_20_SECONDS = 3;
const MOST_DIVISIBLE_SHARE = 0.8;

/**
 * Running tasks from samples: one in a minute for each task, and three with high-resolution metrics, which may have been
 * switched on on any day of the history. On a day after that nearly all numbers are multiples of three.
 */
function tasksOf(
  counts: readonly (number | null)[],
  minutes: number,
  stepSeconds: Seconds,
  sampling: Sampling,
): readonly (number | null)[] {
  const perTask = counts.map(() => minutes);
  if (sampling === 'maybe-every-20-seconds') {
    const perDay = DAY / stepSeconds;
    for (let from = 0; from < counts.length; from += perDay) {
      const known = counts.slice(from, from + perDay).filter((count) => count !== null);
      const divisible = known.filter((count) => count % (SAMPLES_AT_20_SECONDS * minutes) === 0).length;
      if (known.length > 0 && divisible >= MOST_DIVISIBLE_SHARE * known.length) {
        perTask.fill(SAMPLES_AT_20_SECONDS * minutes, from, from + perDay);
      }
    }
  }
  return counts.map((count, step) => (count === null ? null : count / (perTask[step] ?? minutes)));
}

/** @param perCoarse by how much a coarse value is larger than that of one of its minutes: 5 for sums, 1 for averages. */
function minutesOf({ fine, coarse }: Recorded, frame: HistoryFrame, perCoarse: number): MutableValues {
  const minutes = gridOf(fine, frame, MINUTE);
  const blocks = gridOf(coarse, frame, COARSE_SECONDS);
  const fineFrom = stepsBetween(frame.startsAt, frame.fineFrom, MINUTE);
  for (let minute = 0; minute < fineFrom; minute += 1) {
    const block = blocks[Math.floor(minute / BLOCK_MINUTES)] ?? null;
    minutes[minute] = block === null ? null : block / perCoarse;
  }
  return minutes;
}

function capacitySamples(
  perSecond: readonly (number | null)[],
  cpuPercent: readonly (Percent | null)[],
  tasks: readonly (number | null)[],
): readonly CapacitySample[] {
  return perSecond.flatMap((load, block) => {
    const cpu = cpuPercent[block] ?? null;
    const running = tasks[block] ?? null;
    return load === null || cpu === null || running === null
      ? []
      : [{ perSecond: load, cpuPercent: cpu, tasks: running }];
  });
}

function busyTasks(
  cpuPercent: readonly (Percent | null)[],
  tasks: readonly (number | null)[],
): readonly (number | null)[] {
  return cpuPercent.map((cpu, step) => {
    const running = tasks[step] ?? null;
    return cpu === null || running === null ? null : (cpu / 100) * running;
  });
}

/** From the five minutes of the first value to the newest minute that was reported, or can no longer be. */
function cut(
  perSecond: readonly (LoadPerSecond | null)[],
  tasks: readonly (number | null)[],
  frame: Frame,
  reported: number,
): Pick<ServiceHistory, 'load' | 'tasks'> {
  const first = perSecond.findIndex((load) => load !== null);
  const from = first < 0 ? perSecond.length : Math.floor(first / BLOCK_MINUTES) * BLOCK_MINUTES;
  const to = first < 0 ? perSecond.length : Math.max(reported, perSecond.length - LATE_MINUTES);
  const startsAt = later(frame.startsAt, from * MINUTE);
  return {
    load: { startsAt, stepSeconds: MINUTE, perSecond: perSecond.slice(from, to) },
    tasks: {
      startsAt,
      stepSeconds: COARSE_SECONDS,
      values: tasks.slice(Math.ceil(from / BLOCK_MINUTES), Math.ceil(to / BLOCK_MINUTES)),
    },
  };
}

function stepsBetween(from: EpochMs, to: EpochMs, stepSeconds: Seconds): number {
  return Math.round((to - from) / 1000 / stepSeconds);
}
