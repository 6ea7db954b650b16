import type { PooledDatabase, PoolerReading, PoolReading } from '../../../shared/domain/pooler.ts';

/** A PgBouncer with one database of default size and nobody connected; each test changes what it is about. */
export function aPooler(change: Partial<PoolerReading> = {}): PoolerReading {
  return {
    version: '1.25.2',
    sizes: { defaultPoolSize: 25, reservePoolSize: 0, maxClientConnections: 1_000 },
    maxDatabaseConnections: 0,
    maxUserConnections: 0,
    poolMode: 'transaction',
    pools: [],
    databases: [aPooledDatabase()],
    users: [],
    clientConnections: 0,
    ...change,
  };
}

export function aPooledDatabase(change: Partial<PooledDatabase> = {}): PooledDatabase {
  return {
    name: 'app',
    host: '10.0.2.7',
    port: 5432,
    poolSize: 25,
    reservePoolSize: 0,
    sizeFrom: 'default',
    maxConnections: 0,
    currentConnections: 0,
    isPaused: false,
    isDisabled: false,
    totals: { transactions: 0, queries: 0, transactionSeconds: 0, querySeconds: 0, waitSeconds: 0 },
    ...change,
  };
}

export function aPool(change: Partial<PoolReading> = {}): PoolReading {
  return {
    database: 'app',
    user: 'app',
    clientsActive: 0,
    clientsWaiting: 0,
    serversActive: 0,
    serversIdle: 0,
    serversOther: 0,
    serversLoggingIn: 0,
    longestWaitSeconds: 0,
    ...change,
  };
}
