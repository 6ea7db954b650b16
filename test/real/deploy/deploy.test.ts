import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../../scripts/emulator.ts';
import { DynamoDbAuditLog } from '../../../shared/adapters/aws/audit-log.ts';
import { type AwsClients, awsClients } from '../../../shared/adapters/aws/clients.ts';
import { AUDIT_TABLE, STATE_TABLE } from '../../../shared/adapters/aws/table-definitions.ts';
import { alarmPrefix } from '../../../shared/alarms/alarm-plan.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { destroyAll, pointSdkAt } from '../servers/emulated-aws.ts';
import { type Lambda, startLambda } from './lambda.ts';
import type { NotedCall } from './lambda-stand-in.ts';
import { type Mailboxes, retargetRules } from './mailboxes.ts';
import { copyProject, type Finished, type Project } from './project.ts';
import { compiledTemplate, rolesIn } from './template.ts';

jest.setTimeout(1_200_000);

const MINUTES = 60_000;
const DAY = 24 * 60 * MINUTES;
const REGION = 'eu-central-1';
const STAGE = `t${randomUUID().slice(0, 8)}`;
const CLUSTER = `cluster-${STAGE}`;
const RESOURCE = `service/${CLUSTER}/api`;
const BUS = `fulcrum-${STAGE}`;

const FULCRUM_YML = `
version: 1
fleets:
  - name: shop
    environment: production
    region: ${REGION}
    account: '123456789012' # of the emulator
    services:
      - { name: api, cluster: ${CLUSTER}, min: 1, max: 2, hardLimit: 8, task: { cpuUnits: 256, memoryMiB: 512 } }
    levers:
      target-tracking: { mode: apply, cooldownSeconds: 0 }
      ceiling:
        mode: apply
        sustained: { datapoints: 1, of: 1 }
        confirmed: { datapoints: 1, of: 1 }
        growCooldownSeconds: 0
      known-event: { mode: apply }
`;

let emulator: Emulator;
let lambda: Lambda;
let project: Project;
let clients: AwsClients;
let mailboxes: Mailboxes;
let tables: { readonly audit: string; readonly state: string };
const took: string[] = [];

const nameOf = (key: string): string => `fulcrum-${STAGE}-${key}`;
const sls = async (command: string, ...args: readonly string[]): Promise<Finished> => {
  const finished = await project.sls([command, '--stage', STAGE, ...args], {
    AWS_ENDPOINT_URL: lambda.url,
    AWS_ACCESS_KEY_ID: 'deployer',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  took.push(`sls ${command}: ${finished.seconds.toFixed(1)} s`);
  return finished;
};
/** The function gets what its rule has for it; the answers, one for each event. */
const deliverTo = async (key: string): Promise<readonly unknown[]> => {
  const answers = [];
  for (const event of await mailboxes.take(nameOf(key))) answers.push(await lambda.invoke(nameOf(key), event));
  return answers;
};
/** Since this file was begun, which may have been yesterday. */
const auditRecords = async (): Promise<readonly AuditRecord[]> => {
  const log = new DynamoDbAuditLog(clients.dynamoDb, tables.audit, 7);
  const days = await Promise.all([...new Set([TODAY, dayFromNow(0)])].map((day) => log.byDay(day)));
  return days.flat();
};
const knownEvent = async (request: Readonly<Record<string, unknown>>): Promise<unknown> => {
  const { status, output } = await sls('invoke', '-f', 'known-event', '--data', JSON.stringify(request));
  if (status !== 0) throw new Error(output);
  return JSON.parse(output.slice(output.indexOf('{')));
};
const dayFromNow = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const TODAY = dayFromNow(0);

const TAX_DEADLINE = {
  fleet: 'shop',
  event: 'Tax deadline',
  from: `${dayFromNow(3)}T08:00`,
  to: `${dayFromNow(3)}T20:00`,
  timeZone: 'Europe/Berlin',
  floors: { api: 4 },
};

beforeAll(async () => {
  emulator = await startEmulator();
  project = await copyProject(FULCRUM_YML);
  lambda = await startLambda(emulator.url, join(project.folder, '.serverless'), nameOf(''), REGION);
  pointSdkAt(lambda.url);
  clients = awsClients(REGION);
});

afterAll(async () => {
  process.stdout.write(`${took.join('\n')}\n`);
  destroyAll(clients);
  await lambda.stop();
  await emulator.stop();
  await project.remove();
});

describe('a stack is deployed', () => {
  it('with its functions and its protected tables', async () => {
    const { status, output } = await sls('deploy');
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('Service deployed') });
    const info = (await sls('info', '--verbose')).output;
    const physical = (logicalId: string): string => new RegExp(`${logicalId}: (\\S+)`).exec(info)?.[1] ?? '';
    tables = { audit: physical('AuditTable'), state: physical('StateTable') };
    for (const key of ['tick', 'known-event', 'set-capacity-bounds']) expect(info).toContain(nameOf(key));
    for (const [TableName, definition] of [
      [tables.audit, AUDIT_TABLE],
      [tables.state, STATE_TABLE],
    ] as const) {
      const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName }));
      const indexes = definition.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName) ?? [];
      expect(Table).toMatchObject({ DeletionProtectionEnabled: true, KeySchema: definition.KeySchema });
      expect((Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName)).toEqual(indexes);
    }
  });

  it('once: a second time there is nothing to do', async () => {
    const { status, output } = await sls('deploy');
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringMatching(/No changes to deploy/) });
  });
});

