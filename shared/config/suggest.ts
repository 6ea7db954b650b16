import { closest, distance } from 'fastest-levenshtein';

/** `did you mean "max"?`, when a known name is near enough to have been meant. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
  const name = closestTo(typed, known);
  return name === undefined ? undefined : `did you mean "${name}"?`;
}

/** The known name that was probably meant: at most a third of its letters differ, capitals and signs aside. */
export function closestTo(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const byPlainName = new Map(known.map((name) => [plain(name), name]));
  const nearest = closest(plain(typed), [...byPlainName.keys()]);
  const mostDifferences = Math.max(1, Math.floor(Math.max(nearest.length, plain(typed).length) / 3));
  return distance(plain(typed), nearest) <= mostDifferences ? byPlainName.get(nearest) : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ .]/g, '');
}
