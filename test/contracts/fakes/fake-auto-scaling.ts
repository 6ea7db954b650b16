import {
  ApplicationAutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  type DescribeScalingActivitiesCommandInput,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  type ScalableTarget,
  type ScalingActivity,
  type ScalingPolicy,
  type ScheduledAction,
  ValidationException,
} from '@aws-sdk/client-application-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';

/** What the fake asks of ECS: to know whether a service exists, and to move its capacity. */
export interface Services {
  desiredOf(resourceId: string): number | undefined;
  setDesired(resourceId: string, desired: number): void;
}

export interface FakeAutoScaling {
  readonly client: ApplicationAutoScalingClient;
  addActivity(activity: ScalingActivity): void;
}

interface Paged {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** Small, so that every list of a contract has several pages. */
const PAGE = 2;

function invalid(message: string): ValidationException {
  return new ValidationException({ message, $metadata: { httpStatusCode: 400 } });
}

function pageOf<Item>(
  items: readonly Item[],
  { NextToken, MaxResults }: Paged,
  most: number,
): { items: Item[]; NextToken: string | undefined } {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > most)) throw invalid(`MaxResults is 1 to ${most}`);
  const from = Number(NextToken ?? 0);
  const until = from + PAGE;
  return { items: items.slice(from, until), NextToken: until < items.length ? String(until) : undefined };
}

/** Application Auto Scaling for ECS services, with the rules of AWS that our adapters depend on. */
export function fakeAutoScaling(services: Services): FakeAutoScaling {
  const targets = new Map<string, ScalableTarget>();
  const policies = new Map<string, ScalingPolicy>();
  const actions = new Map<string, ScheduledAction>();
  const activities: ScalingActivity[] = [];
  const client = new ApplicationAutoScalingClient({ region: 'eu-central-1' });
  const mock = mockClient(client);

  const mustBeRegistered = (resourceId: string): void => {
    if (targets.has(resourceId)) return;
    throw new ObjectNotFoundException({ message: `No scalable target registered for ${resourceId}`, $metadata: {} });
  };
  const listed = <Item extends { ResourceId: string | undefined }>(
    items: Iterable<Item>,
    { ResourceId, ScalableDimension }: { ResourceId?: string | undefined; ScalableDimension?: string | undefined },
  ): Item[] => {
    if (ScalableDimension !== undefined && ResourceId === undefined) throw invalid('a dimension needs a resource id');
    return [...items].filter((item) => ResourceId === undefined || item.ResourceId === ResourceId);
  };

  mock.on(RegisterScalableTargetCommand).callsFake((input: RegisterScalableTargetCommandInput) => {
    const id = input.ResourceId ?? '';
    const desired = services.desiredOf(id);
    if (desired === undefined) throw invalid(`ECS service doesn't exist: ${id}`);
    const present = targets.get(id);
    const MinCapacity = input.MinCapacity ?? present?.MinCapacity;
    const MaxCapacity = input.MaxCapacity ?? present?.MaxCapacity;
    if (MinCapacity === undefined || MaxCapacity === undefined) throw invalid('a new target needs bounds');
    if (MinCapacity > MaxCapacity) throw invalid('MaxCapacity cannot be less than MinCapacity');
    const SuspendedState = { ...present?.SuspendedState, ...input.SuspendedState };
    targets.set(id, {
      ResourceId: id,
      ServiceNamespace: input.ServiceNamespace,
      ScalableDimension: input.ScalableDimension,
      RoleARN: 'arn:aws:iam::123456789012:role/aws-service-role',
      CreationTime: new Date(0),
      MinCapacity,
      MaxCapacity,
      SuspendedState,
    });
    services.setDesired(id, Math.min(Math.max(desired, MinCapacity), MaxCapacity));
    return {};
  });
  mock
    .on(DescribeScalableTargetsCommand)
    .callsFake(({ ResourceIds = [], ...paged }: Paged & { ResourceIds?: string[] }) => {
      if (ResourceIds.length > 50) throw invalid('at most 50 resource ids');
      const page = pageOf(
        ResourceIds.flatMap((id) => targets.get(id) ?? []),
        paged,
        50,
      );
      return { ScalableTargets: page.items, NextToken: page.NextToken };
    });
  mock.on(PutScalingPolicyCommand).callsFake((input: ScalingPolicy) => {
    const { ResourceId = '', PolicyName = '' } = input;
    mustBeRegistered(ResourceId);
    policies.set(`${ResourceId}#${PolicyName}`, { ...input });
    return { PolicyARN: `arn:${PolicyName}`, Alarms: [] };
  });
  mock
    .on(DescribeScalingPoliciesCommand)
    .callsFake((input: Paged & { ResourceId?: string; ScalableDimension?: string }) => {
      const page = pageOf(listed(policies.values(), input), input, 10);
      return { ScalingPolicies: page.items, NextToken: page.NextToken };
    });
  mock.on(PutScheduledActionCommand).callsFake((input: ScheduledAction) => {
    const { ResourceId = '', ScheduledActionName = '', ScalableTargetAction: to } = input;
    mustBeRegistered(ResourceId);
    if (to?.MinCapacity === undefined && to?.MaxCapacity === undefined) throw invalid('an action must set something');
    actions.set(`${ResourceId}#${ScheduledActionName}`, { ...input });
    return {};
  });
  mock
    .on(DescribeScheduledActionsCommand)
    .callsFake((input: Paged & { ResourceId?: string; ScalableDimension?: string }) => {
      const page = pageOf(listed(actions.values(), input), input, 50);
      return { ScheduledActions: page.items, NextToken: page.NextToken };
    });
  mock.on(DeleteScheduledActionCommand).callsFake((input: { ResourceId: string; ScheduledActionName: string }) => {
    if (actions.delete(`${input.ResourceId}#${input.ScheduledActionName}`)) return {};
    throw new ObjectNotFoundException({ message: `No scheduled action ${input.ScheduledActionName}`, $metadata: {} });
  });
  mock.on(DescribeScalingActivitiesCommand).callsFake((input: DescribeScalingActivitiesCommandInput) => {
    const newestFirst = activities
      .filter(({ ResourceId }) => ResourceId === input.ResourceId)
      .filter(({ NotScaledReasons }) => NotScaledReasons === undefined || input.IncludeNotScaledActivities === true)
      .sort((a, b) => Number(b.StartTime) - Number(a.StartTime));
    const page = pageOf(newestFirst, input, 50);
    return { ScalingActivities: page.items, NextToken: page.NextToken };
  });
  return { client, addActivity: (activity) => activities.push(activity) };
}
