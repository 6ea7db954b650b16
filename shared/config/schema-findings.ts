import type * as z from 'zod';
import { valueAt } from './content.ts';
import { expectationOf, nodeAt, oneOf, type SchemaNode } from './json-schema.ts';
import { describeValue, type Finding, formatPath, type Path } from './problem.ts';
import { closestTo, didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** A key that the schema does not know. */
export interface UnknownKey {
  readonly holder: Path;
  readonly key: string;
  /** The key beside it that was probably meant. */
  readonly meant: string | undefined;
  readonly known: readonly string[];
}

export function unknownKeys(issues: readonly Issue[], schema: SchemaNode): readonly UnknownKey[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const holder = pathOf(issue);
    const known = Object.keys(nodeAt(schema, holder)?.properties ?? {});
    return issue.keys.map((key) => ({ holder, key, meant: closestTo(key, known), known }));
  });
}

/** What the schema has against the content, in the words of the schema itself. */
export function schemaFindings(issues: readonly Issue[], content: unknown, schema: SchemaNode): readonly Finding[] {
  const unknown = unknownKeys(issues, schema);
  // A misspelt key and the missing one that it stands for are one mistake.
  const misspelt = new Set(
    unknown.map(({ holder, meant }) => (meant === undefined ? '' : formatPath([...holder, meant]))),
  );
  const others = issues
    .filter(({ code }) => code !== 'unrecognized_keys')
    .map((issue) => (issue.code === 'invalid_key' ? keyFinding(issue, schema) : valueFinding(issue, content, schema)));
  return [
    ...unknown.map(unknownKeyFinding),
    ...others.filter(({ path, found }) => found !== undefined || !misspelt.has(formatPath(path))),
  ];
}

function unknownKeyFinding({ holder, key, meant, known }: UnknownKey): Finding {
  return {
    path: [...holder, key],
    at: 'key',
    found: key,
    message: `unknown key ${describeValue(key)}`,
    ...(meant === undefined ? { expected: oneOf(known.map(describeValue)) } : optional(didYouMean(key, known))),
  };
}

/** A key of a map whose keys are names of the user's own. */
function keyFinding(issue: Issue, schema: SchemaNode): Finding {
  const path = pathOf(issue);
  const key = path.at(-1);
  const names = nodeAt(schema, path.slice(0, -1))?.propertyNames;
  return {
    path,
    at: 'key',
    found: key,
    message: `found key ${describeValue(key)}`,
    ...(names === undefined ? {} : { expected: expectationOf(names) }),
  };
}

function valueFinding(issue: Issue, content: unknown, schema: SchemaNode): Finding {
  const path = pathOf(issue);
  const node = nodeAt(schema, path);
  const found = valueAt(content, path);
  const message = found === undefined ? `missing key ${describeValue(path.at(-1))}` : `found ${describeValue(found)}`;
  return {
    path,
    at: 'value',
    message,
    ...(found === undefined ? {} : { found }),
    ...(node === undefined ? {} : { expected: expectationOf(node) }),
    ...(typeof found === 'string' ? optional(didYouMean(found, namesIn(node))) : {}),
  };
}

function optional(suggestion: string | undefined): Pick<Finding, 'suggestion'> {
  return suggestion === undefined ? {} : { suggestion };
}

function namesIn(node: SchemaNode | undefined): readonly string[] {
  return (node?.enum ?? []).filter((value) => typeof value === 'string');
}

/** YAML has no symbols for keys, so neither has a path into it. */
function pathOf(issue: Issue): Path {
  return issue.path.filter((part) => typeof part !== 'symbol');
}
