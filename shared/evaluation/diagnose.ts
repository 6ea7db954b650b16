import type { DatabasePolicy, FleetPolicy } from '../config/policy.ts';
import { newest, type Reading } from '../domain/reading.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs, Percent, Seconds } from '../domain/units.ts';

/**
 * What holds the fleet back, named before any lever is pulled. `unknown` is not `none`: it neither stops growth nor
 * licenses shrinking.
 */
export type Bottleneck =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'database-cpu'; readonly cpuPercent: Percent; readonly limitPercent: Percent }
  | { readonly kind: 'database-connections'; readonly connections: number; readonly limit: number };

/** An older reading of the database counts as missing. */
const MAX_DATABASE_READING_AGE: Seconds = 300;

export function diagnose(snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs): Bottleneck {
  const { database } = policy;
  if (database === undefined || snapshot.database === null) return { kind: 'none' };
  const window = (reading: typeof snapshot.database.cpu): Reading<readonly number[]> =>
    newest(reading, database.sustained.of, MAX_DATABASE_READING_AGE, now);

  const cpu = window(snapshot.database.cpu);
  const connections = window(snapshot.database.connections);
  const limit = (database.maxConnections * database.connectionsHighPercent) / 100;
  const cpuPercent = sustainedAbove(cpu, database.cpuHighPercent, database);
  if (cpuPercent !== null) return { kind: 'database-cpu', cpuPercent, limitPercent: database.cpuHighPercent };
  const opened = sustainedAbove(connections, limit, database);
  if (opened !== null) return { kind: 'database-connections', connections: opened, limit };
  return cpu.kind === 'unseen' || connections.kind === 'unseen' ? { kind: 'unknown' } : { kind: 'none' };
}

/** The mean of the points above a limit, where there are enough of them. */
function sustainedAbove(
  reading: Reading<readonly number[]>,
  limit: number,
  { sustained }: DatabasePolicy,
): number | null {
  if (reading.kind === 'unseen') return null;
  const above = reading.value.filter((value) => value > limit);
  return above.length < sustained.datapoints ? null : above.reduce((sum, value) => sum + value, 0) / above.length;
}
