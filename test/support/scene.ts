import { createHandler as ensureTargetTracking } from '../../functions/actions/ensure-target-tracking.ts';
import { createHandler as scheduleCapacity } from '../../functions/actions/schedule-capacity.ts';
import { createHandler as setCapacityBounds } from '../../functions/actions/set-capacity-bounds.ts';
import { createHandler as tendProposal } from '../../functions/actions/tend-proposal.ts';
import type { Handler } from '../../functions/lambda.ts';
import { createHandler as alarmHandler } from '../../functions/triggers/alarm.ts';
import { createHandler as knownEventHandler } from '../../functions/triggers/known-event.ts';
import { createHandler as scaledToMaxHandler } from '../../functions/triggers/scaled-to-max.ts';
import { createHandler as tickHandler, type TickAnswer } from '../../functions/triggers/tick.ts';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { MemoryCapacityWriter } from '../../shared/adapters/memory/capacity-writer.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import type { Policy } from '../../shared/config/policy.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { isServiceChange } from '../../shared/domain/change.ts';
import { type Order, ORDER_TYPES } from '../../shared/domain/order.ts';
import { DAY, type EpochMs, instant, isoInstant, later, MINUTE, utcDay } from '../../shared/domain/units.ts';
import { resourceOf } from '../../shared/levers/resources.ts';
import type { CapacityWriter, StoredChange } from '../../shared/ports.ts';
import type { ProposalToolsOf } from '../../shared/proposals/tend-craft.ts';
import type { ServiceActionDependencies } from '../../functions/act-on.ts';
import type { Outcome } from '../../shared/workflow/carry-out-order.ts';
import type { ServiceChangeKind } from '../../shared/workflow/service-craft.ts';
import type { KnownEventAnswer } from '../../shared/workflow/handle-known-event.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { type Fault, Invocation, type Turn } from './invocation.ts';
import { servicePolicyOf } from './policies.ts';
import { Town } from './town.ts';

export const STAGE = 'test';
const ACTIONS = {
  'ensure-target-tracking': ensureTargetTracking,
  'set-capacity-bounds': setCapacityBounds,
  'schedule-capacity': scheduleCapacity,
} as const satisfies Record<ServiceChangeKind, unknown>;

/** An event that waits for its Lambda, with the times at which AWS tried already. */
interface Delivery {
  readonly order: Order;
  readonly dueAt: EpochMs;
  readonly tries: number;
}

/** AWS tries an asynchronous invocation again after one minute and after two more; then it goes to the dead letters. */
const RETRIES_AFTER = [MINUTE, 2 * MINUTE];

export interface How {
  readonly fault?: Fault;
  readonly turn?: Turn;
  readonly remainingMillis?: () => number;
  readonly requestId?: string;
}

/** An announcement for a scene on 1 December 2026: eight tasks for two hours of the evening. */
export const TAX_DEADLINE = {
  fleet: 'production',
  event: 'tax deadline',
  from: '2026-12-01T18:00',
  to: '2026-12-01T20:00',
  timeZone: 'UTC',
  floors: { api: 8 },
};

/** The whole of Fulcrum over a town in memory: the real handlers, a virtual clock, and everything that can go wrong. */
export class Scene {
  readonly policy: Policy;
  readonly clock: ManualClock;
  readonly town: Town;
  readonly audit = new MemoryAuditLog();
  readonly state = new MemoryStateStore();
  readonly bus = new MemoryEventBus();
  readonly forecasts = new MemoryForecastStore();
  /** Orders that were given up by the queue. */
  readonly deadLetters: Order[] = [];
  /** What every invocation threw, with the function it was. */
  readonly errors: { readonly lambda: string; readonly error: unknown }[] = [];
  /** Ports that a test has put something in front of. */
  instead: Partial<LookDependencies & Pick<ServiceActionDependencies, 'writer' | 'reader'>> = {};
  /** How infrastructure code is reached; a scene without it has no action for proposals. */
  proposals: ProposalToolsOf | null = null;
  /** Orders that the bus swallows. */
  losesOrders = false;
  /** Lines that the handlers told the log. */
  readonly journal: string[] = [];
  #queue: readonly Delivery[] = [];
  #invocations = 0;

  constructor(policy: Policy, startsAt: string) {
    this.policy = policy;
    this.clock = new ManualClock(instant(startsAt));
    this.town = new Town(policy, this.clock);
  }

