import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NOTHING_SUSPENDED } from '../../../shared/domain/capacity.ts';
import { SimulatedService, type SimulatedServiceSetup } from '../../../simulator/plant/simulated-service.ts';
import { aPolicy } from './a-policy.ts';

const NOON = Date.UTC(2026, 10, 30, 12);
const afterNoon = (seconds: number) => NOON + seconds * 1000;

/** Ten ready tasks of 10 requests a second. */
const aService = (over: Partial<SimulatedServiceSetup> = {}) =>
  new SimulatedService({
    startsAt: NOON,
    startupSeconds: 60,
    taskCapacity: 10,
    bounds: { min: 2, max: 20 },
    initialTasks: 10,
    targetTracking: null,
    ...over,
  });

describe('a simulated service', () => {
  it('tells of each step what it carried', () => {
    const service = aService();
    expect(service.step(65)).toEqual({
      step: 0,
      at: NOON,
      load: 65,
      wanted: 10,
      ready: 10,
      bounds: { min: 2, max: 20 },
      utilization: 0.65,
      cpu: 0.65,
      missed: 0,
      lost: 0,
      scheduled: [],
    });
    expect(service.now).toBe(afterNoon(20));
    expect(service.step(120)).toMatchObject({ step: 1, at: afterNoon(20), cpu: 1, missed: 120, lost: 20 });
    expect(service.summary()).toMatchObject({ steps: 2, offered: 185 * 20, missed: 120 * 20, lost: 20 * 20 });
  });

  it('moves into bounds from outside at once, and the tasks cost before they serve', () => {
    const service = aService();
    service.setBounds({ min: 14, max: 20 });
    expect(service.wanted).toBe(14);
    const ready = [0, 1, 2, 3].map(() => service.step(50).ready);
    expect(ready).toEqual([10, 10, 10, 14]);
    expect(service.summary().taskHours).toBeCloseTo((4 * 14 * 20) / 3600, 12);
  });

  it('runs scheduled actions in the step that begins at their instant', () => {
    const service = aService();
    service.putScheduledAction({ name: 'up', at: afterNoon(40), min: 15 });
    service.putScheduledAction({ name: 'later', at: afterNoon(41), max: 18 });
    const steps = [0, 1, 2, 3].map(() => service.step(50));
    expect(steps.map(({ wanted }) => wanted)).toEqual([10, 10, 15, 15]);
    expect(steps.map(({ scheduled }) => scheduled.map(({ action }) => action.name))).toEqual([
      [],
      [],
      ['up'],
      ['later'],
    ]);
    expect(service.bounds).toEqual({ min: 15, max: 18 });
    expect(service.scheduledActions).toEqual([]);
  });

  it('takes capacity back when a scheduled max is below it', () => {
    const service = aService();
    service.putScheduledAction({ name: 'down', at: NOON, min: 2, max: 4 });
    expect(service.step(50)).toMatchObject({ wanted: 4, ready: 4, lost: 10, bounds: { min: 2, max: 4 } });
  });

  it('refuses a scheduled min above max and stays as it was', () => {
    const service = aService();
    const action = { name: 'up', at: NOON, min: 21 };
    service.putScheduledAction(action);
    const { scheduled, wanted, bounds } = service.step(50);
    expect(scheduled).toEqual([{ kind: 'refused', action, because: { code: 'min-above-max', min: 21, max: 20 } }]);
    expect({ wanted, bounds }).toEqual({ wanted: 10, bounds: { min: 2, max: 20 } });
  });

  it('skips what is due while scheduled scaling is suspended, for good', () => {
    const service = aService();
    const action = { name: 'up', at: NOON, min: 15 };
    service.putScheduledAction(action);
    service.setSuspended({ ...NOTHING_SUSPENDED, scheduledScaling: true });
    expect(service.step(50).scheduled).toEqual([{ kind: 'skipped', action, because: { code: 'suspended' } }]);
    service.setSuspended(NOTHING_SUSPENDED);
    expect(service.step(50)).toMatchObject({ scheduled: [], wanted: 10 });
  });

  it('does not run what was deleted', () => {
    const service = aService();
    service.putScheduledAction({ name: 'up', at: NOON, min: 15 });
    service.deleteScheduledAction('up');
    expect(service.step(50)).toMatchObject({ scheduled: [], wanted: 10 });
  });

  it('follows its target tracking: 80 s after a jump it wants what it needs, 60 s later it has it', () => {
    const service = aService({ targetTracking: aPolicy() });
    const steps = Array.from({ length: 10 }, () => service.step(100));
    expect(steps.map(({ wanted }) => wanted)).toEqual([10, 10, 10, 10, 15, 15, 15, 15, 15, 15]);
    expect(steps.map(({ ready }) => ready)).toEqual([10, 10, 10, 10, 10, 10, 10, 15, 15, 15]);
  });

  it('is accounted for with the tasks a step ends with', () => {
    const service = aService({ targetTracking: aPolicy() });
    const last = Array.from({ length: 47 }, () => service.step(40)).at(-1);
    // Ten tasks at 40 % until here; six are enough for 70 %.
    expect(last).toMatchObject({ step: 46, wanted: 6, ready: 6, cpu: 40 / 60 });
  });

  it('stays put without a policy, and when scaling out is suspended', () => {
    const suspended = aService({ targetTracking: aPolicy() });
    suspended.setSuspended({ ...NOTHING_SUSPENDED, dynamicScalingOut: true });
    const without = aService();
    for (let step = 0; step < 20; step += 1) {
      expect([suspended.step(100).wanted, without.step(100).wanted]).toEqual([10, 10]);
    }
    expect(suspended.suspended.dynamicScalingOut).toBe(true);
  });

  it('keeps the alarms when the same policy is put again, and begins anew with another', () => {
    const same = aService({ targetTracking: aPolicy() });
    const other = aService({ targetTracking: aPolicy() });
    for (let step = 0; step < 4; step += 1) {
      same.step(100);
      other.step(100);
    }
    same.setTargetTracking(aPolicy());
    other.setTargetTracking(aPolicy({ cpuPercent: 60 }));
    expect(same.step(100).wanted).toBe(15);
    expect(other.step(100).wanted).toBe(10);
    expect(other.targetTracking?.cpuPercent).toBe(60);
    other.setTargetTracking(null);
    expect(other.targetTracking).toBeNull();
  });

  it('shares nothing with another one', () => {
    const [busy, idle] = [aService({ targetTracking: aPolicy() }), aService({ targetTracking: aPolicy() })];
    const steps = Array.from({ length: 10 }, () => [busy.step(100).wanted, idle.step(65).wanted]);
    expect(steps.at(-1)).toEqual([15, 10]);
  });

  it.each([NaN, -1, Infinity])('refuses a load of %d', (load) => {
    expect(() => aService().step(load)).toThrow(RangeError);
  });

  it.each([0, -1, NaN, Infinity])('refuses a task that carries %d', (taskCapacity) => {
    expect(() => aService({ taskCapacity })).toThrow(RangeError);
  });

  const anyStep = fc.record({
    load: fc.integer({ min: 0, max: 400 }),
    bounds: fc.option(fc.record({ min: fc.nat(15), room: fc.nat(20) }), { freq: 8 }),
    scheduledMin: fc.option(fc.nat(40), { freq: 8 }),
  });

  it('law: ready <= wanted, inside the bounds, and every request is either carried or lost', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 1, maxLength: 200 }),
        fc.constantFrom('20s', '60s'),
        (steps, metricResolution) => {
          const service = aService({ bounds: { min: 0, max: 20 }, targetTracking: aPolicy({ metricResolution }) });
          let carried = 0;
          for (const { load, bounds, scheduledMin } of steps) {
            if (bounds) service.setBounds({ min: bounds.min, max: bounds.min + bounds.room });
            if (scheduledMin !== null) service.putScheduledAction({ name: 'min', at: service.now, min: scheduledMin });
            const after = service.step(load);
            expect(after.ready).toBeLessThanOrEqual(after.wanted);
            expect(after.wanted).toBeGreaterThanOrEqual(after.bounds.min);
            expect(after.wanted).toBeLessThanOrEqual(after.bounds.max);
            carried += Math.min(load, after.ready * 10);
          }
          const { offered, lost, missed, taskHours } = service.summary();
          expect(offered).toBe(20 * steps.reduce((sum, { load }) => sum + load, 0));
          expect(offered - lost).toBe(20 * carried);
          expect(missed).toBeGreaterThanOrEqual(lost);
          expect(taskHours).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
