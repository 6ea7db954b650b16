import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import type { Order } from '../../shared/domain/order.ts';
import { FAULT_MODES, type Fault } from '../support/invocation.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene, TAX_DEADLINE } from '../support/scene.ts';

/** How a service comes to need each kind of change, and what has to stand in AWS when all is done. */
const STORIES = [
  {
    kind: 'set-capacity-bounds' as const,
    happen: (scene: Scene): Promise<unknown> => {
      scene.town.crowd('api');
      return scene.minutes(11);
    },
    isDone: (scene: Scene): void => {
      expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
    },
  },
  {
    kind: 'ensure-target-tracking' as const,
    happen: (scene: Scene): Promise<unknown> => {
      scene.town.byHand('api', {
        bounds: { min: 1, max: 4 },
        suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true },
        targetTracking: [],
      });
      return scene.tick();
    },
    isDone: (scene: Scene): void => {
      expect(scene.town.setup('api')).toMatchObject({
        bounds: { min: 2, max: 10 },
        suspended: NOTHING_SUSPENDED,
        targetTracking: [{ name: 'fulcrum-cpu', cpuPercent: 70 }],
      });
    },
  },
  {
    kind: 'schedule-capacity' as const,
    happen: (scene: Scene): Promise<unknown> => scene.announce(TAX_DEADLINE),
    isDone: (scene: Scene): void => {
      expect(scene.town.scheduled('api').map(({ name, min }) => `${name} ${min}`)).toEqual([
        'fulcrum-event-20261201T1745 8',
        'fulcrum-event-20261201T2000 2',
      ]);
    },
  },
];

/** The moment at which the order lies on the bus. */
async function orderedBy(happen: (scene: Scene) => Promise<unknown>): Promise<{ scene: Scene; order: Order }> {
  const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
  const orders: Order[] = [];
  scene.deliver = (): Promise<void> => {
    orders.push(...scene.take());
    return Promise.resolve();
  };
  await happen(scene);
  await scene.deliver();
  // What it was about has passed: nothing more is wanted.
  scene.town.calm('api');
  Reflect.deleteProperty(scene, 'deliver');
  expect(orders).toHaveLength(1);
  return { scene, order: orders[0]! };
}

/** How often the undisturbed action calls a port. */
async function callsOf(story: (typeof STORIES)[number]): Promise<readonly string[]> {
  const { scene, order } = await orderedBy(story.happen);
  expect(order.change.kind).toBe(story.kind);
  await scene.act(order);
  story.isDone(scene);
  return scene.calls;
}

describe.each(STORIES)('an action that is cut off: $kind', (story) => {
  it('asks before it acts, writes its intent before the effect, and the outcome after it', async () => {
    const calls = await callsOf(story);
    const positions = (call: string): number[] =>
      calls.flatMap((each, index) => (each.startsWith(call) ? [index] : []));
    const [firstEffect] = positions('writer.');
    const [intent, outcome] = positions('audit.append');
    expect(positions('state.acquireLease')).toEqual([0]);
    expect(intent).toBeLessThan(firstEffect!);
    expect(outcome).toBeGreaterThan(positions('writer.').at(-1)!);
    expect(calls.slice(0, firstEffect).at(-1)).toBe('state.holdsLease');
    expect(calls.at(-1)).toBe('state.releaseLease');
  });

  it.each(FAULT_MODES)('comes to its end after any call that is %s', async (mode) => {
    const calls = await callsOf(story);
    for (const position of calls.keys()) {
      const { scene, order } = await orderedBy(story.happen);
      await expectRecovery(scene, order, { position, mode }, story.isDone);
    }
  });

  it.each(FAULT_MODES)('comes to its end by the next looks alone after any call that is %s', async (mode) => {
    const calls = await callsOf(story);
    for (const position of calls.keys()) {
      const { scene, order } = await orderedBy(story.happen);
      await scene.act(order, { fault: { position, mode } }).catch(() => undefined);
      // No queue tries again: only the looks find what is left.
      await scene.minutes(25);
      story.isDone(scene);
      await expectSound(scene);
      await expectEnded(scene);
    }
  });
});

async function expectRecovery(scene: Scene, order: Order, fault: Fault, isDone: (scene: Scene) => void): Promise<void> {
  await scene.act(order, { fault }).catch(() => {
    // As the queue does, once the time has come.
    scene.redeliver(order);
  });
  await scene.minutes(25);
  isDone(scene);
  expect(scene.deadLetters).toEqual([]);
  await expectSound(scene);
  await expectEnded(scene);
}

async function expectEnded(scene: Scene): Promise<void> {
  expect((await scene.change('api'))?.status.status).toBe('verified');
  const applied = (await scene.story('api')).filter((line) => line.endsWith('applied'));
  expect(applied).toHaveLength(1);
}
