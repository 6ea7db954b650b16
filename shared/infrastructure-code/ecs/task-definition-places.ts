import type { AttributePath, TaskDefinitionChange } from '../edit.ts';
import { encode } from '../hcl/literal.ts';
import type { Expression } from '../hcl/syntax.ts';
import { parseJson } from '../json.ts';
import type { Place } from '../place.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import type { Session } from '../session.ts';
import { attributePlaces } from '../terraform/attribute-places.ts';
import type { Instance } from '../terraform/instances.ts';
import { quote } from '../text.ts';
import { cannotFollow, sayPath } from '../terraform/resolver.ts';

/** Places of a value of a task definition: in Terraform, else in a JSON file of that family. */
export function taskDefinitionPlaces(
  session: Session,
  family: string,
  { what }: Pick<TaskDefinitionChange, 'what'>,
): Found<readonly Place[]> {
  const inTerraform = attributePlaces(
    session,
    { type: 'aws_ecs_task_definition', identifiedBy: { family } },
    pathOf(what, 'container_definitions'),
  );
  const json = jsonTaskDefinitions(session, family);
  if (inTerraform.kind === 'refused' && inTerraform.because.code !== 'not-found') return inTerraform;
  const [only, ...others] = json.definitions;
  if (only === undefined) {
    const [fault] = json.faults;
    return inTerraform.kind === 'refused' && fault !== undefined ? refused(fault) : inTerraform;
  }
  const elsewhere = inTerraform.kind === 'found' ? inTerraform.value.map(({ at }) => at) : [];
  const places = [...elsewhere, ...json.definitions.map(({ range }) => session.resolver.workspace.at(range))];
  if (others.length > 0 || elsewhere.length > 0) {
    return refused({ code: 'several-candidates', sought: `task definition ${JSON.stringify(family)}`, places });
  }
  return jsonPlace(session, only, pathOf(what, 'containerDefinitions'), family);
}

function pathOf(what: TaskDefinitionChange['what'], containers: string): AttributePath {
  if (what.kind !== 'environment') return [what.kind];
  const named = (equals: string) => ({ key: 'name', equals });
  return [containers, named(what.container), 'environment', named(what.variable), 'value'];
}

/** JSON stands alone: no references, no variables. */
const NO_INSTANCE: Instance = { folder: '', address: '', caller: null, variableFiles: [] };

function jsonPlace(
  { resolver }: Session,
  expression: Expression,
  path: AttributePath,
  family: string,
): Found<readonly Place[]> {
  const traced = resolver.trace({ expression, instance: NO_INSTANCE, hops: [] }, path, 'place');
  if (traced.kind === 'refused') return traced;
  const literal = traced.value.expression;
  if (literal.kind !== 'literal') return refused(cannotFollow(resolver, literal));
  return found([
    {
      range: literal.range,
      at: resolver.workspace.at(literal.range),
      name: quote(sayPath([family, ...path])),
      through: [],
      present: literal.value,
      ignored: null,
      write: (to) => encode(to, 'json'),
      notation: 'json',
      sharedWith: () => null,
    },
  ]);
}

function jsonTaskDefinitions({ files }: Session, family: string) {
  const definitions: Expression[] = [];
  const faults: Refusal[] = [];
  for (const [path, text] of files) {
    const mayBe = path.endsWith('.json') && !/\.tf(vars)?\.json$/.test(path);
    if (!mayBe || !text.includes('"family"') || !text.includes(family)) continue;
    const json = parseJson(text, { path, start: 0, end: text.length }, 'json');
    if (json.kind === 'refused') faults.push(json.because);
    else if (familyOf(json.value) === family) definitions.push(json.value);
  }
  return { definitions, faults };
}

function familyOf(expression: Expression): unknown {
  if (expression.kind !== 'object') return undefined;
  const entry = expression.elements.find(({ key }) => key.kind === 'literal' && key.value === 'family');
  return entry?.value.kind === 'literal' ? entry.value.value : undefined;
}
