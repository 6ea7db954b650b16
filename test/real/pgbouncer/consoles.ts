import pg from 'pg';
import { PgBouncerConsole } from '../../../shared/adapters/pgbouncer/pooler-console.ts';
import type { ConsoleLimits, ConsoleLogin, ConsoleTls } from '../../../shared/adapters/pgbouncer/console-session.ts';
import { Secret } from '../../../shared/domain/secret.ts';
import { ADMIN, APPLICATION, type PgBouncerServer } from '../servers/pgbouncer-server.ts';

interface Account {
  readonly user: string;
  readonly password: string;
}

/** A machine that is busy with something else answers late. Tests of limits bring their own. */
export const PATIENT: ConsoleLimits = { connectSeconds: 60, commandSeconds: 60 };

/** A console as production makes it, but for the place of its password and its patience. */
export function consoleOf(
  { user, password }: Account = ADMIN,
  tls: ConsoleTls = { mode: 'disable' },
  limits: ConsoleLimits = PATIENT,
): PgBouncerConsole {
  const login = (): Promise<ConsoleLogin> => Promise.resolve({ user, password: new Secret(password), tls });
  return new PgBouncerConsole({ login, limits });
}

/** A client of the application, through a PgBouncer. */
export async function connectThrough(
  { host, port }: PgBouncerServer,
  database = 'app',
  account: Account = APPLICATION,
): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database, ...account, ssl: false });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Begins a transaction that lasts until the returned function is called. */
export async function holdTransaction(server: PgBouncerServer): Promise<() => Promise<void>> {
  const client = await connectThrough(server);
  await client.query('BEGIN');
  await client.query('SELECT 1');
  return async () => {
    await client.query('COMMIT');
    await client.end();
  };
}
