import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { Emulator } from '../../../scripts/emulator.ts';
import { DynamoDbAuditLog } from '../../../shared/adapters/aws/audit-log.ts';
import { AwsCapacityReader } from '../../../shared/adapters/aws/capacity-reader.ts';
import { AwsCapacityWriter } from '../../../shared/adapters/aws/capacity-writer.ts';
import type { AwsClients } from '../../../shared/adapters/aws/clients.ts';
import { createTables } from '../../../shared/adapters/aws/create-tables.ts';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bus.ts';
import { DynamoDbForecastStore } from '../../../shared/adapters/aws/forecast-store.ts';
import { AwsMetricReader } from '../../../shared/adapters/aws/metric-reader.ts';
import { scalableTarget } from '../../../shared/adapters/aws/scalable-target.ts';
import { DynamoDbStateStore } from '../../../shared/adapters/aws/state-store.ts';
import { EXPIRY_ATTRIBUTE } from '../../../shared/adapters/aws/table-definitions.ts';
import { systemClock } from '../../../shared/adapters/system-clock.ts';
import { resourceIdOf } from '../../../shared/domain/capacity.ts';
import { MINUTE } from '../../../shared/domain/units.ts';
import { describeAuditLogContract } from '../../contracts/audit-log.contract.ts';
import { type CapacitySubject, describeCapacityContract } from '../../contracts/capacity.contract.ts';
import { describeEventBusContract, type EventBusSubject, type Received } from '../../contracts/event-bus.contract.ts';
import { describeForecastStoreContract } from '../../contracts/forecast-store.contract.ts';
import { describeMetricReaderContract, type MetricReaderSubject } from '../../contracts/metric-reader.contract.ts';
import { describeStateStoreContract } from '../../contracts/state-store.contract.ts';
import { nothingToClose } from '../../contracts/subject.ts';
import { type EmulatedAws, startEmulatedAws } from '../servers/emulated-aws.ts';
import { awsCall, SQS } from './aws-call.ts';

const REGION = 'eu-central-1';
const TABLES = { audit: 'fulcrum-audit', state: 'fulcrum-state' };

let aws: EmulatedAws;
let emulator: Emulator;
let clients: AwsClients;

beforeAll(async () => {
  aws = await startEmulatedAws(REGION);
  ({ emulator, clients } = aws);
});
afterAll(() => aws.stop());

it('takes the expiry attribute of both tables', async () => {
  await emulator.reset();
  await createTables(clients.dynamoDb, TABLES);
  for (const TableName of Object.values(TABLES)) {
    const { TimeToLiveSpecification } = await clients.dynamoDb.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { AttributeName: EXPIRY_ATTRIBUTE, Enabled: true },
      }),
    );
    expect(TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  }
});

describeAuditLogContract('DynamoDB in the emulator', async () => {
  await emulator.reset();
  await createTables(clients.dynamoDb, TABLES);
  return { port: new DynamoDbAuditLog(clients.dynamoDb, TABLES.audit, 7), close: nothingToClose };
});

describeStateStoreContract('DynamoDB in the emulator', async () => {
  await emulator.reset();
  await createTables(clients.dynamoDb, TABLES);
  return { port: new DynamoDbStateStore(clients.dynamoDb, TABLES.state), close: nothingToClose };
});

describeForecastStoreContract('DynamoDB in the emulator', async () => {
  await emulator.reset();
  await createTables(clients.dynamoDb, TABLES);
  return { port: new DynamoDbForecastStore(clients.dynamoDb, TABLES.state), close: nothingToClose };
});

describeMetricReaderContract('CloudWatch in the emulator', async (): Promise<MetricReaderSubject> => {
  await emulator.reset();
  return {
    port: new AwsMetricReader(clients.cloudWatch),
    close: nothingToClose,
    now: Math.floor(systemClock.now() / 60_000) * MINUTE * 1000,
    publish: async ({ namespace, metric, dimensions }, points) => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      await clients.cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: namespace,
          MetricData: points.map(({ at, value }) => ({
            MetricName: metric,
            Dimensions,
            Timestamp: new Date(at),
            Value: value,
          })),
        }),
      );
    },
  };
});

describeEventBusContract('EventBridge in the emulator', async (): Promise<EventBusSubject> => {
  await emulator.reset();
  const { QueueUrl } = await awsCall(emulator.url, SQS, 'CreateQueue', { QueueName: 'orders' });
  await clients.eventBridge.send(new CreateEventBusCommand({ Name: 'fulcrum' }));
  await clients.eventBridge.send(
    new PutRuleCommand({ Name: 'all', EventBusName: 'fulcrum', EventPattern: JSON.stringify({ source: ['fulcrum'] }) }),
  );
  await clients.eventBridge.send(
    new PutTargetsCommand({
      Rule: 'all',
      EventBusName: 'fulcrum',
      Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:${REGION}:123456789012:orders` }],
    }),
  );
  const receive = async (): Promise<readonly Received[]> => {
    const answer = await awsCall(emulator.url, SQS, 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    const messages = (answer['Messages'] ?? []) as readonly { readonly Body: string }[];
    return messages.map(({ Body }) => {
      const event = JSON.parse(Body) as { readonly 'detail-type': string; readonly detail: unknown };
      return { type: event['detail-type'], detail: event.detail };
    });
  };
  return {
    port: new EventBridgeBus(clients.eventBridge, 'fulcrum'),
    close: nothingToClose,
    received: async () => {
      const all: Received[] = [];
      for (let some = await receive(); some.length > 0; some = await receive()) all.push(...some);
      return all;
    },
  };
});

describeCapacityContract('ECS and Application Auto Scaling in the emulator', async (): Promise<CapacitySubject> => {
  await emulator.reset();
  const { ecs, autoScaling, autoScalingWriter } = clients;
  await ecs.send(new CreateClusterCommand({ clusterName: 'production' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'any',
      containerDefinitions: [{ name: 'app', image: 'app', memory: 128 }],
    }),
  );
  return {
    port: {
      reader: new AwsCapacityReader({ ecs, autoScaling }, systemClock),
      writer: new AwsCapacityWriter(autoScalingWriter),
    },
    close: nothingToClose,
    addService: async ({ cluster, service }, desiredCount) => {
      await ecs.send(new CreateServiceCommand({ cluster, serviceName: service, taskDefinition: 'any', desiredCount }));
      // Only an update makes the emulator run the tasks.
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
    },
    startDeployment: (target) => {
      emulator.startDeployment(resourceIdOf(target));
      return Promise.resolve();
    },
    suspendScaling: async (target) => {
      const SuspendedState = {
        DynamicScalingInSuspended: true,
        DynamicScalingOutSuspended: true,
        ScheduledScalingSuspended: true,
      };
      await autoScaling.send(new RegisterScalableTargetCommand({ ...scalableTarget(target), SuspendedState }));
    },
    addThingsOfOthers: async (target, { policy, action }) => {
      await autoScaling.send(
        new PutScalingPolicyCommand({
          ...scalableTarget(target),
          PolicyName: policy,
          PolicyType: 'StepScaling',
          StepScalingPolicyConfiguration: {
            AdjustmentType: 'ChangeInCapacity',
            StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
          },
        }),
      );
      await autoScaling.send(
        new PutScheduledActionCommand({
          ...scalableTarget(target),
          ScheduledActionName: action,
          Schedule: 'cron(0 2 * * ? *)',
          ScalableTargetAction: { MinCapacity: 1 },
        }),
      );
    },
    wantMoreThanMax: (target, at) => {
      emulator.wantMoreThanMax(resourceIdOf(target), at);
      return Promise.resolve();
    },
  };
});
