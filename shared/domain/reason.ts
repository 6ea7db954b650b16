import type { DatabaseBottleneck } from './bottleneck.ts';
import type { DatabaseAbstainReason, DatabaseActReason, DatabaseHoldReason, DatabaseVeto } from './database-reason.ts';
import type { CacheChanging, InfrastructureActReason, InfrastructureHoldReason } from './infrastructure-reason.ts';
import type { LoadPerSecond } from './lead-time-profile.ts';
import type { PoolHoldReason } from './pool-reason.ts';
import type { DatabaseState, PoolerSizes, Worsening } from './pooler.ts';
import type { UnseenReason } from './reading.ts';
import type { ForecastDoubt, LoadSource, Rehearsal } from './service-forecast.ts';
import type { Connections, EpochMs, Percent, Seconds, Tasks, UsdPerMonth } from './units.ts';

/** Why a lever wants something changed. */
export type ActReason =
  | DatabaseActReason
  | InfrastructureActReason
  /** What was changed live has to stand in infrastructure code as well, or the next apply takes it back. */
  | { readonly code: 'code-out-of-step'; readonly live: string; readonly inCode: string }
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
  | { readonly code: 'event-over-or-withdrawn'; readonly actions: number }
  /** The load to come needs a higher floor, or lets it come down. */
  | ({ readonly code: 'load-ahead' } & ExpectedLoad)
  | ({ readonly code: 'load-recedes' } & ExpectedLoad)
  /** The floor carries the load to come: target tracking has to catch what it misses, and nothing else. */
  | { readonly code: 'floor-is-learned'; readonly targetPercent: Percent }
  | { readonly code: 'floor-is-not-learned'; readonly targetPercent: Percent }
  | {
      readonly code: 'forecast-asks';
      readonly peakTasks: Tasks;
      readonly peakAt: EpochMs;
      readonly quantile: number;
    }
  | AboveCeiling
  | ForecastDoubted
  | RehearsedFloor
  | { readonly code: 'need-gone'; readonly lastNeededAt: EpochMs }
  /** Clients wait for a server connection while the database has room. */
  | {
      readonly code: 'clients-wait';
      readonly pool: string;
      readonly clientsWaiting: number;
      readonly waitMillis: number;
      readonly needed: Connections;
      readonly poolSize: Connections;
    }
  | { readonly code: 'clients-near-limit'; readonly clients: Connections; readonly limit: Connections }
  /** What stands live would be lost by the next restart. */
  | {
      readonly code: 'pool-size-not-durable';
      readonly durable: readonly { readonly what: string; readonly is: Connections; readonly shouldBe: Connections }[];
      readonly revision: string;
    }
  /** A step up is taken back. */
  | { readonly code: 'growth-made-worse'; readonly worse: Worsening }
  /** A RELOAD or a restart has brought the size of the configuration file back. */
  | { readonly code: 'pool-size-lost'; readonly instances: readonly string[] }
  | {
      readonly code: 'pool-calm';
      readonly hours: number;
      readonly peakActive: Connections;
      readonly poolSize: Connections;
    };

/** What the control law rests on. */
export interface ExpectedLoad {
  readonly floor: Tasks;
  /** As a fraction of tasks: what is expected when tasks ordered now serve, or the highest until then. */
  readonly expectedTasks: number;
  /** Share of such loads that came higher than the floor has room for; `null` while nothing has been learned. */
  readonly missedPercent: Percent | null;
}

/** A load to come needs more tasks than the ceiling of now allows. */
export interface AboveCeiling {
  readonly code: 'above-ceiling';
  readonly at: EpochMs;
  readonly needed: Tasks;
  readonly ceiling: Tasks;
}

/** How the floor would have done on the last days, for somebody who thinks of switching it on. */
export interface RehearsedFloor extends Rehearsal {
  readonly code: 'rehearsed';
}

export interface ForecastDoubted {
  readonly code: 'forecast-doubted';
  readonly doubts: readonly ForecastDoubt[];
}

export interface Difference {
  readonly what: string;
  readonly is: string | number | boolean | null;
  readonly shouldBe: string | number | boolean;
}

