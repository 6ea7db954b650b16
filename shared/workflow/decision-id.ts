import { createHash } from 'node:crypto';
import { type EpochMs, isoInstant } from '../domain/units.ts';

/**
 * The name of a decision: `ceiling/production/core-api/20261201T0800-1a2b3c4d`. The same decision on the same look gets the
 * same name; another look gives another one.
 */
export function decisionIdOf(lever: string, fleet: string, service: string, what: unknown, at: EpochMs): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([what, at]))
    .digest('hex')
    .slice(0, 8);
  const minute = isoInstant(at).slice(0, 16).replaceAll(/[-:]/g, '');
  return `${lever}/${fleet}/${service}/${minute}-${hash}`;
}
