import type { AuditRecord, Transition } from '../../../shared/domain/audit.ts';
import { act, type Act, type Decision, hold } from '../../../shared/domain/decision.ts';
import { explain, explainReasons } from '../../../shared/domain/explain.ts';
import type { Reason } from '../../../shared/domain/reason.ts';
import { timeFormat } from '../../../simulator/report/format.ts';
import { pullsOf } from '../../../simulator/report/pulls.ts';
import type { Figures, PolicyRun, ReportData, ServiceReport } from '../../../simulator/report/report-data.ts';
import { thin, thinRun, thinService } from '../../../simulator/report/thinning.ts';
import { type FixtureBounds, type FixtureRun, type Governor, run, STEP_SECONDS, weekOfLoad } from './fixture-plant.ts';

export const TIME_ZONE = 'Europe/Berlin';
/** Sunday 29 November 2026, midnight in Berlin. */
export const START = Date.UTC(2026, 10, 28, 23);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SAMPLES_PER_POINT = 15;
const DEADLINE = { name: 'Filing deadline', start: START + 3 * DAY + 7.5 * HOUR, end: START + 3 * DAY + 20 * HOUR };
const LEAD = 20 * 60_000;

interface Setting {
  readonly name: string;
  readonly taskSize: string;
  readonly taskCapacityPerSecond: number;
  readonly bounds: FixtureBounds;
  readonly hardLimit: number;
  readonly floor: number;
  readonly peakPerSecond: number;
  readonly deadlineFactor: number;
  readonly seed: number;
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'portal',
    taskSize: '1 vCPU, 2 GiB',
    taskCapacityPerSecond: 60,
    bounds: { min: 3, max: 14 },
    hardLimit: 40,
    floor: 16,
    peakPerSecond: 330,
    deadlineFactor: 2.4,
    seed: 11,
  },
  {
    name: 'core-api',
    taskSize: '2 vCPU, 4 GiB',
    taskCapacityPerSecond: 45,
    bounds: { min: 2, max: 10 },
    hardLimit: 30,
    floor: 12,
    peakPerSecond: 190,
    deadlineFactor: 2.6,
    seed: 23,
  },
  {
    name: 'documents',
    taskSize: '1 vCPU, 4 GiB',
    taskCapacityPerSecond: 12,
    bounds: { min: 2, max: 8 },
    hardLimit: 16,
    floor: 6,
    peakPerSecond: 26,
    deadlineFactor: 2.9,
    seed: 37,
  },
];

const TARGET = 70;
const STARTUP_SECONDS = 60;

class Book {
  readonly records: AuditRecord[] = [];
  readonly #sequences = new Map<string, number>();

