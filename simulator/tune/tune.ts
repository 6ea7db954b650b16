import { startOfStep, STEPS_PER_DAY, type StepIndex } from '../load/steps.ts';
import type { SteppedLoad } from '../load/trace.ts';
import { type BacktestPlan, clairvoyantOf, walkAt } from '../backtest/run-backtest.ts';
import { summarize, type Yardstick } from '../backtest/summary.ts';
import type { WalkedRun } from '../backtest/walk.ts';
import { type ShareErrors, shareErrors } from './day-spread.ts';
import type { Family } from './families.ts';
import { type Proven, type Recommendation, recommend } from './recommendation.ts';
import { type Point, search, type SearchResult, type Trial } from './search.ts';
import { isBetter, keeps, type Outcome, type ServiceLevel } from './service-level.ts';

/** What a trial did on the part that is searched, and how far another such part may differ. */
export interface TuningOutcome extends Outcome {
  readonly errors: ShareErrors;
}

export interface TunedFamily {
  readonly family: Family;
  readonly search: SearchResult<TuningOutcome>;
  /** As the service has it. */
  readonly standing: Proven;
  /** Cheapest on the tuning part that keeps the level there, or what comes nearest. */
  readonly best: Proven;
  readonly recommendation: Recommendation;
}

export interface TuneResult {
  readonly level: ServiceLevel;
  readonly parts: TuneParts;
  readonly families: readonly TunedFamily[];
}

/** Steps of a load: warm-up, then the part that is searched up to `split`, then the part that is held out. */
export interface TuneParts {
  readonly load: SteppedLoad;
  readonly from: StepIndex;
  readonly split: StepIndex;
}

/** The last third of what is scored proves what was found on the rest. */
const HELD_OUT_SHARE = 1 / 3;
/** Two days to see what repeats and one to prove it. */
const LEAST_SCORED_DAYS = 3;
/** Older load says little, and would take long. */
const MOST_SCORED_DAYS = 56;

/** Trials of a family for a load of up to four weeks; longer ones get fewer, so that the time stays bounded. */
const MOST_TRIALS = 90;
const LEAST_TRIALS = 40;
const DAYS_WITH_ALL_TRIALS = 28;

/**
 * Searches settings of each family for the cheapest that keep the level on the first two thirds of the scored load, and states
 * what they do on the last third.
 *
 * @throws RangeError when what is scored is too short, or nothing was recorded in one of the parts.
 */
export function tune(
  plan: BacktestPlan,
  families: readonly Family[],
  level: ServiceLevel,
  progress: (share: number) => void = () => undefined,
): TuneResult {
  const parts = partsOf(plan);
  const bench = new Bench(plan, parts);
  const budget = budgetFor(parts);
  let trials = 0;
  const tuned = families.map((family, index) => {
    const found = search({
      axes: family.axes,
      start: family.start,
      budget,
      evaluate: (point) => {
        trials += 1;
        progress(Math.min(0.99, trials / (budget * families.length)));
        return bench.tuning(family, point);
      },
      isBetter: (one, other) => isBetter(cautious(one), cautious(other), level),
    });
    trials = budget * (index + 1);
    const standing = bench.proven(family, family.start);
    const best = bench.proven(family, chosenOf(found, level).point);
    const recommendation = recommend({ standing, best, level, variety: varietyOf(parts) });
    return { family, search: found, standing, best, recommendation };
  });
  progress(1);
  return { level, parts, families: tuned };
}

/** The cheapest that keeps the level with its error; where none does, the best without it. */
function chosenOf({ trials, best }: SearchResult<TuningOutcome>, level: ServiceLevel): Trial<TuningOutcome> {
  if (keeps(cautious(best.outcome), level)) return best;
  return trials.reduce((one, other) => (isBetter(other.outcome, one.outcome, level) ? other : one));
}

