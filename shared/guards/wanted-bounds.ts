import type { CapacityBounds } from '../domain/capacity.ts';
import type { Change } from '../domain/change.ts';
import type { Act } from '../domain/decision.ts';
import type { Trim } from '../domain/reason.ts';
import type { Tasks } from '../domain/units.ts';
import type { GuardFinding } from './guard.ts';

/** The most and the least that a change lets a service come to; `null` where the change leaves that bound alone. */
export function wantedBounds(change: Change): { readonly min: Tasks | null; readonly max: Tasks | null } {
  switch (change.kind) {
    case 'set-capacity-bounds':
    case 'ensure-target-tracking': {
      const to: CapacityBounds = change.kind === 'set-capacity-bounds' ? change.to : change.to.bounds;
      return to;
    }
    case 'schedule-capacity': {
      const largest = (values: readonly (Tasks | undefined)[]): Tasks | null => {
        const given = values.filter((value) => value !== undefined);
        return given.length === 0 ? null : Math.max(...given);
      };
      return { min: largest(change.to.map(({ min }) => min)), max: largest(change.to.map(({ max }) => max)) };
    }
  }
}

/** The most tasks that the service can come to through this change, given its bounds of now. */
export function mostTasks(change: Change, present: CapacityBounds): Tasks {
  const { min, max } = wantedBounds(change);
  const ceiling = change.kind === 'schedule-capacity' ? Math.max(present.max, max ?? 0) : (max ?? present.max);
  return Math.max(ceiling, min ?? 0);
}

/**
 * The same wish with a lower ceiling. Only a raise of the ceiling can be trimmed: other changes are whole or not at all.
 * `null`: nothing would be left of it.
 */
export function trimCeiling(wanted: Act, max: Tasks): Act | null {
  const { change } = wanted;
  if (change.kind !== 'set-capacity-bounds' || change.to.max <= change.from.max) return null;
  if (max <= change.from.max || max < change.to.min) return null;
  return { ...wanted, change: { ...change, to: { ...change.to, max } } };
}

export function trimmed(to: Act, because: Trim): GuardFinding {
  return { kind: 'trim', to: { ...to, because: [...to.because, because] }, because };
}
