import type { At } from './at.ts';

/** A stretch of a file, in UTF-16 code units as strings count them; `end` is exclusive. */
export interface Range {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Text that takes the place of a range. */
export interface Splice {
  readonly range: Range;
  readonly text: string;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** @param splices of this text, in any order, that do not overlap */
export function splice(text: string, splices: readonly Splice[]): string {
  const ordered = splices.toSorted((a, b) => a.range.start - b.range.start);
  let at = 0;
  let result = '';
  for (const { range, text: inserted } of ordered) {
    result += text.slice(at, range.start) + inserted;
    at = range.end;
  }
  return result + text.slice(at);
}

/** Where the splices stood, and where they stand in the text that they have made. */
export function splicedRanges(splices: readonly Splice[]): readonly { readonly old: Range; readonly new: Range }[] {
  let moved = 0;
  return splices
    .toSorted((a, b) => a.range.start - b.range.start)
    .map(({ range, text }) => {
      const start = range.start + moved;
      moved += text.length - (range.end - range.start);
      return { old: range, new: { path: range.path, start, end: start + text.length } };
    });
}

const LONGEST_QUOTE = 80;
/** The last part of an address is the one that says which value is meant. */
const LONGEST_NAME = 200;

/** Code of others in a sentence of ours: one line, without control characters, shortened. */
export function quote(text: string): string {
  return shortened(text, LONGEST_QUOTE);
}

/** The address of a value: as `quote`, and with room for a variable in a container of a task definition. */
export function quoteName(text: string): string {
  return shortened(text, LONGEST_NAME);
}

function shortened(text: string, longest: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

export function sayAt({ path, line }: At): string {
  return `${quote(path)}:${line}`;
}

/** The way in which a text ends its lines, taken from its first line. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}
