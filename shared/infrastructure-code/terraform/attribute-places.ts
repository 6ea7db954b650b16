import type { AttributePath, ResourceIdentity } from '../edit.ts';
import { type Place, samePlace } from '../place.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import type { Session } from '../session.ts';
import { faultAround, findResource, type FoundResource } from './find-resource.ts';
import { locateAttribute } from './locate.ts';
import type { Resolver } from './resolver.ts';
import type { TerraformPlace } from './terraform-place.ts';
import { sharedUse } from './shared-use.ts';
import type { Range } from '../text.ts';
import { brokenValidation } from './validation.ts';

/** Uses of the same literal that are to change along with it. */
type Alongside = (resource: FoundResource, place: TerraformPlace) => readonly Range[];

/**
 * Every place where an attribute of a resource may be set. It is more than one where several variable files lead to the
 * same resource, and each of them sets the value.
 */
export function attributePlaces(
  { resolver, instances }: Session,
  identity: ResourceIdentity,
  path: AttributePath,
  alongside: Alongside = () => [],
): Found<readonly Place[]> {
  const resource = findResource(resolver, instances(), identity);
  if (resource.kind === 'refused') return resource;
  const places: TerraformPlace[] = [];
  const refusals: Refusal[] = [];
  for (const match of resource.value.matches) {
    const place = locateAttribute(resolver, match, path);
    const fault = faultAround(resolver, match.instance);
    if (fault !== null) return refused(fault);
    if (place.kind === 'refused') refusals.push(place.because);
    else if (!places.some((other) => samePlace(other, place.value))) {
      places.push({ ...place.value, fault: () => brokenValidation(resolver, match.instance, place.value.hops) });
    }
  }
  for (const place of besides(resolver, resource.value, path, places)) {
    if (!places.some((other) => samePlace(other, place))) places.push(place);
  }
  // A variable that is set nowhere tells that nobody applies the code in this way.
  const refusal = refusals.find(({ code }) => places.length === 0 || code !== 'variable-not-set');
  if (refusal !== undefined) return refused(refusal);
  return found(
    places.map((place) => ({
      ...place,
      sharedWith: () => sharedUse(resolver, resource.value, path, place, alongside(resource.value, place)),
    })),
  );
}

/**
 * What a variable file sets that does not lead to the resource by itself. Where the value would else come from a default,
 * it may be given together with the one that does (`-var-file=common.tfvars -var-file=production.tfvars`).
 */
function besides(
  resolver: Resolver,
  { matches, partial }: FoundResource,
  path: AttributePath,
  places: readonly TerraformPlace[],
): readonly TerraformPlace[] {
  const sets = matches.map(({ instance }) => instance.variableFiles);
  return partial.flatMap(({ block, instance }) => {
    const place = locateAttribute(resolver, { block, instance }, path);
    if (place.kind === 'refused') return [];
    const { path: file } = place.value.range;
    const isTheirs = instance.variableFiles.includes(file) && !sets.some((files) => files.includes(file));
    // The file of an environment comes after what is common to all of them.
    const isGiven = places.some(
      ({ range }) => sets.some((files) => files.includes(range.path)) && !instance.variableFiles.includes(range.path),
    );
    return isTheirs && !isGiven ? [place.value] : [];
  });
}
