import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene } from '../support/scene.ts';

interface Overtaken {
  readonly scene: Scene;
  /** The call that the slow look was about to make when everything else went by; `null`: it had made all of them. */
  readonly call: string | null;
}

/** A slow look that stops before its n-th call until another look has come and gone, with the actions that it ordered. */
async function overtakenAt(position: number, prepare: () => Promise<Scene>): Promise<Overtaken> {
  const scene = await prepare();
  let call: string | null = null;
  let count = -2;
  const slow = scene.tick({
    turn: async (next) => {
      count += 1;
      if (count !== position) return;
      call = next;
      scene.clock.advance(1);
      await scene.scaledToMax('api');
      await scene.deliver();
      scene.clock.advance(1);
    },
  });
  await slow.catch(() => undefined);
  await scene.deliver();
  return { scene, call };
}

/** Every way in which a look can be overtaken. */
async function everyOvertaking(prepare: () => Promise<Scene>): Promise<readonly Overtaken[]> {
  const all: Overtaken[] = [];
  for (let position = 0; all.at(-1)?.call !== null; position += 1) {
    expect(position).toBeLessThan(40);
    all.push(await overtakenAt(position, prepare));
  }
  expect(all.length).toBeGreaterThan(5);
  return all;
}

async function pinned(): Promise<Scene> {
  const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
  await scene.minute();
  scene.town.crowd('api');
  await scene.minutes(9);
  scene.clock.advance(60);
  scene.town.passMinute();
  return scene;
}

const lines = async (scene: Scene, ending: string): Promise<readonly string[]> =>
  (await scene.story('api')).filter((line) => line.endsWith(ending));

describe('a look that is overtaken by another at any of its calls', () => {
  it('raises nothing a second time, and forgets no cooldown', async () => {
    for (const { scene, call } of await everyOvertaking(pinned)) {
      expect({ call, bounds: scene.town.bounds('api') }).toEqual({ call, bounds: { min: 2, max: 15 } });
      expect({ call, applied: await lines(scene, 'applied') }).toEqual({ call, applied: ['09:11 ceiling applied'] });
      // The crowd is still there: only the cooldown keeps the next raise back.
      await scene.minutes(2);
      // Not so where it was overtaken between its last look at the change and opening its own: milliseconds, and one step.
      const allowed = call === 'state.openChange' ? [15, 22] : [15];
      expect(allowed).toContain(scene.town.bounds('api')?.max);
      await expectSound(scene);
    }
  });

  it('decides nothing that it then takes back, but where it had decided before it was overtaken', async () => {
    for (const { scene, call } of await everyOvertaking(pinned)) {
      const decided = await lines(scene, 'decided');
      expect({ call, decided: decided.length }).toEqual({ call, decided: call === 'state.openChange' ? 2 : 1 });
    }
  });

  it('accuses nobody of what the other look has done', async () => {
    for (const { scene, call } of await everyOvertaking(pinned)) {
      await scene.minutes(3);
      expect({ call, external: await lines(scene, 'external') }).toEqual({ call, external: [] });
    }
  });

  it('tells the hand of somebody else once, and repairs it once', async () => {
    const changedByHand = async (): Promise<Scene> => {
      const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
      await scene.minutes(2);
      scene.town.byHand('api', {
        bounds: { min: 2, max: 6 },
        suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true },
      });
      scene.clock.advance(60);
      return scene;
    };
    for (const { scene, call } of await everyOvertaking(changedByHand)) {
      await scene.minutes(2);
      expect({ call, external: await lines(scene, 'external') }).toEqual({
        call,
        external: ['09:03 somebody else external'],
      });
      expect(await lines(scene, 'target-tracking applied')).toHaveLength(1);
      expect(scene.town.setup('api')).toMatchObject({ bounds: { max: 10 }, suspended: NOTHING_SUSPENDED });
      await expectSound(scene);
    }
  });

  it('keeps what the other has remembered', async () => {
    for (const { scene } of await everyOvertaking(pinned)) {
      const before = (await scene.records(scene.resource('api'))).length;
      scene.town.calm('api');
      await scene.minutes(2);
      const told = (await scene.records(scene.resource('api'))).slice(before);
      expect(told.filter(({ lever }) => lever === 'target-tracking')).toEqual([]);
    }
  });
});
