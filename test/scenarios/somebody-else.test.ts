import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene, TAX_DEADLINE } from '../support/scene.ts';

async function quietScene(): Promise<Scene> {
  const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
  await scene.minutes(2);
  return scene;
}

/** `09:10 changed by somebody else: max 10 → 5` */
async function toldOfOthers(scene: Scene): Promise<readonly string[]> {
  const records = await scene.records(scene.resource('api'));
  return records
    .filter(({ transition }) => transition === 'external')
    .map(({ at, sentence }) => `${at.slice(11, 16)} ${sentence}`);
}

describe('somebody else', () => {
  it('lowers the ceiling by hand: told once, and put right', async () => {
    const scene = await quietScene();
    scene.town.byHand('api', { bounds: { min: 2, max: 5 } });
    await scene.at('09:30');
    expect(await toldOfOthers(scene)).toEqual(['09:03 changed by somebody else: max 10 → 5']);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    expect(await scene.story('api')).toEqual([
      '09:03 somebody else external',
      '09:03 target-tracking decided',
      '09:03 target-tracking attempting',
      '09:03 target-tracking applied',
      '09:13 target-tracking verified',
    ]);
    await expectSound(scene);
  });

  it('raises the ceiling by hand between max and hard limit: told, and left', async () => {
    const scene = await quietScene();
    scene.town.byHand('api', { bounds: { min: 2, max: 20 } });
    await scene.at('09:30');
    expect(await toldOfOthers(scene)).toEqual(['09:03 changed by somebody else: max 10 → 20']);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 20 });
    await expectSound(scene);
  });

  it('raises the ceiling above the hard limit: brought back to it', async () => {
    const scene = await quietScene();
    scene.town.byHand('api', { bounds: { min: 2, max: 400 } });
    await scene.at('09:10');
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 30 });
    await expectSound(scene);
  });

  it('changes back and forth: every time is told', async () => {
    const scene = await quietScene();
    for (const max of [20, 15, 20, 15]) {
      scene.town.byHand('api', { bounds: { min: 2, max } });
      await scene.minutes(2);
    }
    expect((await toldOfOthers(scene)).map((line) => line.slice(-7))).toEqual([
      '10 → 20',
      '20 → 15',
      '15 → 20',
      '20 → 15',
    ]);
  });

  it('does again what was put right: told again, and put right again after the cooldown', async () => {
    const scene = await quietScene();
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true } });
    await scene.minutes(2);
    expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true } });
    await scene.minutes(3);
    expect(scene.town.setup('api')?.suspended.dynamicScalingOut).toBe(true);
    await scene.minutes(4);
    expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
    expect(await toldOfOthers(scene)).toHaveLength(2);
    await expectSound(scene);
  });

  it('fights us with Terraform every two minutes for two hours: no storm', async () => {
    const scene = await quietScene();
    const [policy] = scene.town.setup('api')!.targetTracking;
    for (let run = 0; run < 60; run += 1) {
      scene.town.byHand('api', { targetTracking: [{ ...policy!, cpuPercent: 50 }] });
      await scene.minutes(2);
    }
    const story = await scene.story('api');
    const repairs = story.filter((line) => line.endsWith('target-tracking applied'));
    // One in five minutes at the most.
    expect(repairs.length).toBeLessThanOrEqual(24);
    expect(repairs.length).toBeGreaterThan(10);
    expect((await scene.records(scene.resource('api'))).length).toBeLessThan(24 * 8);
    await scene.minutes(10);
    expect(scene.town.setup('api')?.targetTracking).toEqual([policy]);
    await expectSound(scene);
  });

  it('changes the policy long after we have raised the ceiling: told, though the ceiling stands as we left it', async () => {
    const scene = await quietScene();
    scene.town.weather('api', { wants: 14, cpu: 97 });
    await scene.minutes(12);
    scene.town.calm('api');
    expect(scene.town.bounds('api')?.max).toBe(15);
    await scene.at('09:40');
    const [policy] = scene.town.setup('api')!.targetTracking;
    scene.town.byHand('api', { targetTracking: [{ ...policy!, cpuPercent: 40 }] });
    await scene.at('09:45');
    expect(await toldOfOthers(scene)).toEqual(['09:41 changed by somebody else: cpuPercent 70 → 40']);
    await expectSound(scene);
  });

  it('moves the ceiling away and, later, back to where we had left it: both are told', async () => {
    const scene = await quietScene();
    scene.town.weather('api', { wants: 14, cpu: 97 });
    await scene.minutes(12);
    scene.town.calm('api');
    await scene.at('09:40');
    scene.town.byHand('api', { bounds: { min: 2, max: 20 } });
    await scene.at('09:45');
    scene.town.byHand('api', { bounds: { min: 2, max: 15 } });
    await scene.at('09:50');
    expect(await toldOfOthers(scene)).toEqual([
      '09:41 changed by somebody else: max 15 → 20',
      '09:46 changed by somebody else: max 20 → 15',
    ]);
    await expectSound(scene);
  });

  it('changes something while an order of ours is on its way: told once that has ended', async () => {
    const scene = await quietScene();
    scene.losesOrders = true;
    await scene.announce(TAX_DEADLINE);
    await scene.minute();
    scene.town.byHand('api', { bounds: { min: 2, max: 20 } });
    await scene.minutes(2);
    scene.losesOrders = false;
    await scene.at('09:30');
    expect(await toldOfOthers(scene)).toEqual([expect.stringContaining('changed by somebody else: max 10 → 20')]);
    expect(scene.town.scheduled('api')).toHaveLength(2);
    await expectSound(scene);
  });

  it('is not accused of what we did, nor of what AWS did for us', async () => {
    const scene = await quietScene();
    scene.town.crowd('api');
    await scene.announce({
      fleet: 'production',
      event: 'news',
      from: '2026-12-01T10:00',
      to: '2026-12-01T11:00',
      timeZone: 'UTC',
      floors: { api: 20 },
    });
    await scene.at('10:30');
    scene.town.calm('api');
    await scene.at('12:00');
    expect(await toldOfOthers(scene)).toEqual([]);
    await expectSound(scene);
  });

  it('deregisters the service: told, and registered again with what runs', async () => {
    const scene = await quietScene();
    scene.town.deregister('api');
    await scene.at('09:20');
    expect(await toldOfOthers(scene)).toHaveLength(1);
    expect(scene.town.setup('api')).toMatchObject({
      bounds: { min: 2, max: 10 },
      targetTracking: [{ name: 'fulcrum-cpu', cpuPercent: 70 }],
    });
    await expectSound(scene);
  });

  it('deletes the service: one abstention of each lever, nothing else, until it is back', async () => {
    const scene = await quietScene();
    const before = (await scene.records(scene.resource('api'))).length;
    scene.town.remove('api');
    await scene.at('10:00');
    const told = (await scene.records(scene.resource('api'))).slice(before);
    expect(told.map(({ transition, lever }) => `${lever ?? '-'} ${transition}`).sort()).toEqual([
      '- external',
      'ceiling abstained',
      'target-tracking abstained',
    ]);
    expect(scene.errors).toEqual([]);
    await expectSound(scene);
  });

  it('keeps a second CPU policy: named, and not touched', async () => {
    const scene = await quietScene();
    const [policy] = scene.town.setup('api')!.targetTracking;
    scene.town.byHand('api', { targetTracking: [policy!, { ...policy!, name: 'old', cpuPercent: 60 }] });
    await scene.at('09:20');
    expect(scene.town.setup('api')?.targetTracking).toHaveLength(2);
    const records = await scene.records(scene.resource('api'));
    expect(records.at(-1)?.sentence).toContain('several CPU policies, remove all but one: fulcrum-cpu, old');
  });

  it('removes our scheduled actions by hand: they are put again', async () => {
    const scene = await quietScene();
    await scene.announce(TAX_DEADLINE);
    await scene.at('09:30');
    scene.town.world.put({ cluster: 'production', service: 'api' }, { scheduled: [] });
    await scene.at('09:35');
    expect(scene.town.scheduled('api')).toHaveLength(2);
    await expectSound(scene);
  });
});
