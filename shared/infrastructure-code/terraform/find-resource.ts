import type { ResourceIdentity, UnreadFile } from '../edit.ts';
import { attributeOf, type Block } from '../hcl/syntax.ts';
import { folderOf } from '../paths.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import { quote } from '../text.ts';
import { calledInstance, callersOf, type Instance, isVariableFile } from './instances.ts';
import { overridden, remoteModule } from './references.ts';
import { onlyOnce, type Resolver } from './resolver.ts';
import { isOverride } from './workspace.ts';

/** A resource block in one of the ways in which its folder is used. */
export interface ResourceAt {
  readonly block: Block;
  readonly instance: Instance;
}

export interface FoundResource {
  /** The same block; several where several variable files lead to the same resource. */
  readonly matches: readonly ResourceAt[];
  /** Uses of the same block for other resources, which a change of the block would change, too. */
  readonly siblings: readonly ResourceAt[];
  /** Uses of the same block with variable files that do not even name it: parts of a set, such as `common.tfvars`. */
  readonly partial: readonly ResourceAt[];
}

type Match =
  | { readonly kind: 'yes' | 'no'; readonly resource: ResourceAt }
  | { readonly kind: 'maybe'; readonly resource: ResourceAt; readonly because: Refusal };

/** Finds a resource by what AWS calls it. */
export function findResource(
  resolver: Resolver,
  instances: readonly Instance[],
  identity: ResourceIdentity,
): Found<FoundResource> {
  const matches = instances.flatMap((instance) =>
    resolver.workspace
      .blocks(instance.folder, 'resource')
      .filter(({ labels }) => labels[0] === identity.type)
      .map((block) => matchOf(resolver, { block, instance }, identity)),
  );
  const sure = matches.filter(({ kind }) => kind === 'yes').map(({ resource }) => resource);
  const [first] = sure;
  if (first === undefined) return refused(whyNotFound(resolver, instances, identity, matches));
  const places = distinctPlaces(resolver, sure);
  if (places.length > 1) return refused({ code: 'several-candidates', sought: sayIdentity(identity), places });
  const trouble = troubleWith(resolver, first);
  if (trouble !== null) return refused(trouble);
  const others = matches.filter(({ kind, resource }) => kind !== 'yes' && resource.block === first.block);
  const of = (chosen: readonly Match[]) => chosen.map(({ resource }) => resource);
  return found({
    matches: sure,
    siblings: of(others.filter((match) => !isPartial(match))),
    partial: of(others.filter(isPartial)),
  });
}

/** A use whose name is not even set is one that nobody applies as it is: a variable file is missing there. */
function isPartial(match: Match): boolean {
  return match.kind === 'maybe' && match.because.code === 'variable-not-set';
}

function sayIdentity({ type, identifiedBy }: ResourceIdentity): string {
  const pairs = Object.entries(identifiedBy).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `${type} with ${pairs.join(', ')}`;
}

function matchOf(resolver: Resolver, resource: ResourceAt, { identifiedBy }: ResourceIdentity): Match {
  let doubt: Refusal | null = null;
  for (const [name, value] of Object.entries(identifiedBy)) {
    const attribute = attributeOf(resource.block.body, name);
    if (attribute === undefined) {
      doubt ??= { code: 'attribute-missing', at: resolver.workspace.at(resource.block.range), attribute: name };
      continue;
    }
    const known = resolver.evaluate(attribute.expression, resource.instance);
    if (known.kind === 'refused') doubt ??= known.because;
    else if (String(known.value) !== value) return { kind: 'no', resource };
  }
  return doubt === null ? { kind: 'yes', resource } : { kind: 'maybe', resource, because: doubt };
}

function distinctPlaces(resolver: Resolver, resources: readonly ResourceAt[]) {
  return [...new Set(resources.map(({ block }) => block))].map(({ range }) => resolver.workspace.at(range));
}

