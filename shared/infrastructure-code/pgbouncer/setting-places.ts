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

/** Places of a setting of the section `[pgbouncer]`. */
export function settingPlaces(
  files: ReadonlyMap<string, string>,
  path: string | null,
  { setting }: Pick<PgbouncerChange, 'setting'>,
): Found<readonly Place[]> {
  const sought = `[pgbouncer] ${setting}`;
  const chosen = [...files]
    .filter(([candidate]) => (path === null ? candidate.endsWith('.ini') : candidate === path))
    .map(([candidate, text]) => parseIni(candidate, text))
    .filter(({ settings }) => settings.some(({ section }) => section === 'pgbouncer'));
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
