import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateClusterCommand, CreateServiceCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { type AwsClients } from '../../../shared/adapters/aws/clients.ts';
import { createTables } from '../../../shared/adapters/aws/create-tables.ts';
import { scalableTarget } from '../../../shared/adapters/aws/scalable-target.ts';
import type { FleetPolicy, ServicePolicy } from '../../../shared/config/policy.ts';
import type { ChangeKind } from '../../../shared/domain/change.ts';
import { targetOf } from '../../../shared/levers/resources.ts';
import { awsCall, SQS } from '../contracts/aws-call.ts';
import { patternsOf } from './stack.ts';

export const REGION = 'eu-central-1';
export const TABLES = { audit: 'fulcrum-audit', state: 'fulcrum-state' };
export const BUS = 'fulcrum-test';
export const DATABASE_CLASS = 'db.t4g.medium';
/** What others have in the account and must find again. */
export const SCHEDULE_OF_OTHERS = 'nightly-report';
export const POLICY_OF_OTHERS = 'cpu-tracking-from-terraform';

const EMULATOR_ACCOUNT = '123456789012';
const ACTIONS: readonly ChangeKind[] = ['ensure-target-tracking', 'set-capacity-bounds', 'schedule-capacity'];

/** A queue that receives the orders of one kind, where the stack has the action itself. */
export type OrderQueues = Readonly<Record<ChangeKind, { readonly url: string }>>;

/** The account as Fulcrum finds it: services that run, a database, and scaling that is not quite as policy says. */
export async function furnish(url: string, clients: AwsClients, fleet: FleetPolicy): Promise<OrderQueues> {
  await createServices(url, clients, fleet);
  await createDatabase(url, fleet.database?.identifier ?? 'filing');
  await createScaling(clients, fleet);
  await createTables(clients.dynamoDb, TABLES);
  return createBus(url, clients);
}

async function createServices(url: string, { ecs }: AwsClients, { services }: FleetPolicy): Promise<void> {
  const subnets = await someSubnets(url);
  await ecs.send(new CreateClusterCommand({ clusterName: 'production' }));
  for (const { cluster, service, task, min } of services) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: service,
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: String(task.cpuUnits),
        memory: String(task.memoryMiB),
        containerDefinitions: [{ name: 'app', image: service, essential: true }],
      }),
    );
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: service,
        taskDefinition: service,
        desiredCount: min,
        launchType: 'FARGATE',
        // The emulator reads both lists.
        networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [] } },
      }),
    );
  }
}

/** The emulator looks up the subnets of a Fargate service. EC2 speaks the query protocol, and one call needs no client. */
async function someSubnets(url: string): Promise<string[]> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'Action=DescribeSubnets&Version=2016-11-15',
  });
  return [...(await answer.text()).matchAll(/<subnetId>([^<]+)<\/subnetId>/g)].map(([, id = '']) => id);
}

async function createDatabase(url: string, identifier: string): Promise<void> {
  const rds = rdsClient(url);
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      DBInstanceClass: DATABASE_CLASS,
      Engine: 'postgres',
      AllocatedStorage: 100,
      MultiAZ: true,
      MasterUsername: 'postgres',
      ManageMasterUserPassword: true,
    }),
  );
  rds.destroy();
}

export function rdsClient(endpoint: string): RDSClient {
  return new RDSClient({ region: REGION, endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
}

/**
 * core-api stands as policy says, under a policy name of somebody else. The ceiling of portal was left high, and scaling
 * out was suspended and forgotten. telemetry was never registered.
 */
async function createScaling({ autoScalingWriter }: AwsClients, { services }: FleetPolicy): Promise<void> {
  const byName = (name: string): ServicePolicy => services.find((service) => service.name === name)!;
  const [coreApi, portal] = [byName('core-api'), byName('portal')];
  const register = (service: ServicePolicy, max: number): Promise<unknown> =>
    autoScalingWriter.send(
      new RegisterScalableTargetCommand({
        ...scalableTarget(targetOf(service)),
        MinCapacity: service.min,
        MaxCapacity: max,
      }),
    );
  const track = (service: ServicePolicy): Promise<unknown> =>
    autoScalingWriter.send(
      new PutScalingPolicyCommand({
        ...scalableTarget(targetOf(service)),
        PolicyName: POLICY_OF_OTHERS,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 70,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
          ScaleOutCooldown: 60,
          ScaleInCooldown: 300,
        },
      }),
    );

  await register(coreApi, coreApi.max);
  await track(coreApi);
  await register(portal, 9);
  await track(portal);
  await autoScalingWriter.send(
    new RegisterScalableTargetCommand({
      ...scalableTarget(targetOf(portal)),
      SuspendedState: { DynamicScalingOutSuspended: true },
    }),
  );
  await autoScalingWriter.send(
    new PutScheduledActionCommand({
      ...scalableTarget(targetOf(portal)),
      ScheduledActionName: SCHEDULE_OF_OTHERS,
      Schedule: 'cron(0 2 * * ? *)',
      ScalableTargetAction: { MinCapacity: 3 },
    }),
  );
}

/** The rules of the stack, with a queue where the stack has a function: the emulator cannot invoke one. */
async function createBus(url: string, { eventBridge }: AwsClients): Promise<OrderQueues> {
  await eventBridge.send(new CreateEventBusCommand({ Name: BUS }));
  const queues = await Promise.all(
    ACTIONS.map(async (kind) => {
      const { QueueUrl } = await awsCall(url, SQS, 'CreateQueue', { QueueName: kind });
      const Arn = `arn:aws:sqs:${REGION}:${EMULATOR_ACCOUNT}:${kind}`;
      for (const [index, pattern] of patternsOf(kind).entries()) {
        const rule = { Rule: `${kind}-${index}`, EventBusName: BUS };
        const EventPattern = JSON.stringify(pattern);
        await eventBridge.send(new PutRuleCommand({ Name: rule.Rule, EventBusName: BUS, EventPattern }));
        await eventBridge.send(new PutTargetsCommand({ ...rule, Targets: [{ Id: 'queue', Arn }] }));
      }
      return [kind, { url: String(QueueUrl) }] as const;
    }),
  );
  return Object.fromEntries(queues) as OrderQueues;
}

/** Takes every order that waits in a queue: the events exactly as the bus has delivered them. */
export async function takeOrders(url: string, queue: { readonly url: string }): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for (;;) {
    const received = await awsCall(url, SQS, 'ReceiveMessage', { QueueUrl: queue.url, MaxNumberOfMessages: 10 });
    const messages = (received['Messages'] ?? []) as readonly {
      readonly Body: string;
      readonly ReceiptHandle: string;
    }[];
    if (messages.length === 0) return events;
    for (const { Body, ReceiptHandle } of messages) {
      events.push(JSON.parse(Body));
      await awsCall(url, SQS, 'DeleteMessage', { QueueUrl: queue.url, ReceiptHandle });
    }
  }
}
