import { describe, expect, it } from '@jest/globals';
import { PEERS } from '../../../simulator/backtest/catalogue.ts';
import { walk } from '../../../simulator/backtest/walk.ts';
import { fittingTasks } from '../../../simulator/plant/run.ts';
import { scoreRun } from '../../../simulator/plant/score.ts';
import { aLoad, aSetup, tidal } from '../backtest/loads.ts';

const peer = (name: string) => PEERS.find((kind) => kind.name === name)!;

/** Feeds a policy with loads and gives what it wanted, as if tasks served at once. */
function wantedUnder(name: string, loads: readonly number[], over: Parameters<typeof aSetup>[0] = {}, tasks = 10) {
  const setup = aSetup({ taskCapacity: 100, ...over });
  const { wanted } = walk(peer(name).create(setup), {
    load: aLoad(loads),
    taskCapacity: setup.taskCapacity,
    startupSeconds: 20,
    bounds: setup.bounds,
    initialTasks: tasks,
  });
  return [...wanted];
}

const steady = (load: number, steps: number) => Array.from({ length: steps }, () => load);
const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);

describe('the peers over ten days with tides, noise and jumps', () => {
  const STEPS = 43_200;
  const COMPARED = 43_000;
  const load = tidal(STEPS);
  const compared = aLoad(load.perSecond.subarray(0, COMPARED));

  // From an independent implementation of the same rules in Python; without the end, where that one knows no forecast.
  // prettier-ignore
  it.each([
  { policy: 'tt60', startupSeconds: 60, ready: 989_612, wanted: 994_232, changes: 335, missed: 0.06583484515925728, lost: 0.023642484746212826 },
  { policy: 'tt20', startupSeconds: 60, ready: 1_000_651, wanted: 1_004_086, changes: 303, missed: 0.021325667099750124, lost: 0.007378756894186401 },
  { policy: 'hpa', startupSeconds: 60, ready: 963_335, wanted: 968_894, changes: 486, missed: 0.015336158761979931, lost: 0.005765949882255222 },
  { policy: 'fast', startupSeconds: 60, ready: 1_002_422, wanted: 1_008_554, changes: 1_106, missed: 0.006185278950186785, lost: 0.0030651385354901533 },
  { policy: 'tt20+aws-predictive', startupSeconds: 60, ready: 1_206_028, wanted: 1_209_595, changes: 270, missed: 0.010747450363542601, lost: 0.0018988508727954124 },
  { policy: 'fast+daily-quantile', startupSeconds: 60, ready: 1_685_510, wanted: 1_690_283, changes: 770, missed: 0.0007161158330952872, lost: 0.00034904049018980114 },
  { policy: 'tt60', startupSeconds: 600, ready: 924_759, wanted: 970_239, changes: 328, missed: 0.16721992466291605, lost: 0.05744124721094884 },
  { policy: 'tt20', startupSeconds: 600, ready: 939_310, wanted: 973_540, changes: 300, missed: 0.11973249703960265, lost: 0.03873050933250565 },
  { policy: 'hpa', startupSeconds: 600, ready: 900_892, wanted: 952_559, changes: 476, missed: 0.11625185871437374, lost: 0.03932367857460605 },
  { policy: 'fast', startupSeconds: 600, ready: 956_219, wanted: 1_008_554, changes: 1_106, missed: 0.04792938033665539, lost: 0.02412941371602826 },
  { policy: 'tt20+aws-predictive', startupSeconds: 600, ready: 1_160_537, wanted: 1_198_847, changes: 283, missed: 0.06678242108333236, lost: 0.013327399417405352 },
  { policy: 'fast+daily-quantile', startupSeconds: 600, ready: 1_663_275, wanted: 1_703_551, changes: 752, missed: 0.00553412276586847, lost: 0.0027005258586439776 },
  ])('$policy with $startupSeconds s of start-up', ({ policy, startupSeconds, ready, wanted, changes, missed, lost }) => {
    const setup = aSetup({ startupSeconds });
    const { taskCapacity, targetPercent, bounds } = setup;
    const initialTasks = fittingTasks(load, taskCapacity, targetPercent, bounds);
    const run = walk(peer(policy).create(setup), { load, taskCapacity, startupSeconds, bounds, initialTasks });
    const seen = { ready: run.ready.subarray(0, COMPARED), wanted: run.wanted.subarray(0, COMPARED) };
    const score = scoreRun(compared, seen, taskCapacity, 4_320);
    expect([sum(seen.ready), sum(seen.wanted), score.capacityChanges]).toEqual([ready, wanted, changes]);
    expect(score.missedShare).toBeCloseTo(missed, 12);
    expect(score.lostShare).toBeCloseTo(lost, 12);
  });
});

