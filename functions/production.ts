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
import { DynamoDbForecastReader } from '../shared/adapters/aws/forecast-reader.ts';
import { DynamoDbForecastStore } from '../shared/adapters/aws/forecast-store.ts';
import { AwsMetricReader } from '../shared/adapters/aws/metric-reader.ts';
import { AwsScalingReader } from '../shared/adapters/aws/scaling-reader.ts';
import { DynamoDbStateStore } from '../shared/adapters/aws/state-store.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import type { Policy } from '../shared/config/policy.ts';
import type { ActionDependencies } from '../shared/workflow/carry-out-order.ts';
import type { ForecastDependencies } from '../shared/workflow/forecast-context.ts';
import type { LookDependencies } from '../shared/workflow/look-context.ts';
import { type Environment, readEnvironment } from './environment.ts';
import type { ServiceActionDependencies } from './act-on.ts';
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
  const dynamoDb = dynamoDbClient(region);
  return {
    ...tables({ policy, environment }, dynamoDb),
    clock: systemClock,
    capacity: new AwsCapacityReader(
      { ecs: ecsClient(region), autoScaling: autoScalingReadClient(region) },
      systemClock,
    ),
    metrics: new AwsMetricReader(cloudWatchClient(region)),
    forecasts: new DynamoDbForecastReader(dynamoDb, environment.stateTable),
    bus: new EventBridgeBus(eventBridgeClient(region), eventBus),
    codeVersion,
  };
}

/** What the forecast function needs of AWS. */
export function forecastDependencies({ policy, environment }: Packaged): ForecastDependencies {
  const { region, codeVersion, eventBus, stateTable } = environment;
  const dynamoDb = dynamoDbClient(region);
  const { audit } = tables({ policy, environment }, dynamoDb);
  return {
    audit,
    clock: systemClock,
    metrics: new AwsMetricReader(cloudWatchClient(region)),
    forecasts: new DynamoDbForecastStore(dynamoDb, stateTable),
    bus: new EventBridgeBus(eventBridgeClient(region), eventBus),
    codeVersion,
  };
}

/** What every action needs of AWS. */
export function actionDependencies({ policy, environment }: Packaged): ActionDependencies {
  return { ...tables({ policy, environment }), clock: systemClock, codeVersion: environment.codeVersion };
}

/** What an action needs of AWS that changes the scaling of services. */
export function serviceActionDependencies(stack: Packaged): ServiceActionDependencies {
  const { region } = stack.environment;
  return {
    ...actionDependencies(stack),
    reader: new AwsScalingReader(autoScalingReadClient(region), systemClock),
    writer: new AwsCapacityWriter(autoScalingWriteClient(region)),
  };
}

function tables(
  { policy, environment }: Packaged,
  dynamoDb = dynamoDbClient(environment.region),
): Pick<LookDependencies, 'audit' | 'state'> {
  return {
    audit: new DynamoDbAuditLog(dynamoDb, environment.auditTable, policy.auditRetentionYears),
    state: new DynamoDbStateStore(dynamoDb, environment.stateTable),
  };
}
