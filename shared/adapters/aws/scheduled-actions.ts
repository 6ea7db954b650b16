import {
  type ApplicationAutoScalingClient,
  DescribeScheduledActionsCommand,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import type { ScheduledCapacity } from '../../domain/capacity.ts';
import { SCHEDULED_ACTION_PREFIX } from '../../domain/change.ts';
import { mapReading, type Reading } from '../../domain/reading.ts';
import type { ScheduledSetup } from '../../domain/snapshot.ts';
import type { Clock } from '../../ports.ts';
import { instantOf } from './at-expression.ts';
import { listByResource } from './resource-lists.ts';
import { ECS_TARGET } from './scalable-target.ts';

const ACTIONS_PER_PAGE = 50;

/** Scheduled actions by resource id. */
export async function readScheduledSetups(
  autoScaling: ApplicationAutoScalingClient,
  clock: Clock,
  resourceIds: readonly string[],
): Promise<ReadonlyMap<string, Reading<ScheduledSetup>>> {
  const list = {
    resourceIdOf: ({ ResourceId }: ScheduledAction) => ResourceId,
    page: async (ResourceId: string | undefined, NextToken: string | undefined) => {
      const { ServiceNamespace, ScalableDimension } = ECS_TARGET;
      const which =
        ResourceId === undefined ? { ServiceNamespace } : { ServiceNamespace, ScalableDimension, ResourceId };
      const page = await autoScaling.send(
        new DescribeScheduledActionsCommand({ ...which, NextToken, MaxResults: ACTIONS_PER_PAGE }),
      );
      return { items: page.ScheduledActions ?? [], nextToken: page.NextToken };
    },
  };
  const actions = await listByResource(list, [...new Set(resourceIds)], clock);
  return new Map([...actions].map(([id, reading]) => [id, mapReading(reading, setupOf)]));
}

function setupOf(actions: readonly ScheduledAction[]): ScheduledSetup {
  const ours = actions.flatMap((action) => ourAction(action) ?? []);
  return {
    ours: ours.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1)),
    othersCount: actions.length - ours.length,
  };
}

/**
 * `null`: not ours. An action under our prefix that recurs or lives in another time zone was taken over by somebody else;
 * we make none of these.
 */
function ourAction(action: ScheduledAction): ScheduledCapacity | null {
  const {
    ScheduledActionName: name,
    Schedule: schedule,
    Timezone: timeZone = 'UTC',
    ScalableTargetAction: to,
  } = action;
  if (name?.startsWith(SCHEDULED_ACTION_PREFIX) !== true || schedule === undefined || timeZone !== 'UTC') return null;
  const at = instantOf(schedule);
  if (at === null) return null;
  return {
    name,
    at,
    ...(to?.MinCapacity === undefined ? {} : { min: to.MinCapacity }),
    ...(to?.MaxCapacity === undefined ? {} : { max: to.MaxCapacity }),
  };
}
