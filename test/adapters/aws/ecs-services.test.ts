import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsCapacityReader } from '../../../shared/adapters/aws/capacity-reader.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { CORE_API, NOON } from '../../contracts/samples.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';
import { targets } from './targets.ts';

const client = new ECSClient({ region: 'eu-central-1' });
const autoScaling = new ApplicationAutoScalingClient({ region: 'eu-central-1' });
const ecs = mockClient(client);
const reader = new AwsCapacityReader({ ecs: client, autoScaling }, new ManualClock(NOON));

const ID = 'service/production/core-api';

function aService(over: Partial<Service> = {}): Service {
  return {
    serviceName: 'core-api',
    status: 'ACTIVE',
    desiredCount: 4,
    runningCount: 3,
    pendingCount: 1,
    deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    ...over,
  };
}

beforeEach(() => {
  ecs.reset();
});

describe('services', () => {
  const answer = (...services: Service[]): void => {
    ecs.on(DescribeServicesCommand).resolves({ services });
  };

  it('are asked for by cluster, ten a call, each once', async () => {
    ecs.on(DescribeServicesCommand).resolves({});
    await reader.readServices([...targets(21), ...targets(3, 'staging'), ...targets(5)]);
    const inputs = ecs.commandCalls(DescribeServicesCommand).map(({ args: [{ input }] }) => input);
    expect(inputs.map(({ cluster, services = [] }) => [cluster, services.length])).toEqual([
      ['production', 10],
      ['production', 10],
      ['production', 1],
      ['staging', 3],
    ]);
    expect(inputs.at(-1)).toEqual({ cluster: 'staging', services: ['s0', 's1', 's2'] });
  });

  it('are seen as of when they were asked for', async () => {
    answer(aService());
    expect(await reader.readServices([CORE_API])).toEqual([
      { kind: 'seen', at: NOON, value: { desired: 4, running: 3, pending: 1, deployment: 'none' } },
    ]);
  });

  // prettier-ignore
  it.each<{ when: string; over: Partial<Service>; deployment: string }>([
    { when: 'the only deployment is complete',    over: {},                                                                                 deployment: 'none' },
    { when: 'it rolls out',                       over: { deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }] },              deployment: 'in-progress' },
    { when: 'an old one is still there',          over: { deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }, { status: 'ACTIVE' }] },   deployment: 'in-progress' },
    { when: 'an old one is only a memory',        over: { deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }, { status: 'INACTIVE' }] }, deployment: 'none' },
    { when: 'it has failed and stopped',          over: { deployments: [{ status: 'PRIMARY', rolloutState: 'FAILED' }] },                   deployment: 'none' },
    { when: 'CodeDeploy has one task set',        over: { deployments: [], taskSets: [{}] },                                                deployment: 'none' },
    { when: 'CodeDeploy shifts between task sets', over: { deployments: [], taskSets: [{}, {}] },                                           deployment: 'in-progress' },
    { when: 'nothing is said of deployments',     over: { deployments: undefined },                                                         deployment: 'none' },
  ])('deployment is $deployment when $when', async ({ over, deployment }) => {
    answer(aService(over));
    expect(await reader.readServices([CORE_API])).toMatchObject([{ value: { deployment } }]);
  });

  it.each([
    [
      'missing',
      { failures: [{ arn: 'arn:aws:ecs:eu-central-1:1:service/production/core-api', reason: 'MISSING' }] },
      '(MISSING)',
    ],
    [
      'missing, in the old form of an ARN',
      { failures: [{ arn: 'arn:aws:ecs:eu-central-1:1:service/core-api', reason: 'MISSING', detail: 'gone' }] },
      '(MISSING, gone)',
    ],
    ['deleted', { services: [aService({ status: 'INACTIVE' })] }, '(INACTIVE)'],
    ['passed over in silence', {}, '(no answer)'],
  ])('one that is %s is unseen and says so', async (_what, output, why) => {
    ecs.on(DescribeServicesCommand).resolves(output);
    expect(await reader.readServices([CORE_API])).toEqual([
      { kind: 'unseen', because: { code: 'unreadable', detail: `there is no ECS service ${ID} ${why}` } },
    ]);
  });

  it('without counts are unseen: missing is not zero', async () => {
    answer(aService({ runningCount: undefined }));
    expect(await reader.readServices([CORE_API])).toMatchObject([
      { kind: 'unseen', because: { code: 'unreadable', detail: expect.stringContaining('no task counts') } },
    ]);
  });

  it.each([...TRANSIENT, ...PERMANENT])(
    'of a call that fails with %s are unseen, all others are seen',
    async (_name, error) => {
      ecs.on(DescribeServicesCommand).callsFake(({ services = [] }: DescribeServicesCommandInput) => {
        if (services.includes('s0')) throw error;
        return { services: services.map((serviceName) => aService({ serviceName })) };
      });
      const readings = await reader.readServices(targets(15));
      expect(readings.slice(0, 10).map(({ kind }) => kind)).toEqual(Array(10).fill('unseen'));
      expect(readings[0]).toMatchObject({
        because: { code: 'unreadable', detail: expect.stringContaining(error.name) },
      });
      expect(readings.slice(10).map(({ kind }) => kind)).toEqual(Array(5).fill('seen'));
    },
  );

  it('do not hide a bug', async () => {
    ecs.on(DescribeServicesCommand).rejects(BUG);
    await expect(reader.readServices([CORE_API])).rejects.toBe(BUG);
  });
});
