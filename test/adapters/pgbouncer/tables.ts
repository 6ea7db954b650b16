import type { ConsoleRow } from '../../../shared/adapters/pgbouncer/console-session.ts';
import type { ConsoleTables } from '../../../shared/adapters/pgbouncer/read-pooler.ts';

/** How versions of PgBouncer name their columns, in their order. */
interface Columns {
  readonly version: string;
  readonly pools: readonly string[];
  readonly databases: readonly string[];
  readonly totals: readonly string[];
  readonly users: readonly string[];
}

const POOLS_16 =
  'database user cl_active cl_waiting cl_cancel_req sv_active sv_idle sv_used sv_tested sv_login maxwait maxwait_us pool_mode';
const POOLS_18 =
  'database user cl_active cl_waiting cl_active_cancel_req cl_waiting_cancel_req sv_active sv_active_cancel sv_being_canceled sv_idle sv_used sv_tested sv_login maxwait maxwait_us pool_mode';
const DATABASES_16 =
  'name host port database force_user pool_size min_pool_size reserve_pool pool_mode max_connections current_connections paused disabled';
const DATABASES_23 =
  'name host port database force_user pool_size min_pool_size reserve_pool server_lifetime pool_mode max_connections current_connections paused disabled';
const DATABASES_24 =
  'name host port database force_user pool_size min_pool_size reserve_pool_size server_lifetime pool_mode load_balance_hosts max_connections current_connections max_client_connections current_client_connections paused disabled';
const TOTALS_16 = 'database xact_count query_count bytes_received bytes_sent xact_time query_time wait_time';
const TOTALS_23 =
  'database server_assignment_count xact_count query_count bytes_received bytes_sent xact_time query_time wait_time';
const TOTALS_24 = `${TOTALS_23} client_parse_count server_parse_count bind_count`;
const USERS_16 = 'name pool_mode';
const USERS_23 = 'name pool_size pool_mode max_user_connections current_connections';
const USERS_24 =
  'name pool_size reserve_pool_size pool_mode max_user_connections current_connections max_user_client_connections current_client_connections';

function columns(version: string, pools: string, databases: string, totals: string, users: string): Columns {
  const [a = [], b = [], c = [], d = []] = [pools, databases, totals, users].map((names) => names.split(' '));
  return { version, pools: a, databases: b, totals: c, users: d };
}

export const VERSIONS: readonly Columns[] = [
  columns('1.16.1', POOLS_16, DATABASES_16, TOTALS_16, USERS_16),
  columns('1.18.0', POOLS_18, DATABASES_16, TOTALS_16, USERS_16),
  columns('1.23.1', POOLS_18, DATABASES_23, TOTALS_23, USERS_23),
  columns('1.25.2', `${POOLS_18} load_balance_hosts`, DATABASES_24, TOTALS_24, USERS_24),
];

/** What differs from nothing, in the columns that there are; numbers as PgBouncer types them. */
function row(names: readonly string[], values: ConsoleRow): ConsoleRow {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}

const NO_COUNTS = Object.fromEntries(
  [...POOLS_16.split(' '), ...POOLS_18.split(' '), ...DATABASES_24.split(' '), 'reserve_pool'].map((name) => [name, 0]),
);

export const SETTINGS: Readonly<Record<string, string>> = {
  default_pool_size: '20',
  max_client_conn: '1000',
  max_db_connections: '0',
  max_user_connections: '0',
  pool_mode: 'transaction',
  reserve_pool_size: '2',
};

/** The console of a PgBouncer with one busy database and one with a size of its own. */
export function tablesOf({ version, pools, databases, totals, users }: Columns): ConsoleTables {
  const pool = (values: ConsoleRow): ConsoleRow => row(pools, { ...NO_COUNTS, pool_mode: 'transaction', ...values });
  const database = (values: ConsoleRow): ConsoleRow =>
    row(databases, { ...NO_COUNTS, host: '10.0.2.7', port: 5432, pool_mode: null, force_user: null, ...values });
  return {
    version: [{ version: `PgBouncer ${version}` }],
    config: Object.entries(SETTINGS).map(([key, value]) => ({ key, value, default: value, changeable: 'yes' })),
    pools: [
      pool({
        database: 'app',
        user: 'api',
        ...{ cl_active: 20, cl_waiting: 11, cl_cancel_req: 1, cl_active_cancel_req: 1, sv_active: 17, sv_idle: 1 },
        ...{ sv_used: 1, sv_tested: 1, sv_login: 1, sv_active_cancel: 2, sv_being_canceled: 3 },
        ...{ maxwait: 3, maxwait_us: 250_000 },
      }),
      pool({ database: 'pgbouncer', user: 'pgbouncer', cl_active: 1, pool_mode: 'statement' }),
    ],
    databases: [
      database({
        name: 'app',
        database: 'app',
        pool_size: 20,
        reserve_pool: 2,
        reserve_pool_size: 2,
        current_connections: 20,
      }),
      database({ name: 'pgbouncer', host: null, port: 6432, database: 'pgbouncer', pool_size: 2 }),
      database({ name: 'reports', host: null, pool_size: 4, max_connections: 9, paused: 1, disabled: 1 }),
    ],
    totals: [
      row(totals, {
        database: 'app',
        ...{
          xact_count: '1000',
          query_count: '3000',
          xact_time: '70000000',
          query_time: '40000000',
          wait_time: '30000000',
        },
      }),
      row(totals, {
        database: 'pgbouncer',
        xact_count: '1',
        query_count: '1',
        xact_time: '0',
        query_time: '0',
        wait_time: '0',
      }),
    ],
    lists: [
      { list: 'databases', items: 3 },
      { list: 'used_clients', items: 32 },
    ],
    users: [
      row(users, { name: 'api', pool_size: '', reserve_pool_size: '' }),
      row(users, { name: 'batch', pool_size: '        7', reserve_pool_size: '        0' }),
    ],
  };
}
