import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withTicksOf } from '../../shared/pull-requests/ticks.ts';

const body = 'Why.\n\n- [ ] Snapshot taken\n- [ ] Window confirmed\n- not a step\n';

describe('ticks of a task list', () => {
  it('stay when the text is renewed, whoever has set them and however', () => {
    const before = 'Old.\n\n- [X] Window confirmed  \r\n* [x] Something else\n';
    expect(withTicksOf(body, before)).toBe(body.replace('[ ] Window', '[x] Window'));
  });

  it('are never taken away', () => {
    const ticked = body.replaceAll('[ ]', '[x]');
    expect(withTicksOf(ticked, body)).toBe(ticked);
  });

  it('law: nothing but marks changes, and doing it twice does it once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('- [ ] a', '- [x] a', '- [ ] b', 'text', '* [x] b', ''), { maxLength: 8 }),
        (lines) => {
          const [text, other] = [lines.join('\n'), lines.toReversed().join('\n')];
          const once = withTicksOf(text, other);
          expect(once.replaceAll('[x]', '[ ]')).toBe(text.replaceAll('[x]', '[ ]'));
          expect(withTicksOf(once, other)).toBe(once);
        },
      ),
    );
  });
});