/** What forbids to touch a block although it is the right one. */
function troubleWith(resolver: Resolver, { block, instance }: ResourceAt): Refusal | null {
  const callers = callersOf(instance);
  const fault = faultAround(resolver, instance);
  if (fault !== null) return fault;
  const override = resolver.workspace.override(instance.folder, block);
  if (override !== undefined) return overridden(resolver, block, override);
  const several = [{ call: block, instance }, ...callers].map((use) => onlyOnce(resolver, use.call, use.instance));
  return several.find((refusal) => refusal !== null) ?? null;
}

function whyNotFound(
  resolver: Resolver,
  instances: readonly Instance[],
  identity: ResourceIdentity,
  matches: readonly Match[],
): Refusal {
  const { workspace } = resolver;
  const [fault] = workspace.faults(() => true);
  if (fault !== undefined) return fault;
  const doubtful = matches
    .filter((match) => match.kind === 'maybe')
    .filter(({ because }) => !IDLE_DOUBTS.has(because.code));
  const [doubt] = doubtful;
  const places = distinctPlaces(
    resolver,
    doubtful.map(({ resource }) => resource),
  );
  if (places.length > 1) return { code: 'several-candidates', sought: sayIdentity(identity), places };
  if (doubt !== undefined) {
    return onlyOnce(resolver, doubt.resource.block, doubt.resource.instance) ?? doubt.because;
  }
  const remote = remoteCandidate(resolver, instances, identity);
  if (remote !== null) return remote;
  const unset = matches.find((match) => match.kind === 'maybe' && match.because.code === 'variable-not-set');
  const unreadVariables = workspace.unread.find(({ path }) => isVariableFile(path));
  if (unset?.kind === 'maybe') return unreadVariables === undefined ? unset.because : unreadFile(unreadVariables);
  const inJson = workspace.paths.filter(
    (path) => path.endsWith('.tf.json') && workspace.text(path).includes(identity.type),
  );
  const unread = workspace.unread.map(({ path }) => path).filter((path) => /\.tf(\.json)?$/.test(path));
  return { code: 'not-found', sought: sayIdentity(identity), unreadable: [...inJson, ...unread].map(quote) };
}

/** Doubts that nearly every repository has: a variable file that is not given, a name that AWS makes up. */
const IDLE_DOUBTS: ReadonlySet<Refusal['code']> = new Set(['variable-not-set', 'attribute-missing']);

/** A call of a module that we cannot see, which is given the name that is sought. */
function remoteCandidate(
  resolver: Resolver,
  instances: readonly Instance[],
  { identifiedBy }: ResourceIdentity,
): Refusal | null {
  const names = new Set(Object.values(identifiedBy));
  for (const instance of instances) {
    const call = resolver.workspace.blocks(instance.folder, 'module').find(
      (block) =>
        !isInHand(resolver, instance, block) &&
        block.body.attributes.some(({ name, expression }) => {
          if (name === 'source' || name === 'version') return false;
          const value = resolver.evaluate(expression, instance);
          return value.kind === 'found' && names.has(String(value.value));
        }),
    );
    if (call !== undefined) return remoteModule(resolver, call);
  }
  return null;
}

/** Modules that other repositories have, and those of this one whose folder may not be read. */
function isInHand({ workspace }: Resolver, instance: Instance, call: Block): boolean {
  const inner = calledInstance(instance, call);
  return inner !== null && workspace.hasFolder(inner.folder);
}

/** A file that cannot be read, and that has a say in what an instance is. */
export function faultAround({ workspace }: Resolver, instance: Instance): Refusal | null {
  const folders = new Set(
    [instance, ...callersOf(instance).map((caller) => caller.instance)].map(({ folder }) => folder),
  );
  const hasSay = (path: string): boolean =>
    path.endsWith('.tf') ? folders.has(folderOf(path)) : instance.variableFiles.includes(path);
  const [fault] = workspace.faults(hasSay);
  // What other files than overrides say of something they say alone: where one is needed, it is missed.
  const unread = workspace.unread.find(({ path }) => hasSay(path) && (!path.endsWith('.tf') || isOverride(path)));
  return fault ?? (unread === undefined ? null : unreadFile(unread));
}

function unreadFile({ path, because: why }: UnreadFile): Refusal {
  return { code: 'unread-file', path, why };
}
