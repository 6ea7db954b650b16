import type { Connections } from '../domain/units.ts';

/**
 * Defaults that Amazon RDS derives from the instance class for PostgreSQL. Source: the default DB parameter groups
 * (DescribeEngineDefaultParameters, family postgres16) and "Tuning PostgreSQL parameters" in the Amazon RDS User Guide.
 *
 * Their variable DBInstanceClassMemory is less than the memory as sold, because the operating system and the agents of
 * RDS come off first, and AWS publishes no formula for it. We take 220 MiB and 2 % off, which gives the `max_connections`
 * that were observed on 2, 4, 8 and 15.25 GiB (198, 413, 856 and 1660) within 1.5 %. Where the real number matters, read
 * it with DescribeDBParameters or `SHOW max_connections`; a parameter group may set it outright.
 */
const RESERVED_MIB = 220;
const RESERVED_SHARE = 0.02;
const MIB = 1024 * 1024;
const BYTES_PER_CONNECTION = 9_531_392;
/** The cap of the default on RDS and Aurora alike. */
export const MOST_CONNECTIONS_BY_DEFAULT: Connections = 5000;

/** Approximately DBInstanceClassMemory. */
function instanceClassMemoryBytes(memoryGiB: number): number {
  return (memoryGiB * 1024 * (1 - RESERVED_SHARE) - RESERVED_MIB) * MIB;
}

/** `LEAST({DBInstanceClassMemory/9531392}, 5000)`: about 860 for 8 GiB, 5000 from 48 GiB on. */
export function defaultMaxConnections(memoryGiB: number): Connections {
  const byMemory = Math.floor(instanceClassMemoryBytes(memoryGiB) / BYTES_PER_CONNECTION);
  return Math.max(0, Math.min(byMemory, MOST_CONNECTIONS_BY_DEFAULT));
}
