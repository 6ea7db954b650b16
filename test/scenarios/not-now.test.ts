import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { TransientError } from '../../shared/domain/errors.ts';
import type { FailureReason } from '../../shared/domain/reason.ts';
import { instant } from '../../shared/domain/units.ts';
import type { CapacityWriter } from '../../shared/ports.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene, TAX_DEADLINE } from '../support/scene.ts';

async function blocked(scene: Scene): Promise<readonly string[]> {
  const records = await scene.records(scene.resource('api'));
  return records
    .filter(({ transition }) => transition === 'blocked')
    .map(({ at, sentence }) => `${at.slice(11, 16)} ${sentence.split(';')[0] ?? ''}`);
}

function pinned(policy = aPolicy()): Scene {
  const scene = new Scene(policy, '2026-12-01T09:00:00Z');
  scene.town.weather('api', { wants: 14, cpu: 97 });
  return scene;
}

describe('not now', () => {
  it('while a person has asked for quiet; afterwards by itself', async () => {
    const scene = pinned();
    const until = instant('2026-12-01T09:30:00Z');
    await scene.state.putPause('production', 'p', { scope: { service: 'api' }, until, note: 'load test' });
    await scene.at('09:29');
    expect(scene.town.bounds('api')?.max).toBe(10);
    expect(await blocked(scene)).toEqual(['09:10 hold: paused until 2026-12-01 09:30 UTC (load test)']);
    await scene.at('09:30');
    expect(scene.town.bounds('api')?.max).toBe(15);
    await scene.at('09:45');
    await expectSound(scene);
  });

  it('while a pause of one lever lasts; the others go on', async () => {
    const scene = pinned();
    const until = instant('2026-12-01T09:30:00Z');
    await scene.state.putPause('production', 'p', { scope: { lever: 'ceiling' }, until, note: 'test' });
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true } });
    await scene.at('09:20');
    expect(scene.town.bounds('api')?.max).toBe(10);
    expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
    await scene.state.removePause('production', 'p');
    await scene.at('09:21');
    expect(scene.town.bounds('api')?.max).toBe(15);
  });

  it('in a change freeze that allows nothing; afterwards by itself', async () => {
    const scene = pinned(
      aPolicy({
        extra: [
          'freezes:',
          "  - { name: release, from: '2026-12-01T09:00', to: '2026-12-01T09:30', timeZone: UTC, allow: nothing }",
        ],
      }),
    );
    await scene.at('09:29');
    expect(scene.town.bounds('api')?.max).toBe(10);
    expect(await blocked(scene)).toEqual(['09:10 hold: change freeze “release” until 2026-12-01 09:30 UTC']);
    await scene.at('09:30');
    expect(scene.town.bounds('api')?.max).toBe(15);
  });

  it('in a change freeze that allows growth: growth happens, repair waits', async () => {
    const scene = pinned(
      aPolicy({
        extra: ['freezes:', "  - { name: weekend, from: '2026-12-01T09:00', to: '2026-12-01T09:30', timeZone: UTC }"],
      }),
    );
    await scene.at('09:15');
    expect(scene.town.bounds('api')?.max).toBe(15);
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true } });
    await scene.at('09:29');
    expect(scene.town.setup('api')?.suspended.dynamicScalingIn).toBe(true);
    await scene.at('09:31');
    expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
    await scene.at('09:45');
    await expectSound(scene);
  });

  it('while a deployment moves the tasks: growth happens, repair waits', async () => {
    const scene = pinned();
    scene.town.deploy('api', 'in-progress');
    await scene.at('09:10');
    expect(scene.town.bounds('api')?.max).toBe(15);
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true } });
    await scene.at('09:20');
    expect(await blocked(scene)).toEqual(['09:11 hold: a deployment is in progress']);
    scene.town.deploy('api', 'none');
    await scene.at('09:22');
    expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
  });

  it.each([
    { mode: 'observe' as const, says: 'hold: the lever only observes' },
    { mode: 'propose' as const, says: 'hold: the lever only proposes, and the fleet names no infrastructure code' },
  ])('when the levers are only to $mode: told once, and nothing is ever written', async ({ mode, says }) => {
    const scene = pinned(aPolicy({ mode }));
    const refusing = new Proxy({}, { get: () => () => Promise.reject(new Error('a write')) }) as CapacityWriter;
    scene.instead = { writer: refusing };
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true } });
    await scene.announce(TAX_DEADLINE);
    await scene.at('10:00');
    expect(scene.errors).toEqual([]);
    expect((await scene.state.load('production')).changes).toEqual([]);
    expect((await blocked(scene)).map((line) => line.slice(6))).toEqual([says, says, says]);
    await expectSound(scene);
  });
});

