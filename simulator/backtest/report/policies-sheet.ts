import { valueTicks } from '../../report/axes.ts';
import { formatQuantity, formatShare } from '../../report/format.ts';
import type { Markup } from '../../report/markup.ts';
import { areaPath, bandPath, linePath, stepPath } from '../../report/plot-paths.ts';
import { type Panel, renderSheet } from '../../report/plot-sheet.ts';
import type { Series } from '../../report/report-data.ts';
import { peakOf } from '../../report/service-section.ts';
import { CLAIRVOYANT, FULCRUM } from '../catalogue.ts';
import type { ExpectedBand, PolicyView, ReportView } from './report-view.ts';

/** Idle capacity may tower over the load; so many times its peak is as far as it is worth following. */
const WORTH_FOLLOWING = 1.5;

/** The load with the capacity of each policy below one another, on one time axis and one scale. */
export function policiesSheet(view: ReportView): Markup {
  const { load, expected, plots } = view;
  // The clairvoyant follows the load by definition: nothing to see.
  const policies = view.policies.filter(({ result }) => result.name !== CLAIRVOYANT);
  const highest = Math.max(...policies.map(({ capacity }) => peakOf(capacity)), peakOf(load));
  const ticks = valueTicks(Math.min(highest, WORTH_FOLLOWING * peakOf(load)), 3);
  return renderSheet(
    {
      id: 'policies',
      name: 'all policies',
      pulls: [],
      shortfalls: policies.map((policy) => ({
        label: `short: ${policy.letter}`,
        run: policy,
        summary: `${policy.result.title}: ${shortfallInWords(policy)}`,
      })),
      panels: [
        ...(expected === null ? [] : [forecastPanel(load, expected)]),
        ...policies.map((policy, index) => capacityPanel(policy, load, ticks, index)),
      ],
      readouts: [
        { label: 'Load', unit: '/s', fulcrum: load, baseline: null },
        ...policies.map(({ letter, result, ready }) => ({
          label: `${letter} ${result.name}: tasks ready`,
          unit: '',
          fulcrum: ready,
          baseline: null,
        })),
      ],
    },
    plots,
  );
}

function shortfallInWords({ result: { summary } }: PolicyView): string {
  return `${formatShare(summary.missedShare)} missed, ${formatShare(summary.lostShare)} lost`;
}

function capacityPanel(policy: PolicyView, load: Series, ticks: readonly number[], index: number): Panel {
  const { letter, result, capacity, lostPerSecond } = policy;
  const top = ticks.at(-1) ?? 1;
  const explained = (label: string): string | null => (index === 0 ? label : null);
  const lost = load.map((value, point) => ((lostPerSecond[point] ?? 0) > 0 ? value : null));
  const line = result.name === FULCRUM ? 'line fulcrum' : 'line capacity';
  return {
    title: `${letter} · ${result.title}`,
    unit: index === 0 ? `load/s · ${shortfallInWords(policy)}` : shortfallInWords(policy),
    size: 'low',
    ticks,
    references: [],
    shapes: [
      { className: 'area load', path: areaPath(load, top), label: explained('load') },
      { className: 'area lost', path: bandPath(capacity, lost, top), label: explained('lost: above what is ready') },
      { className: line, path: stepPath(capacity, top), label: explained('what the ready tasks carry at 100 % CPU') },
    ],
    summary: `${result.title}: ${shortfallInWords(policy)}, up to ${formatQuantity(peakOf(policy.ready))} tasks ready.`,
  };
}

function forecastPanel(load: Series, { low, high, label, explanation }: ExpectedBand): Panel {
  const ticks = valueTicks(Math.min(Math.max(peakOf(load), peakOf(high)), WORTH_FOLLOWING * peakOf(load)), 3);
  const top = ticks.at(-1) ?? 1;
  return {
    title: 'Forecast against what came',
    unit: 'load/s',
    size: 'tall',
    ticks,
    references: [],
    shapes: [
      { className: 'area expected', path: bandPath(low, high, top), label },
      { className: 'line came', path: linePath(load, top), label: 'load that came' },
    ],
    summary: `The load over the band in which it was ${label}. ${explanation}`,
  };
}
