import type { ScalableTargetId } from '../domain/capacity.ts';
import type { DurablePoolerChange } from '../domain/change.ts';
import { TransientError } from '../domain/errors.ts';
import { POOLER_SIZES } from '../domain/pooler.ts';
import type { FailureReason } from '../domain/reason.ts';
import type { DurablePoolSizes } from '../pooler-port.ts';
import type { Craft } from './carry-out-order.ts';

/** `null`: no fleet of this policy has said what the PgBouncers there start with. */
export type DurableSizesOf = (pooler: ScalableTargetId) => DurablePoolSizes | null;

/** Makes PgBouncers start with the sizes that stand live. */
export function durableSizesCraft(sizesOf: DurableSizesOf): Craft<DurablePoolerChange> {
  return {
    compare: async (change) => {
      const place = sizesOf(change.pooler);
      if (place === null) return { because: unknownPlace(change.pooler) };
      const reading = await place.read();
      if (reading.kind === 'unseen') throw new TransientError('cannot see what PgBouncer starts with');
      const { sizes, revision, rollout } = reading.value;
      const named = POOLER_SIZES.filter((size) => change.to.sizes[size] !== undefined);
      const isAtTo = named.every((size) => sizes[size] === change.to.sizes[size]);
      const isAtOld = named.every((size) => sizes[size] === change.from.sizes[size]);
      return {
        change,
        isAtFrom: isAtOld && rollout === 'none',
        isAtTo,
        isOnItsWay: named.every(
          (size) => sizes[size] === change.to.sizes[size] || sizes[size] === change.from.sizes[size],
        ),
        actual: { revision, rollout, sizes },
      };
    },
    effect: async ({ pooler, to }) => ({
      failure: (await sizesOf(pooler)?.write(to.sizes)) ?? null,
    }),
  };
}

function unknownPlace({ cluster, service }: ScalableTargetId): FailureReason {
  return { code: 'not-found', detail: `nobody has said what the PgBouncers of ${cluster}/${service} start with` };
}