  write(
    at: number,
    resource: string,
    lever: string,
    transition: Transition,
    decisionId: string,
    decision: Decision,
    reasons: readonly Reason[],
  ): void {
    const sequence = (this.#sequences.get(resource) ?? 0) + 1;
    this.#sequences.set(resource, sequence);
    const outcome = ['attempting', 'applied', 'skipped', 'failed', 'verified'].includes(transition);
    this.records.push({
      schema: 1,
      sequence,
      at: new Date(at).toISOString(),
      fleet: 'production',
      resource,
      transition,
      lever,
      decisionId,
      trigger: outcome ? { kind: 'order', id: decisionId } : { kind: 'tick', id: `tick-${at}` },
      reasons,
      sentence: outcome && reasons.length > 0 ? explainReasons(reasons) : explain(decision),
      decision,
      replay: {
        input: { at, resource, cpuPercent: [71.2, 74.9, 83.3, 91.8, 96.4], tasks: { desired: 14, running: 14 } },
        settings: { lever, targetPercent: TARGET, sustained: '10 of 10' },
        wanted: decision,
      },
      before: decision.kind === 'act' ? decision.change.from : undefined,
      after: decision.kind === 'act' ? decision.change.to : undefined,
      monthlyCostDeltaUsd: decision.kind === 'act' ? 182.4 : null,
      codeVersion: 'fixture',
      policyVersion: 'fixture',
      previousHash: '0'.repeat(64),
      hash: 'f'.repeat(64),
    });
  }

  pull(
    at: number,
    resource: string,
    lever: string,
    decision: Act,
    outcome: 'applied' | 'skipped' | 'failed',
    because: readonly Reason[] = [],
  ): void {
    const id = `${lever}/${resource}/${at}`;
    this.write(at, resource, lever, 'decided', id, decision, decision.because);
    this.write(at + 2_000, resource, lever, 'attempting', id, decision, []);
    this.write(at + 3_000, resource, lever, outcome, id, decision, because);
    if (outcome === 'applied')
      this.write(at + 300_000, resource, lever, 'verified', id, decision, [{ code: 'in-place' }]);
  }
}

function targetOf({ name }: Setting): { cluster: string; service: string } {
  return { cluster: 'production', service: name };
}

/** Raises the ceiling after ten minutes at it, holds the floor of the deadline, and writes the book. */
function governed(setting: Setting, book: Book): Governor {
  const resource = `service/production/${setting.name}`;
  let pinned = 0;
  let floored = false;
  const times = [DEADLINE.start - LEAD, DEADLINE.end + LEAD] as const;
  return ({ step, bounds, wanted, cpuPercent }) => {
    const at = START + step * STEP_SECONDS * 1000;
    if (step % 720 === 0)
      book.write(
        at,
        resource,
        'ceiling',
        'held',
        `hold/${resource}/${at}`,
        hold({ code: 'below-max', desired: wanted, max: bounds.max }),
        [],
      );
    if (at === START + 2 * DAY + 9 * HOUR) {
      const actions = [
        {
          name: `fulcrum-${setting.name}-on`,
          at: times[0],
          min: setting.floor,
          max: Math.max(setting.bounds.max, setting.floor),
        },
        { name: `fulcrum-${setting.name}-off`, at: times[1], min: setting.bounds.min },
      ];
      const decision = act(
        { kind: 'schedule-capacity', owner: 'event', target: targetOf(setting), from: [], to: actions },
        'grow',
        {
          code: 'event-ahead',
          event: DEADLINE.name,
          from: DEADLINE.start,
          floor: setting.floor,
        },
      );
      book.pull(at, resource, 'known-event', decision, 'applied');
    }
    if (!floored && at >= times[0] && at < times[1]) {
      floored = true;
      return { min: setting.floor, max: Math.max(bounds.max, setting.floor) };
    }
    if (floored && at >= times[1]) {
      floored = false;
      return { ...bounds, min: setting.bounds.min };
    }
    pinned = wanted >= bounds.max && cpuPercent > TARGET ? pinned + 1 : 0;
    if (pinned < 10) return bounds;
    pinned = 0;
    return raisedCeiling(setting, book, at, bounds, cpuPercent);
  };
}

function raisedCeiling(
  setting: Setting,
  book: Book,
  at: number,
  bounds: FixtureBounds,
  cpuPercent: number,
): FixtureBounds {
  const resource = `service/production/${setting.name}`;
  const needed = Math.ceil((bounds.max * cpuPercent) / TARGET);
  const max = Math.min(needed, Math.floor(bounds.max * 1.5), setting.hardLimit);
  const wanted = act(
    { kind: 'set-capacity-bounds', target: targetOf(setting), from: bounds, to: { min: bounds.min, max } },
    'grow',
    { code: 'pinned-at-max', max: bounds.max, cpuPercent, targetPercent: TARGET, minutes: 10, needed },
  );
  if (setting.name === 'documents' && at < DEADLINE.start) {
    const veto = { code: 'connections-exceeded', side: 'server', needed: 172, limit: 160 } as const;
    book.write(
      at,
      resource,
      'ceiling',
      'blocked',
      `ceiling/${resource}/${at}`,
      { kind: 'hold', because: [veto], instead: wanted },
      [veto],
    );
    return bounds;
  }
  book.pull(at, resource, 'ceiling', wanted, 'applied');
  return { min: bounds.min, max };
}

function figures(load: readonly number[], { wanted, cpuPercent, missedPerSecond, lostPerSecond }: FixtureRun): Figures {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const taskHours = (sum(wanted) * STEP_SECONDS) / 3_600;
  return {
    requests: sum(load) * STEP_SECONDS,
    missedRequests: sum(missedPerSecond) * STEP_SECONDS,
    lostRequests: sum(lostPerSecond) * STEP_SECONDS,
    taskHours,
    costUsd: taskHours * 0.0494,
    capacityChanges: wanted.filter((value, index) => index > 0 && value !== wanted[index - 1]).length,
    minutesAboveTarget: (cpuPercent.filter((cpu) => cpu > TARGET).length * STEP_SECONDS) / 60,
  };
}

function policyRun(load: readonly number[], samples: FixtureRun): PolicyRun {
  return { ...thinRun(samples, SAMPLES_PER_POINT), figures: figures(load, samples) };
}

function service(setting: Setting, book: Book): ServiceReport {
  const load = weekOfLoad(setting);
  const plant = { ...setting, targetCpuPercent: TARGET, startupSeconds: STARTUP_SECONDS };
  const fulcrum = run(load, plant, setting.bounds, governed(setting, book));
  const baseline = run(load, plant, setting.bounds, ({ bounds }) => bounds);
  return {
    name: setting.name,
    resource: `service/production/${setting.name}`,
    taskSize: setting.taskSize,
    taskCapacityPerSecond: setting.taskCapacityPerSecond,
    targetCpuPercent: TARGET,
    hardLimit: setting.hardLimit,
    ...thinService({ loadPerSecond: load, min: fulcrum.min, max: fulcrum.max }, SAMPLES_PER_POINT),
    fulcrum: policyRun(load, fulcrum),
    baseline: policyRun(load, baseline),
  };
}

function repairs(book: Book): void {
  const at = START + DAY + 4.25 * HOUR;
  const target = { cluster: 'production', service: 'core-api' };
  const tracking = {
    cpuPercent: TARGET,
    scaleOutCooldownSeconds: 60,
    scaleInCooldownSeconds: 300,
    disableScaleIn: false,
    metricResolution: '60s',
    name: 'fulcrum-cpu',
  } as const;
  const from = {
    bounds: { min: 2, max: 10 },
    suspended: { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false },
    targetTracking: [tracking],
    otherPolicies: [],
  };
  const repair = act(
    { kind: 'ensure-target-tracking', target, from, to: { bounds: from.bounds, targetTracking: tracking } },
    'repair',
    { code: 'scaling-suspended', which: ['scaling out'] },
  );
  book.pull(at, 'service/production/core-api', 'target-tracking', repair, 'failed', [
    { code: 'not-permitted', detail: 'application-autoscaling:RegisterScalableTarget' },
  ]);
  book.pull(at + HOUR, 'service/production/core-api', 'target-tracking', repair, 'applied');
  const again = act({ kind: 'set-capacity-bounds', target, from: from.bounds, to: { min: 2, max: 12 } }, 'grow', {
    code: 'scaled-to-max',
    max: 10,
    cpuPercent: 83.1,
    targetPercent: TARGET,
    since: at,
    needed: 12,
  });
  book.pull(START + DAY + 13.5 * HOUR, 'service/production/core-api', 'ceiling', again, 'skipped', [
    { code: 'world-moved-on', expected: '2–10', actual: '2–12' },
  ]);
}

/** A made-up week with its deadline on a Wednesday: to look at the page, not to prove anything about Fulcrum. */
export function reportFixture(): ReportData {
  const book = new Book();
  const period = { start: START, end: START + 7 * DAY };
  const services = SETTINGS.map((setting) => service(setting, book));
  repairs(book);
  const records = book.records.toSorted((left, right) => left.at.localeCompare(right.at));
  const wholeFleet = (services[0]?.loadPerSecond ?? []).map((_, point) =>
    services.reduce((sum, { loadPerSecond }) => sum + (loadPerSecond[point] ?? 0), 0),
  );
  return {
    title: 'A week with a filing deadline',
    subtitle: 'Fixture: synthetic curves for looking at the page, not a result of the simulator.',
    period,
    timeZone: TIME_ZONE,
    stepSeconds: STEP_SECONDS * SAMPLES_PER_POINT,
    fleet: { name: 'production', description: 'three services on ECS Fargate, PgBouncer, PostgreSQL on RDS' },
    simulation: {
      traceName: 'synthetic working week with a deadline on Wednesday',
      seed: 11,
      startupSeconds: STARTUP_SECONDS,
      plantStepSeconds: STEP_SECONDS,
      notes: ['CPU saturates at 100 %.', 'Scaling in acts at once.'],
    },
    services,
    database: {
      name: 'orders-db',
      resource: 'database/production/orders-db',
      description: 'db.r6g.large, 200 connections at most',
      cpuPercent: wholeFleet.map((load) => Math.min(97, 6 + load * 0.052)),
      connections: wholeFleet.map((load) => Math.round(18 + Math.min(102, load * 0.075))),
      maxConnections: 200,
    },
    pooler: {
      name: 'pgbouncer',
      resource: 'pooler/production/pgbouncer',
      description: '2 tasks, pools of 25 and a reserve of 5 for each of 2 databases',
      serverConnections: thin(
        wholeFleet.map((load) => Math.round(10 + Math.min(102, load * 0.075))),
        1,
        'max',
      ),
      serverConnectionLimit: 120,
      queue: {
        limit: thin(
          wholeFleet.map((load) => (load < 800 ? 60 : 120)),
          1,
          'max',
        ),
        startLimit: thin(
          wholeFleet.map(() => 60),
          1,
          'max',
        ),
        clientsWaiting: thin(
          wholeFleet.map((load) => Math.max(0, Math.min(9, load - 790))),
          1,
          'max',
        ),
        clientsWaitingBaseline: thin(
          wholeFleet.map((load) => Math.max(0, load - 790)),
          1,
          'max',
        ),
      },
    },
    knownEvents: [DEADLINE],
    freezeWindows: [{ name: 'weekend', start: START + 6 * DAY, end: START + 7 * DAY }],
    pulls: pullsOf(records, timeFormat(TIME_ZONE, period)),
    priceBasis: 'Fargate on demand, ARM, Frankfurt: 0.0494 USD a task-hour in this fixture',
    proposals: [
      {
        id: '1',
        branch: 'fulcrum/production/ceiling/portal',
        state: 'open',
        openedAt: START + DAY,
        title: 'portal: max capacity to 16 tasks',
        body: 'Fulcrum proposes this change.\n',
        diff: '--- a/services.tf\n+++ b/services.tf\n-  max_capacity = 8\n+  max_capacity = 16\n',
      },
    ],
    running: {
      calls: [
        { name: 'CloudWatch metrics read', count: 151_200 },
        { name: 'Lambda invocations', count: 10_176 },
        { name: 'DynamoDB writes', count: records.length },
      ],
      usd: 1.02,
      basis: 'List prices, first million Lambda requests not deducted.',
    },
    records,
  };
}
