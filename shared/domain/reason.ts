import type { UnseenReason } from './reading.ts';
import type { Connections, EpochMs, Percent, Seconds, Tasks, UsdPerMonth } from './units.ts';

/** Why a lever wants something changed. */
export type ActReason =
  | { readonly code: 'not-registered' }
  | { readonly code: 'policy-missing' }
  | { readonly code: 'policy-differs'; readonly differences: readonly Difference[] }
  | { readonly code: 'scaling-suspended'; readonly which: readonly string[] }
  | { readonly code: 'bounds-differ'; readonly differences: readonly Difference[] }
  | {
      readonly code: 'pinned-at-max';
      readonly max: Tasks;
      readonly cpuPercent: Percent;
      readonly targetPercent: Percent;
      readonly minutes: number;
      readonly needed: Tasks;
    }
  | {
      readonly code: 'scaled-to-max';
      readonly max: Tasks;
      readonly cpuPercent: Percent;
      readonly targetPercent: Percent;
      readonly since: EpochMs;
      readonly needed: Tasks;
    }
  /** Blind, and policy says that a blind service at its ceiling may grow. */
  | { readonly code: 'pinned-and-blind'; readonly max: Tasks; readonly blind: UnseenReason }
  | { readonly code: 'calm'; readonly days: number; readonly peakTasks: Tasks; readonly max: Tasks }
  | { readonly code: 'event-ahead'; readonly event: string; readonly from: EpochMs; readonly floor: Tasks }
  | { readonly code: 'event-under-way'; readonly event: string; readonly to: EpochMs; readonly floor: Tasks }
  | { readonly code: 'event-over-or-withdrawn'; readonly actions: number };

export interface Difference {
  readonly what: string;
  readonly is: string | number | boolean | null;
  readonly shouldBe: string | number | boolean;
}

/** Why a lever leaves things as they are. */
export type HoldReason =
  | { readonly code: 'as-it-should-be' }
  | { readonly code: 'several-policies'; readonly names: readonly string[] }
  | { readonly code: 'below-max'; readonly desired: Tasks; readonly max: Tasks }
  | { readonly code: 'not-sustained'; readonly above: number; readonly of: number; readonly targetPercent: Percent }
  | { readonly code: 'at-hard-limit'; readonly hardLimit: Tasks; readonly needed: Tasks }
  | { readonly code: 'not-calm'; readonly peakTasks: Tasks; readonly max: Tasks }
  /** The slow metric behind this is asked seldom; what was said of it last still stands. */
  | { readonly code: 'not-due'; readonly everySeconds: Seconds }
  | { readonly code: 'no-event-ahead' }
  | { readonly code: 'scheduled'; readonly actions: number; readonly next: EpochMs }
  /** A guard or the arbitration stopped a change that a lever wanted. */
  | Veto;

/** Why a lever cannot say. */
export type AbstainReason =
  | { readonly code: 'blind'; readonly to: string; readonly because: UnseenReason }
  | { readonly code: 'not-deployed'; readonly detail: string };

/** Why a change that a lever wanted does not happen, or happens smaller. */
export type Veto =
  | { readonly code: 'observe-only' }
  | { readonly code: 'propose-only' }
  | { readonly code: 'paused'; readonly until: EpochMs; readonly note: string }
  | { readonly code: 'outside-bounds'; readonly wanted: Tasks; readonly lowest: Tasks; readonly hardLimit: Tasks }
  | { readonly code: 'cooling-down'; readonly until: EpochMs }
  | { readonly code: 'frozen'; readonly window: string; readonly until: EpochMs | null }
  | { readonly code: 'deployment-in-progress' }
  | { readonly code: 'too-many-failures'; readonly failures: number; readonly until: EpochMs }
  | {
      readonly code: 'over-budget';
      readonly atCeilingUsdPerMonth: UsdPerMonth;
      readonly budgetUsdPerMonth: UsdPerMonth;
    }
  | {
      readonly code: 'connections-exceeded';
      readonly side: 'client' | 'server';
      readonly needed: Connections;
      readonly limit: Connections;
    }
  | { readonly code: 'change-in-flight'; readonly decisionId: string }
  | { readonly code: 'waits-for'; readonly lever: string }
  | { readonly code: 'outweighed'; readonly lever: string; readonly by: Tasks }
  | {
      readonly code: 'bottleneck-elsewhere';
      readonly bottleneck: string;
      readonly is: number;
      readonly limit: number;
      readonly unit: string;
    };

/** What made a change smaller than the lever wanted. */
export type Trim =
  | { readonly code: 'trimmed-to-hard-limit'; readonly wanted: Tasks; readonly hardLimit: Tasks }
  | { readonly code: 'trimmed-to-step'; readonly wanted: Tasks; readonly factor: number }
  | {
      readonly code: 'trimmed-to-connections';
      readonly wanted: Tasks;
      readonly side: 'client' | 'server';
      readonly limit: Connections;
    }
  | { readonly code: 'trimmed-to-budget'; readonly wanted: Tasks; readonly budgetUsdPerMonth: UsdPerMonth };

/** How an order ended without effect. */
export type SkipReason =
  | { readonly code: 'already-there' }
  | { readonly code: 'world-moved-on'; readonly expected: string; readonly actual: string }
  | { readonly code: 'order-expired'; readonly ageSeconds: Seconds; readonly limitSeconds: Seconds }
  | { readonly code: 'superseded'; readonly by: string };

/** How an order failed for good; what may pass with time is thrown and tried again instead. */
export type FailureReason =
  | { readonly code: 'not-permitted'; readonly detail: string }
  | { readonly code: 'not-found'; readonly detail: string }
  | { readonly code: 'rejected'; readonly detail: string }
  | { readonly code: 'limit-exceeded'; readonly detail: string }
  | { readonly code: 'attempts-exhausted'; readonly attempts: number; readonly detail: string };

/** Why a request from outside was not taken. */
export type RefusalReason = {
  readonly code: 'malformed' | 'unknown-fleet' | 'unknown-service' | 'bad-time' | 'in-the-past' | 'above-hard-limit';
  readonly message: string;
};

/** What the look after a change found. */
export type VerifyReason =
  | { readonly code: 'in-place' }
  | { readonly code: 'in-place-and-used'; readonly desired: Tasks; readonly cpuPercent: Percent }
  | { readonly code: 'undone-by-others'; readonly differences: readonly Difference[] }
  /** A scheduled action of ours fired in AWS. */
  | { readonly code: 'scheduled-step-taken'; readonly differences: readonly Difference[] }
  | { readonly code: 'changed-by-others'; readonly differences: readonly Difference[] };

/** What was asked from outside and taken. */
export type RequestReason =
  | { readonly code: 'event-announced'; readonly event: string; readonly from: EpochMs; readonly to: EpochMs }
  | { readonly code: 'event-withdrawn'; readonly event: string };

export type Reason =
  | RequestReason
  | ActReason
  | HoldReason
  | AbstainReason
  | Trim
  | SkipReason
  | FailureReason
  | RefusalReason
  | VerifyReason;
export type ReasonCode = Reason['code'];
