import { createHandler as changeCacheNodeType } from '../../functions/actions/change-cache-node-type.ts';
import { createHandler as changeDatabaseClass } from '../../functions/actions/change-database-class.ts';
import { createHandler as resizeTask } from '../../functions/actions/resize-task.ts';
import { createHandler as setAuroraCapacity } from '../../functions/actions/set-aurora-capacity.ts';
import { createHandler as setCacheShape } from '../../functions/actions/set-cache-shape.ts';
import { createHandler as setReadReplicas } from '../../functions/actions/set-read-replicas.ts';
import { createHandler as setStorageCeiling } from '../../functions/actions/set-storage-ceiling.ts';
import type { Handler } from '../../functions/lambda.ts';
import { createHandler as infrastructure, type InfrastructureAnswer } from '../../functions/triggers/infrastructure.ts';
import { createHandler as tick } from '../../functions/triggers/tick.ts';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { MemoryInfrastructure, type Movers } from '../../shared/adapters/memory/infrastructure.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import type { Policy } from '../../shared/config/policy.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { NOTHING_SUSPENDED, resourceIdOf, type ScalableTargetId } from '../../shared/domain/capacity.ts';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import type { Order } from '../../shared/domain/order.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { type EpochMs, HOUR, instant } from '../../shared/domain/units.ts';
import type { Outcome } from '../../shared/workflow/carry-out-order.ts';
import { costOfInfrastructure } from '../../shared/workflow/cost-of-infrastructure.ts';
import { offersOf } from '../../shared/workflow/database-offers.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { databaseLimits } from '../../shared/evaluation/database-limits.ts';
import { quietWindow } from '../../shared/workflow/quiet-window.ts';
import { verifyInfrastructure } from '../../shared/workflow/verify-infrastructure.ts';
import { aPolicy, type FleetInput } from './builders/policy.ts';
import { expectReplays, expectWholeStories } from './laws.ts';
import { busEvent } from './scene.ts';

/** What CloudWatch says of a metric, at the start of a period. */
type Says = (at: EpochMs, query: MetricQuery) => number;

/** The look at the infrastructure and its actions, by their real handlers, over databases, caches and tasks in memory. */
export class InfrastructureScene {
  readonly clock: ManualClock;
  readonly world = new MemoryWorld();
  readonly infrastructure: MemoryInfrastructure;
  readonly audit = new MemoryAuditLog();
  readonly state = new MemoryStateStore();
  readonly bus = new MemoryEventBus();
  readonly forecasts = new MemoryForecastStore();
  /** Movers that a test has put something in front of. */
  instead: Partial<Movers> = {};
  /** As the actions know it; a decision may be of an earlier deployment. */
  actionPolicy: Policy;
  readonly #policy: Policy;
  readonly #metrics = new Map<string, Says>();
  #invocations = 0;

  constructor(policy: Policy, startsAt: string) {
    this.#policy = policy;
    this.actionPolicy = policy;
    this.clock = new ManualClock(instant(startsAt));
    this.infrastructure = new MemoryInfrastructure(this.world, this.clock);
    for (const { cluster, service, min, max, targetTracking } of policy.fleets.flatMap(({ services }) => services)) {
      this.world.addService({ cluster, service }, min);
      const scaling = {
        bounds: { min, max },
        suspended: NOTHING_SUSPENDED,
        targetTracking: [{ name: 'fulcrum-cpu', ...targetTracking }],
        otherPolicies: [],
      };
      this.world.put({ cluster, service }, { scaling });
    }
  }

  /** `CPUUtilization` for every statistic of it, or `CPUUtilization Maximum` for one. */
  says(metric: string, says: number | Says): void {
    this.#metrics.set(metric, typeof says === 'number' ? () => says : says);
  }

  /** The regular look of an hour, and what it orders. */
  async look(): Promise<InfrastructureAnswer> {
    const answer = await this.#lookFor({ id: 'schedule', 'detail-type': 'Scheduled Event' });
    await this.deliver();
    return answer;
  }

  async hours(count: number): Promise<void> {
    for (let hour = 0; hour < count; hour += 1) {
      this.clock.advance(HOUR);
      await this.look();
    }
  }

