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
  if (cpu.kind === 'seen' && isSustained(cpu.value, database.cpuHighPercent, database)) {
    return { kind: 'database-cpu', cpuPercent: mean(cpu.value), limitPercent: database.cpuHighPercent };
  }
  if (connections.kind === 'seen' && isSustained(connections.value, limit, database)) {
    return { kind: 'database-connections', connections: mean(connections.value), limit };
  }
  return cpu.kind === 'unseen' || connections.kind === 'unseen' ? { kind: 'unknown' } : { kind: 'none' };
}

function isSustained(values: readonly number[], limit: number, { sustained }: DatabasePolicy): boolean {
  return values.filter((value) => value > limit).length >= sustained.datapoints;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
