import type { At, Value } from './at.ts';
import type { Refusal } from './refusal.ts';
import type { Range } from './text.ts';

/** Where a value stands, or where it would have to stand, and how to write another one there. */
export interface Place {
  readonly range: Range;
  readonly at: At;
  /** `aws_db_instance.main.instance_class` */
  readonly name: string;
  readonly through: readonly string[];
  /** `null` where nothing is set: the range is then empty, or a literal `null`. */
  readonly present: Value | null;
  /** Terraform has been told to leave the value alone. */
  readonly ignored: At | null;
  /** Text for the range, or `null` where the notation cannot say it. */
  readonly write: (to: Value) => string | null;
  readonly notation: string;
  /** Who else would change along; `null` where nobody would. Costs a look through the code. */
  readonly sharedWith: () => Refusal | null;
  /** Why the code would not take the value that is there; absent where it takes any. */
  readonly fault?: () => Refusal | null;
}

/** The same literal, by whatever way it was found. */
export function samePlace(a: Pick<Place, 'range'>, b: Pick<Place, 'range'>): boolean {
  return a.range.path === b.range.path && a.range.start === b.range.start && a.range.end === b.range.end;
}
