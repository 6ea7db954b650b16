import { createHandler as alarmHandler } from '../../functions/triggers/alarm.ts';
import { createHandler as forecastHandler } from '../../functions/triggers/forecast.ts';
import { createHandler as knownEventHandler } from '../../functions/triggers/known-event.ts';
import { createHandler as scaledToMaxHandler } from '../../functions/triggers/scaled-to-max.ts';
import { createHandler as probePgbouncer } from '../../functions/triggers/probe-pgbouncer.ts';
import { createHandler as tickHandler } from '../../functions/triggers/tick.ts';
import { createHandler as ensureTargetTracking } from '../../functions/actions/ensure-target-tracking.ts';
import { createHandler as keepPoolSizes } from '../../functions/actions/keep-pool-sizes.ts';
import { createHandler as scheduleCapacity } from '../../functions/actions/schedule-capacity.ts';
import { createHandler as setCapacityBounds } from '../../functions/actions/set-capacity-bounds.ts';
import { createHandler as tendProposal } from '../../functions/actions/tend-proposal.ts';
import { createHandler as tunePgbouncer } from '../../functions/actions/tune-pgbouncer.ts';
import type { Journal } from '../../functions/journal.ts';
import type { Handler } from '../../functions/lambda.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { alarmPlan, type PlannedAlarm } from '../../shared/alarms/alarm-plan.ts';
import type { Policy } from '../../shared/config/policy.ts';
import { resourceIdOf, type ScalableTargetId } from '../../shared/domain/capacity.ts';
import type { ChangeKind } from '../../shared/domain/change.ts';
import { type Order, ORDER_TYPES } from '../../shared/domain/order.ts';
import { NOT_ASKED } from '../../shared/domain/reading.ts';
import { isoInstant, MINUTE } from '../../shared/domain/units.ts';
import type { AuditLog, EventBus, ForecastBus, ForecastStore, StateStore } from '../../shared/ports.ts';
import type { Outcome } from '../../shared/workflow/carry-out-order.ts';
import { poolerObserver } from '../../shared/workflow/fleet-poolers.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import type { KnownEventAnswer } from '../../shared/workflow/handle-known-event.ts';
import { databaseCpuIn, type DatabaseWatch } from '../../shared/workflow/watch-database.ts';
import type { ProposalToolsOf } from '../../shared/proposals/tend-craft.ts';
import type { SimulatedPlatform } from '../platform/simulated-platform.ts';

export interface Tables {
  readonly audit: AuditLog;
  readonly state: StateStore;
  /** What the forecast function works out once an hour; it is not woken where there is no such table. */
  readonly forecasts?: ForecastStore;
  /** How infrastructure code is reached, by policies that name any. */
  readonly proposals?: ProposalToolsOf;
}

const STAGE = 'demo';
const CODE_VERSION = 'demo';
/** When `serverless.yml` wakes the forecast function. */
const FORECAST_AT_MINUTE = 7;
const MINUTES_PER_HOUR = 60;
/** As in production. */
const WATCH_SECONDS = 1;
/** An invocation of the simulation never runs out of time. */
const CONTEXT = { getRemainingTimeInMillis: (): number => 60_000, awsRequestId: 'demo' };

