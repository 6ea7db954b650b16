import { attributeOf, type Block, type Expression, type ReferenceStep } from '../hcl/syntax.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import { calledInstance, sourceOf } from './instances.ts';
import {
  cannotFollow,
  type Here,
  type Hop,
  onlyOnce,
  type Purpose,
  type Resolver,
  sayStep,
  severalOf,
  type Step,
} from './resolver.ts';

interface AtReference extends Here {
  readonly expression: Extract<Expression, { kind: 'reference' }>;
}

/** Goes on at what a reference names. */
export function followReference(
  resolver: Resolver,
  here: AtReference,
  steps: readonly Step[],
  purpose: Purpose,
): Found<Here> {
  const { root } = here.expression;
  switch (root) {
    case 'var':
    case 'local':
      return followName(resolver, here, steps, purpose, root);
    case 'module':
      return followOutput(resolver, here, steps, purpose);
    case 'data':
      return refused({ code: 'data-source', ...placeOf(resolver, here) });
    case 'each':
    case 'count':
      return refused({
        code: 'repeated',
        at: resolver.workspace.at(here.expression.range),
        by: root === 'each' ? 'for_each' : 'count',
        expression: resolver.workspace.quote(here.expression.range),
      });
    case 'path':
    case 'terraform':
    case 'self':
      return refused(cannotFollow(resolver, here.expression));
    default:
      return followResource(resolver, here, steps, purpose);
  }
}

function placeOf(resolver: Resolver, { expression: { range } }: AtReference) {
  return { at: resolver.workspace.at(range), reference: resolver.workspace.quote(range) };
}

/** Steps of a reference with their keys worked out: `["orders"]` and `.orders` are one step. */
function stepsOf(resolver: Resolver, here: AtReference, steps: readonly ReferenceStep[]): Found<readonly Step[]> {
  const plain: Step[] = [];
  for (const step of steps) {
    if (step.kind === 'attribute') {
      plain.push(step.name);
      continue;
    }
    if (step.kind === 'splat') return refused(cannotFollow(resolver, here.expression));
    const key = resolver.evaluate(step.key, here.instance);
    if (key.kind === 'refused') return key;
    if (typeof key.value !== 'string' && typeof key.value !== 'number') {
      return refused(cannotFollow(resolver, here.expression));
    }
    plain.push(key.value);
  }
  return found(plain);
}

function followName(
  resolver: Resolver,
  here: AtReference,
  steps: readonly Step[],
  purpose: Purpose,
  kind: 'var' | 'local',
): Found<Here> {
  const [first, ...others] = here.expression.steps;
  if (first?.kind !== 'attribute') return refused(cannotFollow(resolver, here.expression));
  const own = stepsOf(resolver, here, others);
  if (own.kind === 'refused') return own;
  const rest = [...own.value, ...steps];
  const { folder } = here.instance;
  const hop: Hop = { kind, folder, name: first.name, rest, use: here.expression.range };
  const next = kind === 'var' ? valueOfVariable(resolver, here, hop) : valueOfLocal(resolver, here, hop);
  return next.kind === 'refused' ? next : resolver.trace(next.value, rest, purpose);
}

function valueOfLocal(resolver: Resolver, here: AtReference, hop: Hop): Found<Here> {
  const [local, ...others] = resolver.workspace.locals(hop.folder, hop.name);
  if (local === undefined) return refused({ code: 'nothing-there', ...placeOf(resolver, here) });
  if (others.length > 0) return refused(severalOf(resolver, `local.${hop.name}`, [local, ...others]));
  const override = resolver.workspace.overridingLocal(hop.folder, hop.name);
  if (override !== undefined) return refused(overridden(resolver, local, override));
  return found({ ...here, expression: local.expression, hops: [...here.hops, hop] });
}

