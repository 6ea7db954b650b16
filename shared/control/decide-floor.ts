import type { Pace, SeasonalInputs, Span, StoredProfile } from '../domain/lead-time-profile.ts';
import { earlier, type EpochMs, secondsBetween, type Seconds, type Tasks } from '../domain/units.ts';
import {
  chooseFloor,
  type FloorBounds,
  type FloorDecision,
  type FloorOutlook,
  type FloorReason,
  withinBounds,
} from './choose-floor.ts';
import { LoadTracker } from './load-tracker.ts';
import { SPANS } from './outlook.ts';
import {
  type ControlSettings,
  type LoadPerSecond,
  type LoadSignal,
  needOf,
  paceOf,
  type ServiceFacts,
} from './settings.ts';

/** A load as it was measured, period after period of the length of the signal; `null` where one is missing. */
export interface ObservedLoad {
  /** Start of the first period. */
  readonly startsAt: EpochMs;
  readonly perSecond: readonly (LoadPerSecond | null)[];
}

/** What is asked of the load, wherever the service stands. */
export interface LoadQuestion {
  readonly now: EpochMs;
  readonly signal: LoadSignal;
  readonly facts: ServiceFacts;
  /** At least from where the profile continues; without one, the last hour. Later than `now` allows is not looked at. */
  readonly observed: ObservedLoad;
  /** `null` where nothing has been learned yet. */
  readonly stored: StoredProfile | null;
}

export interface FloorQuestion extends LoadQuestion {
  readonly bounds: FloorBounds;
}

/** What is known of the load to come, in tasks. */
export type Foresight =
  | { readonly kind: 'followed'; readonly outlook: FloorOutlook }
  /** Nothing was learned, or what was learned does not reach so far: the needs of the lead time before. */
  | {
      readonly kind: 'recent';
      /** `null` where none of them was measured. */
      readonly highest: number | null;
      readonly sight: FloorOutlook['sight'];
      /** So many periods what was learned has ended before the newest; `null` where nothing was learned. */
      readonly periodsBehind: number | null;
    };

/**
 * The floor and the target of target tracking for one service at one look: what `lookAhead` sees, and the floor for it.
 *
 * @throws RangeError when settings, facts or a measurement make no sense, or the profile is for another pace.
 */
export function decideFloor(question: FloorQuestion, settings: ControlSettings): FloorDecision {
  return floorFor(lookAhead(question, settings), question.bounds, settings);
}

/**
 * What is known of the load to come. Pure and without a fit: it follows the few measurements that came since the profile
 * was learned.
 *
 * What cannot have been published at `now` is left out, even if it is given. A period that should have been published and
 * is not there counts as a gap.
 *
 * @throws RangeError when settings, facts or a measurement make no sense, or the profile is for another pace.
 */
export function lookAhead(question: LoadQuestion, settings: ControlSettings): Foresight {
  const { signal, facts, stored } = question;
  const pace = paceOf(signal, facts.startupSeconds);
  if (stored === null) return recentNeeds(question, pace, settings, null);
  if (!isSamePace(stored.profile.pace, pace)) throw new RangeError('the profile was learned for another pace');
  const periods = visiblePeriods(question, pace, stored.continuesAt);
  const reach = stored.profile.seasonal.arrival.length;
  return periods >= reach
    ? recentNeeds(question, pace, settings, periods - reach)
    : { kind: 'followed', outlook: follow(question, stored, periods, settings) };
}

/**
 * The floor for what is known of the load. While the newest period is a gap it does not fall.
 *
 * @throws RangeError when the bounds make no sense.
 */
export function floorFor(foresight: Foresight, bounds: FloorBounds, settings: ControlSettings): FloorDecision {
  checkBounds(bounds);
  return foresight.kind === 'followed'
    ? chooseFloor(foresight.outlook, bounds, settings)
    : withoutProfile(foresight, bounds, settings);
}

export function isSamePace(a: Pace, b: Pace): boolean {
  return a.periodSeconds === b.periodSeconds && a.lead === b.lead && a.lag === b.lag;
}

