import type { At } from '../at.ts';
import type { AttributePath } from '../edit.ts';
import { type Block, referencesIn, type ReferenceStep } from '../hcl/syntax.ts';
import { samePlace } from '../place.ts';
import type { Refusal } from '../refusal.ts';
import type { Range } from '../text.ts';
import type { FoundResource, ResourceAt } from './find-resource.ts';
import { callersOf } from './instances.ts';
import { locateAttribute } from './locate.ts';
import type { TerraformPlace } from './terraform-place.ts';
import type { Hop, Resolver, Step } from './resolver.ts';
import type { Workspace } from './workspace.ts';

/**
 * Who else would change along with a literal; `null` where it is used for this alone.
 *
 * @param alongside uses that are meant to change along
 */
export function sharedUse(
  resolver: Resolver,
  { matches, siblings }: FoundResource,
  path: AttributePath,
  place: TerraformPlace,
  alongside: readonly Range[] = [],
): Refusal | null {
  const isMeant = ({ path: file, start, end }: Range): boolean =>
    alongside.some((range) => range.path === file && range.start <= start && end <= range.end);
  const others = [
    ...place.hops
      .flatMap((hop) => otherUses(resolver.workspace, hop))
      .filter((range) => !isMeant(range))
      .map((range) => resolver.workspace.at(range)),
    ...leading(resolver, siblings, path, place).map((sibling) => placeOfUse(resolver.workspace, sibling, matches)),
    ...otherWays(resolver.workspace, leading(resolver, matches, path, place)),
  ];
  if (others.length === 0) return null;
  return { code: 'shared', at: place.at, name: place.through.at(-1) ?? place.name, others: withoutRepeats(others) };
}

/** Those whose attribute stands at a place, too. */
function leading(
  resolver: Resolver,
  resources: readonly ResourceAt[],
  path: AttributePath,
  place: TerraformPlace,
): readonly ResourceAt[] {
  return resources.filter((resource) => {
    const theirs = locateAttribute(resolver, resource, path);
    return theirs.kind === 'found' && samePlace(theirs.value, place);
  });
}

/** Another root, or another call, of which AWS calls the resource the same: one of another region or account. */
export function otherWays(workspace: Workspace, matches: readonly ResourceAt[]): readonly At[] {
  const [first, ...others] = matches.map(({ block, instance }) => {
    const root = callersOf(instance).at(-1);
    const start = root?.instance ?? instance;
    return { way: `${start.folder}\n${instance.address}`, at: workspace.at((root?.call ?? block).range) };
  });
  return others.flatMap(({ way, at }) => (way === first?.way ? [] : [at]));
}

function withoutRepeats(places: readonly At[]): readonly At[] {
  return [...new Map(places.map((at) => [`${at.path}:${at.line}`, at])).values()];
}

/** The call of a module that is another one, else the variable file that makes another thing of the same call. */
function placeOfUse(workspace: Workspace, { block, instance }: ResourceAt, matches: readonly ResourceAt[]): At {
  const isOtherCall = matches.every((match) => match.instance.caller?.call !== instance.caller?.call);
  if (instance.caller !== null && isOtherCall) return workspace.at(instance.caller.call.range);
  const file = instance.variableFiles.at(-1);
  return file === undefined ? workspace.at(block.range) : { path: file, line: 1 };
}

/** Blocks that show a value, or check it, and do not act on it. */
const HARMLESS = new Set(['output', 'check']);

function otherUses(workspace: Workspace, hop: Hop): readonly Range[] {
  const names = hop.kind === 'output' ? hop.name.split('.') : [hop.name];
  const root = hop.kind === 'output' ? 'module' : hop.kind;
  return workspace
    .allBlocks(hop.folder)
    .filter((block) => mayUse(workspace, block, names.at(-1) ?? '') && !isHarmless(block, hop))
    .flatMap(({ body }) => referencesIn(body))
    .filter((reference) => reference.root === root && overlaps(reference.steps, [...names, ...hop.rest]))
    .map(({ range }) => range)
    .filter((range) => !(range.path === hop.use.path && range.start === hop.use.start));
}

/** Looking at the text first saves to convert the block. */
function mayUse(workspace: Workspace, { range }: Block, name: string): boolean {
  return workspace.text(range.path).slice(range.start, range.end).includes(name);
}

/** A variable may look at itself in its validation. */
function isHarmless({ type, labels }: Block, hop: Hop): boolean {
  return HARMLESS.has(type) || (type === 'variable' && hop.kind === 'var' && labels[0] === hop.name);
}

/** `local.sizes` and `local.sizes.orders` overlap, `local.sizes.api` and `local.sizes.orders` do not. */
function overlaps(theirs: readonly ReferenceStep[], ours: readonly Step[]): boolean {
  for (const [index, step] of theirs.entries()) {
    const own = ours[index];
    const name = plainStep(step);
    if (own === undefined || typeof own === 'object' || name === null) return true;
    if (name !== String(own)) return false;
  }
  return true;
}

/** `null` where the step could lead to anything. */
function plainStep(step: ReferenceStep): string | null {
  if (step.kind === 'attribute') return step.name;
  return step.kind === 'index' && step.key.kind === 'literal' ? String(step.key.value) : null;
}
