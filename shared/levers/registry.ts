import { ceiling } from './ceiling.ts';
import { knownEvent } from './known-event.ts';
import type { Lever } from './lever.ts';
import { targetTracking } from './target-tracking.ts';

/** Every lever there is, in alphabetical order. What each needs to be added: docs/adding-a-lever.md. */
export const LEVERS: readonly Lever[] = [ceiling, knownEvent, targetTracking];
