import type { Policy } from '../../shared/config/policy.ts';
import { parseScaledToMax } from '../../shared/events/scaled-to-max.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import { onScaledToMax } from '../../shared/workflow/wake.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { lookDependencies, packaged } from '../production.ts';
import { journalWake, type WakeAnswer } from '../journal-wake.ts';

export const createHandler =
  (policy: Policy, deps: LookDependencies, journal: Journal): Handler<WakeAnswer> =>
  async (event, context) => {
    const trigger = { kind: 'scaled-to-max', id: context.awsRequestId } as const;
    const scaled = await refuseMalformed(() => parseScaledToMax(event), trigger, policy, deps);
    return journalWake(await onScaledToMax(scaled, policy, deps), journal);
  };

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, lookDependencies(stack), journal);
});
