import type { PoolerFailure, PoolerInstance } from '../domain/pooler.ts';
import type { Seconds } from '../domain/units.ts';
import type { PoolerConsole } from '../pooler-port.ts';

/** A change under a database that clients shall not notice: a failover, a restart, another class. */
export interface DrainedChange<T> {
  /** Every PgBouncer in front of the database: one that is left out keeps sending queries. */
  readonly instances: readonly PoolerInstance[];
  /** Names of the databases at the poolers. */
  readonly databases: readonly string[];
  /** How long the transactions that run may take to end; after that nothing is changed. */
  readonly drainSeconds: Seconds;
  /**
   * How long the step may take. Clients wait for as long, so with the drain it has to stay below `query_wait_timeout`
   * (120 s by default), after which PgBouncer disconnects them.
   */
  readonly stepSeconds: Seconds;
  /** What is done while nothing reaches the database. It shall stop when the signal aborts. */
  readonly step: (signal: AbortSignal) => Promise<T>;
}

export interface DrainedChangeDeps {
  readonly console: PoolerConsole;
  /** Resolves after so many seconds, or as soon as the signal aborts. */
  readonly wait: (seconds: Seconds, signal: AbortSignal) => Promise<void>;
}

export type DrainedOutcome<T> = DrainedStep<T> & {
  /** Databases that may still be paused: somebody has to look. A PgBouncer that is dead holds nobody back any more. */
  readonly notResumed: readonly PoolerCommandFailure[];
};

export type DrainedStep<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Nothing was changed. */
  | { readonly kind: 'not-drained'; readonly failures: readonly PoolerCommandFailure[] }
  | { readonly kind: 'step-failed'; readonly error: unknown }
  /** The step was told to stop and may still have had its effect. */
  | { readonly kind: 'step-too-slow'; readonly stepSeconds: Seconds };

export interface PoolerCommandFailure {
  readonly instance: string;
  readonly database: string;
  readonly because: PoolerFailure;
}

const RESUME_ATTEMPTS = 5;
const RESUME_EVERY_SECONDS: Seconds = 1;

/**
 * PAUSE everywhere, the step, RECONNECT and RESUME everywhere.
 *
 * Whatever happens, RESUME is tried on every PgBouncer, also on those that did not answer to PAUSE: they may have heard
 * it. The one thing that cannot be guarded against from here is the end of our own process; `resumeEverywhere` is for
 * whoever finds that.
 *
 * @throws what the console throws, after RESUME was tried everywhere
 */
export async function drainedChange<T>(change: DrainedChange<T>, deps: DrainedChangeDeps): Promise<DrainedOutcome<T>> {
  const [drained] = await Promise.allSettled([stepWhenDrained(change, deps)]);
  const notResumed = await resumeEverywhere(change.instances, change.databases, deps);
  if (drained.status === 'rejected') throw drained.reason;
  return { ...drained.value, notResumed };
}

async function stepWhenDrained<T>(
  { instances, databases, drainSeconds, stepSeconds, step }: DrainedChange<T>,
  { console, wait }: DrainedChangeDeps,
): Promise<DrainedStep<T>> {
  const places = placesOf(instances, databases);
  const failures = await onEvery(places, ({ instance, database }) => console.pause(instance, database, drainSeconds));
  if (failures.length > 0) return { kind: 'not-drained', failures };
  const outcome = await within(stepSeconds, step, wait);
  // A server connection that outlived the pause leads to what the database was before. A PgBouncer that does not replace
  // it finds out by itself, so that its answer is no reason to leave clients waiting.
  await onEvery(places, ({ instance, database }) => console.reconnect(instance, database));
  return outcome;
}

async function within<T>(
  stepSeconds: Seconds,
  step: DrainedChange<T>['step'],
  wait: DrainedChangeDeps['wait'],
): Promise<DrainedStep<T>> {
  const tooSlow = new AbortController();
  const finished = new AbortController();
  const work = (async (): Promise<DrainedStep<T>> => {
    try {
      return { kind: 'done', value: await step(tooSlow.signal) };
    } catch (error) {
      return { kind: 'step-failed', error };
    }
  })();
  const limit = wait(stepSeconds, finished.signal).then((): DrainedStep<T> => ({ kind: 'step-too-slow', stepSeconds }));
  const outcome = await Promise.race([work, limit]);
  finished.abort();
  if (outcome.kind === 'step-too-slow') tooSlow.abort();
  return outcome;
}

/** RESUME of every database on every PgBouncer, several times where it fails. Answers which may still be paused. */
export async function resumeEverywhere(
  instances: readonly PoolerInstance[],
  databases: readonly string[],
  { console, wait }: DrainedChangeDeps,
): Promise<readonly PoolerCommandFailure[]> {
  const never = new AbortController().signal;
  return onEvery(placesOf(instances, databases), async ({ instance, database }) => {
    for (let attempt = 1; ; attempt++) {
      const failure = await console.resume(instance, database);
      if (failure === null || attempt === RESUME_ATTEMPTS || !mayPass(failure)) return failure;
      await wait(RESUME_EVERY_SECONDS, never);
    }
  });
}

/** What PgBouncer refuses once it refuses again. */
function mayPass({ code }: PoolerFailure): boolean {
  return code === 'unreachable' || code === 'timed-out' || code === 'connection-lost';
}

interface Place {
  readonly instance: PoolerInstance;
  readonly database: string;
}

function placesOf(instances: readonly PoolerInstance[], databases: readonly string[]): readonly Place[] {
  return instances.flatMap((instance) => databases.map((database) => ({ instance, database })));
}

/** All at the same time, so that no database is held back longer than the slowest needs. */
async function onEvery(
  places: readonly Place[],
  command: (place: Place) => Promise<PoolerFailure | null>,
): Promise<readonly PoolerCommandFailure[]> {
  const answers = await Promise.allSettled(places.map(command));
  return places.flatMap(({ instance, database }, index) => {
    const answer = answers[index];
    if (answer?.status === 'rejected') throw answer.reason;
    return answer?.value ? [{ instance: instance.id, database, because: answer.value }] : [];
  });
}
