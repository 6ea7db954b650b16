import { frontierOf } from '../../tune/frontier.ts';
import type { TunedFamily, TuneResult } from '../../tune/tune.ts';
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
  xOf,
  yOf,
} from './cost-missed-plane.ts';
import { edgeMark } from './frontier-plot.ts';

/** What is far above the level would leave no room for what is near it. */
const LEVELS_SEEN = 10;
const COSTS_SEEN = 1.6;

/** How a family is drawn: its letters, which no policy of the page has, and the class of its colour. */
export interface FamilyLook {
  readonly letter: string;
  readonly hue: string;
}

export const FAMILY_LOOKS: Readonly<Record<TunedFamily['family']['name'], FamilyLook>> = {
  fulcrum: { letter: 'Fu', hue: 'fulcrum' },
  'target-tracking': { letter: 'Tt', hue: 'hue-1' },
};

/** Everything that was tried, on the part of the load that was searched: the frontier, the default, what was found and its proof. */
export function tuningPlot(result: TuneResult): Markup {
  const plane = planeOf(result);
  const level = 100 * result.level.missedShare;
  const levelLine = markup`<path class="level" d="${trusted(`M0 ${yOf(level, plane)}h1000`)}"/>`;
  return planeFigure(plane, {
    paths: [levelLine, ...result.families.map((family) => familyPaths(family, plane))],
    marks: [
      markup`<span class="level-label" style="top:${yOf(level, plane) / 10}%">level ${level.toLocaleString('en-US')}\u00a0%</span>`,
      ...result.families.flatMap((family) => familyMarks(family, plane)),
    ],
    key: key(result),
    words: inWords(result),
  });
}

function planeOf({ families, level }: TuneResult): Plane {
  const shown = families.flatMap(({ standing, best }) => [standing.tuning, best.tuning, best.heldOut].map(spotOf));
  const highest = Math.max(...shown.map(({ missed }) => missed), 200 * level.missedShare);
  const seen = Math.max(LEVELS_SEEN * 100 * level.missedShare, 0.5);
  const frontierCosts = families.flatMap(({ search }) =>
    frontierOf(search.trials).map(({ outcome }) => outcome.costRatio),
  );
  const costs = shown.map(({ cost }) => cost);
  const farthest = COSTS_SEEN * Math.max(...costs);
  return planeAround([...costs, ...frontierCosts.filter((cost) => cost <= farthest / 1.15)], Math.min(highest, seen));
}

function familyPaths({ family, search, best }: TunedFamily, plane: Plane): Markup {
  const { hue } = FAMILY_LOOKS[family.name];
  const frontier = frontierOf(search.trials).map(({ outcome }) => spotOf(outcome));
  const [from, to] = [spotOf(best.tuning), spotOf(best.heldOut)];
  const proof = `M${xOf(from.cost, plane)} ${yOf(from.missed, plane)}L${xOf(to.cost, plane)} ${yOf(to.missed, plane)}`;
  return markup`<path class="curve ${hue}" d="${trusted(polyline(frontier, plane))}"/><path class="proof ${hue}" d="${trusted(proof)}"/>`;
}

function familyMarks({ family, search, standing, best }: TunedFamily, plane: Plane): readonly Markup[] {
  const { letter, hue } = FAMILY_LOOKS[family.name];
  const dots = search.trials
    .filter(({ outcome }) => isInside(spotOf(outcome), plane))
    .map(({ point, outcome }) => {
      const settings = family.settingsAt(point).map(({ place: { key: name }, value }) => `${name} ${value}`);
      const text = `${settings.join(', ')}: ${outcome.costRatio.toFixed(2)}× the task-hours, ${formatShare(outcome.missedShare)} missed`;
      return markup`<i class="trial-dot ${hue}" style="${place(spotOf(outcome), plane)}" title="${text}"></i>`;
    });
  const isFound = best.point !== standing.point && best.point.join() !== standing.point.join();
  const mark = (spot: Spot, className: string): Markup =>
    edgeMark(spot, plane, markup`<b class="chip ${className} ${hue}">${letter}</b>`);
  return [
    ...dots,
    mark(spotOf(standing.tuning), 'outline'),
    isFound ? mark(spotOf(best.tuning), '') : nothing,
    isFound ? edgeMark(spotOf(best.heldOut), plane, markup`<i class="proof-mark ${hue}"></i>`) : nothing,
  ];
}

function key({ families }: TuneResult): Markup {
  const items = families.map(({ family }) => {
    const { letter, hue } = FAMILY_LOOKS[family.name];
    return markup`<li><b class="chip ${hue}">${letter}</b> ${family.title}</li>`;
  });
  return markup`<ul class="legend">${items}<li><b class="chip outline clairvoyant">·</b> default</li><li><b class="chip clairvoyant">·</b> found</li><li><i class="proof-mark clairvoyant"></i> found, on the part that was held out</li><li><i class="trial-dot clairvoyant"></i> tried; the line joins those that no other undercuts</li></ul>`;
}

function inWords({ families }: TuneResult): string {
  return families
    .map(
      ({ family, standing, best }) =>
        `${family.title}: the default misses ${formatShare(standing.tuning.missedShare)} at ${standing.tuning.costRatio.toFixed(2)} times the task-hours of a clairvoyant, what was found ${formatShare(best.tuning.missedShare)} at ${best.tuning.costRatio.toFixed(2)} times.`,
    )
    .join(' ');
}