  /** Lets time pass, minute by minute, each with its tick. `09:55` is the next time that it is so late in UTC. */
  async at(time: string): Promise<void> {
    const today = instant(`${utcDay(this.clock.now())}T${time}:00Z`);
    const goal = today > this.clock.now() ? today : later(today, DAY);
    while (this.clock.now() < goal) await this.minute();
  }

  async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) await this.minute();
  }

  async minute(): Promise<void> {
    this.clock.advance(MINUTE);
    this.town.passMinute();
    await this.deliver();
    await this.tick().catch(() => undefined);
    await this.deliver();
  }

  tick(how: How = {}): Promise<TickAnswer> {
    return this.#trigger('tick', (deps) => tickHandler(this.policy, deps, this.#journal()), this.tickEvent(), how);
  }

  tickEvent(): unknown {
    return { id: isoInstant(this.clock.now()), 'detail-type': 'Scheduled Event' };
  }

  alarm(alarmName: string, state = 'ALARM', how: How = {}, timestamp = isoInstant(this.clock.now())): Promise<unknown> {
    const event = {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName, state: { value: state, timestamp } },
    };
    return this.rawAlarm(event, how);
  }

  rawAlarm(event: unknown, how: How = {}): Promise<unknown> {
    return this.#trigger('alarm', (deps) => alarmHandler(this.policy, STAGE, deps, this.#journal()), event, how);
  }

  scaledToMax(service: string, how: How = {}): Promise<unknown> {
    const event = {
      id: `event-${isoInstant(this.clock.now())}`,
      source: 'aws.application-autoscaling',
      'detail-type': 'Application Auto Scaling Scaling Activity State Change',
      detail: { serviceNamespace: 'ecs', resourceId: this.resource(service), scaledToMax: true },
    };
    return this.rawScaledToMax(event, how);
  }

  rawScaledToMax(event: unknown, how: How = {}): Promise<unknown> {
    return this.#trigger('scaled-to-max', (deps) => scaledToMaxHandler(this.policy, deps, this.#journal()), event, how);
  }

  rawTick(event: unknown, how: How = {}): Promise<TickAnswer> {
    return this.#trigger('tick', (deps) => tickHandler(this.policy, deps, this.#journal()), event, how);
  }

  announce(request: unknown, how: How = {}): Promise<KnownEventAnswer> {
    return this.#trigger('known-event', (deps) => knownEventHandler(this.policy, deps, this.#journal()), request, how);
  }

  /** Gives an order to its action, as the bus does. */
  act(order: Order, how: How = {}): Promise<Outcome> {
    const { change } = order;
    if (change.kind === 'tend-proposal' && this.proposals !== null) return this.#tend(order, this.proposals, how);
    if (!isServiceChange(change)) throw new Error(`a scene has no action for ${change.kind}`);
    return this.rawAct(change.kind, busEvent(order), how);
  }

  #tend(order: Order, toolsOf: ProposalToolsOf, how: How): Promise<Outcome> {
    const invocation = new Invocation(how.fault, how.turn);
    const deps = {
      clock: this.clock,
      audit: invocation.watch('audit', this.instead.audit ?? this.audit),
      state: invocation.watch('state', this.instead.state ?? this.state),
      wait: () => Promise.resolve(),
      codeVersion: 'test',
      auditTable: null,
    };
    const handler = tendProposal(this.policy, deps, toolsOf, this.#journal());
    return this.#run('tend-proposal', handler, busEvent(order), how, invocation);
  }

  rawAct(kind: ServiceChangeKind, event: unknown, how: How = {}): Promise<Outcome> {
    const invocation = new Invocation(how.fault, how.turn);
    const deps: ServiceActionDependencies = {
      clock: this.clock,
      reader: invocation.watch('reader', this.instead.reader ?? this.#reader()),
      writer: invocation.watch('writer', this.instead.writer ?? this.#writer()),
      audit: invocation.watch('audit', this.instead.audit ?? this.audit),
      state: invocation.watch('state', this.instead.state ?? this.state),
      codeVersion: 'test',
    };
    return this.#run(kind, ACTIONS[kind](this.policy, deps, this.#journal()), event, how, invocation);
  }

  /** Takes what lies on the bus, and gives every order that is due to its action. */
  async deliver(): Promise<void> {
    const now = this.clock.now();
    const fresh = this.take().map((order) => ({ order, dueAt: now, tries: 0 }));
    const waiting = [...this.#queue, ...fresh];
    this.#queue = [];
    for (const delivery of waiting) {
      if (delivery.dueAt > now) this.#queue = [...this.#queue, delivery];
      else await this.#deliverOne(delivery);
    }
  }

  /** Orders on the bus, taken by the test instead of being delivered. */
  take(): readonly Order[] {
    const orders = this.bus.take().flatMap((sent) => (sent.kind === 'order' ? [sent.order] : []));
    return this.losesOrders ? [] : orders;
  }

  /** Hands an order back to the queue, for now or later. */
  redeliver(order: Order): void {
    this.#queue = [...this.#queue, { order, dueAt: this.clock.now(), tries: 0 }];
  }

  get waitingOrders(): readonly Order[] {
    return this.#queue.map(({ order }) => order);
  }

  resource(service: string): string {
    return resourceOf(servicePolicyOf(this.policy, service));
  }

  /** Oldest first. */
  async records(resource: string): Promise<readonly AuditRecord[]> {
    const newestFirst = await this.audit.byResource(resource, 10_000);
    return [...newestFirst].reverse();
  }

  /** `09:55 ceiling decided`, oldest first: what happened to a service, without what was held. */
  async story(service: string): Promise<readonly string[]> {
    const records = await this.records(this.resource(service));
    return records
      .filter(({ transition }) => !['held', 'abstained'].includes(transition))
      .map(({ at, lever, transition }) => `${at.slice(11, 16)} ${lever ?? 'somebody else'} ${transition}`);
  }

  async change(service: string): Promise<StoredChange | null> {
    const fleet = this.policy.fleets.find(({ services }) => services.some(({ name }) => name === service));
    return this.state.readChange(fleet?.name ?? '', this.resource(service));
  }

  #reader(): MemoryCapacityReader {
    return new MemoryCapacityReader(this.town.world, this.clock);
  }

  #writer(): CapacityWriter {
    return new MemoryCapacityWriter(this.town.world);
  }

  async #deliverOne({ order, tries }: Delivery): Promise<void> {
    try {
      await this.act(order);
    } catch {
      const wait = RETRIES_AFTER[tries];
      if (wait === undefined) this.deadLetters.push(order);
      else this.#queue = [...this.#queue, { order, dueAt: later(this.clock.now(), wait), tries: tries + 1 }];
    }
  }

  #trigger<Answer>(
    lambda: string,
    build: (deps: LookDependencies) => Handler<Answer>,
    event: unknown,
    how: How,
  ): Promise<Answer> {
    const invocation = new Invocation(how.fault, how.turn);
    const deps: LookDependencies = {
      clock: this.clock,
      capacity: invocation.watch('capacity', this.instead.capacity ?? this.#reader()),
      metrics: invocation.watch('metrics', this.instead.metrics ?? new MemoryMetricReader(this.town.world)),
      forecasts: invocation.watch('forecasts', this.instead.forecasts ?? this.forecasts),
      audit: invocation.watch('audit', this.instead.audit ?? this.audit),
      state: invocation.watch('state', this.instead.state ?? this.state),
      bus: invocation.watch('bus', this.instead.bus ?? this.bus),
      codeVersion: 'test',
    };
    return this.#run(lambda, build(deps), event, how, invocation);
  }

  /** Calls of the newest invocation. */
  calls: readonly string[] = [];

  async #run<Answer>(
    lambda: string,
    handler: Handler<Answer>,
    event: unknown,
    { remainingMillis = () => 60_000, requestId, turn }: How,
    invocation: Invocation,
  ): Promise<Answer> {
    await turn?.('start');
    this.#invocations += 1;
    const awsRequestId = requestId ?? `request-${this.#invocations}`;
    // Events travel as JSON.
    const received: unknown = event === undefined ? undefined : JSON.parse(JSON.stringify(event));
    this.calls = invocation.calls;
    try {
      return await handler(received, { getRemainingTimeInMillis: remainingMillis, awsRequestId });
    } catch (error) {
      this.errors.push({ lambda, error });
      throw error;
    }
  }

  #journal() {
    return {
      tell: (message: string, details: object) => void this.journal.push(`${message} ${JSON.stringify(details)}`),
      warn: (message: string, details: object) => void this.journal.push(`${message} ${JSON.stringify(details)}`),
      count: () => undefined,
    };
  }
}

export function busEvent(order: Order): unknown {
  return { source: 'fulcrum', 'detail-type': ORDER_TYPES[order.change.kind], detail: order };
}
