import type { PoolDemand } from '../capacity/pool-demand.ts';
import type { LeverSettings } from '../config/policy.ts';

/** Only of such a pool a larger size opens more: what a pause, another limit or the database itself keeps closed it does not. */
export function isFull({ mostOpen, poolSize }: PoolDemand): boolean {
  return mostOpen >= poolSize;
}

/** Below this share of `waitMillis` nobody minds, however short the transactions are. */
const LEAST_WAIT_SHARE = 0.25;

/** Of short transactions a wait that is short in itself may be most of what their clients wait for. */
export function isLongWait(
  { waitMillis, transactionMillis }: PoolDemand,
  lever: Pick<LeverSettings['pool-size'], 'waitMillis' | 'waitFactor'>,
): boolean {
  if (waitMillis > lever.waitMillis) return true;
  if (transactionMillis === null || waitMillis <= LEAST_WAIT_SHARE * lever.waitMillis) return false;
  return waitMillis > lever.waitFactor * transactionMillis;
}
