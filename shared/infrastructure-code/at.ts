/** What the code can say of capacity: `"db.r6g.large"`, `12`, `0.5`, `true`. */
export type Value = string | number | boolean;

export interface At {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
}
