import type { Policy } from '../shared/config/policy.ts';
import type { ChangeKind, ChangeOf } from '../shared/domain/change.ts';
import { explainReasons } from '../shared/domain/explain.ts';
import { parseOrder } from '../shared/events/order.ts';
import {
  type ActionDependencies,
  carryOut,
  type Craft,
  type Outcome,
  reasonsOf,
} from '../shared/workflow/carry-out-order.ts';
import type { ServiceTools } from '../shared/workflow/service-craft.ts';
import { refuseMalformed } from '../shared/workflow/refuse-malformed.ts';
import type { Journal } from './journal.ts';
import type { Handler } from './lambda.ts';

/** What an action needs that changes the scaling of services. */
export type ServiceActionDependencies = ActionDependencies & ServiceTools;

/** The handler of an action: takes an order of its kind and carries it out. */
export function actOn<Kind extends ChangeKind>(
  kind: Kind,
  craft: Craft<ChangeOf<Kind>>,
  policy: Policy,
  deps: ActionDependencies,
  journal: Journal,
): Handler<Outcome> {
  return async (event, context) => {
    const trigger = { kind: 'order', id: context.awsRequestId } as const;
    const order = await refuseMalformed(() => parseOrder(kind, event), trigger, policy, deps);
    const outcome = await carryOut(order, craft, context.awsRequestId, deps);
    const { decisionId, resource } = order;
    journal.tell('order closed', {
      decisionId,
      resource,
      outcome: outcome.kind,
      because: explainReasons(reasonsOf(outcome)) || undefined,
    });
    journal.count('ChangesApplied', outcome.kind === 'applied' ? 1 : 0);
    journal.count('ChangesFailed', outcome.kind === 'failed' ? 1 : 0);
    return outcome;
  };
}
