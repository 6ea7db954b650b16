import type { FleetPolicy, Policy } from '../config/policy.ts';
import { MINUTE } from '../domain/units.ts';
import { OWN_NAMESPACE, POOLER_WAITING_METRIC } from '../levers/metric-queries.ts';
import type { PlannedAlarm } from './alarm-plan.ts';

/** Begins the name of every alarm of a stage that wakes the probe, and of none that wakes another function. */
export function poolerAlarmPrefix(stage: string): string {
  return `fulcrum/${stage}/`;
}

/** One for each fleet whose PgBouncers are probed, on what the probe has measured: clients that wait are looked at again. */
export function poolerAlarmPlan({ fleets }: Pick<Policy, 'fleets'>, stage: string): readonly PlannedAlarm[] {
  return fleets.flatMap((fleet) => (fleet.pooler?.console === undefined ? [] : [waitingAlarm(fleet, stage)]));
}

/** The fleet that an alarm of ours wakes; `null` for an alarm of something that is gone. */
export function findPoolerAlarm(policy: Pick<Policy, 'fleets'>, stage: string, name: string): FleetPolicy | null {
  const found = poolerAlarmPlan(policy, stage).find((alarm) => alarm.name === name);
  return policy.fleets.find((fleet) => fleet.name === found?.fleet) ?? null;
}

function waitingAlarm({ name: fleet }: FleetPolicy, stage: string): PlannedAlarm {
  return {
    name: `${poolerAlarmPrefix(stage)}${fleet}/clients-waiting`,
    fleet,
    description: 'Clients wait in PgBouncer for a connection: the probe looks again',
    metric: {
      namespace: OWN_NAMESPACE,
      metric: POOLER_WAITING_METRIC,
      dimensions: { fleet },
      statistic: 'Average',
      periodSeconds: MINUTE,
    },
    threshold: 0,
    datapoints: 1,
    of: 1,
  };
}
