import type { Expression } from '../hcl/syntax.ts';
import { type Found, refused } from '../refusal.ts';
import { evaluate } from './evaluate.ts';
import type { Instance } from './instances.ts';
import { cannotFollow, type Known, type Resolver } from './resolver.ts';
import { trace } from './trace.ts';
import type { Workspace } from './workspace.ts';

/** References that lead back to themselves end here; nobody writes chains of this length. */
const DEEPEST = 100;

export function createResolver(workspace: Workspace): Resolver {
  const known = new Map<Instance, Map<Expression, Found<Known>>>();
  let depth = 0;
  const deeper = <T>(expression: Expression, step: () => Found<T>): Found<T> => {
    if (depth >= DEEPEST) return refused(cannotFollow(resolver, expression));
    depth += 1;
    try {
      return step();
    } finally {
      depth -= 1;
    }
  };
  const resolver: Resolver = {
    workspace,
    trace: (here, steps, purpose) => deeper(here.expression, () => trace(resolver, here, steps, purpose)),
    // Remembered: expressions that use each other twice would otherwise be worked out twice at every level.
    evaluate: (expression, instance) => {
      const ofInstance = known.get(instance) ?? new Map<Expression, Found<Known>>();
      known.set(instance, ofInstance);
      const before = ofInstance.get(expression);
      if (before !== undefined) return before;
      const value = deeper(expression, () => evaluate(resolver, expression, instance));
      ofInstance.set(expression, value);
      return value;
    },
  };
  return resolver;
}
