import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import { choosePolicies } from '../../../simulator/backtest/catalogue.ts';
import { type BacktestResult, runBacktest } from '../../../simulator/backtest/run-backtest.ts';
import { verdictOf } from '../../../simulator/backtest/verdict.ts';
import { TWO_OR_MORE } from '../../../simulator/plant/run.ts';
import { aLoad } from './loads.ts';

const result = runBacktest({
  load: aLoad(new Float64Array(60).fill(300)),
  taskCapacity: 40,
  startupSeconds: 60,
  bounds: TWO_OR_MORE,
  targetPercent: 70,
  cooldowns: { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
  signal: '1m',
  control: DEFAULT_SETTINGS,
  warmUpSteps: 0,
  policies: choosePolicies(['tt20@70', 'clairvoyant']),
});

type Row = readonly [name: string, missedShare: number, costRatio: number];

/** The same run under other names, with the figures that matter. */
function scored(rows: readonly Row[]): BacktestResult {
  const [any] = result.policies;
  const policies = rows.map(([name, missedShare, costRatio]) => ({
    ...any!,
    name,
    summary: { ...any!.summary, missedShare, costRatio, j: costRatio + 100 * missedShare },
  }));
  return { ...result, policies };
}

const told = (rows: readonly Row[]) => verdictOf(scored(rows), ({ name }) => name);
const good = 'missed at 1.30 times the least possible task-hours (J 1.50)';
const bad = 'missed at 1.70 times the least possible task-hours (J 2.70)';

// prettier-ignore
describe('the verdict', () => {
  it.each([
    { rows: [['fulcrum', 0.002, 1.3], ['tt20', 0.01, 1.7], ['hpa', 0.1, 1.2]], verdict: `Fulcrum did best: 0.20\u00a0% of the load ${good}. Next is tt20: 1.00\u00a0% of the load ${bad}.` },
    { rows: [['fulcrum', 0.01, 1.7], ['tt20', 0.002, 1.3]], verdict: `Fulcrum did not do best: 1.00\u00a0% of the load ${bad}. tt20 did better: 0.20\u00a0% of the load ${good}.` },
    { rows: [['tt60', 0.01, 1.7], ['tt20', 0.002, 1.3], ['clairvoyant', 0, 1]], verdict: `tt20 did best: 0.20\u00a0% of the load ${good}. tt60 did worst: 1.00\u00a0% of the load ${bad}.` },
    { rows: [['tt60', 0.002, 1.3], ['tt20', 0.002, 1.301]], verdict: `All did alike: 0.20\u00a0% of the load ${good}.` },
    { rows: [['fulcrum', 0.002, 1.3], ['tt20', 0.002, 1.301]], verdict: `Fulcrum and tt20 did alike: 0.20\u00a0% of the load ${good}, and 0.20\u00a0% of the load ${good}.` },
    { rows: [['tt60', 0.002, 1.3]], verdict: `tt60: 0.20\u00a0% of the load ${good}.` },
    { rows: [['fulcrum', 0.002, 1.3]], verdict: `Fulcrum: 0.20\u00a0% of the load ${good}.` },
    { rows: [['clairvoyant', 0, 1]], verdict: '' },
  ] as const)('$verdict', ({ rows, verdict }) => {
    expect(told(rows)).toBe(verdict);
  });
});
