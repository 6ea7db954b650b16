import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import { ALL_POLICIES, choosePolicies } from '../../../simulator/backtest/catalogue.ts';
import { renderBacktest } from '../../../simulator/backtest/report/render-backtest.ts';
import { type BacktestResult, runBacktest } from '../../../simulator/backtest/run-backtest.ts';
import { TWO_OR_MORE } from '../../../simulator/plant/run.ts';
import { tidal } from './loads.ts';

const result = runBacktest({
  load: tidal(3 * 4_320),
  taskCapacity: 40,
  startupSeconds: 180,
  bounds: TWO_OR_MORE,
  targetPercent: 70,
  cooldowns: { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
  signal: '1m',
  control: DEFAULT_SETTINGS,
  warmUpSteps: 4_320,
  policies: choosePolicies(ALL_POLICIES),
});
const page = renderBacktest(result, { traceName: 'shop.csv', notes: ['It rained.'] });
/** Without the script, which knows such words. */
const drawn = (html: string) => html.replace(/<script>[\s\S]*<\/script>/, '');
const count = (piece: string | RegExp, text = page) => text.split(piece).length - 1;

describe('the report of a backtest', () => {
  it('stands alone: no address, no file', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|<link|<img|<iframe|<object|url\(/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].every((match) => match[1]!.startsWith('#'))).toBe(true);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('leads to sections that exist', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]));
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect(ids).toContain(link);
  });

  it('shows every policy in table and frontier, and all but the clairvoyant in plots, strips and failures', () => {
    const steppers = ALL_POLICIES.length - 1;
    expect(count('<tr class="')).toBe(ALL_POLICIES.length);
    expect(count('<span class="letter"')).toBe(ALL_POLICIES.length);
    expect(count('<figure class="panel">')).toBe(steppers + 1);
    expect(count('class="lane short"')).toBe(steppers);
    expect(count(/<tr><th scope="row"><b class="chip/)).toBe(steppers);
  });

  it('shows the figures that were counted', () => {
    for (const { summary } of result.policies) {
      expect(page).toContain(`${(100 * summary.missedShare).toFixed(2)}\u00a0%`);
      expect(page).toContain(summary.j.toFixed(2));
    }
  });

  it('draws only the scored part', () => {
    expect(page).toContain('3 November 2026 to 4 November 2026');
    expect(page).toContain('1 day at the start go through the policies, but are neither scored nor shown');
  });

  it('says what a reader has to know', () => {
    expect(page).toContain('It rained.');
  });

  it('escapes the name of the file and the notes', () => {
    const poisoned = renderBacktest(result, { traceName: '<script>alert(1)</script>', notes: ['<b onclick=x>'] });
    expect(count('<script>', poisoned)).toBe(1);
    expect(poisoned).not.toContain('<b onclick');
  });

  it('draws no number that is none', () => {
    expect(drawn(page)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('shows the load over the band in which a policy expected it', () => {
    const periods = result.plan.load.perSecond.length / 3;
    const band = (value: number) =>
      Array.from({ length: periods }, (_, period) => (period < 2_000 ? undefined : value));
    const expectations = {
      label: 'expected at noon',
      explanation: 'An hour ahead.',
      periodSteps: 3,
      low: band(100),
      high: band(900),
    };
    const [first, ...rest] = result.policies;
    const expecting: BacktestResult = { ...result, policies: [{ ...first!, expectations }, ...rest] };
    const unexpected = result.policies.map((policy) => ({ ...policy, expectations: null }));
    const withBand = renderBacktest(expecting, { traceName: 'shop.csv', notes: [] });
    expect(renderBacktest({ ...result, policies: unexpected }, { traceName: 'x', notes: [] })).not.toContain(
      'Forecast against',
    );
    expect(withBand).toContain('Forecast against what came');
    expect(withBand).toContain('expected at noon');
    expect(drawn(withBand)).not.toMatch(/NaN|undefined/);
  });

  it('puts a policy that misses beyond measure at the edge, with its figure', () => {
    const [, first, ...rest] = result.policies;
    const summary = { ...first!.summary, missedShare: 0.9, j: 91 };
    const html = renderBacktest(
      { ...result, policies: [{ ...first!, summary, frontier: [] }, ...rest] },
      { traceName: 'x', notes: [] },
    );
    expect(html).toContain('↑ 90.0\u00a0%');
  });
});
