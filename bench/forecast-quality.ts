/**
 * Quality of the load forecast on a folder of traces: `npm run bench -- forecast --traces DIR`. From many origins of each
 * trace the next day is forecast from what came before, and compared with what came.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { forecastLoad, pinballLoss } from '../shared/forecast/forecast-load.ts';
import { readTrace } from '../simulator/load/read-trace.ts';
import type { Trace } from '../simulator/load/trace.ts';
import { table } from './table.ts';

const QUANTILE = 0.9;
const HISTORY_DAYS = 28;
const STEP_SECONDS = 300;
/** Not a divisor of the day, so that origins fall on all times of it; made longer for long traces. */
const ORIGIN_EVERY_HOURS = 11;
const LENGTHENED_BY_HOURS = 6;
const MOST_ORIGINS = 40;
/** The bands of the naive forecasts: the errors that they made in so many last days. */
const NAIVE_BAND_DAYS = 7;
/** Correlation of a trace with itself a day before from which it counts as one with a daily pattern. */
const DAILY_PATTERN = 0.2;
/** Share of the points at which the weekly naive forecast must be there to count. */
const LEAST_WITH_WEEK = 0.8;

interface Loads {
  /** `null` where nothing was recorded. */
  readonly values: readonly (number | null)[];
  readonly stepSeconds: number;
  readonly perDay: number;
}

interface Quality {
  readonly origins: number;
  readonly dailyCorrelation: number;
  /** Pinball losses and mean absolute error over the mean load. */
  readonly loss: number;
  readonly naiveDayLoss: number;
  /** `null` where a week and a band of its errors are not there before most origins. */
  readonly naiveWeekLoss: number | null;
  /** Loss over that of the better naive forecast, each pair at the same points. */
  readonly toBetterNaive: number;
  readonly coverage: number;
  readonly meanAbsoluteError: number;
  readonly secondsPerFit: number;
}

