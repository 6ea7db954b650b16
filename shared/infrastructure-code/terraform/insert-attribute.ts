import { encode } from '../hcl/literal.ts';
import type { Attribute, Body } from '../hcl/syntax.ts';
import { lineEndOf } from '../text.ts';
import type { TerraformPlace } from './terraform-place.ts';
import type { Workspace } from './workspace.ts';

/** Lines of `name = value` without a gap: `terraform fmt` puts their `=` below each other. */
interface Group {
  readonly attributes: readonly Attribute[];
  readonly indent: string;
  /** Room for a name before ` =`; `null` where the group is not aligned today. */
  readonly nameWidth: number | null;
}

/**
 * Where an attribute that a block does not have would go: at the end of lines that it does not push apart, best beside
 * its relatives (`storage_throughput` beside `storage_type`), else after a blank line.
 *
 * @returns `null` where the block has no line of its own to go after
 */
export function insertionPlace(
  workspace: Workspace,
  body: Body,
  attribute: string,
): Omit<TerraformPlace, 'name'> | null {
  const groups = groupsIn(workspace, body);
  const roomy = groups.filter(({ nameWidth }) => (nameWidth ?? 0) >= attribute.length);
  const related = roomy.find(({ attributes }) => attributes.some(({ name }) => isRelated(name, attribute)));
  const chosen = related ?? roomy.at(-1);
  const group = chosen ?? groups.at(-1);
  const last = group?.attributes.at(-1);
  if (group === undefined || last === undefined) return null;
  const { path } = last.range;
  const text = workspace.text(path);
  const newline = lineEndOf(text);
  const gap = chosen === undefined ? newline : '';
  const label = attribute.padEnd(chosen?.nameWidth ?? 0);
  const end = endOfLine(text, last.range.end);
  // A comment takes the carriage return after it for its own: the new line goes between that and the line feed.
  const [lead, trail] = text[end - 1] === '\r' && text[end] === '\n' ? ['\n', '\r'] : [newline, ''];
  const range = { path, start: end, end };
  return {
    range,
    at: { path, line: workspace.at(last.range).line + (gap === '' ? 1 : 2) },
    through: [],
    present: null,
    ignored: null,
    write: (to) => {
      const literal = encode(to, 'hcl');
      return literal === null ? null : `${lead}${gap}${group.indent}${label} = ${literal}${trail}`;
    },
    notation: 'hcl',
    hops: [],
  };
}

function isRelated(a: string, b: string): boolean {
  const words = new Set(wordsOf(a));
  return wordsOf(b).some((word) => words.has(word));
}

function wordsOf(name: string): readonly string[] {
  return name.split('_').map((word) => (word === 'iops' ? 'storage' : word));
}

function groupsIn(workspace: Workspace, { attributes }: Body): readonly Group[] {
  const groups: Attribute[][] = [];
  let previousLine = Number.NaN;
  for (const attribute of attributes) {
    if (!standsAlone(workspace, attribute)) continue;
    const { line } = workspace.at(attribute.range);
    const group = groups.at(-1);
    if (group !== undefined && line === previousLine + 1) group.push(attribute);
    else groups.push([attribute]);
    previousLine = line;
  }
  return groups.map((group) => ({ attributes: group, ...layoutOf(workspace, group) }));
}

/** Whether its line has nothing else on it, but for a comment that ends there. */
function standsAlone(workspace: Workspace, { range }: Attribute): boolean {
  const text = workspace.text(range.path);
  const lineStart = text.lastIndexOf('\n', range.start - 1) + 1;
  const rest = text.slice(range.end, endOfLine(text, range.end)).trimEnd();
  return (
    !text.slice(range.start, range.end).includes('\n') &&
    text.slice(lineStart, range.start).trim() === '' &&
    /^\s*((#|\/\/).*|\/\*((?!\*\/).)*\*\/\s*)?$/.test(rest)
  );
}

function layoutOf(workspace: Workspace, group: readonly Attribute[]): Pick<Group, 'indent' | 'nameWidth'> {
  const layouts = group.map(({ range }) => {
    const text = workspace.text(range.path);
    const lineStart = text.lastIndexOf('\n', range.start - 1) + 1;
    return { indent: text.slice(lineStart, range.start), equals: text.indexOf('=', range.start) - range.start };
  });
  const [first] = layouts;
  const longest = Math.max(...group.map(({ name }) => name.length));
  const isAligned = layouts.every(({ indent, equals }) => indent === first?.indent && equals === longest + 1);
  return { indent: first?.indent ?? '', nameWidth: isAligned ? longest : null };
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}
