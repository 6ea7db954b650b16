import { type DBCluster, ModifyDBClusterCommand, type RDSClient } from '@aws-sdk/client-rds';
import type { ChangeOf } from '../../domain/change.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { InfrastructureMover, Standing } from '../../infrastructure-port.ts';
import { acuOf, AVAILABLE, describeCluster, hasPendingChange } from './database-facts.ts';
import { attempt, refusalWhile } from './refusals.ts';

type Change = ChangeOf<'set-aurora-capacity'>;

/** The bounds between which Aurora Serverless v2 scales by itself. */
export class AuroraCapacity implements InfrastructureMover<Change> {
  readonly #rds: RDSClient;

  constructor(rds: RDSClient) {
    this.#rds = rds;
  }

  async look({ database }: Change): Promise<Standing<Change['to']> | FailureReason> {
    const cluster = await this.#find(database.identifier);
    if ('code' in cluster) return cluster;
    const acu = acuOf(cluster);
    if (acu === null) return { code: 'rejected', detail: `${database.identifier} is no Aurora Serverless v2` };
    return { size: { minAcu: acu.min, maxAcu: acu.max }, busy: busyWith(cluster) };
  }

  async move({ database, to }: Change): Promise<FailureReason | null> {
    const cluster = await this.#find(database.identifier);
    if ('code' in cluster) return cluster;
    const pause = cluster.ServerlessV2ScalingConfiguration?.SecondsUntilAutoPause;
    return attempt(`setting the capacity of ${database.identifier}`, () =>
      this.#rds.send(
        new ModifyDBClusterCommand({
          DBClusterIdentifier: database.identifier,
          ServerlessV2ScalingConfiguration: {
            MinCapacity: to.minAcu,
            MaxCapacity: to.maxAcu,
            // Only a cluster that may go down to nothing can pause.
            ...(to.minAcu === 0 && pause !== undefined ? { SecondsUntilAutoPause: pause } : {}),
          },
          ApplyImmediately: true,
        }),
      ),
    );
  }

  async #find(identifier: string): Promise<DBCluster | FailureReason> {
    try {
      const cluster = await describeCluster(this.#rds, identifier);
      return 'unclear' in cluster ? { code: 'not-found', detail: cluster.unclear } : cluster;
    } catch (error) {
      return refusalWhile(`looking at ${identifier}`, error);
    }
  }
}

/** `ApplyImmediately` would apply as well what somebody else has put off to the maintenance window. */
function busyWith(cluster: DBCluster): string | null {
  if (cluster.Status !== AVAILABLE) return `the cluster is ${cluster.Status ?? 'of no status'}`;
  return hasPendingChange(cluster) ? 'another modification waits for the maintenance window' : null;
}
