import { formatShare } from '../../report/format.ts';
import { type Markup, markup, nothing, trusted } from '../../report/markup.ts';
import {
  isInside,
  place,
  type Plane,
  planeAround,
  planeFigure,
  polyline,
  type Spot,
  spotOf,
} from './cost-missed-plane.ts';
import { chip } from './policy-table.ts';
import type { PolicyView, ReportView } from './report-view.ts';

/** A policy that misses so many times what is usual would flatten all others: it is shown at the edge. */
const OUTLIER_TIMES = 40;

/** Missed load over cost: every policy at its target as a letter, and at other targets as a line through it. */
export function frontierPlot({ policies }: ReportView): Markup {
  const plane = planeOf(policies.map(({ result: { summary } }) => spotOf(summary)));
  return planeFigure(plane, {
    paths: policies.map(
      ({ result, hue }) =>
        markup`<path class="curve ${hue}" d="${trusted(polyline(result.frontier.map(spotOf), plane))}"/>`,
    ),
    marks: [...policies.flatMap((view) => targetDots(view, plane)), ...policies.map((view) => letterMark(view, plane))],
    key: markup`<ul class="legend">${policies.map((view) => markup`<li>${chip(view)} ${view.result.title}</li>`)}</ul>`,
    words: inWords(policies),
  });
}

function planeOf(spots: readonly Spot[]): Plane {
  const missed = spots.map((spot) => spot.missed).toSorted((left, right) => left - right);
  const median = missed[Math.floor(missed.length / 2)] ?? 0;
  const usual = missed.filter((value) => value <= OUTLIER_TIMES * median);
  return planeAround(
    spots.map(({ cost }) => cost),
    usual.at(-1) ?? 0,
  );
}

function targetDots({ result, hue }: PolicyView, plane: Plane): readonly Markup[] {
  return result.frontier
    .filter((point) => point.targetPercent !== result.targetPercent && isInside(spotOf(point), plane))
    .map((point) => {
      const text = `${result.name} at ${point.targetPercent} %: ${point.costRatio.toFixed(2)}× the task-hours, ${formatShare(point.missedShare)} missed, J ${point.j.toFixed(2)}`;
      return markup`<i class="target-dot ${hue}" style="${place(spotOf(point), plane)}" title="${text}"></i>`;
    });
}

function letterMark(view: PolicyView, plane: Plane): Markup {
  const spot = spotOf(view.result.summary);
  return edgeMark(spot, plane, chip(view));
}

/** A mark in its place, or at the upper edge with its figure. */
export function edgeMark(spot: Spot, plane: Plane, mark: Markup): Markup {
  const outside = spot.missed > plane.missedTop;
  const shown = outside ? { ...spot, missed: plane.missedTop } : spot;
  const note = outside ? markup`<span class="beyond">↑ ${spot.missed.toFixed(1)}\u00a0%</span>` : nothing;
  return markup`<span class="letter" style="${place(shown, plane)}">${mark}${note}</span>`;
}

function inWords(policies: readonly PolicyView[]): string {
  return policies
    .map(
      ({ letter, result: { title, summary } }) =>
        `${letter}, ${title}: ${summary.costRatio.toFixed(2)} times the task-hours of a clairvoyant, ${formatShare(summary.missedShare)} missed.`,
    )
    .join(' ');
}
