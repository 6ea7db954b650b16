import { setTimeout as pause } from 'node:timers/promises';
import type { Seconds } from '../domain/units.ts';

/** Resolves after so many seconds, or as soon as the signal aborts. */
export async function systemWait(seconds: Seconds, signal: AbortSignal): Promise<void> {
  await pause(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