/** What the fleet's handlers are woken by in AWS: schedule, alarms, the scaled-to-max event, the bus and a person. */
export class ControlPlane {
  readonly #platform: SimulatedPlatform;
  readonly #tickMinutes: number;
  readonly #bus = new QueueBus();
  readonly #alarms: readonly PlannedAlarm[];
  readonly #ringing = new Set<string>();
  readonly #triggers: {
    readonly tick: Handler<unknown>;
    readonly alarm: Handler<unknown>;
    readonly scaledToMax: Handler<unknown>;
    readonly knownEvent: Handler<KnownEventAnswer>;
    readonly forecast: Handler<unknown> | null;
    /** Where poolers are simulated. */
    readonly probe: Handler<unknown> | null;
  };
  /** `null`, or nothing at all: the world has no use for it. */
  readonly #actions: Readonly<Partial<Record<ChangeKind, Handler<Outcome> | null>>>;
  #invocations = 0;

  constructor(
    policy: Policy,
    platform: SimulatedPlatform,
    { audit, state, forecasts, proposals }: Tables,
    journal: Journal,
  ) {
    this.#platform = platform;
    this.#tickMinutes = policy.tickMinutes;
    this.#alarms = alarmPlan(policy, STAGE);
    const { poolers } = platform;
    // While the probe waits, only the poolers go on.
    const clock = { now: () => Math.max(platform.now, poolers?.now ?? 0) };
    const look = {
      clock,
      capacity: platform,
      metrics: platform,
      forecasts: forecasts ?? new MemoryForecastStore(),
      audit,
      state,
      bus: this.#bus,
      codeVersion: CODE_VERSION,
    };
    const action = { clock, reader: platform, writer: platform, audit, state, codeVersion: CODE_VERSION };
    this.#triggers = {
      tick: tickHandler(policy, look, journal),
      alarm: alarmHandler(policy, STAGE, look, journal),
      scaledToMax: scaledToMaxHandler(policy, look, journal),
      knownEvent: knownEventHandler(policy, look, journal),
      forecast:
        forecasts === undefined
          ? null
          : forecastHandler(policy, { ...look, forecasts }, { ...journal, measure: () => undefined }),
      probe: probeOf(policy, look, platform, journal),
    };
    const database = databaseOf(policy, { metrics: platform, clock });
    const reach = poolers === null ? null : { ...poolers.tools, clock, watchSeconds: WATCH_SECONDS, database };
    this.#actions = {
      'tune-pgbouncer': reach === null ? null : tunePgbouncer(policy, action, () => reach, journal),
      'keep-pool-sizes': poolers === null ? null : keepPoolSizes(policy, action, () => poolers.durable, journal),
      'ensure-target-tracking': ensureTargetTracking(policy, action, journal),
      'set-capacity-bounds': setCapacityBounds(policy, action, journal),
      'schedule-capacity': scheduleCapacity(policy, action, journal),
      'tend-proposal':
        proposals === undefined
          ? null
          : tendProposal(policy, { ...action, wait: () => Promise.resolve(), auditTable: null }, proposals, journal),
    };
  }

  get invocations(): number {
    return this.#invocations;
  }

  /** To be called when a minute has begun: the forecast once an hour, alarms, then the schedule. */
  async onMinute(): Promise<void> {
    const { now } = this.#platform;
    const event = { id: isoInstant(now), 'detail-type': 'Scheduled Event' };
    const minute = Math.floor(now / 1000 / MINUTE);
    const { forecast } = this.#triggers;
    if (forecast !== null && minute % MINUTES_PER_HOUR === FORECAST_AT_MINUTE) await this.#invoke(forecast, event);
    for (const alarm of this.#alarms) await this.#checkAlarm(alarm);
    if (minute % this.#tickMinutes === 0) await this.#invoke(this.#triggers.tick, event);
    // Last: while it looks and waits, the seconds of the minute pass.
    if (this.#triggers.probe !== null) await this.#invoke(this.#triggers.probe, event);
  }

  /** Target tracking has just scaled out to the ceiling. */
  async onScaledToMax(target: ScalableTargetId): Promise<void> {
    await this.#invoke(this.#triggers.scaledToMax, {
      id: isoInstant(this.#platform.now),
      source: 'aws.application-autoscaling',
      'detail-type': 'Application Auto Scaling Scaling Activity State Change',
      detail: { serviceNamespace: 'ecs', resourceId: resourceIdOf(target), scaledToMax: true },
    });
  }

  /** The manual invoke. */
  async announce(request: unknown): Promise<KnownEventAnswer> {
    return this.#invoke(this.#triggers.knownEvent, request);
  }

  async #checkAlarm({ name, metric, threshold, datapoints, of }: PlannedAlarm): Promise<void> {
    const newest = this.#platform.newestOf(metric, of);
    const rings = newest.filter((value) => value > threshold).length >= datapoints;
    const rang = this.#ringing.has(name);
    if (rings === rang) return;
    if (rings) this.#ringing.add(name);
    else this.#ringing.delete(name);
    const state = { value: rings ? 'ALARM' : 'OK', timestamp: isoInstant(this.#platform.now) };
    await this.#invoke(this.#triggers.alarm, {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: name, state },
    });
  }

  async #invoke<Answer>(trigger: Handler<Answer>, event: unknown): Promise<Answer> {
    this.#invocations += 1;
    const answer = await trigger(event, CONTEXT);
    for (const order of this.#bus.take()) {
      this.#invocations += 1;
      const { change } = order;
      const action = this.#actions[change.kind] ?? null;
      if (action === null) throw new Error(`the simulation has no action for ${change.kind}`);
      await action({ source: 'fulcrum', 'detail-type': ORDER_TYPES[change.kind], detail: order }, CONTEXT);
    }
    return answer;
  }
}

/** Its CPU, as the action reads it; the simulated PgBouncers have no errors that anybody could count. */
function databaseOf(
  { fleets }: Policy,
  { metrics, clock }: Pick<LookDependencies, 'metrics' | 'clock'>,
): DatabaseWatch {
  const database = fleets.find((fleet) => fleet.pooler !== undefined)?.database;
  return {
    readCounters: () => Promise.resolve(NOT_ASKED),
    readCpu: databaseCpuIn(metrics, database, clock),
    cpuHighPercent: database?.cpuHighPercent ?? 100,
  };
}

function probeOf(
  policy: Policy,
  look: LookDependencies,
  platform: SimulatedPlatform,
  journal: Journal,
): Handler<unknown> | null {
  const { poolers } = platform;
  if (poolers === null) return null;
  const { clock } = look;
  const reach = { tools: { ...poolers.tools, clock }, durable: poolers.durable };
  const deps = { ...look, poolers: poolerObserver(policy, () => reach) };
  const measure = (metric: string, value: number, fleet: string): void => {
    platform.publish({ metric, fleet, value });
  };
  return probePgbouncer(policy, STAGE, deps, { ...journal, measure });
}

/** Our event bus, kept in a list until the trigger has ended. */
class QueueBus implements EventBus, ForecastBus {
  #orders: Order[] = [];

  sendOrders(orders: readonly Order[]): Promise<void> {
    this.#orders.push(...orders);
    return Promise.resolve();
  }

  handOver(fleets: readonly string[]): Promise<void> {
    return Promise.reject(
      new Error(`the simulation has time for all fleets, but these were handed over: ${fleets.join(', ')}`),
    );
  }

  handOverForecasts(): Promise<void> {
    return Promise.reject(new Error('the simulation has time for all forecasts, but some were handed over'));
  }

  take(): readonly Order[] {
    const orders = this.#orders;
    this.#orders = [];
    return orders;
  }
}
