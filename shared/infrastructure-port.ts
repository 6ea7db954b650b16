import type { InfrastructureChange } from './domain/change.ts';
import type { FailureReason } from './domain/reason.ts';

/** Changes of infrastructure that an action can carry out. The others are made by pull requests alone. */
export type LiveChange = Exclude<
  InfrastructureChange,
  { readonly kind: 'set-pod-ceiling' | 'set-own-pool-size' | 'provision-storage' }
>;

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
