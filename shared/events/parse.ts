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
  const parsed = schema.safeParse(event, WITH_INPUT);
  if (parsed.success) return parsed.data;
  throw new MalformedEventError(`not ${what}: ${problemsOf(parsed.error)}`);
}

/** The values that are wrong come with the issues. */
export const WITH_INPUT = { reportInput: true } as const;

/** So much of what is wrong is told: an event may be megabytes long, a record must not. */
const MOST_PROBLEMS = 5;
const PROBLEM_LENGTH = 200;

/** `from: expected string, is 7; floors.api: expected at least 1, is 0` */
export function problemsOf(error: z.core.$ZodError): string {
  const issues = error.issues.flatMap(nearestMiss);
  const told = issues
    .slice(0, MOST_PROBLEMS)
    .map((issue) => `${issue.path.map(String).join('.') || 'the event'}: ${complaintOf(issue)}`)
    .map((problem) => (problem.length > PROBLEM_LENGTH ? `${problem.slice(0, PROBLEM_LENGTH)}…` : problem));
  const untold = issues.length - told.length;
  return [...told, ...(untold > 0 ? [`and ${untold} more`] : [])].join('; ');
}

/** Of several shapes that an event may have, what keeps it from the one that it is nearest to. */
function nearestMiss(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length);
  return nearest ?? [issue];
}

/** In our own words: the schemas of the Lambdas come without a dictionary, which would be as large as all of them. */
function complaintOf(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  if (input === undefined && issue.code !== 'custom') return 'is missing';
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.map(quoted).join(', ')}`;
    case 'invalid_type':
      return `expected ${issue.expected}, is ${shown(input)}`;
    case 'invalid_value':
      return `expected ${issue.values.map(shown).join(' or ')}, is ${shown(input)}`;
    case 'too_small':
      return `expected at least ${String(issue.minimum)}${unitOf(issue.origin)}, is ${shown(input)}`;
    case 'too_big':
      return `expected at most ${String(issue.maximum)}${unitOf(issue.origin)}, is ${shown(input)}`;
    case 'invalid_format':
      return `not of the expected form, is ${shown(input)}`;
    case 'custom':
      return issue.message;
    default:
      return `not as expected, is ${shown(input)}`;
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : '';
}

function shown(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value).slice(0, 100);
}
