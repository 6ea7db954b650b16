import { randomUUID } from 'node:crypto';
import { resourceIdOf, type ScalableTargetId } from '../../../shared/domain/capacity.ts';
import { type EpochMs, isoInstant, later, MINUTE } from '../../../shared/domain/units.ts';
import type { PlannedAlarm } from '../../../shared/alarms/alarm-plan.ts';

/**
 * Events as AWS delivers them, with every field: EventBridge user guide (schedule), CloudWatch user guide (alarm events,
 * and Lambda functions as alarm actions), Application Auto Scaling user guide (scaled to max).
 */
const REGION = 'eu-central-1';
const ACCOUNT = '111122223333';

function envelope(source: string, type: string, at: EpochMs, resources: readonly string[], detail: unknown) {
  const time = isoInstant(at).replace('.000Z', 'Z');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source,
    account: ACCOUNT,
    time,
    region: REGION,
    resources,
    detail,
  };
}

export function scheduledEvent(at: EpochMs): unknown {
  const rule = `arn:aws:events:${REGION}:${ACCOUNT}:rule/fulcrum-test-tick`;
  return envelope('aws.events', 'Scheduled Event', at, [rule], {});
}

export function scaledToMax(
  target: ScalableTargetId,
  { from, to, min }: { readonly from: number; readonly to: number; readonly min: number },
  at: EpochMs,
): unknown {
  return envelope('aws.application-autoscaling', 'Application Auto Scaling Scaling Activity State Change', at, [], {
    startTime: isoInstant(at),
    endTime: isoInstant(later(at, 20)),
    newDesiredCapacity: to,
    oldDesiredCapacity: from,
    minCapacity: min,
    maxCapacity: to,
    resourceId: resourceIdOf(target),
    scalableDimension: 'ecs:service:DesiredCount',
    serviceNamespace: 'ecs',
    statusCode: 'Successful',
    scaledToMax: true,
    direction: 'scale-out',
  });
}

export interface RingingAlarm {
  readonly name: string;
  readonly description: string;
  readonly metric: PlannedAlarm['metric'];
  readonly threshold: number;
  readonly newest: readonly number[];
}

/** As a rule on the default bus delivers it … */
export function alarmFromEventBridge(alarm: RingingAlarm, at: EpochMs): unknown {
  return envelope('aws.cloudwatch', 'CloudWatch Alarm State Change', at, [arnOf(alarm)], alarmData(alarm, at));
}

/** … and as CloudWatch delivers it to a function that is the alarm's action. */
export function alarmAsAction(alarm: RingingAlarm, at: EpochMs): unknown {
  return {
    source: 'aws.cloudwatch',
    alarmArn: arnOf(alarm),
    accountId: ACCOUNT,
    time: stamp(at),
    region: REGION,
    alarmData: alarmData(alarm, at),
  };
}

function arnOf({ name }: RingingAlarm): string {
  return `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
}

function alarmData({ name, description, metric, threshold, newest }: RingingAlarm, at: EpochMs): unknown {
  const { namespace, metric: metricName, dimensions, statistic, periodSeconds } = metric;
  const reasonData = {
    version: '1.0',
    queryDate: stamp(at),
    startDate: stamp(at - newest.length * MINUTE * 1000),
    statistic,
    period: periodSeconds,
    recentDatapoints: newest,
    threshold,
  };
  return {
    alarmName: name,
    configuration: {
      description,
      metrics: [
        {
          id: '30b6c6b2-a864-43a2-4877-c09a1afc3b87',
          metricStat: { metric: { dimensions, name: metricName, namespace }, period: periodSeconds, stat: statistic },
          returnData: true,
        },
      ],
    },
    previousState: { value: 'OK', reason: 'Threshold Crossed', timestamp: stamp(at - 30 * MINUTE * 1000) },
    state: {
      value: 'ALARM',
      reason: `Threshold Crossed: ${newest.length} out of the last ${newest.length} datapoints were greater than the threshold (${threshold})`,
      reasonData: JSON.stringify(reasonData),
      timestamp: stamp(at),
    },
  };
}

/** CloudWatch writes the zone as an offset without a colon. */
function stamp(at: EpochMs): string {
  return isoInstant(at).replace('Z', '+0000');
}
