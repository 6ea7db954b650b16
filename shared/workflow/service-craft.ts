import { type ChangeOf, scheduledBy, type ServiceChange } from '../domain/change.ts';
import { TransientError } from '../domain/errors.ts';
import type { FailureReason } from '../domain/reason.ts';
import type { CapacityReader, CapacityWriter } from '../ports.ts';
import type { Craft } from './carry-out-order.ts';
import { comparisonWith, isOnItsWay, presentAhead, type PresentSetup, stillAhead } from './compare-change.ts';

export type ServiceChangeKind = ServiceChange['kind'];

/** The effect itself, by absolute values. `null` is success. */
export type Effect<Kind extends ServiceChangeKind> = (
  change: ChangeOf<Kind>,
  writer: CapacityWriter,
) => Promise<FailureReason | null>;

export interface ServiceTools {
  readonly reader: Pick<CapacityReader, 'readScaling' | 'readScheduled'>;
  readonly writer: CapacityWriter;
}

/** Changes the scaling of a service: what Application Auto Scaling holds is compared, then moved. */
export function serviceCraft<Kind extends ServiceChangeKind>(
  effect: Effect<Kind>,
  { reader, writer }: ServiceTools,
): Craft<ChangeOf<Kind>> {
  return {
    compare: async (change, now) => {
      const ahead = stillAhead(change, now);
      const present = presentAhead(await read(change, reader), now);
      const { isAtFrom, isAtTo } = comparisonWith(ahead, present);
      return {
        change: ahead,
        isAtFrom,
        isAtTo,
        isOnItsWay: isOnItsWay(ahead, present),
        actual: actualOf(ahead, present),
      };
    },
    effect: async (change) => ({ failure: await effect(change, writer) }),
  };
}

/** @throws TransientError when the resource cannot be seen: nothing is changed blindly. */
async function read({ target }: ServiceChange, reader: ServiceTools['reader']): Promise<PresentSetup> {
  const [[scaling], [scheduled]] = await Promise.all([reader.readScaling([target]), reader.readScheduled([target])]);
  if (scaling?.kind !== 'seen' || scheduled?.kind !== 'seen') {
    throw new TransientError(`cannot see ${target.cluster}/${target.service} now`);
  }
  return { scaling: scaling.value, scheduled: scheduled.value };
}

function actualOf(change: ServiceChange, { scaling, scheduled }: PresentSetup): unknown {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return scaling?.bounds ?? null;
    case 'ensure-target-tracking':
      return scaling;
    case 'schedule-capacity':
      return scheduledBy(change.owner, scheduled.ours);
  }
}
