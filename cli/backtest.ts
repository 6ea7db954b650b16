import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { loadPolicyFile } from '../shared/config/load-file.ts';
import type { FleetPolicy, Policy, ServicePolicy } from '../shared/config/policy.ts';
import { formatProblem } from '../shared/config/problem.ts';
import { controlSettingsOf } from '../shared/control/policy-settings.ts';
import { DEFAULT_SETTINGS, MAX_STARTUP_SECONDS } from '../shared/control/settings.ts';
import type { CapacityBounds } from '../shared/domain/capacity.ts';
import type { Seconds } from '../shared/domain/units.ts';
import { backtestJson } from '../simulator/backtest/backtest-json.ts';
import { ALL_POLICIES, choosePolicies } from '../simulator/backtest/catalogue.ts';
import type { RequestSignal } from '../simulator/backtest/policy.ts';
import { type BacktestFacts, renderBacktest } from '../simulator/backtest/report/render-backtest.ts';
import { type BacktestPlan, type BacktestResult, runBacktest } from '../simulator/backtest/run-backtest.ts';
import { scoredPart } from '../simulator/backtest/season.ts';
import { readTrace } from '../simulator/load/read-trace.ts';
import { FORTY_TASKS_AT_70_PERCENT, taskCapacityFor } from '../simulator/load/task-capacity.ts';
import { loadPerStep, type Trace } from '../simulator/load/trace.ts';
import { TWO_OR_MORE } from '../simulator/plant/run.ts';
import { backtestStory } from './backtest-story.ts';
import {
  addCloudWatchOptions,
  type CloudWatchOptions,
  readFromCloudWatch,
  type RecordedTrace,
} from './cloudwatch-trace.ts';
import { type Progress, progressLine } from './progress.ts';
import { addTuneOptions, levelOf, type TunedService, type TuneOptions, tuneService } from './tune.ts';
import { tuneStory } from './tune-story.ts';

