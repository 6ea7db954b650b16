import { poolDemands } from '../capacity/pool-demand.ts';
import { throughputIn, together } from '../capacity/pooler-throughput.ts';
import type { ObservedPooler, PoolerSample, PoolerSnapshot } from '../domain/pooler.ts';
import type { Tasks } from '../domain/units.ts';
import type { POOLER_PEAK_METRIC, POOLER_WAITING_METRIC, POOLERS_UNSEEN_METRIC } from '../levers/metric-queries.ts';

/** Numbers of a probe for CloudWatch, over all PgBouncers of a fleet. */
export type PoolerMetric =
  /** Most server connections of one pool that were in use at once. */
  | typeof POOLER_PEAK_METRIC
  /** Clients that wait for a server connection, in the mean of the looks. */
  | typeof POOLER_WAITING_METRIC
  /** Of the client at the head of a queue. */
  | 'LongestWaitSeconds'
  /** Mean wait of a transaction for its server connection. */
  | 'MeanWaitMillis'
  /** `default_pool_size`, the largest. */
  | 'PoolSize'
  | 'ClientConnections'
  | typeof POOLERS_UNSEEN_METRIC;

export interface PoolerMeasurement {
  readonly metric: PoolerMetric;
  readonly value: number;
}

/**
 * What a probe has measured. Where one PgBouncer could not be seen nothing is said of load and sizes: half a picture would
 * pass for a calm hour.
 *
 * @param tasks PgBouncer tasks as configured: unseen where nobody says which run, and where none does that can be asked.
 */
export function measurePoolers(
  { instances }: Pick<PoolerSnapshot, 'instances'>,
  tasks: Tasks,
): readonly PoolerMeasurement[] {
  if (instances.kind === 'unseen' || instances.value.length === 0) return [{ metric: 'PoolersUnseen', value: tasks }];
  const looks = instances.value.map(samplesOf);
  const unseen = looks.filter((samples) => samples.length === 0).length;
  const health: PoolerMeasurement = { metric: 'PoolersUnseen', value: unseen };
  if (unseen > 0) return [health];
  const demands = instances.value.flatMap(poolDemands);
  const readings = looks.flatMap((samples) => samples.map(({ reading }) => reading));
  const newest = looks.flatMap((samples) => samples.at(-1)?.reading ?? []);
  const most = (values: readonly number[]): number => Math.max(0, ...values);
  const throughput = together(looks.flatMap((samples) => throughputIn(samples) ?? []));
  return [
    { metric: 'PoolConnectionsActive', value: most(demands.map(({ mostActive }) => mostActive)) },
    { metric: 'ClientsWaiting', value: demands.reduce((sum, { meanWaiting }) => sum + meanWaiting, 0) },
    {
      metric: 'LongestWaitSeconds',
      value: most(readings.flatMap(({ pools }) => pools.map(({ longestWaitSeconds }) => longestWaitSeconds))),
    },
    { metric: 'MeanWaitMillis', value: throughput.waitMillis },
    { metric: 'PoolSize', value: most(newest.map(({ sizes }) => sizes.defaultPoolSize)) },
    { metric: 'ClientConnections', value: newest.reduce((sum, { clientConnections }) => sum + clientConnections, 0) },
    health,
  ];
}

function samplesOf({ samples }: ObservedPooler): readonly PoolerSample[] {
  return samples.kind === 'seen' ? samples.value : [];
}
