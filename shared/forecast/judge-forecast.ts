import type { PastForecast } from '../domain/service-forecast.ts';
import { DAY, secondsBetween } from '../domain/units.ts';
import { JUDGED_QUANTILE } from './forecast-day.ts';
import { pinballLoss } from './forecast-load.ts';
import { meansOf } from './metric-grid.ts';
import type { ServiceHistory } from './service-history.ts';

/** How a forecast has turned out. */
export interface Judgement {
  /** Hours of the forecast that were measured. */
  readonly hours: number;
  /** Share of the steps at or below the 90 % quantile. */
  readonly coverage: number;
  /** Of the 90 % quantile, over the mean load. */
  readonly pinballLoss: number;
}

const LEAST_HOURS = 12;

/**
 * A forecast against what came in its first day. `null` where too little of that was measured, where nothing came, or where
 * the load is counted in something else by now.
 */
export function judgeForecast({ source, day }: PastForecast, history: ServiceHistory): Judgement | null {
  const { load } = history;
  const upper = day?.perSecond[day.quantiles.indexOf(JUDGED_QUANTILE)];
  if (day === null || upper === undefined || source !== history.source) return null;
  const perStep = day.stepSeconds / load.stepSeconds;
  const offset = secondsBetween(load.startsAt, day.startsAt) / load.stepSeconds;
  if (!Number.isInteger(perStep) || !Number.isInteger(offset) || offset < 0) return null;
  const came = meansOf(load.perSecond.slice(offset), perStep, Math.ceil(perStep / 2));
  let steps = 0;
  let covered = 0;
  let loss = 0;
  let total = 0;
  for (const [step, bound] of upper.slice(0, DAY / day.stepSeconds).entries()) {
    const actual = came[step] ?? null;
    if (actual === null) continue;
    steps += 1;
    total += actual;
    if (actual <= bound) covered += 1;
    loss += pinballLoss(actual, bound, JUDGED_QUANTILE);
  }
  const hours = (steps * day.stepSeconds) / 3_600;
  return hours < LEAST_HOURS || total === 0 ? null : { hours, coverage: covered / steps, pinballLoss: loss / total };
}
