import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isValidSize } from '../../shared/capacity/fargate-sizes.ts';
import { NOT_ASKED, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { TaskFacts, TaskSize } from '../../shared/domain/infrastructure.ts';
import type { ChangeStatus, FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { evaluateTaskSize, taskSize } from '../../shared/levers/task-size.ts';
import {
  aTaskDefinition,
  anInfrastructure,
  days,
  flat,
  hours,
  proposalsOf,
  saidOf,
} from '../support/builders/infrastructure.ts';
import { aFleetPolicy, aServiceInput, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aChange, anEvent, aSnapshot, type ServiceWorld } from '../support/builders/world.ts';

type TaskSizeInput = NonNullable<NonNullable<FleetInput['levers']>['task-size']>;

/** core-api: 2–10 tasks of 1 vCPU with 2 GiB, target 70 % CPU, behind an Application Load Balancer. */
const aFleet = (lever: TaskSizeInput = {}) =>
  aFleetPolicy({
    services: [
      aServiceInput({
        targetGroup: 'targetgroup/core-api/0123456789abcdef',
        loadBalancer: 'app/main/0123456789abcdef',
      }),
    ],
    levers: { 'task-size': { mode: 'propose', ...lever } },
  });

interface Seen {
  /** Hourly, the newest last; a number is 24 hours of it. */
  readonly cpu?: number | readonly number[];
  readonly tasks?: number;
  readonly requests?: number;
  readonly p99Millis?: number;
  readonly memory?: number | readonly number[];
  readonly cpuDays?: number | readonly number[];
  readonly memoryDays?: number | readonly number[];
  readonly task?: Partial<TaskFacts>;
  readonly service?: ServiceWorld;
  readonly event?: 'tomorrow';
  /** Metrics in other states, by the end of their name. */
  readonly metrics?: Readonly<Record<string, Reading<Series>>>;
  readonly taskReading?: Reading<TaskFacts>;
  readonly changes?: FleetSnapshot['changes'];
  readonly proposals?: FleetSnapshot['proposals'];
}

/** One hour of each day at the value, the others at a tenth of it. It is 12:30. */
const busyHours = (busiest: readonly number[]): Reading<Series> =>
  hours([...busiest.flatMap((value) => [...flat(23, value / 10), value]), ...flat(12, 1)]);

/** In order: 5 tasks at 60 % CPU and memory, 36 ms of a vCPU a request; no day was calm. */
const world = (see: Seen) => {
  const list = (value: number | readonly number[], count: number): readonly number[] =>
    typeof value === 'number' ? flat(count, value) : value;
  const tasks = see.tasks ?? 5;
  const metrics = {
    cpu: hours(list(see.cpu ?? 60, 24)),
    samples: hours(flat(24, tasks * 60)),
    memory: hours(list(see.memory ?? 60, 24)),
    requests: hours(flat(24, see.requests ?? 300_000)),
    'response-time': hours(flat(24, (see.p99Millis ?? 120) / 1000)),
    'cpu-of-days': busyHours(list(see.cpuDays ?? 90, 14)),
    'memory-daily': days(list(see.memoryDays ?? 70, 14)),
    ...see.metrics,
  };
  return anInfrastructure({
    tasks: { 'core-api': see.taskReading ?? seen(aTaskDefinition(see.task), NOW) },
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, series]) => [`tasks/core-api/${name}`, series])),
  });
};

const snapshotOf = (see: Seen, lever: TaskSizeInput = {}) =>
  aSnapshot(aFleet(lever), {
    services: { 'core-api': see.service ?? {} },
    infrastructure: world(see),
    events: see.event === undefined ? [] : [anEvent()],
    ...(see.changes === undefined ? {} : { changes: see.changes }),
    ...(see.proposals === undefined ? {} : { proposals: see.proposals }),
  });

const said = (see: Seen, lever: TaskSizeInput = {}): string =>
  saidOf('task-size', snapshotOf(see, lever), aFleet(lever));

