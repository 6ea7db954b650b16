import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED, type TargetTracking } from '../../../shared/domain/capacity.ts';
import { TargetTrackingController, type TrackingObservation } from '../../../simulator/plant/target-tracking.ts';
import { aPolicy } from './a-policy.ts';

type Seen = Partial<Omit<TrackingObservation, 'step'>>;

interface Change {
  readonly step: number;
  readonly to: number;
}

/** Steps a controller over a service of ten ready tasks, which obeys at once; `see` says what differs in a step. */
function changesOf(
  policy: Partial<TargetTracking>,
  steps: number,
  see: (step: number, wanted: number) => Seen,
  firstStep = 0,
): readonly Change[] {
  const controller = new TargetTrackingController(aPolicy(policy));
  const changes: Change[] = [];
  let wanted = 10;
  for (let step = firstStep; step < firstStep + steps; step += 1) {
    const healthy = { cpu: 0.66, ready: wanted, wanted, bounds: { min: 2, max: 100 }, suspended: NOTHING_SUSPENDED };
    const to = controller.step({ step, ...healthy, ...see(step, wanted) });
    if (to !== wanted) changes.push({ step, to });
    wanted = to;
  }
  return changes;
}

const between = (from: number, until: number, cpu: number) => (step: number) =>
  step >= from && step < until ? { cpu } : {};

describe('scaling out', () => {
  it('needs three datapoints in a row above target', () => {
    expect(changesOf({}, 60, between(0, 2, 1))).toEqual([]);
    // The third is measured in step 2 and seen two datapoints later; 10 / 0.7 = 14.3.
    expect(changesOf({}, 60, between(0, 3, 1))).toEqual([{ step: 4, to: 15 }]);
  });

  it('starts counting again when one datapoint in between is not above target', () => {
    expect(changesOf({}, 60, (step) => ({ cpu: step % 3 === 2 ? 0.7 : 1 }))).toEqual([]);
  });

  it.each([
    { cpu: 0.7, changes: [] },
    { cpu: 0.7001, changes: [{ step: 4, to: 11 }] },
  ])('acts above target, not at it: $cpu', ({ cpu, changes }) => {
    expect(changesOf({}, 8, () => ({ cpu, ready: 10 }))).toEqual(changes);
  });

  it.each([
    { metricResolution: '20s', jumpAt: 0, actsIn: 4 },
    { metricResolution: '20s', jumpAt: 7, actsIn: 11 },
    { metricResolution: '60s', jumpAt: 0, actsIn: 20 },
    // One third of that minute is at 100 %: its mean, (0.66 * 2 + 1) / 3 = 0.773, is already above target.
    { metricResolution: '60s', jumpAt: 2, actsIn: 20 },
    { metricResolution: '60s', jumpAt: 3, actsIn: 23 },
  ] as const)(
    '$metricResolution: a jump in step $jumpAt is answered in step $actsIn',
    ({ metricResolution, jumpAt, actsIn }) => {
      const [first] = changesOf({ metricResolution }, 60, between(jumpAt, 60, 1));
      expect(first?.step).toBe(actsIn);
    },
  );

  it('counts the minute as a mean: two steps at 100 % and one at 9 % stay below target', () => {
    expect(changesOf({ metricResolution: '60s' }, 60, (step) => ({ cpu: step % 3 === 2 ? 0.09 : 1 }))).toEqual([]);
    const [first] = changesOf({ metricResolution: '60s' }, 60, (step) => ({ cpu: step % 3 === 2 ? 0.11 : 1 }));
    expect(first).toEqual({ step: 20, to: 11 });
  });

  it('computes with the tasks that were ready when the datapoint was measured', () => {
    // 8 tasks at 100 % in step 2 ask for 12; that 30 are ready by now does not matter.
    expect(changesOf({}, 5, (step) => ({ cpu: 1, ready: step <= 2 ? 8 : 30 }))).toEqual([{ step: 4, to: 12 }]);
  });

  it('never takes tasks away', () => {
    // 3 ready tasks at 100 % ask for 5, but 10 are wanted already.
    expect(changesOf({}, 20, () => ({ cpu: 1, ready: 3 }))).toEqual([]);
  });

  it('stops at max', () => {
    expect(changesOf({}, 20, () => ({ cpu: 1, ready: 10, bounds: { min: 2, max: 12 } }))).toEqual([
      { step: 4, to: 12 },
    ]);
  });

  it('waits while it is suspended, and acts at once when it is not any more', () => {
    const suspended = { ...NOTHING_SUSPENDED, dynamicScalingOut: true };
    expect(changesOf({}, 30, () => ({ cpu: 1, suspended }))).toEqual([]);
    const until20 = changesOf({}, 21, (step) => (step < 20 ? { cpu: 1, suspended } : { cpu: 1 }));
    expect(until20).toEqual([{ step: 20, to: 15 }]);
  });

  it('does not care about suspended or disabled scaling in', () => {
    const suspended = { ...NOTHING_SUSPENDED, dynamicScalingIn: true };
    expect(changesOf({ disableScaleIn: true }, 5, () => ({ cpu: 1, suspended }))).toEqual([{ step: 4, to: 15 }]);
  });
});

