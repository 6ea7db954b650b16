import type { CapacityBounds, ScheduledCapacity } from '../../shared/domain/capacity.ts';
import type { EpochMs } from '../../shared/domain/units.ts';

/** What became of a scheduled action when its instant had come. */
export type ScheduledOutcome =
  | {
      readonly kind: 'applied';
      readonly action: ScheduledCapacity;
      readonly from: CapacityBounds;
      readonly to: CapacityBounds;
    }
  | {
      readonly kind: 'refused';
      readonly action: ScheduledCapacity;
      readonly because: { readonly code: 'min-above-max' } & CapacityBounds;
    }
  | { readonly kind: 'skipped'; readonly action: ScheduledCapacity; readonly because: { readonly code: 'suspended' } };

/** The one-off scheduled actions of one scalable target, by name. Each runs once and is gone. */
export class ScheduledActions {
  readonly #byName = new Map<string, ScheduledCapacity>();
  #nextAt: EpochMs = Infinity;

  /** Replaces the action of the same name. An instant that has passed is due at once. */
  put(action: ScheduledCapacity): void {
    this.#byName.set(action.name, action);
    this.#findNext();
  }

  /** Does nothing when there is none of that name. */
  delete(name: string): void {
    this.#byName.delete(name);
    this.#findNext();
  }

  /** Those still to come, in the order in which they will run. */
  pending(): readonly ScheduledCapacity[] {
    return [...this.#byName.values()].sort(byInstantThenName);
  }

  /** Removes and returns what is due, in order; of one instant in the order of names. */
  takeDue(now: EpochMs): readonly ScheduledCapacity[] {
    if (now < this.#nextAt) return [];
    const due = this.pending().filter((action) => action.at <= now);
    for (const { name } of due) this.#byName.delete(name);
    this.#findNext();
    return due;
  }

  #findNext(): void {
    this.#nextAt = Infinity;
    for (const { at } of this.#byName.values()) this.#nextAt = Math.min(this.#nextAt, at);
  }
}

/**
 * The bounds that an action asks for; an absent one stays as it is. One that would leave min above max is refused, as
 * RegisterScalableTarget does: such an action has to carry both.
 */
export function applyTo(bounds: CapacityBounds, action: ScheduledCapacity): ScheduledOutcome {
  const to: CapacityBounds = { min: action.min ?? bounds.min, max: action.max ?? bounds.max };
  return to.min > to.max
    ? { kind: 'refused', action, because: { code: 'min-above-max', ...to } }
    : { kind: 'applied', action, from: bounds, to };
}

function byInstantThenName(a: ScheduledCapacity, b: ScheduledCapacity): number {
  return a.at - b.at || (a.name < b.name ? -1 : 1);
}
