import {
  databaseClass,
  type DatabaseClass,
  DATABASE_CLASSES,
  isAuroraClass,
  largerClass,
} from '../capacity/database-classes.ts';
import type { WantedCapacity } from '../capacity/database-classes.ts';
import type { DatabasePolicy, LeverSettings } from '../config/policy.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import type { DatabasePressed, DatabaseResource } from '../domain/database-reason.ts';
import type { DatabaseFacts, QuietWindow } from '../domain/infrastructure.ts';
import type { Reading } from '../domain/reading.ts';
import type { AbstainReason, ActReason } from '../domain/reason.ts';
import { type Connections, DAY, type EpochMs, later } from '../domain/units.ts';
import {
  calmDatabaseDays,
  type CalmDays,
  changedAt,
  changingBy,
  type DatabaseDays,
  databaseDays,
  databaseDaysNeeds,
  type Days,
  poolPeak,
} from './database-days.ts';
import { breachesOf } from './infrastructure-look.ts';
import { defineLever } from './lever.ts';
import { databaseResourceOf } from './resources.ts';

export interface DatabaseClassInput {
  readonly facts: Reading<DatabaseFacts>;
  readonly days: DatabaseDays;
  readonly calm: CalmDays;
  readonly changedAt: EpochMs | null;
  /** Most connections of a pool that were in use at once; and how many it has. `null` without a pooler. */
  readonly pool: { readonly peakActive: Reading<Connections>; readonly size: Connections } | null;
  readonly quietWindow: QuietWindow | null;
}

export interface DatabaseClassSettings {
  readonly database: Pick<
    DatabasePolicy,
    'kind' | 'identifier' | 'maxConnections' | 'cpuHighPercent' | 'connectionsHighPercent'
  >;
  /** A pool may be made smaller when its peak, times this, stays below its size. */
  readonly poolHeadroomFactor: number;
  readonly lever: LeverSettings['database-class'];
}

/**
 * The next class that has what this one is short of, when it was short for two weeks:
 *
 *   CPU          busy hours above 70 %               vCPUs ≥ used ÷ 70 %
 *   sessions     more on CPU than there are vCPUs    vCPUs ≥ sessions
 *   memory       free below 10 %, or it swaps        memory ≥ used ÷ 80 %
 *   connections  above 80 % of max_connections       max_connections ≥ used ÷ 80 %
 *   I/O credits  below 20 %                          the next size
 *
 *   db.t4g.medium (2 vCPUs, 4 GiB) at 82 % CPU on 12 of 14 days         ->  2.3 vCPUs needed   ->  db.m6g.xlarge
 *   db.t4g.medium with 0.3 GiB free on 14 of 14 days                     ->  4.6 GiB needed     ->  db.t4g.large
 *
 * One size down in the family when even the worst hour of four weeks would fill half of it. Whether it may be changed
 * live is for a guard to say, which wants an approval of exactly this class.
 */
export function evaluateDatabaseClass(
  input: DatabaseClassInput,
  settings: DatabaseClassSettings,
  now: EpochMs,
): Decision {
  const { facts, days } = input;
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the database', because: facts.because });
  const { instanceClass, acu } = facts.value;
  if (acu !== null) return abstain({ code: 'not-deployed', detail: 'Aurora Serverless: it has capacity, not a class' });
  const current = databaseClass(instanceClass);
  if (current === null) {
    return abstain({ code: 'not-deployed', detail: `${instanceClass} is not among the classes that are known` });
  }
  const changing = changingBy(facts.value);
  if (changing !== null) return abstain({ code: 'database-changing', status: changing });
  const { of } = settings.lever.sustained;
  if (input.changedAt !== null && now < later(input.changedAt, of * DAY)) {
    return abstain({ code: 'changed-lately', at: input.changedAt, days: of });
  }

  const all = pressures(days, current, settings);
  const pressed = all.filter(({ reason }) => reason.days >= settings.lever.sustained.days);
  const [first, ...others] = pressed.filter(
    ({ reason }) => reason.what !== 'connections' || !poolComesFirst(input, settings),
  );
  if (first !== undefined) return unlessUnordered(grow(input, current, [first, ...others], settings), facts.value);
  const [connections] = pressed;
  if (connections !== undefined && input.pool?.peakActive.kind === 'seen') {
    const { size, peakActive } = input.pool;
    return hold({
      code: 'pools-too-large',
      connections: connections.reason.is,
      peakActive: peakActive.value,
      poolSize: size,
    });
  }
  return (
    blindTo(days) ??
    tooSeldom(all, settings) ??
    waitingElsewhere(days, current, settings) ??
    unlessUnordered(shrink(input, current, settings), facts.value)
  );
}

