import { describe, expect, it } from '@jest/globals';
import { fittingTasks, runTargetTracking, TWO_OR_MORE } from '../../../simulator/plant/run.ts';
import { scoreRun } from '../../../simulator/plant/score.ts';
import { aPolicy } from './a-policy.ts';

const aLoad = (perSecond: Float64Array) => ({ startsAt: 0, perSecond, missing: new Uint8Array(perSecond.length) });

/** Noise around 220 requests a second, with a jump by 900 for a hundred minutes every eight hours and a bit. */
const jumpy = aLoad(
  Float64Array.from({ length: 4_000 }, (_, step) => {
    const jump = step % 1_500 >= 700 && step % 1_500 < 1_000 ? 900 : 0;
    return 200 + (40 * ((step * step * 7_919) % 997)) / 997 + jump;
  }),
);

const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);

describe('target tracking over a load', () => {
  // Sums over all steps, from an independent implementation of the same rules in Python.
  it.each([
    {
      metricResolution: '60s',
      cpuPercent: 65,
      startupSeconds: 60,
      ready: 136_753,
      wanted: 137_620,
      changes: 24,
      missed: 0.10344933194967848,
      lost: 0.049895323707102965,
    },
    {
      metricResolution: '60s',
      cpuPercent: 70,
      startupSeconds: 60,
      ready: 125_185,
      wanted: 125_941,
      changes: 27,
      missed: 0.13327653178405774,
      lost: 0.059815818157170186,
    },
    {
      metricResolution: '60s',
      cpuPercent: 70,
      startupSeconds: 600,
      ready: 108_810,
      wanted: 116_280,
      changes: 24,
      missed: 0.3480665393647201,
      lost: 0.1499818021368779,
    },
    {
      metricResolution: '20s',
      cpuPercent: 65,
      startupSeconds: 180,
      ready: 137_781,
      wanted: 139_680,
      changes: 20,
      missed: 0.0697330362796303,
      lost: 0.03089010698634128,
    },
    {
      metricResolution: '20s',
      cpuPercent: 70,
      startupSeconds: 60,
      ready: 129_649,
      wanted: 130_237,
      changes: 22,
      missed: 0.043231107163690316,
      lost: 0.01870869720156514,
    },
    {
      metricResolution: '20s',
      cpuPercent: 70,
      startupSeconds: 600,
      ready: 113_355,
      wanted: 119_235,
      changes: 21,
      missed: 0.257844715366665,
      lost: 0.10646144035433722,
    },
  ] as const)(
    'on $metricResolution metrics at $cpuPercent percent, tasks starting in $startupSeconds s',
    ({ metricResolution, cpuPercent, startupSeconds, ready, wanted, changes, missed, lost }) => {
      const run = runTargetTracking({
        load: jumpy,
        taskCapacity: 20,
        startupSeconds,
        bounds: TWO_OR_MORE,
        targetTracking: aPolicy({ metricResolution, cpuPercent }),
      });
      const score = scoreRun(jumpy, run, 20, 0);
      expect({ ready: sum(run.ready), wanted: sum(run.wanted) }).toEqual({ ready, wanted });
      expect(score.capacityChanges).toBe(changes);
      expect(score.missedShare).toBeCloseTo(missed, 12);
      expect(score.lostShare).toBeCloseTo(lost, 12);
    },
  );

  const cooledDown = (metricResolution: '20s' | '60s', scaleOutCooldownSeconds: number) =>
    runTargetTracking({
      load: jumpy,
      taskCapacity: 20,
      startupSeconds: 60,
      bounds: TWO_OR_MORE,
      targetTracking: aPolicy({ metricResolution, scaleOutCooldownSeconds }),
    });

  it('is the same without a scale-out cooldown and with one of 60 s', () => {
    expect(cooledDown('20s', 60)).toEqual(cooledDown('20s', 0));
    expect(cooledDown('60s', 60)).toEqual(cooledDown('60s', 0));
    expect(cooledDown('20s', 300)).not.toEqual(cooledDown('20s', 0));
  });

  it('obeys scheduled actions and bounds', () => {
    const minute = 60_000;
    const { wanted } = runTargetTracking({
      load: aLoad(new Float64Array(12).fill(65)),
      taskCapacity: 10,
      startupSeconds: 60,
      bounds: { min: 2, max: 12 },
      targetTracking: aPolicy(),
      scheduled: [
        { name: 'down', at: 3 * minute, min: 2, max: 9 },
        { name: 'up', at: minute, min: 11 },
      ],
    });
    expect([...wanted]).toEqual([10, 10, 10, 11, 11, 11, 11, 11, 11, 9, 9, 9]);
  });
});

describe('the tasks that fit the start of a load', () => {
  it.each([
    { perSecond: [70], then: 10 },
    { perSecond: [70.1], then: 11 },
    { perSecond: [0], then: 2 },
    { perSecond: [9_000], then: 50 },
    // Sixteen values: the last is not among the first five minutes.
    { perSecond: [...Array<number>(15).fill(70), 1e9], then: 10 },
  ])('$then', ({ perSecond, then }) => {
    expect(fittingTasks(aLoad(Float64Array.from(perSecond)), 10, 70, { min: 2, max: 50 })).toBe(then);
  });
});
