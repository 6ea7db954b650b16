import type { DatabasePolicy, ServicePolicy } from '../config/policy.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import { DAY, MINUTE, type Seconds } from '../domain/units.ts';

/**
 * The metrics of AWS that levers read. Each builder is the only place that knows its names, so that equal wishes of
 * several levers are equal queries and cost once.
 */

/** ECS publishes a point a minute, one to two minutes late: the window has room for that. */
const FAST_WINDOW_SLACK_MINUTES = 5;

function serviceDimensions(service: ServicePolicy): Readonly<Record<string, string>> {
  return { ClusterName: service.cluster, ServiceName: service.service };
}

/** Average CPU of a service in percent, minute by minute. */
export function cpuQuery(service: ServicePolicy, minutes: number): MetricQuery {
  return {
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: serviceDimensions(service),
    statistic: 'Average',
    periodSeconds: MINUTE,
    windowSeconds: (minutes + FAST_WINDOW_SLACK_MINUTES) * MINUTE,
  };
}

/**
 * Running tasks, minute by minute: each Fargate task reports its CPU once a minute, so the sample count of the CPU metric
 * is the number of running tasks (Amazon ECS developer guide, “Service RUNNING task count”).
 */
export function runningTasksQuery(service: ServicePolicy, days: number): MetricQuery {
  return {
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: serviceDimensions(service),
    statistic: 'SampleCount',
    periodSeconds: MINUTE,
    windowSeconds: days * DAY,
  };
}

function databaseQuery(database: DatabasePolicy, metric: string, minutes: number): MetricQuery {
  return {
    namespace: 'AWS/RDS',
    metric,
    dimensions:
      database.kind === 'rds-instance'
        ? { DBInstanceIdentifier: database.identifier }
        : { DBClusterIdentifier: database.identifier, Role: 'WRITER' },
    statistic: 'Average',
    periodSeconds: MINUTE,
    windowSeconds: (minutes + FAST_WINDOW_SLACK_MINUTES) * MINUTE,
  };
}

export function databaseCpuQuery(database: DatabasePolicy): MetricQuery {
  return databaseQuery(database, 'CPUUtilization', database.sustained.of);
}

export function databaseConnectionsQuery(database: DatabasePolicy): MetricQuery {
  return databaseQuery(database, 'DatabaseConnections', database.sustained.of);
}

/** Whether a slow metric is due at this minute: asked once in so many seconds, whatever woke us. */
export function isDue(now: number, everySeconds: Seconds): boolean {
  return Math.floor(now / 1000 / MINUTE) % (everySeconds / MINUTE) === 0;
}