/** As Terraform does: the argument of the call, else the variable file that wins, else the default. */
function valueOfVariable(resolver: Resolver, here: AtReference, hop: Hop): Found<Here> {
  const { instance } = here;
  const [variable, ...others] = resolver.workspace
    .blocks(hop.folder, 'variable')
    .filter(({ labels }) => labels[0] === hop.name);
  if (variable === undefined) return refused({ code: 'nothing-there', ...placeOf(resolver, here) });
  if (others.length > 0) return refused(severalOf(resolver, `var.${hop.name}`, [variable, ...others]));
  const hops = [...here.hops, hop];
  if (instance.caller === null) {
    const set = instance.variableFiles
      .map((path) => resolver.workspace.variableIn(path, hop.name))
      .findLast((attribute) => attribute !== undefined);
    if (set !== undefined) return found({ ...here, expression: set.expression, hops });
  } else {
    const argument = attributeOf(instance.caller.call.body, hop.name);
    if (argument !== undefined) {
      const override = resolver.workspace.override(instance.caller.instance.folder, instance.caller.call);
      if (override !== undefined) return refused(overridden(resolver, argument, override));
      return found({ expression: argument.expression, instance: instance.caller.instance, hops });
    }
  }
  const override = resolver.workspace.override(hop.folder, variable);
  if (override !== undefined) return refused(overridden(resolver, variable, override));
  const preset = attributeOf(variable.body, 'default');
  if (preset === undefined) {
    return refused({ code: 'variable-not-set', at: resolver.workspace.at(variable.range), variable: hop.name });
  }
  return found({ ...here, expression: preset.expression, hops });
}

function followOutput(resolver: Resolver, here: AtReference, steps: readonly Step[], purpose: Purpose): Found<Here> {
  const [name, ...others] = here.expression.steps;
  const call =
    name?.kind === 'attribute' ? resolver.workspace.block(here.instance.folder, 'module', [name.name]) : undefined;
  if (call === undefined) return refused({ code: 'nothing-there', ...placeOf(resolver, here) });
  const several = onlyOnce(resolver, call, here.instance);
  if (several !== null) return refused(several);
  const instance = calledInstance(here.instance, call);
  if (instance === null || !resolver.workspace.hasFolder(instance.folder)) return refused(remoteModule(resolver, call));
  const own = stepsOf(resolver, here, withoutOnlyIndex(others));
  if (own.kind === 'refused') return own;
  const [first = '', ...rest] = own.value;
  const output = sayStep(first);
  const block = resolver.workspace.block(instance.folder, 'output', [output]);
  const value = block === undefined ? undefined : attributeOf(block.body, 'value');
  if (value === undefined) return refused({ code: 'nothing-there', ...placeOf(resolver, here) });
  const all = [...rest, ...steps];
  const hop: Hop = {
    kind: 'output',
    folder: here.instance.folder,
    name: `${call.labels[0] ?? ''}.${output}`,
    rest: all,
    use: here.expression.range,
  };
  return resolver.trace({ expression: value.expression, instance, hops: [...here.hops, hop] }, all, purpose);
}

function followResource(resolver: Resolver, here: AtReference, steps: readonly Step[], purpose: Purpose): Found<Here> {
  if (purpose === 'place') return refused({ code: 'another-resource', ...placeOf(resolver, here) });
  const { instance } = here;
  const [name, ...others] = here.expression.steps;
  const block =
    name?.kind === 'attribute'
      ? resolver.workspace.block(instance.folder, 'resource', [here.expression.root, name.name])
      : undefined;
  if (block === undefined) return refused({ code: 'nothing-there', ...placeOf(resolver, here) });
  const several = onlyOnce(resolver, block, instance);
  if (several !== null) return refused(several);
  const own = stepsOf(resolver, here, withoutOnlyIndex(others));
  if (own.kind === 'refused') return own;
  const [attribute = '', ...rest] = own.value;
  const value = attributeOf(block.body, sayStep(attribute));
  if (value === undefined) return refused({ code: 'known-after-apply', ...placeOf(resolver, here) });
  const override = resolver.workspace.override(instance.folder, block);
  if (override !== undefined) return refused(overridden(resolver, value, override));
  return resolver.trace({ ...here, expression: value.expression }, [...rest, ...steps], purpose);
}

/** `[0]` of what is there once. */
function withoutOnlyIndex(steps: readonly ReferenceStep[]): readonly ReferenceStep[] {
  const [first, ...rest] = steps;
  return first?.kind === 'index' && first.key.kind === 'literal' && first.key.value === 0 ? rest : steps;
}

export function remoteModule(resolver: Resolver, call: Block): Refusal {
  const at = resolver.workspace.at(call.range);
  return { code: 'remote-module', at, module: call.labels[0] ?? '', source: sourceOf(call) };
}

export function overridden(resolver: Resolver, { range }: Pick<Block, 'range'>, by: Pick<Block, 'range'>): Refusal {
  return { code: 'overridden', at: resolver.workspace.at(range), by: resolver.workspace.at(by.range) };
}
