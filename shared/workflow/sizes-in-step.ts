import type { LeverName } from '../config/policy.ts';
import type { Change } from '../domain/change.ts';
import { DAY, later, type Seconds } from '../domain/units.ts';
import type { FindMoved, Moved } from './code-in-step.ts';

/** So long a live change of infrastructure is followed until its code says it. */
const FOLLOWED_FOR: Seconds = 30 * DAY;

/** Replicas that Application Auto Scaling has made are in no code: a block for one would make another. */
const SIZES: ReadonlySet<Change['kind']> = new Set([
  'resize-task',
  'change-database-class',
  'set-storage-ceiling',
  'set-aurora-capacity',
  'set-cache-shape',
  'change-cache-node-type',
]);

/** Changes of tasks, databases and caches that were made live, and verified. */
export const movedSizes: FindMoved = (_, __, changes, now) =>
  changes.flatMap(({ resource, status, order }): readonly Moved[] => {
    const { change, lever } = order;
    const isFollowed = status.status === 'verified' && now < later(status.updatedAt, FOLLOWED_FOR);
    if (!isFollowed || change.kind === 'tend-proposal' || !SIZES.has(change.kind)) return [];
    const [inCode, live] = [plain(change.from), plain(change.to)];
    return [{ lever: lever as LeverName, about: resource, service: null, inCode, live, change }];
  });

function plain(size: unknown): string {
  return typeof size === 'object' && size !== null
    ? Object.entries(size)
        .map(([key, value]: [string, unknown]) => `${key} ${JSON.stringify(value)}`)
        .join(', ')
    : String(size);
}
