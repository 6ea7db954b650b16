import { createHash } from 'node:crypto';

/** What of CloudFormation is needed here: resources by logical id, and outputs. */
export interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly [attribute: string]: unknown;
}
export type Resources = Readonly<Record<string, Resource>>;
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A reference that CloudFormation resolves. */
export type Reference =
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': readonly [logicalId: string, attribute: string] }
  | { readonly 'Fn::Sub': string };

export function getAtt(logicalId: string, attribute: string): Reference {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

export function sub(text: string): Reference {
  return { 'Fn::Sub': text };
}

/** `core-api/cpu` becomes `CoreApiCpu`: logical ids hold letters and digits only. */
export function logicalIdOf(text: string): string {
  return text.replaceAll(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}

/** As `logicalIdOf`, for names that can differ in other characters only: a hash tells them apart. */
export function uniqueLogicalIdOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${logicalIdOf(text).slice(0, 200)}${hash}`;
}

/**
 * Drops each DependsOn that a reference implies: CloudFormation does not need it, cfn-lint warns of it (W3005), and
 * template validators that take warnings for errors refuse it.
 */
export function withoutRedundantDependencies(resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([id, { DependsOn, ...resource }]) => {
      const implied = new Set(referredTo(resource));
      const needed = [DependsOn ?? []].flat().filter((dependency) => !implied.has(dependency));
      return [id, needed.length === 0 ? resource : { ...resource, DependsOn: needed }];
    }),
  );
}

/** An exported output cannot change as long as another stack uses it. Nobody uses ours. */
export function withoutExports(outputs: Outputs): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([id, output]) => [
      id,
      Object.fromEntries(Object.entries(output).filter(([name]) => name !== 'Export')),
    ]),
  );
}

/** Logical ids that attributes of a resource refer to. */
function referredTo(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [String(inner[0])];
    if (key === 'Fn::Sub' && typeof inner === 'string') return substituted(inner);
    return referredTo(inner);
  });
}

/** `${Table.Arn}` refers to `Table`; `${!Literal}` to nothing. */
function substituted(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}/g)].flatMap(([, id]) => id ?? []);
}
