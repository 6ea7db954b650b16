import { valueTicks, wholeTicks } from './axes.ts';
import { formatCount, formatQuantity, formatShare } from './format.ts';
import { type Markup, markup } from './markup.ts';
import type { PageContext } from './page-context.ts';
import { areaPath, bandPath, linePath, stepPath } from './plot-paths.ts';
import { type Panel, renderSheet, type Sheet } from './plot-sheet.ts';
import type { PolicyRun, Series, ServiceReport } from './report-data.ts';
import { BASELINE, FULCRUM, lostShare, missedShare } from './verdict.ts';

export function serviceSection(service: ServiceReport, index: number, context: PageContext): Markup {
  const { fulcrum, baseline } = service;
  return markup`<section class="service" id="${serviceId(index)}">
<h3>${service.name}</h3>
<p class="facts">${service.taskSize} a task, ${formatQuantity(service.taskCapacityPerSecond)} requests/s each at 100 % CPU · target ${service.targetCpuPercent} % CPU · never above ${service.hardLimit} tasks</p>
<p class="facts">${runInWords(FULCRUM, fulcrum)} ${runInWords('Target tracking alone', baseline)}</p>
${renderSheet(sheetOf(service, index, context), context)}
</section>`;
}

export function serviceId(index: number): string {
  return `service-${index + 1}`;
}

function runInWords(name: string, { figures }: PolicyRun): Markup {
  return markup`<span class="run"><b>${name}</b>: ${formatShare(lostShare(figures))} lost, ${formatShare(missedShare(figures))} missed, ${formatQuantity(figures.taskHours)} task-hours.</span>`;
}

function sheetOf(service: ServiceReport, index: number, context: PageContext): Sheet {
  const { fulcrum, baseline, taskCapacityPerSecond } = service;
  const capacity = (run: PolicyRun): Series => scaled(run.ready, taskCapacityPerSecond);
  return {
    id: serviceId(index),
    name: service.name,
    pulls: context.pulls.filter(({ resource }) => resource === service.resource),
    shortfalls: [
      { label: `short: ${FULCRUM}`, run: fulcrum, summary: shortfallInWords(FULCRUM, fulcrum) },
      { label: 'short: alone', run: baseline, summary: shortfallInWords(BASELINE, baseline) },
    ],
    panels: [loadPanel(service, capacity), tasksPanel(service), cpuPanel(service)],
    readouts: [
      { label: 'Load', unit: '/s', fulcrum: service.loadPerSecond, baseline: null },
      { label: 'Capacity', unit: '/s', fulcrum: capacity(fulcrum), baseline: capacity(baseline) },
      { label: 'Missed', unit: '/s', fulcrum: fulcrum.missedPerSecond, baseline: baseline.missedPerSecond },
      { label: 'Lost', unit: '/s', fulcrum: fulcrum.lostPerSecond, baseline: baseline.lostPerSecond },
      { label: 'Tasks ready', unit: '', fulcrum: fulcrum.ready, baseline: baseline.ready },
      { label: 'Tasks wanted', unit: '', fulcrum: fulcrum.wanted, baseline: baseline.wanted },
      { label: 'Min', unit: '', fulcrum: service.min, baseline: null },
      { label: 'Max', unit: '', fulcrum: service.max, baseline: null },
      { label: 'CPU', unit: '%', fulcrum: fulcrum.cpuPercent, baseline: baseline.cpuPercent },
    ],
  };
}

function shortfallInWords(name: string, { figures }: PolicyRun): string {
  return `${name}: ${formatShare(lostShare(figures))} lost, ${formatShare(missedShare(figures))} missed`;
}

