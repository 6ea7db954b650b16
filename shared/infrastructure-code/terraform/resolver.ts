import type { Selector } from '../edit.ts';
import { attributeOf, type Block, type Expression } from '../hcl/syntax.ts';
import type { Found, Refusal } from '../refusal.ts';
import type { Range } from '../text.ts';
import type { Instance } from './instances.ts';
import type { Workspace } from './workspace.ts';

/** What a value is wanted for: to know it, or to change it where it stands. */
export type Purpose = 'value' | 'place';

export type Step = string | number | Selector;

/** A name that a value comes through: other users of it would see a change of the value, too. */
export interface Hop {
  readonly kind: 'var' | 'local' | 'output';
  readonly folder: string;
  readonly name: string;
  /** What is taken of it: `['orders', 'size']` of `local.databases`. */
  readonly rest: readonly Step[];
  /** The reference itself. */
  readonly use: Range;
}

/** An expression, where its names are to be looked up, and how it was come by. */
export interface Here {
  readonly expression: Expression;
  readonly instance: Instance;
  readonly hops: readonly Hop[];
}

/** A value that the code alone settles. Lists and objects are of no use here but to be followed into. */
export type Known = string | number | boolean | null;

/** Reads the code without running Terraform. Following and evaluating need each other, so both are handed round. */
export interface Resolver {
  readonly workspace: Workspace;
  /**
   * Follows references, lists and objects to the expression that a value is written as, as far as that does not depend
   * on anything but the code.
   *
   * @returns an expression that is no reference, or why the way ends before
   */
  readonly trace: (here: Here, steps: readonly Step[], purpose: Purpose) => Found<Here>;
  /** Works out an expression, or says what stands in the way. */
  readonly evaluate: (expression: Expression, instance: Instance) => Found<Known>;
}

/** `container_definitions["api"].cpu`: an element of a list is called by what tells it from the others. */
export function sayPath(steps: readonly Step[]): string {
  return steps
    .map((step, index) => (typeof step === 'object' || index === 0 ? sayStep(step) : `.${sayStep(step)}`))
    .join('');
}

export function sayStep(step: Step): string {
  return typeof step === 'object' ? `[${JSON.stringify(step.equals)}]` : String(step);
}

/** Why an expression is as far as one gets without running Terraform. */
export function cannotFollow(resolver: Resolver, { kind, range }: Expression): Refusal {
  const at = resolver.workspace.at(range);
  const expression = resolver.workspace.quote(range);
  return kind === 'conditional' ? { code: 'conditional', at, expression } : { code: 'computed', at, expression };
}

/** What Terraform takes once, and stands there more often. */
export function severalOf(
  { workspace }: Resolver,
  sought: string,
  found: readonly { readonly range: Range }[],
): Refusal {
  return { code: 'several-candidates', sought, places: found.map(({ range }) => workspace.at(range)) };
}

/** Whether a block stands for exactly one thing, or why that cannot be said. */
export function onlyOnce(resolver: Resolver, block: Block, instance: Instance): Refusal | null {
  const forEach = attributeOf(block.body, 'for_each');
  if (forEach !== undefined) return repeated(resolver, 'for_each', forEach.expression);
  const count = attributeOf(block.body, 'count');
  if (count === undefined) return null;
  const times = resolver.evaluate(count.expression, instance);
  return times.kind === 'found' && Number(times.value) === 1 ? null : repeated(resolver, 'count', count.expression);
}

function repeated(resolver: Resolver, by: 'count' | 'for_each', { range }: Expression): Refusal {
  return { code: 'repeated', at: resolver.workspace.at(range), by, expression: resolver.workspace.quote(range) };
}
