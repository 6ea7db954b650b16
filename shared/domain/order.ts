import type { Trigger } from './audit.ts';
import type { Change, ChangeKind, Direction } from './change.ts';
import type { EpochMs, UsdPerMonth } from './units.ts';

/** A decided change on its way to the action that carries it out. */
export interface Order {
  readonly decisionId: string;
  readonly fleet: string;
  readonly region: string;
  readonly resource: string;
  readonly lever: string;
  readonly change: Change;
  readonly direction: Direction;
  readonly trigger: Trigger;
  readonly decidedAt: EpochMs;
  /** After this the world has to be looked at anew: the action skips. */
  readonly expiresAt: EpochMs;
  readonly monthlyCostDeltaUsd: UsdPerMonth | null;
  readonly policyVersion: string;
}

/** The `detail-type` of the order on the bus, by kind of change: one rule and one action for each. */
export const ORDER_TYPES: Readonly<Record<ChangeKind, string>> = {
  'ensure-target-tracking': 'Ensure Target Tracking',
  'set-capacity-bounds': 'Set Capacity Bounds',
  'schedule-capacity': 'Schedule Capacity',
  'tune-pgbouncer': 'Tune PgBouncer',
  'keep-pool-sizes': 'Keep Pool Sizes',
  'resize-task': 'Resize Task',
  'change-database-class': 'Change Database Class',
  'set-read-replicas': 'Set Read Replicas',
  'set-storage-ceiling': 'Set Storage Ceiling',
  'provision-storage': 'Provision Storage',
  'set-aurora-capacity': 'Set Aurora Capacity',
  'change-cache-node-type': 'Change Cache Node Type',
  'set-cache-shape': 'Set Cache Shape',
  'set-pod-ceiling': 'Set Pod Ceiling',
  'set-own-pool-size': 'Set Own Pool Size',
  'tend-proposal': 'Tend Proposal',
};
