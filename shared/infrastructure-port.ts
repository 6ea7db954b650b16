import type { ChangeOf, InfrastructureChange } from './domain/change.ts';
import type { FailureReason } from './domain/reason.ts';
import type { EpochMs } from './domain/units.ts';

/** Changes of infrastructure that an action can carry out. Pods are scaled by pull requests alone. */
export type LiveChange = Exclude<InfrastructureChange, { readonly kind: 'set-pod-ceiling' }>;

/** Sees the thing that a change is about, and moves it. By absolute values: moving twice moves once. */
export interface InfrastructureMover<Changes extends LiveChange> {
  /**
   * What stands now, or why it cannot be told for good.
   *
   * @throws TransientError where it cannot be seen at this moment.
   */
  look(change: Changes): Promise<Standing<Changes['to']> | FailureReason>;
  /**
   * `null` is success: AWS has taken it and is at work on it.
   *
   * @throws TransientError for what may pass, and where something else is under way.
   */
  move(change: Changes): Promise<FailureReason | null>;
}

export interface Standing<Size> {
  readonly size: Size;
  /** Why nothing can be begun now, or nothing that was decided on what stood before; `null` where it can. */
  readonly busy: string | null;
}

/** A person's word that one change may happen without a pull request. It ends by itself. */
export interface Approval {
  readonly change: ChangeOf<ApprovedKind>['kind'];
  /** The resource as the action names it: `database/main`. */
  readonly about: string;
  /** Exactly what was approved, as the `to` of the change. */
  readonly to: ChangeOf<ApprovedKind>['to'];
  readonly until: EpochMs;
  /** Who said so, and why. */
  readonly note: string;
}

/** Changes that need an approval: they interrupt the database or cannot be taken back. */
export type ApprovedKind = 'change-database-class' | 'provision-storage';

export interface ApprovalReader {
  /** `null`: nobody has approved it. */
  find(fleet: string, kind: ApprovedKind, about: string): Promise<Approval | null>;
}
