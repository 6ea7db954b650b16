import type { LoadPerSecond, Pace } from '../domain/lead-time-profile.ts';
import type { Percent, Seconds, Tasks } from '../domain/units.ts';

export type { LoadPerSecond } from '../domain/lead-time-profile.ts';

/** How the load is measured, and when a measurement can be read. */
export interface LoadSignal {
  /** Length of one measurement; also the time between two looks. */
  readonly periodSeconds: Seconds;
  /** From the end of a period until its measurement can be read. */
  readonly visibleAfterSeconds: Seconds;
}

/** Requests of a minute as CloudWatch has them from the load balancer. */
export const MINUTE_SIGNAL: LoadSignal = { periodSeconds: 60, visibleAfterSeconds: 60 };
/** A request rate that the service publishes itself as a high-resolution metric. */
export const FAST_SIGNAL: LoadSignal = { periodSeconds: 20, visibleAfterSeconds: 20 };

/** What has to be known about a service to turn load into tasks. */
export interface ServiceFacts {
  /** What one task carries with all of its CPU. */
  readonly taskCapacity: LoadPerSecond;
  /** From when a task is wanted until it serves. At most `MAX_STARTUP_SECONDS`. */
  readonly startupSeconds: Seconds;
}

/** The policy of the control law. None of these is fitted to a service: what differs is learned from its history. */
export interface ControlSettings {
  /** Share of its CPU up to which a task answers in time. */
  readonly usableUtilization: number;
  /**
   * What load that is missed costs, in the tasks that would have carried it for the same time. 100 says that one percent
   * of the load missed is as bad as doubling the task-hours; of that, target tracking above the floor wins back a part.
   */
  readonly missedPrice: number;
  /** Need over the newest measurement while nothing has been learned. */
  readonly unlearnedMargin: number;
  /** The floor never exceeds the highest need of the known history by more than this factor. */
  readonly highestFactor: number;
  /** After so many days what was learned counts a third. */
  readonly memoryDays: number;
  /** Target of target tracking where the law has learned: it only has to catch what the floor misses. */
  readonly targetPercent: Percent;
  /** The same while it has not. */
  readonly unlearnedTargetPercent: Percent;
}

export const DEFAULT_SETTINGS: ControlSettings = {
  usableUtilization: 0.9,
  missedPrice: 60,
  unlearnedMargin: 1.35,
  highestFactor: 2,
  memoryDays: 14,
  targetPercent: 85,
  unlearnedTargetPercent: 70,
};

/** Beyond this the load of the same minute an hour ago is not yet known when it is needed. */
export const MAX_STARTUP_SECONDS: Seconds = 3_000;

/** @throws RangeError when the numbers make no sense together. */
export function paceOf({ periodSeconds, visibleAfterSeconds }: LoadSignal, startupSeconds: Seconds): Pace {
  if (!(periodSeconds > 0 && 3_600 % periodSeconds === 0)) {
    throw new RangeError(`a period divides the hour, ${periodSeconds} s does not`);
  }
  if (!(visibleAfterSeconds >= 0 && visibleAfterSeconds <= 300)) {
    throw new RangeError(`a measurement can be read within 300 s, not after ${visibleAfterSeconds} s`);
  }
  if (!(startupSeconds >= 0 && startupSeconds <= MAX_STARTUP_SECONDS)) {
    throw new RangeError(`a start-up takes 0 to ${MAX_STARTUP_SECONDS} s, not ${startupSeconds} s`);
  }
  return {
    periodSeconds,
    perHour: 3_600 / periodSeconds,
    perDay: 86_400 / periodSeconds,
    lead: Math.ceil(startupSeconds / periodSeconds),
    lag: 1 + Math.ceil(visibleAfterSeconds / periodSeconds),
  };
}

/** The tasks, as a fraction, that carry a load in time. @throws RangeError when a task carries nothing. */
export function needOf(load: LoadPerSecond, taskCapacity: LoadPerSecond, settings: ControlSettings): Tasks {
  const perTask = taskCapacity * settings.usableUtilization;
  if (!(perTask > 0 && Number.isFinite(perTask))) {
    throw new RangeError(`a task must carry more than nothing, not ${taskCapacity} at ${settings.usableUtilization}`);
  }
  return load / perTask;
}
