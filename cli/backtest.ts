import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { loadPolicyFile } from '../shared/config/load-file.ts';
import type { Policy, ServicePolicy } from '../shared/config/policy.ts';
import { formatProblem } from '../shared/config/problem.ts';
import { MAX_STARTUP_SECONDS } from '../shared/control/settings.ts';
import type { CapacityBounds } from '../shared/domain/capacity.ts';
import { backtestJson } from '../simulator/backtest/backtest-json.ts';
import { ALL_POLICIES, choosePolicies } from '../simulator/backtest/catalogue.ts';
import type { RequestSignal } from '../simulator/backtest/policy.ts';
import { renderBacktest } from '../simulator/backtest/report/render-backtest.ts';
import { type BacktestPlan, runBacktest } from '../simulator/backtest/run-backtest.ts';
import { scoredPart } from '../simulator/backtest/season.ts';
import { readTrace } from '../simulator/load/read-trace.ts';
import { FORTY_TASKS_AT_70_PERCENT, taskCapacityFor } from '../simulator/load/task-capacity.ts';
import { loadPerStep, type Trace } from '../simulator/load/trace.ts';
import { TWO_OR_MORE } from '../simulator/plant/run.ts';
import { backtestStory } from './backtest-story.ts';
import { progressLine } from './progress.ts';

interface BacktestOptions {
  readonly config?: string;
  readonly service?: string;
  readonly startup?: number;
  readonly signal: RequestSignal;
  readonly peakTasks?: number;
  readonly taskCapacity?: number;
  readonly min?: number;
  readonly max?: number;
  readonly warmUp?: number;
  readonly policies?: string;
  readonly json?: string;
  readonly html?: string;
}

const MOST_TASKS = 100_000;

export function registerBacktest(program: Command): void {
  program
    .command('backtest')
    .description('walk through recorded load and compare what each scaling policy would have done')
    .argument(
      '<trace>',
      'CSV of `timestamp,value`: ISO 8601 in UTC, a regular step, the amount of each interval, an empty value where one is missing',
    )
    .option('--config <file>', 'take bounds, start-up and target tracking of a service from this fulcrum.yml')
    .option('--service <name>', 'which service of the configuration')
    .option(
      '--startup <seconds>',
      'from when a task is wanted to when it serves (default: 60)',
      wholeFrom(0, MAX_STARTUP_SECONDS),
    )
    .option('--signal <signal>', 'requests as Fulcrum sees them: 1m (60 s late) or 20s (20 s late)', signal, '1m')
    .option(
      '--peak-tasks <tasks>',
      'size a task so that 99 % of the load fits into so many at 70 % CPU (default: 40)',
      wholeFrom(1, MOST_TASKS),
    )
    .option('--task-capacity <load>', 'load a second that one task carries with all of its CPU, instead', aboveZero)
    .option('--min <tasks>', 'least tasks (default: 2)', wholeFrom(1, MOST_TASKS))
    .option('--max <tasks>', 'most tasks (default: no ceiling)', wholeFrom(1, MOST_TASKS))
    .option(
      '--warm-up <days>',
      'days at the start that are not scored (default: 14, less for a short trace)',
      zeroOrMore,
    )
    .option('--policies <names>', `comma-separated, of ${ALL_POLICIES.join(', ')}; tt20@55 is one at a target of 55 %`)
    .option('--json <file>', 'write load, tasks of every step and figures')
    .option('--html <file>', 'write a report with plots')
    .action(backtest);
}

async function backtest(file: string, options: BacktestOptions): Promise<void> {
  const service = await serviceOf(options);
  if (service.kind === 'invalid') {
    for (const line of service.problems) console.error(line);
    process.exitCode = 1;
    return;
  }
  const policies = choosePolicies((options.policies?.split(',') ?? ALL_POLICIES).map((name) => name.trim()));
  const trace = await readTrace(file);
  const { plan, notes } = planOf(trace, options, service.service, policies);
  const progress = progressLine(process.stderr, 'walking through');
  const result = runBacktest(plan, progress.show);
  progress.end();
  const facts = { traceName: trace.name, notes };
  console.log(backtestStory(result, facts));
  if (options.json !== undefined) {
    const target = await prepared(options.json);
    await pipeline(Readable.from(backtestJson(trace.name, result)), createWriteStream(target));
    console.log(`\nEvery step as JSON: ${target}`);
  }
  if (options.html !== undefined) {
    const target = await prepared(options.html);
    await writeFile(target, renderBacktest(result, facts));
    console.log(`\nThe report, with plots: ${target}`);
  }
}

