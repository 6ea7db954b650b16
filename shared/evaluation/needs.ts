import type { FleetPolicy } from '../config/policy.ts';
import type { EpochMs } from '../domain/units.ts';
import { FLEET_LEVERS } from '../levers/fleet-levers.ts';
import type { CheapFacts, LeverSet, LookKind, Need } from '../levers/lever.ts';
import { databaseConnectionsQuery, databaseCpuQuery } from '../levers/metric-queries.ts';

/** Everything that this look has to ask for, judged by the facts that cost nothing. */
export function needsOf(
  facts: CheapFacts,
  policy: FleetPolicy,
  now: EpochMs,
  { look, levers }: LeverSet = FLEET_LEVERS,
): readonly Need[] {
  const needs = levers
    .filter(({ name }) => policy.levers[name].mode !== 'off')
    .flatMap((lever) => lever.needs(facts, policy, now));
  return [...needs, ...diagnosisNeeds(needs, policy, look)];
}

/** What is asked for a lever that may add tasks in front of the database. */
const MAY_GROW: ReadonlySet<Need['slot']> = new Set(['cpu', 'requests', 'busyCpu']);

/** The database is looked at when something may want to grow in front of it. */
function diagnosisNeeds(needs: readonly Need[], { database }: FleetPolicy, look: LookKind): readonly Need[] {
  const mayGrow = look !== 'fleet' || needs.some(({ slot }) => MAY_GROW.has(slot));
  if (database === undefined || !mayGrow) return [];
  return [
    { slot: 'databaseCpu', query: databaseCpuQuery(database) },
    { slot: 'databaseConnections', query: databaseConnectionsQuery(database) },
  ];
}
