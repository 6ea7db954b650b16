import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import type { Order } from '../../shared/domain/order.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { busEvent, Scene, TAX_DEADLINE } from '../support/scene.ts';

/** The moment at which an order to raise the ceiling from 10 to 15 has been sent. */
async function ordered(): Promise<{ scene: Scene; order: Order }> {
  const scene = new Scene(aPolicy(), '2026-12-01T09:45:00Z');
  await scene.minute();
  scene.town.weather('api', { wants: 14, cpu: 97 });
  await scene.minutes(9);
  scene.clock.advance(60);
  scene.town.passMinute();
  await scene.tick();
  const [order] = scene.take();
  return { scene, order: order! };
}

async function endings(scene: Scene, order: Order): Promise<readonly string[]> {
  const records = await scene.audit.byDecision(order.decisionId);
  return records
    .filter(({ transition }) => ['applied', 'skipped', 'failed'].includes(transition))
    .map(({ transition, sentence }) => `${transition}: ${sentence}`);
}

describe('an order', () => {
  it('delivered three times is carried out once', async () => {
    const { scene, order } = await ordered();
    expect(await scene.act(order)).toEqual({ kind: 'applied' });
    expect(await scene.act(order)).toEqual({ kind: 'closed-before', as: 'applied' });
    scene.town.byHand('api', { bounds: { min: 2, max: 10 } });
    // Not even when the world stands at its beginning again.
    expect(await scene.act(order)).toEqual({ kind: 'closed-before', as: 'applied' });
    expect(scene.town.bounds('api')?.max).toBe(10);
    expect(await endings(scene, order)).toHaveLength(1);
  });

  it('delivered too late is skipped, and the next look decides anew', async () => {
    const { scene, order } = await ordered();
    scene.losesOrders = true;
    await scene.minutes(5);
    scene.clock.advance(0.001);
    expect(await scene.act(order)).toMatchObject({ kind: 'skipped', because: { code: 'order-expired' } });
    expect(scene.town.bounds('api')?.max).toBe(10);
    scene.losesOrders = false;
    await scene.minutes(2);
    expect(scene.town.bounds('api')?.max).toBe(15);
    await scene.minutes(15);
    await expectSound(scene);
  });

  it('delivered at the very end of its life is carried out', async () => {
    const { scene, order } = await ordered();
    scene.clock.advance(300);
    expect(await scene.act(order)).toEqual({ kind: 'applied' });
  });

  it('of a change that has been followed by another is superseded', async () => {
    const { scene, order } = await ordered();
    await scene.act(order);
    scene.town.crowd('api');
    await scene.minutes(2);
    scene.clock.advance(60);
    scene.town.passMinute();
    await scene.tick();
    const [second] = scene.take();
    expect(second?.change).toMatchObject({ from: { max: 15 }, to: { max: 22 } });
    expect(await scene.act(order)).toEqual({
      kind: 'skipped',
      because: { code: 'superseded', by: second?.decisionId },
    });
    expect(await scene.act(second!)).toEqual({ kind: 'applied' });
    expect(scene.town.bounds('api')?.max).toBe(22);
    expect(await endings(scene, order)).toHaveLength(1);
    await scene.minutes(1);
    await expectSound(scene);
  });

  it('that finds its work done is skipped', async () => {
    const { scene, order } = await ordered();
    scene.town.byHand('api', { bounds: { min: 2, max: 15 } });
    expect(await scene.act(order)).toEqual({ kind: 'skipped', because: { code: 'already-there' } });
    expect(scene.calls.filter((call) => call.startsWith('writer'))).toEqual([]);
    await scene.minutes(15);
    await expectSound(scene);
  });

  it('that finds the bounds moved by somebody is skipped with what it found, and the next look judges anew', async () => {
    const { scene, order } = await ordered();
    scene.town.byHand('api', { bounds: { min: 4, max: 12 } });
    expect(await scene.act(order)).toMatchObject({ kind: 'skipped', because: { code: 'world-moved-on' } });
    expect(await endings(scene, order)).toEqual([
      'skipped: skipped: set capacity bounds 2–10 → 2–15 tasks: the world has moved on: expected {"min":2,"max":10}, found {"min":4,"max":12}',
    ]);
    expect(scene.town.bounds('api')).toEqual({ min: 4, max: 12 });
    await scene.minutes(3);
    // The minimum is put right by policy; the hand is told of as well.
    expect(scene.town.bounds('api')?.min).toBe(2);
    expect((await scene.story('api')).filter((line) => line.endsWith('external'))).toHaveLength(1);
    await scene.minutes(15);
    await expectSound(scene);
  });

  it('that was cut off after its intent is not finished over the hand of somebody else', async () => {
    const { scene, order } = await ordered();
    const position = ['writer.setBounds', 0] as const;
    await scene.act(order, { fault: { position, mode: 'killed-before' } }).catch(() => undefined);
    expect((await scene.change('api'))?.status.status).toBe('attempting');
    scene.town.byHand('api', { bounds: { min: 2, max: 12 } });
    scene.clock.advance(100);
    expect(await scene.act(order)).toMatchObject({ kind: 'skipped', because: { code: 'world-moved-on' } });
    expect(scene.town.bounds('api')?.max).toBe(12);
    await scene.minutes(15);
    await expectSound(scene);
  });

  it('is refused by the action while another invocation holds the lease, and taken when that is over', async () => {
    const { scene, order } = await ordered();
    await scene.act(order, { fault: { position: 3, mode: 'killed-before' } }).catch(() => undefined);
    await expect(scene.act(order)).rejects.toThrow('another invocation is at work on service/production/api');
    scene.clock.advance(89);
    await expect(scene.act(order)).rejects.toThrow('another invocation is at work');
    scene.clock.advance(1);
    expect(await scene.act(order)).toEqual({ kind: 'applied' });
  });

  it('that is lost is sent again by a later look, and carried out once', async () => {
    const { scene, order } = await ordered();
    await scene.minutes(1);
    expect(scene.town.bounds('api')?.max).toBe(10);
    await scene.minutes(1);
    expect(scene.town.bounds('api')?.max).toBe(15);
    expect(await endings(scene, order)).toHaveLength(1);
    await scene.minutes(15);
    expect((await scene.story('api')).filter((line) => line.endsWith('applied'))).toHaveLength(1);
    await expectSound(scene);
  });

  it('counts as it was written down: a letter that says something else changes nothing else', async () => {
    const { scene, order } = await ordered();
    const forged = {
      ...order,
      change: { ...order.change, to: { min: 2, max: 5_000 } },
      expiresAt: order.expiresAt + 1e9,
    } as Order;
    await scene.act(forged);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
  });

  it('that comes to the wrong action is no order of its kind, and leaves a record', async () => {
    const { scene, order } = await ordered();
    await expect(scene.rawAct('schedule-capacity', busEvent(order))).rejects.toThrow(
      'not an order to schedule-capacity: kind: expected "schedule-capacity", is "set-capacity-bounds"',
    );
    expect(await scene.records('fleet/none')).toHaveLength(1);
    expect(scene.town.bounds('api')?.max).toBe(10);
  });

  it('whose stored change is of another kind than it says is not carried out', async () => {
    const { scene, order } = await ordered();
    const target = { cluster: 'production', service: 'api' };
    const forged: Order = { ...order, change: { kind: 'schedule-capacity', owner: 'event', target, from: [], to: [] } };
    await expect(scene.act(forged)).rejects.toThrow(`${order.decisionId} is no order to schedule-capacity`);
    await scene.minutes(3);
    expect(scene.town.bounds('api')?.max).toBe(15);
    await scene.minutes(12);
    await expectSound(scene);
  });

  it('that nobody knows is skipped: there is nothing of it to close', async () => {
    const { scene, order } = await ordered();
    const made = { ...order, decisionId: 'ceiling/production/api/made-up', resource: 'service/production/unknown' };
    expect(await scene.act(made)).toMatchObject({ kind: 'skipped', because: { code: 'superseded' } });
    expect(await scene.records('service/production/unknown')).toEqual([]);
  });

  it('whose resource cannot be seen changes nothing blindly, and is tried again', async () => {
    const { scene, order } = await ordered();
    const unseen = { kind: 'unseen', because: { code: 'unreadable', detail: 'AccessDenied' } } as const;
    scene.instead = {
      reader: {
        readScaling: () => Promise.resolve([unseen]),
        readScheduled: () => Promise.resolve([unseen]),
      },
    };
    await expect(scene.act(order)).rejects.toThrow('cannot see production/api now');
    expect(scene.calls.filter((call) => call.startsWith('writer'))).toEqual([]);
    scene.instead = {};
    scene.redeliver(order);
    await scene.minutes(2);
    expect(scene.town.bounds('api')?.max).toBe(15);
  });

  it('to repair that is delivered after somebody has repaired it already is skipped', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:45:00Z');
    scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true } });
    await scene.tick();
    scene.town.byHand('api', { suspended: NOTHING_SUSPENDED });
    await scene.deliver();
    expect(await scene.story('api')).toEqual(['09:45 target-tracking decided', '09:45 target-tracking skipped']);
  });
});

describe('an order to schedule that is cut off across the time of one of its steps', () => {
  it('does not put the step again that AWS has taken', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T17:42:00Z');
    await scene.announce(TAX_DEADLINE);
    const [order] = scene.take();
    // Both steps are in place, but nobody has written it down when the first is taken at 17:45.
    const position = ['writer.putScheduled', 1] as const;
    await scene.act(order!, { fault: { position, mode: 'killed-after' } }).catch(() => undefined);
    for (let minute = 0; minute < 4; minute += 1) {
      scene.clock.advance(60);
      scene.town.passMinute();
    }
    expect(scene.town.bounds('api')).toEqual({ min: 8, max: 12 });
    expect(await scene.act(order!)).toEqual({ kind: 'applied' });
    expect(scene.calls.filter((call) => call.startsWith('writer'))).toEqual([]);
    await scene.at('20:10');
    expect(scene.town.bounds('api')?.min).toBe(2);
    await expectSound(scene);
  });
});
