import type { FleetPolicy } from '../../shared/config/policy.ts';
import type { DatabaseFacts, InfrastructureSnapshot } from '../../shared/domain/infrastructure.ts';
import { type Reading, seen, type Series } from '../../shared/domain/reading.ts';
import type { DatabaseSnapshot, FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { databaseLimits } from '../../shared/evaluation/database-limits.ts';
import { busyDays, evenDays } from './builders/database-hours.ts';
import { aCache, aDatabase, anInfrastructure, aTaskDefinition, days, flat, hours } from './builders/infrastructure.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, TWO_POOLS } from './builders/policy.ts';
import { aPoolerSnapshot, peaks } from './builders/pooler-world.ts';
import { NOW } from './builders/time.ts';
import { aDatabaseSnapshot, aSeries, aSnapshot } from './builders/world.ts';

/** What a person sees on a dashboard; all else is calm. */
export type Symptom =
  /** Ten of ten tasks at 84 %. */
  | 'api-cpu'
  /** Each request takes 67 ms of a vCPU. */
  | 'costly-requests'
  /** Clients wait 175 ms for a connection in every look of the probe. */
  | 'pool-wait'
  /** 91 % now, and in the busy hours of the last fourteen days. */
  | 'database-cpu'
  /** Of the database: 80 % of what it does. */
  | 'reads'
  /** 2.5 active sessions for each vCPU, which wait for locks. */
  | 'sessions'
  /** 0.4 of 16 GiB are free, now and for fourteen days. */
  | 'memory'
  /** 170 of 200, for fourteen days. */
  | 'connections'
  /** Pools of 60, of which 11 are ever in use. */
  | 'idle-pools'
  /** 2,790 of 3,000, now and for fourteen days, three quarters of them reads; 24 requests queue. */
  | 'iops'
  /** Those are writes. */
  | 'writes'
  /** The ceiling of storage autoscaling is reached in 47 days. */
  | 'storage'
  /** Of 250 GiB 6 are free, and storage autoscaling ends at 260. */
  | 'full-disk'
  /** 5,000 keys an hour are pushed out, the hit rate is 60 %. */
  | 'cache-misses';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

const MODE = { mode: 'apply' } as const;

/** Every lever set to apply, with infrastructure code for what is not done live. */
export const RUNBOOK_POLICY: FleetPolicy = aFleetPolicy({
  services: [
    aServiceInput({
      connectsTo: 'pooler',
      pools: TWO_POOLS,
      targetGroup: 'targetgroup/core-api/0123456789abcdef',
      loadBalancer: 'app/main/0123456789abcdef',
    }),
  ],
  pooler: A_POOLER,
  database: A_DATABASE,
  cache: { replicationGroup: 'sessions' },
  infrastructureCode: { repository: 'example/infrastructure', paths: ['production'] },
  levers: {
    'aurora-capacity': MODE,
    cache: MODE,
    'database-class': MODE,
    iops: MODE,
    'read-replica': MODE,
    storage: MODE,
    'task-size': MODE,
  },
});

export function worldWith(symptoms: readonly Symptom[]): FleetSnapshot {
  const has = (symptom: Symptom): boolean => symptoms.includes(symptom);
  const snapshot = aSnapshot(RUNBOOK_POLICY, {
    services: { 'core-api': has('api-cpu') ? { desired: 10, cpu: 84 } : {} },
    database: databaseNow(has),
    infrastructure: infrastructureWith(has),
  });
  const waits = { waiting: [35, 36, 34], active: 25, transactions: 400, waitSeconds: 70, transactionSeconds: 50 };
  const one = has('pool-wait') ? waits : {};
  const sizes = { defaultPoolSize: 60, reservePoolSize: 0, maxClientConnections: 1000 };
  const pooler = has('idle-pools')
    ? aPoolerSnapshot([{ sizes }, { sizes }], { intended: sizes, intendedAt: NOW, peakActive: peaks(flat(25, 11)) })
    : aPoolerSnapshot([one, one]);
  return { ...snapshot, pooler };
}

type Has = (symptom: Symptom) => boolean;

function infrastructureWith(has: Has): InfrastructureSnapshot {
  return anInfrastructure({
    database: seen(databaseFacts(has), NOW),
    cache: seen(aCache(), NOW),
    tasks: { 'core-api': seen(aTaskDefinition(), NOW) },
    metrics: { ...ofTheDatabase(has), ...ofItsStorage(has), ...ofTheCache(has), ...ofTheTasks(has) },
  });
}

/** The newest minutes, which tell whether it could take more work. */
function databaseNow(has: Has): DatabaseSnapshot {
  const now = (value: number): Reading<Series> => seen(aSeries(flat(10, value)), NOW);
  const { identifier } = A_DATABASE;
  const [load, reads] = [has('iops') ? 2_790 : 400, has('writes') ? 0.25 : 0.75];
  return {
    ...aDatabaseSnapshot({
      cpu: has('database-cpu') ? 91 : 40,
      connections: has('connections') ? 170 : 62,
    }),
    limits: databaseLimits(identifier, databaseFacts(has)),
    signs: {
      load: now(has('sessions') ? 2.5 : 0.4),
      freeMemory: now((has('memory') ? 0.4 : 6) * GIB),
      swap: now(0),
      reads: now(load * reads),
      writes: now(load * (1 - reads)),
      queueDepth: now(has('iops') ? 24 : 0.5),
      freeStorage: now(freeGiB(has) * GIB),
    },
  };
}

function freeGiB(has: Has): number {
  if (has('full-disk')) return 6;
  return has('storage') ? 60 : 150;
}

/** db.m6g.xlarge: 4 vCPUs, 16 GiB; 250 GiB of gp3, in general up to 1,000. */
function databaseFacts(has: Has): DatabaseFacts {
  const maxAllocatedGiB = has('full-disk') ? 260 : 1000;
  const storage = { type: 'gp3', allocatedGiB: 250, maxAllocatedGiB, iops: null, throughputMibps: null } as const;
  return aDatabase({ instanceClass: 'db.m6g.xlarge', storage });
}

function ofTheDatabase(has: Has): InfrastructureSnapshot['metrics'] {
  const cpu = has('database-cpu') ? busyDays(flat(28, 91), 40) : evenDays(40);
  const reads = has('reads') ? 80 : 50;
  return {
    'database-class/cpu': cpu,
    'database-class/free-memory': evenDays((has('memory') ? 0.4 : 6) * GIB),
    'database-class/connections': evenDays(has('connections') ? 170 : 62),
    'database-class/sessions-waiting': evenDays(has('sessions') ? 8.4 : 0.2),
    'read-replica/writer-cpu': cpu,
    'read-replica/reads': evenDays(reads),
    'read-replica/writes': evenDays(100 - reads),
    ...(has('idle-pools') ? { 'database-class/pool-in-use': hours(flat(336, 11)) } : {}),
  };
}

function ofItsStorage(has: Has): InfrastructureSnapshot['metrics'] {
  const load = has('iops') ? 2_790 : 400;
  const reads = has('writes') ? 0.25 : 0.75;
  const [free, growth] = [freeGiB(has), has('storage') ? 15 : 0.125];
  return {
    'iops/reads': evenDays(load * reads),
    'iops/writes': evenDays(load * (1 - reads)),
    'iops/read-bytes': evenDays(6 * MIB),
    'iops/write-bytes': evenDays(2 * MIB),
    'database/free-storage-daily': days(Array.from({ length: 28 }, (_, day) => (free + (27 - day) * growth) * GIB)),
    'database/free-storage': hours(flat(25, free * GIB)),
  };
}

function ofTheCache(has: Has): InfrastructureSnapshot['metrics'] {
  const all = (value: number) => hours(flat(24, value));
  const hits = has('cache-misses') ? 60 : 95;
  return {
    'cache/primary-cpu': all(20),
    'cache/replica-cpu': all(20),
    ...Object.fromEntries(
      ['sessions-001', 'sessions-002'].flatMap((node) => [
        [`cache/${node}/memory`, all(50)],
        [`cache/${node}/evictions`, all(has('cache-misses') ? 2_500 : 0)],
        [`cache/${node}/hits`, all(hits)],
        [`cache/${node}/misses`, all(100 - hits)],
        [`cache/${node}/reads`, all(50)],
        [`cache/${node}/writes`, all(50)],
      ]),
    ),
  };
}

function ofTheTasks(has: Has): InfrastructureSnapshot['metrics'] {
  const tasks = has('api-cpu') ? 10 : 4;
  const metrics = {
    cpu: hours(flat(24, has('api-cpu') ? 84 : 50)),
    samples: hours(flat(24, tasks * 60)),
    memory: hours(flat(24, 60)),
    requests: hours(flat(24, has('costly-requests') ? 450_000 : 1_500_000)),
    'response-time': hours(flat(24, 0.12)),
    'cpu-of-days': evenDays(90, 14),
    'memory-daily': days(flat(14, 70)),
  };
  return Object.fromEntries(Object.entries(metrics).map(([name, series]) => [`tasks/core-api/${name}`, series]));
}
