import type { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import type { Policy, ServicePolicy } from '../../shared/config/policy.ts';
import {
  type CapacityBounds,
  NOTHING_SUSPENDED,
  type ScalingSetup,
  type ScheduledCapacity,
} from '../../shared/domain/capacity.ts';
import { TARGET_TRACKING_POLICY } from '../../shared/domain/change.ts';
import type { MetricPoint } from '../../shared/domain/reading.ts';
import { earlier, type EpochMs, later, MINUTE, type Percent, type Tasks } from '../../shared/domain/units.ts';
import {
  cpuQuery,
  databaseConnectionsQuery,
  databaseCpuQuery,
  runningTasksQuery,
} from '../../shared/levers/metric-queries.ts';
import { targetOf } from '../../shared/levers/resources.ts';
import { servicePolicyOf } from './policies.ts';

/** What people ask of a service: so many tasks if there were no bounds, at so much CPU. */
interface Weather {
  readonly wants: Tasks;
  readonly cpu: Percent | 'missing';
}

const ORDINARY: Weather = { wants: 4, cpu: 50 };

/** The services of a policy as AWS would have them, and the people who use them and change them by hand. */
export class Town {
  readonly world = new MemoryWorld();
  readonly #policy: Policy;
  readonly #clock: ManualClock;
  readonly #weather = new Map<string, Weather>();
  readonly #cpu = new Map<string, MetricPoint[]>();
  #databaseCpu: Percent | 'missing' = 20;

  /** Every service is set up as policy says, and has been for an hour. */
  constructor(policy: Policy, clock: ManualClock) {
    this.#policy = policy;
    this.#clock = clock;
    for (const service of this.#services()) {
      this.world.addService(targetOf(service), ORDINARY.wants);
      this.world.put(targetOf(service), {
        scaling: {
          bounds: { min: service.min, max: service.max },
          suspended: NOTHING_SUSPENDED,
          targetTracking: [{ name: TARGET_TRACKING_POLICY, ...service.targetTracking }],
          otherPolicies: [],
        },
      });
      this.#backfill(service, clock.now());
    }
  }

  /** From now on. */
  weather(service: string, weather: Partial<Weather>): void {
    this.#weather.set(service, { ...(this.#weather.get(service) ?? ORDINARY), ...weather });
    this.#moveTasks(servicePolicyOf(this.#policy, service));
  }

  /** People come in such numbers that the service is pinned at whatever ceiling it has. */
  crowd(service: string): void {
    this.weather(service, { wants: 1_000, cpu: 97 });
  }

  calm(service: string): void {
    this.weather(service, ORDINARY);
  }

  databaseAt(cpu: Percent | 'missing'): void {
    this.#databaseCpu = cpu;
  }

  setup(service: string): ScalingSetup | null {
    return this.world.service(this.#target(service)).scaling;
  }

  bounds(service: string): CapacityBounds | null {
    return this.setup(service)?.bounds ?? null;
  }

  scheduled(service: string): readonly ScheduledCapacity[] {
    return [...this.world.service(this.#target(service)).scheduled].sort((a, b) => a.at - b.at);
  }

  desired(service: string): Tasks | undefined {
    return this.world.service(this.#target(service)).facts?.desired;
  }

  /** Somebody changes the setup by hand, or Terraform does. */
  byHand(service: string, change: Partial<ScalingSetup>): void {
    const present = this.setup(service);
    if (present === null) throw new Error(`${service} is not registered`);
    this.world.put(this.#target(service), { scaling: { ...present, ...change } });
    this.#moveTasks(servicePolicyOf(this.#policy, service));
  }

  deregister(service: string): void {
    this.world.put(this.#target(service), { scaling: null, scheduled: [] });
  }

  remove(service: string): void {
    this.world.put(this.#target(service), { facts: null, scaling: null, scheduled: [] });
  }

  deploy(service: string, deployment: 'none' | 'in-progress'): void {
    const { facts } = this.world.service(this.#target(service));
    if (facts !== null) this.world.put(this.#target(service), { facts: { ...facts, deployment } });
  }

  /** One minute has ended: scheduled actions that were due have fired, tasks have moved, metrics are published. */
  passMinute(): void {
    for (const service of this.#services()) {
      this.#fireScheduled(service);
      this.#moveTasks(service);
      this.#publish(service, earlier(this.#clock.now(), MINUTE));
    }
    this.#publishDatabases();
  }

  /** Replaces the newest points of the CPU metric: what CloudWatch says, not what is. */
  forgeCpu(service: string, values: readonly number[], endingAt: EpochMs = this.#clock.now()): void {
    const points = values.map((value, index) => ({ at: later(endingAt, (index - values.length) * MINUTE), value }));
    this.#cpu.set(service, points);
    this.world.putSeries(cpuQuery(servicePolicyOf(this.#policy, service), 1), points);
  }

  #services(): readonly ServicePolicy[] {
    return this.#policy.fleets.flatMap(({ services }) => services);
  }

  #target(service: string): ReturnType<typeof targetOf> {
    return targetOf(servicePolicyOf(this.#policy, service));
  }

  #fireScheduled(service: ServicePolicy): void {
    const target = targetOf(service);
    const { scaling, scheduled } = this.world.service(target);
    if (scaling === null) return;
    const isDue = ({ at }: ScheduledCapacity): boolean => at <= this.#clock.now();
    let { bounds } = scaling;
    for (const { min, max } of scheduled.filter(isDue).sort((a, b) => a.at - b.at)) {
      const next = { min: min ?? bounds.min, max: max ?? bounds.max };
      // As RegisterScalableTarget, AWS refuses a step that would leave min above max.
      if (!scaling.suspended.scheduledScaling && next.min <= next.max) bounds = next;
    }
    this.world.put(target, { scaling: { ...scaling, bounds }, scheduled: scheduled.filter((one) => !isDue(one)) });
  }

  /** Target tracking without its lag: as many tasks as are wanted, inside the bounds. */
  #moveTasks(service: ServicePolicy): void {
    const target = targetOf(service);
    const { facts, scaling } = this.world.service(target);
    if (facts === null || scaling === null) return;
    const { wants } = this.#weather.get(service.name) ?? ORDINARY;
    const desired = Math.min(Math.max(wants, scaling.bounds.min), scaling.bounds.max);
    this.world.put(target, { facts: { ...facts, desired, running: desired } });
  }

  #publish(service: ServicePolicy, at: EpochMs): void {
    const { cpu } = this.#weather.get(service.name) ?? ORDINARY;
    const points = this.#cpu.get(service.name) ?? [];
    if (cpu !== 'missing') points.push({ at, value: cpu });
    this.#cpu.set(service.name, points);
    this.world.putSeries(cpuQuery(service, 1), points);
    const tasks = this.world.service(targetOf(service)).facts?.running ?? 0;
    this.world.putSeries(runningTasksQuery(service, 1), [{ at, value: tasks }]);
  }

  #backfill(service: ServicePolicy, now: EpochMs): void {
    for (let minute = -60; minute < 0; minute += 1) this.#publish(service, later(now, minute * 60));
  }

  #publishDatabases(): void {
    const now = this.#clock.now();
    for (const { database } of this.#policy.fleets) {
      if (database === undefined) continue;
      const cpu = this.#databaseCpu;
      const points = (value: number): MetricPoint[] =>
        Array.from({ length: 20 }, (_, minute) => ({ at: later(now, (minute - 20) * MINUTE), value }));
      this.world.putSeries(databaseCpuQuery(database), cpu === 'missing' ? [] : points(cpu));
      this.world.putSeries(databaseConnectionsQuery(database), points(10));
    }
  }
}
