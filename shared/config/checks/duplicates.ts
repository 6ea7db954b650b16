import { describeValue, type Finding, type Path } from '../problem.ts';

/** Something that must be there once. */
export interface Keyed {
  readonly key: string;
  readonly path: Path;
}

export interface Duplicate extends Keyed {
  readonly first: Path;
}

/** Everything that has the key of something before it. */
export function duplicates(items: readonly Keyed[]): readonly Duplicate[] {
  const firsts = new Map<string, Path>();
  return items.flatMap(({ key, path }) => {
    const first = firsts.get(key);
    if (first !== undefined) return [{ key, path, first }];
    firsts.set(key, path);
    return [];
  });
}

/** A name that stands where another of its kind has it already. */
export function isDuplicateOf({ key, path, first }: Duplicate): Finding {
  return { path, at: 'value', found: key, message: `found ${describeValue(key)} a second time`, seeAlso: first };
}
