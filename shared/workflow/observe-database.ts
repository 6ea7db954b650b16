import type { FleetPolicy } from '../config/policy.ts';
import type { Reading, Series } from '../domain/reading.ts';
import type { DatabaseLimits, DatabaseSign, DatabaseSnapshot } from '../domain/snapshot.ts';
import type { Need } from '../levers/lever.ts';

/**
 * The database as these needs have shown it; `null` without one.
 *
 * @param slot what was read for a slot
 * @param limits as a look at the infrastructure has told them, perhaps of a database that is not configured any more
 */
export function databaseSeen(
  { database }: FleetPolicy,
  needs: readonly Need[],
  slot: (wanted: Need['slot'], metric: DatabaseSign | null) => Reading<Series>,
  limits: DatabaseLimits | null,
): DatabaseSnapshot | null {
  if (database === undefined) return null;
  return {
    cpu: slot('databaseCpu', null),
    connections: slot('databaseConnections', null),
    signs: Object.fromEntries(
      needs.flatMap((need) => (need.slot === 'databaseSign' ? [[need.metric, slot(need.slot, need.metric)]] : [])),
    ),
    limits: limits?.identifier === database.identifier ? limits : null,
  };
}
