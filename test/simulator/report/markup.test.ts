import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { jsonForScript, markup, trusted } from '../../../simulator/report/markup.ts';

describe('markup', () => {
  it('escapes what is put in and keeps what is written', () => {
    expect(markup`<p title="${'"a"'}">${`<b>'&'</b>`} ${7}</p>`.text).toBe(
      '<p title="&quot;a&quot;">&lt;b&gt;&#39;&amp;&#39;&lt;/b&gt; 7</p>',
    );
  });

  it('takes markup and lists of it as they are', () => {
    expect(markup`<ul>${['a', 'b'].map((text) => markup`<li>${text}</li>`)}</ul>${trusted('<hr>')}`.text).toBe(
      '<ul><li>a</li><li>b</li></ul><hr>',
    );
  });

  it('law: no text opens a tag or leaves an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(markup`${text}`.text).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('writes JSON that no script element ends in, and that reads back', () => {
    const value = { text: '</script><!--' };
    expect(jsonForScript(value).text).not.toContain('<');
    expect(JSON.parse(jsonForScript(value).text)).toEqual(value);
  });
});
