import { valueTicks } from '../../report/axes.ts';
import { type Markup, markup, trusted } from '../../report/markup.ts';

/** Cost as a multiple of the clairvoyant's, missed load in percent. */
export interface Spot {
  readonly cost: number;
  readonly missed: number;
}

/**
 * Missed load over cost. Misses stand on a square-root scale: what policies differ by is often a hundredth of what the worst of
 * them misses, and a logarithm has no place for none at all.
 */
export interface Plane {
  readonly costTop: number;
  readonly missedTop: number;
  readonly costTicks: readonly number[];
  readonly missedTicks: readonly number[];
}

const SIDE = 1_000;
/** The clairvoyant stands here: nobody is cheaper without missing load. */
const LEAST_COST = 1;
const LEAST_MISSED_TOP = 0.05;
/** Shares of the height that labels need between them. */
const TICK_ROOM = 0.06;
const J_ROOM = 0.1;
const J_COUNT = 5;
/** A curve of equal J that is back at zero within this share of the width says nothing. */
const LEAST_REACH = 0.08;
const POINTS_OF_CURVE = 24;

export function spotOf({ costRatio, missedShare }: { readonly costRatio: number; readonly missedShare: number }): Spot {
  return { cost: costRatio, missed: 100 * missedShare };
}

/** @param highestMissed what shall be seen; what misses more is shown at the edge. */
export function planeAround(costs: readonly number[], highestMissed: number): Plane {
  const missedTop = valueTicks(Math.max(LEAST_MISSED_TOP, 1.15 * highestMissed), 5).at(-1) ?? 1;
  const costTicks = valueTicks(1.15 * (Math.max(...costs) - LEAST_COST), 8);
  return {
    missedTop,
    missedTicks: spaced([missedTop, ...roundNumbers(missedTop)], TICK_ROOM, missedTop),
    costTicks: costTicks.map((tick) => Number((LEAST_COST + tick).toPrecision(6))),
    costTop: LEAST_COST + (costTicks.at(-1) ?? 1),
  };
}

/** 1, 2 and 5 times powers of ten below a top, descending, with zero. */
function roundNumbers(top: number): readonly number[] {
  const magnitudes = [2, 1, 0, -1, -2].map((power) => 10 ** (Math.floor(Math.log10(top)) + power - 2));
  const values = magnitudes.flatMap((magnitude) =>
    [5, 2, 1].map((factor) => Number((factor * magnitude).toPrecision(6))),
  );
  return [...values.filter((value) => value < top), 0];
}

/** Those that have room for their labels, from the top. */
function spaced(descending: readonly number[], room: number, top: number): readonly number[] {
  const kept: number[] = [];
  for (const value of descending) {
    const last = kept.at(-1);
    if (last === undefined || Math.sqrt(last / top) - Math.sqrt(value / top) >= room) kept.push(value);
  }
  // Zero is always named.
  return [...kept.filter((value) => Math.sqrt(value / top) >= room), 0];
}

export function xOf(cost: number, { costTop }: Plane): number {
  return Math.round((SIDE * (cost - LEAST_COST)) / (costTop - LEAST_COST));
}

export function yOf(missed: number, { missedTop }: Plane): number {
  return Math.round(SIDE * (1 - Math.sqrt(missed / missedTop)));
}

export function isInside({ cost, missed }: Spot, { costTop, missedTop }: Plane): boolean {
  return cost <= costTop && missed <= missedTop;
}

/** For the style of a mark. */
export function place({ cost, missed }: Spot, plane: Plane): string {
  return `left:${xOf(cost, plane) / 10}%;top:${yOf(missed, plane) / 10}%`;
}

export function polyline(spots: readonly Spot[], plane: Plane): string {
  return spots
    .map(({ cost, missed }, index) => `${index === 0 ? 'M' : 'L'}${xOf(cost, plane)} ${yOf(missed, plane)}`)
    .join('');
}

/** Axes, rules, curves of equal J, and what is drawn on them. */
export function planeFigure(
  plane: Plane,
  drawn: {
    readonly paths: readonly Markup[];
    readonly marks: readonly Markup[];
    readonly key: Markup;
    readonly words: string;
  },
): Markup {
  const curves = equalJs(plane);
  return markup`<figure class="frontier">
<p class="axis-title missed-title">Load missed (the scale is wider towards zero)</p>
<div class="frontier-plot"><svg viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" role="img" aria-label="${drawn.words}"><path class="rule" d="${trusted(rules(plane))}"/><path class="equal-j" d="${trusted(curves.map((j) => equalJ(j, plane)).join(''))}"/>${drawn.paths}</svg>
${axisLabels(plane)}${curves.map((j) => jLabel(j, plane))}${drawn.marks}<span class="better-way" aria-hidden="true">↙ better</span></div>
<p class="axis-title">Task-hours, as a multiple of what a clairvoyant needs</p>
<figcaption>${drawn.key}</figcaption></figure>`;
}

function rules(plane: Plane): string {
  return plane.missedTicks.map((tick) => `M0 ${yOf(tick, plane)}h${SIDE}`).join('');
}

/** Values of J whose curves begin at the left edge or at the upper one, as far as their labels have room. */
function equalJs({ costTop, missedTop }: Plane): readonly number[] {
  const width = costTop - LEAST_COST;
  const fromLeft = spaced(roundNumbers(missedTop), J_ROOM, missedTop).filter((missed) => missed > LEAST_REACH * width);
  const fromTop = valueTicks(width, J_COUNT).filter((excess) => excess > missedTop && excess < 0.95 * width);
  return [...fromLeft, ...fromTop].map((excess) => Number((LEAST_COST + excess).toPrecision(6)));
}

/** Where cost and missed percent add up to the same. */
function equalJ(j: number, plane: Plane): string {
  const start = startOf(j, plane).cost;
  const end = Math.min(j, plane.costTop);
  const spots = Array.from({ length: POINTS_OF_CURVE + 1 }, (_, index) => {
    const cost = start + ((end - start) * index) / POINTS_OF_CURVE;
    return { cost, missed: Math.max(0, j - cost) };
  });
  return polyline(spots, plane);
}

function startOf(j: number, { missedTop }: Plane): Spot {
  const cost = Math.max(LEAST_COST, j - missedTop);
  return { cost, missed: j - cost };
}

function jLabel(j: number, plane: Plane): Markup {
  const text = `J ${j.toLocaleString('en-US', { maximumFractionDigits: 2 })}`;
  const start = startOf(j, plane);
  const edge = start.cost === LEAST_COST ? '' : 'top';
  return markup`<span class="j-label ${edge}" style="${place(start, plane)}">${text}</span>`;
}

function axisLabels(plane: Plane): readonly Markup[] {
  const percent = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  return [
    ...plane.missedTicks.map(
      (tick) => markup`<span class="y-tick" style="top:${yOf(tick, plane) / 10}%">${percent(tick)} %</span>`,
    ),
    ...plane.costTicks.map(
      (tick) =>
        markup`<span class="x-tick" style="left:${xOf(tick, plane) / 10}%">${tick.toLocaleString('en-US')}×</span>`,
    ),
  ];
}
