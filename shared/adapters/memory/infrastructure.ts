import { DATABASE_CLASSES } from '../../capacity/database-classes.ts';
import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';
import type { ChangeOf } from '../../domain/change.ts';
import type {
  CacheFacts,
  DatabaseFacts,
  DatabaseId,
  StorageOffer,
  TaskFacts,
  TaskSize,
} from '../../domain/infrastructure.ts';
import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { InfrastructureMover, LiveChange, Standing } from '../../infrastructure-port.ts';
import type { Clock, DatabaseOfferReader, InfrastructureReader } from '../../ports.ts';
import type { MemoryWorld } from './world.ts';

export type Movers = { readonly [Kind in LiveChange['kind']]: InfrastructureMover<ChangeOf<Kind>> };

interface OfDatabase<Size> {
  readonly database: DatabaseId;
  readonly to: Size;
}

interface OfCache<Size> {
  readonly replicationGroup: string;
  readonly to: Size;
}

interface DatabaseMove<Size> {
  readonly sizeOf: (facts: DatabaseFacts) => Size | null;
  readonly changed: (to: Size, facts: DatabaseFacts) => Partial<DatabaseFacts>;
}

/** What a database may become. */
export interface DatabaseOffers {
  readonly classes: readonly string[];
  readonly storage: StorageOffer;
}

const EVERYTHING: DatabaseOffers = {
  classes: DATABASE_CLASSES.map(({ name }) => name),
  storage: { allocatedGiB: [], iops: [], iopsPerGiB: [], throughputMibps: [], mibpsPerIops: [], autoscales: true },
};

const AVAILABLE = 'available';
const MODIFYING = 'modifying';

/**
 * Databases, caches and task definitions of a region in memory. A change is at work until `settle` says that it is done, as
 * in AWS; the tasks of a service can come back to what they were instead.
 */
export class MemoryInfrastructure implements InfrastructureReader, DatabaseOfferReader {
  readonly #world: MemoryWorld;
  readonly #clock: Clock;
  readonly #databases = new Map<string, DatabaseFacts>();
  readonly #offers = new Map<string, DatabaseOffers>();
  readonly #caches = new Map<string, CacheFacts>();
  readonly #tasks = new Map<string, TaskFacts>();
  readonly #before = new Map<string, TaskFacts>();
  readonly #targets = new Map<string, ScalableTargetId>();

