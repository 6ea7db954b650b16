import { times } from '../capacity/factor.ts';
import { type FargateSize, leastSize, lessCpuUnits, nextSizes } from '../capacity/fargate-sizes.ts';
import type { LeverSettings, ServicePolicy } from '../config/policy.ts';
import { resourceIdOf, type ScalableTargetId, type ScalingSetup } from '../domain/capacity.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { TaskFacts, TaskSize } from '../domain/infrastructure.ts';
import { mapReading, NOT_ASKED, type Reading, type Series, type Unseen } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { FleetSnapshot, ServiceFacts } from '../domain/snapshot.ts';
import { DAY, type EpochMs, HOUR, later, type Percent, type Tasks } from '../domain/units.ts';
import { cameTrueAt } from './came-true.ts';
import {
  alongside,
  asSeries,
  breachesOf,
  infrastructureNeed,
  metricIn,
  newestDays,
  newestPeriods,
  valuesOf,
} from './infrastructure-look.ts';
import { badHoursOfDays } from './hours-of-days.ts';
import { defineLever, serviceOf } from './lever.ts';
import { targetOf, taskSizeResourceOf } from './resources.ts';
import { countsRequests, taskMetric, taskSizeQueries } from './task-size-metrics.ts';

/** Hourly series have as many points as `sustained.of`, daily ones as many as `calmDays`; all oldest first. */
export interface TaskSizeInput {
  readonly target: ScalableTargetId;
  readonly task: Reading<TaskFacts>;
  readonly facts: Reading<ServiceFacts>;
  readonly scaling: Reading<ScalingSetup | null>;
  readonly cpuPercents: Reading<Series>;
  readonly runningTasks: Reading<readonly number[]>;
  readonly memoryPercents: Reading<Series>;
  /** `null` where nothing counts them; no entry in an hour without any. */
  readonly requests: Reading<readonly (number | null)[]> | null;
  /** 99th percentile of the response time, in milliseconds; `null` where nothing measures it. */
  readonly p99Millis: Reading<readonly (number | null)[]> | null;
  /** Mean of the busiest hour of each day. */
  readonly dailyCpuPercents: Reading<Series>;
  /** Highest of each day. */
  readonly dailyMemoryPercents: Reading<Series>;
  /** When its tasks became what they are; `null`, or absent: not known. */
  readonly changedAt?: EpochMs | null;
  /** The next event that the service is to be ready for, or the one under way. */
  readonly event: { readonly name: string; readonly from: EpochMs } | null;
}

export interface TaskSizeSettings {
  readonly max: Tasks;
  readonly targetPercent: Percent;
  readonly lever: LeverSettings['task-size'];
}

const SECONDS_AN_HOUR = 3_600;
const HOURS_OF_A_DAY = 24;

/**
 * Larger tasks, where more tasks would not help:
 *
 *   cost of a request = CPU % × vCPU × running tasks × 3,600 s ÷ requests of the hour
 *   10 tasks of 1 vCPU at 80 % with 450,000 requests an hour  ->  64 ms of a vCPU: more than 50, the next size of CPU
 *
 *   needed memory = memory × use ÷ memoryHighPercent
 *   2 GiB at 88 % of 80 %  ->  2.2 GiB, the next pair that Fargate offers with as much CPU: 3 GiB
 *
 * Smaller tasks after calm weeks, one step of CPU at a time, where the peak with its headroom fits the smaller ones.
 * Growth rests on what can be seen; nothing becomes smaller unless everything can. Shares of tasks of another size say nothing
 * of these: after a change hours and days are waited for, and only a task that is out of memory counts at once.
 */
export function evaluateTaskSize(input: TaskSizeInput, settings: TaskSizeSettings, now: EpochMs): Decision {
  const { task, facts, changedAt = null } = input;
  if (task.kind === 'unseen') return abstain({ code: 'blind', to: 'the task definition', because: task.because });
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the ECS service', because: facts.because });
  if (facts.value.deployment === 'in-progress') return hold({ code: 'deployment-in-progress' });

  const { sustained, calmDays } = settings.lever;
  const isOf = (days: number): boolean => changedAt === null || now >= later(changedAt, days * DAY);
  const windowDays = sustained.of / HOURS_OF_A_DAY;
  const isJudged = isOf(windowDays);
  const pressure = pressureOn(isJudged ? input : withoutHours(input), settings, task.value);
  if (pressure.because.length > 0) return larger(input, settings, task.value, pressure);
  if (!isJudged && changedAt !== null) {
    return hold({ code: 'changed-lately', at: changedAt, days: Math.ceil(windowDays) });
  }
  const blind = firstUnseen(input);
  if (blind !== null) return abstain({ code: 'blind', to: blind.what, because: blind.reading.because });
  const decision = calm(input, settings, task.value, pressure.pressedHours);
  return decision.kind === 'act' && changedAt !== null && !isOf(calmDays)
    ? hold({ code: 'changed-lately', at: changedAt, days: calmDays })
    : decision;
}

