import type { LeverSet } from './lever.ts';

/** What the seldom look at the infrastructure evaluates, in alphabetical order. */
export const INFRASTRUCTURE_LEVERS: LeverSet = { look: 'infrastructure', levers: [] };
