import type { ServicePolicy } from '../config/policy.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import { dailySpan, hourlySpan, requestsQuery, serviceMetricQuery } from './metric-queries.ts';

/** How long the two windows are: hours for what is pressed now, days for what was calm. */
export interface TaskSizeWindows {
  readonly hours: number;
  readonly days: number;
}

const HOURS_OF_A_DAY = 24;

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
    // The highest minute of a day is a task that starts, and ECS has no percentiles: the busiest hour is what a day needs.
    [of('cpu-of-days')]: serviceMetricQuery(
      service,
      'CPUUtilization',
      hourlySpan((days + 1) * HOURS_OF_A_DAY, 'Average'),
    ),
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
