import type { Policy } from '../../shared/config/policy.ts';
import type { ActionDependencies, Outcome } from '../../shared/workflow/carry-out-order.ts';
import { poolerCraft, type PoolerToolsOf } from '../../shared/workflow/pooler-craft.ts';
import { actOn } from '../act-on.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { actionDependencies, packaged } from '../production.ts';
import { poolerToolsOf } from '../production-poolers.ts';

export const createHandler = (
  policy: Policy,
  deps: ActionDependencies,
  toolsOf: PoolerToolsOf,
  journal: Journal,
): Handler<Outcome> => actOn('tune-pgbouncer', poolerCraft(toolsOf), policy, deps, journal);

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, actionDependencies(stack), poolerToolsOf(stack), journal);
});
