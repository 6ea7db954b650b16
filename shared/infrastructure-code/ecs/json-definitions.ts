import type { AttributePath, TaskDefinitionChange } from '../edit.ts';
import type { Expression } from '../hcl/syntax.ts';
import { parseJson } from '../json.ts';
import type { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import type { Instance } from '../terraform/instances.ts';

/** @param containers what the list of containers is called there */
export function pathOf(what: TaskDefinitionChange['what'], containers: string): AttributePath {
  const named = (equals: string) => ({ key: 'name', equals });
  if (what.kind === 'limit') return [containers, named(what.container), what.field];
  if (what.kind !== 'environment') return [what.kind];
  return [containers, named(what.container), 'environment', named(what.variable), 'value'];
}

/** JSON stands alone: no references, no variables. */
export const NO_INSTANCE: Instance = { folder: '', address: '', caller: null, variableFiles: [] };

/** All that have the word; they are not many, so that each is parsed. */
export function jsonTaskDefinitions(files: Session['files'], word: string) {
  const definitions: Expression[] = [];
  const faults: Refusal[] = [];
  for (const [path, text] of files) {
    const mayBe = path.endsWith('.json') && !/\.tf(vars)?\.json$/.test(path);
    if (!mayBe || !text.includes('"family"') || !text.includes(word)) continue;
    const json = parseJson(text, { path, start: 0, end: text.length }, 'json');
    if (json.kind === 'refused') faults.push(json.because);
    else definitions.push(json.value);
  }
  return { definitions, faults };
}

export function familyOf(expression: Expression): unknown {
  if (expression.kind !== 'object') return undefined;
  const entry = expression.elements.find(({ key }) => key.kind === 'literal' && key.value === 'family');
  return entry?.value.kind === 'literal' ? entry.value.value : undefined;
}
