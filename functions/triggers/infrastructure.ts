import type { Policy } from '../../shared/config/policy.ts';
import { parseInfrastructureRequest } from '../../shared/events/infrastructure-request.ts';
import { type InfrastructureReport, lookAtInfrastructure } from '../../shared/workflow/look-at-infrastructure.ts';
import type { LookDependencies } from '../../shared/workflow/look-context.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import type { Journal } from '../journal.ts';
import { journalLook } from '../journal-look.ts';
import { type Handler, lambda } from '../lambda.ts';
import { packaged } from '../production.ts';
import { infrastructureDependencies } from '../production-infrastructure-look.ts';

export interface InfrastructureAnswer {
  readonly looked: readonly string[];
  readonly leftOut: readonly string[];
}

export const createHandler =
  (policy: Policy, deps: LookDependencies, journal: Journal): Handler<InfrastructureAnswer> =>
  async (event, context) => {
    const trigger = { kind: 'infrastructure', id: context.awsRequestId } as const;
    const request = await refuseMalformed(() => parseInfrastructureRequest(event), trigger, policy, deps);
    const report = await lookAtInfrastructure(request, policy, () => context.getRemainingTimeInMillis(), deps);
    for (const look of report.looks) journalLook(look, journal);
    if (report.leftOut.length > 0) journal.warn('no time left to look', { fleets: report.leftOut });
    if (report.failed.length > 0) throw failureOf(report);
    return { looked: report.looks.map(({ fleet }) => fleet), leftOut: report.leftOut };
  };

/** Lambda logs the message of what is thrown and nothing behind it: the message has to say it all. */
function failureOf({ failed, looks }: InfrastructureReport): AggregateError {
  const told = failed.map(({ fleet, error }) => `${fleet}: ${error instanceof Error ? error.message : String(error)}`);
  return new AggregateError(
    failed.map(({ error }) => error),
    `${failed.length} of ${failed.length + looks.length} looks failed: ${told.join('; ')}`,
  );
}

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, infrastructureDependencies(stack), journal);
});
