import { type SurplusPool, surplusPools } from '../capacity/surplus-connections.ts';
import type { PoolerFailure, PoolerInstance } from '../domain/pooler.ts';
import type { Seconds } from '../domain/units.ts';
import { lookAt, type PoolerLooks } from './look-at-pooler.ts';

export type SurplusOutcome =
  | { readonly kind: 'none' }
  /** Held by transactions, or in session mode by clients, that go on. It closes as they end. */
  | { readonly kind: 'left'; readonly pool: SurplusPool }
  | { readonly kind: 'failed'; readonly because: PoolerFailure };

/** PgBouncer closes what is idle three times a second. */
const BETWEEN_LOOKS: Seconds = 0.5;
const LOOKS = 4;

/**
 * Has one PgBouncer give back the connections above a size that was lowered: what it does not close by itself is closed by
 * RECONNECT, each connection when its transaction has ended.
 */
export async function closeSurplus(instance: PoolerInstance, tools: PoolerLooks): Promise<SurplusOutcome> {
  const reconnected = new Set<string>();
  for (let turn = 1; ; turn += 1) {
    await tools.wait(BETWEEN_LOOKS);
    const look = await lookAt(instance, tools);
    if ('because' in look) return { kind: 'failed', because: look.because };
    const surplus = surplusPools(look.reading);
    const [pool] = surplus;
    if (pool === undefined) return { kind: 'none' };
    if (turn === LOOKS) return { kind: 'left', pool };
    for (const database of new Set(surplus.map((one) => one.database))) {
      if (reconnected.has(database)) continue;
      const because = await tools.console.reconnect(instance, database);
      if (because !== null) return { kind: 'failed', because };
      reconnected.add(database);
    }
  }
}
