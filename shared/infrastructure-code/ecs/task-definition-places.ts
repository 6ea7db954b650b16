import type { AttributePath, TaskDefinitionChange } from '../edit.ts';
import { encode } from '../hcl/literal.ts';
import type { Expression } from '../hcl/syntax.ts';
import type { Place } from '../place.ts';
import { found, type Found, refused } from '../refusal.ts';
import type { Session } from '../session.ts';
import { attributePlaces } from '../terraform/attribute-places.ts';
import { findResource } from '../terraform/find-resource.ts';
import { quoteName } from '../text.ts';
import { sameValue } from '../values.ts';
import { cannotFollow, sayPath } from '../terraform/resolver.ts';
import { type ContainerLimit, limitsInJson, limitsInTerraform, wholeOf } from './container-limits.ts';
import { familyWith, TASK_DEFINITION } from './family-of-variable.ts';
import { inCpuUnitsOrMiB } from './size-units.ts';
import { familyOf, jsonTaskDefinitions, NO_INSTANCE, pathOf } from './json-definitions.ts';

/**
 * Places of a value of a task definition: in Terraform, else in a JSON file of that family.
 *
 * @param family `null`: the only one that has the container and the variable
 */
export function taskDefinitionPlaces(
  session: Session,
  family: string | null,
  { what }: Pick<TaskDefinitionChange, 'what'>,
): Found<readonly Place[]> {
  const told = family === null ? familyWith(session, what) : found(family);
  if (told.kind === 'refused') return told;
  const places = placesInFamily(session, told.value, what);
  if (places.kind === 'refused' || what.kind === 'environment') return places;
  return found(places.value.map(inCpuUnitsOrMiB));
}

function placesInFamily(session: Session, family: string, what: TaskDefinitionChange['what']): Found<readonly Place[]> {
  const inTerraform = attributePlaces(
    session,
    { type: TASK_DEFINITION, identifiedBy: { family } },
    pathOf(what, 'container_definitions'),
    // A container that has the whole of its task goes with it.
    (resource, { present }) =>
      wholeOf(limitsInTerraform(session.resolver, resource, what.kind), present).map(({ range }) => range),
  );
  const json = jsonTaskDefinitions(session.files, family);
  const definitions = json.definitions.filter((definition) => familyOf(definition) === family);
  if (inTerraform.kind === 'refused' && inTerraform.because.code !== 'not-found') return inTerraform;
  const [only, ...others] = definitions;
  if (only === undefined) {
    const [fault] = json.faults;
    return inTerraform.kind === 'refused' && fault !== undefined ? refused(fault) : inTerraform;
  }
  const elsewhere = inTerraform.kind === 'found' ? inTerraform.value.map(({ at }) => at) : [];
  const places = [...elsewhere, ...definitions.map(({ range }) => session.resolver.workspace.at(range))];
  if (others.length > 0 || elsewhere.length > 0) {
    return refused({ code: 'several-candidates', sought: `task definition ${JSON.stringify(family)}`, places });
  }
  return jsonPlace(session, only, pathOf(what, 'containerDefinitions'), family);
}

/** Containers that are to have the whole of a task, and do not by the code as it stands. */
export function limitsLeftBehind(
  session: Session,
  family: string,
  { what, present, to }: TaskDefinitionChange,
): readonly TaskDefinitionChange[] {
  if (present.kind !== 'is' || sameValue(present.value, to)) return [];
  const left = (limit: ContainerLimit): TaskDefinitionChange => {
    const { container, field } = limit;
    return { what: { kind: 'limit', container, field }, present, to };
  };
  return wholeOf(limitsOf(session, family, what.kind), present.value).map(left);
}

function limitsOf(session: Session, family: string, kind: TaskDefinitionChange['what']['kind']) {
  const identity = { type: TASK_DEFINITION, identifiedBy: { family } };
  const resource = findResource(session.resolver, session.instances(), identity);
  if (resource.kind === 'found') return limitsInTerraform(session.resolver, resource.value, kind);
  return jsonTaskDefinitions(session.files, family)
    .definitions.filter((definition) => familyOf(definition) === family)
    .flatMap((definition) => limitsInJson(session.resolver, definition, kind));
}

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
      name: quoteName(sayPath([family, ...path])),
      through: [],
      present: literal.value,
      ignored: null,
      write: (to) => encode(to, 'json'),
      notation: 'json',
      sharedWith: () => null,
    },
  ]);
}
