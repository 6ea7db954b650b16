import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { carry, LoadAccount } from '../../../simulator/plant/load-account.ts';

describe('what ready tasks carry', () => {
  // Ten tasks of 10 requests a second.
  it.each([
    { load: 0, then: { utilization: 0, cpu: 0, missed: 0, lost: 0 } },
    { load: 70, then: { utilization: 0.7, cpu: 0.7, missed: 0, lost: 0 } },
    { load: 90, then: { utilization: 0.9, cpu: 0.9, missed: 0, lost: 0 } },
    { load: 91, then: { utilization: 0.91, cpu: 0.91, missed: 91, lost: 0 } },
    { load: 100, then: { utilization: 1, cpu: 1, missed: 100, lost: 0 } },
    { load: 125, then: { utilization: 1.25, cpu: 1, missed: 125, lost: 25 } },
  ])('$load requests a second on tasks for 100', ({ load, then }) => {
    expect(carry(load, 10, 10)).toEqual(then);
  });

  it('no tasks lose everything, and nothing when nothing comes', () => {
    expect(carry(5, 0, 10)).toEqual({ utilization: Infinity, cpu: 1, missed: 5, lost: 5 });
    expect(carry(0, 0, 10)).toEqual({ utilization: 0, cpu: 0, missed: 0, lost: 0 });
  });

  it('law: what is lost was missed, and what is not lost fits', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.nat(500),
        fc.integer({ min: 1, max: 500 }),
        (load, ready, each) => {
          const { missed, lost, cpu } = carry(load, ready, each);
          expect(lost).toBeLessThanOrEqual(missed);
          expect(load - lost).toBeLessThanOrEqual(ready * each * (1 + 1e-12));
          expect(cpu).toBeGreaterThanOrEqual(0);
          expect(cpu).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('the account of a service', () => {
  it('adds up task-hours, load and changes', () => {
    const account = new LoadAccount();
    // Three minutes: 2, 2, 3, 3, 3, 3, 3, 3, 1 tasks of 10 requests a second.
    const wanted = [2, 2, 3, 3, 3, 3, 3, 3, 1];
    for (const tasks of wanted) account.add(19, tasks, carry(19, tasks, 10));
    expect(account.summary()).toEqual({
      steps: 9,
      taskHours: (23 * 20) / 3600,
      offered: 9 * 19 * 20,
      // 19 of 20 is above 90 %; one task carries 10 of 19.
      missed: 3 * 19 * 20,
      lost: 9 * 20,
      missedShare: 3 / 9,
      lostShare: 9 / 171,
      capacityChanges: 2,
    });
  });

  it('of nothing is nothing, without a division by zero', () => {
    const account = new LoadAccount();
    account.add(0, 2, carry(0, 2, 10));
    expect(account.summary()).toMatchObject({ offered: 0, missedShare: 0, lostShare: 0, capacityChanges: 0 });
    expect(new LoadAccount().summary()).toMatchObject({ steps: 0, taskHours: 0, missedShare: 0 });
  });
});
