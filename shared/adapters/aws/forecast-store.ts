import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Reading } from '../../domain/reading.ts';
import type { PastForecast, ServiceForecast } from '../../domain/service-forecast.ts';
import { DAY, type EpochMs, later, type Seconds } from '../../domain/units.ts';
import type { ForecastStore } from '../../ports.ts';
import { encodeForecast, encodePast } from './encode-forecast.ts';
import { failureWhile } from './errors.ts';
import { DynamoDbForecastReader, forecastKey } from './forecast-reader.ts';
import { type Item, N } from './items.ts';
import { FORECAST_SCHEMA } from './stored-forecast.ts';
import { EXPIRY_ATTRIBUTE, FORECAST_PARTITION, PAST_FORECAST_PARTITION } from './table-definitions.ts';

/** Longer than any forecast is acted on; a service that is gone leaves nothing behind. */
const KEPT: Seconds = 8 * DAY;

/**
 * Forecasts in the state table. @see DynamoDbForecastReader
 *
 * @throws TransientError while saving, for throttling and faults of AWS or the network.
 */
export class DynamoDbForecastStore implements ForecastStore {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;
  readonly #reader: DynamoDbForecastReader;

  constructor(dynamoDb: DynamoDBClient, table: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
    this.#reader = new DynamoDbForecastReader(dynamoDb, table);
  }

  load(fleet: string, services: readonly string[]): Promise<readonly Reading<ServiceForecast>[]> {
    return this.#reader.load(fleet, services);
  }

  loadPast(fleet: string, services: readonly string[]): Promise<readonly Reading<PastForecast>[]> {
    return this.#reader.loadPast(fleet, services);
  }

  save(fleet: string, service: string, forecast: ServiceForecast): Promise<void> {
    const key = forecastKey(FORECAST_PARTITION + fleet, service);
    return this.#put(key, encodeForecast(forecast), forecast.computedAt);
  }

  savePast(fleet: string, service: string, past: PastForecast): Promise<void> {
    return this.#put(forecastKey(PAST_FORECAST_PARTITION + fleet, service), encodePast(past), past.madeAt);
  }

  async #put(key: Item, body: Uint8Array, madeAt: EpochMs): Promise<void> {
    try {
      await this.#dynamoDb.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: {
            ...key,
            schema: N(FORECAST_SCHEMA),
            body: { B: body },
            [EXPIRY_ATTRIBUTE]: N(Math.ceil(later(madeAt, KEPT) / 1000)),
          },
        }),
      );
    } catch (error) {
      throw failureWhile(`saving the forecast of ${key['item']?.S ?? ''}`, error);
    }
  }
}
