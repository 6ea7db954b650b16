import type { Policy } from '../../shared/config/policy.ts';
import type { ActionDependencies, Outcome } from '../../shared/workflow/carry-out-order.ts';
import { durableSizesCraft, type DurableSizesOf } from '../../shared/workflow/durable-sizes-craft.ts';
import { actOn } from '../act-on.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { actionDependencies, packaged } from '../production.ts';
import { durableSizesOf } from '../production-durable.ts';

export const createHandler = (
  policy: Policy,
  deps: ActionDependencies,
  sizesOf: DurableSizesOf,
  journal: Journal,
): Handler<Outcome> => actOn('keep-pool-sizes', durableSizesCraft(sizesOf), policy, deps, journal);

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, actionDependencies(stack), durableSizesOf(stack), journal);
});
