import { isWorse, throughputBetween, together } from '../capacity/pooler-throughput.ts';
import { refusedPool } from '../capacity/refused-pool.ts';
import type { SurplusPool } from '../capacity/surplus-connections.ts';
import type { PoolerChange } from '../domain/change.ts';
import { explainWorsening } from '../domain/explain-worsening.ts';
import {
  POOLER_SETTING_NAMES,
  POOLER_SIZES,
  type PoolerFailure,
  type PoolerInstance,
  type PoolerSample,
  type PoolerSizes,
  type PoolerThroughput,
  type TuningEffect,
  type WatchedTuning,
  type Worsening,
} from '../domain/pooler.ts';
import type { FailureReason } from '../domain/reason.ts';
import type { Seconds } from '../domain/units.ts';
import { largestSizes } from '../levers/pool-size-standing.ts';
import type { PoolerDirectory, PoolerSetOutcome } from '../pooler-port.ts';
import type { Effected } from './carry-out-order.ts';
import { closeSurplus, type SurplusOutcome } from './close-surplus.ts';
import { BETWEEN_LOOKS, lookAt, type PoolerLooks } from './look-at-pooler.ts';
import type { TuningNews } from './tuning-after.ts';
import { describePoolerFailure } from './observe-poolers.ts';
import { type DatabaseWatch, watchBefore, watchSince, watchToTheEnd, worseningOf } from './watch-database.ts';

export interface PoolerTools extends PoolerLooks {
  readonly directory: PoolerDirectory;
  /** How long throughput is measured before the change, and after it on every PgBouncer. */
  readonly watchSeconds: Seconds;
  readonly database: DatabaseWatch;
}

export interface SeenPooler {
  readonly instance: PoolerInstance;
  readonly sample: PoolerSample;
}

export type TuningTrouble = Pick<Extract<FailureReason, { code: 'tuning-taken-back' }>, 'because' | 'detail'> & {
  readonly worse?: Worsening;
};

/** What has been done to one PgBouncer. */
interface Step {
  readonly instance: PoolerInstance;
  /** Where it stood when the change was decided. */
  readonly origin: PoolerSizes;
  /** Sizes that were set, or may have been. */
  readonly moved: readonly (keyof PoolerSizes)[];
  readonly before: PoolerThroughput | null;
  readonly after: PoolerThroughput | null;
  /** Clients wait for connections that the database does not let PgBouncer open. */
  readonly refused: Worsening | null;
  /** What a lowered size could not close in time. */
  readonly surplus: SurplusPool | null;
  readonly trouble: TuningTrouble | null;
}

/** What has been done so far, and how the database fared meanwhile; `null` where that is not what it is judged by. */
interface Tuned {
  readonly change: PoolerChange;
  readonly steps: readonly Step[];
  readonly watched: WatchedTuning | null;
}

/**
 * One PgBouncer at a time, in the given order: each is set, read back and watched before the next, and the database with it.
 * When it made things worse, or anything is not as it should be, all are brought back to where they stood, and the outcome
 * names those that could not be.
 *
 * What shrinks goes first, sizes of one PgBouncer as PgBouncers of a fleet, so that the connection math that holds before
 * and after holds in between. What takes a growth back is not judged by what it brings.
 */
export async function tunePoolers(
  seen: readonly SeenPooler[],
  change: PoolerChange,
  tools: PoolerTools,
): Promise<Effected> {
  const { from, to, undoes } = change;
  const before = undoes === undefined ? await watchBefore(tools, tools.watchSeconds) : null;
  const since = tools.clock.now();
  const origins = new Map(from.map(({ instance, sizes }) => [instance, sizes]));
  const steps: Step[] = [];
  const tuned = async (look: typeof watchSince): Promise<Tuned> => {
    if (before === null) return { change, steps, watched: null };
    const after = await look(before, since, tools);
    return { change, steps, watched: { since, from: largestSizes(from), before: before.state, after } };
  };
  const isOneGrowing = seen.some(({ sample }) => room(sample.reading.sizes) < room(to));
  for (const pooler of shrinkingFirst(seen, to)) {
    if (movesOf(pooler.sample.reading.sizes, to).length === 0) continue;
    const origin = origins.get(pooler.instance.id) ?? pooler.sample.reading.sizes;
    const step = await tuneOne(pooler, origin, to, tools);
    steps.push(step);
    if (step.trouble !== null) return takeBack({ change, steps, watched: null }, step.trouble, tools);
    const now = await tuned(watchSince);
    const givesToOthers = isOneGrowing && isShrinking(pooler, to);
    const trouble = givesToOthers
      ? notGiven(step)
      : before === null
        ? null
        : (worsened(step) ?? worsenedDatabase(now, tools));
    if (trouble !== null) return takeBack(now, trouble, tools);
  }
  const end = await tuned(watchToTheEnd);
  const trouble = worsenedDatabase(end, tools);
  if (trouble !== null) return takeBack(end, trouble, tools);
  return { failure: null, tuning: { ...broughtBy(end, { outcome: 'kept' }, tools), ...standsAt(change, tools) } };
}

