import { type EpochMs, HOUR, isoInstant, secondsBetween } from '../domain/units.ts';
import { escapeXml } from './escape.ts';

/** A metric over time, as evidence for a reader. */
export interface Plot {
  /** `CPU of core-db`. */
  readonly title: string;
  /** `%`. */
  readonly unit: string;
  /** Oldest first. A point that is missing is missing, not zero. */
  readonly points: readonly { readonly at: EpochMs; readonly value: number }[];
  readonly threshold: { readonly label: string; readonly value: number } | null;
}

interface Frame {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly lowest: number;
  readonly highest: number;
}

/** What the plot spans; `null` when there is nothing to draw. The value axis begins at zero where it can. */
function frameOf({ points, threshold }: Plot): Frame | null {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const [first] = finite;
  const last = finite.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  const values = finite.map(({ value }) => value);
  if (threshold !== null && Number.isFinite(threshold.value)) values.push(threshold.value);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const lowest = values.reduce((least, value) => Math.min(least, value), 0);
  return { from: first.at, to: last.at, lowest, highest: highest === lowest ? lowest + 1 : highest };
}

/** The greatest value of each of `count` equal spans of time, so that no peak is lost; `null` where none was measured. */
function peaks({ points }: Plot, { from, to }: Frame, count: number): readonly (number | null)[] {
  const buckets = Array.from<number | null>({ length: count }).fill(null);
  for (const { at, value } of points) {
    if (!Number.isFinite(value)) continue;
    const index = Math.min(count - 1, Math.floor(((at - from) / (to - from)) * count));
    buckets[index] = Math.max(buckets[index] ?? value, value);
  }
  return buckets;
}

const LEVELS = '▁▂▃▄▅▆▇█';
const SPARK_WIDTH = 48;

/** One line of text that shows the shape, wherever text is shown; `·` where nothing was measured. Empty: nothing to draw. */
export function sparkline(plot: Plot): string {
  const frame = frameOf(plot);
  if (frame === null) return '';
  const { lowest, highest } = frame;
  return peaks(plot, frame, Math.min(SPARK_WIDTH, plot.points.length))
    .map((value) => {
      if (value === null) return '·';
      const level = Math.floor(((value - lowest) / (highest - lowest)) * LEVELS.length);
      return LEVELS[Math.min(LEVELS.length - 1, level)] ?? '';
    })
    .join('');
}

const CHART_POINTS = 60;

/**
 * The plot as a chart in the language of Mermaid, which GitHub and GitLab draw. `null` when there is nothing to draw, and
 * where points are missing: the chart has no way to show a gap.
 */
export function mermaidChart(plot: Plot): string | null {
  const frame = frameOf(plot);
  if (frame === null) return null;
  const { from, to, lowest, highest } = frame;
  const values = peaks(plot, frame, Math.min(CHART_POINTS, plot.points.length));
  if (values.length < 2 || values.includes(null)) return null;
  const hours = round(secondsBetween(from, to) / HOUR);
  const { threshold } = plot;
  const limit =
    threshold === null || !Number.isFinite(threshold.value)
      ? []
      : [`  line "${words(threshold.label)}" [${values.map(() => round(threshold.value)).join(', ')}]`];
  return [
    'xychart-beta',
    `  title "${words(plot.title)}"`,
    `  x-axis "hours until ${isoInstant(to).slice(0, 16)}Z" ${-hours} --> 0`,
    `  y-axis "${words(plot.unit)}" ${round(lowest)} --> ${round(highest)}`,
    `  line "measured" [${values.map((value) => round(value ?? 0)).join(', ')}]`,
    ...limit,
  ].join('\n');
}

/** Letters, digits and a few signs: nothing that ends a string, a line or a block of Mermaid, or of Markdown. */
function words(text: string): string {
  const plain = text
    .toWellFormed()
    .replaceAll(/[^\p{L}\p{N} %./()_-]+/gu, ' ')
    // What begins an arrow or a comment.
    .replaceAll(/-{2,}|%{2,}/g, (run) => run.slice(0, 1))
    .trim()
    .slice(0, 80)
    .toWellFormed();
  return plain === '' ? '-' : plain;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 56;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 34;

/** The plot as an SVG document, light and dark alike. Without two points it says that there is nothing to show. */
export function svgPlot(plot: Plot): string {
  const frame = frameOf(plot);
  const title = `${plot.title} (${plot.unit})`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeXml(title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#57606a}.axis{stroke:#8c959f;stroke-width:1}',
    '.line{fill:none;stroke:#0969da;stroke-width:1.5}.limit{stroke:#cf222e;stroke-dasharray:6 4}',
    '@media(prefers-color-scheme:dark){text{fill:#9198a1}.line{stroke:#4493f8}.limit{stroke:#f85149}}</style>',
    `<text x="${LEFT}" y="18">${escapeXml(title)}</text>`,
    ...(frame === null ? [`<text x="${LEFT}" y="${HEIGHT / 2}">nothing was measured</text>`] : drawing(plot, frame)),
    '</svg>',
    '',
  ].join('\n');
}

function drawing(plot: Plot, frame: Frame): readonly string[] {
  const { from, to, lowest, highest } = frame;
  const x = (at: EpochMs): string => coordinate(LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): string =>
    coordinate(HEIGHT - BOTTOM - ((value - lowest) / (highest - lowest)) * (HEIGHT - TOP - BOTTOM));
  const { threshold } = plot;
  const limit =
    threshold === null || !Number.isFinite(threshold.value)
      ? []
      : [
          `<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(threshold.value)}" y2="${y(threshold.value)}"/>`,
          `<text x="${WIDTH - RIGHT}" y="${y(threshold.value)}" dy="-4" text-anchor="end">${escapeXml(`${threshold.label}: ${round(threshold.value)}`)}</text>`,
        ];
  return [
    `<line class="axis" x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
    `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>`,
    `<text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${round(highest)}</text>`,
    `<text x="${LEFT - 6}" y="${HEIGHT - BOTTOM}" text-anchor="end">${round(lowest)}</text>`,
    `<text x="${LEFT}" y="${HEIGHT - 12}">${label(from)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 12}" text-anchor="end">${label(to)}</text>`,
    ...limit,
    ...unbroken(plot).map(
      (run) => `<polyline class="line" points="${run.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')}"/>`,
    ),
  ];
}

/** Runs of points without a gap: a line across missing minutes would claim what nobody measured. */
function unbroken({ points }: Plot): readonly Plot['points'][] {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const steps = finite.slice(1).map(({ at }, index) => at - (finite[index]?.at ?? at));
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const runs: { readonly at: EpochMs; readonly value: number }[][] = [];
  for (const [index, point] of finite.entries()) {
    const step = steps[index - 1] ?? 0;
    const run = runs.at(-1);
    if (run === undefined || step > usual * 2) runs.push([point]);
    else run.push(point);
  }
  return runs;
}

function coordinate(value: number): string {
  return value.toFixed(1);
}

function label(at: EpochMs): string {
  return `${isoInstant(at).slice(0, 16).replace('T', ' ')} UTC`;
}
