import { DescribeScalingActivitiesCommand, type ScalingActivity } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from '@jest/globals';
import { later } from '../../../shared/domain/units.ts';
import { CORE_API, NOON } from '../../contracts/samples.ts';
import { readerOfAutoScaling, RESOURCE_ID } from './auto-scaling.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const { autoScaling, reader } = readerOfAutoScaling();

/** What every activity has. */
const NOTHING = {
  ActivityId: 'id',
  ServiceNamespace: 'ecs',
  ResourceId: RESOURCE_ID,
  ScalableDimension: 'ecs:service:DesiredCount',
  Description: '',
  Cause: '',
  StartTime: new Date(0),
  StatusCode: 'Unfulfilled',
} as const;

describe('wanting more than the maximum', () => {
  const SINCE = later(NOON, -600);
  const atMax = (secondsAgo: number, Code = 'AlreadyAtMaxCapacity'): ScalingActivity => ({
    ...NOTHING,
    StartTime: new Date(later(NOON, -secondsAgo)),
    NotScaledReasons: [{ Code: 'AutoScalingAnticipatedFlapping' }, { Code }],
  });
  const pages = (...lists: ScalingActivity[][]): void => {
    const behaviour = autoScaling.on(DescribeScalingActivitiesCommand);
    for (const [index, ScalingActivities] of lists.entries()) {
      const isLast = index === lists.length - 1;
      behaviour.resolvesOnce({
        ScalingActivities: ScalingActivities,
        NextToken: isLast ? undefined : `${index}`,
      });
    }
  };
  const read = (): Promise<unknown> => reader.readWantedMoreThanMax(CORE_API, SINCE);
  const calls = (): unknown[] =>
    autoScaling.commandCalls(DescribeScalingActivitiesCommand).map(({ args: [{ input }] }) => input);

  it('is asked for together with what did not scale', async () => {
    pages([]);
    expect(await read()).toEqual({ kind: 'seen', at: NOON, value: null });
    expect(calls()).toEqual([
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: RESOURCE_ID,
        IncludeNotScaledActivities: true,
        MaxResults: 50,
      },
    ]);
  });

  it('is the newest that AWS tells of', async () => {
    pages([atMax(500), atMax(30), atMax(60)]);
    expect(await read()).toEqual({ kind: 'seen', at: NOON, value: later(NOON, -30) });
  });

  it('is no other reason, nothing old, nothing without a time', async () => {
    pages([
      atMax(30, 'AlreadyAtMinCapacity'),
      atMax(601),
      { ...NOTHING, StartTime: undefined, NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity' }] },
      { ...NOTHING, StartTime: new Date(NOON) },
    ]);
    expect(await read()).toMatchObject({ kind: 'seen', value: null });
  });

  it('is looked for on the next page as long as pages are recent', async () => {
    pages([atMax(10, 'AlreadyAtDesiredCapacity')], [atMax(600)], [atMax(5)]);
    expect(await read()).toMatchObject({ kind: 'seen', value: SINCE });
    autoScaling.reset();
    pages([atMax(601)], [atMax(5)]);
    expect(await read()).toMatchObject({ kind: 'seen', value: null });
    expect(calls()).toHaveLength(1);
  });

  it('is not looked for without end', async () => {
    autoScaling
      .on(DescribeScalingActivitiesCommand)
      .resolves({ ScalingActivities: [atMax(1, 'AlreadyAtMinCapacity')], NextToken: 'more' });
    expect(await read()).toMatchObject({ kind: 'seen', value: null });
    expect(calls()).toHaveLength(10);
  });

  it.each([...TRANSIENT, ...PERMANENT])('is unseen after %s', async (_name, error) => {
    autoScaling.on(DescribeScalingActivitiesCommand).rejects(error);
    expect(await read()).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
  });

  it('does not hide a bug', async () => {
    autoScaling.on(DescribeScalingActivitiesCommand).rejects(BUG);
    await expect(read()).rejects.toBe(BUG);
  });
});
