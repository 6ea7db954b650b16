import { differOnlyInSplices } from './hcl/compare.ts';
import type { Statement, TerraformParser } from './hcl/parser.ts';
import { type Expression, partsOf } from './hcl/syntax.ts';
import { parseJson } from './json.ts';
import { scalarsIn } from './kubernetes/autoscaler-places.ts';
import { parseIni } from './pgbouncer/setting-places.ts';
import { found, type Found, refused } from './refusal.ts';
import { openSession, type Session } from './session.ts';
import { alignComments } from './terraform/align-comments.ts';
import { splice, type Splice } from './text.ts';

/**
 * The code with one splice made, after the edited text has been parsed and found to differ at the splice alone.
 *
 * @returns a session of its own, to be freed; `failed-its-own-check` where the text differs elsewhere, too
 */
export function applySplice(parser: TerraformParser, session: Session, change: Splice): Found<Session> {
  const { path } = change.range;
  const before = session.files.get(path) ?? '';
  const splices = [change, ...blanksBesides(session, change)];
  const edited = openSession(
    { files: new Map([...session.files, [path, splice(before, splices)]]), unread: session.unread },
    parser,
  );
  const detail = faultOfEdit(session, edited, path, splices);
  if (detail === null) return found(edited);
  edited.free();
  return refused({ code: 'failed-its-own-check', path, detail });
}

function faultOfEdit(before: Session, after: Session, path: string, splices: readonly Splice[]): string | null {
  const old = statementsOf(before, path);
  const edited = statementsOf(after, path);
  if (old === null || edited === null) return 'the edited file cannot be read';
  return differOnlyInSplices(old, edited, splices) ? null : 'the edited file differs in more than the value';
}

function blanksBesides({ resolver: { workspace } }: Session, change: Splice): readonly Splice[] {
  const { path, start, end } = change.range;
  return isTerraform(path) && start < end ? alignComments(workspace.document(path), change) : [];
}

function isTerraform(path: string): boolean {
  return /\.(tf|tfvars)$/.test(path);
}

/** The tokens of a file, or `null` where it cannot be read. */
function statementsOf({ files, resolver }: Session, path: string): readonly Statement[] | null {
  const text = files.get(path) ?? '';
  if (isTerraform(path)) {
    const { fault, statements } = resolver.workspace.document(path);
    return fault === null ? statements : null;
  }
  if (path.endsWith('.json')) {
    const json = parseJson(text, { path, start: 0, end: text.length }, 'json');
    return json.kind === 'found' ? literalsIn(json.value) : null;
  }
  if (path.endsWith('.ini')) {
    return parseIni(path, text).settings.map(({ section, key, start, end }) => token(`${section}.${key}`, start, end));
  }
  return scalarsIn(text)?.map(({ type, start, end }) => token(type, start, end)) ?? null;
}

function literalsIn(expression: Expression): readonly Statement[] {
  const { kind, range } = expression;
  const own = kind === 'literal' || kind === 'opaque' ? [token(kind, range.start, range.end)] : [];
  return [...own, ...partsOf(expression).flatMap(literalsIn)];
}

function token(type: string, start: number, end: number): Statement {
  return { type, start, end, copy: () => ({ type, named: true, start, end, children: [] }) };
}
