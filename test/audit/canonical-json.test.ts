import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, parseCanonicalJson } from '../../shared/audit/canonical-json.ts';

class Thing {
  readonly value = 1;
}

describe('canonical JSON', () => {
  // prettier-ignore
  it.each([
    { what: 'keys are sorted by code units',        value: { b: 1, a: 2, B: 3, '10': 4, '9': 5 }, text: '{"10":4,"9":5,"B":3,"a":2,"b":1}' },
    { what: 'also inside lists and objects',        value: [{ z: { y: 1, x: 2 } }],               text: '[{"z":{"x":2,"y":1}}]' },
    { what: 'the order of a list is kept',          value: [3, 1, 2],                             text: '[3,1,2]' },
    { what: 'numbers are as ECMAScript has them',   value: [1e21, 1e-7, 0.1 + 0.2, -0, 100],      text: '[1e+21,1e-7,0.30000000000000004,0,100]' },
    { what: 'text is escaped as little as possible', value: 'a"\\\n\u0001€/\ud83d\ude80',          text: '"a\\"\\\\\\n\\u0001€/\ud83d\ude80"' },
    { what: 'a lone surrogate is escaped',          value: '\ud800',                              text: '"\\ud800"' },
    { what: 'an undefined member is absent',        value: { a: undefined, b: null },             text: '{"b":null}' },
    { what: 'an undefined item is null',            value: [undefined],                           text: '[null]' },
    { what: 'what JSON cannot say is kept',         value: [NaN, Infinity, -Infinity],            text: '[{"$number":"NaN"},{"$number":"Infinity"},{"$number":"-Infinity"}]' },
    { what: 'an object without prototype is data',  value: Object.assign(Object.create(null) as object, { a: 1 }), text: '{"a":1}' },
  ])('$what', ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('gives the example of RFC 8785, section 3.2.3', () => {
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    const shuffled = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const members = sorted.map((key) => `${JSON.stringify(key)}:${shuffled.indexOf(key)}`);
    const value = Object.fromEntries(shuffled.map((key, index) => [key, index]));
    expect(canonicalJson(value)).toBe(`{${members.join(',')}}`);
  });

  it.each([
    ['a function', { f: () => 1 }, 'not plain data: function'],
    ['a big integer', [1n], 'not plain data: bigint'],
    ['a symbol', Symbol('s'), 'not plain data: symbol'],
    ['nothing', undefined, 'not plain data: undefined'],
    ['a date', { at: new Date(0) }, 'not plain data: Date'],
    ['a map', new Map(), 'not plain data: Map'],
    ['an instance', new Thing(), 'not plain data: Thing'],
  ])('refuses %s', (_what, value, message) => {
    expect(() => canonicalJson(value)).toThrow(new TypeError(message));
  });

  it('reads a number that JSON cannot say only where it was written as one', () => {
    const texts = ['{"$number":"NaN","more":1}', '{"$number":"12"}', '{"$number":"toString"}', '{"$number":{"a":1}}'];
    for (const text of texts) expect(parseCanonicalJson(text)).toEqual(JSON.parse(text));
  });

  const data = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 });

  it('law: it is JSON, and says the same', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('law: the order of keys does not matter', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), data), { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, (members) => {
        const reversed = Object.fromEntries([...members].reverse());
        expect(canonicalJson(Object.fromEntries(members))).toBe(canonicalJson(reversed));
      }),
    );
  });

  it('law: what is read back is what was written, and is written the same again', () => {
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.double().map((number) => (Object.is(number, -0) ? 0 : number)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(anything, (value) => {
        const text = canonicalJson(value);
        const read = parseCanonicalJson(text);
        expect(read).toEqual(structuredClone(value));
        expect(canonicalJson(read)).toBe(text);
      }),
    );
  });
});
