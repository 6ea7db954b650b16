import type { Policy } from '../../shared/config/policy.ts';
import { parseTick } from '../../shared/events/tick.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import { runTick, type TickReport } from '../../shared/workflow/tick.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { lookDependencies, packaged } from '../production.ts';
import { journalLook } from '../journal-look.ts';

export interface TickAnswer {
  readonly looked: readonly string[];
  readonly handedOver: readonly string[];
}

export const createHandler =
  (policy: Policy, deps: LookDependencies, journal: Journal): Handler<TickAnswer> =>
  async (event, context) => {
    const trigger = { kind: 'tick', id: context.awsRequestId } as const;
    const tick = await refuseMalformed(() => parseTick(event), trigger, policy, deps);
    const report = await runTick(tick, policy, () => context.getRemainingTimeInMillis(), deps);
    for (const look of report.looks) journalLook(look, journal);
    if (report.failed.length > 0) throw failureOf(report.failed, policy);
    return { looked: report.looks.map(({ fleet }) => fleet), handedOver: report.handedOver };
  };

/** Lambda logs the message of what is thrown and nothing behind it: the message has to say it all. */
function failureOf(failed: TickReport['failed'], policy: Policy): AggregateError {
  const errors = failed.map(({ error }) => error);
  const told = failed.map(({ fleet, error }) => `${fleet}: ${error instanceof Error ? error.message : String(error)}`);
  return new AggregateError(errors, `${errors.length} of ${policy.fleets.length} looks failed: ${told.join('; ')}`);
}

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, lookDependencies(stack), journal);
});
