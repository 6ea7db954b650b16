import {
  type CapacityBounds,
  type NamedTargetTracking,
  NOTHING_SUSPENDED,
  type ScalableTargetId,
  type ScalingSetup,
  type ScheduledCapacity,
  type SuspendedScaling,
} from '../../shared/domain/capacity.ts';
import { SCHEDULED_ACTION_PREFIX } from '../../shared/domain/change.ts';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { FailureReason } from '../../shared/domain/reason.ts';
import type { ScheduledSetup, ServiceFacts } from '../../shared/domain/snapshot.ts';
import { type EpochMs, MINUTE } from '../../shared/domain/units.ts';
import { OWN_NAMESPACE } from '../../shared/levers/metric-queries.ts';
import type { CapacityReader, CapacityWriter, MetricReader } from '../../shared/ports.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import type { ServiceStep, SimulatedService } from '../plant/simulated-service.ts';
import { databaseLoad, type DatabaseLoad, type DatabaseModel, type DatabaseUse } from './database-model.ts';
import { MetricHistory } from './metric-history.ts';
import { PublishedMetric } from './published-metric.ts';
import { pooledLoad, type PooledState, type SimulatedPoolers } from './simulated-poolers.ts';

export interface PlatformService {
  readonly name: string;
  readonly target: ScalableTargetId;
  readonly plant: SimulatedService;
  readonly policyName: string;
  readonly databaseUse: DatabaseUse;
  /** Where its requests are counted, as the load balancer calls it; absent where it stands behind none. */
  readonly targetGroup?: string;
}

export interface PlatformDatabase {
  readonly identifier: string;
  readonly model: DatabaseModel;
  /** In front of it; without them its pools are always large enough. */
  readonly poolers?: PlatformPoolers;
}

export interface PlatformPoolers {
  readonly fleet: SimulatedPoolers;
  readonly crowdingCost: number;
  readonly slowSpells: readonly SlowSpell[];
}

/** While something holds locks, transactions hold their connections longer, and need no more of the processors. */
export interface SlowSpell {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** How much longer in its middle, to which it rises evenly, and from which it falls; 2: twice as long. */
  readonly holdFactor: number;
}

export interface PlatformStep {
  readonly at: EpochMs;
  readonly services: ReadonlyMap<string, ServiceStep>;
  readonly database: DatabaseLoad | null;
  /** Where poolers are simulated. */
  readonly pooler: PooledState | null;
}

interface Inhabitant extends PlatformService {
  policyName: string;
  readonly cpu: MetricHistory;
  readonly tasks: MetricHistory;
  readonly requests: MetricHistory;
}

/** How often each port was used: the simulated bill. */
export interface CallCounts {
  readonly metricsAsked: number;
  readonly reads: number;
  readonly writes: number;
}

/** Datapoints above target after which AWS reports that it would go beyond the ceiling. */
const REPORTED_AFTER_MINUTES = 3;

/**
 * ECS, Application Auto Scaling and CloudWatch over simulated services, behind the ports of production: what runs against
 * AWS runs against this, unchanged.
 */
export class SimulatedPlatform implements CapacityReader, CapacityWriter, MetricReader {
  readonly #services: ReadonlyMap<string, Inhabitant>;
  readonly #database: PlatformDatabase | null;
  readonly #databaseCpu: MetricHistory;
  readonly #databaseConnections: MetricHistory;
  /** Metrics of our own, by name and fleet. */
  readonly #published = new Map<string, PublishedMetric>();
  #now: EpochMs;
  #metricsAsked = 0;
  #reads = 0;
  #writes = 0;

