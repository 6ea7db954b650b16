/** A piece of HTML that is safe to put into a page. */
export interface Markup {
  readonly kind: 'markup';
  readonly text: string;
}

export type MarkupPart = Markup | string | number | readonly Markup[];

/** Template tag: what is written stands as it is, what is put in is escaped unless it is markup itself. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  const text = pieces.map((piece, index) => piece + textOf(parts[index] ?? '')).join('');
  return { kind: 'markup', text };
}

export const nothing: Markup = markup``;

/** For text that we wrote ourselves (styles, scripts, paths): it is not escaped. */
export function trusted(text: string): Markup {
  return { kind: 'markup', text };
}

/** JSON for a `<script type="application/json">`: no `<` in it can end the element. */
export function jsonForScript(value: unknown): Markup {
  return trusted(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function textOf(part: MarkupPart): string {
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  if ('kind' in part) return part.text;
  return part.map(({ text }) => text).join('');
}
