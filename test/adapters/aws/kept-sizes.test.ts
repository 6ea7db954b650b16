import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { ParameterSizes } from '../../../shared/adapters/aws/parameter-sizes.ts';
import { TaskDefinitionSizes } from '../../../shared/adapters/aws/task-definition-sizes.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import { NOW } from '../../support/builders/time.ts';
import { awsError } from './faults.ts';

const clock = { now: () => NOW };
const ssmClient = new SSMClient({ region: 'eu-central-1' });
const ecsClient = new ECSClient({ region: 'eu-central-1' });
const ssm = mockClient(ssmClient);
const ecs = mockClient(ecsClient);
beforeEach(() => {
  ssm.reset();
  ecs.reset();
});

describe('sizes in parameters of Systems Manager', () => {
  const names = { defaultPoolSize: '/pgbouncer/size', maxClientConnections: '/pgbouncer/clients' };
  const kept = new ParameterSizes({ ssm: ssmClient, clock, names });
  const standing = (size: string) => ({
    Parameters: [
      { Name: '/pgbouncer/clients', Value: '1000' },
      { Name: '/pgbouncer/size', Value: size },
    ],
  });

  it('are read by name; one without a name is kept elsewhere', async () => {
    ssm.on(GetParametersCommand, { Names: Object.values(names) }).resolves(standing(' 25\n'));
    const sizes = { defaultPoolSize: 25, reservePoolSize: null, maxClientConnections: 1000 };
    const value = { sizes, revision: 'the parameter store', rollout: 'none' };
    expect(await kept.read()).toEqual({ kind: 'seen', at: NOW, value });
  });

  it.each([
    { answer: standing('many'), detail: '/pgbouncer/size of the parameter store is no number of connections' },
    { answer: standing('-5'), detail: '/pgbouncer/size of the parameter store is no number of connections' },
    { answer: { Parameters: [] }, detail: 'the parameter store has no /pgbouncer/size' },
  ])('are unseen where they are none: $detail', async ({ answer, detail }) => {
    ssm.on(GetParametersCommand).resolves(answer);
    expect(await kept.read()).toEqual({ kind: 'unseen', because: { code: 'unreadable', detail } });
  });

  it('are unseen while AWS does not answer', async () => {
    ssm.on(GetParametersCommand).rejects(awsError('InternalServerError', 500));
    expect((await kept.read()).kind).toBe('unseen');
  });

  it('are written one by one, those that are wanted', async () => {
    ssm.on(PutParameterCommand).resolves({});
    expect(await kept.write({ defaultPoolSize: 60, reservePoolSize: 3 })).toBeNull();
    const sent = ssm.commandCalls(PutParameterCommand).map(({ args: [{ input }] }) => input);
    expect(sent).toEqual([{ Name: '/pgbouncer/size', Value: '60', Overwrite: true }]);
  });

  it('that may not be written end in a refusal, those that may later in another try', async () => {
    ssm.on(PutParameterCommand).rejects(awsError('AccessDeniedException', 400, 'not authorized'));
    expect(await kept.write({ defaultPoolSize: 60 })).toEqual({
      code: 'not-permitted',
      detail: 'AccessDeniedException: not authorized',
    });
    ssm.on(PutParameterCommand).rejects(awsError('ThrottlingException', 400));
    await expect(kept.write({ defaultPoolSize: 60 })).rejects.toBeInstanceOf(TransientError);
  });
});

