import type { Seconds } from './units.ts';

/** One metric over one window. Equal queries of several levers are asked once. */
export interface MetricQuery {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount' | 'p99';
  readonly periodSeconds: Seconds;
  /** How far back the window reaches. */
  readonly windowSeconds: Seconds;
}

/** The same for equal queries, whatever the order of their dimensions. */
export function metricKey(query: MetricQuery): string {
  const dimensions = Object.entries(query.dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    query.namespace,
    query.metric,
    dimensions,
    query.statistic,
    query.periodSeconds,
    query.windowSeconds,
  ]);
}