function withoutHours(input: TaskSizeInput): TaskSizeInput {
  return { ...input, cpuPercents: NOT_ASKED, memoryPercents: NOT_ASKED };
}

interface Pressure {
  readonly because: readonly ActReason[];
  readonly wantsCpu: 'yes' | 'no';
  /** At least so much; 0 where memory is not short. */
  readonly memoryMiB: number;
  /** Of the concern that was pressed longest. */
  readonly pressedHours: number;
}

function pressureOn(input: TaskSizeInput, settings: TaskSizeSettings, { size, outOfMemory }: TaskFacts): Pressure {
  const { lever } = settings;
  const { datapoints } = lever.sustained;
  const cpu = [...costlyHours(input, settings, size), ...slowHours(input, settings)];
  const memory = memoryHours(input, settings);
  const isShort = memory.hours >= datapoints;
  const needed = isShort ? times(size.memoryMiB, memory.mean / lever.memoryHighPercent) : 0;
  const next = nextSizes(size).moreMemory?.memoryMiB ?? Infinity;
  const cpuBecause = cpu.flatMap(({ hours, because }) => (hours >= datapoints ? [because] : []));
  return {
    because: [
      ...cpuBecause,
      ...(isShort ? [memory.because] : []),
      ...(outOfMemory > 0 ? [{ code: 'out-of-memory', tasks: outOfMemory } as const] : []),
    ],
    wantsCpu: cpuBecause.length > 0 ? 'yes' : 'no',
    memoryMiB: isShort || outOfMemory > 0 ? Math.max(next, needed) : 0,
    pressedHours: Math.max(memory.hours, ...cpu.map(({ hours }) => hours)),
  };
}

interface PressedHours {
  readonly hours: number;
  readonly because: ActReason;
}

/** Hours at which most of the tasks that may run did, above the target, with requests that cost much. */
function costlyHours(
  { cpuPercents, runningTasks, requests, scaling }: TaskSizeInput,
  { max, targetPercent, lever }: TaskSizeSettings,
  { cpuUnits }: TaskSize,
): readonly PressedHours[] {
  const cpu = valuesOf(cpuPercents);
  if (cpu.kind === 'unseen' || runningTasks.kind === 'unseen' || requests?.kind !== 'seen') return [];
  if (scaling.kind === 'unseen') return [];
  const many = ((scaling.value?.bounds.max ?? max) * lever.ceilingSharePercent) / 100;
  const hours = cpu.value.flatMap((cpuPercent, hour) => {
    const tasks = runningTasks.value[hour] ?? 0;
    const count = requests.value[hour] ?? 0;
    const busyMillis = (cpuPercent / 100) * (cpuUnits / 1024) * tasks * SECONDS_AN_HOUR * 1000;
    const cpuMillis = count > 0 ? busyMillis / count : 0;
    const isCostly = cpuPercent > targetPercent && tasks >= many && cpuMillis > lever.cpuMillisPerRequest;
    return isCostly ? [{ cpuPercent, cpuMillis }] : [];
  });
  const because = {
    code: 'requests-cost-cpu',
    hours: hours.length,
    of: cpu.value.length,
    cpuPercent: mean(hours.map(({ cpuPercent }) => cpuPercent)),
    cpuMillis: mean(hours.map(({ cpuMillis }) => cpuMillis)),
    limitMillis: lever.cpuMillisPerRequest,
  } as const;
  return [{ hours: hours.length, because }];
}

function slowHours(
  { cpuPercents, p99Millis }: TaskSizeInput,
  { targetPercent, lever }: TaskSizeSettings,
): readonly PressedHours[] {
  const cpu = valuesOf(cpuPercents);
  if (cpu.kind === 'unseen' || p99Millis?.kind !== 'seen') return [];
  const hours = cpu.value.flatMap((cpuPercent, hour) => {
    const p99 = p99Millis.value[hour] ?? 0;
    return cpuPercent > targetPercent && p99 > lever.slowRequestMillis ? [{ cpuPercent, p99 }] : [];
  });
  const because = {
    code: 'slow-and-cpu-bound',
    hours: hours.length,
    of: cpu.value.length,
    cpuPercent: mean(hours.map(({ cpuPercent }) => cpuPercent)),
    p99Millis: mean(hours.map(({ p99 }) => p99)),
    limitMillis: lever.slowRequestMillis,
  } as const;
  return [{ hours: hours.length, because }];
}

