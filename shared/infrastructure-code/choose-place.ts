import type { Value } from './at.ts';
import type { NotNeeded, ValueChange } from './edit.ts';
import { allowEdit } from './paths.ts';
import type { Place } from './place.ts';
import { found, type Found, refused } from './refusal.ts';
import type { Splice } from './text.ts';
import { inTypeOf, sameValue, sayValue } from './values.ts';

/** The one place that a change is for. Of several, the one that says today what is expected to be there. */
export function choosePlace(places: readonly Place[], change: ValueChange): Found<Place> {
  const expected = places.filter(({ present }) => matches(present, change));
  const [only, ...others] = places.length === 1 || change.present.kind === 'anything' ? places : expected;
  if (only !== undefined && others.length === 0) return found(only);
  const sought = places[0]?.name ?? '';
  return refused({ code: 'several-candidates', sought, places: places.map(({ at }) => at) });
}

function matches(present: Value | null, { present: expectation, to }: ValueChange): boolean {
  if (present !== null && sameValue(present, to)) return true;
  if (expectation.kind === 'is') return present !== null && sameValue(present, expectation.value);
  return expectation.kind === 'anything' || present === null;
}

export type Verdict =
  { readonly kind: 'not-needed'; readonly because: NotNeeded } | { readonly kind: 'write'; readonly splice: Splice };

/** Whether a place has to be written, and what, or why it must not be. */
export function judge(
  place: Place,
  change: ValueChange,
  { files, editable }: { readonly files: ReadonlyMap<string, string>; readonly editable: readonly string[] },
): Found<Verdict> {
  const { at, name, present, ignored } = place;
  const { to } = change;
  if (ignored !== null) {
    return found({ kind: 'not-needed', because: { code: 'ignored-by-terraform', at: ignored, name } });
  }
  if (present !== null && sameValue(present, to)) {
    return found({ kind: 'not-needed', because: { code: 'already-so', at, name, value: present } });
  }
  if (!matches(present, change)) {
    const expected = change.present.kind === 'is' ? change.present.value : null;
    return refused({ code: 'unexpected-value', at, name, expected, present, to });
  }
  const { path } = place.range;
  const allowed = allowEdit(path, files.get(path) ?? '', editable);
  if (allowed.kind === 'refused') return allowed;
  const shared = place.sharedWith();
  if (shared !== null) return refused(shared);
  const text = place.write(inTypeOf(to, present));
  if (text === null) {
    return refused({ code: 'value-not-expressible', at, value: sayValue(to), notation: place.notation });
  }
  return found({ kind: 'write', splice: { range: place.range, text } });
}
