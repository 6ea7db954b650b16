import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { MemoryCapacityWriter } from '../../shared/adapters/memory/capacity-writer.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import { ORDER_TYPES } from '../../shared/domain/order.ts';
import { describeAuditLogContract } from './audit-log.contract.ts';
import { type CapacitySubject, describeCapacityContract } from './capacity.contract.ts';
import { describeEventBusContract, type EventBusSubject } from './event-bus.contract.ts';
import { describeForecastStoreContract } from './forecast-store.contract.ts';
import { describeMetricReaderContract, type MetricReaderSubject } from './metric-reader.contract.ts';
import { NOON } from './samples.ts';
import { describeStateStoreContract } from './state-store.contract.ts';
import { nothingToClose } from './subject.ts';

describeAuditLogContract('memory', () => Promise.resolve({ port: new MemoryAuditLog(), close: nothingToClose }));

describeStateStoreContract('memory', () => Promise.resolve({ port: new MemoryStateStore(), close: nothingToClose }));

describeForecastStoreContract('memory', () =>
  Promise.resolve({ port: new MemoryForecastStore(), close: nothingToClose }),
);

describeEventBusContract('memory', (): Promise<EventBusSubject> => {
  const bus = new MemoryEventBus();
  return Promise.resolve({
    port: bus,
    close: nothingToClose,
    received: () =>
      Promise.resolve(
        bus.sent.map((sent) => {
          if (sent.kind === 'order') return { type: ORDER_TYPES[sent.order.change.kind], detail: sent.order };
          return sent.kind === 'hand-over'
            ? { type: 'Fleets To Evaluate', detail: { fleets: sent.fleets, reason: sent.reason } }
            : { type: 'Services To Forecast', detail: { ...sent.task, reason: sent.reason } };
        }),
      ),
  });
});

describeMetricReaderContract('memory', (): Promise<MetricReaderSubject> => {
  const world = new MemoryWorld();
  return Promise.resolve({
    port: new MemoryMetricReader(world),
    close: nothingToClose,
    now: NOON,
    publish: (metric, points) => {
      world.putSeries({ ...metric, statistic: 'Average', periodSeconds: 60 }, points);
      const counts = points.map(({ at }) => ({ at, value: 1 }));
      world.putSeries({ ...metric, statistic: 'SampleCount', periodSeconds: 60 }, counts);
      return Promise.resolve();
    },
  });
});

describeCapacityContract('memory', (): Promise<CapacitySubject> => {
  const world = new MemoryWorld();
  const done = Promise.resolve();
  return Promise.resolve({
    port: { reader: new MemoryCapacityReader(world, new ManualClock(NOON)), writer: new MemoryCapacityWriter(world) },
    close: nothingToClose,
    addService: (target, desired) => {
      world.addService(target, desired);
      return done;
    },
    startDeployment: (target) => {
      const { facts } = world.service(target);
      if (facts !== null) world.put(target, { facts: { ...facts, deployment: 'in-progress' } });
      return done;
    },
    suspendScaling: (target) => {
      const { scaling } = world.service(target);
      const suspended = { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true };
      if (scaling !== null) world.put(target, { scaling: { ...scaling, suspended } });
      return done;
    },
    addThingsOfOthers: (target, { policy }) => {
      const { scaling, othersScheduled } = world.service(target);
      if (scaling !== null) {
        const otherPolicies = [...scaling.otherPolicies, { name: policy, type: 'StepScaling' }];
        world.put(target, { scaling: { ...scaling, otherPolicies } });
      }
      world.put(target, { othersScheduled: othersScheduled + 1 });
      return done;
    },
    wantMoreThanMax: (target, wantedMoreThanMaxAt) => {
      world.put(target, { wantedMoreThanMaxAt });
      return done;
    },
  });
});
