import { Language, type Node, Parser, type Tree, type TreeCursor } from 'web-tree-sitter';
import { type WasmFiles, wasmFiles } from './wasm-files.ts';

/** A node of the concrete syntax tree, copied out of the memory of the parser. Punctuation is `named: false`. */
export interface SyntaxNode extends Extent {
  readonly type: string;
  readonly named: boolean;
  readonly children: readonly SyntaxNode[];
}

export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** A block or an attribute at the top of a file. Copying it is what costs, so it is done on demand. */
export interface Statement extends Extent {
  readonly type: string;
  /** @throws when the parse has been freed */
  readonly copy: () => SyntaxNode;
}

export interface Parse {
  /** Offset of the first thing that is not HCL; `null` where all of it is. */
  readonly faultAt: number | null;
  readonly statements: readonly Statement[];
  readonly comments: () => readonly Extent[];
  /** The tree lives in the memory of the WASM, which no garbage collector sees. */
  readonly free: () => void;
}

export interface TerraformParser {
  readonly parse: (text: string) => Parse;
}

/**
 * Loads the parser once; parsing itself is synchronous from then on.
 *
 * @throws Error where the WASM cannot be loaded
 */
export async function loadTerraformParser(files: WasmFiles = wasmFiles()): Promise<TerraformParser> {
  await Parser.init({ wasmBinary: files.runtime });
  const language = await Language.load(files.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    parse: (text) => {
      const tree = parser.parse(text);
      if (tree === null) throw new Error('the parser has no language');
      return parseOf(tree);
    },
  };
}

function parseOf(tree: Tree): Parse {
  const root = tree.rootNode;
  const body = root.namedChildren.find(({ type }) => type === 'body');
  return {
    faultAt: root.hasError ? firstFault(root) : null,
    statements: (body?.namedChildren ?? []).map((node) => ({
      type: node.type,
      start: node.startIndex,
      end: node.endIndex,
      copy: () => copyOf(node),
    })),
    comments: () => root.descendantsOfType('comment').map(({ startIndex: start, endIndex: end }) => ({ start, end })),
    free: () => {
      tree.delete();
    },
  };
}

function firstFault(node: Node): number {
  const inner = node.children.find((child) => child.isError || child.isMissing || child.hasError);
  if (inner === undefined || inner.isError || inner.isMissing) return (inner ?? node).startIndex;
  return firstFault(inner);
}

function copyOf(node: Node): SyntaxNode {
  const cursor = node.walk();
  try {
    return copyAt(cursor, 0);
  } finally {
    cursor.delete();
  }
}

/** Far deeper than anybody writes, and less than what the stack holds. What is deeper is left out: it has no meaning for us. */
const DEEPEST = 400;

function copyAt(cursor: TreeCursor, depth: number): SyntaxNode {
  const { nodeType: type, nodeIsNamed: named, startIndex: start, endIndex: end } = cursor;
  const children: SyntaxNode[] = [];
  if (depth < DEEPEST && cursor.gotoFirstChild()) {
    do children.push(copyAt(cursor, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return { type, named, start, end, children };
}
