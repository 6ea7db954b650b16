import type { DatabasePolicy, LeverSettings } from '../config/policy.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { DatabaseFacts } from '../domain/infrastructure.ts';
import type { Reading } from '../domain/reading.ts';
import type { ActReason } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import { DAY, type EpochMs, later } from '../domain/units.ts';
import { cameTrueAt } from './came-true.ts';
import { changedAt, changingBy } from './database-days.ts';
import { type Breaches, breachesOf } from './infrastructure-look.ts';
import { defineLever } from './lever.ts';
import { calmReplicaDays, type CalmReplicaDays, replicaDays, type ReplicaDays, replicaNeeds } from './replica-days.ts';
import { databaseResourceOf } from './resources.ts';

export interface ReadReplicaInput {
  readonly facts: Reading<DatabaseFacts>;
  readonly days: ReplicaDays;
  readonly calm: CalmReplicaDays;
  /** When the database last became another one. */
  readonly changedAt: EpochMs | null;
  /** When it last got a replica; `null`, or absent: not known. */
  readonly replicasSince?: EpochMs | null;
}

export interface ReadReplicaSettings {
  readonly database: Pick<DatabasePolicy, 'kind' | 'identifier' | 'cpuHighPercent'>;
  readonly lever: LeverSettings['read-replica'];
}

/**
 * Replicas where reads are what keeps the writer busy, or where those that there are have too much of them:
 *
 *   writer   busy, reads above 70 %   CPU × share of reads ÷ 70 %, of one instance of the same class
 *   readers  busy                      replicas × CPU ÷ 70 %
 *
 *   writer at 88 % on 12 of 14 days, 80 % reads  ->  70.4 % of CPU for reads  ->  2 replicas
 *   the same with 40 % reads                      ->  none: a replica takes no writes
 *
 * Code gets one at a time, each an instance of its own; Aurora in mode `apply` as many as are needed, by Application Auto Scaling.
 */
export function evaluateReadReplica(input: ReadReplicaInput, settings: ReadReplicaSettings, now: EpochMs): Decision {
  const { facts, days } = input;
  const { lever, database } = settings;
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the database', because: facts.because });
  const changing = changingBy(facts.value);
  if (changing !== null) return abstain({ code: 'database-changing', status: changing });
  if (input.changedAt !== null && now < later(input.changedAt, lever.sustained.of * DAY)) {
    return abstain({ code: 'changed-lately', at: input.changedAt, days: lever.sustained.of });
  }
  const { replicasSince = null } = input;
  if (replicasSince !== null && now < later(replicasSince, lever.sustained.of * DAY)) {
    return hold({ code: 'changed-lately', at: replicasSince, days: lever.sustained.of });
  }
  const { writerCpuPercent, replicaCpuPercent } = days;
  if (writerCpuPercent.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'the CPU of the writer', because: writerCpuPercent.because });
  }
  const replicas = facts.value.replicas.length;
  const writer = breachesOf(writerCpuPercent.value, (cpu) => cpu > database.cpuHighPercent);
  const isWriterBusy = writer.breaching >= lever.sustained.days;
  if (replicas === 0) {
    return isWriterBusy ? takeReads(input, replicas, writer, settings) : hold({ code: 'as-it-should-be' });
  }
  if (replicaCpuPercent.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'the CPU of the replicas', because: replicaCpuPercent.because });
  }
  const readers = breachesOf(replicaCpuPercent.value, (cpu) => cpu > lever.replicaCpuPercent);
  if (readers.breaching >= lever.sustained.days) {
    const worst = Math.max(...replicaCpuPercent.value);
    return growTo(Math.ceil((replicas * worst) / lever.replicaCpuPercent), input, replicas, settings, {
      ...{ code: 'replicas-busy', replicas, cpuPercent: readers.mean, limitPercent: lever.replicaCpuPercent },
      ...{ days: readers.breaching, of: readers.of },
    });
  }
  if (!isWriterBusy) return idle(input, replicas, settings);
  const most = Math.max(...replicaCpuPercent.value);
  return most < lever.unusedCpuPercent
    ? hold({ code: 'replicas-unused', replicas, cpuPercent: most })
    : takeReads(input, replicas, writer, settings);
}

