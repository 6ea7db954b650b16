import type { ErrorTail, PerSpan, Span } from '../domain/lead-time-profile.ts';
import type { Percent, Tasks } from '../domain/units.ts';
import { cheapestMargin } from './error-tail.ts';
import { type Expectation } from './outlook.ts';
import type { ControlSettings } from './settings.ts';

/** What is known at one look, in tasks. */
export interface FloorOutlook {
  readonly expectations: PerSpan<Expectation>;
  readonly tails: PerSpan<ErrorTail | null>;
  /** Whether the newest period has been measured. */
  readonly sight: 'measured' | 'gap';
  /** Need of the newest measurement. */
  readonly newest: number;
  /** Highest need of the known history. */
  readonly highest: number;
}

/** Where the service stands, and between what it may move. */
export interface FloorBounds {
  /** Tasks that the service wants now, from whichever lever. */
  readonly wantedTasks: Tasks;
  /** Floor in force. */
  readonly floorTasks: Tasks;
  readonly minTasks: Tasks;
  readonly maxTasks: Tasks;
}

/** A need that was chosen for one span, with the numbers behind it. */
export interface ChosenNeed {
  readonly span: Span;
  readonly tasks: Tasks;
  /** As a fraction of tasks: what is expected, and that with its margin. */
  readonly expectedTasks: number;
  readonly chosenTasks: number;
  /** Expected mean error, as a share of the expectation. */
  readonly expectedErrorShare: number;
  /** Share of the load that came higher than such a choice in the past; `null` while nothing has been learned. */
  readonly missedShare: number | null;
}

export type FloorReason =
  /** Tasks ordered now will be needed as soon as they can serve. */
  | { readonly code: 'raise-for-arrival'; readonly need: ChosenNeed }
  /** More is wanted than the load can need before it could be ordered again. */
  | { readonly code: 'lower-to-lead-time'; readonly need: ChosenNeed }
  | { readonly code: 'keep-wanted'; readonly arrival: ChosenNeed; readonly untilArrival: ChosenNeed }
  /** The newest period is missing, and missing is not idle. */
  | { readonly code: 'blind'; readonly floorTasks: Tasks }
  | { readonly code: 'not-learned'; readonly marginFactor: number }
  | { readonly code: 'no-measurements' }
  | { readonly code: 'profile-ends'; readonly periodsBehind: number }
  | { readonly code: 'beyond-highest'; readonly highestTasks: number; readonly factor: number }
  | { readonly code: 'at-minimum'; readonly minTasks: Tasks }
  | { readonly code: 'at-maximum'; readonly maxTasks: Tasks; readonly needTasks: Tasks };

export interface FloorDecision {
  readonly floorTasks: Tasks;
  readonly targetPercent: Percent;
  /** What decided first, then what it met. */
  readonly because: readonly FloorReason[];
}

/**
 * The floor from now until the next look:
 *
 *   max(arrival, min(wanted, until arrival))
 *
 * up at once to what the load needs when ordered tasks arrive, down no further than what it can need until then, and
 * between the two as many as are wanted: neither ordering nor giving back would pay.
 *
 *   arrival 10, until arrival 14:   wanted 8 -> 10,   wanted 12 -> 12,   wanted 20 -> 14
 */
export function chooseFloor(outlook: FloorOutlook, bounds: FloorBounds, settings: ControlSettings): FloorDecision {
  const arrival = chooseNeed('arrival', outlook, settings);
  const untilArrival = chooseNeed('until-arrival', outlook, settings);
  const { wantedTasks, floorTasks } = bounds;
  const held = Math.max(arrival.tasks, Math.min(wantedTasks, untilArrival.tasks));
  const because: FloorReason[] = [];
  if (arrival.tasks > wantedTasks) because.push({ code: 'raise-for-arrival', need: arrival });
  else if (held < wantedTasks) {
    because.push({ code: 'lower-to-lead-time', need: arrival.tasks > untilArrival.tasks ? arrival : untilArrival });
  } else because.push({ code: 'keep-wanted', arrival, untilArrival });

  const isBlind = outlook.sight === 'gap' && floorTasks > held;
  const wished = isBlind ? floorTasks : held;
  if (isBlind) because.push({ code: 'blind', floorTasks });
  const isLearned = outlook.tails.arrival !== null && outlook.tails['until-arrival'] !== null;
  if (!isLearned) because.push({ code: 'not-learned', marginFactor: settings.unlearnedMargin });
  const limit = settings.highestFactor * outlook.highest;
  if (isLearned && Math.max(arrival.chosenTasks, untilArrival.chosenTasks) >= limit) {
    because.push({ code: 'beyond-highest', highestTasks: outlook.highest, factor: settings.highestFactor });
  }
  return {
    floorTasks: withinBounds(wished, bounds, because),
    targetPercent: isLearned ? settings.targetPercent : settings.unlearnedTargetPercent,
    because,
  };
}

/** Keeps a number of tasks inside the bounds and adds why it had to move. */
export function withinBounds(
  wished: Tasks,
  { minTasks, maxTasks }: Pick<FloorBounds, 'minTasks' | 'maxTasks'>,
  because: FloorReason[],
): Tasks {
  if (wished > maxTasks) {
    because.push({ code: 'at-maximum', maxTasks, needTasks: wished });
    return maxTasks;
  }
  if (wished < minTasks) {
    because.push({ code: 'at-minimum', minTasks });
    return minTasks;
  }
  return wished;
}

function chooseNeed(span: Span, outlook: FloorOutlook, settings: ControlSettings): ChosenNeed {
  const { mean, error } = outlook.expectations[span];
  const tail = outlook.tails[span];
  // A line through logarithms can point anywhere; above what was ever seen the errors alone have to account for it.
  const expected = Math.min(mean, Math.log1p(outlook.highest));
  const expectedTasks = Math.max(0, Math.expm1(expected));
  const margin = tail && cheapestMargin(tail, error, settings.missedPrice);
  const chosenTasks = margin
    ? Math.min(Math.expm1(expected + error * margin.errors), settings.highestFactor * outlook.highest)
    : Math.max(expectedTasks, outlook.newest) * settings.unlearnedMargin;
  return {
    span,
    tasks: Math.ceil(Math.max(0, chosenTasks)),
    expectedTasks,
    chosenTasks,
    expectedErrorShare: Math.expm1(error),
    missedShare: margin?.missedShare ?? null,
  };
}
