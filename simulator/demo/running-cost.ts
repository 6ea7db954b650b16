import { DAY, type Seconds } from '../../shared/domain/units.ts';
import type { RunningCost } from '../report/report-data.ts';
import type { DemoRun } from './run.ts';

/** Per metric asked of GetMetricData: 0.01 USD for a thousand (Amazon CloudWatch pricing, 2026-11). */
const USD_PER_METRIC = 0.01 / 1_000;

/** What this run would have been charged for metrics, the largest part of what running Fulcrum costs. */
export function runningCostOf({ calls, invocations }: DemoRun, lengthSeconds: Seconds): RunningCost {
  return {
    calls: [
      { name: 'Lambda invocations', count: invocations },
      { name: 'Metrics asked of CloudWatch', count: calls.metricsAsked },
      { name: 'Reads of ECS and Application Auto Scaling', count: calls.reads },
      { name: 'Changes made', count: calls.writes },
    ],
    usd: calls.metricsAsked * USD_PER_METRIC,
    basis: `GetMetricData over ${Math.round(lengthSeconds / DAY)} days at 0.01 USD for a thousand metrics; reads of ECS and Application Auto Scaling are free`,
  };
}