function loadPanel(service: ServiceReport, capacity: (run: PolicyRun) => Series): Panel {
  const { fulcrum, baseline, loadPerSecond } = service;
  const ours = capacity(fulcrum);
  const theirs = capacity(baseline);
  // Idle capacity may tower over the load; three times the peak of load is as far as it is worth following.
  const ceiling = 3 * peakOf(loadPerSecond);
  const ticks = valueTicks(Math.min(Math.max(peakOf(loadPerSecond), peakOf(ours), peakOf(theirs)), ceiling));
  const top = ticks.at(-1) ?? 1;
  return {
    title: 'Load against capacity',
    unit: 'requests/s',
    size: 'tall',
    ticks,
    references: [],
    shapes: [
      { className: 'area load', path: areaPath(loadPerSecond, top), label: 'load' },
      {
        className: 'area lost-alone',
        path: lostBand(loadPerSecond, theirs, baseline, top),
        label: `lost under ${BASELINE}`,
      },
      { className: 'area lost', path: lostBand(loadPerSecond, ours, fulcrum, top), label: `lost under ${FULCRUM}` },
      { className: 'line baseline', path: stepPath(theirs, top), label: `capacity, ${BASELINE}` },
      { className: 'line fulcrum', path: stepPath(ours, top), label: `capacity, ${FULCRUM}` },
    ],
    summary: `Load of ${service.name} peaks at ${formatCount(peakOf(loadPerSecond))} requests a second. Lost: ${formatShare(lostShare(fulcrum.figures))} under ${FULCRUM}, ${formatShare(lostShare(baseline.figures))} under ${BASELINE}.`,
  };
}

/** The load above the line of capacity, in the points in which some of it was lost. */
function lostBand(load: Series, capacity: Series, { lostPerSecond }: PolicyRun, top: number): string {
  const high = load.map((value, index) => ((lostPerSecond[index] ?? 0) > 0 ? value : null));
  return bandPath(capacity, high, top);
}

function tasksPanel(service: ServiceReport): Panel {
  const { min, max, fulcrum, baseline, hardLimit } = service;
  const peak = Math.max(peakOf(max), peakOf(fulcrum.wanted), peakOf(baseline.wanted));
  // A hard limit far above everything would flatten the rest: then the words above the plot have to do.
  const inSight = hardLimit <= 2 * peak;
  const ticks = wholeTicks(inSight ? Math.max(peak, hardLimit) : peak);
  const top = ticks.at(-1) ?? 1;
  return {
    title: 'Tasks within their bounds',
    unit: 'tasks',
    size: 'tall',
    ticks,
    references: inSight ? [{ value: hardLimit, label: `limit ${hardLimit}` }] : [],
    shapes: [
      { className: 'area bounds', path: bandPath(min, max, top), label: 'min to max' },
      { className: 'line baseline', path: stepPath(baseline.ready, top), label: `ready, ${BASELINE}` },
      { className: 'line wanted', path: stepPath(fulcrum.wanted, top), label: `wanted, ${FULCRUM}` },
      { className: 'line fulcrum', path: stepPath(fulcrum.ready, top), label: `ready, ${FULCRUM}` },
    ],
    summary: `Tasks of ${service.name}: up to ${peakOf(fulcrum.ready)} ready under ${FULCRUM} and ${peakOf(baseline.ready)} under ${BASELINE}; the ceiling reaches ${peakOf(max)} of at most ${hardLimit}.`,
  };
}

function cpuPanel({ name, fulcrum, baseline, targetCpuPercent }: ServiceReport): Panel {
  const ticks = [0, 50, 100];
  return {
    title: 'CPU against its target',
    unit: '%',
    size: 'low',
    ticks,
    references: [{ value: targetCpuPercent, label: `target ${targetCpuPercent}` }],
    shapes: [
      { className: 'line baseline', path: linePath(baseline.cpuPercent, 100), label: BASELINE },
      { className: 'line fulcrum', path: linePath(fulcrum.cpuPercent, 100), label: FULCRUM },
    ],
    summary: `CPU of ${name} peaks at ${formatQuantity(peakOf(fulcrum.cpuPercent))} % under ${FULCRUM} and at ${formatQuantity(peakOf(baseline.cpuPercent))} % under ${BASELINE}, target ${targetCpuPercent} %.`,
  };
}

function scaled(series: Series, factor: number): Series {
  return series.map((value) => (value === null ? null : value * factor));
}

export function peakOf(series: Series): number {
  return series.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0);
}
