import { ecsWriteClient, ssmClient } from '../shared/adapters/aws/clients.ts';
import { ParameterSizes } from '../shared/adapters/aws/parameter-sizes.ts';
import { TaskDefinitionSizes } from '../shared/adapters/aws/task-definition-sizes.ts';
import { systemClock as clock } from '../shared/adapters/system-clock.ts';
import type { PoolerPolicy } from '../shared/config/policy.ts';
import type { DurablePoolSizes } from '../shared/pooler-port.ts';
import type { DurableSizesOf } from '../shared/workflow/durable-sizes-craft.ts';
import { fleetOfPooler } from '../shared/workflow/fleet-poolers.ts';
import type { Packaged } from './production.ts';

/** How the action reaches what the PgBouncers of its order start with. */
export function durableSizesOf({ policy, environment }: Packaged): DurableSizesOf {
  return (pooler) => {
    const fleet = fleetOfPooler(policy, pooler);
    return fleet === null ? null : durableSizesIn(fleet, environment.region);
  };
}

/** `null` where nobody has said what PgBouncers start with. */
export function durableSizesIn({ pooler }: { readonly pooler: PoolerPolicy }, region: string): DurablePoolSizes | null {
  const { durable } = pooler;
  if (durable === undefined) return null;
  const { kind, names, container = '' } = durable;
  return kind === 'ssm-parameter'
    ? new ParameterSizes({ ssm: ssmClient(region), clock, names })
    : new TaskDefinitionSizes({ ecs: ecsWriteClient(region), clock, service: pooler, container, names });
}
