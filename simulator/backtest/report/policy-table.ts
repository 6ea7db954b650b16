import { formatCount, formatShare } from '../../report/format.ts';
import { type Markup, markup, nothing } from '../../report/markup.ts';
import { CLAIRVOYANT, TUNED } from '../catalogue.ts';
import type { PolicySummary } from '../summary.ts';
import type { PolicyView, ReportView } from './report-view.ts';

interface Column {
  readonly title: string;
  readonly explanation: string;
  readonly show: (summary: PolicySummary) => string;
  /** Length of its bar; `null` without one. */
  readonly size: ((summary: PolicySummary) => number) | null;
}

const COLUMNS: readonly Column[] = [
  {
    title: 'Missed',
    explanation: 'met over 90 % load',
    show: ({ missedShare }) => formatShare(missedShare),
    size: ({ missedShare }) => missedShare,
  },
  {
    title: 'Lost',
    explanation: 'no room for it',
    show: ({ lostShare }) => formatShare(lostShare),
    size: ({ lostShare }) => lostShare,
  },
  {
    title: 'Task-hours',
    explanation: 'wanted, what is paid',
    show: ({ taskHours }) => formatCount(taskHours),
    size: ({ taskHours }) => taskHours,
  },
  {
    title: 'Cost',
    explanation: 'over clairvoyant',
    show: ({ costRatio }) => `${costRatio.toFixed(2)}×`,
    size: null,
  },
  { title: 'J', explanation: 'cost + missed %', show: ({ j }) => j.toFixed(2), size: ({ j }) => j },
  {
    title: 'CPU',
    explanation: 'mean in use',
    show: ({ meanUtilization }) => `${(100 * meanUtilization).toFixed(0)}\u00a0%`,
    size: null,
  },
  {
    title: 'Changes',
    explanation: 'of tasks wanted',
    show: ({ capacityChanges }) => formatCount(capacityChanges),
    size: null,
  },
  {
    title: 'Under',
    explanation: 'accuracy, timeshare',
    show: ({ elasticity }) =>
      `${percent(elasticity.underAccuracyPercent)}, ${percent(elasticity.underTimesharePercent)}`,
    size: null,
  },
  {
    title: 'Over',
    explanation: 'accuracy, timeshare',
    show: ({ elasticity }) => `${percent(elasticity.overAccuracyPercent)}, ${percent(elasticity.overTimesharePercent)}`,
    size: null,
  },
];

/** All policies side by side. The least of each column stands out, the clairvoyant aside. */
export function policyTable({ policies }: ReportView): Markup {
  const head = COLUMNS.map(
    ({ title, explanation }) => markup`<th scope="col">${title}<small>${explanation}</small></th>`,
  );
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Figures of all policies"><table class="policies">
<thead><tr><th scope="col">Policy</th>${head}</tr></thead>
<tbody>${policies.map((view) => row(view, policies))}</tbody></table></div>`;
}

function row(view: PolicyView, all: readonly PolicyView[]): Markup {
  const { result } = view;
  const rivals = all.filter(competes);
  const cells = COLUMNS.map((column) => {
    const text = column.show(result.summary);
    if (column.size === null) return markup`<td>${text}</td>`;
    const size = column.size(result.summary);
    const least = Math.min(...rivals.map(({ result: rival }) => column.size?.(rival.summary) ?? Infinity));
    const best = competes(view) && rivals.length > 1 && size === least ? 'best' : '';
    return markup`<td class="${best}">${text}${bar(size, Math.max(...all.map(({ result: other }) => column.size?.(other.summary) ?? 0)))}</td>`;
  });
  return markup`<tr class="${view.hue}"><th scope="row">${chip(view)}${policyName(view)}<small>${result.description}</small></th>${cells}</tr>`;
}

/** Neither the bound nor what was fitted to this very load stands out. */
function competes({ result: { name } }: PolicyView): boolean {
  return name !== CLAIRVOYANT && !name.endsWith(TUNED);
}

function bar(size: number, most: number): Markup {
  const width = most > 0 ? Math.round((size / most) * 1000) / 10 : 0;
  return markup`<i class="meter" aria-hidden="true"><i style="width:${width}%"></i></i>`;
}

/** The letter of a policy in its colour. */
export function chip({ letter, hue }: Pick<PolicyView, 'letter' | 'hue'>): Markup {
  return markup`<b class="chip ${hue}">${letter}</b>`;
}

function policyName({ result: { title, name, targetPercent } }: PolicyView): Markup {
  const target = targetPercent === null ? nothing : markup` <span class="target">at ${targetPercent}\u00a0%</span>`;
  return markup`<span class="policy-name" title="${name}">${title}${target}</span>`;
}

function percent(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)}\u00a0%`;
}
