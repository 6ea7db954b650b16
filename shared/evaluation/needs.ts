import type { DatabasePolicy, FleetPolicy } from '../config/policy.ts';
import type { DatabaseLimits, DatabaseSign, FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import { FLEET_LEVERS } from '../levers/fleet-levers.ts';
import type { CheapFacts, LeverSet, Need, Proposal } from '../levers/lever.ts';
import {
  databaseConnectionsQuery,
  databaseCpuQuery,
  databaseMetricQuery,
  minutesSpan,
} from '../levers/metric-queries.ts';
import { LOADS_THE_DATABASE, pushesLoad } from './remedies.ts';

/** Everything that levers have to ask for in this look, judged by the facts that cost nothing. */
export function needsOf(
  facts: CheapFacts,
  policy: FleetPolicy,
  now: EpochMs,
  { levers }: LeverSet = FLEET_LEVERS,
): readonly Need[] {
  return levers
    .filter(({ name }) => policy.levers[name].mode !== 'off')
    .flatMap((lever) => lever.needs(facts, policy, now));
}

/**
 * What the diagnosis has to see of the database: nothing, until a lever that has seen the rest wants to bring it more work.
 *
 * @param snapshot without the database
 */
export function diagnosisNeeds(
  snapshot: FleetSnapshot,
  policy: FleetPolicy,
  now: EpochMs,
  { levers }: LeverSet = FLEET_LEVERS,
): readonly Need[] {
  const { database } = policy;
  if (database === undefined || snapshot.database === null) return [];
  const wishes = levers
    .filter(({ name }) => LOADS_THE_DATABASE.has(name) && policy.levers[name].mode !== 'off')
    .flatMap((lever) => lever.propose(snapshot, policy, now))
    .filter((proposal) => pushesLoad(proposal) || lacksSightOfDatabase(proposal));
  if (wishes.length === 0) return [];
  const always = alwaysAsked(database);
  // While it only watches it wishes for hours what nobody carries out: its word is not worth seven metrics each time.
  const isOnlyWatched =
    wishes.every(({ lever }) => lever === 'predictive') && policy.levers.predictive.mode !== 'apply';
  return isOnlyWatched ? always : [...always, ...signsAsked(database, snapshot.database.limits)];
}

/** It would grow the pools, if only it saw the database. */
function lacksSightOfDatabase({ lever, wanted }: Proposal): boolean {
  return (
    lever === 'pool-size' &&
    wanted.kind === 'abstain' &&
    wanted.because.some((reason) => reason.code === 'blind' && reason.because.code === 'not-asked')
  );
}

function alwaysAsked(database: DatabasePolicy): readonly Need[] {
  return [
    { slot: 'databaseCpu', query: databaseCpuQuery(database) },
    { slot: 'databaseConnections', query: databaseConnectionsQuery(database) },
  ];
}

/** The load of Database Insights is published only where that is on; the rest only means something beside what there is. */
function signsAsked(database: DatabasePolicy, limits: DatabaseLimits | null): readonly Need[] {
  const signs: readonly (readonly [DatabaseSign, string, unknown])[] = [
    ['load', 'DBLoadRelativeToNumVCPUs', database],
    ['freeMemory', 'FreeableMemory', limits?.memoryGiB],
    ['swap', 'SwapUsage', limits?.memoryGiB],
    ['reads', 'ReadIOPS', limits?.iops],
    ['writes', 'WriteIOPS', limits?.iops],
    ['queueDepth', 'DiskQueueDepth', limits?.iops],
    ['freeStorage', 'FreeStorageSpace', limits?.storageGiB],
  ];
  const span = minutesSpan(database.sustained.of, 'Average');
  return signs.flatMap(([metric, name, against]): readonly Need[] =>
    against === undefined || against === null
      ? []
      : [{ slot: 'databaseSign', metric, query: databaseMetricQuery(database, name, span) }],
  );
}
