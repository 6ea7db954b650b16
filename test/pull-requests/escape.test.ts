import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { code, codeCell, escapeText, escapeXml, inert, link } from '../../shared/pull-requests/escape.ts';
import { elementsOf, LIVE_TEXT, render, visibleText } from './render.ts';

const HOSTILE: readonly string[] = [
  '@acme/admins please approve',
  'fixes #1, closes acme/platform#2 and GH-3',
  'see https://evil.example/x and www.evil.example or mail mailto:a@evil.example',
  '[click](https://evil.example) ![x](https://evil.example/x.png) [ref][1]',
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
  '<!-- fulcrum:proposal withdrawn digest=0 -->',
  '`code` ``` **bold** _em_ ~~gone~~ | cell | # head',
  '1. list',
  '- [x] done',
  '> quote',
  '[^1] footnote',
  'line\n\n# heading\n/approve\r\n@bot merge',
  '[skip ci] [ci skip] [no ci]',
  ':rocket: &lt;b&gt; &#64;admins \\@admins',
  '\u202Egnp.exe\u200B\u0000\u001B[31m',
  '5d41402abc4b2a76b9719d911017c592 in a1b2c3d',
  '$x^2$ and $`x`$',
  '\\| \\\\| \\`| end \\',
  '\uD800 alone',
];

/** Text made of what means something to somebody. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE, '`', '``', '|', '\\', '@', '#1', '<', '[', '](', '*', '\n', '://', '!'),
      fc.string(),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

describe('text of others', () => {
  it.each(HOSTILE)('is no markup as text: %j', (text) => {
    const html = render(`Before ${escapeText(text)} after.`);
    expect(elementsOf(html)).toEqual(['p', '/p']);
    expect(visibleText(html)).not.toMatch(/\n/);
    expect(html.replaceAll('&#', '')).not.toMatch(LIVE_TEXT);
  });

  it.each(HOSTILE)('is no markup as code: %j', (text) => {
    expect(elementsOf(render(`Before ${code(text)} after.`))).toEqual(['p', 'code', '/code', '/p']);
  });

  it.each(HOSTILE)('says nothing to a host even without markup: %j', (text) => {
    expect(inert(text)).not.toMatch(/@[A-Za-z0-9]|#\d|\bGH-\d|:\/\/|\bwww\.|\[\s*(?:skip|ci|no)\b|<!|[\p{Cc}]/iu);
  });

  it('law: as text it is one paragraph, whatever it says', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(elementsOf(render(`Before ${escapeText(text)} after.`))).toEqual(['p', '/p']);
        expect(elementsOf(render(`- ${escapeText(text) || 'x'}`))).toEqual(['ul', 'li', '/li', '/ul']);
      }),
      { numRuns: 300 },
    );
  });

  it('law: as a cell it never leaves its cell', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const html = render(`| a | b |\n| --- | --- |\n| ${escapeText(first)} | ${codeCell(second)} |`);
        expect(html.match(/<tr>/g)).toHaveLength(2);
        expect(html.match(/<td/g)).toHaveLength(2);
        expect(html).not.toMatch(/<(?:a|img|strong|em|del|h\d|input)\b/);
        // Cells too many are dropped without a trace: only what is in the cell tells whether it was left.
        const [, cell = ''] = [...html.matchAll(/<td>(.*?)<\/td>/gs)].map(([, content = '']) => content);
        const whole = inert(second).replaceAll('\u200B', '').replaceAll(/ +/g, ' ');
        expect(visibleText(cell).replaceAll(/ +/g, ' ').trim()).toBe(whole.trim());
      }),
      { numRuns: 300 },
    );
  });

  it('law: what is readable stays readable', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9.,%()*_#`<>&|~-]{0,60}$/), (text) => {
        expect(visibleText(render(`x ${escapeText(text)}`))).toBe(`x ${text}`);
        expect(visibleText(render(`x ${code(text)}`))).toBe(`x ${text}`);
      }),
    );
  });

  it('keeps names as they are, so that they can be copied', () => {
    expect(code('service/production/core-api')).toBe('`service/production/core-api`');
    expect(code('arn:aws:rds:eu-central-1:123456789012:db:core')).toBe(
      '`arn:aws:rds:eu-central-1:123456789012:db:core`',
    );
    expect(code('`tick`')).toBe('`` `tick` ``');
    expect(codeCell('a|b')).toBe('`a\\|b`');
    expect(codeCell(String.raw`a\|b`)).toBe('`a\\\u200B\\|b`');
    expect(code('')).toBe('');
  });

  it('is clipped without breaking a character', () => {
    expect(inert('x'.repeat(401))).toBe(`${'x'.repeat(399)}…`);
    expect(inert('x'.repeat(400))).toBe('x'.repeat(400));
    expect(inert(`${'x'.repeat(398)}😀😀`)).toBe(`${'x'.repeat(398)}\uFFFD…`);
  });

  it('in XML is text', () => {
    expect(escapeXml(`<a b="c">&'\u0000`)).toBe('&#60;a b=&#34;c&#34;&#62;&#38;&#39; ');
  });
});

describe('link', () => {
  it('leads where it says', () => {
    expect(render(link('The record', 'https://audit.example.org/d?id=1'))).toBe(
      '<p><a href="https://audit.example.org/d?id=1">The record</a></p>',
    );
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not an address', '//evil.example'])(
    'is none to %s',
    (address) => {
      expect(render(link('x', address))).not.toContain('<a');
    },
  );

  it('cannot be broken out of', () => {
    const html = render(link(']( <x>', 'https://audit.example.org/>)[x](https://evil.example)'));
    expect(html.match(/<a /g)).toHaveLength(1);
    expect(html).toContain('href="https://audit.example.org/');
  });
});
