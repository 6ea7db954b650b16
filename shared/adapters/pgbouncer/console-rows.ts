import { ConsoleError, type ConsoleRow } from './console-session.ts';

/**
 * A column that has had several names, as a whole number that is not negative.
 *
 * @throws ConsoleError `not-understood` when there is none of the names, or no such number in it
 */
export function count(row: ConsoleRow, ...names: readonly string[]): number {
  const name = names.find((candidate) => candidate in row);
  if (name === undefined) throw notUnderstood(`no column ${names.join(' or ')}`);
  return wholeNumber(row[name], name);
}

/** Zero where the version has no such column. */
export function countIfThere(row: ConsoleRow, name: string): number {
  return name in row ? count(row, name) : 0;
}

/** `null` where the version has no such column or it is empty: not set. */
export function countIfSet(row: ConsoleRow, name: string): number | null {
  const value = row[name] ?? '';
  const isSet = typeof value !== 'string' || value.trim() !== '';
  return isSet ? wholeNumber(value, name) : null;
}

/** @throws ConsoleError `not-understood` */
export function words(row: ConsoleRow, name: string): string {
  const value = row[name];
  if (typeof value !== 'string') throw notUnderstood(`no text in column ${name}`);
  return value;
}

export function wordsOrNull(row: ConsoleRow, name: string): string | null {
  const value = row[name];
  return typeof value === 'string' ? value : null;
}

/** Numbers come as int4, or as text where PgBouncer gives a numeric, or pads with blanks. */
export function wholeNumber(value: unknown, name: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw notUnderstood(`no count in ${name}`);
  }
  return number;
}

export function notUnderstood(detail: string): ConsoleError {
  return new ConsoleError({ code: 'not-understood', detail });
}
