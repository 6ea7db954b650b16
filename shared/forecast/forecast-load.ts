/**
 * The load of the next day or two as quantiles, from four weeks of history.
 *
 * The candidates forecast the last week of the history from before it; their errors there decide how much each counts in
 * the combination, and the errors of the combination are its bands: split conformal prediction (Papadopoulos and others,
 * Inductive Confidence Machines for Regression, 2002), with errors scaled by what is usual at that time of day. The same
 * errors are the record by which the forecast is trusted or not.
 */
import { type EpochMs, later, type Seconds } from '../domain/units.ts';
import type { LoadPerSecond } from '../control/settings.ts';
import { type Candidate, CANDIDATES, LogSeries, meanOfDays, naive, SeasonalRegression } from './candidates.ts';
import { ErrorBands, type Validated } from './error-bands.ts';
import { type CleanHistory, cleanHistory, type HistoryProblem, type LoadHistory } from './history.ts';
import { type SeasonTest, testSeason } from './seasonality.ts';

export interface ForecastRequest {
  /** 24 to 48. */
  readonly horizonHours: number;
  /** Rising, each between 0 and 1. */
  readonly quantiles: readonly number[];
}

export const DEFAULT_REQUEST: ForecastRequest = { horizonHours: 24, quantiles: [0.1, 0.5, 0.9] };

export interface ForecastStep {
  readonly at: EpochMs;
  /** One for each quantile of the request, never falling. */
  readonly perSecond: readonly LoadPerSecond[];
}

/** How the forecast has done on the last days of its own history. */
export interface ErrorRecord {
  readonly days: number;
  /** Of the 90 % quantile, over the mean load. */
  readonly pinballLoss: number;
  /** The same of the better seasonal naive forecast, with bands of its own errors. */
  readonly naivePinballLoss: number;
  /** Share of the load's steps at or below the 90 % quantile, in the half that the bands did not see. */
  readonly coverage: number;
}

/** A forecast is acted on only when nothing speaks against it. */
export type ForecastDoubt =
  | { readonly code: 'no-season'; readonly day: SeasonTest; readonly week: SeasonTest }
  | { readonly code: 'worse-than-naive'; readonly pinballLoss: number; readonly naivePinballLoss: number }
  | { readonly code: 'does-not-cover'; readonly coverage: number; readonly least: number; readonly most: number };

export type LoadForecast =
  | {
      readonly kind: 'forecast';
      readonly stepSeconds: Seconds;
      readonly quantiles: readonly number[];
      readonly steps: readonly ForecastStep[];
      readonly weights: Readonly<Record<Candidate, number>>;
      readonly record: ErrorRecord;
      readonly doubts: readonly ForecastDoubt[];
    }
  | { readonly kind: 'no-forecast'; readonly because: HistoryProblem };

/** Loads below this share of the mean count as this: a logarithm needs something above nothing. */
const OFFSET_SHARE = 0.02;
const VALIDATED_DAYS = 14;
const ORIGINS_PER_DAY = 8;
/** How much the better candidates are preferred. */
const WEIGHT_POWER = 4;
const JUDGED_QUANTILE = 0.9;
const LEAST_COVERAGE = 0.8;
const MOST_COVERAGE = 0.97;

/** @throws RangeError when the request or the history makes no sense; see `cleanHistory`. */
export function forecastLoad(raw: LoadHistory, request: ForecastRequest = DEFAULT_REQUEST): LoadForecast {
  checkRequest(request);
  const cleaned = cleanHistory(raw);
  if (cleaned.kind === 'unusable') return { kind: 'no-forecast', because: cleaned.because };
  const { history } = cleaned;
  const horizon = Math.round((request.horizonHours * history.stepsPerDay) / 24);
  const offset = OFFSET_SHARE * (history.perSecond.reduce((sum, load) => sum + load, 0) / history.perSecond.length);
  const series = new LogSeries(
    history.perSecond.map((load) => Math.log(load + offset)),
    history.stepsPerDay,
  );
  const validation = validate(series, history, horizon);
  const regression = new SeasonalRegression(series, series.values.length, horizon);
  const origin = series.values.length;
  const day = testSeason(series, 1);
  const week = testSeason(series, 7);
  const record = recordOf(validation, history, offset);
  return {
    kind: 'forecast',
    stepSeconds: history.stepSeconds,
    quantiles: request.quantiles,
    steps: Array.from({ length: horizon }, (_, ahead) => {
      const at = origin + ahead;
      const mean = combine(predictAll(series, regression, at, origin), validation.weights);
      return {
        at: later(history.startsAt, at * history.stepSeconds),
        perSecond: request.quantiles.map((quantile) =>
          Math.max(0, Math.exp(validation.bands.quantile({ at, ahead, predicted: mean }, quantile)) - offset),
        ),
      };
    }),
    weights: validation.weights,
    record,
    doubts: doubtsOf(record, day, week),
  };
}

type Predictions = Readonly<Record<Candidate, number | null>>;

interface Validation {
  readonly weights: Readonly<Record<Candidate, number>>;
  readonly bands: ErrorBands;
  readonly combined: readonly Validated[];
  readonly naives: readonly (readonly Validated[])[];
  readonly middle: number;
  readonly days: number;
}

