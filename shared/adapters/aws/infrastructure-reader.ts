import type { ECSClient } from '@aws-sdk/client-ecs';
import type { RDSClient } from '@aws-sdk/client-rds';
import { resourceIdOf, type ScalableTargetId } from '../../domain/capacity.ts';
import type { CacheFacts, DatabaseFacts, DatabaseId, StorageOffer, TaskFacts } from '../../domain/infrastructure.ts';
import { NOT_ASKED, type Reading, seen, unseen } from '../../domain/reading.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { Clock, DatabaseOfferReader, InfrastructureReader } from '../../ports.ts';
import { type CacheClients, describeCache } from './cache-facts.ts';
import { describeDatabase, type Unclear } from './database-facts.ts';
import { orderableClasses, storageOffer } from './database-offers.ts';
import { unseenBecause } from './errors.ts';
import { readTaskFacts } from './task-facts.ts';

/** Amazon RDS, ElastiCache and ECS of one region. What AWS does not answer is unseen; it throws only bugs. */
export class AwsInfrastructureReader implements InfrastructureReader, DatabaseOfferReader {
  readonly #clients: CacheClients & { readonly ecs: ECSClient; readonly rds: RDSClient };
  readonly #clock: Clock;

  constructor(clients: CacheClients & { readonly ecs: ECSClient; readonly rds: RDSClient }, clock: Clock) {
    this.#clients = clients;
    this.#clock = clock;
  }

  readDatabase(database: DatabaseId): Promise<Reading<DatabaseFacts>> {
    return this.#read((now) => describeDatabase(this.#clients.rds, database, now));
  }

  readOrderableClasses(database: DatabaseId): Promise<Reading<readonly string[]>> {
    return this.#read(() => orderableClasses(this.#clients.rds, database));
  }

  readStorageOffer(database: DatabaseId): Promise<Reading<StorageOffer>> {
    return this.#read(() => storageOffer(this.#clients.rds, database));
  }

  readCache(replicationGroup: string): Promise<Reading<CacheFacts>> {
    return this.#read(() => describeCache(this.#clients, replicationGroup));
  }

  async readTasks(targets: readonly ScalableTargetId[]): Promise<readonly Reading<TaskFacts>[]> {
    const facts = await readTaskFacts(this.#clients.ecs, this.#clock, targets);
    return targets.map((target) => facts.get(resourceIdOf(target)) ?? NOT_ASKED);
  }

  async #read<Facts extends object>(describe: (now: EpochMs) => Promise<Facts | Unclear>): Promise<Reading<Facts>> {
    const at = this.#clock.now();
    try {
      const facts = await describe(at);
      return 'unclear' in facts ? unseen({ code: 'unreadable', detail: facts.unclear }) : seen(facts, at);
    } catch (error) {
      return unseenBecause(error);
    }
  }
}
