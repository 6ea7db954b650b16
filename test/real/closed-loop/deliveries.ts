import type { ChangeKind } from '../../../shared/domain/change.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { type EpochMs, later, MINUTE } from '../../../shared/domain/units.ts';
import type { Answer, PackagedFunctions } from './packaged-functions.ts';
import type { FunctionName } from './stack.ts';
import type { Call, Wire } from './wire.ts';

/** One invocation, with what it did on the wire. */
export interface Invoked {
  readonly name: FunctionName;
  readonly at: EpochMs;
  readonly answer: Answer;
  /** Two that run at the same moment share theirs. */
  readonly calls: readonly Call[];
}

/** How an order came to its action. Every order comes twice. */
export type Manner = 'first' | 'again' | 'late' | 'at-once' | 'retry';

export interface Delivery extends Invoked {
  readonly manner: Manner;
  readonly order: Order;
}

const SECOND_DELIVERIES = ['again', 'at-once', 'late'] as const;

/** Much later than any order lives. */
const LATE_BY = 20 * MINUTE;
/** Lambda tries again a minute after an asynchronous invocation has failed. */
const RETRY_AFTER = MINUTE;

/** Invokes the functions with a clock that moves on a second with every invocation, and delivers every order twice. */
export class Deliveries {
  readonly invoked: Invoked[] = [];
  readonly orders: Delivery[] = [];
  readonly #functions: PackagedFunctions;
  readonly #wire: Wire;
  readonly #postponed: { readonly at: EpochMs; readonly manner: Manner; readonly event: OrderEvent }[] = [];
  readonly #counts = new Map<ChangeKind, number>();
  #now: EpochMs = 0;

  constructor(functions: PackagedFunctions, wire: Wire) {
    this.#functions = functions;
    this.#wire = wire;
  }

  async invoke(name: FunctionName, event: unknown): Promise<Answer> {
    const [invoked] = await this.#invokeAtOnce(name, [event]);
    return invoked!.answer;
  }

  /** The same event for two invocations that run at the same moment. */
  async invokeTwice(name: FunctionName, event: unknown): Promise<void> {
    await this.#invokeAtOnce(name, [event, event]);
  }

  /** A minute has begun: what was postponed until now is due. */
  async startMinute(now: EpochMs): Promise<void> {
    this.#now = now;
    const due = this.#postponed.filter(({ at }) => at <= now);
    for (const postponed of due) {
      this.#postponed.splice(this.#postponed.indexOf(postponed), 1);
      await this.#deliver(postponed.event, [postponed.manner]);
    }
  }

  /** @param event as the bus has delivered it. */
  async order(event: unknown): Promise<void> {
    const order = event as OrderEvent;
    const { kind } = order.detail.change;
    const count = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, count + 1);
    const second = SECOND_DELIVERIES[count % SECOND_DELIVERIES.length]!;
    switch (second) {
      case 'at-once':
        return this.#deliver(order, ['first', 'at-once']);
      case 'again':
        await this.#deliver(order, ['first']);
        return this.#deliver(order, ['again']);
      case 'late':
        this.#postponed.push({ at: later(this.#now, LATE_BY), manner: 'late', event: order });
        return this.#deliver(order, ['first']);
    }
  }

  async #deliver(event: OrderEvent, manners: readonly Manner[]): Promise<void> {
    const { detail: order } = event;
    const all = await this.#invokeAtOnce(
      order.change.kind,
      manners.map(() => event),
    );
    all.forEach((invoked, index) => {
      this.orders.push({ ...invoked, manner: manners[index]!, order });
      if (invoked.answer.kind === 'threw') {
        this.#postponed.push({ at: later(this.#now, RETRY_AFTER), manner: 'retry', event });
      }
    });
  }

  async #invokeAtOnce(name: FunctionName, events: readonly unknown[]): Promise<readonly Invoked[]> {
    this.#now = later(this.#now, 1);
    const at = this.#now;
    const from = this.#wire.calls.length;
    const answers = await Promise.all(events.map((event) => this.#functions.invoke(name, event, at)));
    const calls = this.#wire.calls.slice(from);
    const invoked = answers.map((answer) => ({ name, at, answer, calls }));
    this.invoked.push(...invoked);
    return invoked;
  }
}

interface OrderEvent {
  readonly detail: Order;
}