/** So many pressed hours at the end of a day that was not. */
const pressedHours = (count: number, value: number): readonly number[] => [
  ...flat(24 - count, 50),
  ...flat(count, value),
];

const TASK_SIZE = 'task-size/production/core-api';
/** Resized live so long ago. */
const resized = (hoursAgo: number, over: Partial<ChangeStatus> = {}): FleetSnapshot['changes'] => {
  const appliedAt = NOW - hoursAgo * 3_600_000;
  const status = aChange({ changeKind: 'resize-task', status: 'verified', lastApplied: { grow: appliedAt } });
  return { [TASK_SIZE]: { ...status, ...over } };
};
/** Proposed as 1 vCPU with 2 GiB, which stands now, or as something else; needed until so long ago. */
const proposed = (hoursAgo: number, memoryMiB = 2048, service = 'core-api'): FleetSnapshot['proposals'] => ({
  [`proposal/task-size/${TASK_SIZE}`]: {
    ...{ kind: 'tended', decisionId: 'any', tendedAt: NOW, lastNeededAt: NOW - hoursAgo * 3_600_000 },
    proposes: {
      ...{ kind: 'resize-task', service: { cluster: 'production', service }, family: 'core-api' },
      ...{ from: { cpuUnits: 512, memoryMiB: 1024 }, to: { cpuUnits: 1024, memoryMiB } },
    },
  },
});

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const TO_2_VCPU = 'resize the tasks of core-api: 1 vCPU and 2 GiB → 2 vCPU and 4 GiB: ';
const FITS = 'hold: pressed in 0 of 24 hours, not in 6';

describe('task-size lever, after the tasks became what they are', () => {
  const full = { memory: 88 };
  const calm = { cpuDays: 28, memoryDays: 30 };
  const GROWN = 'resize the tasks of core-api: 1 vCPU and 2 GiB → 1 vCPU and 3 GiB: ';
  const SMALLER = 'resize the tasks of core-api: 1 vCPU and 2 GiB → 0.5 vCPU and 1 GiB: ';
  const lately = (since: string, days: string): string => `hold: changed at ${since} UTC, judged again after ${days}`;

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'resized 23 hours ago: what was full was another task', see: { ...full, changes: resized(23) },   then: lately('2026-11-30 13:30', '1 day') },
    { when: 'resized 24 hours ago',                        see: { ...full, changes: resized(24) },            then: GROWN },
    { when: 'resized, and it is out of memory again',      see: { ...full, cpu: 80, tasks: 10, requests: 450_000, task: { outOfMemory: 2 }, changes: resized(1) }, then: `${GROWN}2 tasks stopped for want of memory` },
    { when: 'taken back by ECS',                           see: { ...full, changes: resized(1, { status: 'failed' }) }, then: GROWN },
    { when: 'resized a day ago, and still proposed for the code', see: { ...full, changes: resized(24), proposals: proposed(1) }, then: GROWN },
    { when: 'proposed, and there now',                     see: { ...full, proposals: proposed(2) },          then: lately('2026-12-01 10:30', '1 day') },
    { when: 'proposed, and not there',                     see: { ...full, proposals: proposed(2, 3072) },    then: GROWN },
    { when: 'that of another service',                     see: { ...full, proposals: proposed(2, 2048, 'portal') }, then: GROWN },
    { when: 'resized 13 days ago: the calm days were those of another task', see: { ...calm, changes: resized(13 * 24) }, then: lately('2026-11-18 12:30', '14 days') },
    { when: 'resized 14 days ago',                         see: { ...calm, changes: resized(14 * 24) },       then: SMALLER },
    { when: 'resized 13 days ago, and it fits',            see: { changes: resized(13 * 24) },                then: FITS },
  ])('$when: $then', ({ see, then }) => {
    expect(said(see).startsWith(then)).toBe(true);
  });
});

