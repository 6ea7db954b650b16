import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tasks } from '../../shared/pull-requests/describe.ts';
import { withStepsSeen, withTicksOf } from '../../shared/pull-requests/ticks.ts';

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

  it('that rest on the proof of others are not taken over: it was of the commit before', () => {
    const before = '- [x] Snapshot taken — [plan](<https://ci.example.org/7>)\n- [x] Window confirmed — `plan`\n';
    expect(withTicksOf(body, before)).toBe(body);
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

describe('steps that were seen to be done', () => {
  const proven = '- [x] Snapshot taken — [plan](<https://ci.example.org/7>)';

  it('are ticked with what shows it, and the rest of the text stays', () => {
    expect(withStepsSeen(body, `${proven}\n- [ ] Window confirmed`)).toBe(body.replace('- [ ] Snapshot taken', proven));
    expect(withStepsSeen(body, '- [x] Window confirmed')).toBe(body.replace('[ ] Window', '[x] Window'));
  });

  it('get the newest proof, also where a person has ticked them', () => {
    const ticked = body.replace('[ ] Snapshot', '[X] Snapshot');
    expect(withStepsSeen(ticked, proven)).toBe(body.replace('- [ ] Snapshot taken', proven));
    const newer = proven.replace('/7', '/8');
    expect(withStepsSeen(withStepsSeen(body, proven), newer)).toBe(body.replace('- [ ] Snapshot taken', newer));
  });

  it('stay shown when nothing new is seen', () => {
    const shown = withStepsSeen(body, proven);
    expect(withStepsSeen(shown, '- [x] Snapshot taken')).toBe(shown);
    expect(withStepsSeen(shown, '- [ ] Snapshot taken')).toBe(shown);
  });

  it('are known by a proof with dashes and code in its name', () => {
    const dashed = 'Snapshot taken — `` x — ` ``';
    expect(withStepsSeen(body, `- [x] ${dashed}`)).toBe(body.replace('[ ] Snapshot taken', `[x] ${dashed}`));
    expect(withTicksOf(body, `- [x] ${dashed}`)).toBe(body);
  });

  it('law: whatever its name and address, a proof is known again as one', () => {
    const part = fc.constantFrom(
      ' — ',
      '[x](<http://e.example>)',
      '`',
      ']',
      '(',
      '<',
      '>',
      'a',
      '\\',
      '@me',
      '\n- [x] ',
    );
    const words = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `x${parts.join('')}`);
    fc.assert(
      fc.property(words, fc.option(words, { nil: null }), (name, path) => {
        const url = path === null ? null : `https://ci.example.org/${path}`;
        const undone = tasks([{ step: 'Snapshot taken', isDone: false }]);
        const done = tasks([{ step: 'Snapshot taken', isDone: true, proof: { name, outcome: 'passed', url } }]);
        expect(withStepsSeen(undone, done)).toBe(done);
        expect(withTicksOf(undone, done)).toBe(undone);
      }),
    );
  });
});
