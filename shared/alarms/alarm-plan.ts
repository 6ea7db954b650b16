import type { FleetPolicy, Policy } from '../config/policy.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import type { Connections } from '../domain/units.ts';
import { cpuQuery, databaseConnectionsQuery, databaseCpuQuery } from '../levers/metric-queries.ts';

/** A CloudWatch alarm with the threshold of the lever that it wakes. */
export interface PlannedAlarm {
  readonly name: string;
  readonly fleet: string;
  readonly description: string;
  readonly metric: Pick<MetricQuery, 'namespace' | 'metric' | 'dimensions' | 'statistic' | 'periodSeconds'>;
  /** Breached above, not at, the threshold. */
  readonly threshold: number;
  readonly datapoints: number;
  readonly of: number;
}

/** Begins the name of every alarm of a stage: the rule on the event bus listens to it. */
export function alarmPrefix(stage: string): string {
  return `fulcrum-${stage}-`;
}

/** All alarms of a policy: for each service its CPU, for each database its CPU and connections. */
export function alarmPlan(policy: Policy, stage: string): readonly PlannedAlarm[] {
  return policy.fleets.flatMap((fleet) => alarmsOfFleet(fleet, stage));
}

/** The fleet that an alarm of ours wakes; `null` for an alarm of something that is gone. */
export function findAlarm(policy: Policy, stage: string, name: string): FleetPolicy | null {
  return policy.fleets.find((fleet) => alarmsOfFleet(fleet, stage).some((alarm) => alarm.name === name)) ?? null;
}

function alarmsOfFleet(fleet: FleetPolicy, stage: string): readonly PlannedAlarm[] {
  const named = (what: string): string => `${alarmPrefix(stage)}${fleet.name}/${what}`;
  const { sustained } = fleet.levers.ceiling;
  const ofServices = fleet.services.map((service): PlannedAlarm => {
    const { cpuPercent } = service.targetTracking;
    return {
      name: named(`service/${service.name}/cpu`),
      fleet: fleet.name,
      description: `CPU of ${service.name} above its target of ${cpuPercent} % for ${sustained.datapoints} of ${sustained.of} minutes: wakes the ceiling lever`,
      metric: cpuQuery(service, sustained.of),
      threshold: cpuPercent,
      ...sustained,
    };
  });
  return [...ofServices, ...alarmsOfDatabase(fleet, named)];
}

function alarmsOfDatabase(fleet: FleetPolicy, named: (what: string) => string): readonly PlannedAlarm[] {
  const { database } = fleet;
  if (database === undefined) return [];
  const { sustained, identifier } = database;
  const connections: Connections = Math.floor((database.maxConnections * database.connectionsHighPercent) / 100);
  return [
    {
      name: named('database/cpu'),
      fleet: fleet.name,
      description: `CPU of ${identifier} above ${database.cpuHighPercent} %: the database is the bottleneck`,
      metric: databaseCpuQuery(database),
      threshold: database.cpuHighPercent,
      ...sustained,
    },
    {
      name: named('database/connections'),
      fleet: fleet.name,
      description: `Connections of ${identifier} above ${database.connectionsHighPercent} % of ${database.maxConnections}`,
      metric: databaseConnectionsQuery(database),
      threshold: connections,
      ...sustained,
    },
  ];
}
