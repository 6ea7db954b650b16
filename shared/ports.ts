import type { AuditEntry, AuditRecord } from './domain/audit.ts';
import type {
  CapacityBounds,
  NamedTargetTracking,
  ScalableTargetId,
  ScalingSetup,
  ScheduledCapacity,
} from './domain/capacity.ts';
import type { CacheFacts, DatabaseFacts, DatabaseId, StorageOffer, TaskFacts } from './domain/infrastructure.ts';
import type { KnownEvent } from './domain/known-event.ts';
import type { MetricQuery } from './domain/metric-query.ts';
import type { Order } from './domain/order.ts';
import type { PoolerSnapshot } from './domain/pooler.ts';
import type { Reading, Series } from './domain/reading.ts';
import type { FailureReason } from './domain/reason.ts';
import type { PastForecast, ServiceForecast } from './domain/service-forecast.ts';
import type { ChangeStatus, DatabaseLimits, Pause, ScheduledSetup, ServiceFacts } from './domain/snapshot.ts';
import type { EpochMs, Seconds } from './domain/units.ts';

/**
 * The few interfaces that the core needs from the world. Adapters for AWS, memory and the simulator implement them;
 * one contract suite runs over all of them.
 *
 * Errors: what may pass with time (throttling, a network fault) is thrown as `TransientError`, so that the caller's queue
 * tries again. A reader answers what it cannot see as `unseen`. A writer returns a permanent refusal as a value.
 */

export interface Clock {
  now(): EpochMs;
}

