import type { Freeze } from '../config/policy.ts';
import type { Direction } from '../domain/change.ts';
import { lastBegin } from '../domain/recurrence.ts';
import { type EpochMs, later, MINUTE } from '../domain/units.ts';

/** The freeze that forbids a change of this direction now, with its end. */
export function freezeInForce(
  freezes: readonly Freeze[],
  direction: Direction,
  now: EpochMs,
): { readonly name: string; readonly until: EpochMs } | null {
  for (const freeze of freezes) {
    if (direction === 'grow' && freeze.allow === 'growth') continue;
    const until = endOf(freeze, now);
    if (until !== null) return { name: freeze.name, until };
  }
  return null;
}

/** When the freeze that is in force now ends; `null` when it is not in force. */
function endOf(freeze: Freeze, now: EpochMs): EpochMs | null {
  if (freeze.kind === 'once') return now >= freeze.from && now < freeze.to ? freeze.to : null;
  const lasts = freeze.durationMinutes * MINUTE;
  const began = lastBegin(freeze.recurrence, freeze.timeZone, now, lasts);
  if (began === null) return null;
  const until = later(began, lasts);
  return now < until ? until : null;
}
