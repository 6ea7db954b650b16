import type { Grant } from './access.ts';
import type { Repository } from './repository.ts';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Call {
  readonly repository: Repository;
  readonly grant: Grant;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the pattern of the path has captured, decoded. */
  readonly path: readonly string[];
}

/** One route: what it needs, and what it answers. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Any one of these is enough. */
  readonly needs: readonly (readonly [permission: string, level: 'read' | 'write'])[];
  readonly answer: (call: Call) => Reply;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const notFound: Reply = { status: 404, body: { message: 'Not Found' } };

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function paged<Item>({ url }: Call, items: readonly Item[], show: (item: Item) => unknown): Reply {
  const size = Number(url.searchParams.get('per_page') ?? 30);
  const page = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const hasNext = items.length > page * size;
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size).map(show),
    headers: hasNext ? { link: `<${next.href}>; rel="next"` } : {},
  };
}
