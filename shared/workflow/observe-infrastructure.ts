import type { FleetPolicy } from '../config/policy.ts';
import type { InfrastructureFacts } from '../domain/infrastructure.ts';
import { NOT_ASKED } from '../domain/reading.ts';
import { targetOf } from '../levers/resources.ts';
import type { LookDependencies } from './look-context.ts';

/** `null` in a look that has no reader for it. */
export async function observeInfrastructure(
  { database, cache, services }: FleetPolicy,
  { infrastructure }: Pick<LookDependencies, 'infrastructure'>,
): Promise<InfrastructureFacts | null> {
  if (infrastructure === undefined) return null;
  const [databaseFacts, cacheFacts, tasks] = await Promise.all([
    database === undefined ? NOT_ASKED : infrastructure.readDatabase(database),
    cache === undefined ? NOT_ASKED : infrastructure.readCache(cache.replicationGroup),
    infrastructure.readTasks(services.map(targetOf)),
  ]);
  return {
    database: databaseFacts,
    cache: cacheFacts,
    tasks: Object.fromEntries(services.map(({ name }, index) => [name, tasks[index] ?? NOT_ASKED])),
  };
}
