import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Finding, Path } from './problem.ts';

/** A place in the text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface SyntaxProblem extends Position {
  readonly message: string;
}

export interface YamlSource {
  /** Where the text is no YAML, or contradicts itself. */
  readonly syntax: readonly SyntaxProblem[];
  /** The content. `unreadable` where the rest of the text would only be guessed at. */
  readonly content: { readonly kind: 'read'; readonly value: unknown } | { readonly kind: 'unreadable' };
  /** The place of a key or value, or of the nearest thing around it that is there. */
  locate(path: Path, at: Finding['at']): Position;
}

/** A doubled key or an unknown tag leaves the rest of the file as its author meant it. */
const HARMLESS = new Set<string>(['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED']);

/** Enough for one anchor in each of thousands of services; anchors of anchors of anchors end here. */
const MOST_ALIASES = 10_000;
const UNREADABLE = { kind: 'unreadable' } as const;

/** Reads YAML 1.2 with anchors and merge keys, and keeps the place of everything. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };

  const faults = [...document.errors, ...document.warnings];
  const unresolved = unresolvedAliases(document);
  const syntax = [
    ...faults.map(({ code, message, pos: [start] }) => ({
      message: inOurWords(code, text, start) ?? message,
      ...positionAt(start),
    })),
    ...unresolved.map((alias) => ({
      message: `no anchor &${alias.source} stands above *${alias.source}`,
      ...positionAt(startOf(alias)),
    })),
  ];
  const readable = unresolved.length === 0 && faults.every(({ code }) => HARMLESS.has(code));
  const content = readable ? contentOf(document) : UNREADABLE;
  return {
    syntax:
      readable && content.kind === 'unreadable'
        ? [...syntax, { message: 'the anchors stand for more than can be read', line: 1, column: 1 }]
        : syntax,
    content,
    locate: (path, at) => positionAt(offsetOf(document, path, at)),
  };
}

/** Where the parser's own words speak of its programming interface, or leave out the name. */
function inOurWords(code: string, text: string, offset: number): string | undefined {
  switch (code) {
    case 'DUPLICATE_KEY':
      return `found key ${JSON.stringify(/^(["']?)(.*?)\1\s*:/.exec(text.slice(offset))?.[2] ?? '')} a second time`;
    case 'MULTIPLE_DOCS':
      return 'found a second document, expected one';
    default:
      return undefined;
  }
}

function contentOf(document: Document): YamlSource['content'] {
  try {
    return { kind: 'read', value: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown };
  } catch {
    return UNREADABLE;
  }
}

function unresolvedAliases(document: Document) {
  const found: Extract<Node, { source: string; resolve: unknown }>[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) found.push(alias);
    },
  });
  return found;
}

function offsetOf(document: Document, path: Path, at: Finding['at']): number {
  let node = resolved(document.contents, document);
  let offset = startOf(node);
  for (const [depth, part] of path.entries()) {
    const pair = isMap(node) ? pairOf(node, part, document) : undefined;
    const child = pair === undefined && isSeq(node) && typeof part === 'number' ? node.items[part] : pair?.value;
    const isLast = depth === path.length - 1;
    if (pair !== undefined && ((isLast && at === 'key') || !isNode(child))) return startOf(pair.key);
    if (!isNode(child)) return offset;
    // An alias is pointed at where it stands, not where its anchor is.
    offset = startOf(child);
    node = resolved(child, document);
  }
  return offset;
}

function pairOf(map: YAMLMap, key: string | number, document: Document): Pair | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
  if (own !== undefined) return own;
  return map.items
    .filter((pair) => isScalar(pair.key) && String(pair.key.value) === '<<')
    .map(({ value }) => resolved(value, document))
    .filter((node) => isMap(node))
    .map((merged) => pairOf(merged, key, document))
    .find((pair) => pair !== undefined);
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
