import type { Value } from './at.ts';

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** `256` and `"256"` are the same to AWS, and both are written. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (DECIMAL.test(String(a)) && DECIMAL.test(String(b))) return Number(a) === Number(b);
  return String(a) === String(b);
}

/** A value in the type in which the code writes it today: a number in quotes stays in quotes. */
export function inTypeOf(value: Value, present: Value | null): Value {
  if (typeof present === 'string') return String(value);
  if (typeof present === 'number' && typeof value === 'string' && DECIMAL.test(value)) return Number(value);
  if (typeof present === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** A value as digits or as a word; `null` where it has no such notation (not finite, or with an exponent). */
export function plainNotation(value: number | boolean): string | null {
  const text = String(value);
  return typeof value === 'boolean' || DECIMAL.test(text) ? text : null;
}

export function sayValue(value: Value | null): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}