describe('sizes in a task definition', () => {
  const ARN = 'arn:aws:ecs:eu-central-1:111122223333:task-definition/pgbouncer:14';
  const kept = new TaskDefinitionSizes({
    ecs: ecsClient,
    clock,
    service: { cluster: 'production', service: 'pgbouncer' },
    container: 'pgbouncer',
    names: { defaultPoolSize: 'DEFAULT_POOL_SIZE' },
  });
  const service = (enable: boolean, rollout: 'COMPLETED' | 'IN_PROGRESS' = 'COMPLETED') => ({
    services: [
      {
        serviceName: 'pgbouncer',
        status: 'ACTIVE',
        taskDefinition: ARN,
        deployments: [{ status: 'PRIMARY', rolloutState: rollout }],
        deploymentConfiguration: { deploymentCircuitBreaker: { enable, rollback: enable } },
      },
    ],
  });
  const sidecar = { name: 'exporter', image: 'exporter:1', environment: [{ name: 'DEFAULT_POOL_SIZE', value: '1' }] };
  const definition = (size?: string) => ({
    taskDefinition: {
      taskDefinitionArn: ARN,
      family: 'pgbouncer',
      revision: 14,
      status: 'ACTIVE' as const,
      cpu: '256',
      registeredBy: 'somebody',
      containerDefinitions: [
        sidecar,
        {
          name: 'pgbouncer',
          image: 'pgbouncer:1',
          environment: [
            { name: 'POOL_MODE', value: 'transaction' },
            ...(size === undefined ? [] : [{ name: 'DEFAULT_POOL_SIZE', value: size }]),
          ],
        },
      ],
    },
    tags: [{ key: 'team', value: 'data' }],
  });

  const stands = (breaker = true, size: string | undefined = '25'): void => {
    ecs.on(DescribeServicesCommand).resolves(service(breaker));
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: ARN, include: ['TAGS'] }).resolves(definition(size));
  };

  it('are the variables of the container', async () => {
    stands();
    const sizes = { defaultPoolSize: 25, reservePoolSize: null, maxClientConnections: null };
    expect(await kept.read()).toMatchObject({ value: { sizes, revision: 'pgbouncer:14', rollout: 'none' } });
  });

  it.each([
    { says: {}, then: 200 },
    { says: { maximumPercent: 150 }, then: 150 },
  ])('are replaced by so many tasks at once, where ECS says $says: $then %', async ({ says, then }) => {
    const [one] = service(true).services;
    stands();
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...one, deploymentConfiguration: says }] });
    expect(await kept.read()).toMatchObject({ value: { mostTasksPercent: then } });
  });

  it('are on their way while tasks are replaced', async () => {
    ecs.on(DescribeServicesCommand).resolves(service(true, 'IN_PROGRESS'));
    ecs.on(DescribeTaskDefinitionCommand).resolves(definition('60'));
    expect(await kept.read()).toMatchObject({ value: { rollout: 'in-progress' } });
  });

  it('become a new revision that differs in them alone, and the service rolls out to it', async () => {
    stands();
    ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: `${ARN}5` } });
    ecs.on(UpdateServiceCommand).resolves({});
    expect(await kept.write({ defaultPoolSize: 60 })).toBeNull();
    const [registered] = ecs.commandCalls(RegisterTaskDefinitionCommand).map(({ args: [{ input }] }) => input);
    expect(registered).toEqual({
      family: 'pgbouncer',
      cpu: '256',
      containerDefinitions: [
        sidecar,
        {
          name: 'pgbouncer',
          image: 'pgbouncer:1',
          environment: [
            { name: 'POOL_MODE', value: 'transaction' },
            { name: 'DEFAULT_POOL_SIZE', value: '60' },
          ],
        },
      ],
      tags: [{ key: 'team', value: 'data' }],
    });
    const [updated] = ecs.commandCalls(UpdateServiceCommand).map(({ args: [{ input }] }) => input);
    expect(updated).toEqual({ cluster: 'production', service: 'pgbouncer', taskDefinition: `${ARN}5` });
  });

  it('are not touched where nobody would bring a broken revision back', async () => {
    stands(false);
    expect(await kept.write({ defaultPoolSize: 60 })).toEqual({
      code: 'rejected',
      detail: 'service/production/pgbouncer has no deployment circuit breaker: switch it on first',
    });
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toEqual([]);
  });

  it('are unseen where the container has no such variable, and where there is no service', async () => {
    ecs.on(DescribeServicesCommand).resolves(service(true));
    ecs.on(DescribeTaskDefinitionCommand).resolves(definition());
    const detail = 'the container pgbouncer has no DEFAULT_POOL_SIZE';
    expect(await kept.read()).toMatchObject({ kind: 'unseen', because: { detail } });
    ecs.on(DescribeServicesCommand).resolves({ services: [] });
    expect(await kept.read()).toMatchObject({ kind: 'unseen' });
    expect(await kept.write({ defaultPoolSize: 60 })).toMatchObject({ code: 'not-found' });
  });
});
