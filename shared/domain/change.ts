import type {
  CapacityBounds,
  NamedTargetTracking,
  ScalableTargetId,
  ScalingSetup,
  ScheduledCapacity,
} from './capacity.ts';

/** What shall become different, as absolute values: doing it twice does it once. */
export type Change =
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
      /** Our own scheduled actions only; those of other people are never touched. */
      readonly from: readonly ScheduledCapacity[];
      readonly to: readonly ScheduledCapacity[];
    };

export type ChangeKind = Change['kind'];
export type ChangeOf<Kind extends ChangeKind> = Extract<Change, { kind: Kind }>;

/** Growing adds capacity or room for it; shrinking takes it away; a repair restores what policy says. */
export type Direction = 'grow' | 'shrink' | 'repair';

/** Every scheduled action of ours begins with this; all others belong to somebody else. */
export const SCHEDULED_ACTION_PREFIX = 'fulcrum-';

/** The name under which a missing policy is made; one that exists keeps its own name. */
export const TARGET_TRACKING_POLICY = 'fulcrum-cpu';
