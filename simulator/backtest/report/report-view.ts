import { type EpochMs, later } from '../../../shared/domain/units.ts';
import { STEP_SECONDS, startOfStep } from '../../load/steps.ts';
import { carry } from '../../plant/load-account.ts';
import { type PlotContext, plotContext } from '../../report/page-context.ts';
import type { Series } from '../../report/report-data.ts';
import { plottingStepSeconds, thin } from '../../report/thinning.ts';
import { CLAIRVOYANT, FULCRUM, TUNED } from '../catalogue.ts';
import type { BacktestResult, PolicyResult } from '../run-backtest.ts';
import { type FailureSpell, worstSpells } from '../worst-spells.ts';

/** What the page adds to the result of a backtest. */
export interface BacktestFacts {
  /** Name of the file. */
  readonly traceName: string;
  /** What a reader has to know to judge the result, one sentence each. */
  readonly notes: readonly string[];
}

/** A policy as the page shows it, over the scored part. */
export interface PolicyView {
  /** Stands for it in table and plots. */
  readonly letter: string;
  /** Class of its colour. */
  readonly hue: string;
  readonly result: PolicyResult;
  /** Load that the ready tasks carry with all of their CPU, a second: the least of each point. */
  readonly capacity: Series;
  /** The fewest of each point. */
  readonly ready: Series;
  readonly missedPerSecond: Series;
  readonly lostPerSecond: Series;
  /** The worst first. */
  readonly spells: readonly FailureSpell[];
}

export interface ReportView {
  readonly facts: BacktestFacts;
  readonly result: BacktestResult;
  readonly plots: PlotContext;
  /** The highest of each point; `null` in gaps. */
  readonly load: Series;
  readonly policies: readonly PolicyView[];
  readonly expected: ExpectedBand | null;
}

/** What was expected of the load. */
export interface ExpectedBand {
  readonly low: Series;
  readonly high: Series;
  readonly label: string;
  readonly explanation: string;
}

const MOST_SPELLS = 3;

export function reportView(result: BacktestResult, facts: BacktestFacts): ReportView {
  const { load, warmUpSteps } = result.plan;
  const start = startOfStep(load.startsAt, warmUpSteps);
  const lengthSeconds = (load.perSecond.length - warmUpSteps) * STEP_SECONDS;
  const stepSeconds = plottingStepSeconds(lengthSeconds, STEP_SECONDS);
  const period = { start, end: endOf(start, lengthSeconds) };
  const samplesPerPoint = stepSeconds / STEP_SECONDS;
  return {
    facts,
    result,
    plots: plotContext({ period, stepSeconds, timeZone: 'UTC', knownEvents: [], freezeWindows: [] }),
    load: loadSeries(result, samplesPerPoint),
    policies: result.policies.map((policy, index) => policyView(policy, index, result, samplesPerPoint)),
    expected: expectedBand(result, samplesPerPoint),
  };
}

function endOf(start: EpochMs, lengthSeconds: number): EpochMs {
  return later(start, lengthSeconds);
}

function loadSeries({ plan }: BacktestResult, samplesPerPoint: number): Series {
  const { load, warmUpSteps } = plan;
  const missing = thin(load.missing.subarray(warmUpSteps), samplesPerPoint, 'min');
  return thin(load.perSecond.subarray(warmUpSteps), samplesPerPoint, 'max').map((value, point) =>
    missing[point] === 1 ? null : value,
  );
}

function policyView(
  policy: PolicyResult,
  index: number,
  { plan }: BacktestResult,
  samplesPerPoint: number,
): PolicyView {
  const { load, taskCapacity, warmUpSteps } = plan;
  const ready = thin(policy.run.ready.subarray(warmUpSteps), samplesPerPoint, 'min');
  const length = load.perSecond.length - warmUpSteps;
  const missed = new Float64Array(length);
  const lost = new Float64Array(length);
  for (let step = 0; step < length; step += 1) {
    const at = warmUpSteps + step;
    if (load.missing[at] === 1) continue;
    const carried = carry(load.perSecond[at] ?? 0, policy.run.ready[at] ?? 0, taskCapacity);
    missed[step] = carried.missed;
    lost[step] = carried.lost;
  }
  return {
    letter: String.fromCodePoint('A'.charCodeAt(0) + index),
    hue: hueOf(policy.name, index),
    result: policy,
    ready,
    capacity: ready.map((tasks) => tasks * taskCapacity),
    missedPerSecond: thin(missed, samplesPerPoint, 'mean'),
    lostPerSecond: thin(lost, samplesPerPoint, 'mean'),
    spells: worstSpells(policy.run, plan, MOST_SPELLS),
  };
}

const HUES = 6;

function hueOf(name: string, index: number): string {
  // What was tuned has the colour of what it was tuned from, and a letter of its own.
  const base = name.endsWith(TUNED) ? name.slice(0, -TUNED.length) : name;
  if (base === FULCRUM || base === CLAIRVOYANT) return base;
  return name === base ? `hue-${index % HUES}` : 'hue-1';
}

/** The whole of the band in each point: its lowest lower end and its highest upper one. */
function expectedBand({ plan, policies }: BacktestResult, samplesPerPoint: number): ExpectedBand | null {
  const expectations = policies.find((policy) => policy.expectations !== null)?.expectations;
  if (!expectations) return null;
  const { label, explanation, periodSteps } = expectations;
  const series = (values: readonly (number | undefined)[], keep: 'min' | 'max'): Series => {
    const steps = Float64Array.from(
      { length: plan.load.perSecond.length - plan.warmUpSteps },
      (_, step) => values[Math.floor((step + plan.warmUpSteps) / periodSteps)] ?? Number.NaN,
    );
    return thin(steps, samplesPerPoint, keep).map((value) => (Number.isNaN(value) ? null : value));
  };
  return { label, explanation, low: series(expectations.low, 'min'), high: series(expectations.high, 'max') };
}
