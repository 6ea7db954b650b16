import { ceiling } from './ceiling.ts';
import { knownEvent } from './known-event.ts';
import type { Lever, LookKind } from './lever.ts';
import { poolSize } from './pool-size.ts';
import { predictive } from './predictive.ts';
import { targetTracking } from './target-tracking.ts';

/** Every lever there is, in alphabetical order. What each needs to be added: docs/adding-a-lever.md. */
export const LEVERS: readonly Lever[] = [ceiling, knownEvent, poolSize, predictive, targetTracking];

/** The levers that one kind of look evaluates. */
export function leversOf(look: LookKind): readonly Lever[] {
  return LEVERS.filter((lever) => lever.look === look);
}
