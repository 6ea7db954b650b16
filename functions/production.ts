import { DynamoDbAuditLog } from '../shared/adapters/aws/audit-log.ts';
import { AwsCapacityReader } from '../shared/adapters/aws/capacity-reader.ts';
import { AwsCapacityWriter } from '../shared/adapters/aws/capacity-writer.ts';
import {
  autoScalingReadClient,
  autoScalingWriteClient,
  cloudWatchClient,
  dynamoDbClient,
  ecsClient,
  eventBridgeClient,
} from '../shared/adapters/aws/clients.ts';
import { EventBridgeBus } from '../shared/adapters/aws/event-bus.ts';
import { AwsMetricReader } from '../shared/adapters/aws/metric-reader.ts';
import { AwsScalingReader } from '../shared/adapters/aws/scaling-reader.ts';
import { DynamoDbStateStore } from '../shared/adapters/aws/state-store.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import type { Policy } from '../shared/config/policy.ts';
import type { ActionDependencies } from '../shared/workflow/carry-out-order.ts';
import type { LookDependencies } from '../shared/workflow/look-context.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { packagedPolicy } from './packaged-policy.ts';

export interface Packaged {
  readonly policy: Policy;
  readonly environment: Environment;
}

/** What a deployed function starts from: its policy and its environment. */
export function packaged(): Packaged {
  return { policy: packagedPolicy(), environment: readEnvironment() };
}

/** What a trigger needs of AWS. */
export function lookDependencies({ policy, environment }: Packaged): LookDependencies {
  const { region, codeVersion, eventBus } = environment;
  return {
    ...tables({ policy, environment }),
    clock: systemClock,
    capacity: new AwsCapacityReader(
      { ecs: ecsClient(region), autoScaling: autoScalingReadClient(region) },
      systemClock,
    ),
    metrics: new AwsMetricReader(cloudWatchClient(region)),
    bus: new EventBridgeBus(eventBridgeClient(region), eventBus),
    codeVersion,
  };
}

/** What an action needs of AWS. */
export function actionDependencies({ policy, environment }: Packaged): ActionDependencies {
  const { region, codeVersion } = environment;
  return {
    ...tables({ policy, environment }),
    clock: systemClock,
    reader: new AwsScalingReader(autoScalingReadClient(region), systemClock),
    writer: new AwsCapacityWriter(autoScalingWriteClient(region)),
    codeVersion,
  };
}

function tables({ policy, environment }: Packaged): Pick<LookDependencies, 'audit' | 'state'> {
  const dynamoDb = dynamoDbClient(environment.region);
  return {
    audit: new DynamoDbAuditLog(dynamoDb, environment.auditTable, policy.auditRetentionYears),
    state: new DynamoDbStateStore(dynamoDb, environment.stateTable),
  };
}
