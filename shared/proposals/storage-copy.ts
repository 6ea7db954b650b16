import { STRIPED_FROM_GIB } from '../capacity/database-storage.ts';
import type { ChangeOf } from '../domain/change.ts';
import type { DatabaseFacts } from '../domain/infrastructure.ts';

/*
 * From 400 GiB on the data of RDS for PostgreSQL lies on four volumes, and whatever brings it there copies all of it: a change of
 * size as well as storage autoscaling. AWS advises hours without load for it, or a replica that is changed first and promoted
 * (Amazon RDS User Guide, “I/O-intensive storage modifications”).
 */
const COPY = `which lie on four volumes: all data is copied to them, for hours or longer, and takes I/O from the database meanwhile`;

/** What a reviewer has to know of more storage that crosses the step; empty where it does not. */
export function copyBySize({ from, to }: ChangeOf<'provision-storage'>): readonly string[] {
  const crosses = from.allocatedGiB < STRIPED_FROM_GIB && to.allocatedGiB >= STRIPED_FROM_GIB;
  return crosses
    ? [
        `This goes to ${STRIPED_FROM_GIB} GiB and more, ${COPY}. Apply it in a low-traffic window, well before the disk is full.`,
      ]
    : [];
}

/** The same of a higher ceiling of autoscaling: nobody chooses the hour in which the storage grows there. */
export function copyByGrowth(
  { from, to }: ChangeOf<'set-storage-ceiling'>,
  facts: DatabaseFacts | null,
): readonly string[] {
  const reached = from.maxAllocatedGiB ?? facts?.storage?.allocatedGiB ?? 0;
  const mayCross = reached < STRIPED_FROM_GIB && (to.maxAllocatedGiB ?? 0) >= STRIPED_FROM_GIB;
  return mayCross
    ? [
        `It may now grow by itself to ${STRIPED_FROM_GIB} GiB and more, ${COPY}, at an hour that nobody chooses. To choose it, allocate ${STRIPED_FROM_GIB} GiB in a low-traffic window before.`,
      ]
    : [];
}
