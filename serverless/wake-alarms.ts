import type { Policy } from '../shared/config/policy.ts';
import { alarmPlan, type PlannedAlarm } from '../shared/alarms/alarm-plan.ts';
import { poolerAlarmPlan } from '../shared/alarms/pooler-alarms.ts';
import { type Resource, type Resources, uniqueLogicalIdOf } from './template.ts';

/**
 * CloudFormation takes 500 resources in a stack (AWS CloudFormation quotas). The rest of this stack has about 215, and
 * every function more brings about 10.
 */
export const MOST_WAKE_ALARMS = 260;

export interface WakeAlarms {
  readonly resources: Resources;
  readonly notices: readonly string[];
}

/**
 * The alarms of the policy. They have no actions: EventBridge hears of every change of state by itself. An alarm only makes
 * the next look come sooner, so those that a stack has no room for are left out with a word.
 */
export function wakeAlarms(policy: Policy, stage: string): WakeAlarms {
  const planned = [...poolerAlarmPlan(policy, stage), ...alarmPlan(policy, stage)];
  const kept = planned.slice(0, MOST_WAKE_ALARMS);
  const leftOut = planned.length - kept.length;
  return {
    resources: Object.fromEntries(kept.map((alarm) => [`${uniqueLogicalIdOf(alarm.name)}Alarm`, alarmResource(alarm)])),
    notices:
      leftOut === 0
        ? []
        : [
            `${leftOut} of ${planned.length} alarms are left out, since a stack may have 500 resources: ` +
              'the regular look alone wakes the levers there',
          ],
  };
}

function alarmResource({ name, description, metric, threshold, datapoints, of }: PlannedAlarm): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: description,
      Namespace: metric.namespace,
      MetricName: metric.metric,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: metric.statistic,
      Period: metric.periodSeconds,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: threshold,
      EvaluationPeriods: of,
      DatapointsToAlarm: datapoints,
      TreatMissingData: 'missing',
    },
  };
}
