import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alarmPlan } from '../../shared/alarms/alarm-plan.ts';
import { NOTHING_SUSPENDED, resourceIdOf, type ScalableTargetId } from '../../shared/domain/capacity.ts';
import { TransientError } from '../../shared/domain/errors.ts';
import { isInFlight } from '../../shared/domain/snapshot.ts';
import { earlier, isoInstant } from '../../shared/domain/units.ts';
import type { CapacityWriter } from '../../shared/ports.ts';
import { MemoryCapacityWriter } from '../../shared/adapters/memory/capacity-writer.ts';
import { FAULT_MODES, type FaultMode } from '../support/invocation.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { type How, Scene, STAGE } from '../support/scene.ts';

const SERVICES = ['api', 'portal'] as const;
const POLICY = aPolicy({ services: { api: [], portal: ['pools: []'] } });

/** What the model watches while anything happens. */
interface Watched {
  readonly scene: Scene;
  /** Effects under way, by resource. */
  readonly busy: Map<string, number>;
  readonly broken: string[];
}

/** A writer that reports two hands on one resource, and bounds that are none. */
function watchedWriter(watched: Omit<Watched, 'scene'>, scene: Scene): CapacityWriter {
  const writer = new MemoryCapacityWriter(scene.town.world);
  return new Proxy(writer, {
    get: (target, key): unknown => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return async (id: ScalableTargetId, ...args: readonly unknown[]) => {
        const resource = resourceIdOf(id);
        const hands = (watched.busy.get(resource) ?? 0) + 1;
        watched.busy.set(resource, hands);
        if (hands > 1) watched.broken.push(`${hands} hands on ${resource}`);
        await Promise.resolve();
        const result: unknown = await Reflect.apply(member, target, [id, ...args]);
        watched.busy.set(resource, hands - 1);
        return result;
      };
    },
  });
}

function watch(): Watched {
  const scene = new Scene(POLICY, '2026-12-01T09:00:00Z');
  const watched = { busy: new Map<string, number>(), broken: [] };
  scene.instead = { writer: watchedWriter(watched, scene) };
  return { scene, ...watched };
}

/** Something that happens to the fleet. It never fails by itself: what it breaks is found by the laws. */
interface Happening {
  readonly name: string;
  readonly happen: (scene: Scene) => Promise<unknown>;
}

const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
const aService = fc.constantFrom(...SERVICES);
const aFault: fc.Arbitrary<How> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.record({
      fault: fc.record({ position: fc.nat(20), mode: fc.constantFrom<FaultMode>(...FAULT_MODES) }),
    }),
  },
);

