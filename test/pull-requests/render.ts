import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Markdown as GitHub reads it: CommonMark with its extensions, bare addresses among them. HTML stays, to be seen. */
export function render(markdown: string): string {
  return micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
}

/** The elements of some HTML in order, without their text. */
export function elementsOf(html: string): readonly string[] {
  return [...html.matchAll(/<(\/?[a-z][a-z0-9]*|!--)/gi)].map(([, name = '']) => name);
}

/** What a reader sees of some HTML. Invisible gaps are left out. */
export function visibleText(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('\u200B', '');
}

/** What hosts make of text outside of code once it is rendered: mentions, references, commands to pipelines. */
export const LIVE_TEXT =
  /@[A-Za-z0-9]|(?:^|[^&])#\d|\bGH-\d|https?:\/\/|\bwww\.|\[\s*(?:skip|ci|no|actions)\b|<!--|:[a-z_]+:|\bmailto:[a-z]/i;
