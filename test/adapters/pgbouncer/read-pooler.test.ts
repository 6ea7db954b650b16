import { describe, expect, it } from '@jest/globals';
import type { ConsoleRow } from '../../../shared/adapters/pgbouncer/console-session.ts';
import { type ConsoleTables, readingOf } from '../../../shared/adapters/pgbouncer/read-pooler.ts';
import { SETTINGS, tablesOf, VERSIONS } from './tables.ts';

const NEWEST = tablesOf(VERSIONS.at(-1)!);

describe('the tables of the console', () => {
  it.each(VERSIONS)('of $version', (version) => {
    const hasCancels = version.version !== '1.16.1';
    const reading = readingOf(tablesOf(version));
    expect(reading).toEqual({
      version: version.version,
      sizes: { defaultPoolSize: 20, reservePoolSize: 2, maxClientConnections: 1000 },
      maxDatabaseConnections: 0,
      maxUserConnections: 0,
      poolMode: 'transaction',
      pools: [
        {
          database: 'app',
          user: 'api',
          clientsActive: 20,
          clientsWaiting: 11,
          serversActive: 17,
          serversIdle: 1,
          serversOther: hasCancels ? 8 : 3,
          serversLoggingIn: 1,
          longestWaitSeconds: 3.25,
        },
      ],
      databases: [
        {
          name: 'app',
          host: '10.0.2.7',
          port: 5432,
          poolSize: 20,
          reservePoolSize: 2,
          sizeFrom: 'default',
          maxConnections: 0,
          currentConnections: 20,
          isPaused: false,
          isDisabled: false,
          totals: { transactions: 1000, queries: 3000, transactionSeconds: 40, querySeconds: 10, waitSeconds: 30 },
        },
        {
          name: 'reports',
          host: null,
          port: 5432,
          poolSize: 4,
          reservePoolSize: 0,
          sizeFrom: 'own',
          maxConnections: 9,
          currentConnections: 0,
          isPaused: true,
          isDisabled: true,
          totals: { transactions: 0, queries: 0, transactionSeconds: 0, querySeconds: 0, waitSeconds: 0 },
        },
      ],
      users: reading.users,
      clientConnections: 31,
    });
  });

  it.each([
    { version: '1.16.1', users: [] },
    { version: '1.18.0', users: [] },
    { version: '1.23.1', users: [{ name: 'batch', poolSize: 7, reservePoolSize: null }] },
    { version: '1.25.2', users: [{ name: 'batch', poolSize: 7, reservePoolSize: 0 }] },
  ])('sizes of users in $version', ({ version, users }) => {
    const tables = tablesOf(VERSIONS.find((each) => each.version === version)!);
    expect(readingOf(tables).users).toEqual(users);
  });

  it('a port of its own is no trouble', () => {
    const config = [...NEWEST.config, { key: 'so_reuseport', value: '0' }];
    expect(readingOf({ ...NEWEST, config })).toEqual(readingOf(NEWEST));
  });

  it('a user with a reserve alone counts', () => {
    const users = [{ name: 'batch', pool_size: '', reserve_pool_size: '3' }];
    expect(readingOf({ ...NEWEST, users }).users).toEqual([{ name: 'batch', poolSize: null, reservePoolSize: 3 }]);
  });

  it('a size that is shown again for the next users may be of the one before', () => {
    const user = (name: string, size: string, reserve = ''): ConsoleRow => ({
      name,
      pool_size: size,
      reserve_pool_size: reserve,
    });
    const users = [user('a', ''), user('b', '        3'), user('c', '        3', '2'), user('d', '        4', '2')];
    expect(readingOf({ ...NEWEST, users }).users).toEqual([
      { name: 'b', poolSize: 3, reservePoolSize: null },
      { name: 'c', poolSize: 3, reservePoolSize: 2, repeated: ['poolSize'] },
      { name: 'd', poolSize: 4, reservePoolSize: 2, repeated: ['reservePoolSize'] },
    ]);
  });

  it('the order of columns and rows does not matter, nor what is new', () => {
    const turned = (rows: readonly ConsoleRow[]): readonly ConsoleRow[] =>
      rows.map((row) => Object.fromEntries([...Object.entries(row).reverse(), ['new_column', { strange: true }]]));
    const tables: ConsoleTables = {
      version: turned(NEWEST.version),
      config: [...turned(NEWEST.config), { key: 'new_setting', value: null }],
      pools: turned(NEWEST.pools),
      databases: turned(NEWEST.databases),
      totals: turned(NEWEST.totals),
      lists: [...turned(NEWEST.lists), { list: 'new_list', items: 'many' }],
      users: turned(NEWEST.users),
    };
    expect(readingOf(tables)).toEqual(readingOf(NEWEST));
  });

  it('a transaction that has not ended has its wait counted before it: the counters never show less than nothing', () => {
    const totals = [
      { database: 'app', xact_count: '1', query_count: '1', xact_time: '0', query_time: '0', wait_time: '5' },
    ];
    expect(readingOf({ ...NEWEST, totals }).databases[0]?.totals).toMatchObject({
      transactionSeconds: 0,
      querySeconds: 0,
      waitSeconds: 0.000005,
    });
  });
});

describe('what cannot be a PgBouncer', () => {
  const withSetting = (key: string, value: string | null): ConsoleTables => ({
    ...NEWEST,
    config: Object.entries({ ...SETTINGS, [key]: value }).map(([name, is]) => ({ key: name, value: is })),
  });
  const withPool = (change: ConsoleRow): ConsoleTables => ({ ...NEWEST, pools: [{ ...NEWEST.pools[0], ...change }] });

  it.each<{ what: string; tables: ConsoleTables; detail: string }>([
    { what: 'no version', tables: { ...NEWEST, version: [] }, detail: 'SHOW VERSION does not name PgBouncer' },
    {
      what: 'another program',
      tables: { ...NEWEST, version: [{ version: 'pgcat 1.2' }] },
      detail: 'SHOW VERSION does not name PgBouncer',
    },
    { what: 'no settings', tables: { ...NEWEST, config: [] }, detail: 'no setting default_pool_size' },
    { what: 'an empty setting', tables: withSetting('pool_mode', null), detail: 'no setting pool_mode' },
    { what: 'words for a size', tables: withSetting('max_client_conn', 'many'), detail: 'no count in max_client_conn' },
    { what: 'blanks for a size', tables: withSetting('max_client_conn', '  '), detail: 'no count in max_client_conn' },
    {
      what: 'a size below nothing',
      tables: withSetting('default_pool_size', '-1'),
      detail: 'no count in default_pool_size',
    },
    { what: 'half a client', tables: withPool({ cl_waiting: 1.5 }), detail: 'no count in cl_waiting' },
    { what: 'a missing count', tables: withPool({ sv_active: undefined }), detail: 'no count in sv_active' },
    { what: 'a pool of nobody', tables: withPool({ user: null }), detail: 'no text in column user' },
    {
      what: 'one of several on a port',
      tables: withSetting('so_reuseport', '1'),
      detail: 'so_reuseport is on: several processes may share the port, and none can be spoken to alone',
    },
    { what: 'no lists', tables: { ...NEWEST, lists: [] }, detail: 'SHOW LISTS has no used_clients' },
    {
      what: 'a missing column',
      tables: { ...NEWEST, databases: [{ name: 'app', pool_size: 1, port: 1 }] },
      detail: 'no column reserve_pool_size or reserve_pool',
    },
  ])('$what', ({ tables, detail }) => {
    expect(() => readingOf(tables)).toThrow(expect.objectContaining({ because: { code: 'not-understood', detail } }));
  });
});
