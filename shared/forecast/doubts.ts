import type { SeasonTest } from './seasonality.ts';

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

/** What was said of the forecast before this one; `unjudged`: there was none. */
export type FormerStanding = 'trusted' | 'doubted' | 'unjudged';

const LEAST_COVERAGE = 0.8;
const MOST_COVERAGE = 0.97;

/**
 * So much worse than the naive forecast a trusted one may get, as a share of the naive loss. Trust begins at no worse: the
 * room between the two keeps a forecast that is about as good from being trusted and doubted by turns, hour by hour.
 */
const ROOM_OF_TRUSTED = 0.05;

/** What speaks against acting on a forecast. */
export function doubtsOf(
  { pinballLoss, naivePinballLoss, coverage }: ErrorRecord,
  { day, week }: { readonly day: SeasonTest; readonly week: SeasonTest },
  formerly: FormerStanding,
): readonly ForecastDoubt[] {
  const doubts: ForecastDoubt[] = [];
  if (day.verdict !== 'season' && week.verdict !== 'season') doubts.push({ code: 'no-season', day, week });
  const mostLoss = naivePinballLoss * (formerly === 'trusted' ? 1 + ROOM_OF_TRUSTED : 1);
  if (pinballLoss > mostLoss) doubts.push({ code: 'worse-than-naive', pinballLoss, naivePinballLoss });
  if (coverage < LEAST_COVERAGE || coverage > MOST_COVERAGE) {
    doubts.push({ code: 'does-not-cover', coverage, least: LEAST_COVERAGE, most: MOST_COVERAGE });
  }
  return doubts;
}
