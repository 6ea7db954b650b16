import { ceiling } from './ceiling.ts';
import { knownEvent } from './known-event.ts';
import type { LeverSet } from './lever.ts';
import { predictive } from './predictive.ts';
import { targetTracking } from './target-tracking.ts';

/** What the regular look evaluates, in alphabetical order. */
export const FLEET_LEVERS: LeverSet = { look: 'fleet', levers: [ceiling, knownEvent, predictive, targetTracking] };
