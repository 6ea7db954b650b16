import type * as z from 'zod/mini';
import { MalformedEventError } from '../domain/errors.ts';

/** Text that came from outside, in an error message: cut, on one line, as data. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return JSON.stringify(text.slice(0, 200));
}

/** @throws MalformedEventError naming what was expected and every field that is wrong. */
export function parseEvent<Schema extends z.ZodMiniType>(
  schema: Schema,
  what: string,
  event: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new MalformedEventError(`not ${what}: ${problemsOf(parsed.error)}`);
}

/** `from: Invalid input: expected string, received number; floors.api: …` */
export function problemsOf(error: z.core.$ZodError): string {
  return error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'the event'}: ${message}`).join('; ');
}