/** Where AWS was asked what can be ordered and did not answer, nothing is wished: it may be refused. */
function unlessUnordered(wish: Decision, { orderableClasses: told }: DatabaseFacts): Decision {
  return wish.kind === 'act' && told?.kind === 'unseen'
    ? abstain({ code: 'blind', to: 'the classes that can be ordered', because: told.because })
    : wish;
}

/** A resource that is short on some days, and what the class would have to have of it. */
interface Pressure {
  readonly reason: DatabasePressed;
  readonly wants: WantedCapacity;
}

function pressures(
  days: DatabaseDays,
  current: DatabaseClass,
  { database, lever }: DatabaseClassSettings,
): readonly Pressure[] {
  const { vcpus, memoryGiB } = current;
  const high = database.cpuHighPercent / 100;
  const lowMemoryGiB = (memoryGiB * lever.freeMemoryLowPercent) / 100;
  const usableMemory = 1 - (2 * lever.freeMemoryLowPercent) / 100;
  const connectionsHigh = database.connectionsHighPercent / 100;
  const isTight = (day: number): boolean =>
    days.freeMemoryGiB.kind === 'seen' && (days.freeMemoryGiB.value[day] ?? Infinity) < 2 * lowMemoryGiB;
  const swapHighGiB = lever.swapHighMiB / 1024;
  const memory = (freeGiB: number): WantedCapacity => ({ memoryGiB: (memoryGiB - freeGiB) / usableMemory });
  return [
    ...pressureOf('cpu', days.cpuPercent, database.cpuHighPercent, (worst) => ({
      vcpus: (worst / 100) * (vcpus / high),
    })),
    ...pressureOf('sessions-on-cpu', days.sessionsOnCpu, vcpus * lever.sessionsPerVcpu, (worst) => ({
      vcpus: worst / lever.sessionsPerVcpu,
    })),
    ...shortageOf('memory', days.freeMemoryGiB, lowMemoryGiB, memory),
    // Pages that were swapped out once and never missed are no pressure: it needs memory that is tight as well.
    ...pressureOf('swap', tightDays(days.swapGiB, isTight), swapHighGiB, (worst) => ({
      memoryGiB: (memoryGiB + worst) / usableMemory,
    })),
    ...pressureOf('connections', days.connections, database.maxConnections * connectionsHigh, (worst) => ({
      maxConnections: Math.ceil(worst / connectionsHigh),
    })),
    ...shortageOf('io-credits', days.ioCreditsPercent, lever.ioCreditsLowPercent, () => ({
      // No table says what a class passes on: its next size passes on more.
      vcpus: current.sustainedVcpus + 0.1,
    })),
  ];
}

function tightDays(swap: Days, isTight: (day: number) => boolean): Days {
  return swap.kind === 'unseen' ? swap : { ...swap, value: swap.value.map((gib, day) => (isTight(day) ? gib : 0)) };
}

type Wants = (worst: number) => WantedCapacity;

function pressureOf(what: DatabaseResource, days: Days, limit: number, wants: Wants): readonly Pressure[] {
  return breached(
    what,
    days,
    limit,
    (value) => value > limit,
    (values) => wants(Math.max(...values)),
  );
}

function shortageOf(what: DatabaseResource, days: Days, limit: number, wants: Wants): readonly Pressure[] {
  return breached(
    what,
    days,
    limit,
    (value) => value < limit,
    (values) => wants(Math.min(...values)),
  );
}