describe('the cooldown after scaling out', () => {
  /** 10 tasks at 100 % become 15 in step 4, which are ready from step 5 on and use this CPU. */
  const then = (cpu: number) => (step: number) => (step < 5 ? { cpu: 1, ready: 10 } : { cpu, ready: 15 });

  it.each([
    {
      what: 'an equal scale-out waits for the end',
      cpu: 0.9,
      scaleOutCooldownSeconds: 300,
      second: { step: 19, to: 20 },
    },
    { what: 'a larger one acts within it', cpu: 0.95, scaleOutCooldownSeconds: 300, second: { step: 7, to: 21 } },
    {
      what: 'without a cooldown it acts at the next datapoint',
      cpu: 0.9,
      scaleOutCooldownSeconds: 0,
      second: { step: 7, to: 20 },
    },
    { what: 'sixty seconds are over by then', cpu: 0.9, scaleOutCooldownSeconds: 60, second: { step: 7, to: 20 } },
    { what: 'sixty-one are not', cpu: 0.9, scaleOutCooldownSeconds: 61, second: { step: 8, to: 20 } },
  ])('$what', ({ cpu, scaleOutCooldownSeconds, second }) => {
    const [first, next] = changesOf({ scaleOutCooldownSeconds }, 30, then(cpu));
    expect(first).toEqual({ step: 4, to: 15 });
    expect(next).toEqual(second);
  });

  it('is not started where max left nothing to add', () => {
    const changes = changesOf({ scaleOutCooldownSeconds: 600 }, 12, (step, wanted) => ({
      cpu: 1,
      ready: wanted,
      bounds: { min: 2, max: step < 10 ? 10 : 11 },
    }));
    expect(changes).toEqual([{ step: 10, to: 11 }]);
  });
});