/** The writer is busy: whether reads are what it is busy with. */
function takeReads(
  input: ReadReplicaInput,
  replicas: number,
  { breaching, of, mean }: Breaches,
  settings: ReadReplicaSettings,
): Decision {
  const { readPercent, writerCpuPercent } = input.days;
  const { lever } = settings;
  if (readPercent.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'the share of reads', because: readPercent.because });
  }
  if (readPercent.value <= lever.readPercent) {
    return hold({ code: 'writes-dominate', readPercent: readPercent.value, limitPercent: lever.readPercent });
  }
  const worst = writerCpuPercent.kind === 'seen' ? Math.max(...writerCpuPercent.value) : 0;
  const more = Math.ceil((worst * readPercent.value) / 100 / lever.replicaCpuPercent);
  return growTo(replicas + Math.max(1, more), input, replicas, settings, {
    ...{ code: 'reads-dominate', readPercent: readPercent.value, cpuPercent: mean },
    ...{ days: breaching, of },
  });
}

function growTo(
  wanted: number,
  { days: { lagMillis } }: ReadReplicaInput,
  replicas: number,
  settings: ReadReplicaSettings,
  because: ActReason,
): Decision {
  const { database, lever } = settings;
  if (replicas > 0 && lagMillis.kind === 'seen') {
    const late = breachesOf(lagMillis.value, (millis) => millis > lever.lagMillis);
    if (late.breaching >= lever.sustained.days) {
      return hold({ code: 'replicas-lag', lagMillis: late.mean, limitMillis: lever.lagMillis });
    }
  }
  if (replicas >= lever.maxReplicas) return hold({ code: 'most-replicas', replicas });
  const needed = Math.min(Math.max(wanted, replicas + 1), lever.maxReplicas);
  // In code each is an instance of its own, and a proposal adds one.
  const isLive = database.kind === 'aurora-cluster' && lever.mode === 'apply';
  const to = isLive ? needed : replicas + 1;
  return act(changeTo(to, replicas, settings), 'grow', because);
}

/** That there could be one fewer, for those that stay would be calm even in the worst hour. Anything unseen keeps what stands. */
function idle({ calm }: ReadReplicaInput, replicas: number, { lever }: ReadReplicaSettings): Decision {
  const { writerCpuPercent, replicaCpuPercent } = calm;
  if (replicas <= lever.minReplicas || writerCpuPercent.kind === 'unseen' || replicaCpuPercent.kind === 'unseen') {
    return hold({ code: 'as-it-should-be' });
  }
  const worst = Math.max(...replicaCpuPercent.value);
  const stay = replicas - 1;
  // The reads of the last one go back to the writer.
  const after = stay === 0 ? Math.max(...writerCpuPercent.value) + worst : (worst * replicas) / stay;
  if (after > lever.calmPercent) return hold({ code: 'as-it-should-be' });
  // To take an instance away is a person's work: what reads from it is not to be seen from here, and Application Auto Scaling
  // removes only those that it has made.
  return hold({ code: 'replicas-idle', replicas, cpuPercent: worst, days: lever.calmDays });
}

function changeTo(to: number, from: number, { database: { kind, identifier } }: ReadReplicaSettings) {
  return {
    kind: 'set-read-replicas',
    database: { kind, identifier },
    from: { replicas: from },
    to: { replicas: to },
  } as const;
}

/** The days before it are of a writer that had their reads as well. */
function replicasSince(
  facts: Reading<DatabaseFacts>,
  snapshot: FleetSnapshot,
  database: DatabasePolicy,
): EpochMs | null {
  if (facts.kind === 'unseen') return null;
  const replicas = facts.value.replicas.length;
  return cameTrueAt(
    {
      kinds: ['set-read-replicas'],
      resource: databaseResourceOf(database),
      stands: ({ database: { identifier }, to }) => identifier === database.identifier && to.replicas === replicas,
    },
    snapshot,
  );
}

export const readReplica = defineLever<ReadReplicaInput, ReadReplicaSettings>({
  name: 'read-replica',
  look: 'infrastructure',
  purpose: 'Proposes replicas when reads dominate and the writer is busy; says so when writes are the bottleneck.',
  needs: ({ infrastructure }, { database, levers }) => {
    const facts = infrastructure?.database;
    return database === undefined || facts?.kind !== 'seen'
      ? []
      : replicaNeeds(database, facts.value, levers['read-replica']);
  },
  cases: (snapshot, { database, levers }, now) => {
    const { infrastructure } = snapshot;
    if (database === undefined || infrastructure === null) return [];
    const { kind, identifier, cpuHighPercent } = database;
    const lever = levers['read-replica'];
    return [
      {
        resource: databaseResourceOf(database),
        service: null,
        input: {
          facts: infrastructure.database,
          days: replicaDays(infrastructure, kind, lever, now),
          calm: calmReplicaDays(infrastructure, kind, lever, now),
          changedAt: changedAt(infrastructure.database, snapshot, database),
          replicasSince: replicasSince(infrastructure.database, snapshot, database),
        },
        settings: { database: { kind, identifier, cpuHighPercent }, lever },
      },
    ];
  },
  evaluate: evaluateReadReplica,
});
