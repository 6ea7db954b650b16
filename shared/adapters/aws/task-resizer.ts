import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Tag,
  type TaskDefinition,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';
import type { ChangeOf } from '../../domain/change.ts';
import type { TaskSize } from '../../domain/infrastructure.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { InfrastructureMover, Standing } from '../../infrastructure-port.ts';
import { deploymentOf } from './ecs-services.ts';
import { attempt, refusalWhile } from './refusals.ts';
import { isRolledBackByEcs, serviceIn, sizeOf } from './task-facts.ts';
import { revisionOf } from './task-definition-revision.ts';

type Change = ChangeOf<'resize-task'>;

interface Found {
  readonly service: Service;
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
  readonly size: TaskSize;
}

/** Gives the tasks of a service another size: a new revision of their task definition, rolled out by ECS. */
export class TaskResizer implements InfrastructureMover<Change> {
  readonly #ecs: ECSClient;

  constructor(ecs: ECSClient) {
    this.#ecs = ecs;
  }

  async look(change: Change): Promise<Standing<TaskSize> | FailureReason> {
    const found = await this.#find(change.service);
    if ('code' in found) return found;
    return { size: found.size, busy: busyWith(found, change) };
  }

  async move(change: Change): Promise<FailureReason | null> {
    const doing = `resizing the tasks of ${resourceIdOf(change.service)}`;
    const found = await this.#find(change.service);
    if ('code' in found) return found;
    const input = resizedRevision(found, change.to);
    return attempt(doing, async () => {
      const registered = await this.#ecs.send(new RegisterTaskDefinitionCommand(input));
      const taskDefinition = registered.taskDefinition?.taskDefinitionArn;
      if (taskDefinition === undefined) throw new Error(`${doing}: Amazon ECS named no new revision`);
      const { cluster, service } = change.service;
      await this.#ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
    });
  }

  async #find(target: ScalableTargetId): Promise<Found | FailureReason> {
    try {
      const described = await this.#ecs.send(
        new DescribeServicesCommand({ cluster: target.cluster, services: [target.service] }),
      );
      const service = serviceIn(described, target);
      if ('unclear' in service) return { code: 'not-found', detail: service.unclear };
      const objection = objectionTo(service);
      if (objection !== null) return { code: 'rejected', detail: `${resourceIdOf(target)}: ${objection}` };
      const { taskDefinition: definition, tags = [] } = await this.#ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition, include: ['TAGS'] }),
      );
      if (definition === undefined) return { code: 'not-found', detail: 'the task definition of the service is gone' };
      const size = sizeOf(definition);
      return 'unclear' in size ? { code: 'rejected', detail: size.unclear } : { service, definition, tags, size };
    } catch (error) {
      return refusalWhile(`looking at the tasks of ${resourceIdOf(target)}`, error);
    }
  }
}

/** Why the tasks of a service are never replaced by us. */
function objectionTo(service: Service): string | null {
  if ((service.deploymentController?.type ?? 'ECS') !== 'ECS' || service.taskDefinition === undefined) {
    return 'its deployments are not made by Amazon ECS itself';
  }
  // Nobody would bring the old size back if the tasks did not start with the new one.
  if (!isRolledBackByEcs(service)) return 'it has no deployment circuit breaker that rolls back: switch it on first';
  return null;
}

function busyWith({ service, definition }: Found, { family }: Change): string | null {
  if (definition.family !== family) return `it runs the task definition ${definition.family ?? 'of no name'} by now`;
  return deploymentOf(service) === 'in-progress' ? 'a deployment is in progress' : null;
}

/**
 * The whole task gets the new size. A container that was given the whole of the old task gets the whole of the new one;
 * others keep their share, because only their owner knows what they need.
 */
function resizedRevision(found: Found, to: TaskSize): RegisterTaskDefinitionCommandInput {
  const from = found.size;
  const resized = (container: ContainerDefinition): ContainerDefinition => ({
    ...container,
    ...(container.cpu === from.cpuUnits ? { cpu: to.cpuUnits } : {}),
    ...(container.memory === from.memoryMiB ? { memory: to.memoryMiB } : {}),
    ...(container.memoryReservation === from.memoryMiB ? { memoryReservation: to.memoryMiB } : {}),
  });
  return { ...revisionOf(found, resized), cpu: String(to.cpuUnits), memory: String(to.memoryMiB) };
}