describe('scaling in', () => {
  it.each([
    // Datapoint n (from 1) is measured in step n - 1 and seen in step n + 1.
    { metricResolution: '20s', quietSteps: 44, changes: [] },
    { metricResolution: '20s', quietSteps: 45, changes: [{ step: 46, to: 8 }] },
    // Datapoint n is measured in step 3n - 1 and seen four datapoints later, in step 3n + 11.
    { metricResolution: '60s', quietSteps: 42, changes: [] },
    { metricResolution: '60s', quietSteps: 45, changes: [{ step: 56, to: 8 }] },
  ] as const)(
    '$metricResolution: needs fifteen minutes below the margin under target, here $quietSteps steps',
    ({ metricResolution, quietSteps, changes }) => {
      expect(changesOf({ metricResolution }, 100, between(0, quietSteps, 0.5))).toEqual(changes);
    },
  );

  it.each([
    { cpu: 0.9 * 0.7, changes: [] },
    { cpu: 0.629, changes: [{ step: 46, to: 9 }] },
  ])('acts below nine tenths of target, not at it: $cpu', ({ cpu, changes }) => {
    expect(changesOf({}, 47, () => ({ cpu, ready: 10 }))).toEqual(changes);
  });

  it('waits while tasks are starting', () => {
    expect(changesOf({}, 50, () => ({ cpu: 0.5, ready: 9 }))).toEqual([]);
    const until48 = changesOf({}, 50, (step) => ({ cpu: 0.5, ready: step < 48 ? 9 : 10 }));
    expect(until48).toEqual([{ step: 48, to: 7 }]);
  });

  it('stops at min', () => {
    expect(changesOf({}, 47, () => ({ cpu: 0.1, bounds: { min: 6, max: 100 } }))).toEqual([{ step: 46, to: 6 }]);
  });

  it('waits while it is suspended, whatever about scaling out', () => {
    const suspendedIn = { ...NOTHING_SUSPENDED, dynamicScalingIn: true };
    const suspendedOut = { ...NOTHING_SUSPENDED, dynamicScalingOut: true };
    expect(changesOf({}, 60, () => ({ cpu: 0.5, suspended: suspendedIn }))).toEqual([]);
    expect(changesOf({}, 47, () => ({ cpu: 0.5, suspended: suspendedOut }))).toEqual([{ step: 46, to: 8 }]);
  });

  it('is off where the policy disables it', () => {
    expect(changesOf({ disableScaleIn: true }, 60, () => ({ cpu: 0.5 }))).toEqual([]);
  });

  it.each([
    // Datapoints that were measured on ten tasks ask for 8 again; the first on eight tasks is seen in step 49.
    { scaleInCooldownSeconds: 0, second: 49 },
    { scaleInCooldownSeconds: 299, second: 61 },
    { scaleInCooldownSeconds: 300, second: 61 },
    { scaleInCooldownSeconds: 301, second: 62 },
  ])('keeps its cooldown of $scaleInCooldownSeconds s', ({ scaleInCooldownSeconds, second }) => {
    // 10 tasks at 50 % ask for 8, and what is left is as idle as before.
    const changes = changesOf({ scaleInCooldownSeconds }, 63, (_, wanted) => ({ cpu: 0.5, ready: wanted }));
    expect(changes.slice(0, 2).map(({ step }) => step)).toEqual([46, second]);
  });

  it('may follow a scale-out although its own cooldown would still last', () => {
    const hour = { scaleInCooldownSeconds: 3_600 };
    const quiet = (step: number) => ({ cpu: step >= 50 && step < 53 ? 1 : 0.5 });
    expect(changesOf(hour, 110, () => ({ cpu: 0.5 }))).toEqual([{ step: 46, to: 8 }]);
    // Out in step 54 and quiet from step 53 on: 45 datapoints more are seen by step 99.
    expect(changesOf(hour, 110, quiet).map(({ step }) => step)).toEqual([46, 54, 99]);
  });
});

describe('the controller', () => {
  it('keeps to the minutes of the clock when it is put in the middle of one', () => {
    // The first minute it sees begins in step 1 and ends in step 2 like all others do.
    const [first] = changesOf({ metricResolution: '60s' }, 60, () => ({ cpu: 1 }), 1);
    expect(first?.step).toBe(20);
  });

  it('cannot grow from no tasks, which have no CPU', () => {
    const changes = changesOf({}, 20, () => ({ cpu: 1, ready: 0, wanted: 0, bounds: { min: 0, max: 9 } }));
    expect(changes.filter(({ to }) => to !== 0)).toEqual([]);
  });

  it.each([0, -5, 101, NaN])('refuses a target of %d %%', (cpuPercent) => {
    expect(() => new TargetTrackingController(aPolicy({ cpuPercent }))).toThrow(RangeError);
  });
});