export function partsOf({ load, warmUpSteps }: BacktestPlan): TuneParts {
  const recent = recentPart(load, warmUpSteps);
  const scored = recent.perSecond.length - warmUpSteps;
  if (scored < LEAST_SCORED_DAYS * STEPS_PER_DAY) {
    const days = (scored / STEPS_PER_DAY).toFixed(1);
    throw new RangeError(
      `--tune has ${days} days to score after the warm-up and needs ${LEAST_SCORED_DAYS}, to tune on two and to prove it on one; give a longer trace or a shorter --warm-up`,
    );
  }
  const split = recent.perSecond.length - Math.floor(scored * HELD_OUT_SHARE);
  for (const [from, to] of [
    [warmUpSteps, split],
    [split, recent.perSecond.length],
  ] as const) {
    if (!recent.missing.subarray(from, to).includes(0)) {
      throw new RangeError('--tune found not one recorded value in a third of the trace; give one with fewer gaps');
    }
  }
  return { load: recent, from: warmUpSteps, split };
}

function recentPart(load: SteppedLoad, warmUpSteps: StepIndex): SteppedLoad {
  const first = load.perSecond.length - warmUpSteps - MOST_SCORED_DAYS * STEPS_PER_DAY;
  return first <= 0 ? load : sliced(load, first, load.perSecond.length);
}

function sliced({ startsAt, perSecond, missing }: SteppedLoad, from: StepIndex, to: StepIndex): SteppedLoad {
  return {
    startsAt: startOfStep(startsAt, from),
    perSecond: perSecond.slice(from, to),
    missing: missing.slice(from, to),
  };
}

function budgetFor({ split }: TuneParts): number {
  const days = split / STEPS_PER_DAY;
  const share = Math.min(1, (DAYS_WITH_ALL_TRIALS * (1 - HELD_OUT_SHARE / 2)) / days);
  return Math.max(LEAST_TRIALS, Math.floor(MOST_TRIALS * share));
}

function varietyOf({ load, from }: TuneParts): 'constant' | 'varied' {
  const scored = load.perSecond.subarray(from);
  return scored.every((value) => value === scored[0]) ? 'constant' : 'varied';
}

/** What only just keeps a level on one part of a load breaks it on the next as often as not: its error counts against it. */
function cautious({ errors, ...outcome }: TuningOutcome): Outcome {
  return {
    ...outcome,
    missedShare: outcome.missedShare + errors.missed,
    lostShare: outcome.lostShare + errors.lost,
  };
}

/** Walks settings through a load and measures what came of them. */
class Bench {
  readonly #tuningPlan: BacktestPlan;
  readonly #wholePlan: BacktestPlan;
  readonly #tuning: Yardstick;
  readonly #heldOut: Yardstick;

  constructor(plan: BacktestPlan, { load, from, split }: TuneParts) {
    this.#wholePlan = { ...plan, load };
    this.#tuningPlan = { ...plan, load: sliced(load, 0, split) };
    this.#tuning = { ...this.#tuningPlan, clairvoyant: clairvoyantOf(this.#tuningPlan), warmUpSteps: from };
    this.#heldOut = { ...this.#wholePlan, clairvoyant: clairvoyantOf(this.#wholePlan), warmUpSteps: split };
  }

  tuning(family: Family, point: Point): TuningOutcome {
    const run = runOf(family, point, this.#tuningPlan);
    return { ...outcomeOf(run, this.#tuning), errors: shareErrors(run, this.#tuning) };
  }

  /** What a policy does up to the split does not depend on what comes after it, so that one walk gives both. */
  proven(family: Family, point: Point): Proven {
    const run = runOf(family, point, this.#wholePlan);
    const { length } = this.#tuningPlan.load.perSecond;
    const upToSplit = { ready: run.ready.subarray(0, length), wanted: run.wanted.subarray(0, length) };
    return {
      point,
      tuning: outcomeOf(upToSplit, this.#tuning),
      heldOut: outcomeOf(run, this.#heldOut),
    };
  }
}

function runOf(family: Family, point: Point, plan: BacktestPlan): WalkedRun {
  return walkAt(family.cpuPercentAt(point), family.policyAt(point), plan).run;
}

function outcomeOf(run: Pick<WalkedRun, 'ready' | 'wanted'>, yardstick: Yardstick): Outcome {
  const { taskHours, costRatio, missedShare, lostShare } = summarize(run, yardstick);
  return { taskHours, costRatio, missedShare, lostShare };
}