  constructor(startsAt: EpochMs, services: readonly PlatformService[], database: PlatformDatabase | null) {
    this.#now = startsAt;
    this.#services = new Map(
      services.map((service) => [
        keyOf(service.target),
        {
          ...service,
          cpu: new MetricHistory(startsAt),
          tasks: new MetricHistory(startsAt),
          requests: new MetricHistory(startsAt),
        },
      ]),
    );
    this.#database = database;
    this.#databaseCpu = new MetricHistory(startsAt);
    this.#databaseConnections = new MetricHistory(startsAt);
  }

  get now(): EpochMs {
    return this.#now;
  }

  get calls(): CallCounts {
    return { metricsAsked: this.#metricsAsked, reads: this.#reads, writes: this.#writes };
  }

  /** Lets 20 seconds pass. @param loadOf requests a second of a service, by its name. */
  step(loadOf: (service: string) => LoadPerSecond): PlatformStep {
    const at = this.#now;
    const steps = new Map<string, ServiceStep>();
    for (const { name, plant, cpu, tasks, requests } of this.#services.values()) {
      const step = plant.step(loadOf(name));
      cpu.add(step.cpu * 100);
      tasks.add(step.ready);
      requests.add(step.load * MINUTE);
      steps.set(name, step);
      this.#now = plant.now;
    }
    const pooler = this.#stepPoolers(steps);
    return { at, services: steps, database: pooler ?? this.#stepDatabase(steps), pooler };
  }

  #stepPoolers(steps: ReadonlyMap<string, ServiceStep>): PooledState | null {
    const { poolers, model } = this.#database ?? {};
    if (poolers === undefined || model === undefined) return null;
    const now = this.#now;
    const holdFactor = Math.max(1, ...poolers.slowSpells.map((spell) => holdFactorAt(spell, now)));
    const served = this.#letThrough(steps).map(({ use, ...rest }) => ({
      ...rest,
      use: { ...use, connectionMillisPerRequest: use.connectionMillisPerRequest * holdFactor },
    }));
    poolers.fleet.receive(pooledLoad(model.vcpus, poolers.crowdingCost, served));
    const state = poolers.fleet.advanceTo(this.#now);
    this.#databaseCpu.add(state.cpuPercent);
    this.#databaseConnections.add(state.connections);
    return state;
  }

  #stepDatabase(steps: ReadonlyMap<string, ServiceStep>): DatabaseLoad | null {
    if (this.#database === null) return null;
    const load = databaseLoad(this.#database.model, this.#letThrough(steps));
    this.#databaseCpu.add(load.cpuPercent);
    this.#databaseConnections.add(load.connections);
    return load;
  }

  #letThrough(steps: ReadonlyMap<string, ServiceStep>) {
    return [...this.#services.values()].flatMap(({ name, databaseUse }) => {
      const step = steps.get(name);
      return step === undefined ? [] : [{ load: step.load - step.lost, tasks: step.ready, use: databaseUse }];
    });
  }

  /** `null`: none are simulated. */
  get poolers(): SimulatedPoolers | null {
    return this.#database?.poolers?.fleet ?? null;
  }

  /** The hand of somebody who works past us. */
  suspendByHand(target: ScalableTargetId, suspended: SuspendedScaling): void {
    this.#services.get(keyOf(target))?.plant.setSuspended(suspended);
  }

  /** What a function has measured itself. */
  publish({ metric, fleet, value }: { readonly metric: string; readonly fleet: string; readonly value: number }): void {
    const key = publishedKey(metric, fleet);
    const published = this.#published.get(key) ?? new PublishedMetric();
    this.#published.set(key, published);
    published.put(this.#now, value);
  }

  /** What alarms see of a metric: its newest minutes, oldest first. */
  newestOf(
    metric: Pick<MetricQuery, 'namespace' | 'metric' | 'dimensions' | 'statistic'>,
    minutes: number,
  ): readonly number[] {
    return this.#historyOf(metric)?.newest(minutes, this.#now) ?? [];
  }

  readServices(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ServiceFacts>[]> {
    return this.#each(targets, ({ plant }) => ({
      desired: plant.wanted,
      running: plant.ready,
      pending: plant.wanted - plant.ready,
      deployment: 'none' as const,
    }));
  }

  readScaling(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScalingSetup | null>[]> {
    return this.#each(targets, ({ plant, policyName }) => ({
      bounds: plant.bounds,
      suspended: plant.suspended,
      targetTracking: plant.targetTracking === null ? [] : [{ name: policyName, ...plant.targetTracking }],
      otherPolicies: [],
    }));
  }

  readScheduled(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScheduledSetup>[]> {
    return this.#each(targets, ({ plant }) => {
      const ours = plant.scheduledActions.filter(({ name }) => name.startsWith(SCHEDULED_ACTION_PREFIX));
      return { ours, othersCount: plant.scheduledActions.length - ours.length };
    });
  }

  readWantedMoreThanMax(target: ScalableTargetId, _since: EpochMs): Promise<Reading<EpochMs | null>> {
    this.#reads += 1;
    const service = this.#services.get(keyOf(target));
    if (service === undefined) return Promise.resolve(missing(target));
    const { plant, cpu } = service;
    const newest = cpu.newest(REPORTED_AFTER_MINUTES, this.#now);
    const targetPercent = plant.targetTracking?.cpuPercent ?? Infinity;
    const wantsMore =
      plant.wanted >= plant.bounds.max &&
      newest.length === REPORTED_AFTER_MINUTES &&
      newest.every((percent) => percent > targetPercent);
    return Promise.resolve(seen(wantsMore ? this.#now : null, this.#now));
  }

  read(queries: readonly MetricQuery[], now: EpochMs): Promise<readonly Reading<Series>[]> {
    this.#metricsAsked += queries.length;
    return Promise.resolve(
      queries.map(
        (query) =>
          this.#ownMetric(query)?.readHighest(query, now) ??
          this.#historyOf(query)?.read(query, now) ??
          unseen({ code: 'no-data' }),
      ),
    );
  }

  #ownMetric({ namespace, metric, dimensions, statistic }: MetricQuery): PublishedMetric | undefined {
    if (namespace !== OWN_NAMESPACE || statistic !== 'Maximum') return undefined;
    return this.#published.get(publishedKey(metric, dimensions['fleet'] ?? ''));
  }

  #historyOf({
    namespace,
    metric,
    dimensions,
    statistic,
  }: Pick<MetricQuery, 'namespace' | 'metric' | 'dimensions' | 'statistic'>): MetricHistory | null {
    if (namespace === 'AWS/ECS' && metric === 'CPUUtilization') {
      const { ClusterName: cluster = '', ServiceName: service = '' } = dimensions;
      const found = this.#services.get(keyOf({ cluster, service }));
      return (statistic === 'SampleCount' ? found?.tasks : found?.cpu) ?? null;
    }
    if (namespace === 'AWS/ApplicationELB' && metric === 'RequestCount') return this.#requestsOf(dimensions);
    const isDatabase = namespace === 'AWS/RDS' && dimensions['DBInstanceIdentifier'] === this.#database?.identifier;
    return isDatabase ? this.#databaseMetric(metric) : null;
  }

  #databaseMetric(metric: string): MetricHistory | null {
    if (metric === 'CPUUtilization') return this.#databaseCpu;
    return metric === 'DatabaseConnections' ? this.#databaseConnections : null;
  }

  #requestsOf({ TargetGroup: targetGroup }: MetricQuery['dimensions']): MetricHistory | null {
    if (targetGroup === undefined) return null;
    return [...this.#services.values()].find((service) => service.targetGroup === targetGroup)?.requests ?? null;
  }

  registerTarget(target: ScalableTargetId, bounds: CapacityBounds): Promise<FailureReason | null> {
    return this.setBounds(target, bounds);
  }

  setBounds(target: ScalableTargetId, bounds: CapacityBounds): Promise<FailureReason | null> {
    const { min, max } = bounds;
    if (min > max || min < 0) return Promise.resolve({ code: 'rejected', detail: `not bounds: ${min}–${max}` });
    return this.#change(target, ({ plant }) => {
      plant.setBounds(bounds);
    });
  }

  resumeScaling(target: ScalableTargetId): Promise<FailureReason | null> {
    return this.#change(target, ({ plant }) => {
      plant.setSuspended(NOTHING_SUSPENDED);
    });
  }

  putTargetTracking(target: ScalableTargetId, policy: NamedTargetTracking): Promise<FailureReason | null> {
    const { name, ...targetTracking } = policy;
    return this.#change(target, (service) => {
      service.policyName = name;
      service.plant.setTargetTracking(targetTracking);
    });
  }

  putScheduled(target: ScalableTargetId, action: ScheduledCapacity): Promise<FailureReason | null> {
    return this.#change(target, ({ plant }) => {
      plant.putScheduledAction(action);
    });
  }

  deleteScheduled(target: ScalableTargetId, name: string): Promise<FailureReason | null> {
    return this.#change(target, ({ plant }) => {
      plant.deleteScheduledAction(name);
    });
  }

  #each<T>(targets: readonly ScalableTargetId[], look: (service: Inhabitant) => T): Promise<readonly Reading<T>[]> {
    this.#reads += 1;
    return Promise.resolve(
      targets.map((target) => {
        const service = this.#services.get(keyOf(target));
        return service === undefined ? missing(target) : seen(look(service), this.#now);
      }),
    );
  }

  #change(target: ScalableTargetId, effect: (service: Inhabitant) => void): Promise<FailureReason | null> {
    this.#writes += 1;
    const service = this.#services.get(keyOf(target));
    if (service === undefined) return Promise.resolve({ code: 'not-found', detail: `no service ${keyOf(target)}` });
    effect(service);
    return Promise.resolve(null);
  }
}

function holdFactorAt({ from, to, holdFactor }: SlowSpell, at: EpochMs): number {
  const share = Math.max(0, Math.min(at - from, to - at)) / ((to - from) / 2);
  return 1 + (holdFactor - 1) * share;
}

function publishedKey(metric: string, fleet: string): string {
  return `${metric}/${fleet}`;
}

function keyOf({ cluster, service }: ScalableTargetId): string {
  return `${cluster}/${service}`;
}

function missing(target: ScalableTargetId): ReturnType<typeof unseen> {
  return unseen({ code: 'unreadable', detail: `there is no service ${keyOf(target)}` });
}