  /** Amazon ECS says that a deployment is over. */
  deploymentEnded(target: ScalableTargetId): Promise<InfrastructureAnswer> {
    return this.#lookFor({
      id: 'deployment',
      source: 'aws.ecs',
      'detail-type': 'ECS Deployment State Change',
      resources: [`arn:aws:ecs:eu-central-1:111122223333:${resourceIdOf(target)}`],
      detail: { eventName: 'SERVICE_DEPLOYMENT_COMPLETED' },
    });
  }

  /** The look of a minute, which knows nothing of the infrastructure. */
  tick(): Promise<unknown> {
    return this.#run(tick(this.#policy, this.#lookDeps(), JOURNAL), { id: 'tick', 'detail-type': 'Scheduled Event' });
  }

  take(): readonly Order[] {
    return this.bus.take().flatMap((sent) => (sent.kind === 'order' ? [sent.order] : []));
  }

  /** Every order on the bus to its action; what fails there is left to be sent again. Proposals are left on their way. */
  async deliver(): Promise<void> {
    const orders = this.take().filter(({ change }) => change.kind !== 'tend-proposal');
    for (const order of orders) await this.act(order).catch(() => undefined);
  }

  act(order: Order): Promise<Outcome> {
    return this.#run(this.#action(order.change.kind), busEvent(order));
  }

  /** `12:23 aurora-capacity decided`, oldest first, without what was held. */
  async story(resource: string): Promise<readonly string[]> {
    const told = (await this.records(resource)).filter(({ transition }) => !QUIET.includes(transition));
    return told.map(({ at, lever, transition }) => `${at.slice(11, 16)} ${lever ?? 'somebody else'} ${transition}`);
  }

  /** Oldest first. */
  async records(resource: string): Promise<readonly AuditRecord[]> {
    return (await this.audit.byResource(resource, 1_000)).toReversed();
  }

  async lastSentence(resource: string): Promise<string | undefined> {
    return (await this.records(resource)).at(-1)?.sentence;
  }

  #lookFor(event: unknown): Promise<InfrastructureAnswer> {
    return this.#run(infrastructure(this.#policy, this.#deps(), JOURNAL), event);
  }

  #deps(): LookDependencies {
    const { infrastructure } = this;
    const asked = {
      infrastructure,
      askOffers: offersOf(infrastructure),
      verifyInfrastructure,
      quietWindow,
      costOfInfrastructure,
      databaseLimits,
    };
    return { ...this.#lookDeps(), ...asked };
  }

  #lookDeps(): LookDependencies {
    return {
      clock: this.clock,
      capacity: new MemoryCapacityReader(this.world, this.clock),
      metrics: { read: (queries, now) => Promise.resolve(queries.map((query) => this.#series(query, now))) },
      forecasts: this.forecasts,
      audit: this.audit,
      state: this.state,
      bus: this.bus,
      codeVersion: 'test',
    };
  }

  /** Whole periods, as CloudWatch has them. */
  #series(query: MetricQuery, now: EpochMs): Reading<Series> {
    const { metric, statistic, periodSeconds, windowSeconds } = query;
    const says = this.#metrics.get(`${metric} ${statistic}`) ?? this.#metrics.get(metric);
    if (says === undefined) return unseen({ code: 'no-data' });
    const length = periodSeconds * 1000;
    const end = Math.floor(now / length) * length;
    const count = Math.ceil(windowSeconds / periodSeconds);
    const starts = Array.from({ length: count }, (_, index) => end - (count - index) * length);
    return seen({ periodSeconds, points: starts.map((at) => ({ at, value: says(at, query) })) }, end - length);
  }

  #action(kind: Order['change']['kind']): Handler<Outcome> {
    const { audit, state, clock } = this;
    const deps = { audit, state, clock, codeVersion: 'test' };
    const movers = { ...this.infrastructure.movers, ...this.instead };
    const policy = this.actionPolicy;
    switch (kind) {
      case 'resize-task':
        return resizeTask(policy, deps, movers[kind], JOURNAL);
      case 'set-aurora-capacity':
        return setAuroraCapacity(policy, deps, movers[kind], JOURNAL);
      case 'set-storage-ceiling':
        return setStorageCeiling(policy, deps, movers[kind], JOURNAL);
      case 'set-read-replicas':
        return setReadReplicas(policy, deps, movers[kind], JOURNAL);
      case 'set-cache-shape':
        return setCacheShape(policy, deps, movers[kind], JOURNAL);
      case 'change-cache-node-type':
        return changeCacheNodeType(policy, deps, movers[kind], JOURNAL);
      case 'change-database-class':
        return changeDatabaseClass(policy, deps, movers[kind], JOURNAL);
      default:
        throw new Error(`no action carries out ${kind}`);
    }
  }

  #run<Answer>(handler: Handler<Answer>, event: unknown): Promise<Answer> {
    this.#invocations += 1;
    const context = { getRemainingTimeInMillis: () => 300_000, awsRequestId: `request-${this.#invocations}` };
    // Events travel as JSON.
    return handler(JSON.parse(JSON.stringify(event)), context);
  }
}

const QUIET: readonly string[] = ['held', 'abstained'];
const JOURNAL = { tell: () => undefined, warn: () => undefined, count: () => undefined };

/** One lever acts, the others are silent. */
export function acting(lever: string, over: Partial<FleetInput> = {}, settings: object = {}): Policy {
  const names = ['task-size', 'cache', 'storage', 'hpa-ceiling', 'database-class', 'read-replica', 'iops'];
  const silent = [...names, 'aurora-capacity'].map((name) => [name, { mode: 'off' }] as const);
  const levers: FleetInput['levers'] = { ...Object.fromEntries(silent), [lever]: { mode: 'apply', ...settings } };
  return aPolicy([{ ...over, levers }]);
}

/** Of one resource: every attempt has its outcome, and every decision can be come to again. */
export async function expectSoundStory(scene: InfrastructureScene, resource: string): Promise<void> {
  const records = await scene.records(resource);
  expectWholeStories(records);
  expectReplays(records);
}
