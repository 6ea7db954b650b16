/**
 * Decision quality on a folder of traces: `npm run bench -- decisions --traces DIR`. Walks through each trace in the plant with
 * the evaluation of production: at each look only what has been published is known, and one change is made.
 */
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, FAST_SIGNAL, type LoadSignal, MINUTE_SIGNAL } from '../shared/control/settings.ts';
import type { Percent, Seconds } from '../shared/domain/units.ts';
import { fulcrumPolicy } from '../simulator/backtest/fulcrum-policy.ts';
import type { BacktestPolicy, PolicySetup } from '../simulator/backtest/policy.ts';
import { walk } from '../simulator/backtest/walk.ts';
import { readTrace } from '../simulator/load/read-trace.ts';
import { STEP_SECONDS } from '../simulator/load/steps.ts';
import { taskCapacityFor } from '../simulator/load/task-capacity.ts';
import { loadPerStep, type SteppedLoad } from '../simulator/load/trace.ts';
import { fittingTasks, TWO_OR_MORE } from '../simulator/plant/run.ts';
import { clairvoyantRun, scoreRun } from '../simulator/plant/score.ts';
import { table } from './table.ts';

/** The traces that were recorded by scaling services, of which the headline speaks. */
export const SCALING_TRACES: readonly string[] = [
  'wc98_requests_1m',
  'nasa_http_jul95_requests_1m',
  'twitter_anomalydetection_1m',
  'csirt_serv1_users_5m',
  'csirt_serv1_requests_5m',
  'azure_v2_vm_cpu_5m',
  'nab_twitter_amzn_5m',
];
export const STARTUPS: readonly Seconds[] = [60, 180, 600];
const SIGNALS: readonly LoadSignal[] = [MINUTE_SIGNAL, FAST_SIGNAL];

const INNER_LOOP = {
  cpuPercent: DEFAULT_SETTINGS.targetPercent,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
};

export interface Verdict {
  readonly cost: number;
  readonly missedPercent: number;
}

interface TimedVerdict extends Verdict {
  readonly microsecondsPerLook: number;
}

/** What is the same for every policy of a case. */
export interface DecisionCase {
  readonly load: SteppedLoad;
  readonly taskCapacity: number;
  readonly startupSeconds: Seconds;
  /** Step; after the warm-up that the length of the load asks for, where it is not said. */
  readonly scoredFrom?: number;
}

export function verdictOn(
  { load, taskCapacity, startupSeconds, scoredFrom }: DecisionCase,
  targetPercent: Percent,
  signal: LoadSignal,
  create: (setup: PolicySetup) => BacktestPolicy,
): Verdict {
  const { cpuPercent, ...cooldowns } = INNER_LOOP;
  const ground = { load, taskCapacity, startupSeconds, bounds: TWO_OR_MORE };
  const policy = create({
    ...ground,
    startsAt: load.startsAt,
    targetPercent,
    cooldowns,
    signal: signal === FAST_SIGNAL ? '20s' : '1m',
    control: DEFAULT_SETTINGS,
  });
  const run = walk(policy, { ...ground, initialTasks: fittingTasks(load, taskCapacity, cpuPercent, TWO_OR_MORE) });
  const achieved = scoreRun(load, run, taskCapacity, scoredFrom);
  const clairvoyant = scoreRun(load, clairvoyantRun(load, taskCapacity), taskCapacity, scoredFrom);
  return { cost: achieved.taskHours / clairvoyant.taskHours, missedPercent: 100 * achieved.missedShare };
}

/** Fulcrum as it is installed: one policy for all. */
export function fulcrumVerdictOn(scene: DecisionCase, signal: LoadSignal): Verdict {
  return verdictOn(scene, DEFAULT_SETTINGS.unlearnedTargetPercent, signal, (setup) =>
    fulcrumPolicy(setup, DEFAULT_SETTINGS),
  );
}

function judge(scene: DecisionCase, signal: LoadSignal): TimedVerdict {
  const began = performance.now();
  const verdict = fulcrumVerdictOn(scene, signal);
  const looks = (scene.load.perSecond.length * STEP_SECONDS) / signal.periodSeconds;
  return { ...verdict, microsecondsPerLook: ((performance.now() - began) * 1000) / looks };
}

export function objectiveOf({ cost, missedPercent }: Verdict): number {
  return cost + missedPercent;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @returns a Markdown table; traces that cannot be run are named below it. */
export async function benchDecisionQuality(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.csv')).toSorted();
  const cases = SIGNALS.flatMap((signal) => STARTUPS.map((startupSeconds) => ({ signal, startupSeconds })));
  const rows: (readonly string[])[] = [];
  const scaling: TimedVerdict[][] = [];
  const all: TimedVerdict[][] = [];
  const skipped: string[] = [];
  for (const file of files) {
    try {
      const trace = await readTrace(join(directory, file));
      if (trace.intervalSeconds > 300) throw new RangeError('longer intervals than 5 minutes');
      const load = loadPerStep(trace);
      const taskCapacity = taskCapacityFor(trace);
      const verdicts = cases.map(({ signal, startupSeconds }) => judge({ load, taskCapacity, startupSeconds }, signal));
      const name = file.replace(/\.csv$/, '');
      rows.push([name, ...verdicts.map(cell)]);
      all.push(verdicts);
      if (SCALING_TRACES.includes(name)) scaling.push(verdicts);
    } catch (error) {
      skipped.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const [name, group] of [['the scaling traces', scaling] as const, ['all', all] as const]) {
    if (group.length === 0) continue;
    rows.push([`**mean of ${name} (${group.length})**`, ...cases.map((_, column) => cell(meanVerdict(group, column)))]);
  }
  const head = cases.map(({ signal, startupSeconds }) => `${signal.periodSeconds} s signal, ${startupSeconds} s start`);
  const microseconds = mean(all.flat().map((verdict) => verdict.microsecondsPerLook));
  return [
    'J (cost ratio + missed %)',
    '',
    table(['trace', ...head], rows),
    '',
    `${microseconds.toFixed(1)} µs a look with learning and plant; ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`,
    ...skipped.map((line) => `left out: ${line}`),
  ].join('\n');
}

function meanVerdict(group: readonly (readonly TimedVerdict[])[], column: number): Verdict {
  const verdicts = group.flatMap((row) => row[column] ?? []);
  return {
    cost: mean(verdicts.map(({ cost }) => cost)),
    missedPercent: mean(verdicts.map(({ missedPercent }) => missedPercent)),
  };
}

function cell(verdict: Verdict): string {
  return `${objectiveOf(verdict).toFixed(2)} (${verdict.cost.toFixed(2)} + ${verdict.missedPercent.toFixed(2)})`;
}
