import { resourceIdOf, type ScalableTargetId, type ScalingSetup } from '../../domain/capacity.ts';
import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { ScheduledSetup, ServiceFacts } from '../../domain/snapshot.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { CapacityReader, Clock } from '../../ports.ts';
import type { MemoryWorld } from './world.ts';

/** Services and scaling setups of a world in memory. */
export class MemoryCapacityReader implements CapacityReader {
  readonly #world: MemoryWorld;
  readonly #clock: Clock;

  constructor(world: MemoryWorld, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  readServices(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ServiceFacts>[]> {
    return this.#each(targets, (target, at) => {
      const { facts } = this.#world.service(target);
      if (facts !== null) return seen(facts, at);
      return unseen({ code: 'unreadable', detail: `there is no ECS service ${resourceIdOf(target)}` });
    });
  }

  readScaling(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScalingSetup | null>[]> {
    return this.#each(targets, (target, at) => seen(this.#world.service(target).scaling, at));
  }

  readScheduled(targets: readonly ScalableTargetId[]): Promise<readonly Reading<ScheduledSetup>[]> {
    return this.#each(targets, (target, at) => {
      const { scheduled, othersScheduled } = this.#world.service(target);
      const ours = [...scheduled].sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
      return seen({ ours, othersCount: othersScheduled }, at);
    });
  }

  readWantedMoreThanMax(target: ScalableTargetId, since: EpochMs): Promise<Reading<EpochMs | null>> {
    const at = this.#world.service(target).wantedMoreThanMaxAt;
    return Promise.resolve(seen(at !== null && at >= since ? at : null, this.#clock.now()));
  }

  #each<Value>(
    targets: readonly ScalableTargetId[],
    read: (target: ScalableTargetId, at: EpochMs) => Reading<Value>,
  ): Promise<readonly Reading<Value>[]> {
    const at = this.#clock.now();
    return Promise.resolve(targets.map((target) => read(target, at)));
  }
}
