import {
  type PooledDatabase,
  type PooledTotals,
  type PooledUser,
  type PoolerReading,
  type PoolReading,
  POOLER_SETTING_NAMES,
} from '../../domain/pooler.ts';
import { count, countIfSet, countIfThere, notUnderstood, wholeNumber, words, wordsOrNull } from './console-rows.ts';
import { CONSOLE_DATABASE, type ConsoleRow, type ConsoleSession } from './console-session.ts';

const MICROSECONDS = 1_000_000;

/** Answers of the console to the commands of one look. */
export interface ConsoleTables {
  readonly version: readonly ConsoleRow[];
  readonly config: readonly ConsoleRow[];
  readonly pools: readonly ConsoleRow[];
  readonly databases: readonly ConsoleRow[];
  readonly totals: readonly ConsoleRow[];
  readonly lists: readonly ConsoleRow[];
  readonly users: readonly ConsoleRow[];
}

/** @throws ConsoleError */
export async function readPooler({ command }: ConsoleSession): Promise<PoolerReading> {
  return readingOf({
    version: await command('SHOW VERSION'),
    config: await command('SHOW CONFIG'),
    pools: await command('SHOW POOLS'),
    databases: await command('SHOW DATABASES'),
    totals: await command('SHOW STATS_TOTALS'),
    lists: await command('SHOW LISTS'),
    users: await command('SHOW USERS'),
  });
}

/**
 * What the tables of PgBouncer 1.16 to 1.25 say.
 *
 * @throws ConsoleError `not-understood` when something that is needed is not there
 */
export function readingOf(tables: ConsoleTables): PoolerReading {
  refuseSharedPort(tables.config);
  const setting = settingsOf(tables.config);
  const size = (name: string): number => wholeNumber(setting(name), name);
  const sizes = {
    defaultPoolSize: size(POOLER_SETTING_NAMES.defaultPoolSize),
    reservePoolSize: size(POOLER_SETTING_NAMES.reservePoolSize),
    maxClientConnections: size(POOLER_SETTING_NAMES.maxClientConnections),
  };
  const totals = new Map(tables.totals.map((row) => [words(row, 'database'), totalsOf(row)]));
  return {
    version: versionOf(tables.version),
    sizes,
    maxDatabaseConnections: size('max_db_connections'),
    maxUserConnections: size('max_user_connections'),
    poolMode: setting('pool_mode'),
    pools: tables.pools.filter((row) => words(row, 'database') !== CONSOLE_DATABASE).map(poolOf),
    databases: tables.databases
      .filter((row) => words(row, 'name') !== CONSOLE_DATABASE)
      .map((row) => databaseOf(row, sizes.defaultPoolSize, totals.get(words(row, 'name')) ?? NOTHING_YET)),
    users: usersOf(tables.users),
    clientConnections: clientsOf(tables.lists),
  };
}

/**
 * Of processes that share a port the kernel chooses who answers: each look would be at another, and a size set on one of them
 * (https://www.pgbouncer.org/config.html#so_reuseport).
 */
function refuseSharedPort(config: readonly ConsoleRow[]): void {
  const value = config.find(({ key }) => key === 'so_reuseport')?.['value'] ?? '0';
  if (value !== '0') {
    throw notUnderstood('so_reuseport is on: several processes may share the port, and none can be spoken to alone');
  }
}

/** A value of SHOW CONFIG by its key. */
export function settingsOf(config: readonly ConsoleRow[]): (name: string) => string {
  const values = new Map(config.map((row) => [words(row, 'key'), wordsOrNull(row, 'value')]));
  return (name) => {
    const value = values.get(name) ?? null;
    if (value === null) throw notUnderstood(`no setting ${name}`);
    return value;
  };
}

/** `PgBouncer 1.25.2`; 1.11 and older said `PgBouncer version 1.11.0`. */
function versionOf([row]: readonly ConsoleRow[]): string {
  const text = row === undefined ? '' : words(row, 'version');
  const version = /^PgBouncer (?:version )?(\S+)/.exec(text)?.[1];
  if (version === undefined) throw notUnderstood('SHOW VERSION does not name PgBouncer');
  return version;
}