function planOf(
  trace: Trace,
  options: BacktestOptions,
  service: ServicePolicy | null,
  policies: BacktestPlan['policies'],
): { readonly plan: BacktestPlan; readonly notes: readonly string[] } {
  const load = loadPerStep(trace);
  const { warmUpSteps, notes } = scoredPart(load, options.warmUp ?? null);
  const tracking = service?.targetTracking;
  const plan: BacktestPlan = {
    load,
    taskCapacity: capacityOf(trace, options),
    startupSeconds: options.startup ?? service?.startupSeconds ?? 60,
    bounds: boundsOf(options, service),
    targetPercent: tracking?.cpuPercent ?? 70,
    cooldowns: {
      scaleOutCooldownSeconds: tracking?.scaleOutCooldownSeconds ?? 60,
      scaleInCooldownSeconds: tracking?.scaleInCooldownSeconds ?? 300,
    },
    signal: options.signal,
    warmUpSteps,
    policies,
  };
  return { plan, notes };
}

function capacityOf(trace: Trace, { taskCapacity, peakTasks }: BacktestOptions): number {
  if (taskCapacity === undefined) {
    return taskCapacityFor(trace, {
      ...FORTY_TASKS_AT_70_PERCENT,
      ...(peakTasks === undefined ? {} : { peakTasks }),
    });
  }
  if (peakTasks !== undefined) throw new RangeError('give either --task-capacity or --peak-tasks, not both');
  return taskCapacity;
}

function boundsOf(options: BacktestOptions, service: ServicePolicy | null): CapacityBounds {
  const min = options.min ?? service?.min ?? TWO_OR_MORE.min;
  const max = options.max ?? service?.max ?? TWO_OR_MORE.max;
  if (min > max) throw new RangeError(`the least tasks (${min}) are more than the most (${max})`);
  return { min, max };
}

type FoundService =
  | { readonly kind: 'found'; readonly service: ServicePolicy | null }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

async function serviceOf({ config, service }: BacktestOptions): Promise<FoundService> {
  if (config === undefined) {
    if (service === undefined) return { kind: 'found', service: null };
    return { kind: 'invalid', problems: ['--service names a service of a configuration: give --config too'] };
  }
  const loaded = await loadPolicyFile(config);
  if (loaded.kind === 'invalid') return { kind: 'invalid', problems: loaded.problems.map(formatProblem) };
  return findService(loaded.policy, config, service);
}

/** By its name; by `fleet/name`, where several fleets have one of that name. */
function findService({ fleets }: Policy, config: string, wanted: string | undefined): FoundService {
  const all = fleets.flatMap((fleet) =>
    fleet.services.map((service) => ({ service, name: service.name, fullName: `${fleet.name}/${service.name}` })),
  );
  const fitting = all.filter(({ name, fullName }) => wanted === undefined || name === wanted || fullName === wanted);
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return { kind: 'found', service: first.service };
  const names = (fitting.length === 0 ? all : fitting).map(({ fullName }) => fullName).join(', ');
  const problem =
    fitting.length === 0
      ? `there is no service "${wanted ?? ''}"; there are ${names}`
      : `say with --service which one: ${names}`;
  return { kind: 'invalid', problems: [`${config}: ${problem}`] };
}

async function prepared(path: string): Promise<string> {
  const file = resolve(path);
  await mkdir(dirname(file), { recursive: true });
  return file;
}

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
  };
}

function aboveZero(text: string): number {
  const value = numberOf(text);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError('give a number above 0.');
}

function zeroOrMore(text: string): number {
  const value = numberOf(text);
  if (value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError('give a number of days, 0 or more.');
}

/** `Number` alone takes an empty text for 0. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function signal(text: string): RequestSignal {
  if (text === '1m' || text === '20s') return text;
  throw new InvalidArgumentError('give 1m or 20s.');
}
