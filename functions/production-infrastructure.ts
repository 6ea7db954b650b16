import { AuroraCapacity } from '../shared/adapters/aws/aurora-capacity.ts';
import { AuroraReplicas } from '../shared/adapters/aws/aurora-replicas.ts';
import { CacheNodeType, CacheShape } from '../shared/adapters/aws/cache-shape.ts';
import {
  autoScalingReadClient,
  autoScalingWriteClient,
  ecsClient,
  ecsWriteClient,
  elastiCacheClient,
  elastiCacheWriteClient,
  rdsClient,
  rdsWriteClient,
} from '../shared/adapters/aws/clients.ts';
import { databaseClass, storageCeiling } from '../shared/adapters/aws/database-modifier.ts';
import { AwsInfrastructureReader } from '../shared/adapters/aws/infrastructure-reader.ts';
import { TaskResizer } from '../shared/adapters/aws/task-resizer.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import type { ChangeOf } from '../shared/domain/change.ts';
import type { InfrastructureMover, LiveChange } from '../shared/infrastructure-port.ts';
import { offersOf } from '../shared/workflow/database-offers.ts';
import type { LookDependencies } from '../shared/workflow/look-context.ts';
import { databaseLimits } from '../shared/evaluation/database-limits.ts';
import { quietWindow } from '../shared/workflow/quiet-window.ts';
import { verifyInfrastructure } from '../shared/workflow/verify-infrastructure.ts';
import { lookDependencies, type Packaged } from './production.ts';

/** What the look at the infrastructure needs of AWS. */
export function infrastructureDependencies(stack: Packaged): LookDependencies {
  const { region } = stack.environment;
  const clients = {
    ecs: ecsClient(region),
    rds: rdsClient(region),
    elastiCache: elastiCacheClient(region),
    autoScaling: autoScalingReadClient(region),
  };
  const infrastructure = new AwsInfrastructureReader(clients, systemClock);
  return {
    ...lookDependencies(stack),
    infrastructure,
    verifyInfrastructure,
    quietWindow,
    askOffers: offersOf(infrastructure),
    databaseLimits,
  };
}

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
