import type { At } from '../at.ts';
import type { AttributePath } from '../edit.ts';
import { attributeOf, type Block, type Expression } from '../hcl/syntax.ts';
import type { Workspace } from './workspace.ts';

/** Where `lifecycle` says that Terraform leaves an attribute alone; `null` where it does not. */
export function ignoringPlace(workspace: Workspace, { body }: Block, path: AttributePath): At | null {
  const entries = body.blocks
    .filter(({ type }) => type === 'lifecycle')
    .map((lifecycle) => attributeOf(lifecycle.body, 'ignore_changes')?.expression)
    .filter((expression) => expression !== undefined)
    .flatMap((expression) => (expression.kind === 'tuple' ? expression.elements : [expression]));
  const entry = entries.find((expression) => covers(expression, path));
  return entry === undefined ? null : workspace.at(entry.range);
}

/** `ignore_changes = all`, `[max_capacity]`, `[serverlessv2_scaling_configuration[0].max_capacity]`. */
function covers(entry: Expression, path: AttributePath): boolean {
  if (entry.kind === 'literal') return entry.value === 'all' || entry.value === path[0];
  if (entry.kind !== 'reference') return false;
  if (entry.root === 'all' && entry.steps.length === 0) return true;
  const names = [entry.root, ...entry.steps.flatMap((step) => (step.kind === 'attribute' ? [step.name] : []))];
  const wanted = path.filter((step) => typeof step === 'string');
  return names.every((name, index) => name === wanted[index]);
}
