import { type Reading, unseen } from '../domain/reading.ts';
import type { Seconds } from '../domain/units.ts';
import { systemWait } from './system-wait.ts';

/** A reading that may come late, for which nobody can wait: after so long it is unseen. */
export async function readingInTime<T>(
  reading: Promise<Reading<T>>,
  limitSeconds: Seconds,
  source: string,
): Promise<Reading<T>> {
  const done = new AbortController();
  const late = systemWait(limitSeconds, done.signal).then(() =>
    unseen({ code: 'unreadable', detail: `${source} took longer than ${limitSeconds} s` }),
  );
  try {
    return await Promise.race([reading, late]);
  } finally {
    done.abort();
  }
}
