import { createHandler, type ForecastAnswer } from '../../functions/triggers/forecast.ts';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import type { Policy } from '../../shared/config/policy.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import type { ServiceForecast } from '../../shared/domain/service-forecast.ts';
import { type EpochMs, HOUR, instant, isoInstant } from '../../shared/domain/units.ts';
import { resourceOf } from '../../shared/levers/resources.ts';
import type { ForecastDependencies, ForecastMeasurement } from '../../shared/workflow/forecast-context.ts';
import { type Fault, Invocation } from './invocation.ts';
import { servicePolicyOf } from './policies.ts';
import { record, type RecordedMinute } from './recorded-load.ts';

interface How {
  readonly fault?: Fault;
  readonly remainingMillis?: () => number;
  readonly requestId?: string;
}

/** The forecast function over metrics in memory: the real handler and a virtual clock. */
export class ForecastScene {
  readonly policy: Policy;
  readonly clock: ManualClock;
  readonly world = new MemoryWorld();
  readonly audit = new MemoryAuditLog();
  readonly forecasts = new MemoryForecastStore();
  readonly bus = new MemoryEventBus();
  readonly measured: ForecastMeasurement[] = [];
  /** Ports that a test has put something in front of. */
  instead: Partial<ForecastDependencies> = {};
  /** The handler, from wherever a test has it. */
  createHandler = createHandler;
  /** Calls of the newest invocation. */
  calls: readonly string[] = [];

  constructor(policy: Policy, startsAt: string) {
    this.policy = policy;
    this.clock = new ManualClock(instant(startsAt));
  }

  /** What CloudWatch has of a service by now: the newest minute is a minute late. */
  recorded(service: string, days: number, minuteAt: (at: EpochMs) => RecordedMinute): void {
    const until = Math.floor(this.clock.now() / 60_000) * 60_000 - 60_000;
    record(this.world, servicePolicyOf(this.policy, service), { days, until }, minuteAt);
  }

  anHourPasses(): void {
    this.clock.advance(HOUR);
  }

  schedule(how: How = {}): Promise<ForecastAnswer> {
    return this.run({ id: isoInstant(this.clock.now()), 'detail-type': 'Scheduled Event' }, how);
  }

  run(
    event: unknown,
    { fault, remainingMillis = () => 900_000, requestId = 'request' }: How = {},
  ): Promise<ForecastAnswer> {
    const invocation = new Invocation(fault ?? null);
    this.calls = invocation.calls;
    const ports: ForecastDependencies = {
      clock: this.clock,
      metrics: new MemoryMetricReader(this.world),
      audit: this.audit,
      forecasts: this.forecasts,
      bus: this.bus,
      codeVersion: 'test',
      ...this.instead,
    };
    const watched: ForecastDependencies = {
      ...ports,
      metrics: invocation.watch('metrics', ports.metrics),
      audit: invocation.watch('audit', ports.audit),
      forecasts: invocation.watch('forecasts', ports.forecasts),
      bus: invocation.watch('bus', ports.bus),
    };
    const handler = this.createHandler(this.policy, watched, {
      tell: () => undefined,
      warn: () => undefined,
      count: () => undefined,
      measure: (metric, value, fleet) => void this.measured.push({ metric, value, fleet }),
    });
    return handler(JSON.parse(JSON.stringify(event)), {
      getRemainingTimeInMillis: remainingMillis,
      awsRequestId: requestId,
    });
  }

  async stored(service: string): Promise<ServiceForecast | null> {
    const fleet = this.policy.fleets.find(({ services }) => services.some(({ name }) => name === service));
    const [reading] = await this.forecasts.load(fleet?.name ?? '', [service]);
    return reading?.kind === 'seen' ? reading.value : null;
  }

  /** Oldest first. */
  async records(service: string): Promise<readonly AuditRecord[]> {
    const newestFirst = await this.audit.byResource(resourceOf(servicePolicyOf(this.policy, service)), 1_000);
    return [...newestFirst].reverse();
  }

  /** `10:07 forecast-trusted`, oldest first. */
  async story(service: string): Promise<readonly string[]> {
    const records = await this.records(service);
    return records.map(({ at, reasons }) => `${at.slice(11, 16)} ${reasons.map(({ code }) => code).join(', ')}`);
  }
}
