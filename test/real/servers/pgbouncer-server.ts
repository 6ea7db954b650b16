import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { PoolerInstance } from '../../../shared/domain/pooler.ts';
import { programPath, type ServerUser } from './prerequisites.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

const HOST = '127.0.0.1';

/** Who may what in every PgBouncer of the tests. */
export const ADMIN = { user: 'console_admin', password: 'admin password' } as const;
export const STATS_ONLY = { user: 'console_stats', password: 'stats password' } as const;
export const APPLICATION = { user: 'app', password: 'app password' } as const;
export const REPORTING = { user: 'reporting', password: 'reporting password' } as const;

const ACCOUNTS = [ADMIN, STATS_ONLY, APPLICATION, REPORTING];

export interface PgBouncerOptions {
  /** Of the section [pgbouncer]; over those of the tests. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Name of a database to what stands in its line besides host and port: `pool_size=3`. */
  readonly databases?: Readonly<Record<string, string>>;
  /** Name of a user to what stands in his line: `max_user_connections=5`. */
  readonly users?: Readonly<Record<string, string>>;
  readonly authentication?: 'scram-sha-256' | 'md5' | 'plain';
}

/** A PgBouncer of our own, in transaction mode, in front of a PostgreSQL. */
export class PgBouncerServer {
  readonly host = HOST;
  readonly port: number;
  readonly #folder: string;
  readonly #user: ServerUser;
  readonly #databasePort: number;
  #options: PgBouncerOptions;
  #process: ServerProcess | null = null;

  private constructor(folder: string, user: ServerUser, databasePort: number, options: PgBouncerOptions, port: number) {
    this.#folder = folder;
    this.#user = user;
    this.#databasePort = databasePort;
    this.#options = options;
    this.port = port;
  }

  static async start(
    folder: string,
    user: ServerUser,
    databasePort: number,
    options: PgBouncerOptions,
  ): Promise<PgBouncerServer> {
    mkdirSync(folder);
    chownSync(folder, user.uid, user.gid);
    const server = new PgBouncerServer(folder, user, databasePort, options, await freePort());
    await server.start();
    return server;
  }

  get instance(): PoolerInstance {
    return { id: `${HOST}:${this.port}`, host: HOST, port: this.port, availabilityZone: null };
  }

  /** @throws Error when it does not run */
  get pid(): number {
    if (this.#process === null) throw new Error('PgBouncer does not run');
    return this.#process.pid;
  }

  async start(): Promise<void> {
    this.#write();
    this.#process = await startServer(
      {
        program: programPath('pgbouncer'),
        arguments: [join(this.#folder, 'pgbouncer.ini')],
        user: this.#user,
        workingFolder: this.#folder,
        logFile: this.#logFile,
        deathSignal: 'KILL',
      },
      () => this.console('SHOW VERSION').then(() => undefined),
    );
  }

  /** As when the machine under it dies: nobody is told. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL');
    this.#process = null;
  }

  /** Stops answering without closing a connection, until `thaw`. */
  freeze(): void {
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process?.signal('SIGCONT');
  }

  /** Reads its file again, as after SIGHUP; what was SET is lost. */
  async reload(options: PgBouncerOptions = this.#options): Promise<void> {
    this.#options = options;
    this.#write();
    // The signal is handled at some later time, the command before it is answered.
    await this.console('RELOAD');
  }

  /** Speaks to the admin console with a connection of its own, independent of the adapter under test. */
  async console(command: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = new pg.Client({ host: HOST, port: this.port, database: 'pgbouncer', ...ADMIN, ...this.#tls });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(command);
      return rows;
    } finally {
      await client.end();
    }
  }

  log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** A value of SHOW CONFIG. */
  async setting(name: string): Promise<string> {
    const row = (await this.console('SHOW CONFIG')).find(({ key }) => key === name);
    if (typeof row?.['value'] !== 'string') throw new Error(`no setting ${name}`);
    return row['value'];
  }

  get #logFile(): string {
    return join(this.#folder, 'pgbouncer.log');
  }

  get #tls(): { readonly ssl: false | { readonly rejectUnauthorized: false } } {
    return {
      ssl: this.#options.settings?.['client_tls_sslmode'] === undefined ? false : { rejectUnauthorized: false },
    };
  }

  #write(): void {
    const { settings, databases = { app: '' }, users = {}, authentication = 'scram-sha-256' } = this.#options;
    const general = {
      listen_addr: HOST,
      listen_port: this.port,
      unix_socket_dir: '',
      auth_type: authentication,
      auth_file: join(this.#folder, 'userlist.txt'),
      admin_users: ADMIN.user,
      stats_users: STATS_ONLY.user,
      pool_mode: 'transaction',
      default_pool_size: 5,
      max_client_conn: 200,
      ...settings,
    };
    const toDatabase = (rest: string): string => `host=127.0.0.1 port=${this.#databasePort} ${rest}`;
    const ini = [
      '[databases]',
      ...Object.entries(databases).map(([name, rest]) => `${name} = ${toDatabase(rest)}`),
      '[users]',
      ...Object.entries(users).map(([name, rest]) => `${name} = ${rest}`),
      '[pgbouncer]',
      ...Object.entries(general).map(([name, value]) => `${name} = ${value}`),
    ];
    writeFileSync(join(this.#folder, 'pgbouncer.ini'), `${ini.join('\n')}\n`);
    const accounts = ACCOUNTS.map(({ user, password }) => `"${user}" "${password}"\n`);
    writeFileSync(join(this.#folder, 'userlist.txt'), accounts.join(''));
  }
}
