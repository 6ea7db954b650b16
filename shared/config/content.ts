import type { Path } from './problem.ts';

/** What stands at a path of the parsed file; `undefined` where nothing does. */
export function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    content,
  );
}

export function listAt(content: unknown, path: Path): readonly unknown[] {
  const list = valueAt(content, path);
  return Array.isArray(list) ? list : [];
}

/** A map or a list, by key or position. */
export function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null;
}
