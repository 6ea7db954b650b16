import type { FleetPolicy } from '../config/policy.ts';
import type { AuditEntry, AuditRecord } from '../domain/audit.ts';
import type { databaseLimits } from '../evaluation/database-limits.ts';
import type {
  AuditLog,
  CapacityReader,
  Clock,
  EventBus,
  ForecastStore,
  InfrastructureReader,
  MetricReader,
  PoolerObserver,
  StateStore,
} from '../ports.ts';
import { appendOnce } from './append-once.ts';
import type { FindMoved } from './code-in-step.ts';
import type { costOfInfrastructure } from './cost-of-infrastructure.ts';
import type { AskOffers } from './database-offers.ts';
import type { quietWindow } from './quiet-window.ts';
import type { verifyInfrastructure } from './verify-infrastructure.ts';
import type { Occasion } from './tell.ts';

export interface LookDependencies {
  readonly clock: Clock;
  readonly capacity: CapacityReader;
  readonly metrics: MetricReader;
  readonly forecasts: Pick<ForecastStore, 'load'>;
  /** Only for the look at the infrastructure. */
  readonly infrastructure?: InfrastructureReader;
  /** Only with it: what came of its changes, when the next ones would disturb least, and what they cost. */
  readonly verifyInfrastructure?: typeof verifyInfrastructure;
  readonly quietWindow?: typeof quietWindow;
  readonly costOfInfrastructure?: typeof costOfInfrastructure;
  /** What its database could become, asked for only where a lever wants it to. */
  readonly askOffers?: AskOffers;
  readonly databaseLimits?: typeof databaseLimits;
  /** What has moved live and has to stand in the code as well; the ceilings where a look says no other. */
  readonly findMoved?: FindMoved;
  /** Only where the fleet's network can be reached. */
  readonly poolers?: PoolerObserver;
  readonly audit: AuditLog;
  readonly state: StateStore;
  readonly bus: EventBus;
  readonly codeVersion: string;
}

/** One look under way. */
export interface Look {
  readonly policy: FleetPolicy;
  readonly occasion: Occasion;
  readonly deps: LookDependencies;
  readonly told: AuditEntry[];
}

/** Appends a record; `false` when somebody else wrote about the resource since the given sequence. */
export async function tell(look: Look, entry: AuditEntry, after?: number): Promise<boolean> {
  const result = await look.deps.audit.append(entry, after);
  if (result.kind === 'not-newest') return false;
  look.told.push(entry);
  return true;
}

/** Appends a record unless `find` finds that it was told before. @see appendOnce */
export async function tellOnce<Found>(
  look: Look,
  entry: AuditEntry,
  find: (newestFirst: readonly AuditRecord[]) => Found | null,
): Promise<Found | null> {
  const found = await appendOnce(look.deps.audit, entry, find);
  if (found === null) look.told.push(entry);
  return found;
}
