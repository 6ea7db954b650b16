import { POOLER_SETTING_NAMES, type PoolerFailure, type PoolerInstance } from '../../domain/pooler.ts';
import type { Seconds } from '../../domain/units.ts';
import type { PoolerConsole, PoolerLook, PoolerSetOutcome, PoolerSizeMove } from '../../pooler-port.ts';
import { wholeNumber } from './console-rows.ts';
import {
  ConsoleError,
  type ConsoleLimits,
  type ConsoleLogin,
  type ConsoleSession,
  withConsole,
} from './console-session.ts';
import { readPooler, settingsOf } from './read-pooler.ts';

const LIMITS: ConsoleLimits = { connectSeconds: 2, commandSeconds: 2 };

/** More than any machine holds; PgBouncer takes larger numbers and stores what is left of them in 32 bits. */
const LARGEST_SIZE = 100_000;

/** Least values: without a pool or clients nobody is served, and 0 as a pool size means different things in versions. */
const SMALLEST_SIZES: Readonly<Record<PoolerSizeMove['size'], number>> = {
  defaultPoolSize: 1,
  reservePoolSize: 0,
  maxClientConnections: 1,
};

export interface PgBouncerConsoleOptions {
  /** Asked at every connection, so that the owner may keep or renew the password. */
  readonly login: () => Promise<ConsoleLogin>;
  readonly limits?: ConsoleLimits;
}

/** The admin consoles of PgBouncers, versions 1.16 to 1.25. Every call has a connection of its own, and closes it. */
export class PgBouncerConsole implements PoolerConsole {
  readonly #login: () => Promise<ConsoleLogin>;
  readonly #limits: ConsoleLimits;

  constructor({ login, limits = LIMITS }: PgBouncerConsoleOptions) {
    this.#login = login;
    this.#limits = limits;
  }

  async read(instance: PoolerInstance): Promise<PoolerLook> {
    try {
      return { kind: 'seen', value: await this.#session(instance, readPooler) };
    } catch (error) {
      return { kind: 'failed', because: failureIn(error) };
    }
  }

  async set(instance: PoolerInstance, move: PoolerSizeMove): Promise<PoolerSetOutcome> {
    const { size, from, to } = checked(move);
    const progress: SetProgress = { wasSent: false };
    try {
      return await this.#session(instance, (session) =>
        setAndReadBack(session, { name: POOLER_SETTING_NAMES[size], from, to }, progress),
      );
    } catch (error) {
      const because = failureIn(error);
      // What PgBouncer itself refuses, it has not done.
      const wasRefused = because.code === 'refused' || because.code === 'not-allowed';
      return { kind: 'failed', because, effect: progress.wasSent && !wasRefused ? 'unknown' : 'none' };
    }
  }

  async pause(instance: PoolerInstance, database: string, drainSeconds: Seconds): Promise<PoolerFailure | null> {
    return this.#command(instance, `PAUSE ${quoted(database)}`, drainSeconds);
  }

  async resume(instance: PoolerInstance, database: string): Promise<PoolerFailure | null> {
    const failure = await this.#command(instance, `RESUME ${quoted(database)}`);
    return failure?.code === 'refused' && NOT_PAUSED.test(failure.detail) ? null : failure;
  }

  async reconnect(instance: PoolerInstance, database: string): Promise<PoolerFailure | null> {
    return this.#command(instance, `RECONNECT ${quoted(database)}`);
  }

  reload(instance: PoolerInstance): Promise<PoolerFailure | null> {
    return this.#command(instance, 'RELOAD');
  }

  async #command(instance: PoolerInstance, text: string, limitSeconds?: Seconds): Promise<PoolerFailure | null> {
    try {
      await this.#session(instance, ({ command }) => command(text, limitSeconds));
      return null;
    } catch (error) {
      return failureIn(error);
    }
  }

  async #session<T>(instance: PoolerInstance, use: (session: ConsoleSession) => Promise<T>): Promise<T> {
    return withConsole(instance, await this.#login(), this.#limits, use);
  }
}

const NOT_PAUSED = /is not paused/;

interface SetProgress {
  wasSent: boolean;
}

/** A move of a setting by its name in SET. */
interface SettingMove {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Sets a value if it is still as expected. PgBouncer answers SET with success also for what only a restart changes, so
 * that the value in force alone counts.
 *
 * @param progress told when SET has gone out, for the case that no answer comes
 * @throws ConsoleError
 */
export async function setAndReadBack(
  { command }: ConsoleSession,
  { name, from, to }: SettingMove,
  progress: SetProgress,
): Promise<PoolerSetOutcome> {
  const inForce = async (): Promise<number> => wholeNumber(settingsOf(await command('SHOW CONFIG'))(name), name);
  const before = await inForce();
  if (before !== from) return { kind: 'moved-on', actual: before };
  progress.wasSent = true;
  await command(`SET ${name} = ${to}`);
  const actual = await inForce();
  return actual === to ? { kind: 'set' } : { kind: 'not-effective', actual };
}

/** Nothing but a known name and a whole number ever reaches the text of a SET. */
function checked(move: PoolerSizeMove): PoolerSizeMove {
  const { size, to } = move;
  if (!Object.hasOwn(SMALLEST_SIZES, size)) throw new RangeError('not a size of PgBouncer');
  if (!Number.isSafeInteger(to) || to < SMALLEST_SIZES[size] || to > LARGEST_SIZE) {
    throw new RangeError(`${size} cannot be set to ${to}`);
  }
  return move;
}

/** An empty name would mean all databases. */
function quoted(database: string): string {
  if (database === '' || /\p{Cc}/u.test(database)) throw new RangeError('not the name of a database');
  return `"${database.replaceAll('"', '""')}"`;
}

function failureIn(error: unknown): PoolerFailure {
  if (error instanceof ConsoleError) return error.because;
  throw error;
}
