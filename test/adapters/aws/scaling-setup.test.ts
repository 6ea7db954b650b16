import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from '@jest/globals';
import { resourceIdOf } from '../../../shared/domain/capacity.ts';
import { CORE_API, NOON } from '../../contracts/samples.ts';
import { readerOfAutoScaling, RESOURCE_ID } from './auto-scaling.ts';
import { awsError, BUG, PERMANENT, TRANSIENT } from './faults.ts';
import { targets } from './targets.ts';

const { autoScaling, reader } = readerOfAutoScaling();

describe('scaling setups', () => {
  const aTarget = (ResourceId: string, over: object = {}): object => ({
    ResourceId,
    MinCapacity: 2,
    MaxCapacity: 10,
    ...over,
  });
  const cpuPolicy = (over: object = {}): ScalingPolicy => ({
    PolicyARN: 'arn',
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: RESOURCE_ID,
    CreationTime: new Date(0),
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      ...over,
    },
  });
  const registered = (...ids: string[]): void => {
    autoScaling.on(DescribeScalableTargetsCommand).callsFake(({ ResourceIds = [] }: { ResourceIds?: string[] }) => ({
      ScalableTargets: ResourceIds.filter((id) => ids.includes(id)).map((id) => aTarget(id)),
    }));
  };
  const policyCalls = (): unknown[] =>
    autoScaling.commandCalls(DescribeScalingPoliciesCommand).map(({ args: [{ input }] }) => input);

  it('are asked for fifty a call, and policies only of what is registered', async () => {
    registered();
    const readings = await reader.readScaling([...targets(101), ...targets(1)]);
    const inputs = autoScaling.commandCalls(DescribeScalableTargetsCommand).map(({ args: [{ input }] }) => input);
    expect(inputs.map(({ ResourceIds = [] }) => ResourceIds.length)).toEqual([50, 50, 1]);
    expect(inputs[2]).toEqual({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceIds: ['service/production/s100'],
      NextToken: undefined,
    });
    expect(policyCalls()).toEqual([]);
    expect(new Set(readings.map((reading) => reading.kind === 'seen' && reading.value))).toEqual(new Set([null]));
  });

  it('of few services are asked for one by one', async () => {
    registered(RESOURCE_ID);
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({});
    await reader.readScaling([CORE_API]);
    expect(policyCalls()).toEqual([
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: RESOURCE_ID,
        MaxResults: 10,
      },
    ]);
  });

  it('of many services are read from the account, and those of others left out', async () => {
    registered(...targets(10).map(resourceIdOf));
    const policies = [...targets(10), ...targets(4, 'of-others')].map((target) => ({
      ...cpuPolicy(),
      ResourceId: resourceIdOf(target),
    }));
    autoScaling
      .on(DescribeScalingPoliciesCommand)
      .resolvesOnce({ ScalingPolicies: policies.slice(0, 10), NextToken: 'two' })
      .resolvesOnce({ ScalingPolicies: policies.slice(10) });
    const readings = await reader.readScaling(targets(10));
    expect(policyCalls()).toEqual([
      { ServiceNamespace: 'ecs', MaxResults: 10 },
      { ServiceNamespace: 'ecs', MaxResults: 10, NextToken: 'two' },
    ]);
    for (const reading of readings) expect(reading).toMatchObject({ value: { targetTracking: [{ name: 'cpu' }] } });
  });

  it('take at most twice the calls of asking one by one, however much others have', async () => {
    registered(...targets(5).map(resourceIdOf));
    autoScaling
      .on(DescribeScalingPoliciesCommand)
      .callsFake(({ ResourceId }: { ResourceId?: string }) =>
        ResourceId === undefined
          ? { ScalingPolicies: [{ ...cpuPolicy(), ResourceId: 'service/of/others' }], NextToken: 'more' }
          : { ScalingPolicies: [{ ...cpuPolicy(), ResourceId }] },
      );
    const readings = await reader.readScaling(targets(5));
    expect(policyCalls()).toHaveLength(10);
    for (const reading of readings) expect(reading).toMatchObject({ value: { targetTracking: [{ name: 'cpu' }] } });
  });

  it('say nothing of cooldowns where AWS has its own: 300 s', async () => {
    registered(RESOURCE_ID);
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [cpuPolicy()] });
    expect(await reader.readScaling([CORE_API])).toEqual([
      {
        kind: 'seen',
        at: NOON,
        value: {
          bounds: { min: 2, max: 10 },
          suspended: { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false },
          targetTracking: [
            {
              name: 'cpu',
              cpuPercent: 70,
              scaleOutCooldownSeconds: 300,
              scaleInCooldownSeconds: 300,
              disableScaleIn: false,
              metricResolution: '60s',
            },
          ],
          otherPolicies: [],
        },
      },
    ]);
  });

  it.each([
    [
      'the memory of the service',
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' } },
    ],
    ['requests', { PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' } }],
    [
      'a metric of its own',
      { PredefinedMetricSpecification: undefined, CustomizedMetricSpecification: { MetricName: 'CPUUtilization' } },
    ],
    ['a name of Object itself', { PredefinedMetricSpecification: { PredefinedMetricType: 'toString' } }],
  ])('leave a policy on %s to others', async (_what, over) => {
    registered(RESOURCE_ID);
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [cpuPolicy(over)] });
    expect(await reader.readScaling([CORE_API])).toMatchObject([
      { value: { targetTracking: [], otherPolicies: [{ name: 'cpu', type: 'TargetTrackingScaling' }] } },
    ]);
  });

  it('leave predictive and step policies to others', async () => {
    registered(RESOURCE_ID);
    const bare = { ...cpuPolicy(), TargetTrackingScalingPolicyConfiguration: undefined };
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({
      ScalingPolicies: [
        { ...bare, PolicyName: 'step', PolicyType: 'StepScaling' },
        { ...bare, PolicyName: 'forecast', PolicyType: 'PredictiveScaling' },
      ],
    });
    expect(await reader.readScaling([CORE_API])).toMatchObject([
      {
        value: {
          otherPolicies: [
            { name: 'step', type: 'StepScaling' },
            { name: 'forecast', type: 'PredictiveScaling' },
          ],
        },
      },
    ]);
  });

  it('without bounds are unseen', async () => {
    autoScaling
      .on(DescribeScalableTargetsCommand)
      .resolves({ ScalableTargets: [{ ...cpuPolicy(), RoleARN: 'arn', MinCapacity: undefined, MaxCapacity: 4 }] });
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({});
    expect(await reader.readScaling([CORE_API])).toMatchObject([{ kind: 'unseen' }]);
  });

  it('that never end are unseen', async () => {
    autoScaling.on(DescribeScalableTargetsCommand).resolves({ NextToken: 'more' });
    expect(await reader.readScaling([CORE_API])).toMatchObject([
      { kind: 'unseen', because: { detail: 'the list of scalable targets does not end' } },
    ]);
    registered(RESOURCE_ID);
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({ NextToken: 'more' });
    expect(await reader.readScaling([CORE_API])).toMatchObject([
      { kind: 'unseen', because: { detail: `the list of ${RESOURCE_ID} does not end` } },
    ]);
  });

  it.each([...TRANSIENT, ...PERMANENT])(
    'of a target call that fails with %s are unseen, all others are seen',
    async (_name, error) => {
      autoScaling.on(DescribeScalableTargetsCommand).rejectsOnce(error).resolves({});
      const readings = await reader.readScaling(targets(51));
      expect(readings.slice(0, 50).every(({ kind }) => kind === 'unseen')).toBe(true);
      expect(readings[50]).toMatchObject({ kind: 'seen', value: null });
    },
  );

  it.each([...TRANSIENT, ...PERMANENT])(
    'of one policy call that fails with %s are unseen, all others are seen',
    async (_name, error) => {
      registered(...targets(3).map(resourceIdOf));
      autoScaling.on(DescribeScalingPoliciesCommand).callsFake(({ ResourceId }: { ResourceId?: string }) => {
        if (ResourceId === 'service/production/s1') throw error;
        return {};
      });
      const readings = await reader.readScaling(targets(3));
      expect(readings.map(({ kind }) => kind)).toEqual(['seen', 'unseen', 'seen']);
    },
  );

  it.each([
    ['a denial', awsError('AccessDeniedException', 400)],
    ['throttling', awsError('ThrottlingException', 400)],
  ])('are not asked for one by one after %s, which would only be repeated', async (_what, error) => {
    registered(...targets(5).map(resourceIdOf));
    autoScaling.on(DescribeScalingPoliciesCommand).rejects(error);
    const readings = await reader.readScaling(targets(5));
    expect(policyCalls()).toHaveLength(1);
    expect(new Set(readings.map(({ kind }) => kind))).toEqual(new Set(['unseen']));
  });

  it('are asked for one by one after another fault, so that it blinds no more than it must', async () => {
    registered(...targets(5).map(resourceIdOf));
    autoScaling.on(DescribeScalingPoliciesCommand).callsFake(({ ResourceId }: { ResourceId?: string }) => {
      if (ResourceId === undefined || ResourceId.endsWith('s3')) throw awsError('InternalServiceException', 500);
      return { ScalingPolicies: [{ ...cpuPolicy(), ResourceId }] };
    });
    const readings = await reader.readScaling(targets(5));
    expect(readings.map(({ kind }) => kind)).toEqual(['seen', 'seen', 'seen', 'unseen', 'seen']);
  });

  it('do not hide a bug', async () => {
    autoScaling.on(DescribeScalableTargetsCommand).rejects(BUG);
    await expect(reader.readScaling([CORE_API])).rejects.toBe(BUG);
    registered(...targets(5).map(resourceIdOf));
    autoScaling.on(DescribeScalingPoliciesCommand).rejects(BUG);
    await expect(reader.readScaling(targets(5))).rejects.toBe(BUG);
    await expect(reader.readScaling(targets(1))).rejects.toBe(BUG);
  });
});
