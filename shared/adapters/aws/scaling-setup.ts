import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  type ScalableTarget,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import type { NamedTargetTracking, ScalingSetup, TargetTracking } from '../../domain/capacity.ts';
import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { Clock } from '../../ports.ts';
import { chunksOf, concurrently } from './concurrently.ts';
import { unseenBecause } from './errors.ts';
import { listByResource, readPages, type ResourceList } from './resource-lists.ts';
import { ECS_TARGET } from './scalable-target.ts';

const TARGETS_PER_CALL = 50;
/** The most that DescribeScalingPolicies gives. */
const POLICIES_PER_PAGE = 10;
const CALLS_AT_ONCE = 5;

/** What Application Auto Scaling does where a policy names no cooldown (developer guide, target tracking, ECS services). */
const DEFAULT_COOLDOWN_SECONDS = 300;

const CPU_METRICS: ReadonlyMap<string | undefined, TargetTracking['metricResolution']> = new Map([
  ['ECSServiceAverageCPUUtilization', '60s'],
  ['ECSServiceAverageCPUUtilizationHighResolution', '20s'],
]);

/** Setups by resource id; `null` where the service is not registered. */
export async function readScalingSetups(
  autoScaling: ApplicationAutoScalingClient,
  clock: Clock,
  resourceIds: readonly string[],
): Promise<ReadonlyMap<string, Reading<ScalingSetup | null>>> {
  const calls = chunksOf([...new Set(resourceIds)], TARGETS_PER_CALL);
  const answers = await concurrently(calls, CALLS_AT_ONCE, (ids) => describeTargets(autoScaling, clock, ids));
  const targets = new Map(answers.flat());

  // A service that is not registered can have no policy.
  const registered = [...targets].flatMap(([id, target]) =>
    target.kind === 'seen' && target.value !== null ? [id] : [],
  );
  const policies = await listByResource(policyList(autoScaling), registered, clock);
  return new Map([...targets].map(([id, target]) => [id, setupOf(id, target, policies.get(id))]));
}

type TargetReading = Reading<ScalableTarget | null>;

const ENDLESS = unseen({ code: 'unreadable', detail: 'the list of scalable targets does not end' });

async function describeTargets(
  autoScaling: ApplicationAutoScalingClient,
  clock: Clock,
  ids: readonly string[],
): Promise<readonly (readonly [string, TargetReading])[]> {
  const at = clock.now();
  try {
    const targets = await readPages(async (NextToken) => {
      const page = await autoScaling.send(
        new DescribeScalableTargetsCommand({ ...ECS_TARGET, ResourceIds: [...ids], NextToken }),
      );
      return { items: page.ScalableTargets ?? [], nextToken: page.NextToken };
    }, ids.length);
    const found = new Map(targets?.map((target) => [target.ResourceId, target]));
    return ids.map((id) => [id, targets === null ? ENDLESS : seen(found.get(id) ?? null, at)] as const);
  } catch (error) {
    const blind = unseenBecause(error);
    return ids.map((id) => [id, blind] as const);
  }
}

function policyList(autoScaling: ApplicationAutoScalingClient): ResourceList<ScalingPolicy> {
  return {
    resourceIdOf: ({ ResourceId }) => ResourceId,
    page: async (ResourceId, NextToken) => {
      const { ServiceNamespace, ScalableDimension } = ECS_TARGET;
      // The dimension may be named only together with a resource.
      const which =
        ResourceId === undefined ? { ServiceNamespace } : { ServiceNamespace, ScalableDimension, ResourceId };
      const page = await autoScaling.send(
        new DescribeScalingPoliciesCommand({ ...which, NextToken, MaxResults: POLICIES_PER_PAGE }),
      );
      return { items: page.ScalingPolicies ?? [], nextToken: page.NextToken };
    },
  };
}

function setupOf(
  id: string,
  target: TargetReading,
  policies: Reading<readonly ScalingPolicy[]> | undefined,
): Reading<ScalingSetup | null> {
  if (target.kind === 'unseen') return target;
  if (target.value === null) return seen(null, target.at);
  if (policies === undefined) return unseen({ code: 'not-asked' });
  if (policies.kind === 'unseen') return policies;

  const { MinCapacity: min, MaxCapacity: max, SuspendedState: suspended } = target.value;
  if (min === undefined || max === undefined) {
    return unseen({ code: 'unreadable', detail: `Application Auto Scaling gave no bounds for ${id}` });
  }
  const sorted = policies.value.map((policy) => ({ policy, tracking: cpuTracking(policy) }));
  return seen(
    {
      bounds: { min, max },
      suspended: {
        dynamicScalingIn: suspended?.DynamicScalingInSuspended ?? false,
        dynamicScalingOut: suspended?.DynamicScalingOutSuspended ?? false,
        scheduledScaling: suspended?.ScheduledScalingSuspended ?? false,
      },
      targetTracking: sorted.flatMap(({ tracking }) => (tracking === null ? [] : [tracking])),
      otherPolicies: sorted.flatMap(({ policy, tracking }) =>
        tracking === null ? [{ name: policy.PolicyName ?? '', type: policy.PolicyType ?? '' }] : [],
      ),
    },
    target.at,
  );
}

/** `null` for every policy but target tracking on the average CPU of the service. */
function cpuTracking(policy: ScalingPolicy): NamedTargetTracking | null {
  const configuration = policy.TargetTrackingScalingPolicyConfiguration;
  const metricResolution = CPU_METRICS.get(configuration?.PredefinedMetricSpecification?.PredefinedMetricType);
  const { PolicyName: name } = policy;
  if (configuration?.TargetValue === undefined || metricResolution === undefined || name === undefined) return null;
  return {
    name,
    cpuPercent: configuration.TargetValue,
    scaleOutCooldownSeconds: configuration.ScaleOutCooldown ?? DEFAULT_COOLDOWN_SECONDS,
    scaleInCooldownSeconds: configuration.ScaleInCooldown ?? DEFAULT_COOLDOWN_SECONDS,
    disableScaleIn: configuration.DisableScaleIn ?? false,
    metricResolution,
  };
}
