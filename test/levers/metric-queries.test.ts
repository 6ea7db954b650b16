import { describe, expect, it } from '@jest/globals';
import {
  cpuQuery,
  databaseConnectionsQuery,
  databaseCpuQuery,
  isDue,
  runningTasksQuery,
} from '../../shared/levers/metric-queries.ts';
import { A_DATABASE, aFleetPolicy, aService } from '../support/builders/policy.ts';
import { at } from '../support/builders/time.ts';

const service = aService({ service: 'core-api-blue' });

describe('the metrics of AWS that levers read', () => {
  it('CPU of a service: ten minutes and five of slack for late points', () => {
    expect(cpuQuery(service, 10)).toEqual({
      namespace: 'AWS/ECS',
      metric: 'CPUUtilization',
      dimensions: { ClusterName: 'production', ServiceName: 'core-api-blue' },
      statistic: 'Average',
      periodSeconds: 60,
      windowSeconds: 900,
    });
  });

  it('running tasks: how many tasks reported their CPU', () => {
    expect(runningTasksQuery(service, 7)).toEqual({
      namespace: 'AWS/ECS',
      metric: 'CPUUtilization',
      dimensions: { ClusterName: 'production', ServiceName: 'core-api-blue' },
      statistic: 'SampleCount',
      periodSeconds: 60,
      windowSeconds: 604_800,
    });
  });

  // prettier-ignore
  it.each([
    { kind: 'rds-instance',   dimensions: { DBInstanceIdentifier: 'production' } },
    { kind: 'aurora-cluster', dimensions: { DBClusterIdentifier: 'production', Role: 'WRITER' } },
  ] as const)('CPU and connections of an $kind', ({ kind, dimensions }) => {
    const database = aFleetPolicy({ database: { ...A_DATABASE, kind } }).database!;
    const common = { namespace: 'AWS/RDS', dimensions, statistic: 'Average', periodSeconds: 60, windowSeconds: 600 };
    expect(databaseCpuQuery(database)).toEqual({ ...common, metric: 'CPUUtilization' });
    expect(databaseConnectionsQuery(database)).toEqual({ ...common, metric: 'DatabaseConnections' });
  });
});

describe('a slow metric is due in one minute of the hour', () => {
  // prettier-ignore
  it.each([
    { now: '11:59:59', due: false },
    { now: '12:00:00', due: true },
    { now: '12:00:59', due: true },
    { now: '12:01:00', due: false },
  ])('at $now: $due', ({ now, due }) => {
    expect(isDue(at(now), 3600)).toBe(due);
  });
});
