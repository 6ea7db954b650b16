import { type Splice, splicedRanges } from '../text.ts';
import type { Extent, Statement, SyntaxNode } from './parser.ts';

/**
 * Whether two parses differ in nothing but what stands in the spliced ranges: the same nodes of the same types in the
 * same order, every token where the splices have moved it. What takes the place of a value is one value again.
 */
export function differOnlyInSplices(
  before: readonly Statement[],
  after: readonly Statement[],
  splices: readonly Splice[],
): boolean {
  return samePairs(before, after, { splices, ranges: splicedRanges(splices) }, sameStatement);
}

interface Moves {
  readonly splices: readonly Splice[];
  readonly ranges: readonly { readonly old: Extent; readonly new: Extent }[];
}

function samePairs<T extends Extent>(
  before: readonly T[],
  after: readonly T[],
  moves: Moves,
  same: (before: T, after: T, moves: Moves) => boolean,
): boolean {
  const isOld = (node: T): boolean => moves.ranges.some((range) => liesIn(node, range.old));
  const homeOf = (node: T) => moves.ranges.find((range) => liesIn(node, range.new));
  const kept = before.filter((node) => !isOld(node));
  const found = after.filter((node) => homeOf(node) === undefined);
  // Two things in place of one value would be more than a value.
  const isClean = after.every((node) => {
    const home = homeOf(node);
    return home === undefined || home.old.start === home.old.end || isAll(node, home.new);
  });
  return (
    isClean &&
    kept.length === found.length &&
    kept.every((node, index) => {
      const other = found[index];
      return other !== undefined && same(node, other, moves);
    })
  );
}

/** A statement that no splice touches has the same text, for only the splices were changed: its place is enough. */
function sameStatement(before: Statement, after: Statement, moves: Moves): boolean {
  const isTouched = moves.splices.some(({ range }) => range.start <= before.end && range.end >= before.start);
  if (!isTouched) return before.type === after.type && isMoved(before, after, moves);
  const [old, edited] = [before.copy(), after.copy()];
  // To which node a comment belongs depends on what follows it, so comments are held against each other by themselves.
  return sameNode(old, edited, moves) && samePairs(commentsIn(old), commentsIn(edited), moves, isMoved);
}

function commentsIn(node: SyntaxNode): readonly SyntaxNode[] {
  return node.type === 'comment' ? [node] : node.children.flatMap(commentsIn);
}

function sameNode(before: SyntaxNode, after: SyntaxNode, moves: Moves): boolean {
  if (before.type !== after.type) return false;
  if (before.children.length === 0 && after.children.length === 0) return isMoved(before, after, moves);
  return samePairs(codeIn(before), codeIn(after), moves, sameNode);
}

function codeIn({ children }: SyntaxNode): readonly SyntaxNode[] {
  return children.filter(({ type }) => type !== 'comment');
}

function isMoved(before: Extent, after: Extent, { splices }: Moves): boolean {
  const shift = (isBefore: (start: number, end: number) => boolean): number =>
    splices
      .filter(({ range }) => isBefore(range.start, range.end))
      .reduce((sum, { range, text }) => sum + text.length - (range.end - range.start), 0);
  return (
    after.start === before.start + shift((_, end) => end <= before.start) &&
    after.end === before.end + shift((start) => start < before.end)
  );
}

/** An empty range holds nothing: what begins where a blank was is not in it. */
function liesIn({ start, end }: Extent, range: Extent): boolean {
  return range.start < range.end && range.start <= start && end <= range.end;
}

function isAll({ start, end }: Extent, range: Extent): boolean {
  return start === range.start && end === range.end;
}
