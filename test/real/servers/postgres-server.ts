import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { programPath, type ServerUser } from './prerequisites.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';

/** Durability off, as nothing of it is kept; no file outside the temporary folder. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  autovacuum: 'off',
};

export interface PostgresOptions {
  readonly maxConnections: number;
  readonly databases: readonly string[];
  readonly users: readonly string[];
}

/** A PostgreSQL of our own that trusts everybody on loopback. */
export class PostgresServer {
  readonly host = HOST;
  readonly port: number;
  readonly #folder: string;
  readonly #user: ServerUser;
  #process: ServerProcess | null = null;

  private constructor(folder: string, user: ServerUser, port: number) {
    this.#folder = folder;
    this.#user = user;
    this.port = port;
  }

  static async start(folder: string, user: ServerUser, options: PostgresOptions): Promise<PostgresServer> {
    const server = new PostgresServer(folder, user, await freePort());
    server.#initialize(options.maxConnections);
    await server.start();
    try {
      for (const name of options.users) await server.query(`CREATE ROLE ${name} LOGIN`);
      for (const name of options.databases) await server.query(`CREATE DATABASE ${name}`);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** @throws Error when it does not run */
  get pid(): number {
    if (this.#process === null) throw new Error('PostgreSQL does not run');
    return this.#process.pid;
  }

  async start(): Promise<void> {
    this.#process = await startServer(
      {
        program: programPath('postgres'),
        arguments: ['-D', this.#data],
        user: this.#user,
        workingFolder: this.#folder,
        logFile: join(this.#folder, 'postgres.log'),
        deathSignal: 'QUIT',
      },
      () => this.query('SELECT 1').then(() => undefined),
    );
  }

  /** Fast shutdown: sessions are disconnected, transactions rolled back. */
  async stop(): Promise<void> {
    await this.#process?.stop('SIGINT');
    this.#process = null;
  }

  /** As the superuser, past every pooler. */
  async query(statement: string, database = 'postgres'): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = this.client(database);
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(statement);
      return rows;
    } finally {
      await client.end();
    }
  }

  client(database = 'postgres'): pg.Client {
    const client = new pg.Client({ host: HOST, port: this.port, user: SUPERUSER, database, ssl: false });
    // Without a listener, a server that we stop on purpose would end the test process.
    client.on('error', () => undefined);
    return client;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  #initialize(maxConnections: number): void {
    const initdb = [
      ...[programPath('initdb'), '-D', this.#data, '-U', SUPERUSER],
      ...['--auth=trust', '--no-sync', '--no-locale', '--encoding=UTF8'],
    ];
    const { status, stderr } = spawnSync(programPath('setpriv'), [...this.#user.becomeArguments, '--', ...initdb], {
      cwd: this.#folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
    const settings = { ...SETTINGS, port: this.port, max_connections: maxConnections };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(this.#data, 'postgresql.conf'), lines.join(''));
  }
}
