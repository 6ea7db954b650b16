import { Socket } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { PoolerFailure, PoolerInstance } from '../../domain/pooler.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Seconds } from '../../domain/units.ts';
import { failureOf } from './console-failure.ts';

/** As `sslmode` of libpq: `require` encrypts without asking who answers, `verify-full` checks certificate and name. */
export type ConsoleTls =
  | { readonly mode: 'disable' }
  | { readonly mode: 'require' }
  | {
      readonly mode: 'verify-full';
      /** Name in the certificate, as the address is seldom in it; the address where this is missing. */
      readonly serverName?: string | undefined;
      /** Authorities in PEM; those of Node.js where this is missing. */
      readonly authorities?: string | undefined;
    };

export interface ConsoleLogin {
  readonly user: string;
  readonly password: Secret;
  readonly tls: ConsoleTls;
}

export interface ConsoleLimits {
  /** For connection, TLS and login together. */
  readonly connectSeconds: Seconds;
  readonly commandSeconds: Seconds;
}

/** Columns by name: their order and number differ between versions. */
export type ConsoleRow = Readonly<Record<string, unknown>>;

export interface ConsoleSession {
  /**
   * Sends one command with the simple query protocol; the console ends the connection of who uses the extended one.
   *
   * @throws ConsoleError
   */
  readonly command: (text: string, limitSeconds?: Seconds) => Promise<readonly ConsoleRow[]>;
}

/** What a PgBouncer did not do; never carries the password. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly because: PoolerFailure;

  constructor(because: PoolerFailure) {
    super(because.code);
    this.because = because;
  }
}

/** Name of the pseudo-database of the console, and how the connection shows in SHOW CLIENTS. */
export const CONSOLE_DATABASE = 'pgbouncer';
const APPLICATION_NAME = 'fulcrum';

/**
 * Opens a connection to the admin console, hands it to `use`, and closes it whatever happens.
 *
 * @throws ConsoleError, and what `use` throws
 */
export async function withConsole<T>(
  instance: PoolerInstance,
  login: ConsoleLogin,
  limits: ConsoleLimits,
  use: (session: ConsoleSession) => Promise<T>,
): Promise<T> {
  return withDatabase(instance, CONSOLE_DATABASE, login, limits, use);
}

/** The same for any database of PgBouncer. */
export async function withDatabase<T>(
  instance: PoolerInstance,
  database: string,
  login: ConsoleLogin,
  limits: ConsoleLimits,
  use: (session: ConsoleSession) => Promise<T>,
): Promise<T> {
  // A socket of our own, so that closing needs nobody's answer: a frozen PgBouncer must not hold us.
  const socket = new Socket();
  const client = new pg.Client({
    host: instance.host,
    port: instance.port,
    user: login.user,
    password: login.password.reveal(),
    database,
    application_name: APPLICATION_NAME,
    ssl: sslOptions(login.tls),
    stream: () => socket,
  });
  // What breaks is reported by the command that was under way; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await inTime(socket, 'connect', limits.connectSeconds, () => client.connect());
    return await use({
      command: async (text, limitSeconds = limits.commandSeconds) => {
        const { rows } = await inTime(socket, text, limitSeconds, () => client.query<ConsoleRow>(text));
        return rows;
      },
    });
  } finally {
    // Terminate is a courtesy that spares PgBouncer a warning in its log; nobody waits for it.
    if (socket.writable) void client.end().catch(() => undefined);
    socket.destroy();
  }
}

async function inTime<T>(socket: Socket, during: string, limitSeconds: Seconds, work: () => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    socket.destroy();
  }, limitSeconds * 1000);
  try {
    return await work();
  } catch (error) {
    throw new ConsoleError(
      late.signal.aborted ? { code: 'timed-out', during, limitSeconds } : failureOf(error, during),
    );
  } finally {
    clearTimeout(timer);
  }
}

function sslOptions(tls: ConsoleTls): pg.ClientConfig['ssl'] {
  switch (tls.mode) {
    case 'disable':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-full':
      return {
        rejectUnauthorized: true,
        ...(tls.serverName === undefined ? {} : named(tls.serverName)),
        ...(tls.authorities === undefined ? {} : { ca: tls.authorities }),
      };
  }
}

/** The driver asks for the name of the host where that is no address, whatever else it is told: the check is ours. */
function named(servername: string): ConnectionOptions {
  return { servername, checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate) };
}
