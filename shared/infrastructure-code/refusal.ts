import type { At, Value } from './at.ts';

/**
 * Why code is left alone. Every one has a place, where there is one, so that a person can go there at once.
 * `expression` and the like quote the code, shortened.
 */
export type Refusal =
  | { readonly code: 'not-found'; readonly sought: string; readonly unreadable: readonly string[] }
  | { readonly code: 'several-candidates'; readonly sought: string; readonly places: readonly At[] }
  | { readonly code: 'syntax-error'; readonly at: At; readonly near: string }
  | { readonly code: 'computed'; readonly at: At; readonly expression: string }
  | { readonly code: 'conditional'; readonly at: At; readonly expression: string }
  /** `count` or `for_each` makes several of it from one text. */
  | {
      readonly code: 'repeated';
      readonly at: At;
      readonly by: 'count' | 'for_each';
      readonly expression: string;
    }
  | { readonly code: 'dynamic-block'; readonly at: At; readonly block: string }
  | { readonly code: 'data-source'; readonly at: At; readonly reference: string }
  | { readonly code: 'remote-module'; readonly at: At; readonly module: string; readonly source: string }
  /** The value is that of another resource: changing it there changes both. */
  | { readonly code: 'another-resource'; readonly at: At; readonly reference: string }
  /** Known to Terraform after it has asked AWS only. */
  | { readonly code: 'known-after-apply'; readonly at: At; readonly reference: string }
  | { readonly code: 'nothing-there'; readonly at: At; readonly reference: string }
  | { readonly code: 'variable-not-set'; readonly at: At; readonly variable: string }
  | { readonly code: 'attribute-missing'; readonly at: At; readonly attribute: string }
  /** Others use the same literal, and would change along. */
  | { readonly code: 'shared'; readonly at: At; readonly name: string; readonly others: readonly At[] }
  /** An override file of Terraform has the last word. */
  | { readonly code: 'overridden'; readonly at: At; readonly by: At }
  /** The code says something else than what was read from AWS. */
  | {
      readonly code: 'unexpected-value';
      readonly at: At;
      readonly name: string;
      readonly expected: Value | null;
      readonly present: Value | null;
      readonly to: Value;
    }
  | {
      readonly code: 'path-not-allowed';
      readonly path: string;
      readonly why: 'outside-editable-folders' | 'not-a-plain-path' | 'symbolic-link';
    }
  /** A link, or what is not text: it is there, and nobody knows what it says. */
  | { readonly code: 'unread-file'; readonly path: string; readonly why: string }
  /** The validation of a variable would not let it through. */
  | { readonly code: 'not-valid'; readonly at: At; readonly variable: string; readonly condition: string }
  | { readonly code: 'value-not-expressible'; readonly at: At; readonly value: string; readonly notation: string }
  /** AWS would refuse the change as things are. */
  | { readonly code: 'needed-first'; readonly at: At; readonly attribute: string; readonly why: string }
  /** The edited text does not read back as intended. A defect of ours: nothing of it is handed out. */
  | { readonly code: 'failed-its-own-check'; readonly path: string; readonly detail: string };

/** Either what was looked for, or why it cannot be had. */
export type Found<T> =
  { readonly kind: 'found'; readonly value: T } | { readonly kind: 'refused'; readonly because: Refusal };

export function found<T>(value: T): Found<T> {
  return { kind: 'found', value };
}

export function refused(because: Refusal): { readonly kind: 'refused'; readonly because: Refusal } {
  return { kind: 'refused', because };
}