const happenings: readonly fc.Arbitrary<Happening>[] = [
  fc.nat(4).map((minutes) => ({
    name: `${minutes + 1} minutes pass`,
    happen: (scene) => scene.minutes(minutes + 1),
  })),
  aFault.map((how) => ({ name: `tick ${JSON.stringify(how)}`, happen: (scene) => quietly(scene.tick(how)) })),
  fc.tuple(aService, aFault).map(([service, how]) => ({
    name: `${service} is scaled to max ${JSON.stringify(how)}`,
    happen: (scene) => {
      scene.town.world.put({ cluster: 'production', service }, { wantedMoreThanMaxAt: scene.clock.now() });
      return quietly(scene.scaledToMax(service, how));
    },
  })),
  fc.tuple(aService, aFault).map(([service, how]) => ({
    name: `alarm of ${service} ${JSON.stringify(how)}`,
    happen: (scene) => {
      const alarm = alarmPlan(POLICY, STAGE).find(({ name }) => name.includes(`/${service}/`));
      return quietly(scene.alarm(alarm?.name ?? '', 'ALARM', how));
    },
  })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), aFault).map(([times, how]) => ({
    name: `orders are delivered ${times} times at once ${JSON.stringify(how)}`,
    happen: async (scene) => {
      const orders = [...scene.take()].reverse();
      for (const order of orders) {
        const deliveries = Array.from({ length: times }, (_, index) => scene.act(order, index === 0 ? how : {}));
        const results = await Promise.allSettled(deliveries);
        if (results.some(({ status }) => status === 'rejected')) scene.redeliver(order);
      }
    },
  })),
  fc.constant({
    name: 'orders are lost',
    happen: (scene: Scene) => {
      scene.take();
      return Promise.resolve();
    },
  }),
  fc
    .tuple(aService, fc.integer({ min: 2, max: 40 }), fc.integer({ min: 30, max: 100 }))
    .map(([service, wants, cpu]) => ({
      name: `${service} wants ${wants} at ${cpu} %`,
      happen: (scene) => {
        scene.town.weather(service, { wants, cpu });
        return Promise.resolve();
      },
    })),
  fc.tuple(aService, fc.nat(20), fc.nat(60), fc.boolean()).map(([service, min, more, isSuspended]) => ({
    name: `${service} is set to ${min}–${min + more} by hand, ${isSuspended ? 'suspended' : 'not suspended'}`,
    happen: (scene) => {
      if (scene.town.setup(service) === null) return Promise.resolve();
      const suspended = { ...NOTHING_SUSPENDED, dynamicScalingIn: isSuspended };
      scene.town.byHand(service, { bounds: { min, max: min + more }, suspended });
      return Promise.resolve();
    },
  })),
  aService.map((service) => ({
    name: `${service} is deregistered`,
    happen: (scene) => {
      scene.town.deregister(service);
      return Promise.resolve();
    },
  })),
  fc.tuple(aService, fc.integer({ min: 1, max: 32 }), fc.nat(90), aFault).map(([service, floor, inMinutes, how]) => ({
    name: `an event for ${service} with ${floor} in ${inMinutes} minutes ${JSON.stringify(how)}`,
    happen: (scene) => {
      const local = (minutes: number): string => isoInstant(scene.clock.now() + minutes * 60_000).slice(0, 16);
      const request = {
        fleet: 'production',
        event: 'deadline',
        from: local(inMinutes),
        to: local(inMinutes + 45),
        timeZone: 'UTC',
        floors: { [service]: floor },
      };
      return quietly(scene.announce(request, how));
    },
  })),
  fc.constant({
    name: 'the event is withdrawn',
    happen: (scene: Scene) => quietly(scene.announce({ fleet: 'production', event: 'deadline', withdraw: true })),
  }),
  fc.integer({ min: 1, max: 180 }).map((minutes) => ({
    name: `nobody looks for ${minutes} minutes`,
    happen: (scene) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        scene.clock.advance(60);
        scene.town.passMinute();
      }
      return Promise.resolve();
    },
  })),
  fc.integer({ min: 1, max: 240 }).map((seconds) => ({
    name: `the clock is put back by ${seconds} s`,
    happen: (scene) => {
      scene.clock.set(earlier(scene.clock.now(), seconds));
      return Promise.resolve();
    },
  })),
  fc.constantFrom('audit' as const, 'state' as const, 'bus' as const).map((port) => ({
    name: `${port} is unreachable for two minutes`,
    happen: async (scene) => {
      const before = scene.instead;
      const gone = new Proxy({}, { get: () => () => Promise.reject(new TransientError(`${port} is unreachable`)) });
      scene.instead = { ...before, [port]: gone };
      await scene.minutes(2);
      scene.instead = before;
    },
  })),
];

const anyStory = fc.array(fc.oneof(...happenings), { minLength: 1, maxLength: 25 });

/** Nothing comes from outside any more; after the breaker's longest pause everything has found its end. */
async function untilQuiet({ scene }: Watched): Promise<void> {
  for (const service of SERVICES) scene.town.weather(service, { wants: 3, cpu: 40 });
  await scene.announce({ fleet: 'production', event: 'deadline', withdraw: true });
  await scene.minutes(90);
}

describe('whatever happens to a fleet', () => {
  it('law: one hand at a time on a service, every attempt has its outcome, nothing is told twice, and all comes to rest where policy says', async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, async (story) => {
        const watched = watch();
        const { scene, broken } = watched;
        for (const { happen } of story) {
          await happen(scene);
          scene.clock.advance(0.001);
        }
        await untilQuiet(watched);

        expect(broken).toEqual([]);
        await expectSound(scene);
        const { changes } = await scene.state.load('production');
        expect(changes.filter(({ status }) => isInFlight(status)).map(({ status }) => status)).toEqual([]);
        for (const service of SERVICES) {
          const setup = scene.town.setup(service);
          expect(setup).toMatchObject({ bounds: { min: 2 }, suspended: NOTHING_SUSPENDED });
          expect(setup?.bounds.max).toBeGreaterThanOrEqual(10);
          expect(setup?.targetTracking).toMatchObject([{ cpuPercent: 70 }]);
          expect(scene.town.scheduled(service)).toEqual([]);
        }
        // At rest nothing is told any more.
        const records = (await scene.audit.byDay('2026-12-01')).length + (await scene.audit.byDay('2026-12-02')).length;
        await scene.minutes(5);
        const later = (await scene.audit.byDay('2026-12-01')).length + (await scene.audit.byDay('2026-12-02')).length;
        expect(later).toBe(records);
      }),
      { numRuns: 80 },
    );
  });
});
