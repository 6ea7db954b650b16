import { storageModifications } from '../capacity/database-storage.ts';
import { offerProblem } from '../capacity/storage-offer.ts';
import { enlargedAt, type FreeStorage } from '../capacity/storage-growth.ts';
import { abstain, type Act, type Decision, stopped } from '../domain/decision.ts';
import type { DatabaseStorageFacts } from '../domain/infrastructure.ts';
import type { Reading, Series } from '../domain/reading.ts';
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

/** A wish that AWS would refuse stands, and says what AWS takes. Where AWS was asked and did not answer, nothing is wished. */
export function unlessNotOffered(wish: Act, { offer }: DatabaseStorageFacts): Decision {
  const { change } = wish;
  if (offer === undefined) return wish;
  if (offer.kind === 'unseen') {
    return abstain({ code: 'blind', to: 'what the storage may become', because: offer.because });
  }
  switch (change.kind) {
    case 'provision-storage': {
      const problem = offerProblem(change, offer.value);
      return problem === null ? wish : stopped(wish, { code: 'storage-not-offered', ...problem });
    }
    case 'set-storage-ceiling':
      return offer.value.autoscales ? wish : stopped(wish, { code: 'storage-without-autoscaling' });
    default:
      return wish;
  }
}
