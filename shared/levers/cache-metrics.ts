import type { MetricQuery } from '../domain/metric-query.ts';
import { mapReading, NOT_ASKED, type Reading, type Series } from '../domain/reading.ts';
import type { InfrastructureSnapshot } from '../domain/infrastructure.ts';
import { type EpochMs, HOUR, type Percent } from '../domain/units.ts';
import { alongside, asSeries, metricIn, newestPeriods } from './infrastructure-look.ts';
import { cacheEngineQuery, cacheNodeQuery, hourlySpan } from './metric-queries.ts';

/** Whole hours, oldest first, as many as the window has: of all nodes together. */
export interface CacheHours {
  /** Of the fullest node. */
  readonly memoryPercents: Reading<Series>;
  /** Highest over the primaries; over the replicas. */
  readonly primaryCpuPercents: Reading<Series>;
  readonly replicaCpuPercents: Reading<Series>;
  readonly evictions: Reading<readonly number[]>;
  /** Shares over the whole window; `null` where nothing was asked of the cache. */
  readonly hitPercent: Reading<Percent | null>;
  readonly readPercent: Reading<Percent | null>;
}

/** What is read of each node. Sums are sparse: an hour without any has no point. */
const NODE_METRICS = {
  memory: { metric: 'DatabaseMemoryUsagePercentage', statistic: 'Maximum' },
  evictions: { metric: 'Evictions', statistic: 'Sum' },
  hits: { metric: 'CacheHits', statistic: 'Sum' },
  misses: { metric: 'CacheMisses', statistic: 'Sum' },
  reads: { metric: 'GetTypeCmds', statistic: 'Sum' },
  writes: { metric: 'SetTypeCmds', statistic: 'Sum' },
} as const satisfies Record<string, Pick<MetricQuery, 'metric' | 'statistic'>>;

type NodeMetric = keyof typeof NODE_METRICS;

/** Everything that the lever reads of a replication group, by the name under which the snapshot has it. */
export function cacheQueries(
  replicationGroup: string,
  nodes: readonly string[],
  hours: number,
): readonly (readonly [string, MetricQuery])[] {
  return [
    ['cache/primary-cpu', cacheEngineQuery(replicationGroup, 'Primary', hourlySpan(hours, 'Maximum'))],
    ['cache/replica-cpu', cacheEngineQuery(replicationGroup, 'Replica', hourlySpan(hours, 'Maximum'))],
    ...nodes.flatMap((node) =>
      Object.entries(NODE_METRICS).map(
        ([name, { metric, statistic }]) =>
          [`cache/${node}/${name}`, cacheNodeQuery(node, metric, hourlySpan(hours, statistic))] as const,
      ),
    ),
  ];
}

export function cacheHours(
  infrastructure: InfrastructureSnapshot,
  { nodes, replicas }: { readonly nodes: readonly string[]; readonly replicas: number },
  hours: number,
  now: EpochMs,
): CacheHours {
  const newestHours = (series: Reading<Series>) => newestPeriods(series, hours, now);
  const ofNodes = (metric: NodeMetric) => nodes.map((node) => metricIn(infrastructure, `cache/${node}/${metric}`));
  const memoryPercents = joined(ofNodes('memory').map(newestHours), (values) => Math.max(...values));
  const sums = (metric: NodeMetric): Reading<readonly number[]> =>
    joined(
      ofNodes(metric).map((series) => alongside(series, memoryPercents)),
      (values) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    );
  return {
    memoryPercents: asSeries(memoryPercents, HOUR),
    primaryCpuPercents: asSeries(newestHours(metricIn(infrastructure, 'cache/primary-cpu')), HOUR),
    // Without replicas there is nothing to see, and nothing missing.
    replicaCpuPercents: asSeries(
      replicas === 0
        ? mapReading(memoryPercents, (all) => all.map(() => 0))
        : newestHours(metricIn(infrastructure, 'cache/replica-cpu')),
      HOUR,
    ),
    evictions: sums('evictions'),
    hitPercent: share(sums('hits'), sums('misses')),
    readPercent: share(sums('reads'), sums('writes')),
  };
}

/** One value for each hour from those of the nodes; unseen as soon as one of them is. */
function joined<T>(
  readings: readonly Reading<readonly T[]>[],
  join: (values: readonly T[]) => number,
): Reading<readonly number[]> {
  const blind = readings.find((reading) => reading.kind === 'unseen');
  if (blind !== undefined) return blind;
  const lists = readings.flatMap((reading) => (reading.kind === 'seen' ? [reading] : []));
  const first = lists[0];
  if (first === undefined) return NOT_ASKED;
  const at = Math.max(...lists.map((list) => list.at));
  return {
    ...first,
    at,
    value: first.value.map((_, hour) =>
      join(
        lists.flatMap(({ value }) => {
          const found = value[hour];
          return found === undefined ? [] : [found];
        }),
      ),
    ),
  };
}

function share(part: Reading<readonly number[]>, rest: Reading<readonly number[]>): Reading<Percent | null> {
  if (part.kind === 'unseen') return part;
  if (rest.kind === 'unseen') return rest;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const all = sum(part.value) + sum(rest.value);
  return { ...part, value: all > 0 ? (100 * sum(part.value)) / all : null };
}
