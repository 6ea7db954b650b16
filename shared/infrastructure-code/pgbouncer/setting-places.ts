import type { Value } from '../at.ts';
import type { PgbouncerChange } from '../edit.ts';
import type { Place } from '../place.ts';
import { found, type Found, refused } from '../refusal.ts';
import { lineAt, lineEndOf } from '../text.ts';

interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

interface IniFile {
  readonly path: string;
  readonly text: string;
  readonly settings: readonly Setting[];
  /** Offsets of `%include`: what is included there has the last word over what stands before. */
  readonly includes: readonly number[];
}

/** Places of a setting of the section `[pgbouncer]`, or of the entry of one database or user. */
export function settingPlaces(
  files: ReadonlyMap<string, string>,
  path: string | null,
  { setting, of }: Pick<PgbouncerChange, 'setting' | 'of'>,
): Found<readonly Place[]> {
  const inFiles = [...files]
    .filter(([candidate]) => (path === null ? candidate.endsWith('.ini') : candidate === path))
    .map(([candidate, text]) => parseIni(candidate, text));
  if (of !== undefined) return entryPlaces(inFiles, setting, of);
  const sought = `[pgbouncer] ${setting}`;
  const chosen = inFiles.filter(({ settings }) => settings.some(({ section }) => section === 'pgbouncer'));
  const [only, ...others] = chosen;
  if (only === undefined) return refused({ code: 'not-found', sought, unreadable: [] });
  if (others.length > 0) {
    return refused({
      code: 'several-candidates',
      sought,
      places: chosen.map((file) => ({ path: file.path, line: 1 })),
    });
  }
  return placeIn(only, setting, sought);
}

/** `pool_size=5` in the line of a database or user: `reports = host=10.0.9.5 dbname=reports pool_size=5`. */
function entryPlaces(
  files: readonly IniFile[],
  setting: string,
  { section, entry }: NonNullable<PgbouncerChange['of']>,
): Found<readonly Place[]> {
  const name = `[${section}] ${entry} ${setting}`;
  const places = files.flatMap(({ path, text, settings, includes }) =>
    settings
      .filter((each) => each.section === section && each.key === entry)
      .flatMap((line) => pairsIn(line).filter(({ key }) => key === setting))
      .map((pair) => ({ path, text, includes, pair })),
  );
  const [only, ...others] = places;
  if (only === undefined) return refused({ code: 'not-found', sought: name, unreadable: [] });
  const { path, text, includes, pair } = only;
  const at = (offset: number) => ({ path, line: lineAt(text, offset) });
  if (others.length > 0) {
    return refused({
      code: 'several-candidates',
      sought: name,
      places: places.map((one) => ({ path: one.path, line: lineAt(one.text, one.pair.start) })),
    });
  }
  const include = includes.find((offset) => offset > pair.start);
  if (include !== undefined) return refused({ code: 'overridden', at: at(pair.start), by: at(include) });
  return found([
    {
      range: { path, start: pair.start, end: pair.end },
      at: at(pair.start),
      name,
      through: [],
      present: typed(pair.value),
      ignored: null,
      write: (to) => (/^\d+$/.test(String(to)) ? String(to) : null),
      notation: 'ini',
      sharedWith: () => null,
    },
  ]);
}

/** Key and value of what stands in one line, as libpq writes it: a value with blanks stands in quotes, a quote in it twice. */
function pairsIn({ section, value, start }: Setting): readonly Setting[] {
  return [...value.matchAll(/([\w.-]+)\s*=\s*('(?:[^']|'')*'|[^\s']\S*)/g)].map((pair) => {
    const [whole, key = '', of = ''] = pair;
    const at = start + pair.index + whole.length - of.length;
    return { section, key, value: of, start: at, end: at + of.length };
  });
}

function placeIn({ path, text, settings, includes }: IniFile, setting: string, name: string): Found<readonly Place[]> {
  const own = settings.filter(({ section }) => section === 'pgbouncer');
  const matching = own.filter(({ key }) => key === setting);
  const at = (offset: number) => ({ path, line: lineAt(text, offset) });
  if (matching.length > 1) {
    return refused({ code: 'several-candidates', sought: name, places: matching.map(({ start }) => at(start)) });
  }
  const last = own.at(-1)?.end ?? 0;
  const [present] = matching;
  const start = present?.start ?? last;
  const include = includes.find((offset) => offset > start);
  if (include !== undefined) return refused({ code: 'overridden', at: at(start), by: at(include) });
  const lead = present === undefined ? `${lineEndOf(text)}${setting} = ` : '';
  return found([
    {
      range: { path, start, end: present?.end ?? last },
      at: present === undefined ? { path, line: lineAt(text, last) + 1 } : at(start),
      name,
      through: [],
      present: present === undefined ? null : typed(present.value),
      ignored: null,
      write: (to) => (/^[^\s;#%]([^\n\r]*\S)?$/.test(String(to)) ? `${lead}${String(to)}` : null),
      notation: 'ini',
      sharedWith: () => null,
    },
  ]);
}

function typed(value: string): Value {
  return /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value;
}

export function parseIni(path: string, text: string): IniFile {
  const settings: Setting[] = [];
  const includes: number[] = [];
  let section = '';
  for (const line of text.matchAll(/[^\r\n]+/g)) {
    const content = line[0].replace(/^\uFEFF/, ' ');
    const header = /^\s*\[([^\]]+)\]/.exec(content)?.[1];
    if (header !== undefined) section = header.trim();
    else if (/^\s*%include\b/.test(content)) includes.push(line.index);
    else {
      const [lead = '', key = ''] = /^(\s*[\w.-]+)\s*=\s*/.exec(content) ?? [];
      const value = content.slice(lead.length).trimEnd();
      const start = line.index + lead.length;
      if (lead !== '') settings.push({ section, key: key.trim(), value, start, end: start + value.length });
    }
  }
  return { path, text, settings, includes };
}
