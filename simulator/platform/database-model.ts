import type { Connections, Percent } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from '../load/steps.ts';

/** How one service's requests use the database. */
export interface DatabaseUse {
  /** CPU of the database that one request takes. */
  readonly cpuMillisPerRequest: number;
  /** Time that one request holds a server connection while the database has room. */
  readonly connectionMillisPerRequest: number;
  /** Most connections that one task opens to the pooler; nobody counts them where the pooler is not simulated. */
  readonly connectionsPerTask?: Connections;
}

export interface DatabaseModel {
  readonly vcpus: number;
  /** CPU that is used without any request. */
  readonly idlePercent: Percent;
  /** Server connections that all pools may open together. */
  readonly poolLimit: Connections;
  readonly directConnections: Connections;
}

export interface DatabaseLoad {
  readonly cpuPercent: Percent;
  /** In use at the pooler, at most the limit. */
  readonly poolConnections: Connections;
  /** All that the database sees. */
  readonly connections: Connections;
}

/** Above this utilization queries wait for CPU longer than anybody waits for them. */
const MOST_UTILIZATION = 0.97;

/**
 * The database under the load that its services let through.
 *
 *   utilization   ρ = idle + Σ load × CPU time ÷ vCPUs
 *   connections   Σ load × holding time ÷ (1 − ρ): Little's law, with the wait of a single queue in front of the CPU
 */
export function databaseLoad(
  { vcpus, idlePercent, poolLimit, directConnections }: DatabaseModel,
  served: readonly { readonly load: LoadPerSecond; readonly use: DatabaseUse }[],
): DatabaseLoad {
  const cpuSeconds = served.reduce((sum, { load, use }) => sum + (load * use.cpuMillisPerRequest) / 1000, 0);
  const heldSeconds = served.reduce((sum, { load, use }) => sum + (load * use.connectionMillisPerRequest) / 1000, 0);
  const utilization = idlePercent / 100 + cpuSeconds / vcpus;
  const wanted = heldSeconds / (1 - Math.min(utilization, MOST_UTILIZATION));
  const poolConnections = Math.min(wanted, poolLimit);
  return {
    cpuPercent: Math.min(100, utilization * 100),
    poolConnections,
    connections: poolConnections + directConnections,
  };
}
