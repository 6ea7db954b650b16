import { valueTicks } from '../../report/axes.ts';
import { formatShare } from '../../report/format.ts';
import { type Markup, markup, nothing, trusted } from '../../report/markup.ts';
import { chip } from './policy-table.ts';
import type { PolicyView, ReportView } from './report-view.ts';

/** Cost as a multiple of the clairvoyant's, missed load in percent. */
interface Spot {
  readonly cost: number;
  readonly missed: number;
}

interface Box {
  readonly costTop: number;
  readonly missedTop: number;
  readonly costTicks: readonly number[];
  readonly missedTicks: readonly number[];
}

const SIDE = 1_000;
/** The clairvoyant stands here: nobody is cheaper without missing load. */
const LEAST_COST = 1;
/** A policy that misses so many times what is usual would flatten all others: it is shown at the edge. */
const OUTLIER_TIMES = 6;
const LEAST_MISSED_TOP = 0.05;
const EQUAL_J_LINES = 6;

/** Missed load over cost: every policy at its target as a letter, and at other targets as a line through it. */
export function frontierPlot({ policies }: ReportView): Markup {
  const box = boxAround(policies.map(spotOf));
  const lines = policies.map(
    ({ result, hue }) =>
      markup`<path class="curve ${hue}" d="${trusted(polyline(result.frontier.map(pointSpot), box))}"/>`,
  );
  const dots = policies.flatMap((view) => targetDots(view, box));
  return markup`<figure class="frontier">
<div class="frontier-plot"><svg viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" role="img" aria-label="${inWords(policies)}"><path class="rule" d="${trusted(rules(box))}"/><path class="equal-j" d="${trusted(equalJ(box))}"/>${lines}</svg>
${axisLabels(box)}${shownJs(box).map((j) => jLabel(j, box))}${dots}${policies.map((view) => letterMark(view, box))}<span class="better-way" aria-hidden="true">↙ better</span></div>
<p class="axis-title">Task-hours, as a multiple of what a clairvoyant needs</p>
<figcaption>${key(policies)}</figcaption></figure>`;
}

function spotOf({ result: { summary } }: PolicyView): Spot {
  return pointSpot(summary);
}

function pointSpot({ costRatio, missedShare }: { readonly costRatio: number; readonly missedShare: number }): Spot {
  return { cost: costRatio, missed: 100 * missedShare };
}

function boxAround(spots: readonly Spot[]): Box {
  const missed = spots.map((spot) => spot.missed).toSorted((left, right) => left - right);
  const median = missed[Math.floor(missed.length / 2)] ?? 0;
  const usual = missed.filter((value) => value <= OUTLIER_TIMES * median);
  const missedTicks = valueTicks(Math.max(LEAST_MISSED_TOP, 1.15 * (usual.at(-1) ?? 0)), 5);
  const costTicks = valueTicks(1.15 * Math.max(...spots.map((spot) => spot.cost)) - LEAST_COST, 6);
  return {
    missedTicks,
    missedTop: missedTicks.at(-1) ?? 1,
    costTicks: costTicks.map((tick) => Number((LEAST_COST + tick).toPrecision(6))),
    costTop: LEAST_COST + (costTicks.at(-1) ?? 1),
  };
}

function xOf(cost: number, { costTop }: Box): number {
  return Math.round((SIDE * (cost - LEAST_COST)) / (costTop - LEAST_COST));
}

function yOf(missed: number, { missedTop }: Box): number {
  return Math.round(SIDE * (1 - missed / missedTop));
}

function polyline(spots: readonly Spot[], box: Box): string {
  return spots
    .map(({ cost, missed }, index) => `${index === 0 ? 'M' : 'L'}${xOf(cost, box)} ${yOf(missed, box)}`)
    .join('');
}

function rules(box: Box): string {
  return box.missedTicks.map((tick) => `M0 ${yOf(tick, box)}h${SIDE}`).join('');
}

/** Values of J whose lines cross the plot. */
function shownJs({ costTop, missedTop }: Box): readonly number[] {
  return valueTicks(costTop + missedTop - LEAST_COST, EQUAL_J_LINES)
    .map((tick) => LEAST_COST + tick)
    .filter((j) => j > LEAST_COST && j < costTop + missedTop);
}

/** Where cost and missed percent add up to the same. */
function equalJ(box: Box): string {
  return shownJs(box)
    .map((j) => `M${xOf(LEAST_COST, box)} ${yOf(j - LEAST_COST, box)}L${xOf(j, box)} ${yOf(0, box)}`)
    .join('');
}

/** At the left end of the line, or at its upper one. */
function jLabel(j: number, box: Box): Markup {
  const text = `J ${j.toLocaleString('en-US', { maximumFractionDigits: 2 })}`;
  const inside = j - LEAST_COST < 0.95 * box.missedTop;
  const spot = inside
    ? { cost: LEAST_COST, missed: j - LEAST_COST }
    : { cost: j - box.missedTop, missed: box.missedTop };
  return markup`<span class="j-label ${inside ? '' : 'top'}" style="${place(spot, box)}">${text}</span>`;
}

function axisLabels(box: Box): readonly Markup[] {
  return [
    ...box.missedTicks.map(
      (tick) =>
        markup`<span class="y-tick" style="top:${yOf(tick, box) / 10}%">${tick.toLocaleString('en-US')} %</span>`,
    ),
    ...box.costTicks.map(
      (tick) =>
        markup`<span class="x-tick" style="left:${xOf(tick, box) / 10}%">${tick.toLocaleString('en-US')}×</span>`,
    ),
  ];
}

function targetDots({ result, hue }: PolicyView, box: Box): readonly Markup[] {
  return result.frontier
    .filter((point) => point.targetPercent !== result.targetPercent && isInside(pointSpot(point), box))
    .map((point) => {
      const text = `${result.name} at ${point.targetPercent} %: ${point.costRatio.toFixed(2)}× the task-hours, ${formatShare(point.missedShare)} missed, J ${point.j.toFixed(2)}`;
      return markup`<i class="target-dot ${hue}" style="${place(pointSpot(point), box)}" title="${text}"></i>`;
    });
}

function letterMark(view: PolicyView, box: Box): Markup {
  const spot = spotOf(view);
  const outside = spot.missed > box.missedTop;
  const shown = outside ? { ...spot, missed: box.missedTop } : spot;
  const note = outside ? markup`<span class="beyond">↑ ${spot.missed.toFixed(1)}\u00a0%</span>` : nothing;
  return markup`<span class="letter" style="${place(shown, box)}">${chip(view)}${note}</span>`;
}

function isInside({ cost, missed }: Spot, box: Box): boolean {
  return cost <= box.costTop && missed <= box.missedTop;
}

function place({ cost, missed }: Spot, box: Box): string {
  return `left:${xOf(cost, box) / 10}%;top:${yOf(missed, box) / 10}%`;
}

function key(policies: readonly PolicyView[]): Markup {
  return markup`<ul class="legend">${policies.map((view) => markup`<li>${chip(view)} ${view.result.title}</li>`)}</ul>`;
}

function inWords(policies: readonly PolicyView[]): string {
  return policies
    .map(
      ({ letter, result: { title, summary } }) =>
        `${letter}, ${title}: ${summary.costRatio.toFixed(2)} times the task-hours of a clairvoyant, ${formatShare(summary.missedShare)} missed.`,
    )
    .join(' ');
}
