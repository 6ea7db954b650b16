import type { Policy } from '../../shared/config/policy.ts';
import { parseKnownEventRequest } from '../../shared/events/known-event-request.ts';
import { handleKnownEvent, type KnownEventAnswer } from '../../shared/workflow/handle-known-event.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { journalLook } from '../journal-look.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { lookDependencies, packaged } from '../production.ts';

export const createHandler =
  (policy: Policy, deps: LookDependencies, journal: Journal): Handler<KnownEventAnswer> =>
  async (event, context) => {
    const request = parseKnownEventRequest(event);
    const { answer, look } = await handleKnownEvent(request, context.awsRequestId, policy, deps);
    journal.tell('known event', { answer });
    if (look !== null) journalLook(look, journal);
    return answer;
  };

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, lookDependencies(stack), journal);
});
