import { FLEET_LEVERS } from './fleet-levers.ts';
import { INFRASTRUCTURE_LEVERS } from './infrastructure-levers.ts';
import type { Lever, LeverSet } from './lever.ts';
import { POOLER_LEVERS } from './pooler-levers.ts';

const LEVER_SETS: readonly LeverSet[] = [FLEET_LEVERS, POOLER_LEVERS, INFRASTRUCTURE_LEVERS];

/**
 * Every lever there is, in alphabetical order. What each needs to be added: docs/adding-a-lever.md. A Lambda that makes
 * one kind of look imports the set of that look instead: its bundle holds no other lever.
 */
export const LEVERS: readonly Lever[] = LEVER_SETS.flatMap(({ levers }) => levers).toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);
