import { throughputIn, together } from '../capacity/pooler-throughput.ts';
import type { ChangeOf, DurablePoolerChange } from '../domain/change.ts';
import {
  type ObservedPooler,
  POOLER_SETTING_NAMES,
  POOLER_SIZES,
  type PoolerSample,
  type PoolerSnapshot,
  type PoolerThroughput,
} from '../domain/pooler.ts';
import type { Difference, VerifyReason } from '../domain/reason.ts';
import type { EpochMs } from '../domain/units.ts';
import type { StoredChange } from '../ports.ts';

/** What a probe finds of a tuning, in looks that were all made after it. `null`: it cannot be seen now. */
export function verifyTuning(
  { status }: StoredChange,
  { from, to }: ChangeOf<'tune-pgbouncer'>,
  { instances }: PoolerSnapshot,
): VerifyReason | null {
  if (instances.kind === 'unseen' || instances.value.length === 0) return null;
  const looks = instances.value.map((one) => ({ id: one.instance.id, samples: samplesSince(one, status.updatedAt) }));
  if (looks.some(({ samples }) => samples.length < 2)) return null;
  const decided = new Set(from.map(({ instance }) => instance));
  // One that has started since is none that the change has touched.
  const touched = looks.filter(({ id }) => decided.has(id));
  const differences = touched.flatMap(({ id, samples }): readonly Difference[] => {
    const sizes = samples.at(-1)?.reading.sizes;
    return POOLER_SIZES.flatMap((size) =>
      sizes === undefined || sizes[size] === to[size]
        ? []
        : [{ what: `${POOLER_SETTING_NAMES[size]} of ${id}`, is: sizes[size], shouldBe: to[size] }],
    );
  });
  if (differences.length > 0) return { code: 'undone-by-others', differences };
  const now = together(looks.flatMap(({ samples }) => throughputIn(samples) ?? []));
  const effect = status.tuning?.effect ?? null;
  const kept = effect?.outcome === 'kept' ? effect : null;
  return {
    code: 'pools-in-place',
    instances: touched.length,
    ...told(now),
    before: kept === null ? null : told(kept.before),
    ...(kept?.watched === undefined ? {} : { database: { before: kept.watched.before, after: kept.watched.after } }),
  };
}

function samplesSince({ samples }: ObservedPooler, since: EpochMs): readonly PoolerSample[] {
  return samples.kind === 'seen' ? samples.value.filter(({ at }) => at > since) : [];
}

function told({ clientsWaiting, waitMillis, transactionsPerSecond }: PoolerThroughput) {
  return { clientsWaiting, waitMillis, transactionsPerSecond };
}

/** Whether a PgBouncer that starts now has the sizes. `null`: it cannot be seen, or tasks are still being replaced. */
export function verifyDurable({ to }: DurablePoolerChange, { durable }: PoolerSnapshot): VerifyReason | null {
  if (durable?.kind !== 'seen' || durable.value.rollout === 'in-progress') return null;
  const { sizes } = durable.value;
  const differences = POOLER_SIZES.flatMap((size): readonly Difference[] => {
    const shouldBe = to.sizes[size];
    return shouldBe === undefined || sizes[size] === shouldBe
      ? []
      : [{ what: POOLER_SETTING_NAMES[size], is: sizes[size], shouldBe }];
  });
  return differences.length > 0 ? { code: 'undone-by-others', differences } : { code: 'in-place' };
}