describe('task-size lever, when it is the request that costs', () => {
  const costly = { cpu: 80, tasks: 10, requests: 450_000 };

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'nothing is pressed',                         see: {},                                   then: FITS },
    { when: '10 tasks at 80 % with 64 ms a request',      see: costly,                               then: `${TO_2_VCPU}CPU at 80 % near the ceiling in 24 of 24 hours while a request takes 64 ms of a vCPU, more than 50: it is the request that costs` },
    { when: 'a request takes exactly 50 ms: it is the number of them', see: { ...costly, requests: 576_000 }, then: FITS },
    { when: 'it takes a little more',                     see: { ...costly, requests: 575_000 },     then: `${TO_2_VCPU}CPU at 80 % near the ceiling in 24 of 24 hours while a request takes 50.1 ms of a vCPU, more than 50: it is the request that costs` },
    { when: 'exactly 75 % of the ceiling run',            see: { ...costly, tasks: 7.5, requests: 337_500 }, then: `${TO_2_VCPU}CPU at 80 % near the ceiling in 24 of 24 hours while a request takes 64 ms of a vCPU, more than 50: it is the request that costs` },
    { when: '8 of 10 run, requests cost as much',         see: { ...costly, tasks: 8, requests: 360_000 }, then: `${TO_2_VCPU}CPU at 80 % near the ceiling in 24 of 24 hours while a request takes 64 ms of a vCPU, more than 50: it is the request that costs` },
    { when: '7 of 10 run: more tasks are the answer',     see: { ...costly, tasks: 7, requests: 315_000 }, then: FITS },
    { when: 'CPU is exactly at its target',               see: { ...costly, cpu: 70 },               then: FITS },
    { when: '6 of 24 hours were such',                    see: { ...costly, cpu: pressedHours(6, 80) }, then: `${TO_2_VCPU}CPU at 80 % near the ceiling in 6 of 24 hours while a request takes 64 ms of a vCPU, more than 50: it is the request that costs` },
    { when: '5 of 24 hours were',                         see: { ...costly, cpu: pressedHours(5, 80) }, then: 'hold: pressed in 5 of 24 hours, not in 6' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  it('a ceiling that was raised counts, not that of the policy', () => {
    expect(said({ ...costly, service: { bounds: { min: 2, max: 14 } } })).toBe(FITS);
    expect(said({ ...costly, service: { bounds: { min: 2, max: 13 } } })).toContain('→ 2 vCPU and 4 GiB');
  });

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'it answers in 500 ms',         see: { cpu: 80, p99Millis: 500 }, then: FITS },
    { when: 'it answers in 501 ms',         see: { cpu: 80, p99Millis: 501 }, then: `${TO_2_VCPU}99th percentile of the response time at 501 ms, above 500, with CPU at 80 % in 24 of 24 hours` },
    { when: 'slow, but not for want of CPU', see: { cpu: 70, p99Millis: 900 }, then: FITS },
  ])('while CPU-bound, $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('task-size lever, when memory is short', () => {
  const to = (size: string): string => `resize the tasks of core-api: 1 vCPU and 2 GiB → ${size}: `;

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'memory is at 80 %',                    see: { memory: 80 },                       then: FITS },
    { when: 'at 80.1 %',                            see: { memory: 80.1 },                     then: `${to('1 vCPU and 3 GiB')}memory of the tasks at 80.1 %, above 80 %, in 24 of 24 hours` },
    { when: '6 of 24 hours were above',             see: { memory: pressedHours(6, 95) },      then: `${to('1 vCPU and 3 GiB')}memory of the tasks at 95 %, above 80 %, in 6 of 24 hours` },
    { when: '5 of 24 hours were',                   see: { memory: pressedHours(5, 95) },      then: 'hold: pressed in 5 of 24 hours, not in 6' },
    { when: 'a task was killed',                    see: { task: { outOfMemory: 1 } },         then: `${to('1 vCPU and 3 GiB')}1 task stopped for want of memory` },
    { when: 'CPU is short as well',                 see: { memory: 90, cpu: 80, p99Millis: 900 }, then: `${to('2 vCPU and 4 GiB')}99th percentile of the response time at 900 ms, above 500, with CPU at 80 % in 24 of 24 hours; memory of the tasks at 90 %, above 80 %, in 24 of 24 hours` },
    { when: 'the pair of a small CPU ends: more CPU comes with it', see: { memory: 90, task: { size: { cpuUnits: 256, memoryMiB: 2048 } } }, then: 'resize the tasks of core-api: 0.25 vCPU and 2 GiB → 0.5 vCPU and 3 GiB: memory of the tasks at 90 %, above 80 %, in 24 of 24 hours' },
    { when: 'ECS would not take a failed deployment back', see: { memory: 90, task: { hasCircuitBreaker: false } }, then: `${to('1 vCPU and 3 GiB')}memory of the tasks at 90 %, above 80 %, in 24 of 24 hours; the deployment circuit breaker with rollback is off: a deployment that fails is not taken back by ECS` },
    { when: 'a deployment is under way',            see: { memory: 90, service: { deployment: 'in-progress' } }, then: 'hold: a deployment is in progress' },
    { when: 'no larger task is allowed',            see: { memory: 90, task: { size: { cpuUnits: 4096, memoryMiB: 30_720 } } }, then: 'hold: 4 vCPU with 30 GiB, no larger task is offered or allowed' },
    { when: 'no larger task is offered',            see: { memory: 90, task: { size: { cpuUnits: 16_384, memoryMiB: 122_880 } } }, then: 'hold: 16 vCPU with 120 GiB, no larger task is offered or allowed' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  it('acting live it waits for a circuit breaker, whichever way', () => {
    const off = { hasCircuitBreaker: false };
    const held =
      'hold: the deployment circuit breaker with rollback is off: a deployment that fails is not taken back by ECS';
    expect(said({ memory: 90, task: off }, { mode: 'apply' })).toBe(held);
    expect(said({ cpuDays: 10, memoryDays: 20, task: off }, { mode: 'apply' })).toBe(held);
    expect(said({ memory: 90 }, { mode: 'apply' })).toContain('→ 1 vCPU and 3 GiB');
  });
});

