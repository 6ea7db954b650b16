import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Reading, seen, type Unseen, unseen } from '../../domain/reading.ts';
import type { PastForecast, ServiceForecast } from '../../domain/service-forecast.ts';
import { type EpochMs, epochMs } from '../../domain/units.ts';
import type { ForecastStore } from '../../ports.ts';
import { chunksOf, concurrently } from './concurrently.ts';
import { decodeForecast, decodePast } from './decode-forecast.ts';
import { unseenBecause } from './errors.ts';
import { type Item, S } from './items.ts';
import { FORECAST_SCHEMA } from './stored-forecast.ts';
import { FORECAST_PARTITION, PAST_FORECAST_PARTITION } from './table-definitions.ts';

/** Of one BatchGetItem (DynamoDB API reference). */
const ITEMS_PER_CALL = 100;
const CALLS_AT_ONCE = 4;
/** DynamoDB gives back what it has no throughput for; the SDK does not ask again. */
const MOST_ROUNDS = 4;

const NOTHING = unseen({ code: 'no-data' });

interface Kind<Value> {
  readonly partition: string;
  readonly decode: (bytes: Uint8Array) => Value;
  readonly madeAt: (value: Value) => EpochMs;
}

/**
 * Reads forecasts from the state table: an item of its own for each service, eventually consistent, which costs half and is
 * at worst the forecast of the hour before. What DynamoDB does not answer is unseen, and so is what this code cannot read:
 * code and items are deployed at different times.
 */
export class DynamoDbForecastReader implements Pick<ForecastStore, 'load' | 'loadPast'> {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;

  constructor(dynamoDb: DynamoDBClient, table: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
  }

  load(fleet: string, services: readonly string[]): Promise<readonly Reading<ServiceForecast>[]> {
    const madeAt = ({ computedAt }: ServiceForecast): EpochMs => computedAt;
    return this.#load({ partition: FORECAST_PARTITION + fleet, decode: decodeForecast, madeAt }, services);
  }

  loadPast(fleet: string, services: readonly string[]): Promise<readonly Reading<PastForecast>[]> {
    const madeAt = (past: PastForecast): EpochMs => past.madeAt;
    return this.#load({ partition: PAST_FORECAST_PARTITION + fleet, decode: decodePast, madeAt }, services);
  }

  async #load<Value>(kind: Kind<Value>, services: readonly string[]): Promise<readonly Reading<Value>[]> {
    const readings = new Map<string, Reading<Value>>();
    await concurrently(chunksOf([...new Set(services)], ITEMS_PER_CALL), CALLS_AT_ONCE, async (chunk) => {
      const { items, missing } = await this.#items(kind.partition, chunk);
      for (const service of chunk) {
        const item = items.get(service);
        readings.set(service, item === undefined ? missing : readingOf(kind, item));
      }
    });
    return services.map((service) => readings.get(service) ?? NOTHING);
  }

  /** @returns what is there, and why the rest is not. */
  async #items(
    partition: string,
    services: readonly string[],
  ): Promise<{ readonly items: ReadonlyMap<string, Item>; readonly missing: Unseen }> {
    const items = new Map<string, Item>();
    let keys: Item[] = services.map((service) => forecastKey(partition, service));
    try {
      for (let round = 0; round < MOST_ROUNDS && keys.length > 0; round += 1) {
        const { Responses, UnprocessedKeys } = await this.#dynamoDb.send(
          new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys: keys } } }),
        );
        for (const item of Responses?.[this.#table] ?? []) items.set(item['item']?.S ?? '', item);
        keys = UnprocessedKeys?.[this.#table]?.Keys ?? [];
      }
    } catch (error) {
      return { items, missing: unseenBecause(error) };
    }
    return { items, missing: keys.length === 0 ? NOTHING : unseen({ code: 'unreadable', detail: 'DynamoDB is busy' }) };
  }
}

export function forecastKey(partition: string, service: string): Item {
  return { fleet: S(partition), item: S(service) };
}

function readingOf<Value>({ decode, madeAt }: Kind<Value>, { schema, body }: Item): Reading<Value> {
  if (schema?.N !== String(FORECAST_SCHEMA)) {
    const found = schema?.N ?? 'none';
    return unseen({ code: 'unreadable', detail: `the forecast has schema ${found}, not ${FORECAST_SCHEMA}` });
  }
  try {
    const value = decode(body?.B ?? new Uint8Array());
    return seen(value, epochMs(madeAt(value)));
  } catch {
    // Whatever is wrong with the bytes, the next forecast replaces them.
    return unseen({ code: 'unreadable', detail: 'the forecast cannot be decoded' });
  }
}