/** @returns a Markdown table; traces that cannot be used are named below it. */
export async function benchForecastQuality(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.csv')).toSorted();
  const rows: (readonly string[])[] = [];
  const judged: Quality[] = [];
  const skipped: string[] = [];
  for (const file of files) {
    try {
      const quality = judge(loadsOf(await readTrace(join(directory, file))));
      judged.push(quality);
      rows.push(rowOf(file.replace(/\.csv$/, ''), quality));
    } catch (error) {
      skipped.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const daily = judged.filter(({ dailyCorrelation }) => dailyCorrelation >= DAILY_PATTERN);
  for (const [name, group] of [['with a daily pattern', daily] as const, ['all', judged] as const]) {
    if (group.length > 0) rows.push(meanRow(`**mean of ${name} (${group.length})**`, group));
  }
  const head = ['trace', 'origins', 'day before', 'loss / mean', 'naive day', 'naive week', 'to better', 'coverage'];
  return [
    `Pinball loss at ${QUANTILE} of the next 24 h, and how the loads one day apart correlate`,
    '',
    table([...head, 'MAE / mean', 's a fit'], rows),
    '',
    `${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most, with the trace and the bench`,
    ...skipped.map((line) => `left out: ${line}`),
  ].join('\n');
}

/** Five-minute means, or what the trace has where that is coarser. */
function loadsOf({ amounts, missing, intervalSeconds }: Trace): Loads {
  const stepSeconds = Math.max(STEP_SECONDS, intervalSeconds);
  if (86_400 % stepSeconds !== 0 || stepSeconds % intervalSeconds !== 0) {
    throw new RangeError(`intervals of ${intervalSeconds} s do not fit into a day at ${stepSeconds} s`);
  }
  const together = stepSeconds / intervalSeconds;
  const values = Array.from({ length: Math.floor(amounts.length / together) }, (_, step) => {
    const known = [...amounts.subarray(step * together, (step + 1) * together)].filter(
      (_amount, i) => missing[step * together + i] === 0,
    );
    return known.length === 0 ? null : mean(known);
  });
  return { values, stepSeconds, perDay: 86_400 / stepSeconds };
}

function originsOf({ values, perDay }: Loads): readonly number[] {
  const days = values.length / perDay;
  const warmUp = Math.ceil((days >= 21 ? 14 : days >= 10 ? 7 : 4) * perDay);
  const last = values.length - perDay;
  let every = ORIGIN_EVERY_HOURS;
  while ((last - warmUp) / ((every * perDay) / 24) > MOST_ORIGINS) every += LENGTHENED_BY_HOURS;
  const spacing = Math.max(1, Math.round((every * perDay) / 24));
  return Array.from({ length: Math.max(0, Math.floor((last - warmUp) / spacing) + 1) }, (_, i) => warmUp + i * spacing);
}

function judge(loads: Loads): Quality {
  const origins = originsOf(loads);
  if (origins.length === 0) throw new RangeError('too short');
  const own = new Score();
  const ownWithWeek = new Score();
  const naiveDay = new Score();
  const naiveWeek = new Score();
  let fits = 0;
  let microseconds = 0;
  let absoluteError = 0;
  for (const origin of origins) {
    const came = loads.values.slice(origin, origin + loads.perDay);
    const cpuBefore = process.cpuUsage();
    const forecast = forecastLoad({
      startsAt: 0,
      stepSeconds: loads.stepSeconds,
      perSecond: loads.values.slice(Math.max(0, origin - HISTORY_DAYS * loads.perDay), origin),
    });
    const cpu = process.cpuUsage(cpuBefore);
    if (forecast.kind === 'no-forecast') continue;
    fits += 1;
    microseconds += cpu.user + cpu.system;
    const dayBounds = naiveBounds(loads, origin, loads.perDay);
    const weekBounds = naiveBounds(loads, origin, 7 * loads.perDay);
    came.forEach((load, ahead) => {
      const [, middle = 0, high = 0] = forecast.steps[ahead]?.perSecond ?? [];
      const dayBound = dayBounds(ahead);
      if (load === null || dayBound === null) return;
      own.add(load, high);
      naiveDay.add(load, dayBound);
      absoluteError += Math.abs(load - middle);
      const weekBound = weekBounds(ahead);
      if (weekBound === null) return;
      naiveWeek.add(load, weekBound);
      ownWithWeek.add(load, high);
    });
  }
  if (fits === 0 || own.load === 0) throw new RangeError('no load that can be forecast');
  const hasWeek = naiveWeek.points >= LEAST_WITH_WEEK * own.points;
  return {
    origins: fits,
    dailyCorrelation: correlationOneDayApart(loads),
    loss: own.loss / own.load,
    naiveDayLoss: naiveDay.loss / own.load,
    naiveWeekLoss: hasWeek ? naiveWeek.loss / naiveWeek.load : null,
    toBetterNaive: Math.max(own.loss / naiveDay.loss, hasWeek ? ownWithWeek.loss / naiveWeek.loss : 0),
    coverage: own.covered / own.points,
    meanAbsoluteError: absoluteError / own.load,
    secondsPerFit: microseconds / fits / 1e6,
  };
}

/** Sums over the points of one trace. */
class Score {
  points = 0;
  load = 0;
  loss = 0;
  covered = 0;

  add(load: number, bound: number): void {
    this.points += 1;
    this.load += load;
    this.loss += pinballLoss(load, bound, QUANTILE);
    if (load <= bound) this.covered += 1;
  }
}

/** The last season repeated, and above it the quantile of the errors that this has had: split conformal. */
function naiveBounds({ values, perDay }: Loads, origin: number, season: number): (ahead: number) => number | null {
  const errors: number[] = [];
  for (let step = Math.max(season, origin - NAIVE_BAND_DAYS * perDay); step < origin; step += 1) {
    const came = values[step] ?? null;
    const before = values[step - season] ?? null;
    if (came !== null && before !== null) errors.push(came - before);
  }
  const sorted = errors.sort((a, b) => a - b);
  const margin = sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length + 1) * QUANTILE) - 1)];
  return (ahead) => {
    let step = origin + ahead - season;
    while (step >= 0 && (values[step] ?? null) === null) step -= perDay;
    const before = values[step] ?? null;
    return before === null || margin === undefined ? null : Math.max(0, before + margin);
  };
}

function correlationOneDayApart({ values, perDay }: Loads): number {
  const known = values.filter((load) => load !== null);
  const middle = mean(known);
  let together = 0;
  let pairs = 0;
  values.forEach((load, step) => {
    const before = values[step - perDay] ?? null;
    if (load === null || before === null) return;
    together += (load - middle) * (before - middle);
    pairs += 1;
  });
  const power = mean(known.map((load) => (load - middle) ** 2));
  return pairs === 0 || power === 0 ? 0 : together / pairs / power;
}

function rowOf(name: string, quality: Quality): readonly string[] {
  return [
    name,
    String(quality.origins),
    quality.dailyCorrelation.toFixed(2),
    quality.loss.toFixed(4),
    quality.naiveDayLoss.toFixed(4),
    quality.naiveWeekLoss === null ? '' : quality.naiveWeekLoss.toFixed(4),
    quality.toBetterNaive.toFixed(3),
    `${(100 * quality.coverage).toFixed(1)} %`,
    quality.meanAbsoluteError.toFixed(3),
    quality.secondsPerFit.toFixed(2),
  ];
}

function meanRow(name: string, group: readonly Quality[]): readonly string[] {
  const over = (value: (quality: Quality) => number): number => mean(group.map(value));
  return [
    name,
    '',
    '',
    over(({ loss }) => loss).toFixed(4),
    '',
    '',
    over(({ toBetterNaive }) => toBetterNaive).toFixed(3),
    `${(100 * over(({ coverage }) => coverage)).toFixed(1)} %`,
    over(({ meanAbsoluteError }) => meanAbsoluteError).toFixed(3),
    over(({ secondsPerFit }) => secondsPerFit).toFixed(2),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
