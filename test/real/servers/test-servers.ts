import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PgBouncerOptions, PgBouncerServer } from './pgbouncer-server.ts';
import { PostgresServer } from './postgres-server.ts';
import { serverUser } from './prerequisites.ts';

export interface TestServersOptions {
  /** `max_connections` of PostgreSQL. */
  readonly maxConnections?: number;
  readonly poolers: readonly PgBouncerOptions[];
}

/** One PostgreSQL with PgBouncers in front, in a temporary folder. */
export interface TestServers {
  readonly folder: string;
  readonly postgres: PostgresServer;
  readonly poolers: readonly PgBouncerServer[];
  /** One more PgBouncer in front of the same database. */
  addPooler(options: PgBouncerOptions): Promise<PgBouncerServer>;
  /** Stops everything, also what has stopped already, and removes the folder. */
  stop(): Promise<void>;
}

/** @throws Error that names the command which installs what is missing */
export async function startTestServers({ maxConnections = 100, poolers }: TestServersOptions): Promise<TestServers> {
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-servers-'));
  chownSync(folder, user.uid, user.gid);
  const running: PgBouncerServer[] = [];
  let postgres: PostgresServer | null = null;
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((pooler) => pooler.kill()));
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const database = await PostgresServer.start(folder, user, {
      maxConnections,
      databases: ['app', 'reports'],
      users: ['app', 'reporting'],
    });
    postgres = database;
    const addPooler = async (options: PgBouncerOptions): Promise<PgBouncerServer> => {
      const own = join(folder, `pgbouncer-${running.length + 1}`);
      const pooler = await PgBouncerServer.start(own, user, database.port, options);
      running.push(pooler);
      return pooler;
    };
    for (const options of poolers) await addPooler(options);
    return { folder, postgres: database, poolers: [...running], addPooler, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