describe('a known event by sls invoke', () => {
  beforeAll(async () => {
    mailboxes = await retargetRules(emulator.url, clients.eventBridge, ['default', BUS], nameOf(''));
    const { ecs } = clients;
    await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    const containerDefinitions = [{ name: 'app', image: 'app', memory: 128 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: STAGE, containerDefinitions }));
    const service = { cluster: CLUSTER, desiredCount: 2 };
    await ecs.send(new CreateServiceCommand({ ...service, serviceName: 'api', taskDefinition: STAGE }));
    await ecs.send(new UpdateServiceCommand({ ...service, service: 'api' }));
  });

  it('is rehearsed with dryRun, and nothing is written', async () => {
    expect(await knownEvent({ ...TAX_DEADLINE, dryRun: true })).toMatchObject({
      status: 'dry-run',
      fleet: 'shop',
      services: [{ service: 'api', steps: [{ minTasks: 4 }, { minTasks: 1 }] }],
    });
    expect(await auditRecords()).toEqual([]);
  });

  it('is refused with one message and a record when the fleet is not known', async () => {
    expect(await knownEvent({ ...TAX_DEADLINE, fleet: 'shp' })).toMatchObject({
      status: 'refused',
      message: expect.stringContaining('shp'),
    });
    expect(await auditRecords()).toMatchObject([{ transition: 'refused' }]);
  });
});

