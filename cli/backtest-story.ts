import { startOfStep } from '../simulator/load/steps.ts';
import { MISSED_ABOVE } from '../simulator/plant/load-account.ts';
import { TWO_OR_MORE } from '../simulator/plant/run.ts';
import type { BacktestFacts } from '../simulator/backtest/report/render-backtest.ts';
import type { BacktestResult, PolicyResult } from '../simulator/backtest/run-backtest.ts';
import { daysInWords } from '../simulator/backtest/season.ts';
import { verdictOf } from '../simulator/backtest/verdict.ts';
import { worstSpells } from '../simulator/backtest/worst-spells.ts';
import { formatCount, formatMinutes, formatQuantity, formatShare, timeFormat } from '../simulator/report/format.ts';
import { table } from './text-table.ts';

/** What every policy made of the load, for a terminal. */
export function backtestStory(result: BacktestResult, facts: BacktestFacts): string {
  return [
    ...setting(result, facts),
    '',
    verdictOf(result, ({ name }) => name),
    '',
    ...figures(result),
    ...frontier(result),
    '',
    ...failures(result),
  ].join('\n');
}

function setting({ plan }: BacktestResult, { traceName, notes }: BacktestFacts): readonly string[] {
  const { load, taskCapacity, startupSeconds, bounds, warmUpSteps } = plan;
  const times = timeFormat('UTC', null);
  const steps = load.perSecond.length;
  const scoredFrom = times.moment(startOfStep(load.startsAt, warmUpSteps));
  const warmUp =
    warmUpSteps === 0 ? 'all scored' : `the first ${daysInWords(warmUpSteps)} not scored (until ${scoredFrom} UTC)`;
  const ceiling = bounds.max === TWO_OR_MORE.max ? 'no ceiling' : `at most ${formatCount(bounds.max)}`;
  return [
    `${traceName}: ${daysInWords(steps)} from ${times.date(load.startsAt)}, ${warmUp}.`,
    `A task carries ${formatQuantity(taskCapacity)} a second at 100 % CPU and serves ${startupSeconds} s after it is wanted; at least ${tasksInWords(bounds.min)}, ${ceiling}.`,
    ...notes,
  ];
}

function tasksInWords(tasks: number): string {
  return tasks === 1 ? '1 task' : `${formatCount(tasks)} tasks`;
}

interface Column {
  readonly title: string;
  readonly of: (result: PolicyResult) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'missed', of: ({ summary }) => formatShare(summary.missedShare) },
  { title: 'lost', of: ({ summary }) => formatShare(summary.lostShare) },
  { title: 'task-hours', of: ({ summary }) => formatCount(summary.taskHours) },
  { title: 'cost', of: ({ summary }) => `${summary.costRatio.toFixed(2)}x` },
  { title: 'J', of: ({ summary }) => summary.j.toFixed(2) },
  { title: 'CPU', of: ({ summary }) => `${(100 * summary.meanUtilization).toFixed(0)} %` },
  { title: 'changes', of: ({ summary }) => formatCount(summary.capacityChanges) },
  { title: 'under acc.', of: ({ summary }) => `${summary.elasticity.underAccuracyPercent.toFixed(2)} %` },
  { title: 'over acc.', of: ({ summary }) => `${summary.elasticity.overAccuracyPercent.toFixed(0)} %` },
  { title: 'under time', of: ({ summary }) => `${summary.elasticity.underTimesharePercent.toFixed(2)} %` },
  { title: 'over time', of: ({ summary }) => `${summary.elasticity.overTimesharePercent.toFixed(0)} %` },
];

function figures({ policies }: BacktestResult): readonly string[] {
  return [
    ...table([
      ['policy', ...COLUMNS.map(({ title }) => title)],
      ...policies.map((policy) => [nameOf(policy), ...COLUMNS.map(({ of }) => of(policy))]),
    ]),
    '',
    `missed: load that met more than ${100 * MISSED_ABOVE} % CPU; lost: load above 100 %, a part of it. cost: task-hours over the clairvoyant's.`,
    'J: cost + missed in percent, the lower the better. docs/backtest.md defines every column.',
  ];
}

function nameOf({ name, targetPercent }: PolicyResult): string {
  return targetPercent === null || name.includes('@') ? name : `${name} (${targetPercent} %)`;
}

/** Cost and missed load at every target. */
function frontier({ policies }: BacktestResult): readonly string[] {
  const swept = policies.filter((policy) => policy.frontier.length > 0);
  const targets = [...new Set(swept.flatMap((policy) => policy.frontier.map(({ targetPercent }) => targetPercent)))];
  if (targets.length === 0) return [];
  targets.sort((left, right) => left - right);
  const rows = swept.map(({ name, frontier: points }) => [
    name,
    ...targets.map((target) => {
      const point = points.find(({ targetPercent }) => targetPercent === target);
      return point === undefined ? '' : `${point.costRatio.toFixed(2)}x ${(100 * point.missedShare).toFixed(2)} %`;
    }),
  ]);
  return [
    '',
    'Cost and missed load at other targets',
    ...table([['target', ...targets.map((target) => `${target} %`)], ...rows]),
  ];
}

function failures({ plan, policies, clairvoyant }: BacktestResult): readonly string[] {
  const times = timeFormat('UTC', null);
  const lines = policies
    .filter(({ name }) => name !== 'clairvoyant')
    .map((policy) => {
      const [worst] = worstSpells(policy.run, plan, 1);
      if (worst === undefined) return `  ${policy.name}: nowhere`;
      const share = worst.missed / clairvoyant.offered;
      return `  ${policy.name}: ${times.moment(worst.start)}, ${formatMinutes(worst.missedSeconds / 60)} above 90 % CPU, up to ${(100 * worst.peakUtilization).toFixed(0)} %: ${formatShare(share)} of all load`;
    });
  return ['Where each failed most (UTC)', ...lines];
}
