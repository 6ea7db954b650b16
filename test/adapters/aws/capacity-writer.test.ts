import {
  ApplicationAutoScalingClient,
  DeleteScheduledActionCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsCapacityWriter } from '../../../shared/adapters/aws/capacity-writer.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import type { FailureReason } from '../../../shared/domain/reason.ts';
import { instant } from '../../../shared/domain/units.ts';
import { CORE_API } from '../../contracts/samples.ts';
import { awsError, BUG, TRANSIENT } from './faults.ts';

const client = new ApplicationAutoScalingClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const writer = new AwsCapacityWriter(client);

const TARGET = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/production/core-api',
  ScalableDimension: 'ecs:service:DesiredCount',
};
const POLICY = {
  name: 'fulcrum-cpu',
  cpuPercent: 70,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
  disableScaleIn: false,
  metricResolution: '60s',
} as const;
const AT_EIGHT = instant('2026-12-01T08:00:00Z');

beforeEach(() => {
  aws.reset();
  aws.onAnyCommand().resolves({});
});

describe('what is sent', () => {
  const sent = (): unknown => aws.calls()[0]?.args[0].input;

  it('both bounds, at registration and after', async () => {
    expect(await writer.registerTarget(CORE_API, { min: 2, max: 10 })).toBeNull();
    expect(await writer.setBounds(CORE_API, { min: 3, max: 15 })).toBeNull();
    expect(aws.commandCalls(RegisterScalableTargetCommand).map(({ args: [command] }) => command.input)).toEqual([
      { ...TARGET, MinCapacity: 2, MaxCapacity: 10 },
      { ...TARGET, MinCapacity: 3, MaxCapacity: 15 },
    ]);
  });

  it('bounds of zero, too', async () => {
    await writer.setBounds(CORE_API, { min: 0, max: 0 });
    expect(sent()).toEqual({ ...TARGET, MinCapacity: 0, MaxCapacity: 0 });
  });

  it('all three suspensions lifted, and no bounds', async () => {
    await writer.resumeScaling(CORE_API);
    expect(sent()).toEqual({
      ...TARGET,
      SuspendedState: {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
    });
  });

  it.each([
    ['60s', 'ECSServiceAverageCPUUtilization'],
    ['20s', 'ECSServiceAverageCPUUtilizationHighResolution'],
  ] as const)('the whole policy on %s metrics', async (metricResolution, PredefinedMetricType) => {
    await writer.putTargetTracking(CORE_API, { ...POLICY, metricResolution });
    expect(aws.commandCalls(PutScalingPolicyCommand)).toHaveLength(1);
    expect(sent()).toEqual({
      ...TARGET,
      PolicyName: 'fulcrum-cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType },
        ScaleOutCooldown: 60,
        ScaleInCooldown: 300,
        DisableScaleIn: false,
      },
    });
  });

  it.each([
    [{ min: 8 }, { MinCapacity: 8 }],
    [{ max: 20 }, { MaxCapacity: 20 }],
    [
      { min: 0, max: 20 },
      { MinCapacity: 0, MaxCapacity: 20 },
    ],
  ])('a scheduled action in UTC that sets %j', async (bounds, ScalableTargetAction) => {
    await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: AT_EIGHT, ...bounds });
    expect(aws.commandCalls(PutScheduledActionCommand)).toHaveLength(1);
    expect(sent()).toEqual({
      ...TARGET,
      ScheduledActionName: 'fulcrum-up',
      Schedule: 'at(2026-12-01T08:00:00)',
      Timezone: 'UTC',
      ScalableTargetAction,
    });
  });

  it('the name of the action to delete', async () => {
    await writer.deleteScheduled(CORE_API, 'fulcrum-up');
    expect(aws.commandCalls(DeleteScheduledActionCommand)).toHaveLength(1);
    expect(sent()).toEqual({ ...TARGET, ScheduledActionName: 'fulcrum-up' });
  });
});

const CALLS: readonly (readonly [name: string, call: () => Promise<FailureReason | null>])[] = [
  ['registerTarget', () => writer.registerTarget(CORE_API, { min: 1, max: 2 })],
  ['setBounds', () => writer.setBounds(CORE_API, { min: 1, max: 2 })],
  ['resumeScaling', () => writer.resumeScaling(CORE_API)],
  ['putTargetTracking', () => writer.putTargetTracking(CORE_API, POLICY)],
  ['putScheduled', () => writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: AT_EIGHT, min: 1 })],
  ['deleteScheduled', () => writer.deleteScheduled(CORE_API, 'fulcrum-up')],
];

describe.each(CALLS)('%s', (name, call) => {
  it.each(TRANSIENT)('throws %s, with its cause, for the queue to try again', async (_name, error) => {
    aws.onAnyCommand().rejects(error);
    const thrown: unknown = await call().catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({ cause: error, message: expect.stringContaining('service/production/core-api') });
    expect(aws.calls()).toHaveLength(1);
  });

  const missing = name === 'deleteScheduled' ? null : 'not-found';

  it.each([
    ['AccessDeniedException', 'not-permitted'],
    ['UnrecognizedClientException', 'not-permitted'],
    ['FailedResourceAccessException', 'not-permitted'],
    ['ObjectNotFoundException', missing],
    ['ResourceNotFoundException', missing],
    ['LimitExceededException', 'limit-exceeded'],
    ['ValidationException', 'rejected'],
    ['InvalidNextTokenException', 'rejected'],
    ['SomethingNewException', 'rejected'],
  ])('answers %s with %s', async (errorName, code) => {
    aws.onAnyCommand().rejects(awsError(errorName, 400));
    expect((await call())?.code ?? null).toBe(code);
  });

  it('hides no bug', async () => {
    aws.onAnyCommand().rejects(BUG);
    await expect(call()).rejects.toBe(BUG);
  });
});

describe('a refusal', () => {
  it('carries the words of AWS', async () => {
    aws.onAnyCommand().rejects(awsError('ValidationException', 400, 'MaxCapacity cannot be\nless than MinCapacity'));
    expect(await writer.setBounds(CORE_API, { min: 3, max: 2 })).toEqual({
      code: 'rejected',
      detail: 'ValidationException: MaxCapacity cannot be less than MinCapacity',
    });
  });

  it('tells a service that does not exist from other invalid calls', async () => {
    aws
      .onAnyCommand()
      .rejects(awsError('ValidationException', 400, "ECS service doesn't exist: service/production/core-api"));
    expect((await writer.registerTarget(CORE_API, { min: 1, max: 2 }))?.code).toBe('not-found');
  });
});
