import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceForecast } from '../../shared/domain/service-forecast.ts';
import { later } from '../../shared/domain/units.ts';
import type { ForecastStore } from '../../shared/ports.ts';
import { aDay, aPastForecast, aServiceForecast } from '../support/builders/learned-forecasts.ts';
import { NOON } from './samples.ts';
import type { Subject } from './subject.ts';

const FLEET = 'production';

/** Everything but the numbers that may be rounded. */
const plain = (forecast: ServiceForecast): ServiceForecast => ({ ...forecast, learned: null, day: null });

/** What every store of forecasts promises. */
export function describeForecastStoreContract(name: string, makeSubject: () => Promise<Subject<ForecastStore>>): void {
  describe(`forecast store contract: ${name}`, () => {
    let subject: Subject<ForecastStore>;
    let store: ForecastStore;
    beforeEach(async () => {
      subject = await makeSubject();
      store = subject.port;
    });
    afterEach(() => subject.close());

    it('knows nothing of a service before its first forecast', async () => {
      expect(await store.load(FLEET, ['core-api', 'portal'])).toEqual([
        { kind: 'unseen', because: { code: 'no-data' } },
        { kind: 'unseen', because: { code: 'no-data' } },
      ]);
      expect(await store.loadPast(FLEET, ['core-api'])).toEqual([{ kind: 'unseen', because: { code: 'no-data' } }]);
    });

    it('needs no service to answer none', async () => {
      expect(await store.load(FLEET, [])).toEqual([]);
      expect(await store.loadPast(FLEET, [])).toEqual([]);
    });

    it('gives back a forecast as of when it was made, exact where people read it', async () => {
      const forecast = aServiceForecast({ computedAt: NOON });
      await store.save(FLEET, 'core-api', forecast);
      const [reading] = await store.load(FLEET, ['core-api']);
      if (reading?.kind !== 'seen') throw new Error('the forecast is not there');
      expect(reading.at).toBe(NOON);
      expect(plain(reading.value)).toEqual(plain(forecast));
      expect(reading.value.day?.record).toEqual(forecast.day?.record);
      expect(reading.value.learned?.continuesAt).toBe(forecast.learned?.continuesAt);
      expect(reading.value.learned?.profile.pace).toEqual(forecast.learned?.profile.pace);
    });

    it.each<{ of: string; forecast: ServiceForecast }>([
      {
        of: 'nothing learned and no day',
        forecast: aServiceForecast({
          learned: null,
          day: null,
          rehearsal: null,
          source: 'busy-tasks',
          taskCapacity: 1,
          doubts: [{ code: 'too-little-history', days: 0, leastDays: 2 }],
        }),
      },
      {
        of: 'every doubt there is',
        forecast: aServiceForecast({
          learned: null,
          day: null,
          doubts: [
            { code: 'no-load' },
            { code: 'no-season' },
            { code: 'worse-than-naive', pinballLoss: 0.2, naivePinballLoss: 0.1 },
            { code: 'does-not-cover', coverage: 0.7, least: 0.8, most: 0.97 },
          ],
        }),
      },
    ])('gives back a forecast of $of', async ({ forecast }) => {
      await store.save(FLEET, 'core-api', forecast);
      expect(await store.load(FLEET, ['core-api'])).toEqual([
        { kind: 'seen', value: forecast, at: forecast.computedAt },
      ]);
    });

    it('answers in the order of the question, each service once more where it is asked twice', async () => {
      for (const [index, service] of ['portal', 'core-api'].entries()) {
        await store.save(
          FLEET,
          service,
          aServiceForecast({ learned: null, day: null, computedAt: later(NOON, index) }),
        );
      }
      const readings = await store.load(FLEET, ['core-api', 'nobody', 'portal', 'core-api']);
      expect(readings.map((reading) => (reading.kind === 'seen' ? reading.at : reading.because.code))).toEqual([
        later(NOON, 1),
        'no-data',
        NOON,
        later(NOON, 1),
      ]);
    });

    it('keeps fleets apart, and forecasts from those of the day before', async () => {
      await store.save(FLEET, 'core-api', aServiceForecast({ learned: null }));
      await store.savePast('staging', 'core-api', aPastForecast());
      expect((await store.load('staging', ['core-api']))[0]?.kind).toBe('unseen');
      expect((await store.loadPast(FLEET, ['core-api']))[0]?.kind).toBe('unseen');
    });

    it('replaces what it had', async () => {
      await store.save(FLEET, 'core-api', aServiceForecast({ learned: null, taskCapacity: 10 }));
      await store.save(FLEET, 'core-api', aServiceForecast({ learned: null, taskCapacity: 20 }));
      expect(await store.load(FLEET, ['core-api'])).toMatchObject([{ value: { taskCapacity: 20 } }]);
    });

    it('gives back more services than go in one call', async () => {
      const services = Array.from({ length: 130 }, (_, index) => `service-${index}`);
      const forecast = aServiceForecast({ learned: null, day: null });
      for (const [index, service] of services.entries()) {
        await store.save(FLEET, service, { ...forecast, taskCapacity: index + 1 });
      }
      const readings = await store.load(FLEET, services);
      expect(readings.map((reading) => (reading.kind === 'seen' ? reading.value.taskCapacity : 0))).toEqual(
        services.map((_, index) => index + 1),
      );
    });

    it('keeps the forecast of the day before, with or without a day', async () => {
      await store.savePast(FLEET, 'core-api', aPastForecast({ madeAt: NOON, day: aDay(NOON) }));
      await store.savePast(FLEET, 'portal', aPastForecast({ madeAt: NOON, day: null }));
      const [withDay, without] = await store.loadPast(FLEET, ['core-api', 'portal']);
      expect(withDay).toMatchObject({ kind: 'seen', at: NOON, value: { source: 'requests', day: { startsAt: NOON } } });
      expect(without).toEqual({ kind: 'seen', at: NOON, value: { madeAt: NOON, source: 'requests', day: null } });
    });
  });
}