function validate(series: LogSeries, history: CleanHistory, horizon: number): Validation {
  const { stepsPerDay } = series;
  const length = series.values.length;
  const days = Math.max(1, Math.min(VALIDATED_DAYS, Math.floor(length / stepsPerDay / 2)));
  const from = length - days * stepsPerDay;
  const regression = new SeasonalRegression(series, from, horizon);
  const every = Math.max(1, Math.round(stepsPerDay / ORIGINS_PER_DAY));
  const stride = Math.max(1, Math.round(stepsPerDay / 144));
  const points: { at: number; ahead: number; predictions: Predictions; actual: number }[] = [];
  for (let origin = from; origin < length; origin += every) {
    for (let at = origin + (origin % stride); at < Math.min(length, origin + horizon); at += stride) {
      if (history.standsIn[at] === 1) continue;
      points.push({
        at,
        ahead: at - origin,
        predictions: predictAll(series, regression, at, origin),
        actual: series.values[at] ?? 0,
      });
    }
  }
  const weights = weigh(points);
  const combined = points.map(({ at, ahead, predictions, actual }) => ({
    at,
    ahead,
    actual,
    predicted: combine(predictions, weights),
  }));
  const naives = (['naive-day', 'naive-week'] as const).map((name) =>
    points.flatMap(({ at, ahead, predictions, actual }) => {
      const predicted = predictions[name];
      return predicted === null ? [] : [{ at, ahead, predicted, actual }];
    }),
  );
  return {
    weights,
    bands: new ErrorBands(combined, stepsPerDay),
    combined,
    naives,
    middle: from + (days * stepsPerDay) / 2,
    days,
  };
}

function predictAll(series: LogSeries, regression: SeasonalRegression, at: number, origin: number): Predictions {
  return {
    'naive-day': naive(series, at, origin, 1),
    'naive-week': naive(series, at, origin, 7),
    'mean-of-days': meanOfDays(series, at, origin),
    regression: regression.predict(at, origin),
  };
}

/** Each candidate counts as the inverse of its mean absolute error, to a power; one that is not always there does not. */
function weigh(points: readonly { predictions: Predictions; actual: number }[]): Readonly<Record<Candidate, number>> {
  const strengths = CANDIDATES.map((name) => {
    let error = 0;
    for (const { predictions, actual } of points) {
      const predicted = predictions[name];
      if (predicted === null) return 0;
      error += Math.abs(actual - predicted);
    }
    return ((points.length + 1e-9) / (error + 1e-9)) ** WEIGHT_POWER;
  });
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  const share = (i: number): number => (strengths[i] ?? 0) / total;
  return { 'naive-day': share(0), 'naive-week': share(1), 'mean-of-days': share(2), regression: share(3) };
}

function combine(predictions: Predictions, weights: Readonly<Record<Candidate, number>>): number {
  let sum = 0;
  let total = 0;
  for (const name of CANDIDATES) {
    const predicted = predictions[name];
    if (predicted === null) continue;
    sum += weights[name] * predicted;
    total += weights[name];
  }
  return total === 0 ? 0 : sum / total;
}

/** Bands are made of the first half and judged on the second. */
function recordOf({ combined, naives, middle, days }: Validation, history: CleanHistory, offset: number): ErrorRecord {
  const meanLoad = history.perSecond.reduce((sum, load) => sum + load, 0) / history.perSecond.length;
  const own = judge(combined, middle, history.stepsPerDay, offset);
  const losses = naives.filter((points) => points.length === combined.length);
  const naiveLoss = Math.min(...losses.map((points) => judge(points, middle, history.stepsPerDay, offset).loss));
  return {
    days,
    pinballLoss: own.loss / meanLoad,
    naivePinballLoss: naiveLoss / meanLoad,
    coverage: own.coverage,
  };
}

function judge(
  points: readonly Validated[],
  middle: number,
  stepsPerDay: number,
  offset: number,
): { readonly loss: number; readonly coverage: number } {
  const bands = new ErrorBands(
    points.filter(({ at }) => at < middle),
    stepsPerDay,
  );
  const judged = points.filter(({ at }) => at >= middle);
  let loss = 0;
  let covered = 0;
  for (const point of judged) {
    const { actual } = point;
    const bound = bands.quantile(point, JUDGED_QUANTILE);
    if (actual <= bound) covered += 1;
    loss += pinballLoss(Math.exp(actual) - offset, Math.max(0, Math.exp(bound) - offset), JUDGED_QUANTILE);
  }
  return { loss: loss / Math.max(1, judged.length), coverage: covered / Math.max(1, judged.length) };
}

/** Koenker and Bassett, Regression Quantiles, 1978. */
export function pinballLoss(actual: number, bound: number, quantile: number): number {
  return actual >= bound ? quantile * (actual - bound) : (1 - quantile) * (bound - actual);
}

function doubtsOf(record: ErrorRecord, day: SeasonTest, week: SeasonTest): readonly ForecastDoubt[] {
  const { pinballLoss: loss, naivePinballLoss, coverage } = record;
  const doubts: ForecastDoubt[] = [];
  if (day.verdict !== 'season' && week.verdict !== 'season') doubts.push({ code: 'no-season', day, week });
  if (loss > naivePinballLoss) doubts.push({ code: 'worse-than-naive', pinballLoss: loss, naivePinballLoss });
  if (coverage < LEAST_COVERAGE || coverage > MOST_COVERAGE) {
    doubts.push({ code: 'does-not-cover', coverage, least: LEAST_COVERAGE, most: MOST_COVERAGE });
  }
  return doubts;
}

function checkRequest({ horizonHours, quantiles }: ForecastRequest): void {
  if (!(horizonHours >= 1 && horizonHours <= 48)) throw new RangeError(`1 to 48 hours ahead, not ${horizonHours}`);
  const isRising = quantiles.every((quantile, i) => quantile > (quantiles[i - 1] ?? 0) && quantile < 1);
  if (quantiles.length === 0 || !isRising) throw new RangeError('quantiles rise from above 0 to below 1');
}