  constructor(world: MemoryWorld, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  putDatabase({ identifier }: Pick<DatabaseId, 'identifier'>, facts: DatabaseFacts): void {
    this.#databases.set(identifier, facts);
  }

  /** Until then it may become everything that is known. */
  putOffers({ identifier }: Pick<DatabaseId, 'identifier'>, offers: DatabaseOffers): void {
    this.#offers.set(identifier, offers);
  }

  putCache(replicationGroup: string, facts: CacheFacts): void {
    this.#caches.set(replicationGroup, facts);
  }

  /** The service itself has to be in the world. */
  putTasks(target: ScalableTargetId, facts: TaskFacts): void {
    this.#tasks.set(resourceIdOf(target), facts);
    this.#targets.set(resourceIdOf(target), target);
  }

  /** All that is at work is done. */
  settle(): void {
    for (const [name, facts] of this.#databases) this.#databases.set(name, { ...facts, status: AVAILABLE });
    for (const [name, facts] of this.#caches) this.#caches.set(name, { ...facts, status: AVAILABLE });
    for (const target of this.#targets.values()) this.#deploy(target, 'none');
  }

  /** The deployment circuit breaker brings the revision before back. */
  rollBack(target: ScalableTargetId): void {
    const before = this.#before.get(resourceIdOf(target));
    if (before !== undefined) this.#tasks.set(resourceIdOf(target), before);
    this.#deploy(target, 'none');
  }

  readDatabase({ identifier }: DatabaseId): Promise<Reading<DatabaseFacts>> {
    return this.#read(this.#databases.get(identifier), `database ${identifier}`);
  }

  readOrderableClasses(database: DatabaseId): Promise<Reading<readonly string[]>> {
    return this.#read(this.#offersOf(database)?.classes, `database ${database.identifier}`);
  }

  readStorageOffer(database: DatabaseId): Promise<Reading<StorageOffer>> {
    return this.#read(this.#offersOf(database)?.storage, `database ${database.identifier}`);
  }

  readCache(replicationGroup: string): Promise<Reading<CacheFacts>> {
    return this.#read(this.#caches.get(replicationGroup), `replication group ${replicationGroup}`);
  }

  readTasks(targets: readonly ScalableTargetId[]): Promise<readonly Reading<TaskFacts>[]> {
    return Promise.all(
      targets.map((target) => this.#read(this.#tasks.get(resourceIdOf(target)), `ECS service ${resourceIdOf(target)}`)),
    );
  }

  readonly movers: Movers = {
    'resize-task': {
      look: ({ service, family }) => Promise.resolve(this.#lookAtTasks(service, family)),
      move: ({ service, to }) => Promise.resolve(this.#resize(service, to)),
    },
    'set-aurora-capacity': this.#databaseMover<ChangeOf<'set-aurora-capacity'>['to']>({
      sizeOf: ({ acu }) => (acu === null ? null : { minAcu: acu.min, maxAcu: acu.max }),
      changed: ({ minAcu, maxAcu }) => ({ acu: { min: minAcu, max: maxAcu } }),
    }),
    'set-read-replicas': this.#databaseMover<ChangeOf<'set-read-replicas'>['to']>({
      sizeOf: ({ replicas }) => ({ replicas: replicas.length }),
      changed: ({ replicas }) => ({ replicas: Array.from({ length: replicas }, (_, index) => `reader-${index + 1}`) }),
    }),
    'set-storage-ceiling': this.#databaseMover<ChangeOf<'set-storage-ceiling'>['to']>({
      sizeOf: ({ storage }) => (storage === null ? null : { maxAllocatedGiB: storage.maxAllocatedGiB }),
      changed: ({ maxAllocatedGiB }, { storage }) => ({ storage: storage && { ...storage, maxAllocatedGiB } }),
    }),
    'change-database-class': this.#databaseMover<ChangeOf<'change-database-class'>['to']>({
      sizeOf: ({ instanceClass }) => ({ instanceClass }),
      changed: ({ instanceClass }) => ({ instanceClass, changedAt: this.#clock.now() }),
    }),
    'set-cache-shape': this.#cacheMover(({ shards, replicasPerShard }) => ({
      shards,
      replicasPerShard,
    })),
    'change-cache-node-type': this.#cacheMover(({ nodeType }) => ({ nodeType })),
  };

  #offersOf({ identifier }: DatabaseId): DatabaseOffers | undefined {
    return this.#databases.has(identifier) ? (this.#offers.get(identifier) ?? EVERYTHING) : undefined;
  }

  #databaseMover<Size>({ sizeOf, changed }: DatabaseMove<Size>) {
    return {
      look: ({ database }: OfDatabase<Size>): Promise<Standing<Size> | FailureReason> => {
        const facts = this.#databases.get(database.identifier);
        if (facts === undefined) return refuse(`there is no database ${database.identifier}`);
        const size = sizeOf(facts);
        return size === null ? refuse(`${database.identifier} has no such thing`) : standing(size, facts);
      },
      move: ({ database, to }: OfDatabase<Size>): Promise<FailureReason | null> => {
        const facts = this.#databases.get(database.identifier);
        if (facts === undefined) return refuse(`there is no database ${database.identifier}`);
        this.#databases.set(database.identifier, { ...facts, ...changed(to, facts), status: MODIFYING });
        return Promise.resolve(null);
      },
    };
  }

  #cacheMover<Size extends Partial<CacheFacts>>(sizeOf: (facts: CacheFacts) => Size) {
    return {
      look: ({ replicationGroup }: OfCache<Size>): Promise<Standing<Size> | FailureReason> => {
        const facts = this.#caches.get(replicationGroup);
        if (facts === undefined) return refuse(`there is no replication group ${replicationGroup}`);
        return standing(sizeOf(facts), facts);
      },
      move: ({ replicationGroup, to }: OfCache<Size>): Promise<FailureReason | null> => {
        const facts = this.#caches.get(replicationGroup);
        if (facts === undefined) return refuse(`there is no replication group ${replicationGroup}`);
        this.#caches.set(replicationGroup, { ...facts, ...to, status: MODIFYING });
        return Promise.resolve(null);
      },
    };
  }

  #lookAtTasks(target: ScalableTargetId, family: string): Standing<TaskSize> | FailureReason {
    const facts = this.#tasks.get(resourceIdOf(target));
    if (facts === undefined) return { code: 'not-found', detail: `there is no ECS service ${resourceIdOf(target)}` };
    if (!facts.hasCircuitBreaker) return { code: 'rejected', detail: 'no deployment circuit breaker that rolls back' };
    const isDeploying = this.#world.service(target).facts?.deployment === 'in-progress';
    const busy = facts.family !== family ? 'another task definition' : isDeploying ? 'a deployment' : null;
    return { size: facts.size, busy };
  }

  #resize(target: ScalableTargetId, to: TaskSize): FailureReason | null {
    const facts = this.#tasks.get(resourceIdOf(target));
    if (facts === undefined) return { code: 'not-found', detail: `there is no ECS service ${resourceIdOf(target)}` };
    this.#before.set(resourceIdOf(target), facts);
    this.#tasks.set(resourceIdOf(target), { ...facts, size: to, revision: facts.revision + 1, outOfMemory: 0 });
    this.#deploy(target, 'in-progress');
    return null;
  }

  #deploy(target: ScalableTargetId, deployment: 'none' | 'in-progress'): void {
    const { facts } = this.#world.service(target);
    if (facts !== null) this.#world.put(target, { facts: { ...facts, deployment } });
  }

  #read<Facts>(facts: Facts | undefined, what: string): Promise<Reading<Facts>> {
    return Promise.resolve(
      facts === undefined
        ? unseen({ code: 'unreadable', detail: `there is no ${what}` })
        : seen(facts, this.#clock.now()),
    );
  }
}

function refuse(detail: string): Promise<FailureReason> {
  return Promise.resolve({ code: 'not-found', detail });
}

function standing<Size>(size: Size, { status }: { readonly status: string }): Promise<Standing<Size>> {
  return Promise.resolve({ size, busy: status === AVAILABLE ? null : `it is ${status}` });
}
