import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { EcsPoolers } from '../../../shared/adapters/aws/pooler-instances.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { NOON } from '../../contracts/samples.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new ECSClient({ region: 'eu-central-1' });
const ecs = mockClient(client);
const poolers = new EcsPoolers({
  ecs: client,
  clock: new ManualClock(NOON),
  service: { cluster: 'production', service: 'pgbouncer' },
  port: 6432,
});

const arn = (id: string): string => `arn:aws:ecs:eu-central-1:111122223333:task/production/${id}`;

function aTask(id: string, over: Partial<Task> = {}): Task {
  return {
    taskArn: arn(id),
    lastStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
    availabilityZone: 'eu-central-1a',
    attachments: [
      {
        type: 'ElasticNetworkInterface',
        status: 'ATTACHED',
        details: [
          { name: 'subnetId', value: 'subnet-1' },
          { name: 'privateIPv4Address', value: `10.0.1.${id.charCodeAt(0)}` },
        ],
      },
    ],
    ...over,
  };
}

function answer(...tasks: readonly Task[]): void {
  ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map(({ taskArn = '' }) => taskArn) });
  ecs.on(DescribeTasksCommand).resolves({ tasks: [...tasks] });
}

beforeEach(() => {
  ecs.reset();
});

describe('PgBouncer tasks', () => {
  it('are found at their private addresses, one availability zone after the other', async () => {
    answer(
      aTask('c', { availabilityZone: 'eu-central-1b' }),
      aTask('b'),
      aTask('d', { availabilityZone: undefined }),
      aTask('a', { healthStatus: 'UNKNOWN' }),
    );
    const at = (id: string, host: string, availabilityZone: string | null) => ({
      id,
      host,
      port: 6432,
      availabilityZone,
    });
    expect(await poolers.find()).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        instances: [
          at('a', '10.0.1.97', 'eu-central-1a'),
          at('b', '10.0.1.98', 'eu-central-1a'),
          at('c', '10.0.1.99', 'eu-central-1b'),
          at('d', '10.0.1.100', null),
        ],
        leftOut: [],
      },
    });
    expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toMatchObject({
      cluster: 'production',
      serviceName: 'pgbouncer',
      desiredStatus: 'RUNNING',
    });
  });

  it('of a subnet of IPv6 alone are found, too; where there is IPv4 it is that', async () => {
    const containers = [{ networkInterfaces: [{}] }, { networkInterfaces: [{ ipv6Address: 'fd00::5' }] }];
    const attachments = [{ type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [] }];
    answer(aTask('a', { attachments, containers }), aTask('b', { containers }));
    expect(await poolers.find()).toMatchObject({
      value: { instances: [{ host: 'fd00::5' }, { host: '10.0.1.98' }], leftOut: [] },
    });
  });

  it('that cannot be spoken to are named', async () => {
    ecs.on(ListTasksCommand).resolves({ taskArns: ['a'] });
    ecs.on(DescribeTasksCommand).resolves({
      tasks: [
        aTask('a', { lastStatus: 'PENDING' }),
        aTask('b', { healthStatus: 'UNHEALTHY' }),
        aTask('c', { attachments: [] }),
        aTask('d', { attachments: [{ type: 'ElasticNetworkInterface', status: 'DELETED', details: [] }] }),
        aTask('e', { lastStatus: undefined }),
      ],
      failures: [{ arn: arn('f'), reason: 'MISSING' }, {}],
    });
    const noAddress = 'no private address of its own: its network mode is not awsvpc';
    expect(await poolers.find()).toMatchObject({
      value: {
        instances: [],
        leftOut: [
          { id: 'a', because: 'PENDING' },
          { id: 'b', because: 'UNHEALTHY' },
          { id: 'c', because: noAddress },
          { id: 'd', because: noAddress },
          { id: 'e', because: 'no status' },
          { id: 'f', because: 'MISSING' },
          { id: 'unknown', because: 'no answer' },
        ],
      },
    });
  });

  it('are asked for page by page, a hundred a call', async () => {
    const page = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => arn(`t${from + index}`));
    ecs
      .on(ListTasksCommand)
      .resolvesOnce({ taskArns: page(0, 100), nextToken: 'more' })
      .resolvesOnce({ taskArns: page(100, 50) });
    ecs.on(DescribeTasksCommand).resolves({});
    await poolers.find();
    expect(ecs.commandCalls(DescribeTasksCommand).map(({ args: [{ input }] }) => input.tasks?.length)).toEqual([
      100, 50,
    ]);
  });

  it('none is an answer too', async () => {
    answer();
    expect(await poolers.find()).toMatchObject({ kind: 'seen', value: { instances: [], leftOut: [] } });
    expect(ecs.commandCalls(DescribeTasksCommand)).toHaveLength(0);
  });

  it.each([...TRANSIENT, ...PERMANENT])('%s: unseen', async (_name, error) => {
    ecs.on(ListTasksCommand).rejects(error);
    expect(await poolers.find()).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
  });

  it('a failure of the second question blinds as a whole', async () => {
    answer(aTask('a'));
    ecs.on(DescribeTasksCommand).rejects(TRANSIENT[0]![1]);
    expect((await poolers.find()).kind).toBe('unseen');
  });

  it('a bug of ours is not taken for news of AWS', async () => {
    ecs.on(ListTasksCommand).rejects(BUG);
    await expect(poolers.find()).rejects.toBe(BUG);
  });
});
