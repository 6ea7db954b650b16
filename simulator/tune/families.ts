import { MINUTE } from '../../shared/domain/units.ts';
import type { BacktestPlan } from '../backtest/run-backtest.ts';
import { type PolicyKind, TUNED } from '../backtest/catalogue.ts';
import { fulcrumPolicy } from '../backtest/fulcrum-policy.ts';
import { targetTracking } from '../peers/target-tracking.ts';
import type { Axis, Point } from './search.ts';

/** Where a setting stands in `fulcrum.yml`. */
export interface SettingPlace {
  readonly section: 'levers.predictive' | 'targetTracking';
  readonly key: string;
}

export interface Setting {
  readonly place: SettingPlace;
  readonly value: number | string;
}

/** A policy with settings that can be searched. */
export interface Family {
  readonly name: 'fulcrum' | 'target-tracking';
  readonly title: string;
  readonly axes: readonly Axis[];
  /** As the service has it. */
  readonly start: Point;
  readonly policyAt: (point: Point) => PolicyKind;
  readonly cpuPercentAt: (point: Point) => number;
  readonly settingsAt: (point: Point) => readonly Setting[];
}

const SCALE_IN_SECONDS = [60, 120, 300, 600, 900];

/** Of the lever `predictive`, and of the target tracking above its floor. The trade between cost and misses comes first. */
const FULCRUM_AXES = [
  {
    name: 'missedPrice',
    values: [2, 5, 10, 15, 20, 30, 45, 60, 90, 130, 200, 300, 500, 1_000],
    coarse: [10, 30, 90, 200, 500],
  },
  { name: 'targetPercent', values: [50, 55, 60, 65, 70, 75, 80, 85, 90, 95], coarse: [70, 85, 95] },
  { name: 'usablePercent', values: [75, 80, 85, 90], coarse: [] },
  { name: 'memoryDays', values: [3, 7, 14, 28], coarse: [] },
  { name: 'scaleInCooldownSeconds', values: SCALE_IN_SECONDS, coarse: [] },
] as const satisfies readonly Axis[];

const TRACKING_AXES = [
  {
    name: 'cpuPercent',
    values: [20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90],
    coarse: [30, 40, 50, 60, 70, 80],
  },
  { name: 'scaleInCooldownSeconds', values: SCALE_IN_SECONDS, coarse: [300] },
  { name: 'metricSeconds', values: [20, MINUTE], coarse: [20, MINUTE] },
] as const satisfies readonly Axis[];

export function fulcrumFamily({ control, cooldowns }: BacktestPlan): Family {
  const settingsOf = ([missedPrice = 0, targetPercent = 0, usablePercent = 0, memoryDays = 0, scaleIn = 0]: Point) => ({
    missedPrice,
    targetPercent,
    usablePercent,
    memoryDays,
    scaleIn,
  });
  return {
    name: 'fulcrum',
    title: 'Fulcrum',
    axes: FULCRUM_AXES.map((axis) =>
      axis.name === 'targetPercent' ? from(control.unlearnedTargetPercent, axis) : axis,
    ),
    start: [
      control.missedPrice,
      control.targetPercent,
      percentOf(control.usableUtilization),
      control.memoryDays,
      cooldowns.scaleInCooldownSeconds,
    ],
    policyAt: (point) => {
      const { missedPrice, targetPercent, usablePercent, memoryDays, scaleIn } = settingsOf(point);
      const settings = { ...control, missedPrice, targetPercent, usableUtilization: usablePercent / 100, memoryDays };
      return {
        name: `fulcrum${TUNED}`,
        title: 'Fulcrum, tuned',
        description: 'The same with settings that were fitted to the first part of this load.',
        targets: 'own',
        create: (setup) =>
          fulcrumPolicy(
            { ...setup, control: settings, cooldowns: { ...setup.cooldowns, scaleInCooldownSeconds: scaleIn } },
            settings,
          ),
      };
    },
    cpuPercentAt: () => control.unlearnedTargetPercent,
    settingsAt: (point) => {
      const { scaleIn, ...predictive } = settingsOf(point);
      return [
        ...Object.entries(predictive).map(([key, value]) => ({
          place: { section: 'levers.predictive' as const, key },
          value,
        })),
        { place: { section: 'targetTracking', key: 'scaleInCooldownSeconds' }, value: scaleIn },
      ];
    },
  };
}

/** @param metricSeconds length of the CPU metric that the service is tracked by now. */
export function trackingFamily({ targetPercent, cooldowns }: BacktestPlan, metricSeconds: 20 | 60): Family {
  const resolutionOf = (seconds: number): '20s' | '60s' => (seconds === 20 ? '20s' : '60s');
  return {
    name: 'target-tracking',
    title: 'Target tracking alone',
    axes: TRACKING_AXES,
    start: [targetPercent, cooldowns.scaleInCooldownSeconds, metricSeconds],
    policyAt: ([cpuPercent = 0, scaleInCooldownSeconds = 0, seconds = 0]) => ({
      name: `target-tracking${TUNED}`,
      title: 'Target tracking, tuned',
      description: 'AWS target tracking with settings that were fitted to the first part of this load.',
      targets: 'given',
      create: (setup) =>
        targetTracking(
          { ...setup, targetPercent: cpuPercent, cooldowns: { ...setup.cooldowns, scaleInCooldownSeconds } },
          resolutionOf(seconds),
        ),
    }),
    cpuPercentAt: ([cpuPercent = 0]) => cpuPercent,
    settingsAt: ([cpuPercent = 0, scaleInCooldownSeconds = 0, seconds = 0]) => [
      { place: { section: 'targetTracking', key: 'cpuPercent' }, value: cpuPercent },
      { place: { section: 'targetTracking', key: 'scaleInCooldownSeconds' }, value: scaleInCooldownSeconds },
      { place: { section: 'targetTracking', key: 'metricResolution' }, value: resolutionOf(seconds) },
    ],
  };
}

/** The lever raises the target of target tracking and never lowers it. */
function from(least: number, axis: Axis): Axis {
  const isAllowed = (value: number): boolean => value >= least;
  return { ...axis, values: axis.values.filter(isAllowed), coarse: axis.coarse.filter(isAllowed) };
}

/** Without what binary fractions leave behind: 0.57 is 57 %. */
function percentOf(share: number): number {
  return Number((100 * share).toPrecision(12));
}
