/** The most that GitHub gives at once. */
export const PER_PAGE = 100;

/** Whoever has more pages than this of anything is not read to the end. */
const PAGES_AT_MOST = 50;

interface Page<Item> {
  readonly data: readonly Item[];
  readonly headers: { readonly link?: string | undefined };
}

/** All pages, until `isLast` says that the rest does not matter. */
export async function allPages<Item>(
  read: (page: number) => Promise<Page<Item>>,
  isLast: (page: readonly Item[]) => boolean = () => false,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let page = 1; page <= PAGES_AT_MOST; page += 1) {
    const { data, headers } = await read(page);
    items.push(...data);
    if (isLast(data) || !/\brel="next"/.test(headers.link ?? '')) break;
  }
  return items;
}
