import type { Expression } from '../hcl/syntax.ts';
import { parseJson } from '../json.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import { followReference } from './references.ts';
import { cannotFollow, type Here, type Purpose, type Resolver, sayStep, severalOf, type Step } from './resolver.ts';

/** One step of `Resolver.trace`. */
export function trace(resolver: Resolver, here: Here, steps: readonly Step[], purpose: Purpose): Found<Here> {
  const { expression } = here;
  if (expression.kind === 'reference') return followReference(resolver, { ...here, expression }, steps, purpose);
  if (expression.kind === 'call') {
    const inner = transparentCall(expression, steps);
    if (inner !== null) return resolver.trace({ ...here, expression: inner }, steps, purpose);
  }
  const [step, ...rest] = steps;
  if (step === undefined) return found(here);
  const into = stepInto(resolver, here, step);
  return into.kind === 'refused' ? into : resolver.trace({ ...here, expression: into.value }, rest, purpose);
}

/** Functions that give what they are given, in another type. */
function transparentCall(call: Extract<Expression, { kind: 'call' }>, steps: readonly Step[]): Expression | null {
  const [only, ...others] = call.arguments;
  if (only === undefined || others.length > 0) return null;
  if (steps.length > 0) return call.function === 'jsonencode' || call.function === 'yamlencode' ? only : null;
  return call.function === 'tostring' || call.function === 'tonumber' ? only : null;
}

function stepInto(resolver: Resolver, here: Here, step: Step): Found<Expression> {
  const { expression } = here;
  switch (expression.kind) {
    case 'object':
      return elementOf(resolver, here, expression, step);
    case 'tuple':
      return memberOf(resolver, here, expression, step);
    case 'heredoc': {
      const json = parseJson(resolver.workspace.text(expression.content.path), expression.content, 'json-in-heredoc');
      if (json.kind === 'refused') return refused(cannotFollow(resolver, expression));
      return stepInto(resolver, { ...here, expression: json.value }, step);
    }
    default:
      return refused(cannotFollow(resolver, expression));
  }
}

function elementOf(
  resolver: Resolver,
  { expression: whole, instance }: Here,
  { elements }: Extract<Expression, { kind: 'object' }>,
  step: Step,
): Found<Expression> {
  if (typeof step === 'object') return refused(cannotFollow(resolver, whole));
  const matching: Expression[] = [];
  for (const { key, value } of elements) {
    const name = resolver.evaluate(key, instance);
    // A key that is not known could be the one.
    if (name.kind === 'refused') return name;
    if (String(name.value) === String(step)) matching.push(value);
  }
  const [only, ...others] = matching;
  const at = resolver.workspace.at(whole.range);
  if (only === undefined) return refused({ code: 'attribute-missing', at, attribute: sayStep(step) });
  if (others.length > 0) return refused(severalOf(resolver, sayStep(step), matching));
  return found(only);
}

function memberOf(
  resolver: Resolver,
  { expression: whole, instance, hops }: Here,
  { elements }: Extract<Expression, { kind: 'tuple' }>,
  step: Step,
): Found<Expression> {
  const missing: Refusal = {
    code: 'attribute-missing',
    at: resolver.workspace.at(whole.range),
    attribute: sayStep(step),
  };
  if (typeof step !== 'object') {
    const element = elements[Number(step)];
    return element === undefined ? refused(missing) : found(element);
  }
  const matching: Expression[] = [];
  for (const expression of elements) {
    const key = resolver.trace({ expression, instance, hops }, [step.key], 'value');
    if (key.kind === 'refused') {
      if (key.because.code === 'attribute-missing') continue;
      return key;
    }
    const value = resolver.evaluate(key.value.expression, key.value.instance);
    if (value.kind === 'refused') return value;
    if (String(value.value) === step.equals) matching.push(expression);
  }
  const [only, ...others] = matching;
  if (only === undefined) return refused(missing);
  return others.length > 0 ? refused(severalOf(resolver, sayStep(step), matching)) : found(only);
}
