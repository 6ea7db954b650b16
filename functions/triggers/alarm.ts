import type { Policy } from '../../shared/config/policy.ts';
import { parseAlarm } from '../../shared/events/alarm.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import { onAlarm } from '../../shared/workflow/wake.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { lookDependencies, packaged } from '../production.ts';
import { journalWake, type WakeAnswer } from '../journal-wake.ts';

export const createHandler =
  (policy: Policy, stage: string, deps: LookDependencies, journal: Journal): Handler<WakeAnswer> =>
  async (event, context) => {
    const trigger = { kind: 'alarm', id: context.awsRequestId } as const;
    const alarm = await refuseMalformed(() => parseAlarm(event), trigger, policy, deps);
    return journalWake(await onAlarm(alarm, policy, stage, deps), journal);
  };

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, stack.environment.stage, lookDependencies(stack), journal);
});
