/**
 * The load of the next day or two as quantiles, from four weeks of history.
 *
 * The candidates forecast from origins of the last two weeks what came after each, knowing only what came before. Their
 * errors there decide how much each counts in the combination, and the errors of the combination are its bands. How weights
 * and bands that were made of the first of these days did on the rest is the record by which a forecast is trusted or not.
 */
import { type EpochMs, later, type Seconds } from '../domain/units.ts';
import type { LoadPerSecond } from '../control/settings.ts';
import { type Candidate, LogSeries } from './candidates.ts';
import { combine, weigh, type Weights } from './combination.ts';
import { doubtsOf, type ErrorRecord, type ForecastDoubt, type FormerStanding } from './doubts.ts';
import { ErrorBands, type Validated } from './error-bands.ts';
import { cleanHistory, type HistoryProblem, type LoadHistory } from './history.ts';
import { type PastPoint, type RollingOrigins, rollOrigins } from './rolling-origins.ts';
import { testSeason } from './seasonality.ts';

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
const JUDGED_QUANTILE = 0.9;

/**
 * @param formerly trust is taken away a little later than it is given
 * @throws RangeError when the request or the history makes no sense; see `cleanHistory`.
 */
export function forecastLoad(
  raw: LoadHistory,
  request: ForecastRequest = DEFAULT_REQUEST,
  formerly: FormerStanding = 'unjudged',
): LoadForecast {
  checkRequest(request);
  const cleaned = cleanHistory(raw);
  if (cleaned.kind === 'unusable') return { kind: 'no-forecast', because: cleaned.because };
  const { history } = cleaned;
  const { stepsPerDay, perSecond, standsIn } = history;
  const horizon = Math.round((request.horizonHours * stepsPerDay) / 24);
  const end = perSecond.length;
  const meanLoad = perSecond.reduce((sum, load) => sum + load, 0) / end;
  const loadAt = (logarithm: number): LoadPerSecond => meanLoad * Math.max(0, Math.exp(logarithm) - OFFSET_SHARE);
  const series = new LogSeries(
    perSecond.map((load) => Math.log(load / meanLoad + OFFSET_SHARE)),
    stepsPerDay,
  );
  const origins = rollOrigins(series, standsIn, horizon);
  const weights = weigh(origins.points);
  const bands = new ErrorBands(combined(origins.points, weights), stepsPerDay, end);
  const day = testSeason(series, 1);
  const week = testSeason(series, 7);
  const record = recordOf(origins, { stepsPerDay, end, meanLoad, loadAt });
  return {
    kind: 'forecast',
    stepSeconds: history.stepSeconds,
    quantiles: request.quantiles,
    steps: origins.ahead.map((predictions, ahead) => {
      const at = end + ahead;
      const predicted = combine(predictions, weights) ?? series.mean(end - stepsPerDay, end);
      return {
        at: later(history.startsAt, at * history.stepSeconds),
        perSecond: request.quantiles.map((quantile) => loadAt(bands.quantile({ at, ahead, predicted }, quantile))),
      };
    }),
    weights,
    record,
    doubts: doubtsOf(record, { day, week }, formerly),
  };
}

function combined(points: readonly PastPoint[], weights: Weights): readonly Validated[] {
  return points.flatMap(({ at, ahead, actual, predictions }) => {
    const predicted = combine(predictions, weights);
    return predicted === null ? [] : [{ at, ahead, actual, predicted }];
  });
}

interface Judging {
  readonly stepsPerDay: number;
  readonly end: number;
  readonly meanLoad: LoadPerSecond;
  readonly loadAt: (logarithm: number) => LoadPerSecond;
}

/** Weights and bands are made of what was known in the middle of the past days, and judged by what came then. */
function recordOf({ points, days }: RollingOrigins, judging: Judging): ErrorRecord {
  const middle = judging.end - Math.floor((days * judging.stepsPerDay) / 2);
  const known = points.filter(({ at }) => at < middle);
  const rest = points.filter(({ at }) => at >= middle);
  const judged = (weights: Weights): Judged =>
    judge(combined(known, weights), combined(rest, weights), middle, judging);
  const own = judged(weigh(known));
  const naives = (['naive-day', 'naive-week'] as const)
    .filter((name) => points.every(({ predictions }) => predictions[name] !== null))
    .map((name) => judged({ ...NOTHING, [name]: 1 }).loss);
  return {
    days,
    pinballLoss: own.loss / judging.meanLoad,
    naivePinballLoss: Math.min(...naives) / judging.meanLoad,
    coverage: own.coverage,
  };
}

const NOTHING: Weights = { 'naive-day': 0, 'naive-week': 0, 'mean-of-days': 0, regression: 0, mstl: 0 };

interface Judged {
  readonly loss: number;
  readonly coverage: number;
}

function judge(
  known: readonly Validated[],
  rest: readonly Validated[],
  middle: number,
  { stepsPerDay, loadAt }: Judging,
): Judged {
  const bands = new ErrorBands(known, stepsPerDay, middle);
  let loss = 0;
  let covered = 0;
  for (const point of rest) {
    const bound = bands.quantile(point, JUDGED_QUANTILE);
    if (point.actual <= bound) covered += 1;
    loss += pinballLoss(loadAt(point.actual), loadAt(bound), JUDGED_QUANTILE);
  }
  return { loss: loss / Math.max(1, rest.length), coverage: covered / Math.max(1, rest.length) };
}

/** Koenker and Bassett, Regression Quantiles, 1978. */
export function pinballLoss(actual: number, bound: number, quantile: number): number {
  return actual >= bound ? quantile * (actual - bound) : (1 - quantile) * (bound - actual);
}

function checkRequest({ horizonHours, quantiles }: ForecastRequest): void {
  if (!(horizonHours >= 1 && horizonHours <= 48)) throw new RangeError(`1 to 48 hours ahead, not ${horizonHours}`);
  const isRising = quantiles.every((quantile, i) => quantile > (quantiles[i - 1] ?? 0) && quantile < 1);
  if (quantiles.length === 0 || !isRising) throw new RangeError('quantiles rise from above 0 to below 1');
}
