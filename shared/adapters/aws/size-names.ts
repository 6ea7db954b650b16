import { type DurableSizes, type PoolerSizes, POOLER_SIZES } from '../../domain/pooler.ts';

/** Under which names the sizes stand; one that has none is kept elsewhere. */
export type SizeNames = Readonly<Partial<Record<keyof PoolerSizes, string | undefined>>>;

/** The sizes among named texts, or what is wrong with one of them. */
export function sizeIn(
  names: SizeNames,
  textOf: (name: string) => string | undefined,
  where: string,
): DurableSizes['sizes'] | { readonly detail: string } {
  const sizes: Record<keyof PoolerSizes, number | null> = {
    defaultPoolSize: null,
    reservePoolSize: null,
    maxClientConnections: null,
  };
  for (const size of POOLER_SIZES) {
    const name = names[size];
    if (name === undefined) continue;
    const text = textOf(name);
    if (text === undefined) return { detail: `${where} has no ${name}` };
    if (!/^\d{1,6}$/.test(text.trim())) return { detail: `${name} of ${where} is no number of connections` };
    sizes[size] = Number(text);
  }
  return sizes;
}
