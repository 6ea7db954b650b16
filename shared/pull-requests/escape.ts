/** An invisible character that keeps apart what a host would join into a link, a mention or a command. */
const GAP = '\u200B';

const LENGTH = 400;

/**
 * Text of others as one harmless line: it holds whatever is later made of it, also when a host takes title and body over
 * into a commit message, where no markup protects. It can neither mention anybody, refer to or close an issue, link
 * anywhere, steer a pipeline, nor hide or reorder what a reader sees.
 */
export function inert(text: string, atMost = LENGTH): string {
  const line = text
    .toWellFormed()
    // Controls, line breaks, and the format characters, which include zero-width and direction marks.
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const clipped = line.length > atMost ? `${line.slice(0, atMost - 1).toWellFormed()}…` : line;
  return (
    clipped
      // @person, user@commit, name@example.org
      .replaceAll('@', `@${GAP}`)
      // #1, owner/repository#1
      .replaceAll('#', `#${GAP}`)
      .replaceAll(/\bGH-(?=\d)/gi, (prefix) => `${prefix}${GAP}`)
      .replaceAll('://', `:${GAP}//`)
      .replaceAll(/\bwww(?=\.)/gi, (www) => `${www}${GAP}`)
      .replaceAll(/\b(?:mailto|xmpp):/gi, (scheme) => `${scheme}${GAP}`)
      .replaceAll(/\[(?=\s*(?:skip|ci|no|actions)\b)/gi, `[${GAP}`)
      // What a renderer hides, and the markers by which we find our own text.
      .replaceAll('<!', `<${GAP}!`)
  );
}

/** Text of others inside a sentence of ours, in Markdown. Nothing in it is markup; it never begins a line. */
export function escapeText(text: string): string {
  return (
    inert(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[\\`*_[\]#|~$]/g, String.raw`\$&`)
      // -, + and 1. would begin a list inside of the item that we begin.
      .replaceAll(/^(\d*)(?=[-+=.)])/g, '$1\\')
      // :shortcode: would become a picture
      .replaceAll(/:(?=[A-Za-z0-9_+\\-]+:)/g, `:${GAP}`)
      // Abbreviated commits become links.
      .replaceAll(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])([0-9a-f]{6})([0-9a-f]{1,58})\b/g, `$1${GAP}$2`)
  );
}

/** Text of others as code in Markdown: names and values that a reader may want to copy. */
export function code(text: string): string {
  const safe = inert(text);
  if (safe === '') return '';
  const runs = safe.match(/`+/g) ?? [];
  const fence = '`'.repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
  // A space keeps a backtick at either end away from the fence; renderers take one off again.
  const pad = /^`|`$/.test(safe) ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}

/**
 * As `code`, for a cell of a table, where a bar would end the cell even inside of code. A backslash before the bar would
 * escape ours instead of the bar, so a gap keeps the two apart.
 */
export function codeCell(text: string): string {
  return code(text)
    .replaceAll('\\|', `\\${GAP}|`)
    .replaceAll('|', String.raw`\|`);
}

/** Text of others in XML, as content or as the value of an attribute. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\uFFFE\uFFFF]+/gu, ' ')
    .replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An address of our own policy or records as a link, or its text where it is not an address of the web. */
export function link(label: string, address: string): string {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return code(address);
  const safe = url.href.replaceAll(/[<>()\\`|*_[\]@]/g, (character) => percentEncoded(character));
  return `[${escapeText(label)}](<${safe}>)`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