/** Why a lever leaves things as they are. */
export type HoldReason =
  | DatabaseHoldReason
  | InfrastructureHoldReason
  | PoolHoldReason
  | { readonly code: 'as-it-should-be' }
  | { readonly code: 'several-policies'; readonly names: readonly string[] }
  | { readonly code: 'below-max'; readonly desired: Tasks; readonly max: Tasks }
  | { readonly code: 'not-sustained'; readonly above: number; readonly of: number; readonly targetPercent: Percent }
  | { readonly code: 'at-hard-limit'; readonly hardLimit: Tasks; readonly needed: Tasks }
  | { readonly code: 'not-calm'; readonly peakTasks: Tasks; readonly max: Tasks }
  /** The slow metric behind this is asked seldom; what was said of it last still stands. */
  | { readonly code: 'not-due'; readonly everySeconds: Seconds }
  | { readonly code: 'no-event-ahead' }
  | ({ readonly code: 'floor-fits' } & ExpectedLoad)
  | AboveCeiling
  | ForecastDoubted
  /** AWS plans the same service by a predictive policy of its own. */
  | { readonly code: 'aws-predicts'; readonly names: readonly string[] }
  | { readonly code: 'nobody-waits' }
  | { readonly code: 'scheduled'; readonly actions: number; readonly next: EpochMs }
  /** A guard or the arbitration stopped a change that a lever wanted. */
  | Veto;

/** Why a lever cannot say. */
export type AbstainReason =
  | DatabaseAbstainReason
  | CacheChanging
  | { readonly code: 'blind'; readonly to: string; readonly because: UnseenReason }
  | { readonly code: 'not-deployed'; readonly detail: string };

/** Why a change that a lever wanted does not happen, or happens smaller. */
export type Veto =
  | DatabaseVeto
  | { readonly code: 'observe-only' }
  | { readonly code: 'propose-only' }
  /** It would be proposed, and infrastructure code has no word for it. */
  | { readonly code: 'not-in-code' }
  | { readonly code: 'proposed'; readonly tendedAt: EpochMs; readonly next: EpochMs }
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
      /** The one that is behind the others comes first. */
      readonly bottlenecks: readonly [DatabaseBottleneck, ...DatabaseBottleneck[]];
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
  | { readonly code: 'trimmed-to-budget'; readonly wanted: Tasks; readonly budgetUsdPerMonth: UsdPerMonth }
  | { readonly code: 'pool-trimmed-to-connections'; readonly wanted: Connections; readonly limit: Connections };

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
  /** The host of the infrastructure code, GitHub or git. */
  | {
      readonly code: 'code-host-refused';
      readonly why: 'not-permitted' | 'not-found' | 'rejected' | 'conflict';
      readonly detail: string;
    }
  | { readonly code: 'attempts-exhausted'; readonly attempts: number; readonly detail: string }
  /** A change of several PgBouncers that was stopped on its way. */
  | {
      readonly code: 'tuning-taken-back';
      readonly because: 'made-worse' | 'changed-meanwhile' | 'not-effective' | 'console-failed';
      readonly detail: string;
      /** PgBouncers that stand where they stood before. */
      readonly restored: readonly string[];
      /** Those that could not be brought back: somebody has to look at them. */
      readonly notRestored: readonly string[];
    };

/** Why a request from outside was not taken. */
export type RefusalReason = {
  readonly code: 'malformed' | 'unknown-fleet' | 'unknown-service' | 'bad-time' | 'in-the-past' | 'above-hard-limit';
  readonly message: string;
};

/** What the look after a change found. */
export type VerifyReason =
  | { readonly code: 'in-place' }
  | { readonly code: 'in-place-and-used'; readonly desired: Tasks; readonly cpuPercent: Percent }
  /** On so many PgBouncers, with what it has brought. */
  | {
      readonly code: 'pools-in-place';
      readonly instances: number;
      readonly clientsWaiting: number;
      readonly waitMillis: number;
      readonly transactionsPerSecond: number;
      /** As it was before the change; `null` where it could not be measured. */
      readonly before: {
        readonly clientsWaiting: number;
        readonly waitMillis: number;
        readonly transactionsPerSecond: number;
      } | null;
      /** How the database fared while it was carried out; absent where that is not known any more. */
      readonly database?: { readonly before: DatabaseState; readonly after: DatabaseState };
    }
  | { readonly code: 'undone-by-others'; readonly differences: readonly Difference[] }
  /** Tasks did not start or did not stay healthy, and ECS has gone back to the revision before. */
  | {
      readonly code: 'rolled-back';
      readonly by: 'deployment-circuit-breaker';
      readonly differences: readonly Difference[];
    }
  /** A scheduled action of ours fired in AWS. */
  | { readonly code: 'scheduled-step-taken'; readonly differences: readonly Difference[] }
  | { readonly code: 'changed-by-others'; readonly differences: readonly Difference[] };

