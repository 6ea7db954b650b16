import type { DayForecast, ForecastDoubt } from '../domain/service-forecast.ts';
import { COARSE_SECONDS, type ServiceHistory } from './service-history.ts';
import type { FormerStanding } from './doubts.ts';
import { forecastLoad, type LoadForecast } from './forecast-load.ts';
import type { HistoryProblem, LoadHistory } from './history.ts';
import { meansOf } from './metric-grid.ts';

export interface DayPlan {
  readonly hours: number;
  /** The quantile that is planned for, besides those that everybody reads. */
  readonly quantile: number;
  readonly formerly: FormerStanding;
}

/** The quantile by which a forecast is judged. */
export const JUDGED_QUANTILE = 0.9;
const TOLD_QUANTILES = [0.1, 0.5, JUDGED_QUANTILE];
const STEP_MINUTES = 5;
/** Of the five minutes of a step, for their mean to stand for all of them. */
const LEAST_MINUTES = 3;

export interface ForecastOfDay {
  readonly day: DayForecast | null;
  readonly doubts: readonly ForecastDoubt[];
}

/** The day ahead, at steps of five minutes. The only place that calls the forecasters. */
export async function forecastDay(
  { load }: ServiceHistory,
  { hours, quantile, formerly }: DayPlan,
): Promise<ForecastOfDay> {
  const quantiles = [...new Set([...TOLD_QUANTILES, quantile])].sort((a, b) => a - b);
  const perSecond = meansOf(load.perSecond, STEP_MINUTES, LEAST_MINUTES);
  const history: LoadHistory = { startsAt: load.startsAt, stepSeconds: COARSE_SECONDS, perSecond };
  const forecast = await Promise.resolve(forecastLoad(history, { horizonHours: hours, quantiles }, formerly));
  if (forecast.kind === 'no-forecast') return { day: null, doubts: [doubtOfHistory(forecast.because, perSecond)] };
  return { day: dayOf(forecast), doubts: forecast.doubts.map(doubtOfForecast) };
}

function dayOf({
  steps,
  stepSeconds,
  quantiles,
  record,
}: Extract<LoadForecast, { kind: 'forecast' }>): DayForecast | null {
  const [first] = steps;
  if (first === undefined) return null;
  return {
    startsAt: first.at,
    stepSeconds,
    quantiles,
    perSecond: quantiles.map((_, index) => steps.map((step) => step.perSecond[index] ?? 0)),
    record: {
      days: record.days,
      pinballLoss: record.pinballLoss,
      naivePinballLoss: record.naivePinballLoss,
      coverage: record.coverage,
    },
  };
}

/** Half of the time missing is as good as half of the time. */
function doubtOfHistory(problem: HistoryProblem, perSecond: readonly (number | null)[]): ForecastDoubt {
  if (problem.code === 'constant') return { code: problem.perSecond === 0 ? 'no-load' : 'no-season' };
  const stepsPerDay = (24 * 60) / STEP_MINUTES;
  const days = perSecond.filter((load) => load !== null).length / stepsPerDay;
  const leastDays =
    problem.code === 'short-history' ? problem.neededDays : (perSecond.length * (1 - problem.limitShare)) / stepsPerDay;
  return { code: 'too-little-history', days: rounded(days), leastDays: rounded(leastDays) };
}

/** Without the numbers of the test, which only the forecasters understand. */
function doubtOfForecast(doubt: Extract<LoadForecast, { kind: 'forecast' }>['doubts'][number]): ForecastDoubt {
  return doubt.code === 'no-season' ? { code: 'no-season' } : doubt;
}

function rounded(days: number): number {
  return Math.round(days * 10) / 10;
}
