import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ChosenPolicy } from '../simulator/backtest/catalogue.ts';
import type { BacktestPlan } from '../simulator/backtest/run-backtest.ts';
import type { TuningFacts } from '../simulator/backtest/report/render-backtest.ts';
import { fulcrumFamily, trackingFamily } from '../simulator/tune/families.ts';
import type { Setting } from '../simulator/tune/families.ts';
import { type Address, changedSettings, fragment, SOME_SERVICE } from '../simulator/tune/fragment.ts';
import type { ServiceLevel } from '../simulator/tune/service-level.ts';
import { tune, type TunedFamily } from '../simulator/tune/tune.ts';
import type { Progress } from './progress.ts';

export interface TuneOptions {
  readonly tune?: true;
  readonly keepMissed?: number;
  readonly keepLost?: number;
}

const USUAL_MISSED_PERCENT = 0.1;

export function addTuneOptions(command: Command): Command {
  return command
    .option('--tune', 'search the cheapest settings that keep a level of service, and prove them on the last third')
    .addOption(
      new Option(
        '--keep-missed <percent>',
        `with --tune: at most so much of the load is missed (default: ${USUAL_MISSED_PERCENT})`,
      ).argParser(percentage),
    )
    .addOption(
      new Option('--keep-lost <percent>', 'with --tune: at most so much of the load is lost').argParser(percentage),
    );
}

function percentage(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value < 100) return value;
  throw new InvalidArgumentError('give a percentage of the load from 0 to below 100, as in 0.1.');
}

/** @returns `null` where nothing shall be tuned. @throws RangeError when the options do not go together. */
export function levelOf({ tune: isTuned, keepMissed, keepLost }: TuneOptions): ServiceLevel | null {
  if (isTuned !== true) {
    const given = keepMissed === undefined ? '--keep-lost' : '--keep-missed';
    if (keepMissed === undefined && keepLost === undefined) return null;
    throw new RangeError(`${given} is the level that --tune has to keep: give --tune too`);
  }
  const missed = keepMissed ?? USUAL_MISSED_PERCENT;
  if (keepLost !== undefined && keepLost > missed) {
    throw new RangeError(
      `--keep-lost ${keepLost} is more than --keep-missed ${missed}, of which it is a part: lower the one or raise the other`,
    );
  }
  return { missedShare: missed / 100, lostShare: keepLost === undefined ? null : keepLost / 100 };
}

export interface TunedService {
  readonly facts: TuningFacts;
  /** Of the families that should change, to be walked through beside the others. */
  readonly policies: readonly ChosenPolicy[];
}

/** @param metricSeconds length of the CPU metric by which the service is tracked. */
export function tuneService(
  plan: BacktestPlan,
  level: ServiceLevel,
  { address, metricSeconds }: { readonly address: Address | null; readonly metricSeconds: 20 | 60 },
  progress: Progress,
): TunedService {
  const result = tune(plan, [fulcrumFamily(plan), trackingFamily(plan, metricSeconds)], level, progress.show);
  progress.end();
  const changing = result.families.filter(({ recommendation }) => recommendation.kind !== 'keep');
  return {
    facts: {
      result,
      fragments: changing.map(({ family, standing, best }) => ({
        title: fragmentTitle(family.title, address),
        yaml: fragment(
          [
            ...changedSettings(family.settingsAt(standing.point), family.settingsAt(best.point)),
            ...(family.name === 'fulcrum' && metricSeconds === 60 ? [FAST_METRICS] : []),
          ],
          address ?? SOME_SERVICE,
        ),
      })),
    },
    policies: changing.map(tunedPolicy),
  };
}

/** Fulcrum is walked through with these. */
const FAST_METRICS: Setting = { place: { section: 'targetTracking', key: 'metricResolution' }, value: '20s' };

function fragmentTitle(title: string, address: Address | null): string {
  const place = address === null ? ', under the names of your fleet and service' : '';
  return title === 'Fulcrum'
    ? `Fulcrum${place}. Settings of the lever hold for every service of the fleet.`
    : `${title}${place}. High-resolution metrics (20s) have to be switched on for the ECS service.`;
}

function tunedPolicy({ family, best }: TunedFamily): ChosenPolicy {
  const policy = family.policyAt(best.point);
  const targetPercent = policy.targets === 'given' ? family.cpuPercentAt(best.point) : null;
  return { kind: 'stepping', name: policy.name, policy, targetPercent };
}