/** What the forecast function says of its own work, besides `forecast-doubted` and `rehearsed`. */
export type ForecastReason =
  | {
      readonly code: 'forecast-trusted';
      readonly source: LoadSource;
      readonly taskCapacity: LoadPerSecond;
      readonly historyDays: number;
    }
  /** The forecast of yesterday against what came. */
  | {
      readonly code: 'forecast-turned-out';
      readonly hours: number;
      readonly coveragePercent: Percent;
      readonly pinballLossPercent: Percent;
    };

/** What a probe found that no lever mends. */
export type NoticeReason =
  | {
      readonly code: 'vulnerable-version';
      readonly version: string;
      readonly instances: readonly string[];
      readonly cves: readonly string[];
      readonly fixedIn: string;
    }
  | { readonly code: 'no-vulnerable-version' };

/** What became of a proposal in infrastructure code. `id` is the number of its pull request, or of its issue. */
export type ProposalReason =
  | { readonly code: 'proposal-opened'; readonly id: string; readonly url: string | null }
  /** It is open, and its labels could not be set. */
  | { readonly code: 'proposal-unlabelled'; readonly id: string; readonly why: string; readonly detail: string }
  | {
      readonly code: 'proposal-refreshed';
      readonly id: string;
      readonly why: 'value-changed' | 'base-moved' | 'conflicting' | 'behind';
    }
  | { readonly code: 'proposal-reworded'; readonly id: string }
  | {
      readonly code: 'proposal-stands';
      readonly id: string;
      readonly why: 'unchanged' | 'refreshed-lately' | 'need-may-return' | 'new-value-refused' | 'branch-gone';
    }
  /** A person is at work there. `null`: there is a branch of that name and no pull request. */
  | {
      readonly code: 'proposal-in-other-hands';
      readonly id: string | null;
      readonly why: 'person-pushed' | 'label' | 'no-longer-needed' | 'branch-of-others';
    }
  | {
      readonly code: 'proposal-closed';
      readonly id: string;
      readonly why: 'need-gone' | 'in-code' | 'live' | 'not-editable';
    }
  /** A person has said no to exactly this. */
  | { readonly code: 'proposal-refused-before'; readonly id: string; readonly how: 'closed' | 'undone' }
  | {
      readonly code: 'proposals-limited';
      readonly why: 'too-many-open' | 'too-many-today';
      readonly count: number;
      readonly limit: number;
    }
  | { readonly code: 'proposal-merged'; readonly id: string; readonly standing: 'not-live' | 'live' }
  /** An issue takes the place of a pull request. */
  | { readonly code: 'proposal-advised'; readonly id: string; readonly url: string | null; readonly detail: string }
  /** The issue that took the place of a pull request is closed. */
  | {
      readonly code: 'advice-withdrawn';
      readonly id: string;
      readonly why: 'need-gone' | 'in-code' | 'live' | 'editable';
    }
  | { readonly code: 'nothing-to-propose' }
  | BoundsBeforeClass
  /** What people and pipelines say of its commits cannot be read. */
  | { readonly code: 'checks-unread'; readonly id: string; readonly why: string; readonly detail: string }
  /** The next apply of the infrastructure code would take back what is live. */
  | {
      readonly code: 'code-would-undo';
      readonly name: string;
      readonly at: string;
      readonly inCode: string;
      readonly live: string;
    };

/** How far services and pools could go while a change of class was proposed: by it is told whether they have followed. */
export interface BoundsBeforeClass {
  readonly code: 'bounds-before-class';
  /** By name of service. */
  readonly ceilings: Readonly<Record<string, Tasks>>;
  /** `null` without a pooler. */
  readonly pools: PoolerSizes | null;
}

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
  | VerifyReason
  | NoticeReason
  | ProposalReason
  | ForecastReason;
export type ReasonCode = Reason['code'];
