import type { ActionDependencies, Outcome } from '../../shared/workflow/carry-out-order.ts';
import { setCapacityBounds } from '../../shared/workflow/effects.ts';
import type { Policy } from '../../shared/config/policy.ts';
import { actOn } from '../act-on.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { actionDependencies, packaged } from '../production.ts';

export const createHandler = (policy: Policy, deps: ActionDependencies, journal: Journal): Handler<Outcome> =>
  actOn('set-capacity-bounds', setCapacityBounds, policy, deps, journal);

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, actionDependencies(stack), journal);
});
