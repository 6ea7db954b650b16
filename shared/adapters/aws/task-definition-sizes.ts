import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type Service,
  type Tag,
  type TaskDefinition,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';
import { type DurableSizes, POOLER_SIZES, type PoolerSizes } from '../../domain/pooler.ts';
import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { Percent } from '../../domain/units.ts';
import type { DurablePoolSizes } from '../../pooler-port.ts';
import type { Clock } from '../../ports.ts';
import { deploymentOf } from './ecs-services.ts';
import { failureWhile, unseenBecause } from './errors.ts';
import { sizeIn, type SizeNames } from './size-names.ts';
import { attempt } from './refusals.ts';
import { revisionOf } from './task-definition-revision.ts';

export interface TaskDefinitionSizesOptions {
  readonly ecs: ECSClient;
  readonly clock: Clock;
  /** The ECS service of the PgBouncer tasks. */
  readonly service: ScalableTargetId;
  readonly container: string;
  /** Environment variables. */
  readonly names: SizeNames;
}

interface Standing {
  readonly service: Service;
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** Of a service that says nothing else (API reference of Amazon ECS, DeploymentConfiguration). */
const MOST_TASKS_PERCENT: Percent = 200;

/** Sizes in the environment of the container, in the task definition that the service runs. */
export class TaskDefinitionSizes implements DurablePoolSizes {
  readonly #options: TaskDefinitionSizesOptions;

  constructor(options: TaskDefinitionSizesOptions) {
    this.#options = options;
  }

  async read(): Promise<Reading<DurableSizes>> {
    try {
      const at = this.#options.clock.now();
      const standing = await this.#standing();
      if ('code' in standing) return unseen({ code: 'unreadable', detail: standing.detail });
      const sizes = this.#sizesIn(standing.definition);
      if ('detail' in sizes) return unseen({ code: 'unreadable', detail: sizes.detail });
      const { family = '', revision = 0 } = standing.definition;
      const { maximumPercent: mostTasksPercent = MOST_TASKS_PERCENT } = standing.service.deploymentConfiguration ?? {};
      const rollout = deploymentOf(standing.service);
      return seen({ sizes, revision: `${family}:${revision}`, rollout, mostTasksPercent }, at);
    } catch (error) {
      return unseenBecause(error);
    }
  }

  /** A new revision that differs in these variables alone, and the service rolled over to it. */
  async write(to: Partial<PoolerSizes>): Promise<FailureReason | null> {
    const { ecs, service, names } = this.#options;
    const doing = `making pool sizes durable in ${resourceIdOf(service)}`;
    const standing = await this.#standing().catch((error: unknown) => {
      throw failureWhile(doing, error);
    });
    if ('code' in standing) return standing;
    if (standing.service.deploymentConfiguration?.deploymentCircuitBreaker?.enable !== true) {
      // Nobody would bring the old revision back if PgBouncer did not start with the new one.
      const detail = `${resourceIdOf(service)} has no deployment circuit breaker: switch it on first`;
      return { code: 'rejected', detail };
    }
    const input = revisionOf(standing, (container) =>
      container.name === this.#options.container ? withVariables(container, names, to) : container,
    );
    return attempt(doing, async () => {
      const registered = await ecs.send(new RegisterTaskDefinitionCommand(input));
      const taskDefinition = registered.taskDefinition?.taskDefinitionArn;
      if (taskDefinition === undefined) throw new Error(`${doing}: Amazon ECS named no new revision`);
      await ecs.send(new UpdateServiceCommand({ cluster: service.cluster, service: service.service, taskDefinition }));
    });
  }

  async #standing(): Promise<Standing | Extract<FailureReason, { code: 'not-found' }>> {
    const { ecs, service: target } = this.#options;
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: target.cluster, services: [target.service] }),
    );
    const service = services.find(({ serviceName, status }) => serviceName === target.service && status !== 'INACTIVE');
    const taskDefinition = service?.taskDefinition;
    if (service === undefined || taskDefinition === undefined) {
      return { code: 'not-found', detail: `Amazon ECS has no ${resourceIdOf(target)} with a task definition` };
    }
    const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
    if (answer.taskDefinition === undefined) {
      return { code: 'not-found', detail: `there is no task definition ${taskDefinition}` };
    }
    return { service, definition: answer.taskDefinition, tags: answer.tags ?? [] };
  }

  #sizesIn({ containerDefinitions = [] }: TaskDefinition): DurableSizes['sizes'] | { readonly detail: string } {
    const { container: name, names } = this.#options;
    const container = containerDefinitions.find((one) => one.name === name);
    if (container === undefined) return { detail: `the task definition has no container ${name}` };
    const variables = new Map(container.environment?.map((variable) => [variable.name, variable.value]));
    return sizeIn(names, (variable) => variables.get(variable), `the container ${name}`);
  }
}

function withVariables(
  container: ContainerDefinition,
  names: SizeNames,
  to: Partial<PoolerSizes>,
): ContainerDefinition {
  const values = new Map(
    POOLER_SIZES.flatMap((size): [string, string][] => {
      const [name, value] = [names[size], to[size]];
      return name === undefined || value === undefined ? [] : [[name, String(value)]];
    }),
  );
  return {
    ...container,
    environment: (container.environment ?? []).map((variable) => ({
      ...variable,
      value: values.get(variable.name ?? '') ?? variable.value,
    })),
  };
}
