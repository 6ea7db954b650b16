import type { Range } from '../text.ts';
import type { SyntaxNode } from './parser.ts';

/** The text that nodes point into. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

export function textOf({ start, end }: SyntaxNode, { text }: Source): string {
  return text.slice(start, end);
}

export function rangeOf({ start, end }: SyntaxNode, { path }: Source): Range {
  return { path, start, end };
}
