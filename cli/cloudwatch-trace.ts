import { type Command, InvalidArgumentError } from 'commander';
import { cloudWatchClient } from '../shared/adapters/aws/clients.ts';
import { AwsMetricReader } from '../shared/adapters/aws/metric-reader.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import type { FleetPolicy, ServicePolicy } from '../shared/config/policy.ts';
import { explainUnseen } from '../shared/domain/explain-unseen.ts';
import { NOT_ASKED } from '../shared/domain/reading.ts';
import { DAY, type EpochMs, isoInstant, MINUTE } from '../shared/domain/units.ts';
import type { ServiceHistory, SourceReason } from '../shared/forecast/service-history.ts';
import type { MetricReader } from '../shared/ports.ts';
import { readHistories } from '../shared/workflow/read-histories.ts';
import type { LoadPerSecond } from '../simulator/load/steps.ts';
import { fillGaps, type Trace } from '../simulator/load/trace.ts';
import { formatMinutes } from '../simulator/report/format.ts';
import { withRemedy } from './aws-remedy.ts';

export interface CloudWatchOptions {
  readonly fromCloudwatch?: true;
  readonly fleet?: string;
  readonly days?: number;
}

/** Where a trace comes from decides what else is known of it. */
export interface RecordedTrace {
  readonly trace: Trace;
  /** As the history shows it; `null`: nothing is known. */
  readonly taskCapacity: LoadPerSecond | null;
  readonly notes: readonly string[];
}

const DEFAULT_DAYS = 14;
/** CloudWatch keeps points of five minutes for 63 days; of the first a part may be gone. */
const MOST_DAYS = 62;

export function addCloudWatchOptions(command: Command): Command {
  return command
    .option('--from-cloudwatch', 'instead of a trace: the load of the service as CloudWatch has it; needs credentials')
    .option('--fleet <name>', 'of which fleet the service is, where several have one of that name')
    .option('--days <days>', `how far back, with --from-cloudwatch (default: ${DEFAULT_DAYS})`, wholeDays);
}

/** The load of a service from CloudWatch, with the credentials of the environment. */
export async function readFromCloudWatch(
  { fleet, service }: { readonly fleet: FleetPolicy; readonly service: ServicePolicy },
  { days = DEFAULT_DAYS }: CloudWatchOptions,
): Promise<RecordedTrace> {
  const client = cloudWatchClient(fleet.region);
  try {
    return await cloudWatchTrace(service, days, new AwsMetricReader(client), systemClock.now());
  } finally {
    client.destroy();
  }
}

/** @throws RangeError when CloudWatch does not answer, or has nothing of the service. */
export async function cloudWatchTrace(
  service: ServicePolicy,
  days: number,
  metrics: MetricReader,
  now: EpochMs,
): Promise<RecordedTrace> {
  const [reading = NOT_ASKED] = await readHistories([service], days, metrics, now);
  if (reading.kind === 'unseen') {
    throw new RangeError(
      `CloudWatch does not tell the load of ${service.name}: ${withRemedy(explainUnseen(reading.because), 'cloudwatch:GetMetricData')}`,
    );
  }
  const history = reading.value;
  const { startsAt, stepSeconds, perSecond } = history.load;
  if (!perSecond.some((load) => load !== null)) {
    throw new RangeError(
      `CloudWatch has no load of ${service.name} in the last ${days} days: are cluster "${service.cluster}" and service "${service.service}" those of ECS, and the credentials those of their account?`,
    );
  }
  const amounts = Float64Array.from(perSecond, (load) => (load ?? 0) * stepSeconds);
  const missing = Uint8Array.from(perSecond, (load) => (load === null ? 1 : 0));
  fillGaps(amounts, missing);
  const name = `${service.name} from ${isoInstant(startsAt).slice(0, 10)} on (CloudWatch)`;
  return {
    trace: { name, startsAt, intervalSeconds: stepSeconds, amounts, missing },
    taskCapacity: history.taskCapacity,
    notes: notesOn(history),
  };
}

function notesOn({ source, because, taskCapacity, load }: ServiceHistory): readonly string[] {
  const gaps = load.perSecond.filter((value) => value === null).length;
  const days = (load.perSecond.length * load.stepSeconds) / DAY;
  return [
    source === 'requests'
      ? `The load is the requests that the load balancer counted in ${days.toFixed(1)} days; a task carries ${taskCapacity.toFixed(1)} a second, by its CPU under load.`
      : `The load is the CPU of the tasks times their number in ${days.toFixed(1)} days, because ${WHY_NOT_REQUESTS[because.code]}. CPU saturates: what came above it does not show.`,
    ...(gaps === 0 ? [] : [`Missing and not scored: ${formatMinutes((gaps * load.stepSeconds) / MINUTE)}.`]),
  ];
}

const WHY_NOT_REQUESTS: Readonly<Record<SourceReason['code'], string>> = {
  'requests-explain-cpu': 'the requests explain it',
  'no-load-balancer': 'no target group of an Application Load Balancer is configured for the service',
  'no-requests': 'the load balancer has counted no requests',
  'too-few-samples': 'too little of the time had both requests and CPU',
  'requests-do-not-explain-cpu': 'the CPU follows something else than the requests',
};

function wholeDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`give 1 to ${MOST_DAYS} whole days.`);
}