/** What is remembered of a change that stands. */
export function standsAt({ to, undoes }: PoolerChange, { clock }: Pick<PoolerTools, 'clock'>): TuningNews {
  const now = clock.now();
  const growth = undoes === undefined ? null : ({ ...undoes, at: now, outcome: 'taken-back' } as const);
  return { intended: to, intendedAt: now, ...(growth === null ? {} : { growth, effect: growth }) };
}

/** Server connections that a pool can have, as far as the sizes tell. */
function room({ defaultPoolSize, reservePoolSize }: PoolerSizes): number {
  return defaultPoolSize + reservePoolSize;
}

/**
 * What one does not give back, no other may take: the connection math holds at every moment. That it gets less through
 * itself is what it gives.
 */
function notGiven({ instance, surplus }: Step): TuningTrouble | null {
  if (surplus === null) return null;
  const { database, user, open, allowed } = surplus;
  return {
    because: 'not-effective',
    detail: `${open} connections of ${database}/${user} are still open on ${instance.id}, ${allowed} are allowed`,
  };
}

function isShrinking({ sample }: SeenPooler, to: PoolerSizes): boolean {
  return room(sample.reading.sizes) > room(to);
}

function shrinkingFirst(seen: readonly SeenPooler[], to: PoolerSizes): readonly SeenPooler[] {
  return [...seen.filter((pooler) => isShrinking(pooler, to)), ...seen.filter((pooler) => !isShrinking(pooler, to))];
}

function movesOf(sizes: PoolerSizes, to: PoolerSizes): readonly (keyof PoolerSizes)[] {
  const moved = POOLER_SIZES.filter((size) => sizes[size] !== to[size]);
  return [...moved.filter((size) => to[size] < sizes[size]), ...moved.filter((size) => to[size] > sizes[size])];
}

const NO_SURPLUS: SurplusOutcome = { kind: 'none' };

async function tuneOne(
  { instance, sample }: SeenPooler,
  origin: PoolerSizes,
  to: PoolerSizes,
  tools: PoolerTools,
): Promise<Step> {
  const { sizes } = sample.reading;
  const moved: (keyof PoolerSizes)[] = [];
  const stoppedBy = (trouble: TuningTrouble): Step => ({
    instance,
    origin,
    moved,
    before: null,
    after: null,
    refused: null,
    surplus: null,
    trouble,
  });
  const base = await lookAt(instance, tools);
  if ('because' in base) return stoppedBy(silent(instance, base.because));
  for (const size of movesOf(sizes, to)) {
    const outcome = await tools.console.set(instance, { size, from: sizes[size], to: to[size] });
    if (outcome.kind === 'set' || (outcome.kind === 'failed' && outcome.effect === 'unknown')) moved.push(size);
    const trouble = troubleOf(outcome, `${POOLER_SETTING_NAMES[size]} of ${instance.id}`, instance);
    if (trouble !== null) return stoppedBy(trouble);
  }
  const closed = room(to) < room(sizes) ? await closeSurplus(instance, tools) : NO_SURPLUS;
  if (closed.kind === 'failed') return stoppedBy(silent(instance, closed.because));
  const set = await lookAt(instance, tools);
  if ('because' in set) return stoppedBy(silent(instance, set.because));
  await tools.wait(tools.watchSeconds);
  const watched = await lookAt(instance, tools);
  if ('because' in watched) return stoppedBy(silent(instance, watched.because));
  const lost = POOLER_SIZES.find((size) => watched.reading.sizes[size] !== to[size]);
  return {
    instance,
    origin,
    moved,
    before: throughputBetween(sample, base),
    after: throughputBetween(set, watched),
    refused: await refusedTwice(instance, base, watched, tools),
    surplus: closed.kind === 'left' ? closed.pool : null,
    trouble:
      lost === undefined
        ? null
        : {
            because: 'changed-meanwhile',
            detail: `${POOLER_SETTING_NAMES[lost]} of ${instance.id} is ${watched.reading.sizes[lost]} again`,
          },
  };
}

/** A connection that is about to be opened looks like one that is refused, for a moment. */
async function refusedTwice(
  instance: PoolerInstance,
  { reading: before }: PoolerSample,
  { reading: watched }: PoolerSample,
  tools: PoolerTools,
): Promise<Worsening | null> {
  if (refusedPool(before, watched) === null) return null;
  await tools.wait(BETWEEN_LOOKS);
  const again = await lookAt(instance, tools);
  return 'because' in again ? null : refusedPool(before, again.reading);
}

function troubleOf(outcome: PoolerSetOutcome, what: string, instance: PoolerInstance): TuningTrouble | null {
  switch (outcome.kind) {
    case 'set':
      return null;
    case 'moved-on':
      return { because: 'changed-meanwhile', detail: `${what} is ${outcome.actual}` };
    case 'not-effective':
      return { because: 'not-effective', detail: `${what} is still ${outcome.actual}` };
    case 'failed':
      return silent(instance, outcome.because);
  }
}

