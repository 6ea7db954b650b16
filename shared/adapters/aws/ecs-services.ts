import { DescribeServicesCommand, type ECSClient, type Failure, type Service } from '@aws-sdk/client-ecs';
import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';
import { type Reading, seen, type Unseen, unseen } from '../../domain/reading.ts';
import type { ServiceFacts } from '../../domain/snapshot.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { Clock } from '../../ports.ts';
import { chunksOf, concurrently } from './concurrently.ts';
import { plainText, unseenBecause } from './errors.ts';

/** The most that DescribeServices takes; all of one call are of one cluster. */
const SERVICES_PER_CALL = 10;
const CALLS_AT_ONCE = 5;

/** Facts by resource id. A call that fails blinds only the services that it asked for. */
export async function readServiceFacts(
  ecs: ECSClient,
  clock: Clock,
  targets: readonly ScalableTargetId[],
): Promise<ReadonlyMap<string, Reading<ServiceFacts>>> {
  const byCluster = Map.groupBy(unique(targets), ({ cluster }) => cluster);
  const calls = [...byCluster.values()].flatMap((group) => chunksOf(group, SERVICES_PER_CALL));
  const answers = await concurrently(calls, CALLS_AT_ONCE, (group) => describe(ecs, clock, group));
  return new Map(answers.flat());
}

type Answer = readonly [resourceId: string, facts: Reading<ServiceFacts>];

async function describe(ecs: ECSClient, clock: Clock, group: readonly ScalableTargetId[]): Promise<readonly Answer[]> {
  const at = clock.now();
  try {
    const { services = [], failures = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: group[0]?.cluster, services: group.map(({ service }) => service) }),
    );
    return group.map((target) => [resourceIdOf(target), factsOf(target, services, failures, at)] as const);
  } catch (error) {
    const blind = unseenBecause(error);
    return group.map((target) => [resourceIdOf(target), blind] as const);
  }
}

function factsOf(
  target: ScalableTargetId,
  services: readonly Service[],
  failures: readonly Failure[],
  at: EpochMs,
): Reading<ServiceFacts> {
  const service = services.find(({ serviceName }) => serviceName === target.service);
  if (service === undefined) {
    const failure = failures.find(({ arn }) => arn?.split('/').at(-1) === target.service);
    return notThere(target, [failure?.reason, failure?.detail]);
  }
  if (service.status === 'INACTIVE') return notThere(target, [service.status]);
  const { desiredCount: desired, runningCount: running, pendingCount: pending } = service;
  if (desired === undefined || running === undefined || pending === undefined) {
    return unseen({ code: 'unreadable', detail: `Amazon ECS gave no task counts for ${resourceIdOf(target)}` });
  }
  return seen({ desired, running, pending, deployment: deploymentOf(service) }, at);
}

function notThere(target: ScalableTargetId, words: readonly (string | undefined)[]): Unseen {
  const why = plainText(words.filter((word) => word !== undefined).join(', ')) || 'no answer';
  return unseen({ code: 'unreadable', detail: `there is no ECS service ${resourceIdOf(target)} (${why})` });
}

/** More than one deployment, or task set, means that an old revision is still being replaced. */
export function deploymentOf({ deployments = [], taskSets = [] }: Service): ServiceFacts['deployment'] {
  const live = deployments.filter(({ status }) => status !== 'INACTIVE');
  const isRollingOut = live.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  return isRollingOut || live.length > 1 || taskSets.length > 1 ? 'in-progress' : 'none';
}

export function unique(targets: readonly ScalableTargetId[]): readonly ScalableTargetId[] {
  return [...new Map(targets.map((target) => [resourceIdOf(target), target])).values()];
}