describe('task-size lever, after calm weeks', () => {
  const down = (size: string): string => `resize the tasks of core-api: 1 vCPU and 2 GiB → ${size}: `;

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: '28 % CPU fits half a vCPU exactly',      see: { cpuDays: 28, memoryDays: 60 },  then: `${down('0.5 vCPU and 2 GiB')}never more than 28 % CPU (mean of an hour) and 60 % memory in 14 days` },
    { when: '28.1 % does not',                        see: { cpuDays: 28.1, memoryDays: 60 }, then: FITS },
    { when: 'memory fits a half exactly, too',        see: { cpuDays: 28, memoryDays: 32 },  then: `${down('0.5 vCPU and 1 GiB')}never more than 28 % CPU (mean of an hour) and 32 % memory in 14 days` },
    { when: 'far too large: one step of CPU at a time', see: { cpuDays: 1, memoryDays: 5 },  then: `${down('0.5 vCPU and 1 GiB')}never more than 1 % CPU (mean of an hour) and 5 % memory in 14 days` },
    { when: 'one day of fourteen was busy',           see: { cpuDays: [...flat(13, 10), 60] }, then: FITS },
    { when: 'only memory is too much: 2 GiB is the least of 1 vCPU', see: { cpuDays: 60, memoryDays: 20 }, then: FITS },
    { when: 'only memory is too much, and there is less', see: { cpuDays: 60, memoryDays: 20, task: { size: { cpuUnits: 1024, memoryMiB: 4096 } } }, then: 'resize the tasks of core-api: 1 vCPU and 4 GiB → 1 vCPU and 2 GiB: never more than 60 % CPU (mean of an hour) and 20 % memory in 14 days' },
    { when: 'the smallest task',                      see: { cpuDays: 1, memoryDays: 5, task: { size: { cpuUnits: 256, memoryMiB: 512 } } }, then: FITS },
    { when: 'a deadline is ahead',                    see: { cpuDays: 10, memoryDays: 20, event: 'tomorrow' }, then: 'hold: nothing becomes smaller before “Tax deadline” on 2026-12-02' },
    { when: 'pressed today all the same',             see: { cpuDays: 10, memoryDays: 20, memory: 90 }, then: `${down('1 vCPU and 3 GiB')}memory of the tasks at 90 %, above 80 %, in 24 of 24 hours` },
    { when: '13 days are known',                      see: { metrics: { 'cpu-of-days': busyHours(flat(13, 10)) }, memoryDays: 20 }, then: 'abstain: cannot see CPU of the days: 13 of 14 points' },
    { when: 'a day is NaN',                           see: { cpuDays: [...flat(13, 10), NaN], memoryDays: 20 }, then: 'abstain: cannot see CPU of the days: invalid value NaN' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });
});

