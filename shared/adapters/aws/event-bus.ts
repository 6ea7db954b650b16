import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { TransientError } from '../../domain/errors.ts';
import { ORDER_TYPES, type Order } from '../../domain/order.ts';
import type { EventBus, ForecastBus, ForecastTask } from '../../ports.ts';
import { detailOf, failureWhile, isTransient, plainText } from './errors.ts';

/** The `source` of everything that we send. */
export const EVENT_SOURCE = 'fulcrum';
/** The `detail-type` with which an invocation hands fleets on that it has no time for. */
export const HAND_OVER_TYPE = 'Fleets To Evaluate';
/** The same of services that want a forecast. */
export const FORECAST_TYPE = 'Services To Forecast';

/** Limits of one PutEvents call (EventBridge API reference). */
const ENTRIES_PER_CALL = 10;
const BYTES_PER_CALL = 256 * 1024;

/** One event and what to call it when it could not be sent. */
interface Letter {
  readonly label: string;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

interface Unsent {
  readonly letter: Letter;
  readonly why: string;
}

/**
 * A bus of Amazon EventBridge.
 *
 * @throws TransientError naming what was not sent. The rest was sent, and sending it again does no harm.
 */
export class EventBridgeBus implements EventBus, ForecastBus {
  readonly #eventBridge: EventBridgeClient;
  readonly #busName: string;

  constructor(eventBridge: EventBridgeClient, busName: string) {
    this.#eventBridge = eventBridge;
    this.#busName = busName;
  }

  async sendOrders(orders: readonly Order[]): Promise<void> {
    await this.#send(
      orders.map((order) =>
        this.#letter(order.decisionId, ORDER_TYPES[order.change.kind], order, new Date(order.decidedAt)),
      ),
    );
  }

  async handOver(fleets: readonly string[], reason: string): Promise<void> {
    if (fleets.length === 0) return;
    await this.#send([this.#letter(`hand-over of ${fleets.join(', ')}`, HAND_OVER_TYPE, { fleets, reason })]);
  }

  async handOverForecasts(tasks: readonly ForecastTask[], reason: string): Promise<void> {
    await this.#send(
      tasks.map(({ fleet, services }) =>
        this.#letter(`forecasts of ${services.length} services of ${fleet}`, FORECAST_TYPE, {
          fleet,
          services,
          reason,
        }),
      ),
    );
  }

  #letter(label: string, detailType: string, detail: unknown, time?: Date): Letter {
    const entry = {
      EventBusName: this.#busName,
      Source: EVENT_SOURCE,
      DetailType: detailType,
      Detail: JSON.stringify(detail),
      ...(time === undefined ? {} : { Time: time }),
    };
    const bytes = sizeOf(entry);
    if (bytes > BYTES_PER_CALL) throw new RangeError(`${label} has ${bytes} bytes, more than an event may have`);
    return { label, entry, bytes };
  }

  /** Every batch is tried, so that one that fails holds up no other. */
  async #send(letters: readonly Letter[]): Promise<void> {
    const unsent: Unsent[] = [];
    for (const batch of batchesOf(letters)) {
      const failed = await this.#put(batch);
      if (failed.length > 0) unsent.push(...(await this.#put(failed.map(({ letter }) => letter))));
    }
    if (unsent.length === 0) return;
    const named = unsent.map(({ letter, why }) => `${letter.label} (${why})`);
    throw new TransientError(`not sent to the bus ${this.#busName}: ${named.join('; ')}`);
  }

  async #put(batch: readonly Letter[]): Promise<readonly Unsent[]> {
    try {
      const { Entries = [] } = await this.#eventBridge.send(
        new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }),
      );
      return batch.flatMap((letter, index) => {
        const why = complaint(Entries[index]);
        return why === null ? [] : [{ letter, why }];
      });
    } catch (error) {
      if (!isTransient(error)) throw failureWhile(`sending to the bus ${this.#busName}`, error);
      return batch.map((letter) => ({ letter, why: detailOf(error) }));
    }
  }
}

/** `null`: the entry was taken. */
function complaint(result: PutEventsResultEntry | undefined): string | null {
  if (result === undefined) return 'no answer';
  if (result.ErrorCode === undefined) return null;
  return plainText(`${result.ErrorCode}: ${result.ErrorMessage ?? ''}`);
}

function batchesOf(letters: readonly Letter[]): readonly (readonly Letter[])[] {
  const batches: { letters: Letter[]; bytes: number }[] = [];
  for (const letter of letters) {
    const open = batches.at(-1);
    if (open !== undefined && open.letters.length < ENTRIES_PER_CALL && open.bytes + letter.bytes <= BYTES_PER_CALL) {
      open.letters.push(letter);
      open.bytes += letter.bytes;
    } else {
      batches.push({ letters: [letter], bytes: letter.bytes });
    }
  }
  return batches.map((batch) => batch.letters);
}

/** The size of an entry as EventBridge counts it (user guide, “Calculating PutEvents event entry size”). */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return (Time === undefined ? 0 : 14) + Buffer.byteLength(Source + DetailType + Detail, 'utf8');
}
