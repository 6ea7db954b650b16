import type {
  CapacityBounds,
  NamedTargetTracking,
  ScalableTargetId,
  ScalingSetup,
  ScheduledCapacity,
} from './capacity.ts';
import type { CacheShapeSize, DatabaseId, StorageProvision, TaskSize } from './infrastructure.ts';
import type { PoolerSizes, TuningEffect } from './pooler.ts';
import type { Connections, EpochMs } from './units.ts';

/** What shall become different, as absolute values: doing it twice does it once. */
export type Change = ServiceChange | PoolerChange | DurablePoolerChange | InfrastructureChange | ProposalChange;

/** A change of the scaling of an ECS service. */
export type ServiceChange =
  | {
      readonly kind: 'ensure-target-tracking';
      readonly target: ScalableTargetId;
      /** `null` where Application Auto Scaling knows nothing of the service. */
      readonly from: ScalingSetup | null;
      readonly to: { readonly bounds: CapacityBounds; readonly targetTracking: NamedTargetTracking };
    }
  | {
      readonly kind: 'set-capacity-bounds';
      readonly target: ScalableTargetId;
      readonly from: CapacityBounds;
      readonly to: CapacityBounds;
    }
  | {
      readonly kind: 'schedule-capacity';
      readonly target: ScalableTargetId;
      readonly owner: ScheduleOwner;
      /** Scheduled actions of the owner only; those of other levers and other people are never touched. */
      readonly from: readonly ScheduledCapacity[];
      readonly to: readonly ScheduledCapacity[];
    };

/** A change of the sizes of every PgBouncer of a fleet. */
export interface PoolerChange {
  readonly kind: 'tune-pgbouncer';
  /** The ECS service of the PgBouncer tasks. */
  readonly pooler: ScalableTargetId;
  /** Of every PgBouncer that runs: one that was restarted may stand elsewhere. */
  readonly from: readonly PoolerInstanceSizes[];
  /** The same for all. */
  readonly to: PoolerSizes;
  /** The growth that is taken back, with what it made worse: that is remembered, and less throughput is its price. */
  readonly undoes?: TuningEffect;
  /** Of the task definition that has the sizes, where that is known; for infrastructure code. */
  readonly family?: string;
}

/** The sizes that stand live become those that a PgBouncer starts with. */
export interface DurablePoolerChange {
  readonly kind: 'keep-pool-sizes';
  readonly pooler: ScalableTargetId;
  readonly from: { readonly revision: string; readonly sizes: Partial<PoolerSizes> };
  /** The same sizes that `from` has. */
  readonly to: { readonly sizes: Partial<PoolerSizes> };
}

export interface PoolerInstanceSizes {
  /** Id of the PgBouncer. */
  readonly instance: string;
  readonly sizes: PoolerSizes;
}

/** Whose pools have a size of their own: it stands at the database or the user in the configuration file. */
export interface PoolOwner {
  readonly kind: 'database' | 'user';
  readonly name: string;
}

/** A change of what infrastructure code describes. */
export type InfrastructureChange =
  | Moved<'resize-task', { readonly service: ScalableTargetId; readonly family: string }, TaskSize>
  | Moved<'change-database-class', { readonly database: DatabaseId }, { readonly instanceClass: string }>
  | Moved<'set-read-replicas', { readonly database: DatabaseId }, { readonly replicas: number }>
  | Moved<'set-storage-ceiling', { readonly database: DatabaseId }, { readonly maxAllocatedGiB: number | null }>
  | Moved<'provision-storage', { readonly database: DatabaseId }, StorageProvision>
  | Moved<
      'set-aurora-capacity',
      { readonly database: DatabaseId },
      { readonly minAcu: number; readonly maxAcu: number }
    >
  | Moved<'change-cache-node-type', { readonly replicationGroup: string }, { readonly nodeType: string }>
  | Moved<'set-cache-shape', { readonly replicationGroup: string }, CacheShapeSize>
  | Moved<
      'set-pod-ceiling',
      { readonly autoscaler: string; readonly namespace: string },
      { readonly maxReplicas: number }
    >
  | Moved<
      'set-own-pool-size',
      { readonly pooler: ScalableTargetId; readonly owner: PoolOwner },
      { readonly poolSize: Connections }
    >;

/**
 * What a change wants, as a pull request that is opened, kept up to date or closed. The host of the code says how it
 * stands; here is what is wanted of it.
 */
export interface ProposalChange {
  readonly kind: 'tend-proposal';
  readonly lever: string;
  /** What the proposal is about, as the lever names it. */
  readonly about: string;
  /** What is proposed; `null` where it is not needed any more. */
  readonly from: null;
  readonly to: {
    readonly proposes: ProposableChange | null;
    readonly lastNeededAt: EpochMs;
  };
}

export type ProposableChange = Exclude<Change, ProposalChange>;

type Moved<Kind extends string, Subject, Size> = Subject & {
  readonly kind: Kind;
  readonly from: Size;
  readonly to: Size;
};

const SERVICE_CHANGES: ReadonlySet<string> = new Set<ServiceChange['kind']>([
  'ensure-target-tracking',
  'set-capacity-bounds',
  'schedule-capacity',
]);

const OTHER_CHANGES: ReadonlySet<string> = new Set<Exclude<ChangeKind, InfrastructureChange['kind']>>([
  'ensure-target-tracking',
  'set-capacity-bounds',
  'schedule-capacity',
  'tune-pgbouncer',
  'keep-pool-sizes',
  'tend-proposal',
]);

export function isInfrastructureChange(change: Change): change is InfrastructureChange {
  return !OTHER_CHANGES.has(change.kind);
}

export function isServiceChange(change: Change): change is ServiceChange {
  return SERVICE_CHANGES.has(change.kind);
}

export type ChangeKind = Change['kind'];
export type ChangeOf<Kind extends ChangeKind> = Extract<Change, { kind: Kind }>;

/** Growing adds capacity or room for it; shrinking takes it away; a repair restores what policy says. */
export type Direction = 'grow' | 'shrink' | 'repair';

/** Every scheduled action of ours begins with this; all others belong to somebody else. */
export const SCHEDULED_ACTION_PREFIX = 'fulcrum-';
const PLAN_PREFIX = `${SCHEDULED_ACTION_PREFIX}plan-`;

/** What scheduled actions of ours are for: known events, or the plan from the forecast. */
export type ScheduleOwner = 'event' | 'plan';

export function scheduledActionName(owner: ScheduleOwner, label: string): string {
  return `${SCHEDULED_ACTION_PREFIX}${owner}-${label}`;
}

/** Those of our scheduled actions that belong to one owner. Whatever is ours and no part of a plan counts as an event's. */
export function scheduledBy(owner: ScheduleOwner, ours: readonly ScheduledCapacity[]): readonly ScheduledCapacity[] {
  return ours.filter(({ name }) => name.startsWith(PLAN_PREFIX) === (owner === 'plan'));
}

/** The name under which a missing policy is made; one that exists keeps its own name. */
export const TARGET_TRACKING_POLICY = 'fulcrum-cpu';
