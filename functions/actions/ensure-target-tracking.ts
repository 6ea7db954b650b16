import type { Outcome } from '../../shared/workflow/carry-out-order.ts';
import { ensureTargetTracking } from '../../shared/workflow/effects.ts';
import { serviceCraft } from '../../shared/workflow/service-craft.ts';
import type { Policy } from '../../shared/config/policy.ts';
import { actOn, type ServiceActionDependencies } from '../act-on.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { packaged, serviceActionDependencies } from '../production.ts';

export const createHandler = (policy: Policy, deps: ServiceActionDependencies, journal: Journal): Handler<Outcome> =>
  actOn('ensure-target-tracking', serviceCraft(ensureTargetTracking, deps), policy, deps, journal);

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, serviceActionDependencies(stack), journal);
});
