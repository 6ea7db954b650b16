import { AuroraCapacity } from '../shared/adapters/aws/aurora-capacity.ts';
import { AuroraReplicas } from '../shared/adapters/aws/aurora-replicas.ts';
import { CacheNodeType, CacheShape } from '../shared/adapters/aws/cache-shape.ts';
import {
  autoScalingReadClient,
  autoScalingWriteClient,
  ecsWriteClient,
  elastiCacheWriteClient,
  rdsWriteClient,
} from '../shared/adapters/aws/clients.ts';
import { databaseClass, storageCeiling } from '../shared/adapters/aws/database-modifier.ts';
import { TaskResizer } from '../shared/adapters/aws/task-resizer.ts';
import type { ChangeOf } from '../shared/domain/change.ts';
import type { InfrastructureMover, LiveChange } from '../shared/infrastructure-port.ts';
import type { Packaged } from './production.ts';

type MoverOf<Kind extends LiveChange['kind']> = (stack: Packaged) => InfrastructureMover<ChangeOf<Kind>>;

/** How each action reaches what it changes: the bundle of an action holds the clients of its own mover alone. */
export const taskResizer: MoverOf<'resize-task'> = ({ environment }) =>
  new TaskResizer(ecsWriteClient(environment.region));

export const auroraCapacity: MoverOf<'set-aurora-capacity'> = ({ environment }) =>
  new AuroraCapacity(rdsWriteClient(environment.region));

export const storageCeilingMover: MoverOf<'set-storage-ceiling'> = ({ environment }) =>
  storageCeiling(rdsWriteClient(environment.region));

export const databaseClassMover: MoverOf<'change-database-class'> = ({ environment }) =>
  databaseClass(rdsWriteClient(environment.region));

export const auroraReplicas: MoverOf<'set-read-replicas'> = ({ environment: { region } }) =>
  new AuroraReplicas({ rds: rdsWriteClient(region), autoScaling: autoScalingWriteClient(region) });

export const cacheShape: MoverOf<'set-cache-shape'> = ({ environment: { region } }) =>
  new CacheShape({ elastiCache: elastiCacheWriteClient(region), autoScaling: autoScalingReadClient(region) });

export const cacheNodeType: MoverOf<'change-cache-node-type'> = ({ environment: { region } }) =>
  new CacheNodeType({ elastiCache: elastiCacheWriteClient(region), autoScaling: autoScalingReadClient(region) });
