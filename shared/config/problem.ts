/** Keys and list positions from the root of the file: `['fleets', 0, 'services', 1, 'max']`. */
export type Path = readonly (string | number)[];

/** Something that is wrong with the configuration, before its place in the file is known. */
export interface Finding {
  readonly path: Path;
  /** What to point at: the key itself, or the value behind it. */
  readonly at: 'key' | 'value';
  /** What is wrong, with the value found. */
  readonly message: string;
  /** The value found; absent where something is missing. */
  readonly found?: unknown;
  readonly expected?: string;
  readonly suggestion?: string;
  /** The other side of a contradiction. */
  readonly seeAlso?: Path;
}

export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** `fleets[0].services[1].max`; empty at the root. */
  readonly path: string;
}

/** A finding at its place in the file. */
export interface Problem extends Place {
  readonly message: string;
  readonly found?: unknown;
  readonly expected?: string;
  readonly suggestion?: string;
  readonly seeAlso?: Place;
}

/** `fulcrum.yml:14:7 fleets[0].services[1].maxx: unknown key "maxx"; did you mean "max"?` */
export function formatProblem({ message, expected, suggestion, seeAlso, ...place }: Problem): string {
  const statement = expected === undefined ? message : `${message}, expected ${expected}`;
  const hints = [suggestion, seeAlso === undefined ? undefined : `see ${formatPlace(seeAlso)}`];
  return `${formatPlace(place)}: ${[statement, ...hints.filter((hint) => hint !== undefined)].join('; ')}`;
}

export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** A value as a person finds it in the file, shortened. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'no keys' : 'a map of keys';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

function formatPlace({ file, line, column, path }: Place): string {
  return `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}`;
}
