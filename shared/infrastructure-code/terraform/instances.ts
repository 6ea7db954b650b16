import type { Block } from '../hcl/syntax.ts';
import { attributeOf } from '../hcl/syntax.ts';
import { folderOf, joinPath, nameOf } from '../paths.ts';
import type { Workspace } from './workspace.ts';

/** A folder of Terraform as it is used: a root with a set of variable files, or a call of a module in such a one. */
export interface Instance {
  readonly folder: string;
  /** `''` for a root, `module.database` in it. */
  readonly address: string;
  readonly caller: { readonly instance: Instance; readonly call: Block } | null;
  /** Of the root, in the order in which they win: the last one wins. */
  readonly variableFiles: readonly string[];
}

const DEEPEST_CALL = 10;
/** Far more than a repository has, and little enough to look through: modules that call modules multiply. */
const MOST_INSTANCES = 2_000;

/** Every way in which the folders are used, as far as the repository tells. */
export function instancesIn(workspace: Workspace): readonly Instance[] {
  const folders = [...new Set(workspace.terraformFiles.map(folderOf))].toSorted();
  const called = new Set(
    folders.flatMap((folder) => workspace.blocks(folder, 'module').map((call) => calledFolder(folder, call))),
  );
  const roots = folders.filter((folder) => !called.has(folder) || hasOwnVariables(workspace, folder));
  const instances = roots.flatMap((folder) =>
    variableFileSets(workspace, folder, { folders, roots }).map((variableFiles): Instance => ({
      folder,
      address: '',
      caller: null,
      variableFiles,
    })),
  );
  // Grows while it is walked: what is called calls others.
  for (const instance of instances) {
    if (instances.length >= MOST_INSTANCES) break;
    for (const call of workspace.blocks(instance.folder, 'module')) {
      const inner = calledInstance(instance, call);
      if (inner !== null && workspace.hasFolder(inner.folder)) instances.push(inner);
    }
  }
  return instances;
}

const calledBefore = new WeakMap<Instance, WeakMap<Block, Instance>>();

/** The module that a call uses, the same object every time; `null` where it does not lie in the repository. */
export function calledInstance(instance: Instance, call: Block): Instance | null {
  const known = calledBefore.get(instance)?.get(call);
  if (known !== undefined) return known;
  const folder = calledFolder(instance.folder, call);
  if (folder === null || callersOf(instance).length >= DEEPEST_CALL) return null;
  const own = `module.${call.labels[0] ?? ''}`;
  const address = instance.address === '' ? own : `${instance.address}.${own}`;
  const inner = { folder, address, caller: { instance, call }, variableFiles: instance.variableFiles };
  const ofInstance = calledBefore.get(instance) ?? new WeakMap<Block, Instance>();
  calledBefore.set(instance, ofInstance.set(call, inner));
  return inner;
}

/** The calls that lead to an instance, innermost first. */
export function callersOf({ caller }: Instance): readonly { readonly instance: Instance; readonly call: Block }[] {
  return caller === null ? [] : [caller, ...callersOf(caller.instance)];
}

export function sourceOf(call: Block): string {
  const source = attributeOf(call.body, 'source')?.expression;
  return source?.kind === 'literal' && typeof source.value === 'string' ? source.value : '';
}

function calledFolder(folder: string, call: Block): string | null {
  const source = sourceOf(call);
  return /^\.\.?\//.test(source) ? joinPath(folder, source) : null;
}

const VARIABLE_FILE = /\.tfvars(\.json)?$/;
const AUTOMATIC = /^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/;

export function isVariableFile(path: string): boolean {
  return VARIABLE_FILE.test(path);
}

function hasOwnVariables(workspace: Workspace, folder: string): boolean {
  return workspace.paths.some((path) => folderOf(path) === folder && VARIABLE_FILE.test(path));
}

/**
 * What Terraform loads by itself (`terraform.tfvars`, then `*.auto.tfvars` by name), alone and with each of the files
 * that somebody may give with `-var-file`.
 */
function variableFileSets(
  workspace: Workspace,
  root: string,
  { folders, roots }: { readonly folders: readonly string[]; readonly roots: readonly string[] },
): readonly (readonly string[])[] {
  const known = new Set(folders);
  const own = workspace.paths.filter((path) => {
    if (!VARIABLE_FILE.test(path)) return false;
    const owner = nearestFolder(folderOf(path), known);
    return owner === root || (owner === null && roots.length === 1);
  });
  const automatic = own.filter((path) => folderOf(path) === root && AUTOMATIC.test(nameOf(path)));
  // By bytes, as Terraform reads a folder: no language has a say in which one wins.
  const ordered = automatic.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const given = own.filter((path) => !automatic.includes(path)).toSorted();
  return [ordered, ...given.map((path) => [...ordered, path])];
}

function rank(path: string): string {
  return nameOf(path).startsWith('terraform.tfvars') ? `0${nameOf(path)}` : `1${nameOf(path)}`;
}

/** The closest folder upwards that has Terraform in it. */
function nearestFolder(folder: string, known: ReadonlySet<string>): string | null {
  if (known.has(folder)) return folder;
  return folder === '' ? null : nearestFolder(folderOf(folder), known);
}