function silent({ id }: PoolerInstance, because: PoolerFailure): TuningTrouble {
  return { because: 'console-failed', detail: `${id}: ${describePoolerFailure(because)}` };
}

function worsened({ before, after, refused }: Step): TuningTrouble | null {
  if (refused !== null) return madeWorse(refused);
  if (before === null || after === null || !isWorse(before, after)) return null;
  const rate = ({ transactionsPerSecond }: PoolerThroughput): number => Math.round(transactionsPerSecond);
  return {
    because: 'made-worse',
    detail:
      `${rate(before)} → ${rate(after)} transactions a second, ` +
      `${before.clientsWaiting} → ${after.clientsWaiting} clients wait`,
  };
}

function worsenedDatabase({ steps, watched }: Tuned, { database }: PoolerTools): TuningTrouble | null {
  if (watched === null) return null;
  const measured = measuredIn(steps);
  const work =
    measured === null
      ? null
      : { before: measured.before.transactionsPerSecond, after: measured.after.transactionsPerSecond };
  const worse = worseningOf(watched.before, watched.after, work, database.cpuHighPercent);
  return worse === null ? null : madeWorse(worse);
}

function madeWorse(worse: Worsening): TuningTrouble {
  return { because: 'made-worse', detail: explainWorsening(worse), worse };
}

async function takeBack(tuned: Tuned, { worse, ...trouble }: TuningTrouble, tools: PoolerTools): Promise<Effected> {
  const failure: FailureReason = { code: 'tuning-taken-back', ...trouble, ...(await bringBack(tuned, tools)) };
  if (trouble.because !== 'made-worse') return { failure };
  const told = { outcome: 'taken-back', ...(worse === undefined ? {} : { worse }) } as const;
  return { failure, tuning: broughtBy(tuned, told, tools) };
}

/**
 * The newest first, so that the fleet passes through the states in which it was: those that had shrunk grow again when those
 * that had grown have given back their connections. That is waited for on all at once, since clients fare worse meanwhile.
 */
async function bringBack(
  { change, steps }: Pick<Tuned, 'change' | 'steps'>,
  tools: PoolerTools,
): Promise<{ readonly restored: readonly string[]; readonly notRestored: readonly string[] }> {
  const { to } = change;
  const outcomes = new Map<string, boolean>();
  const moved = steps.filter((step) => step.moved.length > 0).toReversed();
  const hasGrown = ({ origin }: Step): boolean => room(origin) < room(to);
  const grown = moved.filter(hasGrown);
  for (const step of grown) outcomes.set(step.instance.id, await restore(step, to, tools));
  await Promise.all(
    grown.map(async ({ instance: { id }, instance }) => {
      const { kind } = await closeSurplus(instance, tools);
      if (kind === 'failed') outcomes.set(id, false);
    }),
  );
  for (const step of moved.filter((one) => !hasGrown(one))) {
    outcomes.set(step.instance.id, await restore(step, to, tools));
  }
  const idsOf = (isBack: boolean): readonly string[] =>
    [...outcomes].flatMap(([id, outcome]) => (outcome === isBack ? [id] : []));
  return { restored: idsOf(true), notRestored: idsOf(false) };
}

/** Whether all that was moved stands where it stood. What is neither the old value nor ours is somebody else's: it stays. */
async function restore({ instance, origin, moved }: Step, ours: PoolerSizes, tools: PoolerTools): Promise<boolean> {
  const now = await lookAt(instance, tools);
  if ('because' in now) return false;
  const { sizes } = now.reading;
  let isBack = true;
  for (const size of movesOf(sizes, origin).filter((one) => moved.includes(one))) {
    const isOurs = sizes[size] === ours[size];
    const outcome = isOurs ? await tools.console.set(instance, { size, from: ours[size], to: origin[size] }) : null;
    isBack &&= outcome?.kind === 'set';
  }
  return isBack;
}

/** Over all that were set; `null` where nothing could be measured. */
function measuredIn(steps: readonly Step[]): Pick<TuningEffect, 'before' | 'after'> | null {
  const measured = steps.flatMap(({ before, after }) => (before === null || after === null ? [] : [{ before, after }]));
  if (measured.length === 0) return null;
  return {
    before: together(measured.map(({ before }) => before)),
    after: together(measured.map(({ after }) => after)),
  };
}

function broughtBy(
  { change, steps, watched }: Tuned,
  told: Pick<TuningEffect, 'outcome' | 'worse'>,
  { clock }: PoolerTools,
): TuningNews {
  const measured = measuredIn(steps);
  if (measured === null) return { effect: null };
  const effect: TuningEffect = {
    at: clock.now(),
    ...measured,
    ...(watched === null ? {} : { watched }),
    ...told,
  };
  const isGrowth = watched !== null && change.to.defaultPoolSize > watched.from.defaultPoolSize;
  return isGrowth ? { effect, growth: effect } : { effect };
}
