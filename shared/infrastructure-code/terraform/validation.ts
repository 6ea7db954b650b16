import { attributeOf } from '../hcl/syntax.ts';
import type { Refusal } from '../refusal.ts';
import { callersOf, type Instance } from './instances.ts';
import type { Hop, Resolver } from './resolver.ts';

/**
 * The validation of a variable that a value comes through and does not fulfil, as far as the code alone settles it;
 * `null` where there is none. Terraform would refuse to plan.
 */
export function brokenValidation(resolver: Resolver, instance: Instance, hops: readonly Hop[]): Refusal | null {
  const { workspace } = resolver;
  const instances = [instance, ...callersOf(instance).map((caller) => caller.instance)];
  for (const { kind, folder, name } of hops) {
    const there = instances.find((each) => each.folder === folder);
    const variable = kind === 'var' ? workspace.block(folder, 'variable', [name]) : undefined;
    if (there === undefined || variable === undefined) continue;
    for (const { type, body } of variable.body.blocks) {
      const condition = type === 'validation' ? attributeOf(body, 'condition')?.expression : undefined;
      const holds = condition === undefined ? null : resolver.evaluate(condition, there);
      if (condition === undefined || holds?.kind !== 'found' || holds.value !== false) continue;
      const { range } = condition;
      return { code: 'not-valid', at: workspace.at(range), variable: name, condition: workspace.quote(range) };
    }
  }
  return null;
}
