/** How a number that JSON has no word for is written: `{"$number":"NaN"}`. */
const NON_FINITE_KEY = '$number';
const NON_FINITE: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

/**
 * The one text of a value of plain data: equal data gives equal bytes, whatever the order of its keys. It follows
 * RFC 8785 (keys by UTF-16 code units, numbers as ECMAScript writes them), with two additions: a member that is
 * `undefined` counts as absent, and NaN and the infinities, which RFC 8785 refuses, are kept, because a replay needs to
 * see what the lever saw.
 *
 * @throws TypeError on anything that is not plain data: functions, symbols, big integers, class instances.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    return Number.isFinite(value) ? JSON.stringify(value) : `{"${NON_FINITE_KEY}":"${String(value)}"}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown) => canonicalJson(item === undefined ? null : item)).join(',')}]`;
  }
  if (typeof value !== 'object' || !isPlain(value)) throw new TypeError(`not plain data: ${typeName(value)}`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Reads what `canonicalJson` has written. */
export function parseCanonicalJson(text: string): unknown {
  // Hardly any record has such a number, and to look at every value takes far longer than to parse.
  if (!text.includes(`"${NON_FINITE_KEY}"`)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown) => nonFiniteOf(value) ?? value);
}

function nonFiniteOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [first, ...others] = Object.entries(value);
  if (first === undefined || others.length > 0 || first[0] !== NON_FINITE_KEY) return undefined;
  return typeof first[1] === 'string' && Object.hasOwn(NON_FINITE, first[1]) ? NON_FINITE[first[1]] : undefined;
}

/** Judged without the identity of `Object.prototype`, which differs between the realms of a test runner. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null);
}

function typeName(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value;
}
