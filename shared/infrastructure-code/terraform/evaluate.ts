import type { Expression } from '../hcl/syntax.ts';
import { found, type Found, refused } from '../refusal.ts';
import type { Instance } from './instances.ts';
import { cannotFollow, type Known, type Resolver } from './resolver.ts';

/** One step of `Resolver.evaluate`. */
export function evaluate(resolver: Resolver, expression: Expression, instance: Instance): Found<Known> {
  const traced = resolver.trace({ expression, instance, hops: [] }, [], 'value');
  if (traced.kind === 'refused') return traced;
  const { expression: final, instance: there } = traced.value;
  const known = (inner: Expression): Found<Known> => resolver.evaluate(inner, there);
  switch (final.kind) {
    case 'literal':
      return found(final.value);
    case 'template':
      return joined(
        resolver,
        final,
        final.parts.map((part) => (part.kind === 'text' ? found(part.text) : known(part.expression))),
      );
    case 'conditional': {
      const condition = known(final.condition);
      if (condition.kind === 'refused') return condition;
      return known(isTrue(condition.value) ? final.then : final.otherwise);
    }
    case 'operation':
      return applied(resolver, final, final.operands.map(known));
    case 'call':
      return final.function === 'contains'
        ? contained(resolver, final, known)
        : called(resolver, final, final.arguments.map(known));
    default:
      return refused(cannotFollow(resolver, final));
  }
}

/** Terraform takes `"true"` for a condition, too. */
function isTrue(value: Known): boolean {
  return value === true || value === 'true';
}

/** A name in AWS is never that long; templates that double themselves can make texts without end. */
const LONGEST_TEXT = 10_000;

function joined(resolver: Resolver, whole: Expression, parts: readonly Found<Known>[]): Found<Known> {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'refused') return part;
    text += String(part.value);
    if (text.length > LONGEST_TEXT) return refused(cannotFollow(resolver, whole));
  }
  return found(text);
}

function applied(
  resolver: Resolver,
  operation: Extract<Expression, { kind: 'operation' }>,
  operands: readonly Found<Known>[],
): Found<Known> {
  const [left, right] = operands;
  if (left?.kind !== 'found') return left ?? refused(cannotFollow(resolver, operation));
  if (operation.operator === '!') return found(!isTrue(left.value));
  if (right?.kind !== 'found') return right ?? refused(cannotFollow(resolver, operation));
  switch (operation.operator) {
    case '==':
      return found(left.value === right.value);
    case '!=':
      return found(left.value !== right.value);
    case '&&':
      return found(isTrue(left.value) && isTrue(right.value));
    case '||':
      return found(isTrue(left.value) || isTrue(right.value));
    default:
      return compared(resolver, operation, numberOf(left.value), numberOf(right.value));
  }
}

/** NaN for what is none: Terraform takes `"5"` for a number, and neither `null` nor `true`. */
function numberOf(value: Known): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

function compared(
  resolver: Resolver,
  operation: Extract<Expression, { kind: 'operation' }>,
  left: number,
  right: number,
): Found<Known> {
  if (Number.isNaN(left) || Number.isNaN(right)) return refused(cannotFollow(resolver, operation));
  switch (operation.operator) {
    case '<':
      return found(left < right);
    case '<=':
      return found(left <= right);
    case '>':
      return found(left > right);
    case '>=':
      return found(left >= right);
    default:
      return refused(cannotFollow(resolver, operation));
  }
}

/** `contains(["a", "b"], var.x)`, the usual condition on a variable. */
function contained(
  resolver: Resolver,
  call: Extract<Expression, { kind: 'call' }>,
  known: (inner: Expression) => Found<Known>,
): Found<Known> {
  const [list, sought, ...others] = call.arguments;
  if (list?.kind !== 'tuple' || sought === undefined || others.length > 0) return refused(cannotFollow(resolver, call));
  const values = [sought, ...list.elements].map(known);
  const missing = values.find((value) => value.kind === 'refused');
  if (missing !== undefined) return missing;
  const [first, ...elements] = values.map((value) => (value.kind === 'found' ? String(value.value) : ''));
  return found(elements.some((element) => element === first));
}

/** The few functions that names are made with. */
function called(
  resolver: Resolver,
  call: Extract<Expression, { kind: 'call' }>,
  values: readonly Found<Known>[],
): Found<Known> {
  const [first, ...others] = values;
  if (first?.kind !== 'found') return first ?? refused(cannotFollow(resolver, call));
  const text = String(first.value);
  switch (call.function) {
    case 'lower':
      return found(text.toLowerCase());
    case 'upper':
      return found(text.toUpperCase());
    case 'format':
      return formatted(resolver, call, text, others);
    default:
      return refused(cannotFollow(resolver, call));
  }
}

function formatted(
  resolver: Resolver,
  call: Expression,
  pattern: string,
  values: readonly Found<Known>[],
): Found<Known> {
  const texts = pattern.split(/%[sdv]/);
  if (texts.length !== values.length + 1 || texts.some((text) => text.includes('%'))) {
    return refused(cannotFollow(resolver, call));
  }
  return joined(
    resolver,
    call,
    texts.flatMap((text, index) => [found(text), ...values.slice(index, index + 1)]),
  );
}
