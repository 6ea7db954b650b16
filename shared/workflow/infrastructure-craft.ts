import type { FailureReason } from '../domain/reason.ts';
import type { EpochMs } from '../domain/units.ts';
import type { InfrastructureMover, LiveChange } from '../infrastructure-port.ts';
import type { Craft } from './carry-out-order.ts';
import { isEqualSize } from './verify-infrastructure.ts';

/**
 * Changes what infrastructure code describes while it runs. A thing that is busy is not at its beginning any more: what was
 * decided there has to be decided anew.
 */
export function infrastructureCraft<Changes extends LiveChange>(mover: InfrastructureMover<Changes>): Craft<Changes> {
  return {
    compare: async (change) => {
      const standing = await mover.look(change);
      if ('code' in standing) return { because: standing };
      const { size, busy } = standing;
      const isAtFrom = isEqualSize(size, change.from);
      const isAtTo = isEqualSize(size, change.to);
      return {
        change,
        isAtFrom: isAtFrom && busy === null,
        isAtTo,
        // An attempt moves all of a size by one call, so that it stands at one end or the other.
        isOnItsWay: isAtFrom || isAtTo,
        actual: busy === null ? size : { size, busy },
      };
    },
    effect: async (change) => ({ failure: await mover.move(change) }),
  };
}

/** The same craft with a question before it: it refuses before it looks at anything. */
export function unlessRefused<Changes extends LiveChange>(
  craft: Craft<Changes>,
  objectionTo: (change: Changes, now: EpochMs) => FailureReason | null,
): Craft<Changes> {
  return {
    ...craft,
    compare: async (change, now) => {
      const because = objectionTo(change, now);
      return because === null ? craft.compare(change, now) : { because };
    },
  };
}
