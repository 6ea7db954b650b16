import { applySplice } from './apply-splice.ts';
import { choosePlace, judge } from './choose-place.ts';
import type {
  Drift,
  EditedValue,
  EditResult,
  InfrastructureCode,
  InfrastructureEdit,
  NotNeeded,
  ValueEdit,
} from './edit.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { TerraformParser } from './hcl/parser.ts';
import type { Place } from './place.ts';
import { found, type Found, type Refusal, refused } from './refusal.ts';
import { addReplica } from './replica/add-replica.ts';
import { requestsAfter, requestsOf, type ValueRequest } from './requests.ts';
import { openSession, type Session } from './session.ts';
import type { Splice } from './text.ts';
import { sameValue } from './values.ts';

/**
 * Makes an edit in the text of the code, exactly where the value stands, or says why a person has to.
 *
 * Every byte but those of the literal stays (blanks before comments that `terraform fmt` aligns move along with it).
 * The edited text is parsed again, and is handed out only if it differs nowhere else and reads back as intended.
 *
 * @param parser from `loadTerraformParser`
 */
export function planEdit(parser: TerraformParser, code: InfrastructureCode, wanted: InfrastructureEdit): EditResult {
  const result = wanted.kind === 'add-replica' ? addReplica(parser, code, wanted) : planValues(parser, code, wanted);
  return result.kind === 'refused'
    ? { kind: 'refused', because: result.because, advice: explainRefusal(result.because) }
    : result.value;
}

type Planned = Exclude<EditResult, { kind: 'refused' }>;

/** What the code says of values that are live as `to`, and thus what applying the code would do to them. */
export function describeDrift(parser: TerraformParser, code: InfrastructureCode, live: ValueEdit): readonly Drift[] {
  return withSession(parser, code, (session) =>
    requestsOf(live).map((request) => {
      const places = request.places(session);
      const place = places.kind === 'refused' ? places : choosePlace(places.value, request.change);
      if (place.kind === 'refused') {
        return { kind: 'unknown', because: place.because, advice: explainRefusal(place.because) };
      }
      return driftAt(place.value, request);
    }),
  );
}

function driftAt({ at, name, present, ignored }: Place, { change: { to } }: ValueRequest): Drift {
  if (ignored !== null) return { kind: 'ignored-by-terraform', at: ignored, name };
  if (present === null) return { kind: 'not-set', at, name, live: to };
  return sameValue(present, to)
    ? { kind: 'in-step', at, name, value: present }
    : { kind: 'would-undo', at, name, code: present, live: to };
}

function withSession<T>(parser: TerraformParser, code: InfrastructureCode, use: (session: Session) => T): T {
  const session = openSession(code, parser);
  try {
    return use(session);
  } finally {
    session.free();
  }
}

interface Written {
  readonly request: ValueRequest;
  readonly splice: Splice;
  /** The literal as it stood; `null` where nothing was set. */
  readonly before: string | null;
}

function planValues(parser: TerraformParser, code: InfrastructureCode, edit: ValueEdit): Found<Planned> {
  const { files, editable } = code;
  const notNeeded: NotNeeded[] = [];
  const written: Written[] = [];
  let session = openSession(code, parser);
  try {
    // One after the other, each on the text that the one before has left: they may stand on neighbouring lines.
    const parts = [() => requestsOf(edit), () => (written.length === 0 ? [] : requestsAfter(edit, session))];
    for (const request of flattened(parts)) {
      const verdict = verdictOn(session, request, editable);
      if (verdict.kind === 'refused') return verdict;
      if (verdict.value.kind === 'not-needed') {
        notNeeded.push(verdict.value.because);
        continue;
      }
      const { splice } = verdict.value;
      const applied = applySplice(parser, session, splice);
      if (applied.kind === 'refused') return applied;
      written.push({ request, splice, before: replacedBy(splice, session.files) });
      session.free();
      session = applied.value;
    }
    if (written.length === 0) return found({ kind: 'not-needed', because: notNeeded });
    const values = readBack(session, written);
    if (values.kind === 'refused') return values;
    return found({ kind: 'edited', files: changedFiles(files, session.files), values: values.value, notNeeded });
  } finally {
    session.free();
  }
}

/** Each part is made when the ones before it have been gone through. */
function* flattened<T>(parts: readonly (() => readonly T[])[]): Generator<T> {
  for (const part of parts) yield* part();
}

function replacedBy({ range: { path, start, end } }: Splice, files: ReadonlyMap<string, string>): string | null {
  return start === end ? null : (files.get(path) ?? '').slice(start, end);
}

function verdictOn(session: Session, request: ValueRequest, editable: readonly string[]) {
  const places = request.places(session);
  if (places.kind === 'refused') return places;
  const place = choosePlace(places.value, request.change);
  return place.kind === 'refused' ? place : judge(place.value, request.change, { files: session.files, editable });
}

/** Looks every value up again in the edited code, by the same way as before. */
function readBack(session: Session, written: readonly Written[]): Found<readonly EditedValue[]> {
  const values: EditedValue[] = [];
  for (const { request, splice, before } of written) {
    const { path } = splice.range;
    const wrong = (because?: Refusal) =>
      refused({
        code: 'failed-its-own-check',
        path,
        detail: `the edited value does not read back: ${because?.code ?? 'it differs'}`,
      });
    const places = request.places(session);
    if (places.kind === 'refused') return wrong(places.because);
    const place = choosePlace(places.value, request.change);
    if (place.kind === 'refused') return wrong(place.because);
    const { at, name, through, present } = place.value;
    if (present === null || !sameValue(present, request.change.to)) return wrong();
    const fault = place.value.fault?.() ?? null;
    if (fault !== null) return refused(fault);
    values.push({ at, name, through, before, after: splice.text.trim() });
  }
  return found(values);
}

function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  return [...after].flatMap(([path, text]) => {
    const old = before.get(path) ?? '';
    return old === text ? [] : [{ path, before: old, after: text }];
  });
}