function breached(
  what: DatabaseResource,
  days: Days,
  limit: number,
  isShort: (value: number) => boolean,
  wants: (values: readonly number[]) => WantedCapacity,
): readonly Pressure[] {
  if (days.kind === 'unseen') return [];
  const { breaching, of, mean } = breachesOf(days.value, isShort);
  if (breaching === 0) return [];
  const reason = { code: 'database-pressed', what, is: mean, limit, days: breaching, of } as const;
  return [{ reason, wants: wants(days.value.filter(isShort)) }];
}

/** Connections that the pools hold and nobody uses are given back by smaller pools, at no cost. */
function poolComesFirst({ pool }: DatabaseClassInput, { poolHeadroomFactor }: DatabaseClassSettings): boolean {
  return pool?.peakActive.kind === 'seen' && pool.peakActive.value * poolHeadroomFactor < pool.size;
}

function grow(
  { facts, quietWindow }: DatabaseClassInput,
  current: DatabaseClass,
  pressed: readonly [Pressure, ...Pressure[]],
  settings: DatabaseClassSettings,
): Decision {
  const most = (key: 'vcpus' | 'memoryGiB' | 'maxConnections'): number =>
    Math.max(0, ...pressed.map(({ wants }) => wants[key] ?? 0));
  const found = largerClass(current.name, {
    vcpus: most('vcpus'),
    memoryGiB: most('memoryGiB'),
    maxConnections: most('maxConnections'),
    orderable: orderableClasses(facts, settings),
  });
  if (found.kind !== 'found') return hold({ code: 'no-larger-class', instanceClass: current.name });
  const [first, ...others] = pressed.map(({ reason }) => reason) as [DatabasePressed, ...DatabasePressed[]];
  return act(changeTo(found.to, current, settings), 'grow', first, ...others, ...offered(found.to, quietWindow));
}

function offered(
  { name, vcpus, memoryGiB, maxConnections }: DatabaseClass,
  quiet: QuietWindow | null,
): readonly ActReason[] {
  const offers: ActReason = { code: 'class-offers', instanceClass: name, vcpus, memoryGiB, maxConnections };
  if (quiet === null) return [offers];
  const { carbon, ...hours } = quiet;
  const quietHours = { code: 'quiet-hours', ...hours } as const;
  return carbon === undefined ? [offers, quietHours] : [offers, quietHours, { code: 'green-hours', ...carbon }];
}

/** What AWS says, or else what the table knows of this kind of database. */
function orderableClasses(facts: Reading<DatabaseFacts>, { database }: DatabaseClassSettings): ReadonlySet<string> {
  const told = facts.kind === 'seen' ? facts.value.orderableClasses : undefined;
  const known = DATABASE_CLASSES.filter((candidate) => database.kind === 'rds-instance' || isAuroraClass(candidate));
  return new Set(told?.kind === 'seen' ? told.value : known.map(({ name }) => name));
}

function changeTo(to: DatabaseClass, from: DatabaseClass, { database: { kind, identifier } }: DatabaseClassSettings) {
  return {
    kind: 'change-database-class',
    database: { kind, identifier },
    from: { instanceClass: from.name },
    to: { instanceClass: to.name },
  } as const;
}

/** Without one of these nobody can say that all is well. */
function blindTo({ cpuPercent, freeMemoryGiB, connections }: DatabaseDays): Decision | null {
  const [first, ...others] = [
    ...blindness('the CPU of the database', cpuPercent),
    ...blindness('its free memory', freeMemoryGiB),
    ...blindness('its connections', connections),
  ];
  return first === undefined ? null : abstain(first, ...others);
}

function blindness(to: string, days: Days): readonly AbstainReason[] {
  return days.kind === 'unseen' ? [{ code: 'blind', to, because: days.because }] : [];
}

function tooSeldom(all: readonly Pressure[], { lever }: DatabaseClassSettings): Decision | null {
  const [most] = all.toSorted((a, b) => b.reason.days - a.reason.days);
  if (most === undefined) return null;
  const { what, limit, days, of } = most.reason;
  return hold({ code: 'pressed-too-seldom', what, limit, days, of, needed: lever.sustained.days });
}

