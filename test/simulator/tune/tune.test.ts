import { describe, expect, it } from '@jest/globals';
import { choosePolicies } from '../../../simulator/backtest/catalogue.ts';
import { type BacktestPlan, runBacktest } from '../../../simulator/backtest/run-backtest.ts';
import type { SteppedLoad } from '../../../simulator/load/trace.ts';
import { fulcrumFamily, trackingFamily } from '../../../simulator/tune/families.ts';
import { frontierOf } from '../../../simulator/tune/frontier.ts';
import type { ServiceLevel } from '../../../simulator/tune/service-level.ts';
import { tuneJson } from '../../../simulator/tune/tune-json.ts';
import { conclusionInWords, recommendationInWords } from '../../../simulator/tune/tune-words.ts';
import { partsOf, tune } from '../../../simulator/tune/tune.ts';
import { aLoad, aSetup, tidal } from '../backtest/loads.ts';

const DAY_STEPS = 4_320;
const level: ServiceLevel = { missedShare: 0.02, lostShare: null };

function aPlan(load: SteppedLoad, over: Partial<BacktestPlan> = {}): BacktestPlan {
  return { ...aSetup(), load, warmUpSteps: 0, policies: choosePolicies(['tt20']), ...over };
}

const track = (plan: BacktestPlan, over: Partial<ServiceLevel> = {}) =>
  tune(plan, [trackingFamily(plan, 60)], { ...level, ...over });

describe('the parts of a load', () => {
  it('are warm-up, two thirds to search and one to prove', () => {
    const { from, split, load } = partsOf(aPlan(tidal(7 * DAY_STEPS), { warmUpSteps: DAY_STEPS }));
    expect([from, split, load.perSecond.length].map((step) => step / DAY_STEPS)).toEqual([1, 5, 7]);
  });

  it('are the last 56 days and their warm-up of a longer load', () => {
    const long = aLoad(new Float64Array(100 * DAY_STEPS).map((_, step) => step));
    const { from, split, load } = partsOf(aPlan(long, { warmUpSteps: 14 * DAY_STEPS }));
    expect([from, load.perSecond.length].map((step) => step / DAY_STEPS)).toEqual([14, 70]);
    expect(split).toBe(load.perSecond.length - Math.floor((56 * DAY_STEPS) / 3));
    expect(load.perSecond[0]).toBe(30 * DAY_STEPS);
    expect(load.startsAt).toBe(long.startsAt + 30 * 86_400_000);
  });

  it('need three days', () => {
    expect(() => partsOf(aPlan(tidal(3 * DAY_STEPS - 1)))).toThrow(
      '--tune has 3.0 days to score after the warm-up and needs 3',
    );
    expect(partsOf(aPlan(tidal(3 * DAY_STEPS))).split).toBe(2 * DAY_STEPS);
  });

  it.each([
    { what: 'searched', from: 0, to: 2 * DAY_STEPS },
    { what: 'held out', from: 2 * DAY_STEPS, to: 3 * DAY_STEPS },
  ])('need a recorded value to be $what', ({ from, to }) => {
    const missing = new Uint8Array(3 * DAY_STEPS).fill(1, from, to);
    expect(() => partsOf(aPlan({ ...tidal(3 * DAY_STEPS), missing }))).toThrow('not one recorded value');
  });
});