/** Reads what costs nothing to ask: services, scalable targets, policies and scheduled actions. */
export interface CapacityReader {
  readServices(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ServiceFacts>[]>;
  /** `null`: not registered with Application Auto Scaling. */
  readScaling(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScalingSetup | null>[]>;
  readScheduled(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScheduledSetup>[]>;
  /** When Application Auto Scaling last reported `AlreadyAtMaxCapacity` since the given instant; `null` when never. */
  readWantedMoreThanMax(target: ScalableTargetId, since: EpochMs): Promise<Reading<EpochMs | null>>;
}

/** Reads metrics in as few calls as the source allows. The answer has an entry for each query, in order. */
export interface MetricReader {
  read(queries: readonly MetricQuery[], now: EpochMs): Promise<readonly Reading<Series>[]>;
}

/** Reads what stands in infrastructure code and changes seldom. */
export interface InfrastructureReader {
  readDatabase(database: DatabaseId): Promise<Reading<DatabaseFacts>>;
  readCache(replicationGroup: string): Promise<Reading<CacheFacts>>;
  readTasks(targets: readonly ScalableTargetId[]): Promise<readonly Reading<TaskFacts>[]>;
}

/** Reads what a database could become. The answers are large: they are asked for only where something wants a change. */
export interface DatabaseOfferReader {
  /** Names of classes. */
  readOrderableClasses(database: DatabaseId): Promise<Reading<readonly string[]>>;
  readStorageOffer(database: DatabaseId): Promise<Reading<StorageOffer>>;
}

/** Sees every PgBouncer of a fleet, several times within seconds. It has to stand in the network of the fleet. */
export interface PoolerObserver {
  observe(fleet: string): Promise<Pick<PoolerSnapshot, 'instances' | 'maxConnections'>>;
  /** @see PoolerSnapshot.durable */
  readDurable(fleet: string): Promise<PoolerSnapshot['durable']>;
}

/** Changes capacity. Each call sets absolute values, so that calling it twice does it once. `null` is success. */
export interface CapacityWriter {
  registerTarget(target: ScalableTargetId, bounds: CapacityBounds): Promise<FailureReason | null>;
  /** Sets the bounds of a registered target. AWS moves capacity into them at once. */
  setBounds(target: ScalableTargetId, bounds: CapacityBounds): Promise<FailureReason | null>;
  resumeScaling(target: ScalableTargetId): Promise<FailureReason | null>;
  putTargetTracking(target: ScalableTargetId, policy: NamedTargetTracking): Promise<FailureReason | null>;
  putScheduled(target: ScalableTargetId, action: ScheduledCapacity): Promise<FailureReason | null>;
  /** An action that is not there any more counts as success. */
  deleteScheduled(target: ScalableTargetId, name: string): Promise<FailureReason | null>;
}

/** The append-only story. There is no way to change or remove what was written. */
export interface AuditLog {
  /**
   * Writes the next record of a resource.
   * @param after the sequence that the writer believes to be the newest; the write is refused when it is not.
   */
  append(entry: AuditEntry, after?: number): Promise<AppendResult>;
  /** Newest first. */
  byResource(resource: string, limit: number): Promise<readonly AuditRecord[]>;
  /** All records of a UTC day `2026-12-01`, oldest first. */
  byDay(day: string): Promise<readonly AuditRecord[]>;
  /** Oldest first. */
  byDecision(decisionId: string): Promise<readonly AuditRecord[]>;
}

export type AppendResult =
  | { readonly kind: 'written'; readonly record: AuditRecord }
  /** Somebody else has written meanwhile: look again. */
  | { readonly kind: 'not-newest' };

/** What was last told of each lever and resource, so that a hold is written only when it is news. */
export interface FleetMemory {
  /** 0 before the first save. */
  readonly version: number;
  /** Digest of the last told decision by `resource` and lever. */
  readonly told: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Digest of the bounds as last seen, by resource: a difference that is not ours is an external change. */
  readonly lastSeen: Readonly<Record<string, string>>;
  /** What the look at the infrastructure has seen, for those that do not see it. */
  readonly databaseLimits?: DatabaseLimits;
}

export interface FleetState {
  readonly memory: FleetMemory;
  readonly changes: readonly StoredChange[];
  readonly events: readonly KnownEvent[];
  readonly pauses: readonly Pause[];
}

/** A change together with the order that carries it, so that a lost order can be sent again. */
export interface StoredChange {
  readonly resource: string;
  readonly status: ChangeStatus;
  readonly order: Order;
}

/** A right to act on a resource alone, for a short time. The fence rises with every grant. */
export interface Lease {
  readonly fleet: string;
  readonly resource: string;
  readonly owner: string;
  readonly fence: number;
  readonly expiresAt: EpochMs;
}

/** State that is not history. Every write is conditional; `false` and `null` mean that somebody else was first. */
export interface StateStore {
  load(fleet: string): Promise<FleetState>;
  /** Saves the next version: the stored one must be exactly one less. */
  saveMemory(fleet: string, memory: FleetMemory): Promise<boolean>;
  /** Opens a change, unless another one is in flight on the resource. */
  openChange(change: StoredChange): Promise<boolean>;
  readChange(fleet: string, resource: string): Promise<StoredChange | null>;
  /** Moves a change on, if it is still the same decision in the expected status. */
  moveChange(change: StoredChange, expected: ChangeStatus['status']): Promise<boolean>;
  acquireLease(fleet: string, resource: string, owner: string, now: EpochMs, seconds: Seconds): Promise<Lease | null>;
  /** Whether the lease is still the newest and has not expired. */
  holdsLease(lease: Lease, now: EpochMs): Promise<boolean>;
  releaseLease(lease: Lease): Promise<void>;
  putEvent(fleet: string, event: KnownEvent): Promise<void>;
  /** `false`: there was none. */
  removeEvent(fleet: string, eventId: string): Promise<boolean>;
  putPause(fleet: string, id: string, pause: Pause): Promise<void>;
  removePause(fleet: string, id: string): Promise<boolean>;
}

/** What the forecast function works out once an hour, and a look reads. The last one saved of a service is the one. */
export interface ForecastStore {
  save(fleet: string, service: string, forecast: ServiceForecast): Promise<void>;
  /** In the order of the services. Unseen where there is none, or where this code cannot read it. */
  load(fleet: string, services: readonly string[]): Promise<readonly Reading<ServiceForecast>[]>;
  /** Keeps a forecast until it can be judged. */
  savePast(fleet: string, service: string, past: PastForecast): Promise<void>;
  /** As `load`. */
  loadPast(fleet: string, services: readonly string[]): Promise<readonly Reading<PastForecast>[]>;
}

/** Services that an invocation of the forecast function has to see to. */
export interface ForecastTask {
  readonly fleet: string;
  readonly services: readonly string[];
}

/** Our own event bus. */
export interface EventBus {
  sendOrders(orders: readonly Order[]): Promise<void>;
  /** Asks another invocation to look at fleets for which this one has no time left. */
  handOver(fleets: readonly string[], reason: string): Promise<void>;
}

/** The part of our event bus that the forecast function uses. */
export interface ForecastBus {
  /** Asks for one invocation of the forecast function for each task. */
  handOverForecasts(tasks: readonly ForecastTask[], reason: string): Promise<void>;
}
