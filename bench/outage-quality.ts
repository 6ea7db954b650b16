/**
 * What is left when Fulcrum dies at noon: `npm run bench -- outage --traces DIR`. The next 24 hours of a trace are walked
 * through by target tracking alone, at the target of the service and at the raised one, with and without the plan that stood
 * in AWS. Only days count whose forecast was trusted, because there is no other plan.
 */
import { join } from 'node:path';
import { DEFAULT_SETTINGS, MINUTE_SIGNAL } from '../shared/control/settings.ts';
import type { Percent } from '../shared/domain/units.ts';
import { forecastLoad } from '../shared/forecast/forecast-load.ts';
import { type PlannedSlot, planSlots } from '../shared/levers/predictive-plan.ts';
import type { BacktestPolicy, PolicySetup } from '../simulator/backtest/policy.ts';
import { readTrace } from '../simulator/load/read-trace.ts';
import { startOfStep, STEP_SECONDS, STEPS_PER_DAY } from '../simulator/load/steps.ts';
import { taskCapacityFor } from '../simulator/load/task-capacity.ts';
import { loadPerStep, type SteppedLoad } from '../simulator/load/trace.ts';
import { targetTracking } from '../simulator/peers/target-tracking.ts';
import { mean, SCALING_TRACES, type Verdict, verdictOn } from './decision-quality.ts';
import { table } from './table.ts';

const QUANTILES: readonly number[] = [0.9, 0.95, 0.98];
const MOST_DAYS = 12;
const HISTORY_DAYS = 28;
const FORECAST_SECONDS = 300;
const STARTUP_SECONDS = 180;
const USABLE_SHARE = 0.9;
const TARGETS: readonly Percent[] = [DEFAULT_SETTINGS.unlearnedTargetPercent, DEFAULT_SETTINGS.targetPercent];

/** What was left in AWS, and how it did, day by day. */
type Outcomes = Map<string, Verdict[]>;

/** @throws Error when one of the traces is not in the folder. */
export async function benchOutage(directory: string): Promise<string> {
  const rows: (readonly string[])[] = [];
  const means: Outcomes = new Map();
  for (const name of SCALING_TRACES) {
    const trace = await readTrace(join(directory, `${name}.csv`));
    const { outcomes, days } = outagesOf(loadPerStep(trace), taskCapacityFor(trace));
    if (days === 0) continue;
    rows.push([name, String(days), ...[...outcomes.values()].map((verdicts) => cell(meanOf(verdicts)))]);
    for (const [left, verdicts] of outcomes) means.set(left, [...(means.get(left) ?? []), meanOf(verdicts)]);
  }
  rows.push(['**mean**', '', ...[...means.values()].map((verdicts) => cell(meanOf(verdicts)))]);
  return `Missed % (cost ratio) of the 24 hours\n\n${table(['trace', 'days', ...means.keys()], rows)}`;
}

function outagesOf(load: SteppedLoad, taskCapacity: number): { readonly outcomes: Outcomes; readonly days: number } {
  const length = Math.floor(load.perSecond.length / STEPS_PER_DAY);
  const warmUp = length >= 21 ? 14 : length >= 10 ? 7 : 4;
  const every = Math.max(1, Math.ceil((length - 1 - warmUp) / MOST_DAYS));
  const outcomes: Outcomes = new Map();
  let days = 0;
  for (let day = warmUp; day < length - 1; day += every) {
    const noon = Math.round((day + 0.5) * STEPS_PER_DAY);
    const plans = plansAt(load, noon, taskCapacity);
    const rest = part(load, noon, noon + STEPS_PER_DAY);
    if (plans === null || !rest.missing.includes(0)) continue;
    days += 1;
    for (const target of TARGETS) {
      for (const [plan, slots] of plans) {
        const scene = { load: rest, taskCapacity, startupSeconds: STARTUP_SECONDS, scoredFrom: 0 };
        const verdict = verdictOn(scene, target, MINUTE_SIGNAL, (setup) => withPlan(setup, slots));
        const left = `${target} %${plan}`;
        outcomes.set(left, [...(outcomes.get(left) ?? []), verdict]);
      }
    }
  }
  return { outcomes, days };
}

/** `null` where the forecast of that noon was not trusted. */
function plansAt(
  load: SteppedLoad,
  noon: number,
  taskCapacity: number,
): ReadonlyMap<string, readonly PlannedSlot[]> | null {
  const forecast = forecastLoad(
    {
      startsAt: 0,
      stepSeconds: FORECAST_SECONDS,
      perSecond: fiveMinutes(part(load, noon - HISTORY_DAYS * STEPS_PER_DAY, noon)),
    },
    { horizonHours: 24, quantiles: [0.1, 0.5, ...QUANTILES] },
  );
  if (forecast.kind === 'no-forecast' || forecast.doubts.length > 0) return null;
  const { steps, stepSeconds, quantiles } = forecast;
  const startsAt = startOfStep(load.startsAt, noon);
  const perSecond = quantiles.map((_, index) => steps.map((step) => step.perSecond[index] ?? 0));
  const day = { startsAt, stepSeconds, quantiles, perSecond, record: forecast.record };
  const settings = {
    planHours: 24,
    usablePerTask: USABLE_SHARE * taskCapacity,
    startupSeconds: STARTUP_SECONDS,
  };
  return new Map([
    ['', []],
    ...QUANTILES.map(
      (planQuantile) =>
        [` + ${planQuantile}`, planSlots({ computedAt: startsAt }, day, { ...settings, planQuantile }).slots] as const,
    ),
  ]);
}

function part({ startsAt, perSecond, missing }: SteppedLoad, from: number, to: number): SteppedLoad {
  const first = Math.max(0, from);
  return {
    startsAt: startOfStep(startsAt, first),
    perSecond: perSecond.slice(first, to),
    missing: missing.slice(first, to),
  };
}

function fiveMinutes({ perSecond, missing }: SteppedLoad): readonly (number | null)[] {
  const together = FORECAST_SECONDS / STEP_SECONDS;
  return Array.from({ length: Math.floor(perSecond.length / together) }, (_, slot) => {
    const known = [...perSecond.subarray(slot * together, (slot + 1) * together)].filter(
      (_load, index) => missing[slot * together + index] === 0,
    );
    return known.length === 0 ? null : mean(known);
  });
}

/** Scheduled actions move min capacity, target tracking does the rest. */
function withPlan(setup: PolicySetup, slots: readonly PlannedSlot[]): BacktestPolicy {
  const inner = targetTracking(setup, '20s');
  return {
    decide: (view) => {
      const now = startOfStep(setup.startsAt, view.step);
      const floor = Math.max(setup.bounds.min, slots.findLast(({ at }) => at <= now)?.tasks ?? 0);
      return { wanted: Math.max(inner.decide(view).wanted, floor), floor };
    },
  };
}

function meanOf(verdicts: readonly Verdict[]): Verdict {
  return {
    cost: mean(verdicts.map(({ cost }) => cost)),
    missedPercent: mean(verdicts.map(({ missedPercent }) => missedPercent)),
  };
}

function cell({ cost, missedPercent }: Verdict): string {
  return `${missedPercent.toFixed(2)} (${cost.toFixed(2)})`;
}
