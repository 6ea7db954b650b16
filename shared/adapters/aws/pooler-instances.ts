import {
  DescribeTasksCommand,
  type DescribeTasksCommandOutput,
  type ECSClient,
  paginateListTasks,
  type Task,
} from '@aws-sdk/client-ecs';
import type { ScalableTargetId } from '../../domain/capacity.ts';
import type { PoolerInstance, PoolerInstances } from '../../domain/pooler.ts';
import { type Reading, seen } from '../../domain/reading.ts';
import type { PoolerDirectory } from '../../pooler-port.ts';
import type { Clock } from '../../ports.ts';
import { chunksOf, concurrently } from './concurrently.ts';
import { plainText, unseenBecause } from './errors.ts';

/** The most that DescribeTasks takes. */
const TASKS_PER_CALL = 100;
const CALLS_AT_ONCE = 3;

export interface EcsPoolersOptions {
  readonly ecs: ECSClient;
  readonly clock: Clock;
  /** The ECS service of the PgBouncer tasks. */
  readonly service: ScalableTargetId;
  readonly port: number;
}

/** PgBouncers that run as tasks of an ECS service, at the private address of each. */
export class EcsPoolers implements PoolerDirectory {
  readonly #options: EcsPoolersOptions;

  constructor(options: EcsPoolersOptions) {
    this.#options = options;
  }

  async find(): Promise<Reading<PoolerInstances>> {
    const { ecs, clock, service, port } = this.#options;
    const at = clock.now();
    try {
      const arns = await taskArns(ecs, service);
      const answers = await concurrently(chunksOf(arns, TASKS_PER_CALL), CALLS_AT_ONCE, (tasks) =>
        ecs.send(new DescribeTasksCommand({ cluster: service.cluster, tasks: [...tasks] })),
      );
      return seen(sorted(answers.flatMap((answer) => placesIn(answer, port))), at);
    } catch (error) {
      return unseenBecause(error);
    }
  }
}

async function taskArns(ecs: ECSClient, { cluster, service }: ScalableTargetId): Promise<readonly string[]> {
  const arns: string[] = [];
  const pages = paginateListTasks({ client: ecs }, { cluster, serviceName: service, desiredStatus: 'RUNNING' });
  for await (const { taskArns: page = [] } of pages) arns.push(...page);
  return arns;
}

type Place =
  | { readonly kind: 'instance'; readonly instance: PoolerInstance }
  | { readonly kind: 'left-out'; readonly id: string; readonly because: string };

function placesIn({ tasks = [], failures = [] }: DescribeTasksCommandOutput, port: number): readonly Place[] {
  const gone = failures.map(({ arn, reason }): Place => leftOut(idOf(arn), reason ?? 'no answer'));
  return [...tasks.map((task) => placeOf(task, port)), ...gone];
}

function placeOf(task: Task, port: number): Place {
  const id = idOf(task.taskArn);
  if (task.lastStatus !== 'RUNNING') return leftOut(id, task.lastStatus ?? 'no status');
  // UNKNOWN is what a task without a health check says of itself.
  if (task.healthStatus === 'UNHEALTHY') return leftOut(id, task.healthStatus);
  const host = addressOf(task);
  if (host === undefined) return leftOut(id, 'no private address of its own: its network mode is not awsvpc');
  const { availabilityZone = null } = task;
  return { kind: 'instance', instance: { id, host, port, availabilityZone } };
}

/** In a subnet of IPv6 alone there is no other, and only the containers say it. */
function addressOf({ attachments = [], containers = [] }: Task): string | undefined {
  const card = attachments.find(({ type, status }) => type === 'ElasticNetworkInterface' && status !== 'DELETED');
  if (card === undefined) return undefined;
  const ipv6 = containers.flatMap(({ networkInterfaces = [] }) =>
    networkInterfaces.flatMap((one) => one.ipv6Address ?? []),
  );
  return card.details?.find(({ name }) => name === 'privateIPv4Address')?.value ?? ipv6[0];
}

function leftOut(id: string, because: string): Place {
  return { kind: 'left-out', id, because: plainText(because) };
}

function idOf(arn: string | undefined): string {
  return arn?.split('/').at(-1) ?? 'unknown';
}

/** By availability zone, then by id: always the same order. */
function sorted(places: readonly Place[]): PoolerInstances {
  const instances = places.flatMap((place) => (place.kind === 'instance' ? [place.instance] : []));
  const others = places.flatMap((place) =>
    place.kind === 'left-out' ? [{ id: place.id, because: place.because }] : [],
  );
  const key = ({ availabilityZone, id }: PoolerInstance): string => `${availabilityZone ?? '~'} ${id}`;
  return {
    instances: instances.toSorted((a, b) => compare(key(a), key(b))),
    leftOut: others.toSorted((a, b) => compare(a.id, b.id)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