function memoryHours(
  { memoryPercents }: TaskSizeInput,
  { lever }: TaskSizeSettings,
): PressedHours & { readonly mean: Percent } {
  const limitPercent = lever.memoryHighPercent;
  const memory = valuesOf(memoryPercents);
  const {
    breaching,
    of,
    mean: memoryPercent,
  } = memory.kind === 'seen'
    ? breachesOf(memory.value, (percent) => percent > limitPercent)
    : { breaching: 0, of: 0, mean: 0 };
  const because = { code: 'task-memory-short', hours: breaching, of, memoryPercent, limitPercent } as const;
  return { hours: breaching, because, mean: memoryPercent };
}

function larger(
  { target }: TaskSizeInput,
  { lever }: TaskSizeSettings,
  { family, size, hasCircuitBreaker }: TaskFacts,
  { because, wantsCpu, memoryMiB }: Pressure,
): Decision {
  const to = leastSize({
    cpuUnits: wantsCpu === 'yes' ? (nextSizes(size).moreCpu?.cpuUnits ?? Infinity) : size.cpuUnits,
    memoryMiB: Math.max(memoryMiB, size.memoryMiB),
  });
  if (to === null || to.cpuUnits > lever.maxCpuUnits || to.memoryMiB > lever.maxMemoryMiB) {
    return hold({ code: 'no-larger-task', ...size });
  }
  // Without it a task that does not start leaves the service short of tasks, in the middle of its load.
  if (lever.mode === 'apply' && !hasCircuitBreaker) return hold({ code: 'without-circuit-breaker' });
  const [first, ...others] = because;
  if (first === undefined) throw new RangeError('a larger task needs a reason');
  const note = hasCircuitBreaker ? [] : [{ code: 'without-circuit-breaker' } as const];
  return act({ kind: 'resize-task', service: target, family, from: size, to }, 'grow', first, ...others, ...note);
}

function calm(
  { target, dailyCpuPercents, dailyMemoryPercents, event }: TaskSizeInput,
  { targetPercent, lever }: TaskSizeSettings,
  { family, size, hasCircuitBreaker }: TaskFacts,
  pressedHours: number,
): Decision {
  const { datapoints: needed, of } = lever.sustained;
  const fits = hold({ code: 'task-fits', pressedHours, of, needed });
  if (dailyCpuPercents.kind === 'unseen' || dailyMemoryPercents.kind === 'unseen') return fits;
  const cpuPercent = Math.max(...dailyCpuPercents.value.points.map(({ value }) => value));
  const memoryPercent = Math.max(...dailyMemoryPercents.value.points.map(({ value }) => value));
  const to = smaller(size, {
    cpuUnits: times(size.cpuUnits, (cpuPercent * lever.calmHeadroomFactor) / targetPercent),
    memoryMiB: times(size.memoryMiB, (memoryPercent * lever.calmHeadroomFactor) / lever.memoryHighPercent),
  });
  if (to === null) return fits;
  if (event !== null) return hold({ code: 'not-before-event', event: event.name, from: event.from });
  if (lever.mode === 'apply' && !hasCircuitBreaker) return hold({ code: 'without-circuit-breaker' });
  const because = { code: 'task-oversized', days: lever.calmDays, cpuPercent, memoryPercent } as const;
  const note = hasCircuitBreaker ? [] : [{ code: 'without-circuit-breaker' } as const];
  return act({ kind: 'resize-task', service: target, family, from: size, to }, 'shrink', because, ...note);
}

/** Less CPU by one step, or the same with less memory; `null` where what is needed allows neither. */
function smaller(size: FargateSize, needed: FargateSize): FargateSize | null {
  const to = leastSize({
    cpuUnits: Math.min(size.cpuUnits, Math.max(needed.cpuUnits, lessCpuUnits(size.cpuUnits))),
    memoryMiB: Math.min(size.memoryMiB, needed.memoryMiB),
  });
  if (to === null || to.cpuUnits > size.cpuUnits || to.memoryMiB > size.memoryMiB) return null;
  return to.cpuUnits === size.cpuUnits && to.memoryMiB === size.memoryMiB ? null : to;
}

