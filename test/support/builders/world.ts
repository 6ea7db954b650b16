import type { FleetPolicy, ServicePolicy } from '../../../shared/config/policy.ts';
import type {
  CapacityBounds,
  NamedTargetTracking,
  ScalingSetup,
  ScheduledCapacity,
  SuspendedScaling,
} from '../../../shared/domain/capacity.ts';
import { NOTHING_SUSPENDED } from '../../../shared/domain/capacity.ts';
import type { KnownEvent } from '../../../shared/domain/known-event.ts';
import { NOT_ASKED, type Reading, seen, type Series, unseen } from '../../../shared/domain/reading.ts';
import type {
  ChangeStatus,
  DatabaseSnapshot,
  FleetSnapshot,
  ScheduledSetup,
  ServiceFacts,
  ServiceSnapshot,
} from '../../../shared/domain/snapshot.ts';
import type { ServiceForecast } from '../../../shared/domain/service-forecast.ts';
import { DAY, type EpochMs } from '../../../shared/domain/units.ts';
import { aLoad } from './forecast.ts';
import { at, minutesAgo, NOW } from './time.ts';

/** A service as it is found: in order and with room, except for what is said. */
export interface ServiceWorld {
  readonly desired?: number;
  readonly running?: number;
  readonly deployment?: ServiceFacts['deployment'];
  readonly bounds?: CapacityBounds;
  readonly suspended?: Partial<SuspendedScaling>;
  readonly targetTracking?: readonly Partial<NamedTargetTracking>[];
  readonly otherPolicies?: ScalingSetup['otherPolicies'];
  readonly ours?: readonly ScheduledCapacity[];
  /** The last forecast; none unless told. */
  readonly forecast?: ServiceForecast;
  /** Requests a second in the newest minutes, oldest first. */
  readonly load?: readonly number[];
  readonly othersCount?: number;
  /** Percent in every minute, or the newest minutes, oldest first. */
  readonly cpu?: number | readonly number[];
  /** Most tasks in any minute of the calm period. */
  readonly peak?: number;
  /** When Application Auto Scaling last wanted more than the ceiling. */
  readonly wantedMore?: EpochMs;
  /** Whole readings, where the row is about one that is missing. */
  readonly readings?: Partial<ServiceSnapshot>;
}

export function aServiceSnapshot(world: ServiceWorld = {}, now: EpochMs = NOW): ServiceSnapshot {
  const { desired = 4, running = desired, deployment = 'none', ours = [], othersCount = 0, cpu = 50, peak } = world;
  return {
    facts: seen({ desired, running, pending: Math.max(0, desired - running), deployment }, now),
    scaling: seen(aScalingSetup(world), now),
    scheduled: seen<ScheduledSetup>({ ours, othersCount }, now),
    cpu: seen(typeof cpu === 'number' ? aSeries(Array<number>(15).fill(cpu), now) : aSeries(cpu, now), now),
    runningTasks: peak === undefined ? NOT_ASKED : calmDaysWithPeak(peak, now),
    wantedMoreThanMax: seen(world.wantedMore ?? null, now),
    forecast:
      world.forecast === undefined ? unseen({ code: 'no-data' }) : seen(world.forecast, world.forecast.computedAt),
    load: world.load === undefined ? NOT_ASKED : aLoad(world.load, now),
    ...world.readings,
  };
}

export function aScalingSetup(world: ServiceWorld = {}): ScalingSetup {
  const { bounds = { min: 2, max: 10 }, suspended = {}, targetTracking = [{}], otherPolicies = [] } = world;
  return {
    bounds,
    suspended: { ...NOTHING_SUSPENDED, ...suspended },
    targetTracking: targetTracking.map(aTargetTrackingPolicy),
    otherPolicies,
  };
}

/** As the defaults of the schema want it. */
export function aTargetTrackingPolicy(over: Partial<NamedTargetTracking> = {}): NamedTargetTracking {
  return {
    name: 'fulcrum-cpu',
    cpuPercent: 70,
    scaleOutCooldownSeconds: 60,
    scaleInCooldownSeconds: 300,
    disableScaleIn: false,
    metricResolution: '60s',
    ...over,
  };
}