/** Answers every change in this way until told otherwise. */
function answering(scene: Scene, answer: () => Promise<FailureReason | null>): void {
  scene.instead = { writer: new Proxy({}, { get: () => answer }) as CapacityWriter };
}

describe('AWS says no', () => {
  it('without permission: three tries, then pauses that double, and everything is told', async () => {
    const scene = pinned();
    answering(scene, () => Promise.resolve({ code: 'not-permitted', detail: 'AccessDeniedException: no' }));
    await scene.at('09:59');
    const story = await scene.story('api');
    const failed = story.filter((line) => line.endsWith('failed')).map((line) => line.slice(0, 5));
    expect(failed).toEqual(['09:10', '09:11', '09:12', '09:22', '09:42']);
    expect(await blocked(scene)).toEqual([
      '09:13 hold: 3 failures in a row, next try after 2026-12-01 09:22 UTC',
      '09:23 hold: 4 failures in a row, next try after 2026-12-01 09:42 UTC',
      '09:43 hold: 5 failures in a row, next try after 2026-12-01 10:22 UTC',
    ]);
    const records = await scene.records(scene.resource('api'));
    expect(records.find(({ transition }) => transition === 'failed')).toMatchObject({
      reasons: [{ code: 'not-permitted', detail: 'AccessDeniedException: no' }],
      sentence: 'failed: set capacity bounds 2–10 → 2–15 tasks: not permitted: AccessDeniedException: no',
    });
    expect(scene.deadLetters).toEqual([]);

    scene.instead = {};
    await scene.at('10:22');
    expect(scene.town.bounds('api')?.max).toBe(15);
    expect((await scene.change('api'))?.status).toMatchObject({ status: 'applied', failures: 0 });
    await scene.minutes(12);
    await expectSound(scene);
  });

  it('not now: throttled twice, it is tried again by the queue, and done once', async () => {
    const scene = pinned();
    let throttled = 0;
    answering(scene, () => {
      throttled += 1;
      return Promise.reject(new TransientError('ThrottlingException: Rate exceeded'));
    });
    await scene.at('09:11');
    expect(throttled).toBe(2);
    scene.instead = {};
    await scene.at('09:30');
    expect(scene.town.bounds('api')?.max).toBe(15);
    const story = await scene.story('api');
    expect(story.filter((line) => line.endsWith('applied'))).toHaveLength(1);
    expect(story.filter((line) => line.endsWith('failed'))).toEqual([]);
    await expectSound(scene);
  });

  it('half-way: what was done of a repair is kept, what failed is told and tried again', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    scene.town.byHand('api', {
      bounds: { min: 2, max: 5 },
      suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true },
      targetTracking: [],
    });
    const refused: FailureReason = { code: 'limit-exceeded', detail: 'too many policies' };
    scene.instead = {
      writer: new Proxy(
        {},
        {
          get: (_, key) => (target: { service: string }, bounds: { min: number; max: number }) => {
            if (key !== 'setBounds') return Promise.resolve(refused);
            scene.town.byHand(target.service, { bounds });
            return Promise.resolve(null);
          },
        },
      ) as CapacityWriter,
    };
    await scene.minutes(2);
    expect(scene.town.setup('api')).toMatchObject({ bounds: { min: 2, max: 10 }, targetTracking: [] });
    scene.instead = {};
    await scene.minutes(20);
    expect(scene.town.setup('api')).toMatchObject({
      bounds: { min: 2, max: 10 },
      suspended: NOTHING_SUSPENDED,
      targetTracking: [{ name: 'fulcrum-cpu' }],
    });
    const story = await scene.story('api');
    expect(story.filter((line) => line.endsWith('external'))).toEqual([]);
    expect(story.filter((line) => line.endsWith('failed')).length).toBeGreaterThan(0);
    await expectSound(scene);
  });
});
