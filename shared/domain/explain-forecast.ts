import { assertNever } from './assert-never.ts';
import type { ExpectedLoad, ForecastReason, RehearsedFloor } from './reason.ts';
import type { ForecastDoubt } from './service-forecast.ts';

export function explainExpected({ expectedTasks, missedPercent }: ExpectedLoad): string {
  const expected = `${oneDecimal(expectedTasks)} tasks are expected`;
  return missedPercent === null
    ? `${expected}, with a fixed margin while nothing is learned`
    : `${expected}, more came in ${oneDecimal(missedPercent)} % of such cases`;
}

export function explainDoubt(doubt: ForecastDoubt): string {
  switch (doubt.code) {
    case 'too-little-history':
      return `${oneDecimal(doubt.days)} days of history, it takes ${doubt.leastDays}`;
    case 'no-load':
      return 'there was no load';
    case 'no-season':
      return 'no day is like another';
    case 'worse-than-naive': {
      const [own, naive] = percentsApart(doubt.pinballLoss, doubt.naivePinballLoss);
      return `its error of ${own} is above the ${naive} of “as yesterday”`;
    }
    case 'does-not-cover':
      return `its 90 % quantile held in ${percent(doubt.coverage)}, not in ${percent(doubt.least)} to ${percent(doubt.most)}`;
    default:
      return assertNever(doubt);
  }
}

export function explainRehearsal({ days, missedPercent, floorTaskHours, ranTaskHours }: RehearsedFloor): string {
  const compared = ranTaskHours === null ? '' : `, ${Math.round(ranTaskHours)} ran`;
  return `over ${oneDecimal(days)} days its floor would have missed ${twoDecimals(missedPercent)} % of the load with ${Math.round(floorTaskHours)} task-hours${compared}`;
}

type ForecastReasonOf<Code extends ForecastReason['code']> = Extract<ForecastReason, { code: Code }>;

export function explainTrusted(reason: ForecastReasonOf<'forecast-trusted'>): string {
  const { source, taskCapacity, historyDays } = reason;
  const learned = `the forecast is trusted, from ${oneDecimal(historyDays)} days of history`;
  return source === 'requests'
    ? `${learned} in requests, of which a task carries ${oneDecimal(taskCapacity)} a second`
    : `${learned} in CPU × tasks`;
}

export function explainTurnedOut(reason: ForecastReasonOf<'forecast-turned-out'>): string {
  const { hours, coveragePercent, pinballLossPercent } = reason;
  return `the 90 % quantile of the day before held in ${oneDecimal(coveragePercent)} % of ${oneDecimal(hours)} hours, at a pinball loss of ${oneDecimal(pinballLossPercent)} % of the load`;
}

function percent(share: number): string {
  return `${oneDecimal(100 * share)} %`;
}

const MOST_DECIMALS = 6;

/** With one decimal, or as many as it takes for two numbers that differ to look so. */
function percentsApart(a: number, b: number): readonly [string, string] {
  let decimals = 1;
  const shown = (share: number): string => (100 * share).toFixed(decimals);
  while (decimals < MOST_DECIMALS && shown(a) === shown(b)) decimals += 1;
  return [`${Number(shown(a))} %`, `${Number(shown(b))} %`];
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}

function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100;
}
