import type { FleetPolicy, LeverName } from '../../../shared/config/policy.ts';
import { explain } from '../../../shared/domain/explain.ts';
import type {
  CacheFacts,
  DatabaseFacts,
  InfrastructureSnapshot,
  TaskFacts,
} from '../../../shared/domain/infrastructure.ts';
import { NOT_ASKED, type Reading, seen, type Series } from '../../../shared/domain/reading.ts';
import type { FleetSnapshot } from '../../../shared/domain/snapshot.ts';
import { INFRASTRUCTURE_LEVERS } from '../../../shared/levers/infrastructure-levers.ts';
import { DAY, type EpochMs, HOUR, MINUTE, type Seconds } from '../../../shared/domain/units.ts';
import { NOW } from './time.ts';

/** What is seen of the infrastructure; what is not said was not asked. */
export function anInfrastructure(over: Partial<InfrastructureSnapshot> = {}): InfrastructureSnapshot {
  return { database: NOT_ASKED, cache: NOT_ASKED, tasks: {}, metrics: {}, quietWindow: null, ...over };
}

/** db.t4g.medium Multi-AZ with 50 GiB of gp3 that may grow to 200. */
export function aDatabase(over: Partial<DatabaseFacts> = {}): DatabaseFacts {
  return {
    instanceClass: 'db.t4g.medium',
    deployment: 'multi-az',
    engineVersion: '17.4',
    status: 'available',
    storage: { type: 'gp3', allocatedGiB: 50, maxAllocatedGiB: 200, iops: null, throughputMibps: null },
    replicas: [],
    acu: null,
    hasPendingChange: false,
    ...over,
  };
}

/** One shard of cache.t4g.small with one replica, without cluster mode. */
export function aCache(over: Partial<CacheFacts> = {}): CacheFacts {
  return {
    nodeType: 'cache.t4g.small',
    engine: 'valkey',
    status: 'available',
    nodes: ['sessions-001', 'sessions-002'],
    shards: 1,
    replicasPerShard: 1,
    isClusterMode: false,
    scaledBy: 'nobody',
    ...over,
  };
}

/** One vCPU with 2 GiB, under a circuit breaker. */
export function aTaskDefinition(over: Partial<TaskFacts> = {}): TaskFacts {
  return {
    family: 'core-api',
    revision: 42,
    size: { cpuUnits: 1024, memoryMiB: 2048 },
    architecture: 'x86_64',
    hasCircuitBreaker: true,
    outOfMemory: 0,
    ...over,
  };
}

/** Values of whole periods, oldest first, of which the newest ended with the last whole period before `now`. */
export function periods(values: readonly number[], periodSeconds: Seconds, now: EpochMs = NOW): Reading<Series> {
  const length = periodSeconds * 1000;
  const end = Math.floor(now / length) * length;
  return seen(
    { periodSeconds, points: values.map((value, index) => ({ at: end - (values.length - index) * length, value })) },
    now,
  );
}

export const days = (values: readonly number[], now: EpochMs = NOW): Reading<Series> => periods(values, DAY, now);
export const hours = (values: readonly number[], now: EpochMs = NOW): Reading<Series> => periods(values, HOUR, now);
export const minutes = (values: readonly number[], now: EpochMs = NOW): Reading<Series> => periods(values, MINUTE, now);

/** So many times the same. */
export const flat = (count: number, value: number): readonly number[] => Array<number>(count).fill(value);

/** The whole decision of a lever of the infrastructure about the only thing that it looks after, as a person reads it. */
export function saidOf(lever: LeverName, snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs = NOW): string {
  const [proposal] = proposalsOf(lever, snapshot, policy, now);
  return explain(proposal!.wanted);
}

export function proposalsOf(lever: LeverName, snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs = NOW) {
  return INFRASTRUCTURE_LEVERS.levers.find(({ name }) => name === lever)!.propose(snapshot, policy, now);
}
