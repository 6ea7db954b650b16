import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import { backtestJson } from '../../../simulator/backtest/backtest-json.ts';
import { ALL_POLICIES, choosePolicies, FRONTIER_TARGETS, PEERS } from '../../../simulator/backtest/catalogue.ts';
import { type BacktestPlan, runBacktest } from '../../../simulator/backtest/run-backtest.ts';
import { scoredPart } from '../../../simulator/backtest/season.ts';
import { loadPerStep, type SteppedLoad } from '../../../simulator/load/trace.ts';
import { TWO_OR_MORE } from '../../../simulator/plant/run.ts';
import { aTrace } from '../load/a-trace.ts';
import { aLoad, tidal } from './loads.ts';

function aPlan(load: SteppedLoad, over: Partial<BacktestPlan> = {}): BacktestPlan {
  return {
    load,
    taskCapacity: 40,
    startupSeconds: 60,
    bounds: TWO_OR_MORE,
    targetPercent: 70,
    cooldowns: { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
    signal: '1m',
    control: DEFAULT_SETTINGS,
    warmUpSteps: 0,
    policies: choosePolicies(ALL_POLICIES),
    ...over,
  };
}

const cut = ({ startsAt, perSecond, missing }: SteppedLoad, steps: number): SteppedLoad => ({
  startsAt,
  perSecond: perSecond.slice(0, steps),
  missing: missing.slice(0, steps),
});

/** Every policy at one target, so that a walk of many is quick. */
const oneTarget = choosePolicies(
  ALL_POLICIES.map((name) => (PEERS.some((peer) => peer.name === name) ? `${name}@70` : name)),
);

describe('no policy looks ahead', () => {
  // The floors of the peers need two days to begin with.
  const whole = tidal(2.5 * 4_320);

  it.each([
    { startupSeconds: 60, signal: '1m' as const },
    { startupSeconds: 600, signal: '20s' as const },
  ])('what comes out for a prefix is the prefix of what comes out for all, $startupSeconds s, $signal', (setting) => {
    const full = runBacktest(aPlan(whole, { ...setting, policies: oneTarget }));
    fc.assert(
      fc.property(fc.integer({ min: 15, max: whole.perSecond.length }), (steps) => {
        const part = runBacktest(aPlan(cut(whole, steps), { ...setting, policies: oneTarget }));
        for (const [index, { name, run }] of part.policies.entries()) {
          for (const what of ['wanted', 'ready', 'min'] as const) {
            const expected = full.policies[index]!.run[what].subarray(0, steps);
            expect({ name, what, same: run[what].every((tasks, step) => tasks === expected[step]) }).toEqual({
              name,
              what,
              same: true,
            });
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  it('holds for any load, not only for what goes on as before', () => {
    const rough = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 30, maxLength: 400 });
    fc.assert(
      fc.property(rough, fc.nat(), rough, (before, cutAt, instead) => {
        const steps = 15 + (cutAt % (before.length - 15));
        const load = aLoad(before);
        const other = aLoad([...before.slice(0, steps), ...instead]);
        const [one, two] = [load, other].map((each) => runBacktest(aPlan(each, { policies: oneTarget })));
        for (const [index, { run }] of one!.policies.entries()) {
          expect(run.wanted.subarray(0, steps)).toEqual(two!.policies[index]!.run.wanted.subarray(0, steps));
          expect(run.ready.subarray(0, steps)).toEqual(two!.policies[index]!.run.ready.subarray(0, steps));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of rows of a trace the half interval at the end is open: its load leads to a value that is not there yet', () => {
    const rows = Array.from({ length: 300 }, (_, row) => 60 * (500 + 300 * Math.sin(row / 20) + ((row * 7) % 50)));
    const policies = oneTarget;
    const full = runBacktest(aPlan(loadPerStep(aTrace(rows)), { policies }));
    const part = runBacktest(aPlan(loadPerStep(aTrace(rows.slice(0, 200))), { policies }));
    const sure = 199.5 * 3;
    for (const [index, { run }] of part.policies.entries()) {
      expect(run.wanted.subarray(0, sure)).toEqual(full.policies[index]!.run.wanted.subarray(0, sure));
    }
  });
});

describe('a backtest', () => {
  const plan = aPlan(tidal(2 * 4_320), { warmUpSteps: 4_320, bounds: { min: 3, max: 30 } });
  const result = runBacktest(plan);

  it('walks through every policy in the order asked for, each at the target of the service', () => {
    expect(result.policies.map(({ name }) => name)).toEqual(ALL_POLICIES);
    expect(result.policies.find(({ name }) => name === 'tt20')?.targetPercent).toBe(70);
    expect(result.policies.find(({ name }) => name === 'clairvoyant')?.targetPercent).toBeNull();
  });

  it('keeps every policy within the bounds', () => {
    for (const { run } of result.policies) {
      expect(Math.min(...run.wanted)).toBeGreaterThanOrEqual(3);
      expect(Math.max(...run.wanted)).toBeLessThanOrEqual(30);
      expect(Math.max(...run.min)).toBeLessThanOrEqual(30);
      expect(run.wanted.every((tasks, step) => tasks >= run.min[step]! && run.ready[step]! <= tasks)).toBe(true);
    }
  });

  it('tries the peers at the targets of the frontier and at that of the service', () => {
    const hpa = result.policies.find(({ name }) => name === 'hpa')!;
    expect(hpa.frontier.map(({ targetPercent }) => targetPercent)).toEqual([35, 45, 55, 65, 70, 75, 85]);
    expect(hpa.frontier.find(({ targetPercent }) => targetPercent === 70)).toMatchObject({ j: hpa.summary.j });
    expect(FRONTIER_TARGETS).not.toContain(70);
  });

  it('has no frontier for a policy with a target of its own', () => {
    const [own] = runBacktest({ ...plan, policies: choosePolicies(['tt20@55']) }).policies;
    expect(own).toMatchObject({ name: 'tt20@55', targetPercent: 55, frontier: [] });
  });

  it('lets Fulcrum choose its target, and shows what it expected', () => {
    const fulcrum = result.policies.find(({ name }) => name === 'fulcrum')!;
    expect(fulcrum).toMatchObject({ targetPercent: null, frontier: [] });
    const { low, high } = fulcrum.expectations!;
    expect(high.filter((value, period) => value! < low[period]!)).toEqual([]);
    expect(Object.keys(high).length).toBeGreaterThan(500);
    expect(new Set(fulcrum.run.min).size).toBeGreaterThan(3);
  });

  it('measures the clairvoyant by itself: cost 1, and nothing missed but what max forbids', () => {
    const clairvoyant = result.policies.find(({ name }) => name === 'clairvoyant')!;
    expect(clairvoyant.summary.costRatio).toBe(1);
    expect(clairvoyant.summary.missedShare).toBeGreaterThan(0);
    const free = runBacktest({ ...plan, bounds: TWO_OR_MORE, policies: choosePolicies(['clairvoyant']) });
    expect(free.policies[0]?.summary).toMatchObject({ costRatio: 1, j: 1, missedShare: 0, lostShare: 0 });
  });

  it('tells how far it is, up to the end', () => {
    const shares: number[] = [];
    runBacktest({ ...plan, policies: choosePolicies(['tt60', 'clairvoyant']) }, (share) => shares.push(share));
    expect(shares).toHaveLength(8);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
  });

  it('says so when nothing is left to score', () => {
    const load = aLoad(new Float64Array(100).fill(5), { missing: new Uint8Array(100).fill(1, 50) });
    expect(() => runBacktest(aPlan(load, { warmUpSteps: 60 }))).toThrow('not one recorded value');
  });

  it('writes JSON with arrays over the whole trace and nothing else', () => {
    const json = JSON.parse([...backtestJson('some.csv', result)].join('')) as Record<string, unknown>;
    expect(Object.keys(json)).toEqual([
      'trace',
      'start',
      'stepSeconds',
      'startupSeconds',
      'taskCapacity',
      'warmUpSteps',
      'load',
      'policies',
    ]);
    expect(json).toMatchObject({
      trace: 'some.csv',
      start: '2026-11-02T00:00:00.000Z',
      stepSeconds: 20,
      warmUpSteps: 4_320,
    });
    expect(json['load']).toEqual([...plan.load.perSecond]);
    const policies = json['policies'] as Record<string, Record<'wanted' | 'ready' | 'min', readonly number[]>>;
    expect(Object.keys(policies)).toEqual(ALL_POLICIES);
    for (const { name, run, summary } of result.policies) {
      expect(Object.keys(policies[name]!)).toEqual(['wanted', 'ready', 'min', 'summary']);
      for (const what of ['wanted', 'ready', 'min'] as const) expect(policies[name]![what]).toEqual([...run[what]]);
      expect(policies[name]).toMatchObject({ summary: { j: summary.j, elasticity: summary.elasticity } });
    }
  });
});

describe('the choice of policies', () => {
  it.each([
    { names: ['tt21'], message: 'there is no policy "tt21"; choose from fulcrum, tt60' },
    { names: [''], message: 'there is no policy ""' },
    { names: ['clairvoyant@70'], message: 'there is no policy "clairvoyant@70"' },
    { names: ['fulcrum@70'], message: 'there is no policy "fulcrum@70"' },
    { names: ['tt20@0'], message: 'the target of "tt20@0" must be a percentage' },
    { names: ['tt20@'], message: 'the target of "tt20@"' },
    { names: ['tt20@101'], message: 'the target of "tt20@101"' },
    { names: ['tt20@5@5'], message: 'there is no policy "tt20@5@5"' },
    { names: ['fast', 'fast'], message: '"fast" is named twice' },
    { names: [], message: 'name at least one policy' },
  ])('$names is refused', ({ names, message }) => {
    expect(() => choosePolicies(names)).toThrow(message);
  });
});

describe('the part of a load that is scored', () => {
  const days = (count: number) => aLoad(new Float64Array(count * 4_320).fill(3));

  it.each([
    { length: 30, asked: null, warmUp: 14 },
    { length: 15, asked: null, warmUp: 7 },
    { length: 9, asked: null, warmUp: 3 },
    { length: 3, asked: null, warmUp: 0 },
    { length: 30, asked: 2, warmUp: 2 },
    { length: 30, asked: 0, warmUp: 0 },
  ])('of $length days, asked for $asked: $warmUp days of warm-up', ({ length, asked, warmUp }) => {
    expect(scoredPart(days(length), asked).warmUpSteps).toBe(warmUp * 4_320);
  });

  it('says what a reader has to know about a short trace', () => {
    expect(scoredPart(days(1), null).notes).toEqual([
      expect.stringContaining('24.0 hours long, less than two days'),
      expect.stringContaining('too short for a warm-up'),
    ]);
    expect(scoredPart(days(5), null).notes).toEqual([expect.stringContaining('weekly patterns cannot be learned')]);
    expect(scoredPart(days(15), null).notes).toEqual([]);
  });

  it('says how much is missing', () => {
    const missing = new Uint8Array(15 * 4_320).fill(1, 0, 6_480);
    expect(scoredPart({ ...days(15), missing }, null).notes).toEqual([expect.stringContaining('10.0 % of the trace')]);
  });

  it('refuses a warm-up that leaves nothing, a load below five minutes, and one of more than three years', () => {
    expect(() => scoredPart(days(5), 5)).toThrow('a warm-up of 5 days leaves nothing to score of 5.0 days');
    expect(() => scoredPart(aLoad([1, 2, 3]), null)).toThrow('the trace is 60 s long');
    expect(() => scoredPart(days(1_200), null)).toThrow('the trace is 1200 days long');
  });
});
