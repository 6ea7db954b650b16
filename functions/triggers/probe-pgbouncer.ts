import type { Policy } from '../../shared/config/policy.ts';
import { parseProbeRequest } from '../../shared/events/probe-request.ts';
import { probe, type ProbeDependencies, type ProbeReport } from '../../shared/workflow/probe.ts';
import { refuseMalformed } from '../../shared/workflow/refuse-malformed.ts';
import type { ProbeJournal } from '../journal.ts';
import { journalProbe } from '../journal-probe.ts';
import { type Handler, lambda } from '../lambda.ts';
import { packaged } from '../production.ts';
import { probeDependencies } from '../production-poolers.ts';

export interface ProbeAnswer {
  readonly probed: readonly string[];
  readonly leftOut: readonly string[];
}

export const createHandler =
  (policy: Policy, stage: string, deps: ProbeDependencies, journal: ProbeJournal): Handler<ProbeAnswer> =>
  async (event, context) => {
    const trigger = { kind: 'probe', id: context.awsRequestId } as const;
    const request = await refuseMalformed(() => parseProbeRequest(event), trigger, policy, deps);
    const report = await probe(request, policy, stage, () => context.getRemainingTimeInMillis(), deps);
    for (const one of report.probed) journalProbe(one, journal);
    if (report.leftOut.length > 0) journal.warn('no time left to probe', { fleets: report.leftOut });
    if (report.failed.length > 0) throw failureOf(report);
    return { probed: report.probed.map(({ look }) => look.fleet), leftOut: report.leftOut };
  };

/** Lambda logs the message of what is thrown and nothing behind it: the message has to say it all. */
function failureOf({ failed, probed }: ProbeReport): AggregateError {
  const told = failed.map(({ fleet, error }) => `${fleet}: ${error instanceof Error ? error.message : String(error)}`);
  return new AggregateError(
    failed.map(({ error }) => error),
    `${failed.length} of ${failed.length + probed.length} probes failed: ${told.join('; ')}`,
  );
}

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, stack.environment.stage, probeDependencies(stack), journal);
});
