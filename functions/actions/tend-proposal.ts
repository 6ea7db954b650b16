import type { Policy } from '../../shared/config/policy.ts';
import { proposalCraft, type ProposalDependencies, type ProposalToolsOf } from '../../shared/proposals/tend-craft.ts';
import type { Outcome } from '../../shared/workflow/carry-out-order.ts';
import { actOn } from '../act-on.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { packaged } from '../production.ts';
import { proposalDependencies, proposalToolsOf } from '../production-proposals.ts';

export const createHandler = (
  policy: Policy,
  deps: ProposalDependencies,
  toolsOf: ProposalToolsOf,
  journal: Journal,
): Handler<Outcome> => actOn('tend-proposal', proposalCraft(policy, toolsOf, deps), policy, deps, journal);

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, proposalDependencies(stack), proposalToolsOf(stack), journal);
});
