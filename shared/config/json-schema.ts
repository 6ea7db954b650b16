import * as z from 'zod';
import { describeValue, type Path } from './problem.ts';
import { configurationSchema } from './schema.ts';

/** What we read of a JSON Schema. `z.toJSONSchema` writes no references and no unions for `fulcrum.yml`. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  /** In words what a pattern wants; a keyword that editors know. */
  readonly patternErrorMessage?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly additionalProperties?: SchemaNode | false;
}

let converted: SchemaNode | null = null;

/** The JSON Schema (draft 7, the one that editors know best) of what a person writes into `fulcrum.yml`. */
export function configurationJsonSchema(): SchemaNode {
  // Longer work than to read a file, and always the same.
  return (converted ??= convert());
}

function convert(): SchemaNode {
  const schema = z.toJSONSchema(configurationSchema, { target: 'draft-7', io: 'input' });
  return JSON.parse(JSON.stringify(schema)) as SchemaNode;
}

/** The part of the schema that a path of the file leads to. */
export function nodeAt(root: SchemaNode, path: Path): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((node, part) => {
    if (node === undefined) return undefined;
    if (typeof part === 'number') return node.items;
    const known = node.properties?.[part];
    if (known !== undefined) return known;
    return node.additionalProperties === false ? undefined : node.additionalProperties;
  }, root);
}

/** What a node of the schema wants, in words: `a whole number from 1 to 15`. */
export function expectationOf(node: SchemaNode): string {
  const expected = kindOf(node);
  const example = node.examples?.[0];
  return example === undefined ? expected : `${expected}, such as ${JSON.stringify(example)}`;
}

function kindOf(node: SchemaNode): string {
  if (node.const !== undefined) return describeValue(node.const);
  if (node.enum !== undefined) return oneOf(node.enum.map(describeValue));
  switch (node.type) {
    case 'integer':
      return `a whole number${rangeOf(node)}`;
    case 'number':
      return `a number${rangeOf(node)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return listOf(node);
    case 'object':
      return 'a map of keys';
    default:
      return textOf(node);
  }
}

function listOf({ minItems, maxItems }: SchemaNode): string {
  if (minItems === undefined) return 'a list';
  return minItems === maxItems ? `a list of ${minItems}` : `a list of at least ${minItems}`;
}

function textOf({ format, patternErrorMessage, maxLength }: SchemaNode): string {
  if (format === 'email') return 'an e-mail address';
  if (patternErrorMessage !== undefined) return patternErrorMessage;
  return maxLength === undefined ? 'text' : `text of 1 to ${maxLength} characters`;
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  if (exclusiveMinimum !== undefined) {
    return maximum === undefined ? ` above ${exclusiveMinimum}` : ` above ${exclusiveMinimum}, at most ${maximum}`;
  }
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

/** `"a", "b" or "c"` */
export function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
