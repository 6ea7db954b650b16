import type { ParameterChange } from '../edit.ts';
import { attributeOf } from '../hcl/syntax.ts';
import type { Place } from '../place.ts';
import { type Found, refused } from '../refusal.ts';
import type { Session } from '../session.ts';
import { attributePlaces } from '../terraform/attribute-places.ts';
import { findResource } from '../terraform/find-resource.ts';
import { sayValue } from '../values.ts';

/** Places of the value of a parameter, whether Terraform hides it in its output or not. */
export function parameterPlaces(
  session: Session,
  { parameter, to }: Pick<ParameterChange, 'parameter' | 'to'>,
): Found<readonly Place[]> {
  const identity = { type: 'aws_ssm_parameter', identifiedBy: { name: parameter } };
  const resource = findResource(session.resolver, session.instances(), identity);
  if (resource.kind === 'refused') return resource;
  const bodies = resource.value.matches.map(({ block }) => block.body);
  const writeOnly = bodies.map((body) => attributeOf(body, 'value_wo')).find((attribute) => attribute !== undefined);
  if (writeOnly !== undefined) {
    return refused({
      code: 'value-not-expressible',
      at: session.resolver.workspace.at(writeOnly.range),
      value: sayValue(to),
      notation: 'value_wo, of which Terraform takes a new value only with a new value_wo_version',
    });
  }
  const isOpen = bodies.some((body) => attributeOf(body, 'insecure_value') !== undefined);
  return attributePlaces(session, identity, [isOpen ? 'insecure_value' : 'value']);
}