function follow(
  question: LoadQuestion,
  { continuesAt, profile }: StoredProfile,
  periods: number,
  settings: ControlSettings,
): FloorOutlook {
  const tracker = new LoadTracker(profile.pace, profile.learned, profile.state);
  const newestInputs = (span: Span, period: number): SeasonalInputs | null => profile.seasonal[span][period] ?? null;
  for (let period = 0; period < periods; period += 1) {
    tracker.measure(needAt(question, continuesAt, period, settings));
    for (const span of SPANS) {
      tracker.outcome(span);
      // The first of the profile belong to the prediction after the first new measurement.
      tracker.expect(span, newestInputs(span, period));
    }
  }
  const last = Math.max(periods - 1, 0);
  const expect = (span: Span) => tracker.expect(span, newestInputs(span, last));
  return {
    expectations: { arrival: expect('arrival'), 'until-arrival': expect('until-arrival') },
    tails: { arrival: profile.learned.arrival.tail, 'until-arrival': profile.learned['until-arrival'].tail },
    sight: tracker.sight,
    newest: tracker.newest,
    highest: tracker.highest,
  };
}

function recentNeeds(
  question: LoadQuestion,
  pace: Pace,
  settings: ControlSettings,
  periodsBehind: number | null,
): Foresight {
  const { observed } = question;
  const periods = visiblePeriods(question, pace, observed.startsAt);
  const needs = Array.from({ length: pace.lead + pace.lag }, (_, back) =>
    needAt(question, observed.startsAt, periods - 1 - back, settings),
  );
  const known = needs.filter((need) => need !== null);
  return {
    kind: 'recent',
    highest: known.length === 0 ? null : Math.max(...known),
    sight: needs[0] === null ? 'gap' : 'measured',
    periodsBehind,
  };
}

/** The highest need of the lead time before, with a fixed margin: what is safe while nothing has been learned. */
function withoutProfile(
  { highest, sight, periodsBehind }: Extract<Foresight, { kind: 'recent' }>,
  bounds: FloorBounds,
  settings: ControlSettings,
): FloorDecision {
  const because: FloorReason[] = periodsBehind === null ? [] : [{ code: 'profile-ends', periodsBehind }];
  const wished = highest === null ? 0 : Math.ceil(highest * settings.unlearnedMargin);
  because.push(
    highest === null ? { code: 'no-measurements' } : { code: 'not-learned', marginFactor: settings.unlearnedMargin },
  );
  const isBlind = sight === 'gap' && bounds.floorTasks > wished;
  if (isBlind) because.push({ code: 'blind', floorTasks: bounds.floorTasks });
  const floorTasks: Tasks = withinBounds(isBlind ? bounds.floorTasks : wished, bounds, because);
  return { floorTasks, targetPercent: settings.unlearnedTargetPercent, because };
}

/** How many periods from `first` on have been published by now. */
function visiblePeriods({ now, signal }: LoadQuestion, pace: Pace, first: EpochMs): number {
  const visibleUntil = earlier(now, signal.visibleAfterSeconds);
  const seconds: Seconds = secondsBetween(first, visibleUntil);
  if (!Number.isFinite(seconds)) throw new RangeError('an instant is not finite');
  return Math.max(0, Math.floor(seconds / pace.periodSeconds));
}

function needAt(
  { observed, signal, facts }: LoadQuestion,
  first: EpochMs,
  period: number,
  settings: ControlSettings,
): number | null {
  const offset = secondsBetween(observed.startsAt, first) / signal.periodSeconds;
  if (!Number.isInteger(offset)) throw new RangeError('measurements and profile are not on one grid of periods');
  const load = observed.perSecond[offset + period] ?? null;
  if (load === null) return null;
  if (!(load >= 0 && Number.isFinite(load))) throw new RangeError(`a load is finite and not negative, not ${load}`);
  return needOf(load, facts.taskCapacity, settings);
}

function checkBounds({ minTasks, maxTasks, wantedTasks, floorTasks }: FloorBounds): void {
  const isTasks = (value: number): boolean => Number.isInteger(value) && value >= 0;
  if (!isTasks(minTasks) || !isTasks(maxTasks) || !isTasks(wantedTasks) || !isTasks(floorTasks)) {
    throw new RangeError('bounds, floor and wanted tasks are whole numbers of tasks');
  }
  if (minTasks > maxTasks) throw new RangeError(`at least ${minTasks} tasks and at most ${maxTasks} cannot be`);
}
