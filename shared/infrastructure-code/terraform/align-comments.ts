import type { Document } from '../hcl/document.ts';
import type { Splice } from '../text.ts';

interface CommentedLine {
  /** Offset of the line, the end of its code, the start of the comment. */
  readonly start: number;
  readonly codeEnd: number;
  readonly comment: number;
}

/**
 * `terraform fmt` puts the comments of neighbouring lines below each other, so a literal that changes its length would
 * leave them ragged.
 *
 * @param change of a literal in this document
 * @returns changes of the blanks before the comments; none where they are not aligned today
 */
export function alignComments({ path, text, comments }: Document, change: Splice): readonly Splice[] {
  const lines = new Map(
    comments()
      .map((comment) => commentedLine(text, comment))
      .filter((line) => line !== null)
      .map((line) => [line.start, line]),
  );
  const own = lines.get(lineStart(text, change.range.start));
  if (own === undefined || own.comment < change.range.end) return [];
  const chain = [...neighbours(text, lines, own, 'up').toReversed(), own, ...neighbours(text, lines, own, 'down')];
  const columns = chain.map(({ start, codeEnd }) => width(text.slice(start, codeEnd)));
  const isAligned = chain.every(({ start, comment }) => width(text.slice(start, comment)) === Math.max(...columns) + 1);
  if (!isAligned) return [];
  const grown = width(change.text) - width(text.slice(change.range.start, change.range.end));
  const after = columns.map((column, index) => (chain[index] === own ? column + grown : column));
  return chain.flatMap(({ codeEnd, comment }, index) => {
    const blanks = ' '.repeat(Math.max(...after) + 1 - (after[index] ?? 0));
    return text.slice(codeEnd, comment) === blanks
      ? []
      : [{ range: { path, start: codeEnd, end: comment }, text: blanks }];
  });
}

/** A comment that ends a line of code; `null` for one with a line of its own, or in the midst of one. */
function commentedLine(
  text: string,
  { start: comment, end }: { readonly start: number; readonly end: number },
): CommentedLine | null {
  const start = lineStart(text, comment);
  const code = text.slice(start, comment).trimEnd();
  const newline = text.indexOf('\n', comment);
  const rest = text.slice(end, newline === -1 ? text.length : newline);
  return code === '' || rest.trim() !== '' || text.slice(comment, end).trimEnd().includes('\n')
    ? null
    : { start, codeEnd: start + code.length, comment };
}

function neighbours(
  text: string,
  lines: ReadonlyMap<number, CommentedLine>,
  own: CommentedLine,
  direction: 'up' | 'down',
): readonly CommentedLine[] {
  const result: CommentedLine[] = [];
  for (let line = own; ;) {
    const start = direction === 'up' ? lineStart(text, line.start - 1) : text.indexOf('\n', line.start) + 1;
    const next = start === line.start ? undefined : lines.get(start);
    if (next === undefined) return result;
    result.push(next);
    line = next;
  }
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns as `terraform fmt` counts them: what a reader sees as one sign is one. */
function width(text: string): number {
  return [...graphemes.segment(text)].length;
}