function firstUnseen(input: TaskSizeInput): { readonly what: string; readonly reading: Unseen } | null {
  const readings: readonly (readonly [string, Reading<unknown> | null])[] = [
    ['its scaling setup', input.scaling],
    ['CPU of the hours', input.cpuPercents],
    ['running tasks of the hours', input.runningTasks],
    ['memory of the hours', input.memoryPercents],
    ['requests of the hours', input.requests],
    ['response times of the hours', input.p99Millis],
    ['CPU of the days', input.dailyCpuPercents],
    ['memory of the days', input.dailyMemoryPercents],
  ];
  for (const [what, reading] of readings) if (reading?.kind === 'unseen') return { what, reading };
  return null;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function inputOf(
  snapshot: FleetSnapshot,
  service: ServicePolicy,
  { sustained, calmDays }: LeverSettings['task-size'],
  now: EpochMs,
): TaskSizeInput | null {
  const { infrastructure } = snapshot;
  if (infrastructure === null) return null;
  const series = (metric: string) => metricIn(infrastructure, taskMetric(service, metric));
  const hours = (metric: string) => newestPeriods(series(metric), sustained.of, now);
  const busiestHours = badHoursOfDays(series('cpu-of-days'), { days: calmDays, hours: 1, bad: 'high' }, now);
  const days = (metric: string) => newestDays(series(metric), calmDays, now);
  const { facts, scaling } = serviceOf(snapshot, service.name);
  const samplesAnHour = service.targetTracking.metricResolution === '20s' ? 180 : 60;
  const isCounted = countsRequests(service);
  const cpuPercents = hours('cpu');
  const event = snapshot.events
    .filter(({ floors, to }) => floors[service.name] !== undefined && to > now)
    .toSorted((a, b) => a.from - b.from)[0];
  return {
    target: targetOf(service),
    task: infrastructure.tasks[service.name] ?? { kind: 'unseen', because: { code: 'not-asked' } },
    facts,
    scaling,
    cpuPercents: asSeries(cpuPercents, HOUR),
    runningTasks: mapReading(hours('samples'), (counts) => counts.map((count) => count / samplesAnHour)),
    memoryPercents: asSeries(hours('memory'), HOUR),
    requests: isCounted ? alongside(series('requests'), cpuPercents) : null,
    p99Millis: isCounted
      ? mapReading(alongside(series('response-time'), cpuPercents), (all) =>
          all.map((value) => (value === null ? null : value * 1000)),
        )
      : null,
    dailyCpuPercents: asSeries(busiestHours, DAY),
    dailyMemoryPercents: asSeries(days('memory-daily'), DAY),
    changedAt: changedAt(snapshot, service, infrastructure.tasks[service.name]),
    event: event === undefined ? null : { name: event.name, from: event.from },
  };
}

function changedAt(
  snapshot: FleetSnapshot,
  service: ServicePolicy,
  task: Reading<TaskFacts> | undefined,
): EpochMs | null {
  if (task?.kind !== 'seen') return null;
  const { size } = task.value;
  const target = resourceIdOf(targetOf(service));
  return cameTrueAt(
    {
      kinds: ['resize-task'],
      resource: taskSizeResourceOf(service),
      stands: (change) =>
        resourceIdOf(change.service) === target &&
        change.to.cpuUnits === size.cpuUnits &&
        change.to.memoryMiB === size.memoryMiB,
    },
    snapshot,
  );
}

export const taskSize = defineLever<TaskSizeInput, TaskSizeSettings>({
  name: 'task-size',
  look: 'infrastructure',
  purpose: 'Gives tasks more CPU or memory when more tasks would not help, and less after calm weeks.',
  needs: (_facts, { services, levers }) => {
    const { sustained, calmDays } = levers['task-size'];
    return services.flatMap((service) =>
      Object.entries(taskSizeQueries(service, { hours: sustained.of, days: calmDays })).map(([metric, query]) =>
        infrastructureNeed(metric, query),
      ),
    );
  },
  cases: (snapshot, { services, levers }, now) =>
    services.flatMap((service) => {
      const input = inputOf(snapshot, service, levers['task-size'], now);
      if (input === null) return [];
      const { name, max, targetTracking } = service;
      const settings = { max, targetPercent: targetTracking.cpuPercent, lever: levers['task-size'] };
      return [{ resource: taskSizeResourceOf(service), service: name, input, settings }];
    }),
  evaluate: evaluateTaskSize,
});
