import { HOUR, type Seconds } from '../../shared/domain/units.ts';
import type { BacktestPolicy, PolicySetup } from '../backtest/policy.ts';
import { type LoadPerSecond, STEP_SECONDS } from '../load/steps.ts';
import { quantile } from '../load/task-capacity.ts';
import { BlockMeans } from './block-means.ts';

/** Expects a load for a block of time from what is known of the blocks before it; 0 where it cannot tell. */
interface SeasonalForecast {
  readonly blockSeconds: Seconds;
  readonly expect: (means: BlockMeans, block: number) => LoadPerSecond;
}

const LEAST_LEAD: Seconds = 300;
/** Time for a task to be counted in after its start. */
const LEAD_BEYOND_STARTUP: Seconds = 60;

const HOURS_A_DAY = 24;
const HOURS_A_WEEK = 168;
const DAYS_OF_HISTORY = 14;
const AVERAGED_DAYS = 3;

/**
 * A stand-in for the hourly forecast of AWS predictive scaling, whose model is not published. Half of the mean of the same
 * hour of the last two weeks and half of that of the last three days; only the days, where no week is known. From at most
 * 14 days, 48 hours ahead, refreshed every six hours: an hour is forecast from hours at least a day older, so that a
 * refresh in between changes nothing.
 *
 * Source of the setting: Application Auto Scaling user guide, "How predictive scaling works".
 */
const HOURLY: SeasonalForecast = {
  blockSeconds: HOUR,
  expect: (means, hour) => {
    const days = known(means, hour, HOURS_A_DAY, DAYS_OF_HISTORY).slice(0, AVERAGED_DAYS);
    const weeks = known(means, hour, HOURS_A_WEEK, DAYS_OF_HISTORY / 7);
    if (days.length === 0) return 0;
    return weeks.length === 0 ? mean(days) : 0.5 * mean(weeks) + 0.5 * mean(days);
  },
};

const SLOTS_A_DAY = 288;
const DAYS_OF_SLOTS = 7;
const FEWEST_SLOTS = 6;
const HIGH_QUANTILE = 0.9;

/** The 90 % quantile of the same five minutes, and of those before and after, of the last seven days; from two days on. */
const DAILY_QUANTILE: SeasonalForecast = {
  blockSeconds: 300,
  expect: (means, slot) => {
    const near = [-1, 0, 1].flatMap((shift) => known(means, slot + shift, SLOTS_A_DAY, DAYS_OF_SLOTS));
    return near.length < FEWEST_SLOTS ? 0 : quantile(Float64Array.from(near), HIGH_QUANTILE);
  },
};

/** Keeps min capacity at what AWS would forecast for the hour: it scales out ahead of time and never in. */
export function withHourlyForecast(inner: BacktestPolicy, setup: PolicySetup): BacktestPolicy {
  return withFloor(inner, setup, HOURLY, Math.max(LEAST_LEAD, setup.startupSeconds + LEAD_BEYOND_STARTUP));
}

/** Keeps min capacity at what this time of the day has needed. */
export function withDailyQuantile(inner: BacktestPolicy, setup: PolicySetup): BacktestPolicy {
  return withFloor(inner, setup, DAILY_QUANTILE, setup.startupSeconds + LEAD_BEYOND_STARTUP);
}

function withFloor(
  inner: BacktestPolicy,
  { taskCapacity, targetPercent, bounds }: PolicySetup,
  { blockSeconds, expect }: SeasonalForecast,
  leadSeconds: Seconds,
): BacktestPolicy {
  const means = new BlockMeans(blockSeconds / STEP_SECONDS);
  const carriedPerTask = taskCapacity * (targetPercent / 100);
  const leadSteps = Math.floor(leadSeconds / STEP_SECONDS);
  let block = -1;
  let floor = bounds.min;
  return {
    decide: (view) => {
      const ahead = Math.floor((view.step + leadSteps) / means.stepsPerBlock);
      if (ahead !== block) {
        block = ahead;
        floor = Math.max(bounds.min, Math.ceil(expect(means, block) / carriedPerTask));
      }
      means.add(view.load);
      return { wanted: inner.decide(view).wanted, floor };
    },
  };
}

/** The blocks so many seasons before, the latest first, as far as they are known. */
function known(means: BlockMeans, block: number, season: number, most: number): readonly LoadPerSecond[] {
  return Array.from({ length: most }, (_, index) => means.at(block - season * (index + 1))).filter(
    (value) => value !== undefined,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
