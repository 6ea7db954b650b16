import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { type DBCluster, type RDSClient } from '@aws-sdk/client-rds';
import type { ChangeOf } from '../../domain/change.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { InfrastructureMover, Standing } from '../../infrastructure-port.ts';
import { AVAILABLE, describeCluster, readersOf } from './database-facts.ts';
import { attempt, refusalWhile } from './refusals.ts';

type Change = ChangeOf<'set-read-replicas'>;

export interface AuroraReplicasClients {
  readonly rds: RDSClient;
  readonly autoScaling: ApplicationAutoScalingClient;
}

/** How Application Auto Scaling names the replicas of Aurora clusters. */
const AURORA_TARGET = { ServiceNamespace: 'rds', ScalableDimension: 'rds:cluster:ReadReplicaCount' } as const;

/**
 * Replicas of an Aurora cluster, made by Application Auto Scaling: the least number of its scalable target is raised. Its
 * most is raised along where it would be below, and never lowered.
 */
export class AuroraReplicas implements InfrastructureMover<Change> {
  readonly #clients: AuroraReplicasClients;

  constructor(clients: AuroraReplicasClients) {
    this.#clients = clients;
  }

  async look(change: Change): Promise<Standing<Change['to']> | FailureReason> {
    const { kind, identifier } = change.database;
    const objection = objectionTo(change);
    if (objection !== null) return { code: 'rejected', detail: `${identifier}: ${objection}` };
    try {
      const [cluster, target] = await Promise.all([
        describeCluster(this.#clients.rds, identifier),
        this.#target(identifier),
      ]);
      if ('unclear' in cluster) return { code: 'not-found', detail: `${kind}: ${cluster.unclear}` };
      // What has been asked for and is still being made counts as there.
      const replicas = Math.max(readersOf(cluster).length, target?.MinCapacity ?? 0);
      return { size: { replicas }, busy: busyWith(cluster) };
    } catch (error) {
      return refusalWhile(`looking at the replicas of ${identifier}`, error);
    }
  }

  async move({ database: { identifier }, to }: Change): Promise<FailureReason | null> {
    return attempt(`setting the replicas of ${identifier}`, async () => {
      const target = await this.#target(identifier);
      await this.#clients.autoScaling.send(
        new RegisterScalableTargetCommand({
          ...AURORA_TARGET,
          ResourceId: `cluster:${identifier}`,
          MinCapacity: to.replicas,
          MaxCapacity: Math.max(to.replicas, target?.MaxCapacity ?? 0),
        }),
      );
    });
  }

  async #target(identifier: string): Promise<ScalableTarget | undefined> {
    const { ScalableTargets: [found] = [] } = await this.#clients.autoScaling.send(
      new DescribeScalableTargetsCommand({ ...AURORA_TARGET, ResourceIds: [`cluster:${identifier}`] }),
    );
    return found;
  }
}

function objectionTo({ database, from, to }: Change): string | null {
  if (database.kind !== 'aurora-cluster') return 'replicas of a DB instance are made by a pull request';
  // Application Auto Scaling removes only what it has made.
  return to.replicas < from.replicas ? 'replicas are taken away by a pull request' : null;
}

function busyWith({ Status }: DBCluster): string | null {
  return Status === AVAILABLE ? null : `the cluster is ${Status ?? 'of no status'}`;
}
