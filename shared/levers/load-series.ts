/** The load of a service as the control law reads it, from the metrics that AWS has. */
import type { ObservedLoad } from '../control/decide-floor.ts';
import type { LoadSignal } from '../control/settings.ts';
import type { TargetTracking } from '../domain/capacity.ts';
import { type Reading, seen, type Series, unseen } from '../domain/reading.ts';
import { earlier, type EpochMs, later, MINUTE, secondsBetween, type Seconds } from '../domain/units.ts';

/** Requests a second from their sum in each period. */
export function loadFromRequests(requests: Reading<Series>): Reading<Series> {
  if (requests.kind === 'unseen') return requests;
  const { periodSeconds, points } = requests.value;
  return seen(
    { periodSeconds, points: points.map(({ at, value }) => ({ at, value: value / periodSeconds })) },
    requests.at,
  );
}

/** With high-resolution metrics a task reports its CPU three times a minute. */
const SAMPLES_AT_20_SECONDS = 3;
const MOST_DIVISIBLE_SHARE = 0.8;

/**
 * Tasks' worth of CPU: the average CPU of the tasks times their number, minute by minute. A minute that has only one of the
 * two is missing.
 *
 * @param samples of the CPU metric: one for each task and minute. Where policy asks for 20-second metrics, three, as soon as
 *   the service has them: then nearly all counts are multiples of three.
 */
export function loadFromCpu(
  cpuPercents: Reading<Series>,
  samples: Reading<Series>,
  metricResolution: TargetTracking['metricResolution'],
): Reading<Series> {
  if (cpuPercents.kind === 'unseen') return cpuPercents;
  if (samples.kind === 'unseen') return samples;
  const counts = samples.value.points;
  const perTask = metricResolution === '20s' && areMostlyTriples(counts) ? SAMPLES_AT_20_SECONDS : 1;
  const tasksAt = new Map(counts.map(({ at, value }) => [at, value / perTask]));
  const points = cpuPercents.value.points.flatMap(({ at, value }) => {
    const tasks = tasksAt.get(at);
    return tasks === undefined ? [] : [{ at, value: (value / 100) * tasks }];
  });
  const last = points.at(-1);
  if (last === undefined) return unseen({ code: 'no-data' });
  return seen({ periodSeconds: cpuPercents.value.periodSeconds, points }, last.at);
}

function areMostlyTriples(counts: Series['points']): boolean {
  const triples = counts.filter(({ value }) => value % SAMPLES_AT_20_SECONDS === 0).length;
  return counts.length > 1 && triples >= MOST_DIVISIBLE_SHARE * counts.length;
}

/** CloudWatch is late now and then: so long a newest minute is waited for before it counts as missing. */
const LATE: Seconds = 2 * MINUTE;

export interface AlignedLoad {
  readonly observed: ObservedLoad;
  /** As of when the load is looked at: a little earlier than now where the newest minutes are late. */
  readonly asOf: EpochMs;
}

/**
 * The load period by period from an instant on. What is missing, not a number or negative is `null`. Where the newest
 * minutes have not been published in time, the look is as of the newest that has: a look that is a minute behind is better
 * than one that takes every delay for a gap.
 */
export function alignLoad(load: Series, from: EpochMs, signal: LoadSignal, now: EpochMs): AlignedLoad {
  const { periodSeconds, visibleAfterSeconds } = signal;
  const perSecond: (number | null)[] = [];
  for (const { at, value } of load.points) {
    const period = secondsBetween(from, at) / periodSeconds;
    if (!Number.isInteger(period) || period < 0) continue;
    while (perSecond.length < period) perSecond.push(null);
    perSecond[period] = Number.isFinite(value) && value >= 0 ? value : null;
  }
  const seenUntil = later(from, (perSecond.findLastIndex((value) => value !== null) + 1) * periodSeconds);
  const visible = later(seenUntil, visibleAfterSeconds + periodSeconds - 1);
  return { observed: { startsAt: from, perSecond }, asOf: Math.min(now, Math.max(visible, earlier(now, LATE))) };
}
