import { quote } from '../text.ts';
import { convertExpression } from './expression.ts';
import type { Extent, Parse, Statement, SyntaxNode, TerraformParser } from './parser.ts';
import { rangeOf, type Source, textOf } from './source.ts';
import type { Attribute, Block, Body } from './syntax.ts';

/** A file of Terraform. One with a fault has neither blocks nor attributes: half of it would be worse than nothing. */
export interface Document {
  readonly path: string;
  readonly text: string;
  readonly fault: { readonly offset: number; readonly near: string } | null;
  readonly blocks: readonly Block[];
  readonly attributes: readonly Attribute[];
  readonly statements: readonly Statement[];
  readonly comments: () => readonly Extent[];
  readonly free: () => void;
}

export function openDocument(path: string, text: string, parser: TerraformParser): Document {
  const parse = parser.parse(text);
  const source = { path, text };
  const attributes = parse.statements.flatMap((statement) =>
    statement.type === 'attribute' ? [convertAttribute(statement.copy(), source)] : [],
  );
  const fault = faultOf(parse, attributes, text);
  const statements = fault === null ? parse.statements : [];
  return {
    path,
    text,
    fault,
    statements,
    blocks: statements.flatMap((statement) => (statement.type === 'block' ? [blockOnDemand(statement, source)] : [])),
    attributes: fault === null ? attributes : [],
    comments: () => parse.comments(),
    free: () => {
      parse.free();
    },
  };
}

/** What is set twice in a variable file Terraform does not read at all. */
function faultOf({ faultAt }: Parse, attributes: readonly Attribute[], text: string): Document['fault'] {
  const names = attributes.map(({ name }) => name);
  const twice = attributes.find(({ name }, index) => names.indexOf(name) < index);
  const offset = faultAt ?? twice?.range.start ?? null;
  return offset === null ? null : { offset, near: quote(text.slice(offset, offset + 200)) };
}

/** `resource "aws_db_instance" "main" {`, written without surprises. */
const HEADER =
  /^([\p{ID_Start}_][\p{ID_Continue}-]*)((?:[ \t]+(?:"[\w./-]*"|[\p{ID_Start}_][\p{ID_Continue}-]*))*)[ \t]*\{/u;

/** Type and labels are read at once, the rest when it is asked for: of thousands of blocks a handful matters. */
function blockOnDemand(statement: Statement, source: Source): Block {
  let converted: Block | undefined;
  const block = (): Block => (converted ??= convertBlock(statement.copy(), source));
  const { path, text } = source;
  const header = HEADER.exec(text.slice(statement.start, Math.min(statement.end, statement.start + 300)));
  const [, type, labels = ''] = header ?? [];
  return {
    type: type ?? block().type,
    range: { path, start: statement.start, end: statement.end },
    labels: header === null ? block().labels : (labels.match(/[^\s"]+/g) ?? []),
    get nameRange() {
      return block().nameRange;
    },
    get body() {
      return block().body;
    },
  };
}

function convertBlock(node: SyntaxNode, source: Source): Block {
  const header = node.children.filter(({ type }) => type === 'identifier' || type === 'string_lit');
  const [type, ...labels] = header;
  const name = header.at(-1) ?? node;
  const body = node.children.find((child) => child.type === 'body');
  return {
    type: type === undefined ? '' : textOf(type, source),
    labels: labels.map((label) => labelOf(label, source)),
    range: rangeOf(node, source),
    nameRange: rangeOf(name, source),
    body: convertBody(body, source),
  };
}

function labelOf(node: SyntaxNode, source: Source): string {
  const text = textOf(node, source);
  return node.type === 'string_lit' ? text.slice(1, -1) : text;
}

function convertBody(node: SyntaxNode | undefined, source: Source): Body {
  const children = node?.children ?? [];
  return {
    attributes: children.filter(({ type }) => type === 'attribute').map((child) => convertAttribute(child, source)),
    blocks: children.filter(({ type }) => type === 'block').map((child) => convertBlock(child, source)),
  };
}

function convertAttribute(node: SyntaxNode, source: Source): Attribute {
  const name = node.children.find(({ type }) => type === 'identifier');
  const value = node.children.find(({ type }) => type === 'expression');
  return {
    name: name === undefined ? '' : textOf(name, source),
    range: rangeOf(node, source),
    expression:
      value === undefined
        ? { kind: 'opaque', range: rangeOf(node, source), inner: [] }
        : convertExpression(value, source),
  };
}
