import type { Change } from './change.ts';
import type { Decision } from './decision.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Reason } from './reason.ts';
import type { UsdPerMonth } from './units.ts';

/**
 * What a record of the audit table tells:
 * - `decided`: a lever wants a change and nothing stops it; an order goes out.
 * - `held`, `abstained`: written when kind or reason differ from the last one of this lever and resource.
 * - `blocked`: a lever wanted a change, a guard or the arbitration stopped it.
 * - `attempting`: written before the call to AWS; without an outcome behind it the attempt was cut off.
 * - `applied`, `skipped`, `failed`: the outcome.
 * - `verified`: a later look at whether it is in place and helped.
 * - `rolled-back`: AWS has taken it back, because what came of it did not work.
 * - `announced`, `withdrawn`, `refused`: a request from outside.
 * - `judged`: whether the forecast of a service is trusted, when that has changed; and once a day how well it did.
 * - `noticed`: something that no lever mends and a person should know; told once.
 * - `external`: somebody else changed what we look after.
 */
export type Transition =
  | 'decided'
  | 'held'
  | 'abstained'
  | 'blocked'
  | 'attempting'
  | 'applied'
  | 'skipped'
  | 'failed'
  | 'verified'
  | 'rolled-back'
  | 'announced'
  | 'withdrawn'
  | 'refused'
  | 'judged'
  | 'noticed'
  | 'external';

export const TRIGGER_KINDS = [
  'tick',
  'alarm',
  'scaled-to-max',
  'known-event',
  'forecast',
  'probe',
  'infrastructure',
  'order',
] as const;

/** What woke us. Evidence of the occasion only: a decision never depends on it. */
export interface Trigger {
  readonly kind: (typeof TRIGGER_KINDS)[number];
  /** The event's own id where it has one. */
  readonly id: string;
}

/** What is told; the audit log adds sequence, hashes and expiry. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly fleet: string;
  /** `service/production/core-api`, `fleet/production`, `event/production/tax-deadline`. */
  readonly resource: string;
  readonly transition: Transition;
  readonly lever: string | null;
  /** Shared by all records of one decision. */
  readonly decisionId: string;
  readonly trigger: Trigger;
  readonly reasons: readonly Reason[];
  /** The decision as one plain sentence with its numbers. */
  readonly sentence: string;
  readonly decision: Decision | null;
  /** The exact arguments of the lever: evaluating them again gives `wanted` again. */
  readonly replay: { readonly input: unknown; readonly settings: unknown; readonly wanted: Decision } | null;
  /** What held the fleet back when a change was wanted; absent where nothing did, or nobody looked. */
  readonly diagnosis?: Diagnosis;
  readonly before: Change['from'] | undefined;
  readonly after: Change['to'] | undefined;
  /** Of the most that the change can come to cost in a month; `null` where it has no price. */
  readonly monthlyCostDeltaUsd: UsdPerMonth | null;
  readonly codeVersion: string;
  readonly policyVersion: string;
}

export interface AuditRecord extends AuditEntry {
  readonly schema: 1;
  /** 1, 2, 3 … without gaps for each resource. */
  readonly sequence: number;
  /** Hash of the record before this one of the same resource; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 of the canonical JSON of everything else in the record, as lower-case hex. */
  readonly hash: string;
}
