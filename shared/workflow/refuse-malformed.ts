import type { Policy } from '../config/policy.ts';
import type { Trigger } from '../domain/audit.ts';
import { MalformedEventError } from '../domain/errors.ts';
import type { AuditLog, Clock } from '../ports.ts';
import { decisionIdOf } from './decision-id.ts';
import { entryOfReasons } from './tell.ts';

/**
 * Reads an event. What nobody of us can have sent leaves a record in the audit table before it is thrown on to the
 * dead-letter queue.
 */
export async function refuseMalformed<Event>(
  parse: () => Event,
  kind: Trigger['kind'],
  { policyVersion }: Policy,
  { audit, clock, codeVersion }: { readonly audit: AuditLog; readonly clock: Clock; readonly codeVersion: string },
): Promise<Event> {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    const now = clock.now();
    const occasion = { fleet: 'none', trigger: { kind, id: 'unknown' }, now, codeVersion, policyVersion };
    const decisionId = decisionIdOf(kind, 'none', 'malformed', error.message, now);
    await audit.append(
      entryOfReasons(occasion, { resource: 'fleet/none', transition: 'refused', lever: null, decisionId }, [
        { code: 'malformed', message: error.message },
      ]),
    );
    throw error;
  }
}