describe('task-size lever, blind', () => {
  const calm = { cpuDays: 10, memoryDays: 20 };

  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: 'the task definition cannot be seen',    see: { ...calm, taskReading: throttled },               then: 'abstain: cannot see the task definition: throttled' },
    { when: 'it was not asked for',                  see: { ...calm, taskReading: NOT_ASKED },               then: 'abstain: cannot see the task definition: not asked this time' },
    { when: 'the ECS service cannot be seen',        see: { ...calm, service: { readings: { facts: throttled } } }, then: 'abstain: cannot see the ECS service: throttled' },
    { when: 'CPU cannot be seen',                    see: { ...calm, metrics: { cpu: throttled } },          then: 'abstain: cannot see CPU of the hours: throttled' },
    { when: 'requests cannot be seen',               see: { ...calm, metrics: { requests: throttled } },     then: 'abstain: cannot see requests of the hours: throttled' },
    { when: 'response times cannot be seen',         see: { ...calm, metrics: { 'response-time': throttled } }, then: 'abstain: cannot see response times of the hours: throttled' },
    { when: 'its ceiling cannot be seen',            see: { ...calm, service: { readings: { scaling: throttled } } }, then: 'abstain: cannot see its scaling setup: throttled' },
    { when: 'memory is short and CPU cannot be seen: growth needs no more', see: { memory: 90, metrics: { cpu: throttled } }, then: 'resize the tasks of core-api: 1 vCPU and 2 GiB → 1 vCPU and 3 GiB: memory of the tasks at 90 %, above 80 %, in 24 of 24 hours' },
    { when: 'a task was killed and no metric can be seen', see: { task: { outOfMemory: 2 }, metrics: { cpu: throttled, memory: throttled } }, then: 'resize the tasks of core-api: 1 vCPU and 2 GiB → 1 vCPU and 3 GiB: 2 tasks stopped for want of memory' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  it('hours without requests cost nothing, and are nothing missing', () => {
    const quiet = seen({ periodSeconds: 3600, points: [{ at: at('11:00'), value: 100 }] }, NOW);
    expect(said({ cpu: 80, tasks: 10, metrics: { requests: quiet } })).toBe('hold: pressed in 1 of 24 hours, not in 6');
  });

  it('a service whose requests nobody counts is judged by its memory alone', () => {
    const policy = aFleetPolicy({ levers: { 'task-size': { mode: 'propose' } } });
    expect(saidOf('task-size', snapshotOf({ cpu: 99, tasks: 10 }), policy)).toBe(FITS);
    expect(saidOf('task-size', snapshotOf({ memory: 90 }), policy)).toContain('→ 1 vCPU and 3 GiB');
  });

  it('outside of the look at the infrastructure it has nothing to say', () => {
    expect(proposalsOf('task-size', aSnapshot(aFleet()), aFleet())).toEqual([]);
  });
});

it('asks for hours and days of each service; of requests only where they are counted', () => {
  const asked = (policy: ReturnType<typeof aFleet>) =>
    taskSize.needs({ services: {} }, policy, NOW).map((need) => (need.slot === 'infrastructure' ? need.metric : ''));
  const own = ['cpu', 'samples', 'memory', 'cpu-of-days', 'memory-daily'].map((name) => `tasks/core-api/${name}`);
  expect(asked(aFleetPolicy())).toEqual(own);
  expect(asked(aFleet())).toEqual([...own, 'tasks/core-api/requests', 'tasks/core-api/response-time']);
});

