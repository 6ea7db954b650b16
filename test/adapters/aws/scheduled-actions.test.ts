import { DescribeScheduledActionsCommand, type ScheduledAction } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from '@jest/globals';
import { CORE_API, NOON } from '../../contracts/samples.ts';
import { readerOfAutoScaling, RESOURCE_ID } from './auto-scaling.ts';
import { PERMANENT, TRANSIENT } from './faults.ts';
import { targets } from './targets.ts';

const { autoScaling, reader } = readerOfAutoScaling();

describe('scheduled actions', () => {
  const anAction = (over: Partial<ScheduledAction>): ScheduledAction => ({
    ScheduledActionName: 'fulcrum-up',
    ScheduledActionARN: 'arn',
    ServiceNamespace: 'ecs',
    ResourceId: RESOURCE_ID,
    CreationTime: new Date(0),
    Schedule: 'at(2026-12-01T12:00:00)',
    ScalableTargetAction: { MinCapacity: 3 },
    ...over,
  });
  const read = async (...ScheduledActions: ScheduledAction[]): Promise<unknown> => {
    autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions });
    return (await reader.readScheduled([CORE_API]))[0];
  };

  it('are ours by prefix, form and time zone', async () => {
    const reading = await read(
      anAction({ Timezone: 'UTC' }),
      anAction({ ScheduledActionName: 'fulcrum-none', ScalableTargetAction: undefined }),
      anAction({ ScheduledActionName: 'nightly' }),
      anAction({ ScheduledActionName: 'fulcrum-recurring', Schedule: 'cron(0 8 * * ? *)' }),
      anAction({ ScheduledActionName: 'fulcrum-elsewhere', Timezone: 'Europe/Berlin' }),
      anAction({ Schedule: undefined }),
    );
    expect(reading).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        ours: [
          { name: 'fulcrum-none', at: NOON },
          { name: 'fulcrum-up', at: NOON, min: 3 },
        ],
        othersCount: 4,
      },
    });
  });

  it('are asked for fifty a page, by resource or over the account', async () => {
    autoScaling.on(DescribeScheduledActionsCommand).resolves({});
    await reader.readScheduled([CORE_API]);
    await reader.readScheduled(targets(4));
    expect(autoScaling.commandCalls(DescribeScheduledActionsCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: RESOURCE_ID,
        MaxResults: 50,
      },
      { ServiceNamespace: 'ecs', MaxResults: 50 },
    ]);
  });

  it.each([...TRANSIENT, ...PERMANENT])('are unseen after %s', async (_name, error) => {
    autoScaling.on(DescribeScheduledActionsCommand).rejects(error);
    expect(await reader.readScheduled([CORE_API])).toMatchObject([{ kind: 'unseen', because: { code: 'unreadable' } }]);
    expect((await reader.readScheduled(targets(4))).map(({ kind }) => kind)).toEqual(Array(4).fill('unseen'));
  });
});