function waitingElsewhere(
  { sessionsWaiting }: DatabaseDays,
  { vcpus }: DatabaseClass,
  { lever }: DatabaseClassSettings,
): Decision | null {
  if (sessionsWaiting.kind === 'unseen') return null;
  const { breaching, mean } = breachesOf(sessionsWaiting.value, (sessions) => sessions > vcpus);
  return breaching < lever.sustained.days ? null : hold({ code: 'sessions-wait', sessions: mean, vcpus });
}

/** Even the worst hour of the calm days would leave half of the smaller class. Anything unseen keeps what stands. */
function shrink(
  { facts, calm, quietWindow }: DatabaseClassInput,
  current: DatabaseClass,
  settings: DatabaseClassSettings,
): Decision {
  const { cpuPercent, freeMemoryGiB, connections } = calm;
  const smaller = oneSizeDown(current, orderableClasses(facts, settings));
  if (
    smaller === null ||
    cpuPercent.kind === 'unseen' ||
    freeMemoryGiB.kind === 'unseen' ||
    connections.kind === 'unseen'
  ) {
    return hold({ code: 'as-it-should-be' });
  }
  const { calmDays, calmPercent } = settings.lever;
  const peak = {
    cpuPercent: Math.max(...cpuPercent.value),
    usedMemoryGiB: current.memoryGiB - Math.min(...freeMemoryGiB.value),
    connections: Math.max(...connections.value),
  };
  const share = calmPercent / 100;
  const isCalm =
    (peak.cpuPercent / 100) * current.vcpus <= smaller.sustainedVcpus * share &&
    peak.usedMemoryGiB <= smaller.memoryGiB * share &&
    peak.connections <= smaller.maxConnections * share &&
    // The pools are sized for what is configured.
    settings.database.maxConnections <= smaller.maxConnections;
  if (!isCalm) return hold({ code: 'as-it-should-be' });
  const because: ActReason = { code: 'database-calm', days: calmDays, ...peak };
  return act(changeTo(smaller, current, settings), 'shrink', because, ...offered(smaller, quietWindow));
}

function oneSizeDown({ name, family }: DatabaseClass, orderable: ReadonlySet<string>): DatabaseClass | null {
  const ladder = DATABASE_CLASSES.filter((candidate) => candidate.family === family);
  const smaller = ladder[ladder.findIndex((candidate) => candidate.name === name) - 1];
  return smaller !== undefined && orderable.has(smaller.name) ? smaller : null;
}

export const databaseClassLever = defineLever<DatabaseClassInput, DatabaseClassSettings>({
  name: 'database-class',
  look: 'infrastructure',
  purpose: 'Proposes the next class when CPU, memory, connections or I/O credits of this one are short for two weeks.',
  needs: ({ infrastructure }, policy) => {
    const { database } = policy;
    const facts = infrastructure?.database;
    const hasNoClass = facts?.kind === 'seen' && facts.value.acu !== null;
    return database === undefined || hasNoClass ? [] : databaseDaysNeeds(policy, database);
  },
  cases: (snapshot, { database, pooler, levers }, now) => {
    const { infrastructure } = snapshot;
    if (database === undefined || infrastructure === null) return [];
    const { kind, identifier, maxConnections, cpuHighPercent, connectionsHighPercent } = database;
    const lever = levers['database-class'];
    const facts = infrastructure.database;
    const size = snapshot.pooler?.intended?.defaultPoolSize ?? pooler?.defaultPoolSize;
    return [
      {
        resource: databaseResourceOf(database),
        service: null,
        input: {
          facts,
          days: databaseDays(infrastructure, lever, now),
          calm: calmDatabaseDays(infrastructure, lever, now),
          changedAt: changedAt(facts, snapshot, database),
          pool: size === undefined ? null : { peakActive: poolPeak(infrastructure), size },
          quietWindow: infrastructure.quietWindow,
        },
        settings: {
          database: { kind, identifier, maxConnections, cpuHighPercent, connectionsHighPercent },
          poolHeadroomFactor: levers['pool-size'].calmHeadroomFactor,
          lever,
        },
      },
    ];
  },
  evaluate: evaluateDatabaseClass,
});
