import { LeadTimeLearner } from '../../../shared/control/lead-time-learner.ts';
import { MINUTE_SIGNAL, paceOf } from '../../../shared/control/settings.ts';
import type { Foresight } from '../../../shared/control/decide-floor.ts';
import type { StoredProfile } from '../../../shared/domain/lead-time-profile.ts';
import { type Reading, seen, type Series } from '../../../shared/domain/reading.ts';
import type { DayForecast, ServiceForecast } from '../../../shared/domain/service-forecast.ts';
import { type EpochMs, HOUR, later, MINUTE, type Seconds } from '../../../shared/domain/units.ts';
import { minutesAgo, NOW } from './time.ts';

/** Load that a task of these tests carries in time: 10 requests a second of which 90 % are usable. */
export const USABLE_PER_TASK = 9;

/** Three days of a load that needs so many tasks, with a little noise that is the same in every run. */
function learnedFrom(tasks: number, startupSeconds: Seconds): StoredProfile['profile'] {
  const learner = new LeadTimeLearner(paceOf(MINUTE_SIGNAL, startupSeconds));
  for (let minute = 0; minute < 3 * 1_440; minute += 1) {
    learner.measure(tasks * (1 + 0.05 * Math.sin(minute * 12.9898) * Math.cos(minute * 78.233)));
  }
  return learner.profile(26)!;
}

const PROFILES = new Map<string, StoredProfile['profile']>();

/** Learned until so many minutes ago. */
export function aStoredProfile(
  tasks = 4,
  minutes = 20,
  startupSeconds: Seconds = 60,
  now: EpochMs = NOW,
): StoredProfile {
  const key = `${tasks} ${startupSeconds}`;
  const profile = PROFILES.get(key) ?? learnedFrom(tasks, startupSeconds);
  PROFILES.set(key, profile);
  return { continuesAt: minutesAgo(minutes, now), profile };
}

/** Tasks that each hour of the next day needs, from the hour of `startsAt` on; the median needs two thirds of it. */
export function aDayForecast(
  tasks: readonly number[],
  startsAt: EpochMs,
  over: Partial<DayForecast> = {},
): DayForecast {
  const loads = tasks.flatMap((need) => Array<number>(HOUR / (5 * MINUTE)).fill(need * USABLE_PER_TASK));
  return {
    startsAt,
    stepSeconds: 5 * MINUTE,
    quantiles: [0.5, 0.9],
    perSecond: [loads.map((load) => (load * 2) / 3), loads],
    record: { days: 7, pinballLoss: 0.02, naivePinballLoss: 0.03, coverage: 0.9 },
    ...over,
  };
}

/** A forecast of 20 minutes ago: four tasks' worth of requests all day long. */
export function aForecast(over: Partial<ServiceForecast> = {}, now: EpochMs = NOW): ServiceForecast {
  const computedAt = minutesAgo(20, now);
  return {
    computedAt,
    source: 'requests',
    taskCapacity: 10,
    startupSeconds: 60,
    learned: aStoredProfile(4, 20, 60, now),
    day: aDayForecast(Array<number>(27).fill(4), later(computedAt, -10 * MINUTE)),
    doubts: [],
    rehearsal: { days: 7, missedPercent: 0.21, floorTaskHours: 310.4, ranTaskHours: 402.2, peakTasks: 6 },
    ...over,
  };
}

/** Requests a second, a point a minute, of which the newest ended a minute ago. */
export function aLoad(perSecond: readonly number[], now: EpochMs = NOW): Reading<Series> {
  const points = perSecond.map((value, index) => ({ at: minutesAgo(perSecond.length - index + 1, now), value }));
  return seen({ periodSeconds: 60, points }, points.at(-1)?.at ?? now);
}

/** What is known of the next minutes, in tasks, with errors that are negligible unless told. */
export function aForesight({
  arrival,
  untilArrival = arrival,
  sight = 'measured' as const,
  errors = 0,
}: {
  readonly arrival: number;
  readonly untilArrival?: number;
  readonly sight?: 'measured' | 'gap';
  /** Of the arrival, in its expected error of a tenth. */
  readonly errors?: number;
}): Foresight {
  const exactly = { edges: [], shares: [] };
  const tail = errors === 0 ? exactly : { edges: [errors], shares: [0.1] };
  return {
    kind: 'followed',
    outlook: {
      expectations: {
        arrival: { mean: Math.log1p(arrival), error: 0.1 },
        'until-arrival': { mean: Math.log1p(untilArrival), error: 0.1 },
      },
      tails: { arrival: tail, 'until-arrival': exactly },
      sight,
      newest: arrival,
      highest: 1_000,
    },
  };
}
