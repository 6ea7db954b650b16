import type { Change, Direction } from './change.ts';
import type { AbstainReason, ActReason, HoldReason, Trim, Veto } from './reason.ts';

/** What a lever wants to happen. Data only: carrying it out is an action's job. */
export type Decision = Act | Hold | Abstain;

export interface Act<Changes extends Change = Change> {
  readonly kind: 'act';
  readonly change: Changes;
  readonly direction: Direction;
  /** The reasons of the lever, and what made the change smaller on its way. */
  readonly because: readonly [ActReason, ...(ActReason | Trim)[]];
}

export interface Hold {
  readonly kind: 'hold';
  readonly because: readonly [HoldReason, ...(HoldReason | Trim)[]];
  /** What would have been done, where a guard or the arbitration stopped it. */
  readonly instead?: Act;
}

export interface Abstain {
  readonly kind: 'abstain';
  readonly because: readonly [AbstainReason, ...AbstainReason[]];
}

export function act(change: Change, direction: Direction, ...because: [ActReason, ...ActReason[]]): Act {
  return { kind: 'act', change, direction, because };
}

export function hold(...because: [HoldReason, ...HoldReason[]]): Hold {
  return { kind: 'hold', because };
}

export function abstain(...because: [AbstainReason, ...AbstainReason[]]): Abstain {
  return { kind: 'abstain', because };
}

/** Turns a change that a lever wanted into a hold that says who stopped it. */
export function stopped(wanted: Act, ...because: [Veto, ...Veto[]]): Hold {
  return { kind: 'hold', because, instead: wanted };
}
