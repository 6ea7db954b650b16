import type { Trace } from '../../../simulator/load/trace.ts';

/** Minutes from 2026-11-30 on; gaps are given as `null` and are 0 among the amounts. */
export function aTrace(amounts: readonly (number | null)[], over: Partial<Trace> = {}): Trace {
  return {
    name: 'a-trace.csv',
    startsAt: Date.UTC(2026, 10, 30),
    intervalSeconds: 60,
    amounts: Float64Array.from(amounts, (amount) => amount ?? 0),
    missing: Uint8Array.from(amounts, (amount) => (amount === null ? 1 : 0)),
    ...over,
  };
}