describe('tuning', () => {
  const load = tidal(6 * DAY_STEPS);
  const plan = aPlan(load);
  const result = track(plan);
  const [tracking] = result.families;

  it('never looks at the part that is held out', () => {
    const { split } = result.parts;
    const changed = load.perSecond.map((value, step) => (step < split ? value : 3 * value + 100));
    const other = track(aPlan({ ...load, perSecond: changed })).families[0]!;
    expect(other.search).toEqual(tracking!.search);
    expect(other.best.point).toEqual(tracking!.best.point);
    expect(other.best.heldOut).not.toEqual(tracking!.best.heldOut);
  });

  it('states what a backtest of these settings would: the default on the part that is held out', () => {
    const { standing } = tracking!;
    const [tt60] = runBacktest({
      ...plan,
      policies: choosePolicies(['tt60']),
      warmUpSteps: result.parts.split,
    }).policies;
    const { taskHours, costRatio, missedShare, lostShare } = tt60!.summary;
    expect(standing.heldOut).toEqual({ taskHours, costRatio, missedShare, lostShare });
  });

  it('has the same figures for the part that was searched, however far the walk goes on', () => {
    const { standing, best, search } = tracking!;
    for (const { point, tuning } of [standing, best]) {
      expect(search.trials.find((trial) => trial.point.join() === point.join())?.outcome).toMatchObject(tuning);
    }
  });

  it('finds what is cheaper than the default and keeps the level on both parts', () => {
    const { standing, best, recommendation } = tracking!;
    expect(standing.tuning.missedShare).toBeGreaterThan(level.missedShare);
    expect(best.tuning.missedShare).toBeLessThanOrEqual(level.missedShare);
    expect(recommendation).toEqual({ kind: 'change', held: 'kept' });
    expect(recommendationInWords(tracking!, level)).toMatch(
      /^Change .*metricResolution 60s → 20s.* missed instead of /,
    );
    expect(conclusionInWords(result)).toContain('was the cheapest that kept the level');
  });

  it('gives the same again', () => {
    expect(JSON.stringify(tuneJson(track(plan)))).toBe(JSON.stringify(tuneJson(result)));
  });

  it('says so when nothing keeps the level, and what comes nearest', () => {
    const strict = track({ ...plan, bounds: { min: 2, max: 20 } }, { missedShare: 0 }).families[0]!;
    const words = recommendationInWords(strict, { ...level, missedShare: 0 });
    expect(strict.best.tuning.missedShare).toBeGreaterThan(0);
    expect(words).toMatch(/Nothing that was tried keeps the level[.;] [Nn]earest comes/);
  });

  it('keeps the default where the load never changes', () => {
    const constant = track(aPlan(aLoad(new Float64Array(3 * DAY_STEPS).fill(900)))).families[0]!;
    expect(constant.recommendation).toEqual({ kind: 'keep', because: 'constant-load' });
    expect(recommendationInWords(constant, level)).toMatch(/^Keep the default\. The load never changes/);
  });

  it('takes a load of nothing at all without a number that is none', () => {
    const silent = track(aPlan(aLoad(new Float64Array(3 * DAY_STEPS))));
    expect(JSON.stringify(tuneJson(silent))).not.toContain('null,"');
    expect(silent.families[0]!.recommendation.kind).toBe('keep');
  });

  it('walks Fulcrum through with the settings that it prints', () => {
    const seen: unknown[] = [];
    const family = fulcrumFamily(plan);
    const spied = {
      ...family,
      axes: [],
      policyAt: (point: readonly number[]) => {
        seen.push(point);
        return family.policyAt(point);
      },
    };
    const dear = tune(plan, [{ ...spied, start: [900, 95, 80, 7, 300] }], level).families[0]!.standing;
    const cheap = tune(plan, [{ ...spied, start: [2, 85, 90, 14, 300] }], level).families[0]!.standing;
    expect(seen).toContainEqual([900, 95, 80, 7, 300]);
    expect(dear.tuning.taskHours).toBeGreaterThan(1.1 * cheap.tuning.taskHours);
    expect(dear.tuning.missedShare).toBeLessThan(cheap.tuning.missedShare);
  });

  it('tells how far it is, and never backwards', () => {
    const shares: number[] = [];
    tune(plan, [trackingFamily(plan, 60), trackingFamily(plan, 20)], level, (share) => shares.push(share));
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
  });

  it('has a frontier of what nothing else undercuts, in JSON with everything that was tried', () => {
    const frontier = frontierOf(tracking!.search.trials).map(({ outcome }) => outcome);
    expect(frontier.length).toBeGreaterThan(3);
    for (const { outcome } of tracking!.search.trials) {
      const beaten = frontier.some(
        (edge) => edge.taskHours <= outcome.taskHours && edge.missedShare <= outcome.missedShare,
      );
      expect(beaten).toBe(true);
    }
    const json = JSON.parse(JSON.stringify(tuneJson(result))) as {
      families: { candidates: { settings: Record<string, unknown> }[] }[];
    };
    expect(json.families[0]!.candidates).toHaveLength(tracking!.search.trials.length);
    expect(json.families[0]!.candidates[0]!.settings).toEqual({
      'targetTracking.cpuPercent': 65,
      'targetTracking.scaleInCooldownSeconds': 300,
      'targetTracking.metricResolution': '60s',
    });
  });
});
