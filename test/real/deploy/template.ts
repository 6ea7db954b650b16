import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CompiledStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

export interface CompiledTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
  readonly Outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';

export async function compiledTemplate(folder: string): Promise<CompiledTemplate> {
  return JSON.parse(await readFile(join(folder, TEMPLATE), 'utf8')) as CompiledTemplate;
}

export function ofType(template: CompiledTemplate, type: string): readonly Readonly<Record<string, unknown>>[] {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

/** What the role of a function may do, by name of the function. */
export function rolesIn(template: CompiledTemplate): ReadonlyMap<string, readonly CompiledStatement[]> {
  return new Map(
    ofType(template, 'AWS::IAM::Role').map(({ Policies }) => {
      const [policy] = Policies as readonly {
        readonly PolicyName: string;
        readonly PolicyDocument: { readonly Statement: readonly CompiledStatement[] };
      }[];
      return [policy?.PolicyName ?? '', policy?.PolicyDocument.Statement ?? []] as const;
    }),
  );
}
