import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type Service,
  type TaskDefinition,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { TaskResizer } from '../../../shared/adapters/aws/task-resizer.ts';
import { CORE_API } from '../../contracts/samples.ts';
import { awsError, PERMANENT, TRANSIENT } from './faults.ts';

const client = new ECSClient({ region: 'eu-central-1' });
const ecs = mockClient(client);
const resizer = new TaskResizer(client);

const change = {
  kind: 'resize-task',
  service: CORE_API,
  family: 'core-api',
  from: { cpuUnits: 1024, memoryMiB: 2048 },
  to: { cpuUnits: 2048, memoryMiB: 4096 },
} as const;

const DEFINITION: TaskDefinition = {
  taskDefinitionArn: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/core-api:42',
  family: 'core-api',
  revision: 42,
  status: 'ACTIVE',
  cpu: '1024',
  memory: '2048',
  networkMode: 'awsvpc',
  taskRoleArn: 'arn:aws:iam::111122223333:role/core-api-task',
  registeredBy: 'arn:aws:iam::111122223333:user/somebody',
  containerDefinitions: [
    { name: 'app', image: 'app:1', cpu: 1024, memory: 2048, environment: [{ name: 'LOG', value: 'info' }] },
    { name: 'sidecar', image: 'sidecar:1', cpu: 64, memoryReservation: 128 },
  ],
};

function answer(service: Partial<Service> = {}, definition: Partial<TaskDefinition> = {}): void {
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        serviceName: 'core-api',
        status: 'ACTIVE',
        taskDefinition: DEFINITION.taskDefinitionArn,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
        ...service,
      },
    ],
  });
  ecs.on(DescribeTaskDefinitionCommand).resolves({
    taskDefinition: { ...DEFINITION, ...definition },
    tags: [{ key: 'team', value: 'core' }],
  });
  ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: 'core-api:43' } });
  ecs.on(UpdateServiceCommand).resolves({});
}

beforeEach(() => {
  ecs.reset();
});

describe('the size of tasks', () => {
  it('is seen', async () => {
    answer();
    expect(await resizer.look(change)).toEqual({ size: change.from, busy: null });
  });

  it('is changed by a revision that differs in nothing else, and rolled out', async () => {
    answer();
    expect(await resizer.move(change)).toBeNull();
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)[0]?.args[0].input).toEqual({
      family: 'core-api',
      cpu: '2048',
      memory: '4096',
      networkMode: 'awsvpc',
      taskRoleArn: 'arn:aws:iam::111122223333:role/core-api-task',
      // The container that had the whole of the task has it again; the other keeps what its owner gave it.
      containerDefinitions: [
        { name: 'app', image: 'app:1', cpu: 2048, memory: 4096, environment: [{ name: 'LOG', value: 'info' }] },
        { name: 'sidecar', image: 'sidecar:1', cpu: 64, memoryReservation: 128 },
      ],
      tags: [{ key: 'team', value: 'core' }],
    });
    expect(ecs.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toEqual({
      cluster: 'production',
      service: 'core-api',
      taskDefinition: 'core-api:43',
    });
  });

  it.each([
    { when: 'a deployment is under way', over: { deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }] } },
    { when: 'an old revision is still drained', over: { deployments: [{ status: 'PRIMARY' }, { status: 'ACTIVE' }] } },
  ] as const)('waits while $when', async ({ over }) => {
    answer({ deployments: [...over.deployments] });
    expect(await resizer.look(change)).toEqual({ size: change.from, busy: 'a deployment is in progress' });
  });

  it('waits when somebody has rolled out another task definition', async () => {
    answer({}, { family: 'core-api-v2' });
    expect(await resizer.look(change)).toMatchObject({ busy: 'it runs the task definition core-api-v2 by now' });
  });

  it.each([
    { when: 'without a circuit breaker', over: { deploymentConfiguration: {} } },
    {
      when: 'whose circuit breaker does not roll back',
      over: { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } },
    },
    { when: 'that CodeDeploy rolls out', over: { deploymentController: { type: 'CODE_DEPLOY' } } },
  ] as const)('of a service $when is not touched', async ({ over }) => {
    answer(over);
    expect(await resizer.look(change)).toMatchObject({ code: 'rejected' });
    expect(await resizer.move(change)).toMatchObject({ code: 'rejected' });
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(0);
  });

  it('of a service that is gone', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ arn: 'any/core-api', reason: 'MISSING' }] });
    expect(await resizer.look(change)).toMatchObject({ code: 'not-found', detail: expect.stringContaining('MISSING') });
  });

  it('that AWS does not take leaves the service as it is', async () => {
    answer();
    ecs.on(RegisterTaskDefinitionCommand).rejects(awsError('ClientException', 400, 'No Fargate configuration exists'));
    expect(await resizer.move(change)).toEqual({
      code: 'rejected',
      detail: 'ClientException: No Fargate configuration exists',
    });
    expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(0);
  });

  it.each(TRANSIENT)('%s passes', async (_name, error) => {
    answer();
    ecs.on(UpdateServiceCommand).rejects(error);
    await expect(resizer.move(change)).rejects.toMatchObject({ name: 'TransientError' });
    ecs.on(DescribeServicesCommand).rejects(error);
    await expect(resizer.look(change)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it.each(PERMANENT)('%s stays', async (_name, error) => {
    ecs.on(DescribeServicesCommand).rejects(error);
    expect(await resizer.look(change)).toHaveProperty('code');
  });
});
