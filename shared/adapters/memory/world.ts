import {
  resourceIdOf,
  type ScalableTargetId,
  type ScalingSetup,
  type ScheduledCapacity,
} from '../../domain/capacity.ts';
import type { MetricQuery } from '../../domain/metric-query.ts';
import type { Series } from '../../domain/reading.ts';
import type { ServiceFacts } from '../../domain/snapshot.ts';
import type { EpochMs, Tasks } from '../../domain/units.ts';

/** A metric as the world has it: a query without its window. */
export type MetricName = Omit<MetricQuery, 'windowSeconds'>;

/** What AWS would know of one service. `null`: there is no ECS service, or no scalable target. */
export interface WorldService {
  readonly facts: ServiceFacts | null;
  readonly scaling: ScalingSetup | null;
  readonly scheduled: readonly ScheduledCapacity[];
  readonly othersScheduled: number;
  readonly wantedMoreThanMaxAt: EpochMs | null;
}

const NOTHING: WorldService = {
  facts: null,
  scaling: null,
  scheduled: [],
  othersScheduled: 0,
  wantedMoreThanMaxAt: null,
};

/** The world of one region in memory. Tests set it, the adapters beside this file read and change it. */
export class MemoryWorld {
  readonly #services = new Map<string, WorldService>();
  readonly #series = new Map<string, Series>();

  service(target: ScalableTargetId): WorldService {
    return this.#services.get(resourceIdOf(target)) ?? NOTHING;
  }

  /** Changes what is named and leaves the rest. */
  put(target: ScalableTargetId, change: Partial<WorldService>): void {
    this.#services.set(resourceIdOf(target), { ...this.service(target), ...change });
  }

  /** An ECS service that runs as many tasks as it wants, not registered for scaling. */
  addService(target: ScalableTargetId, desired: Tasks): void {
    this.put(target, { facts: { desired, running: desired, pending: 0, deployment: 'none' } });
  }

  /** Replaces the points of a metric; they have to be sorted, oldest first. */
  putSeries(metric: MetricName, points: Series['points']): void {
    this.#series.set(keyOf(metric), { periodSeconds: metric.periodSeconds, points });
  }

  series(metric: MetricName): Series | null {
    return this.#series.get(keyOf(metric)) ?? null;
  }
}

function keyOf({ namespace, metric, dimensions, statistic, periodSeconds }: MetricName): string {
  const sorted: readonly (readonly [string, string])[] = Object.entries(dimensions).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return JSON.stringify([namespace, metric, sorted, statistic, periodSeconds]);
}
