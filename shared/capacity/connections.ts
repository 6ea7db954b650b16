import type { Connections, Percent, Tasks } from '../domain/units.ts';

/**
 * Connection math: how many connections a fleet can open, and how many it may.
 *
 *   client side   Σ services (tasks × Σ pools)                       ≤ max_client_conn × PgBouncer tasks
 *   server side   PgBouncer tasks × pairs × (pool_size + reserve)
 *                 + direct connections + pools that bypass the pooler ≤ usable share of max_connections
 *
 * Production of the reference platform: 2 PgBouncer tasks × 25 + 5 + 5 + 2 direct = 62 of 200, of which 160 may be
 * planned with; its 5–10 tasks × (25 + 25) would open 250–500 without a pooler.
 */
export interface ConnectionPlan {
  readonly services: readonly ConnectingService[];
  readonly pooler: PoolerPlan | null;
  readonly database: DatabasePlan | null;
}

export interface ConnectingService {
  readonly name: string;
  readonly tasks: Tasks;
  /** Most connections of one task over all its pools. */
  readonly connectionsPerTask: Connections;
  readonly connectsTo: 'pooler' | 'database' | 'nothing';
}

export interface PoolerPlan {
  readonly tasks: Tasks;
  readonly poolSize: Connections;
  readonly reservePoolSize: Connections;
  /** Pools of each PgBouncer task: one for each (database, user) pair. */
  readonly databaseUserPairs: number;
  /** Of one of the pairs, which then does not have `poolSize`; absent where all have that. */
  readonly ownPoolSize?: Connections;
  readonly maxClientConnections: Connections;
}

export interface DatabasePlan {
  readonly maxConnections: Connections;
  readonly usableShare: Percent;
  readonly directConnections: Connections;
}

export interface ConnectionMath {
  /** `null` without a pooler. */
  readonly client: ConnectionSide | null;
  /** `null` without a database. */
  readonly server: (ConnectionSide & { readonly maxConnections: Connections }) | null;
}

export interface ConnectionSide {
  readonly needed: Connections;
  readonly limit: Connections;
}

export function connectionMath({ services, pooler, database }: ConnectionPlan): ConnectionMath {
  const opened = (to: ConnectingService['connectsTo']): Connections =>
    services
      .filter((service) => service.connectsTo === to)
      .reduce((sum, { tasks, connectionsPerTask }) => sum + tasks * connectionsPerTask, 0);

  return {
    client: pooler === null ? null : { needed: opened('pooler'), limit: pooler.maxClientConnections * pooler.tasks },
    server:
      database === null
        ? null
        : {
            needed: pooledConnections(pooler) + opened('database') + database.directConnections,
            limit: Math.floor((database.maxConnections * database.usableShare) / 100),
            maxConnections: database.maxConnections,
          },
  };
}

function pooledConnections(pooler: PoolerPlan | null): Connections {
  if (pooler === null) return 0;
  const { tasks, databaseUserPairs, poolSize, reservePoolSize, ownPoolSize } = pooler;
  if (ownPoolSize === undefined) return tasks * databaseUserPairs * (poolSize + reservePoolSize);
  return tasks * (Math.max(0, databaseUserPairs - 1) * (poolSize + reservePoolSize) + ownPoolSize + reservePoolSize);
}

export interface ExceededSide extends ConnectionSide {
  readonly side: 'client' | 'server';
}

/** The sides whose limit does not suffice. */
export function exceededSides(math: ConnectionMath): readonly ExceededSide[] {
  const sides: ExceededSide[] = [];
  if (math.client && math.client.needed > math.client.limit) sides.push({ side: 'client', ...math.client });
  if (math.server && math.server.needed > math.server.limit) sides.push({ side: 'server', ...math.server });
  return sides;
}

/**
 * The most tasks of one service that fit, everything else staying as it is. Unlimited where it opens no connection.
 * Never negative: where even none would fit, the others alone are too many.
 */
export function mostTasksThatFit(plan: ConnectionPlan, serviceName: string): number {
  const service = plan.services.find(({ name }) => name === serviceName);
  if (service === undefined || service.connectsTo === 'nothing' || service.connectionsPerTask === 0) return Infinity;
  const without = connectionMath({
    ...plan,
    services: plan.services.filter(({ name }) => name !== serviceName),
  });
  const side = service.connectsTo === 'pooler' ? without.client : without.server;
  if (side === null) return Infinity;
  return Math.max(0, Math.floor((side.limit - side.needed) / service.connectionsPerTask));
}