function poolOf(row: ConsoleRow): PoolReading {
  return {
    database: words(row, 'database'),
    user: words(row, 'user'),
    clientsActive: count(row, 'cl_active'),
    clientsWaiting: count(row, 'cl_waiting'),
    serversActive: count(row, 'sv_active'),
    serversIdle: count(row, 'sv_idle'),
    serversOther:
      count(row, 'sv_used') +
      count(row, 'sv_tested') +
      count(row, 'sv_login') +
      // Since 1.18.
      countIfThere(row, 'sv_active_cancel') +
      countIfThere(row, 'sv_being_canceled'),
    serversLoggingIn: count(row, 'sv_login'),
    longestWaitSeconds: count(row, 'maxwait') + countIfThere(row, 'maxwait_us') / MICROSECONDS,
  };
}

function databaseOf(row: ConsoleRow, defaultPoolSize: number, totals: PooledTotals): PooledDatabase {
  const poolSize = count(row, 'pool_size');
  return {
    name: words(row, 'name'),
    host: wordsOrNull(row, 'host'),
    port: count(row, 'port'),
    poolSize,
    // Its name before 1.24.
    reservePoolSize: count(row, 'reserve_pool_size', 'reserve_pool'),
    sizeFrom: poolSize === defaultPoolSize ? 'default' : 'own',
    maxConnections: count(row, 'max_connections'),
    currentConnections: count(row, 'current_connections'),
    isPaused: count(row, 'paused') > 0,
    isDisabled: count(row, 'disabled') > 0,
    totals,
  };
}

const NOTHING_YET: PooledTotals = {
  transactions: 0,
  queries: 0,
  transactionSeconds: 0,
  querySeconds: 0,
  waitSeconds: 0,
};

/**
 * PgBouncer starts the clocks of query and transaction when the client asks, so that xact_time and query_time contain
 * wait_time: measured on 1.18 and 1.25, and to be read in src/client.c. Waiting is taken out of them here.
 */
function totalsOf(row: ConsoleRow): PooledTotals {
  const wait = count(row, 'wait_time');
  // A wait is counted when it ends, its transaction later: the difference can be short of it for a moment.
  const withoutWait = (name: string): number => Math.max(0, count(row, name) - wait) / MICROSECONDS;
  return {
    transactions: count(row, 'xact_count'),
    queries: count(row, 'query_count'),
    transactionSeconds: withoutWait('xact_time'),
    querySeconds: withoutWait('query_time'),
    waitSeconds: wait / MICROSECONDS,
  };
}

/**
 * PgBouncer 1.23 to 1.25.2 does not empty its line between users: who has no size shows that of the user before (pull request
 * 1489 of its repository; seen on 1.25.2). Only the first of equal sizes in a row is sure to be of that user.
 */
function usersOf(rows: readonly ConsoleRow[]): readonly PooledUser[] {
  const users = rows.map((row): PooledUser => ({
    name: words(row, 'name'),
    poolSize: countIfSet(row, 'pool_size'),
    reservePoolSize: countIfSet(row, 'reserve_pool_size'),
  }));
  return users
    .map((user, index): PooledUser => {
      const before = users[index - 1];
      const repeated = USER_SIZES.filter((size) => user[size] !== null && user[size] === before?.[size]);
      return repeated.length === 0 ? user : { ...user, repeated };
    })
    .filter(({ poolSize, reservePoolSize }) => poolSize !== null || reservePoolSize !== null);
}

const USER_SIZES = ['poolSize', 'reservePoolSize'] as const;

/** `used_clients` is what PgBouncer compares with max_client_conn; one of them is this look. */
function clientsOf(lists: readonly ConsoleRow[]): number {
  const row = lists.find((candidate) => candidate['list'] === 'used_clients');
  if (row === undefined) throw notUnderstood('SHOW LISTS has no used_clients');
  return Math.max(0, count(row, 'items') - 1);
}
