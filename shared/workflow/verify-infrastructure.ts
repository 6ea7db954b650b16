import type { FleetPolicy } from '../config/policy.ts';
import { assertNever } from '../domain/assert-never.ts';
import { resourceIdOf } from '../domain/capacity.ts';
import type { ChangeOf, InfrastructureChange } from '../domain/change.ts';
import { ofWhatWasAsked } from '../domain/grown.ts';
import type { CacheFacts, DatabaseFacts, TaskFacts } from '../domain/infrastructure.ts';
import type { Reading } from '../domain/reading.ts';
import type { Difference, VerifyReason } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import { resourceOf } from '../levers/resources.ts';

/** What came of a change of infrastructure. */
export type InfrastructureVerdict =
  /** It is still on its way, or cannot be seen now. */
  { readonly kind: 'wait' } | { readonly kind: 'verify' | 'rolled-back'; readonly because: VerifyReason };

const WAIT: InfrastructureVerdict = { kind: 'wait' };
const AVAILABLE = 'available';
const SETTLED: ReadonlySet<string> = new Set([AVAILABLE, 'storage-optimization', 'storage-full']);

type Fields = Readonly<Record<string, string | number | null>>;

/** Compares what a change wanted with what stands in a later look at the infrastructure. */
export function verifyInfrastructure(
  change: InfrastructureChange,
  { services }: Pick<FleetPolicy, 'services'>,
  snapshot: Pick<FleetSnapshot, 'infrastructure' | 'services'>,
): InfrastructureVerdict {
  const { infrastructure } = snapshot;
  if (infrastructure === null) return WAIT;
  switch (change.kind) {
    case 'resize-task': {
      const name = services.find((service) => resourceOf(service) === resourceIdOf(change.service))?.name ?? '';
      return verifyTasks(change, infrastructure.tasks[name], snapshot.services[name]);
    }
    case 'change-cache-node-type':
    case 'set-cache-shape':
      return verifyCache(change, infrastructure.cache);
    case 'set-pod-ceiling':
    case 'set-own-pool-size':
      // Made by pull requests alone, which are looked after elsewhere.
      return WAIT;
    case 'change-database-class':
    case 'set-read-replicas':
    case 'set-storage-ceiling':
    case 'provision-storage':
    case 'set-aurora-capacity':
      return verifyDatabase(change, infrastructure.database);
    default:
      return assertNever(change);
  }
}

function verifyTasks(
  { from, to }: ChangeOf<'resize-task'>,
  tasks: Reading<TaskFacts> | undefined,
  service: FleetSnapshot['services'][string] | undefined,
): InfrastructureVerdict {
  if (tasks?.kind !== 'seen' || service?.facts.kind !== 'seen') return WAIT;
  // While tasks are replaced ECS may still take all of it back.
  if (service.facts.value.deployment === 'in-progress') return WAIT;
  const { size, hasCircuitBreaker } = tasks.value;
  const differences = differencesOf(size, to);
  if (differences.length === 0) return { kind: 'verify', because: { code: 'in-place' } };
  return isEqualSize(size, from) && hasCircuitBreaker
    ? { kind: 'rolled-back', because: { code: 'rolled-back', by: 'deployment-circuit-breaker', differences } }
    : { kind: 'verify', because: { code: 'undone-by-others', differences } };
}

function verifyCache(
  { to }: ChangeOf<'change-cache-node-type' | 'set-cache-shape'>,
  cache: Reading<CacheFacts>,
): InfrastructureVerdict {
  if (cache.kind === 'unseen' || cache.value.status !== AVAILABLE) return WAIT;
  const { shards, replicasPerShard, nodeType } = cache.value;
  return compared({ shards, replicasPerShard, nodeType }, to);
}

type DatabaseChange = Extract<InfrastructureChange, { readonly database: unknown }>;

function verifyDatabase(change: DatabaseChange, database: Reading<DatabaseFacts>): InfrastructureVerdict {
  if (database.kind === 'unseen') return WAIT;
  const { status, hasPendingChange } = database.value;
  if (!SETTLED.has(status) || hasPendingChange) return WAIT;
  const stands = standingOf(change, database.value);
  return stands === null ? WAIT : compared(stands, { ...change.to });
}

/** What stands of the thing that a change is about; `null` where the database has no such thing. */
function standingOf(change: DatabaseChange, facts: DatabaseFacts): Fields | null {
  const { instanceClass, replicas, storage, acu } = facts;
  switch (change.kind) {
    case 'change-database-class':
      return { instanceClass };
    case 'set-read-replicas':
      return { replicas: ofWhatWasAsked(replicas.length, change.from.replicas, change.to.replicas) };
    case 'set-storage-ceiling':
      return storage === null ? null : { maxAllocatedGiB: storage.maxAllocatedGiB };
    case 'provision-storage':
      return storage === null
        ? null
        : {
            allocatedGiB: ofWhatWasAsked(storage.allocatedGiB, change.from.allocatedGiB, change.to.allocatedGiB),
            iops: storage.iops,
            throughputMibps: storage.throughputMibps,
          };
    case 'set-aurora-capacity':
      return acu === null ? null : { minAcu: acu.min, maxAcu: acu.max };
    default:
      return assertNever(change);
  }
}

function compared(is: object, shouldBe: object): InfrastructureVerdict {
  const differences = differencesOf(is, shouldBe);
  const because: VerifyReason =
    differences.length === 0 ? { code: 'in-place' } : { code: 'undone-by-others', differences };
  return { kind: 'verify', because };
}

/** What was wanted and is not so. Where nothing was said anything will do. */
function differencesOf(is: object, shouldBe: object): readonly Difference[] {
  const found = new Map<string, unknown>(Object.entries(is));
  return Object.entries(shouldBe).flatMap(([what, value]: [string, unknown]): Difference[] => {
    const present = found.get(what) ?? null;
    if (value === null || value === undefined || present === value) return [];
    return [{ what, is: plain(present), shouldBe: plain(value) ?? '' }];
  });
}

function plain(value: unknown): string | number | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/** Whether two sizes say the same. `null` in what is wanted is whatever comes with it. */
export function isEqualSize(is: object, wanted: object): boolean {
  return differencesOf(is, wanted).length === 0;
}
