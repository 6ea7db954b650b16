import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';

/**
 * The clients of one region. Make them once for each region and keep them at module scope, so that warm invocations
 * reuse their connections. A Lambda that needs few of them calls the functions below one by one: the bundler then leaves
 * the others out.
 *
 * The endpoint and the credentials come from the environment as with every AWS tool (`AWS_ENDPOINT_URL` points all of
 * them elsewhere).
 */
export interface AwsClients {
  readonly ecs: ECSClient;
  readonly autoScaling: ApplicationAutoScalingClient;
  /** For changes: these are tried again by the queue in front, not here. */
  readonly autoScalingWriter: ApplicationAutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamoDb: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
}

export function awsClients(region: string): AwsClients {
  return {
    ecs: ecsClient(region),
    autoScaling: autoScalingReadClient(region),
    autoScalingWriter: autoScalingWriteClient(region),
    cloudWatch: cloudWatchClient(region),
    dynamoDb: dynamoDbClient(region),
    eventBridge: eventBridgeClient(region),
  };
}

export function ecsClient(region: string): ECSClient {
  return new ECSClient({ region, ...READING });
}

export function autoScalingReadClient(region: string): ApplicationAutoScalingClient {
  return new ApplicationAutoScalingClient({ region, ...READING });
}

export function autoScalingWriteClient(region: string): ApplicationAutoScalingClient {
  return new ApplicationAutoScalingClient({ region, ...WRITING });
}

export function cloudWatchClient(region: string): CloudWatchClient {
  return new CloudWatchClient({ region, ...READING, requestHandler: { ...TIMEOUTS, requestTimeout: 10_000 } });
}

/** Every write to our tables is safe to repeat, so it is tried as often as a read. */
export function dynamoDbClient(region: string): DynamoDBClient {
  return new DynamoDBClient({ region, ...READING });
}

export function eventBridgeClient(region: string): EventBridgeClient {
  return new EventBridgeClient({ region, ...WRITING });
}

export function rdsClient(region: string): RDSClient {
  return new RDSClient({ region, ...READING });
}

export function elastiCacheClient(region: string): ElastiCacheClient {
  return new ElastiCacheClient({ region, ...READING });
}

export function secretsManagerClient(region: string): SecretsManagerClient {
  return new SecretsManagerClient({ region, ...READING });
}

export function ssmClient(region: string): SSMClient {
  return new SSMClient({ region, ...READING });
}

/** For changes of services and task definitions: these are tried again by the queue in front, not here. */
export function ecsWriteClient(region: string): ECSClient {
  return new ECSClient({ region, ...WRITING });
}

/** For changes of databases. */
export function rdsWriteClient(region: string): RDSClient {
  return new RDSClient({ region, ...WRITING });
}

/** For changes of caches. */
export function elastiCacheWriteClient(region: string): ElastiCacheClient {
  return new ElastiCacheClient({ region, ...WRITING });
}

/** Without `throwOnRequestTimeout` the SDK only logs a warning and waits on. */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

const READING = { retryMode: 'standard', maxAttempts: 5, requestHandler: TIMEOUTS } as const;
const WRITING = { retryMode: 'standard', maxAttempts: 2, requestHandler: TIMEOUTS } as const;
