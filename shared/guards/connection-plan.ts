import type { FleetPolicy } from '../config/policy.ts';
import type { ConnectionPlan } from '../capacity/connections.ts';
import type { PoolerSizes } from '../domain/pooler.ts';
import type { Tasks } from '../domain/units.ts';

/**
 * The connection plan of a fleet at given numbers of tasks.
 *
 * @param tuned sizes of the pools as they were tuned since they were configured
 */
export function planAt(
  policy: Pick<FleetPolicy, 'services' | 'pooler' | 'database'>,
  tasksOf: (service: string, configuredMax: Tasks) => Tasks,
  tuned: PoolerSizes | null = null,
): ConnectionPlan {
  const { services, pooler, database } = policy;
  return {
    services: services.map(({ name, max, pools, connectsTo }) => ({
      name,
      tasks: tasksOf(name, max),
      connectionsPerTask: pools.reduce((sum, { maxConnections }) => sum + maxConnections, 0),
      connectsTo,
    })),
    pooler:
      pooler === undefined
        ? null
        : {
            tasks: pooler.tasks,
            poolSize: tuned?.defaultPoolSize ?? pooler.defaultPoolSize,
            reservePoolSize: tuned?.reservePoolSize ?? pooler.reservePoolSize,
            databaseUserPairs: pooler.databaseUserPairs,
            maxClientConnections: tuned?.maxClientConnections ?? pooler.maxClientConnections,
          },
    database:
      database === undefined
        ? null
        : {
            maxConnections: database.maxConnections,
            usableShare: database.usableShare,
            directConnections: database.directConnections.reduce((sum, { connections }) => sum + connections, 0),
          },
  };
}
