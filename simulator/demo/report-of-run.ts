import { PRICES_AS_OF } from '../../shared/capacity/fargate-prices.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { later } from '../../shared/domain/units.ts';
import { poolerResourceOf, resourceOf } from '../../shared/levers/resources.ts';
import { STEP_SECONDS } from '../load/steps.ts';
import { timeFormat } from '../report/format.ts';
import { pullsOf } from '../report/pulls.ts';
import type {
  DatabaseReport,
  NamedSpan,
  PoolerReport,
  ReportData,
  Series,
  ServiceReport,
} from '../report/report-data.ts';
import { plottingStepSeconds, thin, thinRun, thinService } from '../report/thinning.ts';
import { figuresOf } from './figures.ts';
import { freezeSpans } from './freeze-spans.ts';
import type { Recording, ServiceRecording } from './recording.ts';
import type { DemoRun } from './run.ts';
import { runningCostOf } from './running-cost.ts';
import type { DemoWorld, WorldService } from './world.ts';

/** All that the page shows of a run with Fulcrum beside target tracking alone. */
export function reportOfRun(
  world: DemoWorld,
  run: DemoRun,
  baseline: Recording,
  records: readonly AuditRecord[],
  proposals: ReportData['proposals'] = [],
): ReportData {
  const lengthSeconds = run.recording.steps * STEP_SECONDS;
  const stepSeconds = plottingStepSeconds(lengthSeconds, STEP_SECONDS);
  const perPoint = stepSeconds / STEP_SECONDS;
  const period = { start: world.startsAt, end: later(world.startsAt, lengthSeconds) };
  const { fleet } = world;
  return {
    title: world.title,
    subtitle: world.subtitle,
    period,
    timeZone: world.timeZone,
    stepSeconds,
    fleet: { name: fleet.name, description: describeFleet(world) },
    simulation: {
      traceName: world.traceName,
      seed: world.seed,
      startupSeconds: Math.max(...fleet.services.map(({ startupSeconds }) => startupSeconds)),
      plantStepSeconds: STEP_SECONDS,
      notes: world.notes,
    },
    services: world.services.map((service) => serviceReport(service, world, run.recording, baseline, perPoint)),
    database: databaseReport(world, run.recording, perPoint),
    pooler: poolerReport(world, run.recording, baseline, perPoint),
    knownEvents: announcedEvents(records, period),
    freezeWindows: freezeSpans(fleet, period),
    pulls: pullsOf(records, timeFormat(world.timeZone, period)),
    priceBasis: `AWS Fargate on demand in ${fleet.region}, prices of ${PRICES_AS_OF}, tasks only`,
    running: runningCostOf(run, lengthSeconds),
    proposals,
    records,
  };
}

function describeFleet({ fleet }: DemoWorld): string {
  const names = fleet.services.map(({ name }) => name).join(', ');
  const database = fleet.database === undefined ? '' : `; PostgreSQL with ${fleet.database.maxConnections} connections`;
  const pooler = fleet.pooler === undefined ? '' : ` behind ${fleet.pooler.tasks} PgBouncer tasks`;
  return `${names}${database}${pooler}`;
}

function serviceReport(
  { policy, taskCapacity }: WorldService,
  { fleet }: DemoWorld,
  run: Recording,
  baseline: Recording,
  perPoint: number,
): ServiceReport {
  const mine = recordingOf(run, policy.name);
  const theirs = recordingOf(baseline, policy.name);
  return {
    name: policy.name,
    resource: resourceOf(policy),
    taskSize: `${policy.task.cpuUnits / 1024} vCPU, ${policy.task.memoryMiB / 1024} GiB`,
    taskCapacityPerSecond: taskCapacity,
    targetCpuPercent: policy.targetTracking.cpuPercent,
    hardLimit: policy.hardLimit,
    ...thinService({ loadPerSecond: mine.load, min: mine.min, max: mine.max }, perPoint),
    fulcrum: { ...thinRun(samplesOf(mine), perPoint), figures: figuresOf(mine, policy, fleet) },
    baseline: { ...thinRun(samplesOf(theirs), perPoint), figures: figuresOf(theirs, policy, fleet) },
  };
}

function samplesOf({ wanted, ready, cpuPercent, missed, lost }: ServiceRecording): Parameters<typeof thinRun>[0] {
  return { wanted, ready, cpuPercent, missedPerSecond: missed, lostPerSecond: lost };
}

function recordingOf(recording: Recording, name: string): ServiceRecording {
  const found = recording.services.get(name);
  if (found === undefined) throw new Error(`nothing was recorded of ${name}`);
  return found;
}

function databaseReport({ fleet, database }: DemoWorld, run: Recording, perPoint: number): DatabaseReport | null {
  if (fleet.database === undefined || database === null) return null;
  return {
    name: fleet.database.identifier,
    resource: `database/${fleet.database.identifier}`,
    description: `${database.vcpus} vCPU, max_connections ${fleet.database.maxConnections}`,
    cpuPercent: thin(run.databaseCpuPercent, perPoint, 'max'),
    connections: thin(run.databaseConnections, perPoint, 'max'),
    maxConnections: fleet.database.maxConnections,
  };
}

function poolerReport(
  { fleet, database, poolers }: DemoWorld,
  run: Recording,
  baseline: Recording,
  perPoint: number,
): PoolerReport | null {
  if (fleet.pooler === undefined || database === null) return null;
  const { tasks, defaultPoolSize, maxClientConnections, service } = fleet.pooler;
  const most = (values: Float64Array): Series => thin(values, perPoint, 'max');
  return {
    name: service,
    resource: poolerResourceOf(fleet.pooler),
    description: `${tasks} tasks, default_pool_size ${defaultPoolSize}, max_client_conn ${maxClientConnections}`,
    serverConnections: most(run.poolConnections),
    serverConnectionLimit: database.poolLimit,
    queue:
      poolers === null
        ? null
        : {
            limit: most(run.poolLimit),
            startLimit: most(run.poolStartLimit),
            clientsWaiting: most(run.clientsWaiting),
            clientsWaitingBaseline: most(baseline.clientsWaiting),
          },
  };
}

function announcedEvents(
  records: readonly AuditRecord[],
  period: { readonly start: number; readonly end: number },
): readonly NamedSpan[] {
  return records.flatMap(({ reasons }) =>
    reasons.flatMap((reason) =>
      reason.code === 'event-announced' && reason.from < period.end
        ? [{ name: reason.event, start: reason.from, end: Math.min(reason.to, period.end) }]
        : [],
    ),
  );
}
