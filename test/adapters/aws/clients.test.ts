import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsClients, awsClients } from '../../../shared/adapters/aws/clients.ts';

/** Refuses every request, so that each is sent once. */
let server: Server;
let received: string[] = [];
let clients: AwsClients;

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(/Credential=[^/]*\/[^/]*\/([^/]+\/[^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    response.writeHead(400, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Jest gives each test file its own copy of the environment.
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  clients = awsClients('eu-central-1');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ECS_NAMESPACE = { ServiceNamespace: 'ecs' } as const;

const CALLS: Readonly<Record<keyof AwsClients, (clients: AwsClients) => Promise<unknown>>> = {
  ecs: ({ ecs }) => ecs.send(new DescribeServicesCommand({ services: ['a'] })),
  autoScaling: ({ autoScaling }) => autoScaling.send(new DescribeScalableTargetsCommand(ECS_NAMESPACE)),
  autoScalingWriter: ({ autoScalingWriter }) =>
    autoScalingWriter.send(
      new RegisterScalableTargetCommand({
        ...ECS_NAMESPACE,
        ResourceId: 'a',
        ScalableDimension: 'ecs:service:DesiredCount',
      }),
    ),
  cloudWatch: ({ cloudWatch }) =>
    cloudWatch.send(new GetMetricDataCommand({ MetricDataQueries: [], StartTime: new Date(0), EndTime: new Date(1) })),
  dynamoDb: ({ dynamoDb }) => dynamoDb.send(new QueryCommand({ TableName: 'table' })),
  eventBridge: ({ eventBridge }) => eventBridge.send(new PutEventsCommand({ Entries: [] })),
};

describe.each([
  { name: 'ecs', service: 'ecs', attempts: 5, requestTimeout: 5_000 },
  { name: 'autoScaling', service: 'application-autoscaling', attempts: 5, requestTimeout: 5_000 },
  { name: 'autoScalingWriter', service: 'application-autoscaling', attempts: 2, requestTimeout: 5_000 },
  { name: 'cloudWatch', service: 'monitoring', attempts: 5, requestTimeout: 10_000 },
  { name: 'dynamoDb', service: 'dynamodb', attempts: 5, requestTimeout: 5_000 },
  { name: 'eventBridge', service: 'events', attempts: 2, requestTimeout: 5_000 },
] as const)('the client $name', ({ name, service, attempts, requestTimeout }) => {
  it('signs for its region and goes where the environment points', async () => {
    received = [];
    await expect(CALLS[name](clients)).rejects.toThrow();
    expect(received).toEqual([`eu-central-1/${service}`]);
  });

  it(`tries at most ${attempts} times, in standard mode`, async () => {
    const { config } = clients[name];
    expect(await config.maxAttempts()).toBe(attempts);
    expect(config.retryMode).toBe('standard');
  });

  it('gives up on a silent peer', async () => {
    await expect(CALLS[name](clients)).rejects.toThrow();
    const { requestHandler } = clients[name].config;
    // Resolved by the first request.
    expect('config' in requestHandler && requestHandler['config']).toMatchObject({
      connectionTimeout: 1_000,
      requestTimeout,
      throwOnRequestTimeout: true,
    });
  });
});
