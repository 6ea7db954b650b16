import { autoScalingReadClient, ecsClient, elastiCacheClient, rdsClient } from '../shared/adapters/aws/clients.ts';
import { AwsInfrastructureReader } from '../shared/adapters/aws/infrastructure-reader.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import { databaseLimits } from '../shared/evaluation/database-limits.ts';
import { costOfInfrastructure } from '../shared/workflow/cost-of-infrastructure.ts';
import { offersOf } from '../shared/workflow/database-offers.ts';
import type { LookDependencies } from '../shared/workflow/look-context.ts';
import { quietWindow } from '../shared/workflow/quiet-window.ts';
import { verifyInfrastructure } from '../shared/workflow/verify-infrastructure.ts';
import { lookDependencies, type Packaged } from './production.ts';

/** What the look at the infrastructure needs of AWS. It evaluates levers, and no action has them in its bundle. */
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
    costOfInfrastructure,
    askOffers: offersOf(infrastructure),
    databaseLimits,
  };
}
