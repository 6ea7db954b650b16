import type { MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import { SimulatedPoolers } from '../../simulator/platform/simulated-poolers.ts';
import { NOW } from './builders/time.ts';

type Plant = ConstructorParameters<typeof SimulatedPoolers>[0];

/** Two PgBouncers with nothing to do yet, in front of a database of 200 connections. */
export function simulatedPgbouncers(
  poolers: MemoryPoolers,
  of: Pick<Plant, 'sizes'> & Partial<Plant>,
): SimulatedPoolers {
  return new SimulatedPoolers({
    startsAt: NOW,
    tasks: 2,
    maxConnections: 200,
    directConnections: 12,
    idlePercent: 4,
    poolers,
    ...of,
  });
}
