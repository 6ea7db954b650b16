import type { ServicePolicy } from '../config/policy.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import { dailySpan, hourlySpan, requestsQuery, serviceMetricQuery } from './metric-queries.ts';

/** How long the two windows are: hours for what is pressed now, days for what was calm. */
export interface TaskSizeWindows {
  readonly hours: number;
  readonly days: number;
}

/** Everything that the lever reads of one service, by the name under which the snapshot has it. */
export function taskSizeQueries(
  service: ServicePolicy,
  { hours, days }: TaskSizeWindows,
): Readonly<Record<string, MetricQuery>> {
  const of = (metric: string): string => taskMetric(service, metric);
  const requests = requestsQuery(service, 0);
  return {
    [of('cpu')]: serviceMetricQuery(service, 'CPUUtilization', hourlySpan(hours, 'Average')),
    [of('samples')]: serviceMetricQuery(service, 'CPUUtilization', hourlySpan(hours, 'SampleCount')),
    [of('memory')]: serviceMetricQuery(service, 'MemoryUtilization', hourlySpan(hours, 'Average')),
    // One task that starts takes all of its CPU for a minute: that is no need of the service.
    [of('cpu-daily')]: serviceMetricQuery(service, 'CPUUtilization', dailySpan(days, 'p99')),
    [of('memory-daily')]: serviceMetricQuery(service, 'MemoryUtilization', dailySpan(days, 'Maximum')),
    ...(requests === null || !countsRequests(service)
      ? {}
      : {
          [of('requests')]: { ...requests, ...hourlySpan(hours, 'Sum') },
          [of('response-time')]: { ...requests, metric: 'TargetResponseTime', ...hourlySpan(hours, 'p99') },
        }),
  };
}

export function taskMetric({ name }: Pick<ServicePolicy, 'name'>, metric: string): string {
  return `tasks/${name}/${metric}`;
}

/** Whether requests are counted: by a target group, behind an Application Load Balancer. */
export function countsRequests({ targetGroup, loadBalancer }: ServicePolicy): boolean {
  return targetGroup !== undefined && loadBalancer?.startsWith('app/') === true;
}
