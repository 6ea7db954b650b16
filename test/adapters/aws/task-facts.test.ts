import {
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readTaskFacts } from '../../../shared/adapters/aws/task-facts.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { resourceIdOf, type ScalableTargetId } from '../../../shared/domain/capacity.ts';
import { CORE_API, NOON, WORKER } from '../../contracts/samples.ts';
import { awsError } from './faults.ts';
import { targets } from './targets.ts';

const client = new ECSClient({ region: 'eu-central-1' });
const ecs = mockClient(client);
const readTasks = async (asked: readonly ScalableTargetId[]) => {
  const facts = await readTaskFacts(client, new ManualClock(NOON), asked);
  return asked.map((target) => facts.get(resourceIdOf(target))!);
};

beforeEach(() => {
  ecs.reset();
});

describe('the tasks of services', () => {
  const definition = (family: string, revision = 42): string =>
    `arn:aws:ecs:eu-central-1:111122223333:task-definition/${family}:${revision}`;
  const aService = (serviceName: string, over: Partial<Service> = {}): Service => ({
    serviceName,
    status: 'ACTIVE',
    taskDefinition: definition(serviceName),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    ...over,
  });
  const answer = (services: readonly Service[], tasks: readonly Task[] = []): void => {
    ecs.on(DescribeServicesCommand).callsFake(({ services: names = [] }: DescribeServicesCommandInput) => ({
      services: services.filter(({ serviceName = '' }) => names.includes(serviceName)).reverse(),
    }));
    ecs.on(DescribeTaskDefinitionCommand).callsFake(({ taskDefinition = '' }: { taskDefinition?: string }) => ({
      taskDefinition: {
        family: /\/(.+):/.exec(taskDefinition)?.[1],
        revision: 42,
        taskDefinitionArn: taskDefinition,
        cpu: '1024',
        memory: '2048',
      },
    }));
    ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map(({ taskArn = '' }) => taskArn) });
    ecs.on(DescribeTasksCommand).resolves({ tasks: [...tasks] });
  };

  it('are told in the order of the question', async () => {
    answer([aService('core-api'), aService('worker', { deploymentConfiguration: {} })]);
    const [worker, api] = await readTasks([WORKER, CORE_API]);
    expect(worker).toMatchObject({ kind: 'seen', value: { family: 'worker', hasCircuitBreaker: false } });
    expect(api).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        family: 'core-api',
        revision: 42,
        size: { cpuUnits: 1024, memoryMiB: 2048 },
        architecture: 'x86_64',
        hasCircuitBreaker: true,
        outOfMemory: 0,
      },
    });
  });

  it('a circuit breaker that does not roll back is none', async () => {
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } };
    answer([aService('core-api', { deploymentConfiguration })]);
    expect(await readTasks([CORE_API])).toMatchObject([{ value: { hasCircuitBreaker: false } }]);
  });

  it('that ran out of memory are counted, those of an earlier revision are not', async () => {
    const task = (id: string, reason: string, revision = 42): Task => ({
      taskArn: id,
      taskDefinitionArn: definition('core-api', revision),
      containers: [{ reason }],
    });
    answer(
      [aService('core-api')],
      [
        task('a', 'OutOfMemoryError: Container killed due to memory usage'),
        task('b', ''),
        task('c', 'OutOfMemoryError: Container killed due to memory usage', 41),
        { ...task('d', ''), stoppedReason: 'OutOfMemoryError: container killed' },
      ],
    );
    expect(await readTasks([CORE_API])).toMatchObject([{ value: { outOfMemory: 2 } }]);
    expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toMatchObject({
      serviceName: 'core-api',
      desiredStatus: 'STOPPED',
    });
  });

  it('stopped tasks are listed page by page', async () => {
    answer([aService('core-api')]);
    const page = (from: number, count: number) => Array.from({ length: count }, (_, index) => `t${from + index}`);
    ecs
      .on(ListTasksCommand)
      .resolvesOnce({ taskArns: page(0, 100), nextToken: 'more' })
      .resolvesOnce({ taskArns: page(100, 20) });
    ecs.on(DescribeTasksCommand).resolves({});
    await readTasks([CORE_API]);
    const asked = ecs.commandCalls(DescribeTasksCommand).map(({ args: [{ input }] }) => input.tasks?.length);
    expect(asked).toEqual([100, 20]);
  });

  it('of 23 services take three calls to describe', async () => {
    const all = targets(23);
    answer(all.map(({ service }) => aService(service)));
    const readings = await readTasks(all);
    expect(readings.map((reading) => reading.kind === 'seen' && reading.value.family)).toEqual(
      all.map(({ service }) => service),
    );
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(3);
  });

  it.each([
    { what: 'is missing', services: [], because: { code: 'unreadable', detail: expect.stringContaining('no answer') } },
    {
      what: 'is inactive',
      services: [aService('core-api', { status: 'INACTIVE' })],
      because: { code: 'unreadable', detail: expect.stringContaining('INACTIVE') },
    },
    {
      what: 'is rolled out by CodeDeploy',
      services: [aService('core-api', { taskDefinition: undefined })],
      because: { code: 'unreadable', detail: 'the service names no task definition of its own' },
    },
  ])('of a service that $what are unseen', async ({ services, because }) => {
    answer(services);
    expect(await readTasks([CORE_API])).toEqual([{ kind: 'unseen', because }]);
  });

  it('without a size of their own, as on EC2, are unseen, not of size zero', async () => {
    answer([aService('core-api')]);
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { family: 'core-api', memory: '2048' } });
    expect(await readTasks([CORE_API])).toEqual([
      { kind: 'unseen', because: { code: 'invalid', value: 'cpu none, memory 2048' } },
    ]);
  });

  it('of one service that cannot be seen do not hide the others', async () => {
    answer([aService('core-api'), aService('worker')]);
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition: definition('worker') })
      .rejects(awsError('ClientException', 400, 'Unable to describe task definition.'));
    const readings = await readTasks([WORKER, CORE_API]);
    expect(readings.map(({ kind }) => kind)).toEqual(['unseen', 'seen']);
  });
});
