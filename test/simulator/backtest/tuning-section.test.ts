import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import { choosePolicies } from '../../../simulator/backtest/catalogue.ts';
import { renderBacktest, type TuningFacts } from '../../../simulator/backtest/report/render-backtest.ts';
import { type BacktestPlan, runBacktest } from '../../../simulator/backtest/run-backtest.ts';
import { verdictOf } from '../../../simulator/backtest/verdict.ts';
import { trackingFamily } from '../../../simulator/tune/families.ts';
import { keeps } from '../../../simulator/tune/service-level.ts';
import { tune } from '../../../simulator/tune/tune.ts';
import { aSetup, tidal } from './loads.ts';

const plan: BacktestPlan = {
  ...aSetup({ control: DEFAULT_SETTINGS }),
  load: tidal(4 * 4_320),
  warmUpSteps: 0,
  policies: choosePolicies(['tt60', 'clairvoyant']),
};
const level = { missedShare: 0.02, lostShare: null };
const found = tune(plan, [trackingFamily(plan, 60)], level);
const [tracking] = found.families;
const policy = tracking!.family.policyAt(tracking!.best.point);
const result = runBacktest({
  ...plan,
  policies: [...plan.policies, { kind: 'stepping', name: policy.name, policy, targetPercent: 55 }],
});
const facts: TuningFacts = { result: found, fragments: [{ title: 'For <you>', yaml: 'fleets:\n  - name: "<b>"\n' }] };
const page = renderBacktest(result, { traceName: 'shop.csv', notes: [] }, facts);
const section = page.slice(page.indexOf('<section id="tuning">'), page.indexOf('<section id="plots"'));
const count = (piece: string) => section.split(piece).length - 1;

describe('the settings in the report of a backtest', () => {
  it('are a section of their own, only where something was searched', () => {
    expect(page).toContain('<a href="#tuning">Tuning</a>');
    expect(section).toContain('Settings for at most 2\u00a0% of the load missed');
    expect(renderBacktest(result, { traceName: 'shop.csv', notes: [] })).not.toContain('#tuning"');
  });

  it('show default and found on both parts, and whether they keep the level', () => {
    for (const { tuning, heldOut } of [tracking!.standing, tracking!.best]) {
      expect(section).toContain(`<td>${(100 * tuning.missedShare).toFixed(2)}\u00a0%<small`);
      expect(section).toContain(`<td>${(100 * heldOut.missedShare).toFixed(2)}\u00a0%<small`);
    }
    const outcomes = [tracking!.standing, tracking!.best].flatMap(({ tuning, heldOut }) => [tuning, heldOut]);
    const kept = outcomes.filter((outcome) => keeps(outcome, level)).length;
    expect(kept).toBeGreaterThan(0);
    expect(count('<small class="good">keeps the level')).toBe(kept);
    expect(count('<small class="bad">breaks it')).toBe(4 - kept);
  });

  it('draw what was tried, the level, and the default apart from what was found and its proof', () => {
    expect(count('<i class="trial-dot hue-1"')).toBeGreaterThan(10);
    expect(count('<path class="level"')).toBe(1);
    expect(count('<span class="letter"')).toBe(3);
    expect(count('<i class="proof-mark hue-1"></i></span>')).toBe(1);
    expect(section).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('keep every mark inside the plot, and put what is far above the level at its edge', () => {
    const tops = [...section.matchAll(/top:(-?[\d.]+)%/g)].map(([, top]) => Number(top));
    const lefts = [...section.matchAll(/left:(-?[\d.]+)%/g)].map(([, left]) => Number(left));
    for (const value of [...tops, ...lefts]) expect(value >= 0 && value <= 100).toBe(true);
  });

  it('escape what a configuration may hold', () => {
    expect(section).toContain('For &lt;you&gt;');
    expect(section).toContain('name: &quot;&lt;b&gt;&quot;');
  });

  it('leave the verdict to policies that were not fitted to the load', () => {
    expect(verdictOf(result, ({ name }) => name)).toMatch(/^tt60: /);
    expect(page).toMatch(/<tr class="hue-1"><th scope="row"><b class="chip hue-1">C<\/b>/);
  });
});
