import { createHandler as keepPoolSizes } from '../../functions/actions/keep-pool-sizes.ts';
import { createHandler as tunePgbouncer } from '../../functions/actions/tune-pgbouncer.ts';
import { createHandler as probePgbouncer, type ProbeAnswer } from '../../functions/triggers/probe-pgbouncer.ts';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import type { Policy } from '../../shared/config/policy.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import type { Order } from '../../shared/domain/order.ts';
import { type MetricPoint, NOT_ASKED } from '../../shared/domain/reading.ts';
import { earlier, HOUR, isoInstant, MINUTE, type Percent, type Seconds } from '../../shared/domain/units.ts';
import { databaseConnectionsQuery, databaseCpuQuery, poolerPeakQuery } from '../../shared/levers/metric-queries.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Outcome } from '../../shared/workflow/carry-out-order.ts';
import type { FleetPoolers } from '../../shared/workflow/fleet-poolers.ts';
import { fleetOfPooler, poolerObserver } from '../../shared/workflow/fleet-poolers.ts';
import { databaseCpuIn, type DatabaseWatch } from '../../shared/workflow/watch-database.ts';
import { busEvent } from './scene.ts';

export interface PoolerSceneOptions {
  /** Of one fleet. */
  readonly policy: Policy;
  readonly clock: Clock;
  readonly poolers: FleetPoolers;
  readonly watchSeconds: Seconds;
  /** Percent, of every minute that is asked for. */
  readonly databaseCpu?: () => Percent;
  /** What a tuning sees of the database, where that is not what is published. */
  readonly database?: Partial<DatabaseWatch>;
}

/** Probe, tuning and what is kept of it, as deployed, over PgBouncers in memory or real ones; AWS is in memory. */
export class PoolerScene {
  readonly audit = new MemoryAuditLog();
  readonly state = new MemoryStateStore();
  readonly bus = new MemoryEventBus();
  readonly world = new MemoryWorld();
  /** Newest value of each metric that the probe has published. */
  readonly measured = new Map<string, number>();
  /** What was told as a warning. */
  readonly warnings: string[] = [];
  readonly #options: PoolerSceneOptions;
  #invocations = 0;

  constructor(options: PoolerSceneOptions) {
    this.#options = options;
  }

  /** As the schedule wakes it. What it orders lies on the bus until `deliver`. */
  probe(): Promise<ProbeAnswer> {
    const { policy, clock, poolers } = this.#options;
    this.#publish();
    const deps = {
      clock,
      capacity: new MemoryCapacityReader(this.world, clock),
      metrics: new MemoryMetricReader(this.world),
      forecasts: new MemoryForecastStore(),
      audit: this.audit,
      state: this.state,
      bus: this.bus,
      poolers: poolerObserver(policy, () => poolers),
      codeVersion: 'test',
    };
    const event = { id: isoInstant(clock.now()), 'detail-type': 'Scheduled Event' };
    return probePgbouncer(policy, 'test', deps, this.#journal())(event, this.#invocation());
  }

  /** Gives every order that lies on the bus to its action. */
  async deliver(): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const sent of this.bus.take()) {
      if (sent.kind === 'order') outcomes.push(await this.act(sent.order));
    }
    return outcomes;
  }

  act(order: Order): Promise<Outcome> {
    const { policy, clock, poolers, watchSeconds } = this.#options;
    const deps = { clock, audit: this.audit, state: this.state, codeVersion: 'test' };
    const isOurs = (pooler: Parameters<typeof fleetOfPooler>[1]): boolean => fleetOfPooler(policy, pooler) !== null;
    const handler =
      order.change.kind === 'keep-pool-sizes'
        ? keepPoolSizes(policy, deps, (pooler) => (isOurs(pooler) ? poolers.durable : null), this.#journal())
        : tunePgbouncer(
            policy,
            deps,
            (pooler) => (isOurs(pooler) ? { ...poolers.tools, watchSeconds, database: this.#database() } : null),
            this.#journal(),
          );
    return handler(busEvent(order), this.#invocation());
  }

  /** One probe, and what it orders carried out. */
  async turn(): Promise<readonly Outcome[]> {
    await this.probe();
    return this.deliver();
  }

  /** Oldest first. */
  async records(): Promise<readonly AuditRecord[]> {
    const [fleet] = this.#options.policy.fleets;
    const resource = `pooler/${fleet?.pooler?.cluster ?? ''}/${fleet?.pooler?.service ?? ''}`;
    return [...(await this.audit.byResource(resource, 1_000))].reverse();
  }

  /** `decided: tune 2 PgBouncers: …`, oldest first. */
  async story(): Promise<readonly string[]> {
    return (await this.records()).map(({ transition, sentence }) =>
      sentence.startsWith(transition) ? sentence : `${transition}: ${sentence}`,
    );
  }

  #database(): DatabaseWatch {
    const { policy, clock, database } = this.#options;
    const planned = policy.fleets[0]?.database;
    return {
      readCounters: () => Promise.resolve(NOT_ASKED),
      readCpu: databaseCpuIn(new MemoryMetricReader(this.world), planned, clock),
      cpuHighPercent: planned?.cpuHighPercent ?? 100,
      ...database,
    };
  }

  #publish(): void {
    const { policy, clock, databaseCpu = () => 30 } = this.#options;
    const [fleet] = policy.fleets;
    if (fleet?.database === undefined) return;
    const minute = Math.floor(clock.now() / (MINUTE * 1000)) * MINUTE * 1000;
    const points = (value: number): readonly MetricPoint[] =>
      Array.from({ length: 15 }, (_, index) => ({ at: earlier(minute, (15 - index) * MINUTE), value }));
    this.world.putSeries(databaseCpuQuery(fleet.database), points(databaseCpu()));
    this.world.putSeries(databaseConnectionsQuery(fleet.database), points(10));
  }

  /** So many full hours that end now, each with the same peak. */
  calmFor(hours: number, peak: number): void {
    const { policy, clock } = this.#options;
    const [fleet] = policy.fleets;
    const hour = Math.floor(clock.now() / (HOUR * 1000)) * HOUR * 1000;
    const points = Array.from({ length: hours }, (_, index) => ({
      at: earlier(hour, (hours - index) * HOUR),
      value: peak,
    }));
    this.world.putSeries(poolerPeakQuery(fleet?.name ?? '', hours), points);
  }

  #invocation() {
    this.#invocations += 1;
    return { getRemainingTimeInMillis: () => 60_000, awsRequestId: `request-${this.#invocations}` };
  }

  #journal() {
    return {
      tell: () => undefined,
      warn: (message: string, details: object) => void this.warnings.push(`${message} ${JSON.stringify(details)}`),
      count: () => undefined,
      measure: (metric: string, value: number) => void this.measured.set(metric, value),
    };
  }
}