interface BacktestOptions extends TuneOptions, CloudWatchOptions {
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
  const command = program
    .command('backtest')
    .description('walk through recorded load and compare what each scaling policy would have done')
    .argument(
      '[trace]',
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
    .option('--html <file>', 'write a report with plots');
  addCloudWatchOptions(addTuneOptions(command)).action(backtest);
}

async function backtest(file: string | undefined, options: BacktestOptions): Promise<void> {
  const service = await serviceOf(options);
  if (service.kind === 'invalid') {
    for (const line of service.problems) console.error(line);
    process.exitCode = 1;
    return;
  }
  const level = levelOf(options);
  const policies = choosePolicies((options.policies?.split(',') ?? ALL_POLICIES).map((name) => name.trim()));
  const recorded = await recordedLoad(file, service.found, options);
  const { trace } = recorded;
  const { plan, notes } = planOf(recorded, options, service.found, policies);
  const tuned = level === null ? null : tuneService(plan, level, addressOf(service.found), progressOf('tuning'));
  const progress = progressOf('walking through');
  const result = runBacktest({ ...plan, policies: [...policies, ...(tuned?.policies ?? [])] }, progress.show);
  progress.end();
  const facts = { traceName: trace.name, notes };
  console.log(backtestStory(result, facts));
  if (tuned !== null) console.log(`\n${tuneStory(tuned.facts)}`);
  await write(result, facts, tuned, options);
}

function progressOf(what: string): Progress {
  return progressLine(process.stderr, what);
}

async function write(
  result: BacktestResult,
  facts: BacktestFacts,
  tuned: TunedService | null,
  options: Pick<BacktestOptions, 'json' | 'html'>,
): Promise<void> {
  if (options.json !== undefined) {
    const target = await prepared(options.json);
    await pipeline(
      Readable.from(backtestJson(facts.traceName, result, tuned?.facts.result ?? null)),
      createWriteStream(target),
    );
    console.log(`\nEvery step as JSON: ${target}`);
  }
  if (options.html !== undefined) {
    const target = await prepared(options.html);
    await writeFile(target, renderBacktest(result, facts, tuned?.facts ?? null));
    console.log(`\nThe report, with plots: ${target}`);
  }
}

/** @throws RangeError when it is not clear which load is meant. */
function recordedLoad(
  file: string | undefined,
  found: ConfiguredService | null,
  options: BacktestOptions,
): Promise<RecordedTrace> {
  if (options.fromCloudwatch === undefined) {
    if (file === undefined) throw new RangeError('give a trace, or --from-cloudwatch and --service');
    return readTrace(file).then((trace) => ({ trace, taskCapacity: null, notes: [] }));
  }
  if (file !== undefined) throw new RangeError('give either a trace or --from-cloudwatch, not both');
  if (found === null) throw new RangeError('--from-cloudwatch reads the load of a service: give --service, too');
  return readFromCloudWatch(found, options);
}

function planOf(
  { trace, ...recorded }: RecordedTrace,
  options: BacktestOptions,
  found: ConfiguredService | null,
  policies: BacktestPlan['policies'],
): { readonly plan: BacktestPlan; readonly notes: readonly string[] } {
  const load = loadPerStep(trace);
  const { warmUpSteps, notes } = scoredPart(load, options.warmUp ?? null);
  const service = found?.service;
  const tracking = service?.targetTracking;
  const plan: BacktestPlan = {
    load,
    taskCapacity: capacityOf(trace, recorded.taskCapacity, options),
    startupSeconds: options.startup ?? startupOf(service) ?? 60,
    bounds: boundsOf(options, service),
    targetPercent: tracking?.cpuPercent ?? 70,
    cooldowns: {
      scaleOutCooldownSeconds: tracking?.scaleOutCooldownSeconds ?? 60,
      scaleInCooldownSeconds: tracking?.scaleInCooldownSeconds ?? 300,
    },
    signal: options.signal,
    control: found === null ? DEFAULT_SETTINGS : controlSettingsOf(found.service, found.fleet.levers.predictive),
    floorShrinkCooldownSeconds: found?.fleet.levers.predictive.shrinkCooldownSeconds ?? 0,
    warmUpSteps,
    policies,
  };
  return { plan, notes: [...recorded.notes, ...notes, ...serviceNotes(options, found)] };
}

/** Where a service differs from what is walked through. */
function serviceNotes({ min }: BacktestOptions, found: ConfiguredService | null): readonly string[] {
  if (found === null) return [];
  const { service, fleet } = found;
  const fromZero = `${service.name} may have 0 tasks; it is walked through with at least 1, because a service without tasks has no CPU that could wake it.`;
  const slowMetrics = `${service.name} is tracked by one-minute CPU; Fulcrum is walked through with 20-second CPU (targetTracking.metricResolution: 20s).`;
  const seldom = `Fulcrum looks every ${fleet.tickMinutes} minutes at ${fleet.name}; it is walked through with a look a minute (tickMinutes: 1).`;
  return [
    ...(min === undefined && service.min === 0 ? [fromZero] : []),
    ...(service.targetTracking.metricResolution === '60s' ? [slowMetrics] : []),
    ...(fleet.tickMinutes > 1 ? [seldom] : []),
  ];
}

function startupOf(service: ServicePolicy | undefined): Seconds | undefined {
  if (service === undefined || service.startupSeconds <= MAX_STARTUP_SECONDS) return service?.startupSeconds;
  throw new RangeError(
    `${service.name} has startupSeconds ${service.startupSeconds}, and Fulcrum looks ahead no further than ${MAX_STARTUP_SECONDS} s: give --startup`,
  );
}

function capacityOf(trace: Trace, measured: number | null, { taskCapacity, peakTasks }: BacktestOptions): number {
  if (taskCapacity === undefined) {
    if (measured !== null && peakTasks === undefined) return measured;
    return taskCapacityFor(trace, {
      ...FORTY_TASKS_AT_70_PERCENT,
      ...(peakTasks === undefined ? {} : { peakTasks }),
    });
  }
  if (peakTasks !== undefined) throw new RangeError('give either --task-capacity or --peak-tasks, not both');
  return taskCapacity;
}

function boundsOf(options: BacktestOptions, service: ServicePolicy | undefined): CapacityBounds {
  const min = options.min ?? (service === undefined ? TWO_OR_MORE.min : Math.max(1, service.min));
  const max = options.max ?? service?.max ?? TWO_OR_MORE.max;
  if (min > max)
    throw new RangeError(`the least tasks (${min}) are more than the most (${max}): change --min or --max`);
  return { min, max };
}

interface ConfiguredService {
  readonly fleet: FleetPolicy;
  readonly service: ServicePolicy;
}

function addressOf(found: ConfiguredService | null): Parameters<typeof tuneService>[2] {
  if (found === null) return { address: null, metricSeconds: 60 };
  const { fleet, service } = found;
  return {
    address: { fleet: fleet.name, service: service.name },
    metricSeconds: service.targetTracking.metricResolution === '20s' ? 20 : 60,
  };
}

type FoundService =
  | { readonly kind: 'found'; readonly found: ConfiguredService | null }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** The file that everything else reads, too, where the load comes from AWS and none is named. */
const USUAL_CONFIG = 'fulcrum.yml';

async function serviceOf(options: BacktestOptions): Promise<FoundService> {
  const { fleet, service: name, fromCloudwatch } = options;
  const config = options.config ?? (fromCloudwatch === true ? USUAL_CONFIG : undefined);
  const service = fleet === undefined || name === undefined ? name : `${fleet}/${name}`;
  if (config === undefined) {
    if (service === undefined) return { kind: 'found', found: null };
    return { kind: 'invalid', problems: ['--service names a service of a configuration: give --config too'] };
  }
  const loaded = await loadPolicyFile(config);
  if (loaded.kind === 'invalid') return { kind: 'invalid', problems: loaded.problems.map(formatProblem) };
  return findService(loaded.policy, config, service);
}

/** By its name; by `fleet/name`, where several fleets have one of that name. */
function findService({ fleets }: Policy, config: string, wanted: string | undefined): FoundService {
  const all = fleets.flatMap((fleet) =>
    fleet.services.map((service) => ({ fleet, service, fullName: `${fleet.name}/${service.name}` })),
  );
  const fitting = all.filter(
    ({ service, fullName }) => wanted === undefined || service.name === wanted || fullName === wanted,
  );
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return { kind: 'found', found: first };
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
