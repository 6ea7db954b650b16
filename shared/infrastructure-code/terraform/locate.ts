import type { AttributePath, Selector } from '../edit.ts';
import { encode } from '../hcl/literal.ts';
import { type Attribute, attributeOf, type Block, type Body } from '../hcl/syntax.ts';
import { found, type Found, refused } from '../refusal.ts';
import type { ResourceAt } from './find-resource.ts';
import { ignoringPlace } from './ignore-changes.ts';
import { insertionPlace } from './insert-attribute.ts';
import { quoteName } from '../text.ts';
import { cannotFollow, type Here, type Hop, type Resolver, sayPath, severalOf, type Step } from './resolver.ts';
import type { TerraformPlace } from './terraform-place.ts';

/** What Terraform leaves alone is not looked for. */
const NOWHERE = { through: [], present: null, write: () => null, notation: 'hcl', hops: [] } as const;

/** Finds the literal behind an attribute of a resource, wherever in the code it stands. */
export function locateAttribute(resolver: Resolver, resource: ResourceAt, path: AttributePath): Found<TerraformPlace> {
  const { block, instance } = resource;
  const name = nameOf(resource, path);
  const ignored = ignoringPlace(resolver.workspace, block, path);
  if (ignored !== null) return found({ ...NOWHERE, range: block.range, at: ignored, name, ignored });
  const inBlock = descend(resolver, resource, block.body, path);
  if (inBlock.kind === 'refused') return inBlock;
  const { body, attribute, rest } = inBlock.value;
  if (attribute === null) {
    const [own] = rest;
    if (typeof own !== 'string' || rest.length > 1) {
      return refused({ code: 'attribute-missing', at: resolver.workspace.at(block.range), attribute: name });
    }
    const place = insertionPlace(resolver.workspace, body, own);
    const at = resolver.workspace.at(block.range);
    return place === null ? refused({ code: 'attribute-missing', at, attribute: name }) : found({ ...place, name });
  }
  const here: Here = { expression: attribute.expression, instance, hops: [] };
  const traced = resolver.trace(here, rest, 'place');
  if (traced.kind === 'refused') return traced;
  const { expression, hops } = traced.value;
  if (expression.kind !== 'literal') return refused(cannotFollow(resolver, expression));
  const { range, notation, value } = expression;
  return found({
    range,
    at: resolver.workspace.at(range),
    name,
    through: hops.map(sayHop),
    present: value,
    ignored: null,
    write: (to) => encode(to, notation),
    notation,
    hops,
  });
}

function nameOf({ block, instance }: ResourceAt, path: AttributePath): string {
  const own = sayPath([...block.labels, ...path]);
  return quoteName(instance.address === '' ? own : `${instance.address}.${own}`);
}

function sayHop({ kind, name, rest }: Hop): string {
  const root = kind === 'output' ? 'module' : kind;
  return quoteName(sayPath([root, name, ...rest]));
}

interface InBlock {
  readonly body: Body;
  /** `null` where the innermost block does not have it. */
  readonly attribute: Attribute | null;
  /** Steps into the value of the attribute; the attribute itself first where it is missing. */
  readonly rest: readonly Step[];
}

/** Goes through nested blocks to the one that has the attribute, or would have it. */
function descend(
  resolver: Resolver,
  resource: ResourceAt,
  body: Body,
  path: readonly (string | Selector)[],
): Found<InBlock> {
  const [step, ...rest] = path;
  if (typeof step !== 'string') return found({ body, attribute: null, rest: path });
  const [attribute, ...again] = body.attributes.filter(({ name }) => name === step);
  if (attribute !== undefined && again.length > 0) {
    return refused(severalOf(resolver, sayPath(path), [attribute, ...again]));
  }
  if (attribute !== undefined) return found({ body, attribute, rest });
  const dynamic = body.blocks.find(({ type, labels }) => type === 'dynamic' && labels[0] === step);
  if (dynamic !== undefined) {
    return refused({ code: 'dynamic-block', at: resolver.workspace.at(dynamic.range), block: step });
  }
  const nested = body.blocks.filter(({ type }) => type === step);
  if (nested.length === 0) return found({ body, attribute: null, rest: path });
  const [selector, ...inner] = rest;
  const chosen = typeof selector === 'object' ? selected(resolver, resource, nested, selector) : nested;
  const [only, ...others] = chosen;
  const sought = sayPath(path);
  if (only === undefined) {
    return refused({ code: 'attribute-missing', at: resolver.workspace.at(resource.block.range), attribute: sought });
  }
  if (others.length > 0) {
    const places = chosen.map(({ range }) => resolver.workspace.at(range));
    return refused({ code: 'several-candidates', sought, places });
  }
  return descend(resolver, resource, only.body, typeof selector === 'object' ? inner : rest);
}

function selected(
  resolver: Resolver,
  { instance }: ResourceAt,
  blocks: readonly Block[],
  { key, equals }: Selector,
): readonly Block[] {
  return blocks.filter(({ body }) => {
    const attribute = attributeOf(body, key);
    if (attribute === undefined) return false;
    const value = resolver.evaluate(attribute.expression, instance);
    return value.kind === 'found' && String(value.value) === equals;
  });
}
