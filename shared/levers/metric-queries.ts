import type { DatabasePolicy, FleetPolicy, ServicePolicy } from '../config/policy.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import { DAY, HOUR, MINUTE, type Seconds } from '../domain/units.ts';

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

/** Requests to a service in each minute; `null` where it names no target group to count them by. */
export function requestsQuery({ targetGroup, loadBalancer }: ServicePolicy, minutes: number): MetricQuery | null {
  if (targetGroup === undefined || loadBalancer === undefined) return null;
  return {
    namespace: 'AWS/ApplicationELB',
    metric: 'RequestCount',
    dimensions: { TargetGroup: targetGroup, LoadBalancer: loadBalancer },
    statistic: 'Sum',
    periodSeconds: MINUTE,
    windowSeconds: (minutes + FAST_WINDOW_SLACK_MINUTES) * MINUTE,
  };
}

/**
 * Answers 5xx of the tasks of a service in each minute; a minute without any has no point (Elastic Load Balancing, “CloudWatch
 * metrics for your Application Load Balancer”). `null` where no Application Load Balancer is configured for the service.
 */
export function serverErrorsQuery(service: ServicePolicy, minutes: number): MetricQuery | null {
  const requests = service.loadBalancer?.startsWith('app/') === true ? requestsQuery(service, minutes) : null;
  return requests === null ? null : { ...requests, metric: 'HTTPCode_Target_5XX_Count' };
}

/** The two that make tasks' worth of CPU: its average, and its samples, of which each task sends one a minute. */
export function busyCpuQuery(service: ServicePolicy, minutes: number): MetricQuery {
  return cpuQuery(service, minutes);
}

export function busyTasksQuery(service: ServicePolicy, minutes: number): MetricQuery {
  return { ...cpuQuery(service, minutes), statistic: 'SampleCount' };
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

/** Requests over a longer time; `null` where no Application Load Balancer is configured for the service. */
export function requestHistoryQuery(
  { targetGroup, loadBalancer }: ServicePolicy,
  periodSeconds: Seconds,
  windowSeconds: Seconds,
): MetricQuery | null {
  // A Network Load Balancer counts flows, not requests.
  if (targetGroup === undefined || loadBalancer?.startsWith('app/') !== true) return null;
  return {
    namespace: 'AWS/ApplicationELB',
    metric: 'RequestCount',
    dimensions: { TargetGroup: targetGroup, LoadBalancer: loadBalancer },
    statistic: 'Sum',
    periodSeconds,
    windowSeconds,
  };
}

/**
 * CPU of a service over a longer time: `Average` in percent, or `SampleCount`, which is the running tasks times the samples
 * that each sends in a period.
 */
export function cpuHistoryQuery(
  service: ServicePolicy,
  statistic: 'Average' | 'SampleCount',
  periodSeconds: Seconds,
  windowSeconds: Seconds,
): MetricQuery {
  return {
    namespace: 'AWS/ECS',
    metric: 'CPUUtilization',
    dimensions: serviceDimensions(service),
    statistic,
    periodSeconds,
    windowSeconds,
  };
}

/** Over which window, in which steps, and what of each step. */
export interface MetricSpan {
  readonly statistic: MetricQuery['statistic'];
  readonly periodSeconds: Seconds;
  readonly windowSeconds: Seconds;
}

/** Whole days (UTC): one more than so many, for today is not over. */
export function dailySpan(days: number, statistic: MetricQuery['statistic']): MetricSpan {
  return { statistic, periodSeconds: DAY, windowSeconds: (days + 1) * DAY };
}

/** Whole hours, with room for the one that is not over and for late points. */
export function hourlySpan(hours: number, statistic: MetricQuery['statistic']): MetricSpan {
  return { statistic, periodSeconds: HOUR, windowSeconds: (hours + 2) * HOUR };
}

/** The newest minutes, with room for late points. */
export function minutesSpan(minutes: number, statistic: MetricQuery['statistic']): MetricSpan {
  return { statistic, periodSeconds: MINUTE, windowSeconds: (minutes + FAST_WINDOW_SLACK_MINUTES) * MINUTE };
}

/** Any metric of an ECS service. */
export function serviceMetricQuery(service: ServicePolicy, metric: string, span: MetricSpan): MetricQuery {
  return { namespace: 'AWS/ECS', metric, dimensions: serviceDimensions(service), ...span };
}

/**
 * A metric of a HorizontalPodAutoscaler as kube-state-metrics names it, with the labels that the CloudWatch agent makes
 * dimensions of; targets and their status have one series for each metric of the autoscaler.
 */
export function autoscalerQuery(
  { cluster, namespace, name, metricNamespace }: FleetPolicy['podAutoscalers'][number],
  metric: 'spec_max_replicas' | 'status_desired_replicas' | 'spec_target_metric' | 'status_target_metric',
  minutes: number,
  ofMetric?: 'cpu' | 'memory',
): MetricQuery {
  return {
    namespace: metricNamespace,
    metric: `kube_horizontalpodautoscaler_${metric}`,
    dimensions: {
      ClusterName: cluster,
      namespace,
      horizontalpodautoscaler: name,
      ...(ofMetric === undefined ? {} : { metric_name: ofMetric, metric_target_type: 'utilization' }),
    },
    ...minutesSpan(minutes, 'Average'),
  };
}

/** Any metric of an ElastiCache node. */
export function cacheNodeQuery(node: string, metric: string, span: MetricSpan): MetricQuery {
  return { namespace: 'AWS/ElastiCache', metric, dimensions: { CacheClusterId: node }, ...span };
}

/** CPU of the engine, over all primaries or all replicas of a replication group. */
export function cacheEngineQuery(replicationGroup: string, role: 'Primary' | 'Replica', span: MetricSpan): MetricQuery {
  return {
    namespace: 'AWS/ElastiCache',
    metric: 'EngineCPUUtilization',
    dimensions: { ReplicationGroupId: replicationGroup, Role: role },
    ...span,
  };
}

/** Any metric of RDS: of the instance, or of the writer of an Aurora cluster. */
export function databaseMetricQuery(database: DatabasePolicy, metric: string, span: MetricSpan): MetricQuery {
  return { ...databaseQuery(database, metric, 0), ...span };
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

/** Under which Fulcrum publishes what it measures itself. */
export const OWN_NAMESPACE = 'Fulcrum';
/** Most server connections of one pool that were in use at once, as the probe publishes it. */
export const POOLER_PEAK_METRIC = 'PoolConnectionsActive';
/** Clients that wait for a server connection, as the probe publishes it. */
export const POOLER_WAITING_METRIC = 'ClientsWaiting';
/** PgBouncers that the probe could not see. */
export const POOLERS_UNSEEN_METRIC = 'PoolersUnseen';

/** The highest of each hour. */
export function poolerPeakQuery(fleet: string, hours: number): MetricQuery {
  return {
    namespace: OWN_NAMESPACE,
    metric: POOLER_PEAK_METRIC,
    dimensions: { fleet },
    statistic: 'Maximum',
    periodSeconds: HOUR,
    windowSeconds: (hours + 1) * HOUR,
  };
}

/** Whether a slow metric is due at this minute: asked once in so many seconds, whatever woke us. */
export function isDue(now: number, everySeconds: Seconds): boolean {
  return Math.floor(now / 1000 / MINUTE) % (everySeconds / MINUTE) === 0;
}