describe('the way of an order through the stack', () => {
  it('a tick finds no scaling; its order reaches the action, and the action sets it up', async () => {
    const tick = { id: randomUUID(), source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
    expect(await lambda.invoke(nameOf('tick'), tick)).toEqual({
      kind: 'returned',
      value: { looked: ['shop'], handedOver: [] },
    });
    expect(await deliverTo('ensure-target-tracking')).toMatchObject([{ value: { kind: 'applied' } }]);
    const { ScalableTargets } = await clients.autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [RESOURCE] }),
    );
    expect(ScalableTargets).toMatchObject([{ MinCapacity: 1, MaxCapacity: 2 }]);
    const { ScalingPolicies } = await clients.autoScaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', ResourceId: RESOURCE }),
    );
    expect(ScalingPolicies).toMatchObject([{ PolicyType: 'TargetTrackingScaling' }]);
  });

  it('an alarm of the stage wakes a look, and one of others does not', async () => {
    const state = (alarmName: string) => ({
      Source: 'aws.cloudwatch',
      DetailType: 'CloudWatch Alarm State Change',
      Detail: JSON.stringify({ alarmName, state: { value: 'ALARM', timestamp: new Date().toISOString() } }),
    });
    const now = Date.now();
    await clients.cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/ECS',
        // And of minutes that have yet to come: the look may be one of them.
        MetricData: [3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10].map((minutes) => ({
          MetricName: 'CPUUtilization',
          Dimensions: [
            { Name: 'ClusterName', Value: CLUSTER },
            { Name: 'ServiceName', Value: 'api' },
          ],
          Timestamp: new Date(now - minutes * MINUTES),
          Value: 99,
        })),
      }),
    );
    await clients.eventBridge.send(
      new PutEventsCommand({ Entries: [state('somebody-else'), state(`${alarmPrefix(STAGE)}shop/service/api/cpu`)] }),
    );
    expect(await deliverTo('alarm')).toEqual([{ kind: 'returned', value: { looked: 'shop' } }]);
    expect(await deliverTo('set-capacity-bounds')).toMatchObject([{ value: { kind: 'applied' } }]);
  });

  it('Application Auto Scaling at its maximum wakes a look', async () => {
    const detail = { serviceNamespace: 'ecs', resourceId: RESOURCE, scaledToMax: true };
    const event = {
      Source: 'aws.application-autoscaling',
      DetailType: 'Application Auto Scaling Scaling Activity State Change',
    };
    const Entries = [detail, { ...detail, scaledToMax: false }, { ...detail, serviceNamespace: 'dynamodb' }].map(
      (each) => ({ ...event, Detail: JSON.stringify(each) }),
    );
    await clients.eventBridge.send(new PutEventsCommand({ Entries }));
    expect(await deliverTo('scaled-to-max')).toEqual([{ kind: 'returned', value: { looked: 'shop' } }]);
  });

  it('a known event stands in Application Auto Scaling as a pair of scheduled actions', async () => {
    expect(await knownEvent(TAX_DEADLINE)).toMatchObject({ status: 'announced' });
    expect(await deliverTo('schedule-capacity')).toMatchObject([{ value: { kind: 'applied' } }]);
    const { ScheduledActions } = await clients.autoScaling.send(
      new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs', ResourceId: RESOURCE }),
    );
    expect(ScheduledActions).toHaveLength(2);
  });
});

/** Those that are invoked here. */
const PLAYED = [
  'alarm',
  'ensure-target-tracking',
  'known-event',
  'scaled-to-max',
  'schedule-capacity',
  'set-capacity-bounds',
  'tick',
];

describe('what the functions have called', () => {
  it('is what their roles allow', async () => {
    // The emulator lets everybody do everything: the roles are held against the calls here.
    const roles = rolesIn(await compiledTemplate(project.folder));
    const isAllowed = ({ caller, action, table }: NotedCall): boolean => {
      const logicalId = table === tables.audit ? 'AuditTable' : table === tables.state ? 'StateTable' : '';
      return (roles.get(caller) ?? []).some(
        ({ Action, Resource }) => [Action].flat().includes(action) && JSON.stringify(Resource).includes(logicalId),
      );
    };
    const calls = (await lambda.calls()).filter(({ caller }) => caller.startsWith(nameOf('')));
    expect(calls.filter((call) => !isAllowed(call))).toEqual([]);
    expect(isAllowed({ caller: nameOf('tick'), action: 'dynamodb:PutItem', table: tables.audit })).toBe(true);
    expect(isAllowed({ caller: nameOf('known-event'), action: 'dynamodb:DeleteItem', table: tables.audit })).toBe(
      false,
    );
    expect(isAllowed({ caller: nameOf('tick'), action: 'application-autoscaling:RegisterScalableTarget' })).toBe(false);
    expect([...new Set(calls.map(({ caller }) => caller))].sort()).toEqual(PLAYED.map(nameOf));
    expect(PLAYED.map(nameOf).filter((name) => !roles.has(name))).toEqual([]);
    expect(calls.length).toBeGreaterThan(50);
  });
});

describe('a stack is removed', () => {
  it('without its tables', async () => {
    const before = await auditRecords();
    expect(before.length).toBeGreaterThan(3);
    const { status, output } = await sls('remove');
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(await lambda.invoke(nameOf('tick'), {})).not.toMatchObject({
      kind: 'returned',
      value: { looked: ['shop'] },
    });
    expect(await auditRecords()).toEqual(before);
  });
});
