import type { Policy } from '../../shared/config/policy.ts';
import { parseTick } from '../../shared/events/tick.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import { runTick } from '../../shared/workflow/tick.ts';
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
    const tick = await refuseMalformed(() => parseTick(event), 'tick', policy, deps);
    const report = await runTick(tick, policy, () => context.getRemainingTimeInMillis(), deps);
    for (const look of report.looks) journalLook(look, journal);
    if (report.failed.length > 0) {
      const errors = report.failed.map(
        ({ fleet, error }) => new Error(`the look at ${fleet} failed`, { cause: error }),
      );
      throw new AggregateError(errors, `${errors.length} of ${policy.fleets.length} looks failed`);
    }
    return { looked: report.looks.map(({ fleet }) => fleet), handedOver: report.handedOver };
  };

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, lookDependencies(stack), journal);
});