/** A point a minute, of which the newest ended a minute ago. */
export function aSeries(values: readonly number[], now: EpochMs = NOW): Series {
  return {
    periodSeconds: 60,
    points: values.map((value, index) => ({ at: minutesAgo(values.length - index + 1, now), value })),
  };
}

/** Seven days of one task a minute, with one minute of the peak in the middle. */
export function calmDaysWithPeak(peak: number, now: EpochMs = NOW, days = 7): Reading<Series> {
  const minutes = (days * DAY) / 60 - 2;
  const values = Array<number>(minutes).fill(Math.min(1, peak));
  values[Math.floor(minutes / 2)] = peak;
  return seen(aSeries(values, now), now);
}

export function aDatabaseSnapshot({ cpu = 40, connections = 62 } = {}, now: EpochMs = NOW): DatabaseSnapshot {
  const flat = (value: number): Reading<Series> => seen(aSeries(Array<number>(10).fill(value), now), now);
  return { cpu: flat(cpu), connections: flat(connections), signs: {}, limits: null };
}

export interface World {
  readonly services?: Readonly<Record<string, ServiceWorld>>;
  readonly database?: DatabaseSnapshot;
  readonly events?: readonly KnownEvent[];
  readonly changes?: FleetSnapshot['changes'];
  readonly pauses?: FleetSnapshot['pauses'];
  readonly proposals?: FleetSnapshot['proposals'];
  /** None by default, as in the regular look. */
  readonly infrastructure?: FleetSnapshot['infrastructure'];
}

/** What is seen of a fleet: every service of the policy in order and with room, except for what is said. */
export function aSnapshot(policy: FleetPolicy, world: World = {}, now: EpochMs = NOW): FleetSnapshot {
  const { services = {}, events = [], changes = {}, pauses = [] } = world;
  return {
    fleet: policy.name,
    services: Object.fromEntries(
      policy.services.map((service) => [service.name, aServiceSnapshot(inOrder(service, services[service.name]), now)]),
    ),
    database: policy.database === undefined ? null : (world.database ?? aDatabaseSnapshot({}, now)),
    infrastructure: world.infrastructure ?? null,
    pooler: null,
    events,
    changes,
    pauses,
    proposals: world.proposals ?? {},
  };
}

/** Bounds and policy as the service wants them, where the row says nothing of them. */
function inOrder({ min, max, targetTracking }: ServicePolicy, world: ServiceWorld = {}): ServiceWorld {
  return { bounds: { min, max }, ...world, targetTracking: world.targetTracking ?? [{ ...targetTracking }] };
}

/** A deadline tomorrow from eight to eight, for which core-api needs 8 tasks. */
export function anEvent(over: Partial<KnownEvent> = {}): KnownEvent {
  return {
    id: 'tax-deadline',
    name: 'Tax deadline',
    from: at('08:00', 1),
    to: at('20:00', 1),
    timeZone: 'UTC',
    floors: { 'core-api': 8 },
    source: 'manual',
    ...over,
  };
}

/** `step('07:45', { min: 8 }, 1)`: a scheduled action of ours tomorrow. */
export function step(
  time: string,
  bounds: { readonly min?: number; readonly max?: number },
  days = 0,
): ScheduledCapacity {
  const instant = at(time, days);
  const name = new Date(instant).toISOString().slice(0, 19).replace(/:00$/, '').replaceAll(/[-:]/g, '');
  return { name: `fulcrum-event-${name}`, at: instant, ...bounds };
}

/** The same of the plan from the forecast. */
export function planStep(
  time: string,
  bounds: { readonly min?: number; readonly max?: number },
  days = 0,
): ScheduledCapacity {
  const { name, ...rest } = step(time, bounds, days);
  return { name: name.replace('-event-', '-plan-'), ...rest };
}

/** A change that was applied an hour ago and is verified. */
export function aChange(over: Partial<ChangeStatus> = {}): ChangeStatus {
  return {
    decisionId: 'ceiling/production/core-api/20261201T1130-0a1b2c3d',
    lever: 'ceiling',
    changeKind: 'set-capacity-bounds',
    direction: 'grow',
    status: 'verified',
    orderedAt: minutesAgo(60),
    updatedAt: minutesAgo(60),
    failures: 0,
    lastApplied: {},
    ...over,
  };
}
