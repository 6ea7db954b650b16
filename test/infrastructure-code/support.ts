import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AttributePath,
  EditResult,
  Expectation,
  InfrastructureCode,
  InfrastructureEdit,
  ValueEdit,
} from '../../shared/infrastructure-code/edit.ts';
import type { Value } from '../../shared/infrastructure-code/at.ts';
import { loadTerraformParser, type TerraformParser } from '../../shared/infrastructure-code/hcl/parser.ts';
import { planEdit } from '../../shared/infrastructure-code/plan-edit.ts';

export const parser: TerraformParser = await loadTerraformParser();

const FIXTURES = join(import.meta.dirname, '../fixtures/infrastructure');

/** The files of a folder of fixtures, as they would lie in the root of a repository. */
export function fixture(folder: string): InfrastructureCode {
  const root = join(FIXTURES, folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')] as const);
  return { files: new Map(files), editable: ['.'] };
}

export function code(files: Readonly<Record<string, string>>, editable: readonly string[] = ['.']): InfrastructureCode {
  return { files: new Map(Object.entries(files)), editable };
}

export const is = (value: Value): Expectation => ({ kind: 'is', value });
export const ABSENT: Expectation = { kind: 'absent' };
export const ANYTHING: Expectation = { kind: 'anything' };

/** One attribute of a resource that is told by one attribute. */
export function setAttribute(
  type: string,
  [name, value]: readonly [string, string],
  attribute: string | AttributePath,
  to: Value,
  present: Expectation = ANYTHING,
): ValueEdit {
  const path: AttributePath = typeof attribute === 'string' ? [attribute] : attribute;
  return {
    kind: 'set-attributes',
    resource: { type, identifiedBy: { [name]: value } },
    changes: [{ attribute: path, present, to }],
  };
}

export const database = (identifier: string) => ['identifier', identifier] as const;
export const service = (id: string) => ['resource_id', id] as const;

export function plan(from: InfrastructureCode, edit: InfrastructureEdit): EditResult {
  return planEdit(parser, from, edit);
}

/** What an edit does to the lines of the files: `path:line: - old`, `path:line: + new`, and nothing for what stays. */
export function diff(result: EditResult): readonly string[] {
  if (result.kind === 'refused') return [`refused: ${result.because.code}: ${result.advice}`];
  if (result.kind === 'not-needed') {
    return result.because.map(({ code: why, at, name }) => `not needed: ${why} at ${at.path}:${at.line} (${name})`);
  }
  return result.files.flatMap(({ path, before, after }) => lineDiff(path, before.split('\n'), after.split('\n')));
}

/** Enough for edits of single lines and insertions: what is common at both ends is left out. */
function lineDiff(path: string, before: readonly string[], after: readonly string[]): readonly string[] {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail += 1;
  }
  const marked = (lines: readonly string[], mark: string) =>
    lines.slice(head, lines.length - tail).map((line, index) => `${path}:${head + 1 + index}: ${mark}${line}`);
  return [...marked(before, '-'), ...marked(after, '+')];
}

export function terraformVersion(): string | null {
  const { status, stdout } = spawnSync('terraform', ['version'], { encoding: 'utf8' });
  return status === 0
    ? (stdout
        .split('\n')
        .find((line) => line.startsWith('Terraform'))
        ?.slice(10) ?? null)
    : null;
}

/** What `terraform fmt` would make of a text. */
export function terraformFmt(text: string): string {
  return execFileSync('terraform', ['fmt', '-'], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

/** Runs of the same text with another value and back again. */
export function filesAfter(from: InfrastructureCode, result: EditResult): InfrastructureCode {
  if (result.kind !== 'edited') return from;
  return { ...from, files: new Map([...from.files, ...result.files.map(({ path, after }) => [path, after] as const)]) };
}
