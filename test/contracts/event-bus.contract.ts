import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventBus, ForecastBus } from '../../shared/ports.ts';
import { anOrder, CORE_API } from './samples.ts';
import type { Subject } from './subject.ts';

/** An event as a receiver sees it. */
export interface Received {
  readonly type: string;
  readonly detail: unknown;
}

export interface EventBusSubject extends Subject<EventBus & ForecastBus> {
  /** What has arrived so far, in any order. */
  received(): Promise<readonly Received[]>;
}

/** What every event bus promises. */
export function describeEventBusContract(name: string, makeSubject: () => Promise<EventBusSubject>): void {
  describe(`event bus contract: ${name}`, () => {
    let subject: EventBusSubject;
    beforeEach(async () => {
      subject = await makeSubject();
    });
    afterEach(() => subject.close());

    it('delivers an order whole, under the type of its change', async () => {
      const bounds = anOrder();
      const schedule = anOrder({
        decisionId: 'known-event/core-api/1',
        change: {
          kind: 'schedule-capacity',
          owner: 'event',
          target: CORE_API,
          from: [],
          to: [{ name: 'fulcrum-up', at: 0, min: 3 }],
        },
      });
      await subject.port.sendOrders([bounds, schedule]);
      const received = [...(await subject.received())].sort((a, b) => (a.type < b.type ? -1 : 1));
      expect(received).toEqual([
        { type: 'Schedule Capacity', detail: schedule },
        { type: 'Set Capacity Bounds', detail: bounds },
      ]);
    });

    it('delivers more orders than go in one call', async () => {
      const orders = Array.from({ length: 23 }, (_, index) => anOrder({ decisionId: `ceiling/s${index}/1` }));
      await subject.port.sendOrders(orders);
      expect(await subject.received()).toHaveLength(23);
    });

    it('hands fleets over with the reason', async () => {
      await subject.port.handOver(['production', 'staging'], 'no time left');
      expect(await subject.received()).toEqual([
        { type: 'Fleets To Evaluate', detail: { fleets: ['production', 'staging'], reason: 'no time left' } },
      ]);
    });

    it('asks for forecasts, an event for each list of services', async () => {
      const tasks = Array.from({ length: 12 }, (_, index) => ({ fleet: 'production', services: [`s${index}`, 'api'] }));
      await subject.port.handOverForecasts(tasks, 'the hour has come');
      const received = await subject.received();
      expect(received.map(({ detail }) => JSON.stringify(detail)).sort()).toEqual(
        tasks.map((task) => JSON.stringify({ ...task, reason: 'the hour has come' })).sort(),
      );
      expect(new Set(received.map(({ type }) => type))).toEqual(new Set(['Services To Forecast']));
    });

    it('sends nothing where there is nothing to send', async () => {
      await subject.port.sendOrders([]);
      await subject.port.handOver([], 'no time left');
      await subject.port.handOverForecasts([], 'no time left');
      expect(await subject.received()).toEqual([]);
    });
  });
}
