import type { Order } from '../../domain/order.ts';
import type { EventBus, ForecastBus, ForecastTask } from '../../ports.ts';

export type SentEvent =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'hand-over'; readonly fleets: readonly string[]; readonly reason: string }
  | { readonly kind: 'forecasts'; readonly task: ForecastTask; readonly reason: string };

/** A bus that keeps what was sent, in the order in which it was. */
export class MemoryEventBus implements EventBus, ForecastBus {
  readonly #sent: SentEvent[] = [];

  get sent(): readonly SentEvent[] {
    return this.#sent;
  }

  sendOrders(orders: readonly Order[]): Promise<void> {
    this.#sent.push(...orders.map((order) => ({ kind: 'order' as const, order })));
    return Promise.resolve();
  }

  handOver(fleets: readonly string[], reason: string): Promise<void> {
    if (fleets.length > 0) this.#sent.push({ kind: 'hand-over', fleets, reason });
    return Promise.resolve();
  }

  handOverForecasts(tasks: readonly ForecastTask[], reason: string): Promise<void> {
    this.#sent.push(...tasks.map((task) => ({ kind: 'forecasts' as const, task, reason })));
    return Promise.resolve();
  }

  /** What was sent since the last call. */
  take(): readonly SentEvent[] {
    return this.#sent.splice(0);
  }
}
