import { storageModifications } from '../capacity/database-storage.ts';
import { type OfferProblem, offerProblem } from '../capacity/storage-offer.ts';
import { enlargedAt, type FreeStorage } from '../capacity/storage-growth.ts';
import type { Act } from '../domain/decision.ts';
import type { DatabaseStorageFacts } from '../domain/infrastructure.ts';
import type { Reading, Series, Unseen } from '../domain/reading.ts';
import type { EpochMs } from '../domain/units.ts';

const BYTES_PER_GIB = 1024 ** 3;

export function freeOf(series: Series): readonly FreeStorage[] {
  return series.points.map(({ at, value }) => ({ at, freeGiB: value / BYTES_PER_GIB }));
}

/** @param freeStorage in bytes, lowest of each of the last hours */
export function modificationsOf(
  { modifiedAt = [], allocatedGiB }: DatabaseStorageFacts,
  freeStorage: Reading<Series>,
): readonly EpochMs[] {
  const enlarged = freeStorage.kind === 'seen' ? enlargedAt(freeOf(freeStorage.value), allocatedGiB) : [];
  return storageModifications(modifiedAt, enlarged);
}

/** What AWS says to a wish. */
export type OfferAnswer =
  /** Or nobody has asked. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly problem: OfferProblem }
  | { readonly kind: 'without-autoscaling' }
  | Unseen;

export function answerTo({ change }: Act, { offer }: DatabaseStorageFacts): OfferAnswer {
  if (offer === undefined) return { kind: 'taken' };
  if (offer.kind === 'unseen') return offer;
  if (change.kind === 'set-storage-ceiling') return { kind: offer.value.autoscales ? 'taken' : 'without-autoscaling' };
  const problem = change.kind === 'provision-storage' ? offerProblem(change, offer.value) : null;
  return problem === null ? { kind: 'taken' } : { kind: 'refused', problem };
}
