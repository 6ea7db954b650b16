import type { MutableValues } from './metric-grid.ts';

/** Minutes of which CPU is known together. */
export const BLOCK_MINUTES = 5;
/** So few requests in a minute that none in the next would surprise nobody: if they come independently, e^-10. */
const FEW_REQUESTS = 10;
/** CPU at or below this share of that beside it says that the requests have stopped, too. */
const FALLEN_SHARE = 0.25;

interface Neighbour {
  readonly requests: number;
  readonly busyTasks: number | null;
}

/**
 * RequestCount has no point for a minute without requests (Elastic Load Balancing user guide, “CloudWatch metrics”), and none
 * either when the metric was lost. Missing is not zero; it is taken for zero, in place, only where the CPU metric proves that
 * the service ran and both sides of the silence make none believable. A side does when
 *
 * - it has 10 requests a minute or fewer, or
 * - its CPU × tasks was at least four times that of the silence: with the requests the work has stopped.
 *
 * Everything else stays a gap: so does all before the first count, and what follows the last one unless that was of a few.
 *
 * @param requests by the minute; `null` where the load balancer told nothing.
 * @param busyTasks CPU × tasks, by five minutes; `null` where nothing proves that the service ran.
 * @returns how many minutes were taken for zero.
 */
export function fillSilence(requests: MutableValues, busyTasks: readonly (number | null)[]): number {
  const busyAt = (minute: number): number | null => busyTasks[Math.floor(minute / BLOCK_MINUTES)] ?? null;
  const neighbourAt = (minute: number): Neighbour | null => {
    const count = requests[minute] ?? null;
    return count === null ? null : { requests: count, busyTasks: busyAt(minute) };
  };
  let filled = 0;
  let from = 0;
  while (from < requests.length) {
    if (requests[from] !== null) {
      from += 1;
      continue;
    }
    let to = from;
    while (to < requests.length && requests[to] === null) to += 1;
    const [before, after] = [neighbourAt(from - 1), neighbourAt(to)];
    for (let minute = from; minute < to; minute += 1) {
      const busy = busyAt(minute);
      if (busy === null || before === null || !isBelievable(busy, before, after)) continue;
      requests[minute] = 0;
      filled += 1;
    }
    from = to;
  }
  return filled;
}

/** After the last count there is one side only, and the load may have become calmer since, without being over. */
function isBelievable(busy: number, before: Neighbour, after: Neighbour | null): boolean {
  if (after === null) return before.requests <= FEW_REQUESTS;
  return isFallenFrom(before, busy) && isFallenFrom(after, busy);
}

function isFallenFrom({ requests, busyTasks }: Neighbour, busy: number): boolean {
  return requests <= FEW_REQUESTS || (busyTasks !== null && busy <= FALLEN_SHARE * busyTasks);
}
