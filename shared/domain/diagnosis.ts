import type { DatabaseBottleneck } from './bottleneck.ts';
import type { UnseenReason } from './reading.ts';
import type { Reason } from './reason.ts';

/** What holds a fleet back, named before any lever is pulled. */
export interface Diagnosis {
  /** Causes before their effects: the database, then what stands in front of it. */
  readonly bottlenecks: readonly Bottleneck[];
  /** What could not be judged. Unknown is not none: it neither stops growth nor licenses shrinking. */
  readonly unknown: readonly { readonly kind: DatabaseBottleneck['kind']; readonly because: UnseenReason }[];
}

export type Bottleneck = DatabaseBottleneck | LeverBottleneck;

/** What a lever has found of what it looks after. The levers that ease it may bring the database more work. */
export interface LeverBottleneck {
  readonly kind: 'cache' | 'pool' | 'request-cost' | 'tasks';
  readonly resource: string;
  readonly because: Reason;
}
