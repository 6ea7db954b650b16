import type { At } from '../at.ts';
import type { TaskDefinitionChange } from '../edit.ts';
import { attributeOf } from '../hcl/syntax.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import type { Session } from '../session.ts';
import { locateAttribute } from '../terraform/locate.ts';
import { sayPath } from '../terraform/resolver.ts';
import { familyOf, jsonTaskDefinitions, NO_INSTANCE, pathOf } from './json-definitions.ts';

/** Type of a task definition in Terraform. */
export const TASK_DEFINITION = 'aws_ecs_task_definition';

interface Candidate {
  readonly at: At;
  /** Why it is not known what it is called, or whether it has the variable. */
  readonly family: Found<string>;
}

/** The family of the only task definition that has a container with a variable. */
export function familyWith(session: Session, what: TaskDefinitionChange['what']): Found<string> {
  const candidates = [...inTerraform(session, what), ...inJson(session, what)];
  const families = new Set(candidates.flatMap(({ family }) => (family.kind === 'found' ? [family.value] : [])));
  const doubts = candidates.flatMap(({ family }) => (family.kind === 'refused' ? [family.because] : []));
  const [only, ...others] = families;
  const sought = `task definition with ${sayPath(pathOf(what, 'container'))}`;
  if (others.length > 0) {
    return refused({ code: 'several-candidates', sought, places: candidates.map(({ at }) => at) });
  }
  if (only !== undefined) return found(only);
  const [doubt] = doubts;
  return refused(doubt ?? { code: 'not-found', sought, unreadable: [] });
}

function inTerraform({ resolver, instances }: Session, what: TaskDefinitionChange['what']): readonly Candidate[] {
  const path = pathOf(what, 'container_definitions');
  return instances().flatMap((instance) =>
    resolver.workspace
      .blocks(instance.folder, 'resource')
      .filter(({ labels }) => labels[0] === TASK_DEFINITION)
      .flatMap((block): readonly Candidate[] => {
        const at = resolver.workspace.at(block.range);
        const place = locateAttribute(resolver, { block, instance }, path);
        if (place.kind === 'refused') return isElsewhere(place.because) ? [] : [{ at, family: place }];
        const name = attributeOf(block.body, 'family');
        const family = name === undefined ? null : resolver.evaluate(name.expression, instance);
        if (family === null || (family.kind === 'refused' && isElsewhere(family.because))) return [];
        return [{ at, family: family.kind === 'refused' ? family : found(String(family.value)) }];
      }),
  );
}

/** Another container, or a way to apply the code that nobody goes. */
function isElsewhere({ code }: Refusal): boolean {
  return code === 'attribute-missing' || code === 'variable-not-set';
}

function inJson({ files, resolver }: Session, what: TaskDefinitionChange['what']): readonly Candidate[] {
  const word = what.kind === 'environment' ? what.variable : what.kind;
  return jsonTaskDefinitions(files, word).definitions.flatMap((expression): readonly Candidate[] => {
    const path = pathOf(what, 'containerDefinitions');
    const traced = resolver.trace({ expression, instance: NO_INSTANCE, hops: [] }, path, 'place');
    const family = familyOf(expression);
    if (traced.kind === 'refused' || typeof family !== 'string') return [];
    return [{ at: resolver.workspace.at(expression.range), family: found(family) }];
  });
}