describe('whatever is seen', () => {
  const anySize: fc.Arbitrary<TaskSize> = fc.constantFrom(
    { cpuUnits: 256, memoryMiB: 512 },
    { cpuUnits: 512, memoryMiB: 4096 },
    { cpuUnits: 1024, memoryMiB: 2048 },
    { cpuUnits: 4096, memoryMiB: 30_720 },
    { cpuUnits: 16_384, memoryMiB: 122_880 },
  );
  const anyPercent = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.constantFrom(NaN, Infinity, -1));
  const anySeen: fc.Arbitrary<Seen> = fc.record({
    cpu: fc.array(anyPercent, { minLength: 24, maxLength: 24 }),
    memory: fc.array(anyPercent, { minLength: 24, maxLength: 24 }),
    cpuDays: anyPercent,
    memoryDays: anyPercent,
    tasks: fc.nat(12),
    requests: fc.constantFrom(0, 1, 450_000, 1e9),
    p99Millis: fc.constantFrom(0, 499, 5_000),
    task: fc.record({ size: anySize, outOfMemory: fc.nat(2), hasCircuitBreaker: fc.boolean() }),
  });
  const wantedOf = (see: Seen) => proposalsOf('task-size', snapshotOf(see), aFleet())[0]!;

  it('law: a new size is one that Fargate offers, another one, and goes one way only', () => {
    fc.assert(
      fc.property(anySeen, (see) => {
        const { wanted } = wantedOf(see);
        if (wanted.kind !== 'act' || wanted.change.kind !== 'resize-task') return;
        const { from, to } = wanted.change;
        const isMore = to.cpuUnits >= from.cpuUnits && to.memoryMiB >= from.memoryMiB;
        const isLess = to.cpuUnits <= from.cpuUnits && to.memoryMiB <= from.memoryMiB;
        expect({ isValid: isValidSize(to), isMore, isLess }).toEqual({
          isValid: true,
          isMore: wanted.direction === 'grow',
          isLess: wanted.direction === 'shrink',
        });
      }),
      { numRuns: 300 },
    );
  });

  it('law: nothing becomes smaller while anything cannot be seen', () => {
    const names = ['cpu', 'samples', 'memory', 'requests', 'response-time', 'cpu-of-days', 'memory-daily'];
    fc.assert(
      fc.property(anySeen, fc.constantFrom(...names), (see, name) => {
        const { wanted } = wantedOf({ ...see, metrics: { [name]: throttled } });
        expect(wanted.kind === 'act' && wanted.direction === 'shrink').toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('law: what was made smaller is not short of it under the same load', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), anySize, (cpu, memory, size) => {
        const proposal = wantedOf({ cpu: 0, memory: 0, cpuDays: cpu, memoryDays: memory, task: { size } });
        const { wanted } = proposal;
        if (wanted.kind !== 'act' || wanted.change.kind !== 'resize-task') return;
        const { from, to } = wanted.change;
        const scaled = {
          cpu: to.cpuUnits < from.cpuUnits ? (cpu * from.cpuUnits) / to.cpuUnits : 0,
          memory: to.memoryMiB < from.memoryMiB ? (memory * from.memoryMiB) / to.memoryMiB : 0,
        };
        const after = wantedOf({ ...scaled, tasks: 10, requests: 1, p99Millis: 9_999, task: { size: to } }).wanted;
        expect(after.kind === 'act' && after.direction === 'grow').toBe(false);
      }),
    );
  });

  it('law: the record of a wish is enough to come to it again', () => {
    fc.assert(
      fc.property(anySeen, (see) => {
        const { input, settings, wanted } = wantedOf(see);
        const stored = JSON.parse(JSON.stringify({ input, settings })) as { input: never; settings: never };
        expect(evaluateTaskSize(stored.input, stored.settings, NOW)).toEqual(wanted);
      }),
    );
  });
});
