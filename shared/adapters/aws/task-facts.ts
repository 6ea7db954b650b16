import {
  DescribeServicesCommand,
  type DescribeServicesCommandOutput,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListTasks,
  type Service,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';
import type { TaskFacts, TaskSize } from '../../domain/infrastructure.ts';
import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { Tasks } from '../../domain/units.ts';
import type { Clock } from '../../ports.ts';
import { chunksOf, concurrently } from './concurrently.ts';
import type { Unclear } from './database-facts.ts';
import { plainText, unseenBecause } from './errors.ts';
import { unique } from './ecs-services.ts';

/** The most that DescribeServices takes; all of one call are of one cluster. */
const SERVICES_PER_CALL = 10;
/** The most that DescribeTasks takes. */
const TASKS_PER_CALL = 100;
const CALLS_AT_ONCE = 3;

/** Facts by resource id. A call that fails blinds only the services that it asked for. */
export async function readTaskFacts(
  ecs: ECSClient,
  clock: Clock,
  targets: readonly ScalableTargetId[],
): Promise<ReadonlyMap<string, Reading<TaskFacts>>> {
  const byCluster = Map.groupBy(unique(targets), ({ cluster }) => cluster);
  const calls = [...byCluster.values()].flatMap((group) => chunksOf(group, SERVICES_PER_CALL));
  const answers = await concurrently(calls, 1, (group) => readGroup(ecs, clock, group));
  return new Map(answers.flat());
}

type Answer = readonly [resourceId: string, facts: Reading<TaskFacts>];

async function readGroup(ecs: ECSClient, clock: Clock, group: readonly ScalableTargetId[]): Promise<readonly Answer[]> {
  let described: DescribeServicesCommandOutput;
  try {
    described = await ecs.send(
      new DescribeServicesCommand({ cluster: group[0]?.cluster, services: group.map(({ service }) => service) }),
    );
  } catch (error) {
    const blind = unseenBecause(error);
    return group.map((target) => [resourceIdOf(target), blind] as const);
  }
  return concurrently(group, CALLS_AT_ONCE, async (target): Promise<Answer> => {
    return [resourceIdOf(target), await readOne(ecs, clock, target, described)];
  });
}

async function readOne(
  ecs: ECSClient,
  clock: Clock,
  target: ScalableTargetId,
  described: DescribeServicesCommandOutput,
): Promise<Reading<TaskFacts>> {
  const at = clock.now();
  try {
    const service = serviceIn(described, target);
    if ('unclear' in service) return unseen({ code: 'unreadable', detail: service.unclear });
    const definition = await describeDefinition(ecs, service);
    const size = 'unclear' in definition ? definition : sizeOf(definition);
    if ('unclear' in definition) return unseen({ code: 'unreadable', detail: definition.unclear });
    if ('unclear' in size) return unseen({ code: 'invalid', value: size.unclear });
    const { family = '', revision = 0, taskDefinitionArn, runtimePlatform } = definition;
    const facts: TaskFacts = {
      family,
      revision,
      size,
      architecture: runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      hasCircuitBreaker: isRolledBackByEcs(service),
      outOfMemory: await countOutOfMemory(ecs, target, taskDefinitionArn),
    };
    return seen(facts, at);
  } catch (error) {
    return unseenBecause(error);
  }
}

export function serviceIn(
  { services = [], failures = [] }: DescribeServicesCommandOutput,
  target: ScalableTargetId,
): Service | Unclear {
  const service = services.find(({ serviceName }) => serviceName === target.service);
  if (service !== undefined && service.status !== 'INACTIVE') return service;
  const failure = failures.find(({ arn }) => arn?.split('/').at(-1) === target.service);
  const why = plainText(service?.status ?? failure?.reason ?? 'no answer');
  return { unclear: `there is no ECS service ${resourceIdOf(target)} (${why})` };
}

async function describeDefinition(ecs: ECSClient, service: Service): Promise<TaskDefinition | Unclear> {
  const { taskDefinition } = service;
  // Services of CodeDeploy and of external controllers keep it in their task sets, and are none that we could roll.
  if (taskDefinition === undefined) return { unclear: 'the service names no task definition of its own' };
  const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  return answer.taskDefinition ?? { unclear: `there is no task definition ${plainText(taskDefinition)}` };
}

/** On Fargate both stand at the task, as numbers in text: CPU units and MiB (Amazon ECS API reference, TaskDefinition). */
export function sizeOf({ cpu, memory }: TaskDefinition): TaskSize | Unclear {
  const size = { cpuUnits: Number(cpu ?? NaN), memoryMiB: Number(memory ?? NaN) };
  return Number.isInteger(size.cpuUnits) && Number.isInteger(size.memoryMiB)
    ? size
    : { unclear: plainText(`cpu ${cpu ?? 'none'}, memory ${memory ?? 'none'}`) };
}

/** A circuit breaker that does not roll back leaves a service with too few tasks. */
export function isRolledBackByEcs({ deploymentConfiguration }: Service): boolean {
  const { enable, rollback } = deploymentConfiguration?.deploymentCircuitBreaker ?? {};
  return enable === true && rollback === true;
}

/**
 * Stopped tasks of the present revision that ran out of memory: those of an earlier one say nothing about its size. ECS
 * shows a stopped task for about an hour.
 */
async function countOutOfMemory(
  ecs: ECSClient,
  { cluster, service }: ScalableTargetId,
  taskDefinitionArn: string | undefined,
): Promise<Tasks> {
  const arns: string[] = [];
  const pages = paginateListTasks({ client: ecs }, { cluster, serviceName: service, desiredStatus: 'STOPPED' });
  for await (const { taskArns = [] } of pages) arns.push(...taskArns);
  const answers = await concurrently(chunksOf(arns, TASKS_PER_CALL), CALLS_AT_ONCE, (tasks) =>
    ecs.send(new DescribeTasksCommand({ cluster, tasks: [...tasks] })),
  );
  return answers
    .flatMap(({ tasks = [] }) => tasks)
    .filter((task) => task.taskDefinitionArn === taskDefinitionArn && isOutOfMemory(task)).length;
}

/** “OutOfMemoryError: Container killed due to memory usage” stands at the container (Amazon ECS guide, stopped tasks). */
function isOutOfMemory({ stoppedReason = '', containers = [] }: Task): boolean {
  return [stoppedReason, ...containers.map(({ reason = '' }) => reason)].some((text) => /OutOfMemory/i.test(text));
}
