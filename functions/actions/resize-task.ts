import type { Policy } from '../../shared/config/policy.ts';
import type { ChangeOf } from '../../shared/domain/change.ts';
import type { InfrastructureMover } from '../../shared/infrastructure-port.ts';
import type { ActionDependencies, Outcome } from '../../shared/workflow/carry-out-order.ts';
import { infrastructureCraft } from '../../shared/workflow/infrastructure-craft.ts';
import { actOn } from '../act-on.ts';
import type { Journal } from '../journal.ts';
import { type Handler, lambda } from '../lambda.ts';
import { actionDependencies, packaged } from '../production.ts';
import { taskResizer } from '../production-infrastructure.ts';

export const createHandler = (
  policy: Policy,
  deps: ActionDependencies,
  mover: InfrastructureMover<ChangeOf<'resize-task'>>,
  journal: Journal,
): Handler<Outcome> => actOn('resize-task', infrastructureCraft(mover), policy, deps, journal);

export const handler = lambda((journal) => {
  const stack = packaged();
  return createHandler(stack.policy, actionDependencies(stack), taskResizer(stack), journal);
});
