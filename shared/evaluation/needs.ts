import type { FleetPolicy } from '../config/policy.ts';
import type { EpochMs } from '../domain/units.ts';
import type { CheapFacts, Need } from '../levers/lever.ts';
import { databaseConnectionsQuery, databaseCpuQuery } from '../levers/metric-queries.ts';
import { LEVERS } from '../levers/registry.ts';

/** Everything that this look has to ask for, judged by the facts that cost nothing. */
export function needsOf(facts: CheapFacts, policy: FleetPolicy, now: EpochMs): readonly Need[] {
  const needs = LEVERS.filter(({ name }) => policy.levers[name].mode !== 'off').flatMap((lever) =>
    lever.needs(facts, policy, now),
  );
  return [...needs, ...diagnosisNeeds(needs, policy)];
}

/** The database is looked at when something may want to grow in front of it. */
function diagnosisNeeds(needs: readonly Need[], { database }: FleetPolicy): readonly Need[] {
  const mayGrow = needs.some(({ slot }) => slot === 'cpu');
  if (database === undefined || !mayGrow) return [];
  return [
    { slot: 'databaseCpu', query: databaseCpuQuery(database) },
    { slot: 'databaseConnections', query: databaseConnectionsQuery(database) },
  ];
}
