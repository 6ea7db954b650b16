import type { ScalableTargetId } from '../domain/capacity.ts';
import type { PoolerChange, PoolerInstanceSizes } from '../domain/change.ts';
import { TransientError } from '../domain/errors.ts';
import { POOLER_SIZES, type PoolerInstance, type PoolerSizes } from '../domain/pooler.ts';
import type { FailureReason } from '../domain/reason.ts';
import type { Seconds } from '../domain/units.ts';
import type { Craft, Effected, Refusal, Situation } from './carry-out-order.ts';
import { describePoolerFailure } from './observe-poolers.ts';
import { lookAt } from './look-at-pooler.ts';
import { type PoolerTools, type SeenPooler, standsAt, tunePoolers, type TuningTrouble } from './tune-poolers.ts';

/** `null`: no fleet of this policy has PgBouncers there. */
export type PoolerToolsOf = (pooler: ScalableTargetId) => PoolerTools | null;

/** What a console takes at worst, before it counts as failed, and what comes before and after all of them. */
const SECONDS_OF_ONE: Seconds = 3;
const SECONDS_AROUND: Seconds = 60;

/** How long a lease has to hold for so many PgBouncers: they are tuned one after the other. */
export function tuningSeconds(poolers: number): Seconds {
  return SECONDS_AROUND + SECONDS_OF_ONE * poolers;
}

/** Tunes the PgBouncers of a fleet. @see tunePoolers */
export function poolerCraft(toolsOf: PoolerToolsOf): Craft<PoolerChange> {
  return {
    leaseSeconds: ({ from }) => tuningSeconds(from.length),
    compare: async (change) => {
      const tools = toolsOf(change.pooler);
      if (tools === null) return { because: unknownPooler(change.pooler) };
      const seen = await readAll(tools);
      return 'because' in seen ? seen : situationOf(change, seen, tools);
    },
    effect: async (change): Promise<Effected> => {
      const tools = toolsOf(change.pooler);
      if (tools === null) return { failure: unknownPooler(change.pooler) };
      const seen = await readAll(tools);
      if ('because' in seen) return { failure: seen.because };
      const tooMany = seen.length > change.from.length;
      return tooMany ? { failure: moreRun(seen.length, change) } : tunePoolers(seen, change, tools);
    },
  };
}

function unknownPooler({ cluster, service }: ScalableTargetId): FailureReason {
  return { code: 'not-found', detail: `no fleet has PgBouncers at ${cluster}/${service}` };
}

/** The connection math was done for fewer. */
function moreRun(running: number, { from }: PoolerChange): FailureReason {
  return stoppedBefore({
    because: 'changed-meanwhile',
    detail: `${running} PgBouncers run, the decision was about ${from.length}`,
  });
}

function stoppedBefore(trouble: TuningTrouble): FailureReason {
  return { code: 'tuning-taken-back', ...trouble, restored: [], notRestored: [] };
}

/**
 * Every PgBouncer as it stands, one availability zone after the other.
 *
 * @throws TransientError when nobody says which PgBouncers run
 */
async function readAll(tools: PoolerTools): Promise<readonly SeenPooler[] | Refusal> {
  const found = await tools.directory.find();
  if (found.kind === 'unseen') throw new TransientError('cannot see which PgBouncers run');
  const byZone = [...found.value.instances].sort(
    (a, b) => compareText(zoneOf(a), zoneOf(b)) || compareText(a.id, b.id),
  );
  const looks = await Promise.all(byZone.map(async (instance) => ({ instance, look: await lookAt(instance, tools) })));
  const seen: SeenPooler[] = [];
  for (const { instance, look } of looks) {
    if ('because' in look) {
      const detail = `${instance.id}: ${describePoolerFailure(look.because)}`;
      return { because: stoppedBefore({ because: 'console-failed', detail }) };
    }
    seen.push({ instance, sample: look });
  }
  return seen;
}

function zoneOf({ availabilityZone }: PoolerInstance): string {
  return availabilityZone ?? '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function situationOf(change: PoolerChange, seen: readonly SeenPooler[], tools: PoolerTools): Situation<PoolerChange> {
  const stands: readonly PoolerInstanceSizes[] = seen.map(({ instance, sample }) => ({
    instance: instance.id,
    sizes: sample.reading.sizes,
  }));
  const from = new Map(change.from.map(({ instance, sizes }) => [instance, sizes]));
  // One that has taken the place of another since the decision is brought along; more than were counted are too many.
  const isAsCounted = stands.length > 0 && stands.length <= change.from.length;
  const isEvery = (holds: (size: keyof PoolerSizes, stand: PoolerInstanceSizes) => boolean): boolean =>
    stands.every((stand) => POOLER_SIZES.every((size) => holds(size, stand)));
  const isAtFrom = (size: keyof PoolerSizes, { instance, sizes }: PoolerInstanceSizes): boolean => {
    const old = from.get(instance);
    return old === undefined ? sizes.defaultPoolSize > 0 : sizes[size] === old[size];
  };
  const isAtTo = (size: keyof PoolerSizes, { sizes }: PoolerInstanceSizes): boolean => sizes[size] === change.to[size];
  return {
    change,
    isAtFrom: isAsCounted && isEvery(isAtFrom),
    isAtTo: stands.length > 0 && isEvery(isAtTo),
    isOnItsWay: isAsCounted && isEvery((size, stand) => isAtFrom(size, stand) || isAtTo(size, stand)),
    actual: stands,
    tuningAtTo: standsAt(change, tools),
  };
}
