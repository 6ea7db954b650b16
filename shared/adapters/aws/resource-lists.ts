import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { Clock } from '../../ports.ts';
import { concurrently } from './concurrently.ts';
import { isDenied, isThrottled, unseenBecause } from './errors.ts';

/** What an AWS call lists of several resources at once, or of one. */
export interface ResourceList<Item> {
  /** @param resourceId absent: of all resources. */
  page(resourceId: string | undefined, nextToken: string | undefined): Promise<Page<Item>>;
  resourceIdOf(item: Item): string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/** Up to here one call for each resource is never worse than reading through what the whole account has. */
const FEW = 3;
const CALLS_AT_ONCE = 5;
/** Far above the quotas (50 policies and 200 scheduled actions a target): a token that never ends is a fault. */
const MOST_PAGES_OF_ONE = 50;

/**
 * The items of each resource in few calls. AWS lists them for one resource or for the whole account, and how much others
 * have in the account is not known beforehand. So the account is read until that has taken as many calls as asking for
 * each resource would; then each is asked for. That is at most twice the calls of the better way.
 */
export async function listByResource<Item>(
  list: ResourceList<Item>,
  resourceIds: readonly string[],
  clock: Clock,
): Promise<ReadonlyMap<string, Reading<readonly Item[]>>> {
  const account = resourceIds.length > FEW ? await listFromAccount(list, resourceIds, clock) : null;
  if (account !== null) return account;
  return new Map(await concurrently(resourceIds, CALLS_AT_ONCE, async (id) => [id, await readOne(list, id, clock)]));
}

/** `null`: each resource has to be asked for, because the account has too much, or a fault might concern one page only. */
async function listFromAccount<Item>(
  list: ResourceList<Item>,
  resourceIds: readonly string[],
  clock: Clock,
): Promise<ReadonlyMap<string, Reading<readonly Item[]>> | null> {
  const at = clock.now();
  try {
    const items = await readPages((nextToken) => list.page(undefined, nextToken), resourceIds.length);
    if (items === null) return null;
    const byResource = Map.groupBy(items, (item) => list.resourceIdOf(item));
    return new Map(resourceIds.map((id) => [id, seen(byResource.get(id) ?? [], at)]));
  } catch (error) {
    const blind = unseenBecause(error);
    // More calls cannot help against these.
    return isDenied(error) || isThrottled(error) ? new Map(resourceIds.map((id) => [id, blind])) : null;
  }
}

async function readOne<Item>(
  list: ResourceList<Item>,
  resourceId: string,
  clock: Clock,
): Promise<Reading<readonly Item[]>> {
  const at = clock.now();
  try {
    const items = await readPages((nextToken) => list.page(resourceId, nextToken), MOST_PAGES_OF_ONE);
    if (items !== null) return seen(items, at);
    return unseen({ code: 'unreadable', detail: `the list of ${resourceId} does not end` });
  } catch (error) {
    return unseenBecause(error);
  }
}

/** `null`: there is more than so many pages. */
export async function readPages<Item>(
  page: (nextToken: string | undefined) => Promise<Page<Item>>,
  mostPages: number,
): Promise<readonly Item[] | null> {
  const items: Item[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const answer: Page<Item> = await page(nextToken);
    items.push(...answer.items);
    nextToken = answer.nextToken;
    if (nextToken === undefined) return items;
  }
  return null;
}
