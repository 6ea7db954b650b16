import type { ScalingSetup, ScheduledCapacity } from './capacity.ts';
import type { ChangeKind, Direction, ProposableChange } from './change.ts';
import type { InfrastructureSnapshot } from './infrastructure.ts';
import type { KnownEvent } from './known-event.ts';
import type { PoolerSnapshot, Tuning } from './pooler.ts';
import type { Reading, Series } from './reading.ts';
import type { ServiceForecast } from './service-forecast.ts';
import { DAY, type EpochMs, type Seconds, type Tasks } from './units.ts';

/** All that is known of one fleet at one moment. Pure data: a backtest builds the same one. */
export interface FleetSnapshot {
  readonly fleet: string;
  readonly services: Readonly<Record<string, ServiceSnapshot>>;
  readonly database: DatabaseSnapshot | null;
  /** `null` in a look that does not look at it. */
  readonly infrastructure: InfrastructureSnapshot | null;
  /** `null` without a pooler. */
  readonly pooler: PoolerSnapshot | null;
  /** Known events that are ahead or under way: the calendar and what was announced by hand. */
  readonly events: readonly KnownEvent[];
  /** The newest change of each resource, by resource. */
  readonly changes: Readonly<Record<string, ChangeStatus>>;
  readonly pauses: readonly Pause[];
  /** By `proposal/<lever>/<resource>`. */
  readonly proposals: Readonly<Record<string, StandingProposal>>;
}

/** How long a proposal stands after its need has gone: it may return with the next working day. */
export const PROPOSAL_OUTLIVES_NEED: Seconds = 3 * DAY;

/** What was last wanted of a proposal in infrastructure code. How it stands there, its host knows. */
export interface StandingProposal {
  /** Whether an invocation is at work on it. */
  readonly kind: 'in-hand' | 'tended';
  readonly decisionId: string;
  /** `null`: it was to be taken back. */
  readonly proposes: ProposableChange | null;
  readonly lastNeededAt: EpochMs;
  readonly tendedAt: EpochMs;
}

export interface ServiceSnapshot {
  readonly facts: Reading<ServiceFacts>;
  /** `null`: the service is not registered with Application Auto Scaling. */
  readonly scaling: Reading<ScalingSetup | null>;
  readonly scheduled: Reading<ScheduledSetup>;
  /** Average CPU of the service, a point a minute, in percent. */
  readonly cpu: Reading<Series>;
  /** Running tasks over the last days, a point a minute. */
  readonly runningTasks: Reading<Series>;
  /** The newest time at which Application Auto Scaling wanted more than the ceiling; `null` when it has not. */
  readonly wantedMoreThanMax: Reading<EpochMs | null>;
  /** As it was last worked out. */
  readonly forecast: Reading<ServiceForecast>;
  /** Load a second in the unit of the forecast, a point a minute: at least since the forecast has learned. */
  readonly load: Reading<Series>;
}

export interface ServiceFacts {
  readonly desired: Tasks;
  readonly running: Tasks;
  readonly pending: Tasks;
  readonly deployment: 'none' | 'in-progress';
}

export interface ScheduledSetup {
  /** Ours, by the prefix of the name, oldest first. */
  readonly ours: readonly ScheduledCapacity[];
  /** How many other people have: they count against the 200 of a target. */
  readonly othersCount: number;
}

export interface DatabaseSnapshot {
  readonly cpu: Reading<Series>;
  readonly connections: Reading<Series>;
  /** What was asked for besides, where a lever wants to bring the database more work. */
  readonly signs: Readonly<Partial<Record<DatabaseSign, Reading<Series>>>>;
  /** `null` where no look has told yet. */
  readonly limits: DatabaseLimits | null;
}

/** Active sessions for each vCPU, bytes, operations a second, outstanding requests: a point a minute. */
export type DatabaseSign = 'load' | 'freeMemory' | 'swap' | 'reads' | 'writes' | 'queueDepth' | 'freeStorage';

/** What class and volume of a database have, as the look at the infrastructure has last seen them. */
export interface DatabaseLimits {
  /** Of which database. */
  readonly identifier: string;
  /** `null` where the class is not known, or is none: Aurora Serverless. */
  readonly memoryGiB: number | null;
  /** `null` for Aurora, which bounds neither. */
  readonly iops: number | null;
  readonly storageGiB: number | null;
}

/** The life of a change on one resource, as the state table knows it. */
export interface ChangeStatus {
  readonly decisionId: string;
  readonly lever: string;
  readonly changeKind: ChangeKind;
  readonly direction: Direction;
  readonly status: 'ordered' | 'attempting' | 'applied' | 'verified' | 'skipped' | 'failed';
  readonly orderedAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** Failures in a row on this resource. */
  readonly failures: number;
  /** Newest applied change of each direction: cooldowns count from here. */
  readonly lastApplied: Readonly<Partial<Record<Direction, EpochMs>>>;
  /** The same of the predictive lever, which moves the floor by the minute: others do not wait for that. */
  readonly floorLastApplied?: Readonly<Partial<Record<Direction, EpochMs>>>;
  /** What changes of pool sizes have left behind; only on a pooler. */
  readonly tuning?: Tuning;
}

export function isInFlight(change: ChangeStatus): boolean {
  return change.status === 'ordered' || change.status === 'attempting';
}

/** A person's word that something is to be left alone for a while. It ends by itself. */
export interface Pause {
  readonly scope: { readonly service?: string; readonly lever?: string };
  readonly until: EpochMs;
  readonly note: string;
}
