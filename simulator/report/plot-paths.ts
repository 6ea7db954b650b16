import type { Series } from './report-data.ts';

/**
 * Paths live in a box of two units a point in width and 1,000 in height, stretched to whatever width the page has.
 * Whole numbers and relative moves keep a week of points in a few kilobytes.
 */
export const BOX_HEIGHT = 1_000;
export const UNITS_PER_POINT = 2;

type Vertex = readonly [x: number, y: number];

/** Maps a value to the box; `top` is the value at its upper edge, zero lies at the lower. */
export function heightOf(value: number, top: number): number {
  return Math.round(BOX_HEIGHT * (1 - Math.min(Math.max(value / top, 0), 1)));
}

/** A line through the middle of each point; broken where nothing was measured. */
export function linePath(series: Series, top: number): string {
  return measuredRuns(series)
    .map(({ first, values }) => draw(centres(first, values, top)))
    .join('');
}

/** The surface under that line. */
export function areaPath(series: Series, top: number): string {
  return measuredRuns(series)
    .map(({ first, values }) => {
      const left: Vertex = [first * UNITS_PER_POINT, BOX_HEIGHT];
      const right: Vertex = [(first + values.length) * UNITS_PER_POINT, BOX_HEIGHT];
      return `${draw([left, ...centres(first, values, top), right])}z`;
    })
    .join('');
}

/** A line that holds each value for the whole of its point. */
export function stepPath(series: Series, top: number): string {
  return measuredRuns(series)
    .map(({ first, values }) => draw(steps(first, values, top)))
    .join('');
}

/** The surface between two such lines, where both are measured. */
export function bandPath(low: Series, high: Series, top: number): string {
  const both = low.map((value, index) => (value === null || (high[index] ?? null) === null ? null : index));
  return measuredRuns(both)
    .map(({ first, values }) => {
      const upper = steps(
        first,
        values.map((index) => high[index] ?? 0),
        top,
      );
      const lower = steps(
        first,
        values.map((index) => low[index] ?? 0),
        top,
      );
      return `${draw([...upper, ...lower.toReversed()])}z`;
    })
    .join('');
}

interface MeasuredRun {
  readonly first: number;
  readonly values: readonly number[];
}

/** The stretches without a gap. */
export function measuredRuns(series: Series): readonly MeasuredRun[] {
  const runs: { first: number; values: number[] }[] = [];
  let current: { first: number; values: number[] } | null = null;
  for (const [index, value] of series.entries()) {
    if (value === null) {
      current = null;
    } else if (current === null) {
      current = { first: index, values: [value] };
      runs.push(current);
    } else {
      current.values.push(value);
    }
  }
  return runs;
}

function centres(first: number, values: readonly number[], top: number): readonly Vertex[] {
  return values.map((value, index) => [(first + index) * UNITS_PER_POINT + 1, heightOf(value, top)]);
}

function steps(first: number, values: readonly number[], top: number): readonly Vertex[] {
  const vertices: Vertex[] = [];
  let height: number | null = null;
  for (const [index, value] of values.entries()) {
    const next = heightOf(value, top);
    if (next === height) continue;
    const x = (first + index) * UNITS_PER_POINT;
    if (height !== null) vertices.push([x, height]);
    vertices.push([x, next]);
    height = next;
  }
  vertices.push([(first + values.length) * UNITS_PER_POINT, height ?? BOX_HEIGHT]);
  return vertices;
}

function draw(vertices: readonly Vertex[]): string {
  const [start, ...rest] = vertices;
  if (start === undefined) return '';
  let [x, y] = start;
  let path = `M${x} ${y}`;
  for (const [nextX, nextY] of rest) {
    path += move(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
  }
  return path;
}

function move(dx: number, dy: number): string {
  if (dy === 0) return `h${dx}`;
  if (dx === 0) return `v${dy}`;
  return `l${dx}${dy < 0 ? '' : ' '}${dy}`;
}
