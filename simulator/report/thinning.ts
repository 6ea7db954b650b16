import type { Seconds } from '../../shared/domain/units.ts';
import type { PolicyRun, Series, ServiceReport } from './report-data.ts';

/** What one plotted point keeps of the samples that it stands for. */
export type Keep = 'max' | 'min' | 'mean' | 'last';

/** More points than this cannot be told apart on a wide screen at the closest zoom. */
const MOST_POINTS = 2_100;
const ROUND_STEPS: readonly Seconds[] = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/**
 * The finest round plotting step that is a multiple of the plant's and keeps a series within 2,100 points.
 *
 *   a week in steps of 20 s  ->  300 s, 2,016 points
 */
export function plottingStepSeconds(lengthSeconds: Seconds, plantStepSeconds: Seconds): Seconds {
  const fits = (step: Seconds): boolean => lengthSeconds / step <= MOST_POINTS;
  if (fits(plantStepSeconds)) return plantStepSeconds;
  const round = ROUND_STEPS.find((step) => step % plantStepSeconds === 0 && fits(step));
  return round ?? Math.ceil(lengthSeconds / MOST_POINTS / plantStepSeconds) * plantStepSeconds;
}

/** One point for every `samplesPerPoint` samples; the last point may stand for fewer. */
export function thin(samples: ArrayLike<number>, samplesPerPoint: number, keep: Keep): number[] {
  if (!Number.isInteger(samplesPerPoint) || samplesPerPoint < 1) {
    throw new RangeError(`samples per point: ${samplesPerPoint} is not a positive whole number`);
  }
  const all = Array.from(samples);
  return Array.from({ length: Math.ceil(all.length / samplesPerPoint) }, (_, point) =>
    kept(all.slice(point * samplesPerPoint, (point + 1) * samplesPerPoint), keep),
  );
}

function kept(samples: readonly number[], keep: Keep): number {
  switch (keep) {
    case 'max':
      return Math.max(...samples);
    case 'min':
      return Math.min(...samples);
    case 'mean':
      return samples.reduce((sum, value) => sum + value, 0) / samples.length;
    case 'last':
      return samples.at(-1) ?? Number.NaN;
  }
}

type Samples<Names extends string> = Readonly<Record<Names, ArrayLike<number>>>;
export type RunSamples = Samples<'wanted' | 'ready' | 'cpuPercent' | 'missedPerSecond' | 'lostPerSecond'>;
export type ServiceSamples = Samples<'loadPerSecond' | 'min' | 'max'>;

/**
 * What a plot may never hide is kept: the peaks of load and CPU, the fewest tasks ready, the most wanted. Missed and lost
 * load are means, so that the red area stays the number of requests.
 */
export function thinRun(samples: RunSamples, samplesPerPoint: number): Omit<PolicyRun, 'figures'> {
  const by = (series: ArrayLike<number>, keep: Keep): Series => thin(series, samplesPerPoint, keep);
  return {
    wanted: by(samples.wanted, 'max'),
    ready: by(samples.ready, 'min'),
    cpuPercent: by(samples.cpuPercent, 'max'),
    missedPerSecond: by(samples.missedPerSecond, 'mean'),
    lostPerSecond: by(samples.lostPerSecond, 'mean'),
  };
}

export function thinService(
  samples: ServiceSamples,
  samplesPerPoint: number,
): Pick<ServiceReport, 'loadPerSecond' | 'min' | 'max'> {
  return {
    loadPerSecond: thin(samples.loadPerSecond, samplesPerPoint, 'max'),
    min: thin(samples.min, samplesPerPoint, 'last'),
    max: thin(samples.max, samplesPerPoint, 'last'),
  };
}
