import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { PastForecast, ServiceForecast } from '../../domain/service-forecast.ts';
import type { ForecastStore } from '../../ports.ts';

/** Forecasts in memory, as they were saved. */
export class MemoryForecastStore implements ForecastStore {
  readonly #forecasts = new Map<string, ServiceForecast>();
  readonly #past = new Map<string, PastForecast>();

  save(fleet: string, service: string, forecast: ServiceForecast): Promise<void> {
    this.#forecasts.set(keyOf(fleet, service), forecast);
    return Promise.resolve();
  }

  load(fleet: string, services: readonly string[]): Promise<readonly Reading<ServiceForecast>[]> {
    return Promise.resolve(
      services.map((service) => readingOf(this.#forecasts.get(keyOf(fleet, service)), ({ computedAt }) => computedAt)),
    );
  }

  savePast(fleet: string, service: string, past: PastForecast): Promise<void> {
    this.#past.set(keyOf(fleet, service), past);
    return Promise.resolve();
  }

  loadPast(fleet: string, services: readonly string[]): Promise<readonly Reading<PastForecast>[]> {
    return Promise.resolve(
      services.map((service) => readingOf(this.#past.get(keyOf(fleet, service)), ({ madeAt }) => madeAt)),
    );
  }
}

function keyOf(fleet: string, service: string): string {
  return JSON.stringify([fleet, service]);
}

function readingOf<Value>(value: Value | undefined, madeAt: (value: Value) => number): Reading<Value> {
  return value === undefined ? unseen({ code: 'no-data' }) : seen(value, madeAt(value));
}
