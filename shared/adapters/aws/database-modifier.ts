import {
  type DBInstance,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { ChangeOf } from '../../domain/change.ts';
import type { DatabaseId } from '../../domain/infrastructure.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { InfrastructureMover, Standing } from '../../infrastructure-port.ts';
import { AVAILABLE, describeInstance, hasPendingChange } from './database-facts.ts';
import { attempt, refusalWhile } from './refusals.ts';

/** What all changes of a DB instance have. */
interface Modified<Size> {
  readonly database: DatabaseId;
  readonly to: Size;
}

/** One way of changing a DB instance by ModifyDBInstance. */
interface Modification<Size> {
  readonly sizeOf: (instance: DBInstance) => Size | null;
  /** `null`: this is never asked of AWS. */
  readonly inputOf: (to: Size) => Omit<ModifyDBInstanceCommandInput, 'DBInstanceIdentifier'> | null;
  readonly busyWith: (instance: DBInstance) => string | null;
}

/** Changes an RDS DB instance in one way. */
class DatabaseModifier<Size> {
  readonly #rds: RDSClient;
  readonly #modification: Modification<Size>;

  constructor(rds: RDSClient, modification: Modification<Size>) {
    this.#rds = rds;
    this.#modification = modification;
  }

  async look({ database }: Modified<Size>): Promise<Standing<Size> | FailureReason> {
    const instance = await this.#find(database);
    if ('code' in instance) return instance;
    const size = this.#modification.sizeOf(instance);
    if (size === null) return { code: 'rejected', detail: `Amazon RDS does not say what ${database.identifier} has` };
    return { size, busy: this.#modification.busyWith(instance) };
  }

  move({ database, to }: Modified<Size>): Promise<FailureReason | null> {
    const input = this.#modification.inputOf(to);
    if (input === null) {
      return Promise.resolve({ code: 'rejected', detail: 'a storage ceiling is raised by us, never taken away' });
    }
    return attempt(`modifying ${database.identifier}`, () =>
      this.#rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: database.identifier, ...input })),
    );
  }

  async #find({ kind, identifier }: DatabaseId): Promise<DBInstance | FailureReason> {
    if (kind !== 'rds-instance') {
      return { code: 'rejected', detail: `${identifier} is an Aurora cluster, and this is for DB instances` };
    }
    try {
      const instance = await describeInstance(this.#rds, identifier);
      return 'unclear' in instance ? { code: 'not-found', detail: instance.unclear } : instance;
    } catch (error) {
      return refusalWhile(`looking at ${identifier}`, error);
    }
  }
}

/**
 * The most that storage autoscaling may grow to. It takes effect at once whatever `ApplyImmediately` says, which is left
 * out so that nothing of others is applied along (Amazon RDS guide, “Settings for DB instances”).
 */
export const storageCeiling = (rds: RDSClient): InfrastructureMover<ChangeOf<'set-storage-ceiling'>> =>
  new DatabaseModifier<ChangeOf<'set-storage-ceiling'>['to']>(rds, {
    sizeOf: ({ MaxAllocatedStorage }) => ({ maxAllocatedGiB: MaxAllocatedStorage ?? null }),
    inputOf: ({ maxAllocatedGiB }) =>
      maxAllocatedGiB === null ? null : { MaxAllocatedStorage: maxAllocatedGiB, ApplyImmediately: false },
    busyWith: ({ DBInstanceStatus: status }) =>
      READY.has(status ?? '') ? null : `the instance is ${status ?? 'of no status'}`,
  });

/**
 * While storage is optimized everything but the storage itself may be changed, and a full storage is what a higher ceiling
 * is for (Amazon RDS guide, “Managing capacity automatically with Amazon RDS storage autoscaling”).
 */
const READY: ReadonlySet<string> = new Set([AVAILABLE, 'storage-optimization', 'storage-full']);

/** Another class: a failover, or a short outage without a standby. */
export const databaseClass = (rds: RDSClient): InfrastructureMover<ChangeOf<'change-database-class'>> =>
  new DatabaseModifier<ChangeOf<'change-database-class'>['to']>(rds, {
    sizeOf: ({ DBInstanceClass }) => (DBInstanceClass === undefined ? null : { instanceClass: DBInstanceClass }),
    inputOf: ({ instanceClass }) => ({ DBInstanceClass: instanceClass, ApplyImmediately: true }),
    busyWith: busyUnlessQuiet,
  });

function busyUnlessQuiet(instance: DBInstance): string | null {
  if (instance.DBInstanceStatus !== AVAILABLE) return `the instance is ${instance.DBInstanceStatus ?? 'of no status'}`;
  // `ApplyImmediately` would apply it as well.
  return hasPendingChange(instance) ? 'another modification waits for the maintenance window' : null;
}
