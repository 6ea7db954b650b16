import type { ProposableChange } from './change.ts';

/**
 * What a proposal wants, as plain data by which it is known again. A minimum that stays is that of the moment: others move
 * it every few minutes, and nothing of it is proposed.
 */
export function proposedValue(change: ProposableChange): unknown {
  if (change.kind !== 'set-capacity-bounds') return change.to;
  const { from, to } = change;
  return from.min === to.min ? { max: to.max } : to;
}

export function isSameValue(a: ProposableChange, b: ProposableChange): boolean {
  return a.kind === b.kind && JSON.stringify(proposedValue(a)) === JSON.stringify(proposedValue(b));
}