describe('the horizontal pod autoscaler', () => {
  it('keeps what it has while the CPU is within 10 % of the target', () => {
    expect(new Set(wantedUnder('hpa', steady(714, 60)))).toEqual(new Set([10]));
  });

  /** What it wants when it has seen so much CPU, with so many tasks ready. */
  const wantedAt = (cpus: readonly number[], tasks: number, targetPercent: number) => {
    const policy = peer('hpa').create(aSetup({ targetPercent }));
    const decisions = cpus.map((cpu, step) =>
      policy.decide({ step, load: 0, isRecorded: true, cpu, ready: tasks, wanted: tasks }),
    );
    return decisions.at(-1)?.wanted;
  };

  it('asks for ceil(ready * CPU / target), with the CPU of two samples that are 40 s old', () => {
    expect(wantedAt([0.65, 0.65, 0.84, 0.9], 10, 65)).toBe(10);
    // (65 + 84) / 2 = 74.5 %: 11.5 tasks.
    expect(wantedAt([0.65, 0.65, 0.84, 0.9, 0.95], 10, 65)).toBe(12);
    // (84 + 90) / 2 = 87 %: 13.4 tasks.
    expect(wantedAt([0.65, 0.65, 0.84, 0.9, 0.95, 0.2], 10, 65)).toBe(14);
  });

  it('at most doubles in a step, or adds four', () => {
    expect(wantedAt([1, 1, 1, 1], 30, 20)).toBe(60);
    expect(wantedAt([1, 1, 1, 1], 2, 20)).toBe(6);
  });

  it('scales in only when five minutes have asked for less', () => {
    const wanted = wantedUnder('hpa', [...steady(650, 20), ...steady(130, 40)]);
    const first = wanted.findIndex((tasks) => tasks < 10);
    // Seen after two steps, then fifteen recommendations below.
    expect(first).toBe(20 + 2 + 15 - 1);
  });
});

describe('fast on requests', () => {
  it('goes straight to the need 20 s later, with half of the slope of two minutes', () => {
    // 1,300 and half of the rise by 650: 1,625 / 65 = 25.
    expect(wantedUnder('fast', [...steady(650, 10), ...steady(1_300, 4)])).toEqual([
      ...steady(10, 11),
      ...steady(25, 3),
    ]);
  });

  it('holds what it had for five minutes', () => {
    const wanted = wantedUnder('fast', [...steady(650, 10), ...steady(130, 30)]);
    expect(wanted.findIndex((tasks) => tasks < 10)).toBe(10 + 15);
    expect(wanted.at(-1)).toBe(2);
  });
});

describe('the floor of an hourly forecast', () => {
  const HOUR = 180;
  const day = [...steady(100, 9 * HOUR), ...steady(1_300, HOUR), ...steady(100, 14 * HOUR)];

  it('knows nothing on the first day, and from then on stands five minutes before the hour begins', () => {
    const setup = aSetup({ taskCapacity: 100, startupSeconds: 20 });
    const { min } = walk(peer('tt20+aws-predictive').create(setup), {
      load: aLoad([...day, ...day]),
      taskCapacity: 100,
      startupSeconds: 20,
      bounds: setup.bounds,
      initialTasks: 2,
    });
    expect(new Set(min.subarray(0, 24 * HOUR - 15))).toEqual(new Set([2]));
    const rise = (24 + 9) * HOUR - 15;
    expect([min[rise - 1], min[rise], min[rise + HOUR - 1], min[rise + HOUR]]).toEqual([2, 20, 20, 2]);
  });
});
