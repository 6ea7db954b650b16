import type { Value } from '../at.ts';
import { plainNotation } from '../values.ts';
import type { Notation } from './syntax.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** Reads the inside of a quoted string; escapes that HCL does not know stay as they are. */
export function decodeHclString(inside: string): string {
  return inside.replaceAll(
    /\\u([\da-f]{4})|\\U([\da-f]{8})|\\([nrt"\\])|([$%])\4\{/gi,
    (whole, short?: string, long?: string, simple?: string, sign?: string) => {
      if (sign !== undefined) return `${sign}{`;
      if (simple !== undefined) return ESCAPES[simple] ?? whole;
      const point = Number.parseInt(short ?? long ?? '', 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

/** A string as HCL: quotes, control characters and the two openings of a template mean themselves. */
export function encodeHclString(value: string): string {
  const inside = value
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escapeTemplates(inside)}"`;
}

function escapeTemplates(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, '$&$&');
}

/** A value as a literal; `null` where the notation has none for it. */
export function encode(value: Value, notation: Notation): string | null {
  if (typeof value !== 'string') return plainNotation(value);
  // A lone half of a surrogate pair has no UTF-8: it would be written as something else.
  if (!value.isWellFormed()) return null;
  switch (notation) {
    case 'hcl':
      return encodeHclString(value);
    case 'json':
      return JSON.stringify(value);
    case 'json-in-heredoc':
      return escapeTemplates(JSON.stringify(value));
  }
}
