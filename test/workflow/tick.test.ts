import { describe, expect, it } from '@jest/globals';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene } from '../support/scene.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `fleet-${letter}`);

function sceneOf(names: readonly string[]): Scene {
  return new Scene(aPolicy(...names.map((name) => ({ name }))), '2026-12-01T09:00:00Z');
}

/** The clock of an invocation: asked before each look and after it. */
function remaining(secondsPerLook: number, seconds: number): () => number {
  let asked = -1;
  return () => {
    asked += 1;
    return (seconds - Math.ceil(asked / 2) * secondsPerLook) * 1000;
  };
}

/** Follows hand-overs until there are none, and tells which fleets each invocation looked at. */
async function chain(scene: Scene, clock: () => () => number): Promise<readonly (readonly string[])[]> {
  const invocations: (readonly string[])[] = [];
  let event = scene.tickEvent();
  for (;;) {
    const { looked, handedOver } = await scene.rawTick(event, { remainingMillis: clock() });
    invocations.push(looked);
    const [sent, ...more] = scene.bus.take();
    expect(more).toEqual([]);
    if (sent?.kind !== 'hand-over') {
      expect(handedOver).toEqual([]);
      return invocations;
    }
    expect(sent.fleets).toEqual(handedOver);
    event = { id: `hand-over-${invocations.length}`, 'detail-type': 'Fleets To Evaluate', detail: sent };
    expect(invocations.length).toBeLessThan(50);
  }
}

describe('a tick', () => {
  it('looks at all fleets in one invocation when there is time', async () => {
    const scene = sceneOf(NAMES);
    const [looked, ...more] = await chain(scene, () => remaining(1, 60));
    expect([...looked!].sort()).toEqual(NAMES);
    expect(more).toEqual([]);
  });

  it.each([
    { secondsPerLook: 10, seconds: 60 },
    { secondsPerLook: 20, seconds: 60 },
    { secondsPerLook: 50, seconds: 60 },
    { secondsPerLook: 3, seconds: 15 },
  ])(
    'hands on what does not fit into $seconds s at $secondsPerLook s a look: each fleet is looked at exactly once',
    async ({ secondsPerLook, seconds }) => {
      const scene = sceneOf(NAMES);
      const invocations = await chain(scene, () => remaining(secondsPerLook, seconds));
      expect(invocations.length).toBeGreaterThan(1);
      expect(invocations.flat().sort()).toEqual(NAMES);
      // The slowest look twice, and five seconds to end in.
      for (const looked of invocations) {
        const startedLast = seconds - (looked.length - 1) * secondsPerLook;
        expect(looked.length === 1 || startedLast >= 2 * secondsPerLook + 5).toBe(true);
      }
    },
  );

  it('looks at one fleet at least, however little time is left, so that the work always ends', async () => {
    const scene = sceneOf(NAMES);
    const invocations = await chain(scene, () => () => 1);
    expect(invocations.map(({ length }) => length)).toEqual(NAMES.map(() => 1));
    expect(invocations.flat().sort()).toEqual(NAMES);
  });

  it('is not held up by fleets that fail: the others are looked at, and the failures named', async () => {
    const scene = sceneOf(NAMES);
    const capacity = new MemoryCapacityReader(scene.town.world, scene.clock);
    const readServices = capacity.readServices.bind(capacity);
    capacity.readServices = (targets) =>
      ['fleet-b', 'fleet-e'].includes(targets[0]?.cluster ?? '')
        ? Promise.reject(new TypeError(`cannot read ${targets[0]?.cluster ?? ''}`))
        : readServices(targets);
    scene.instead = { capacity };
    await expect(scene.tick()).rejects.toThrow(
      /^2 of 7 looks failed: fleet-[be]: cannot read fleet-[be]; fleet-[be]: cannot read fleet-[be]$/,
    );
    const looked = new Set((await scene.audit.byDay('2026-12-01')).map(({ fleet }) => fleet));
    expect([...looked].sort()).toEqual(NAMES.filter((name) => !['fleet-b', 'fleet-e'].includes(name)));
  });

  it('that never ends with one fleet keeps no other from being looked at for long', async () => {
    const scene = sceneOf(NAMES);
    const capacity = new MemoryCapacityReader(scene.town.world, scene.clock);
    const readServices = capacity.readServices.bind(capacity);
    capacity.readServices = (targets) =>
      targets[0]?.cluster === 'fleet-c' ? new Promise(() => undefined) : readServices(targets);
    scene.instead = { capacity };
    for (let minute = 0; minute < NAMES.length; minute += 1) {
      scene.clock.advance(60);
      // Lambda ends it; nobody hears of it again.
      void scene.tick();
      for (let turn = 0; turn < 500; turn += 1) await Promise.resolve();
    }
    const looked = new Set((await scene.audit.byDay('2026-12-01')).map(({ fleet }) => fleet));
    expect([...looked].sort()).toEqual(NAMES.filter((name) => name !== 'fleet-c'));
  });

  it('fails when it cannot hand on, so that it is tried again', async () => {
    const scene = sceneOf(NAMES);
    scene.instead = {
      bus: { sendOrders: () => Promise.resolve(), handOver: () => Promise.reject(new Error('the bus is gone')) },
    };
    await expect(scene.rawTick(scene.tickEvent(), { remainingMillis: remaining(20, 60) })).rejects.toThrow(
      'the bus is gone',
    );
  });

  it('ignores fleets of a hand-over that are gone, and looks at none when none is named', async () => {
    const scene = sceneOf(['fleet-a']);
    const event = (fleets: readonly string[]): unknown => ({
      id: 'x',
      'detail-type': 'Fleets To Evaluate',
      detail: { fleets },
    });
    expect(await scene.rawTick(event(['gone', 'fleet-a']))).toEqual({ looked: ['fleet-a'], handedOver: [] });
    expect(await scene.rawTick(event([]))).toEqual({ looked: [], handedOver: [] });
  });

  it('delivered twice does no harm', async () => {
    const scene = sceneOf(['fleet-a']);
    await scene.tick();
    const before = await scene.audit.byDay('2026-12-01');
    await scene.tick();
    expect(await scene.audit.byDay('2026-12-01')).toEqual(before);
  });
});
