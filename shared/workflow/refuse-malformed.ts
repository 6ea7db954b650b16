import type { Policy } from '../config/policy.ts';
import type { Trigger } from '../domain/audit.ts';
import { MalformedEventError } from '../domain/errors.ts';
import type { AuditLog, Clock } from '../ports.ts';
import { appendOnce, sameOf } from './append-once.ts';
import { decisionIdOf } from './decision-id.ts';
import { entryOfReasons } from './tell.ts';

/**
 * Reads an event. What nobody of us can have sent leaves a record in the audit table before it is thrown on to the
 * dead-letter queue; one record, however often the queue tries.
 *
 * @param trigger with the id of the request, which stays the same when AWS tries again.
 */
export async function refuseMalformed<Event>(
  parse: () => Event,
  trigger: Trigger,
  { policyVersion }: Policy,
  { audit, clock, codeVersion }: { readonly audit: AuditLog; readonly clock: Clock; readonly codeVersion: string },
): Promise<Event> {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    const occasion = { fleet: 'none', trigger, now: clock.now(), codeVersion, policyVersion };
    const decisionId = decisionIdOf(trigger.kind, 'none', 'malformed', [error.message, trigger.id], 0);
    const told = { resource: 'fleet/none', transition: 'refused', lever: null, decisionId } as const;
    const entry = entryOfReasons(occasion, told, [{ code: 'malformed', message: error.message }]);
    await appendOnce(audit, entry, sameOf(entry));
    throw error;
  }
}
