import { checkAcross } from './check.ts';
import { configurationJsonSchema } from './json-schema.ts';
import type { Policy } from './policy.ts';
import { type Finding, formatPath, formatProblem, type Path, type Place, type Problem } from './problem.ts';
import { resolvePolicy } from './resolve.ts';
import { configurationSchema } from './schema.ts';
import { schemaFindings, unknownKeys } from './schema-findings.ts';
import { soundFleets } from './sound-parts.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export type LoadResult =
  | { readonly kind: 'ok'; readonly policy: Policy }
  /** At least one, in the order of the file. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/**
 * Reads `fulcrum.yml` and finds everything that is wrong with it at once: the syntax, each key by itself, and keys that
 * contradict each other as far as they can be read. A text that is broken as YAML is not guessed at further.
 *
 * @param file name of the file, for the problems
 */
export function loadPolicy(text: string, file: string): LoadResult {
  const source = readYaml(text);
  const syntax = source.syntax.map((problem): Problem => ({ file, path: '', ...problem }));
  if (source.content.kind === 'unreadable') return invalid(syntax);

  const content = source.content.value;
  const parsed = configurationSchema.safeParse(content);
  const issues = parsed.success ? [] : parsed.error.issues;
  const schema = configurationJsonSchema();
  const findings = [
    ...schemaFindings(issues, content, schema),
    ...checkAcross(soundFleets(content, unknownKeys(issues, schema))),
  ];
  const problems = [...syntax, ...findings.map((finding) => placed(finding, source, file))];
  return parsed.success && problems.length === 0
    ? { kind: 'ok', policy: resolvePolicy(parsed.data) }
    : invalid(problems);
}

function placed({ path, at, seeAlso, ...finding }: Finding, source: YamlSource, file: string): Problem {
  const placeOf = (place: Path, what: Finding['at']): Place => ({
    file,
    ...source.locate(place, what),
    path: formatPath(place),
  });
  return {
    ...placeOf(path, at),
    ...finding,
    ...(seeAlso === undefined ? {} : { seeAlso: placeOf(seeAlso, 'value') }),
  };
}

function invalid(problems: readonly Problem[]): LoadResult {
  const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  // Two rules about one value, or one anchor used twice, are one thing to mend.
  const byText = new Map(inOrder.map((problem) => [formatProblem(problem), problem]));
  return { kind: 'invalid', problems: [...byText.values()] };
}
