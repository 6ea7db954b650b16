import { pullMark, reach, rowsOf } from './lever-marks.ts';
import { formatQuantity } from './format.ts';
import { jsonForScript, type Markup, markup, trusted } from './markup.ts';
import type { PlacedPull, PlotContext } from './page-context.ts';
import { BOX_HEIGHT, heightOf, UNITS_PER_POINT } from './plot-paths.ts';
import { shortfallStrip } from './shortfall-strip.ts';
import type { NamedSpan, PolicyRun, Series } from './report-data.ts';
import { timeTicks } from './axes.ts';

/** One plot: its own vertical axis over the time axis of the sheet. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly size: 'tall' | 'low';
  /** Values labelled on the axis; the last is its top. */
  readonly ticks: readonly number[];
  readonly references: readonly Reference[];
  readonly shapes: readonly Shape[];
  /** What the plot shows, in words, for a reader who does not see it. */
  readonly summary: string;
}

/** A line that others are measured against. */
interface Reference {
  readonly value: number;
  readonly label: string;
}

interface Shape {
  /** Of the style sheet; also draws the key of the legend. */
  readonly className: string;
  readonly path: string;
  /** `null` where a plot above has the same shape in its legend. */
  readonly label: string | null;
}

/** A line of the table that follows the pointer. */
export interface Readout {
  readonly label: string;
  readonly unit: string;
  readonly fulcrum: Series;
  readonly baseline: Series | null;
}

interface Shortfall {
  readonly label: string;
  readonly run: Pick<PolicyRun, 'missedPerSecond' | 'lostPerSecond'>;
  readonly summary: string;
}

/** Plots above one another on one time axis, with the calendar and the marks of the pulls on top. */
export interface Sheet {
  readonly id: string;
  readonly name: string;
  readonly panels: readonly Panel[];
  readonly pulls: readonly PlacedPull[];
  /** When each policy fell short, as a strip on the time axis. */
  readonly shortfalls: readonly Shortfall[];
  readonly readouts: readonly Readout[];
}

export function renderSheet(sheet: Sheet, context: PlotContext): Markup {
  return markup`<div class="sheet-frame">
<div class="scroller" tabindex="0" role="group" aria-label="Plots of ${sheet.name}: scroll sideways, arrow keys move the reading line" data-sheet="${sheet.id}">
<div class="sheet">
${backdrop(context)}
${timeAxis(context)}
${calendarLanes(context)}
${leverLanes(sheet.pulls, context)}
${sheet.shortfalls.map((shortfall) => shortfallLane(shortfall, context))}
${sheet.panels.map((panel) => renderPanel(panel, context))}
${foreground(sheet.pulls, context)}
</div>
</div>
<div class="readout" hidden></div>
<script type="application/json" class="readout-data">${jsonForScript(sheet.readouts.map(rounded))}</script>
</div>`;
}

/** Four digits are more than a reading line can show, and a load may be counted in tiny units. */
function rounded({ label, unit, fulcrum, baseline }: Readout): Readout {
  const round = (series: Series): Series =>
    series.map((value) =>
      value === null ? null : Math.abs(value) >= 10 ? Math.round(value) : Number(value.toPrecision(2)),
    );
  return { label, unit, fulcrum: round(fulcrum), baseline: baseline === null ? null : round(baseline) };
}

function timeAxis({ data, times, percentAt }: PlotContext): Markup {
  const ticks = timeTicks(data.period, data.timeZone);
  const words = { hour: times.time, day: times.day, month: times.month };
  const labels = ticks.map(({ at, grain, unit }) => {
    const text = words[unit](at);
    return markup`<span class="tick ${grain}" style="left:${percentAt(at)}%">${text}</span>`;
  });
  return markup`<div class="lane time-axis" aria-hidden="true"><div class="axis"></div><div class="track">${labels}</div></div>`;
}

/** A lane for the events and one for the freezes: they overlap in time, and their names must not. */
function calendarLanes({ data, percentAt }: PlotContext): readonly Markup[] {
  const lanes = [
    { spans: data.knownEvents, kind: 'event', title: 'events' },
    { spans: data.freezeWindows, kind: 'freeze', title: 'freezes' },
  ].filter(({ spans }) => spans.length > 0);
  return lanes.map(({ spans, kind, title }) => {
    const bars = spans.map(
      (span) =>
        markup`<span class="bar ${kind}" style="${place(span, percentAt)}" title="${span.name}"><b>${span.name}</b></span>`,
    );
    return markup`<div class="lane calendar"><div class="axis">${title}</div><div class="track">${bars}</div></div>`;
  });
}

function place({ start, end }: Pick<NamedSpan, 'start' | 'end'>, percentAt: PlotContext['percentAt']): string {
  const left = percentAt(start);
  return `left:${left}%;width:${Math.round((percentAt(end) - left) * 1000) / 1000}%`;
}

function leverLanes(pulls: readonly PlacedPull[], context: PlotContext): readonly Markup[] {
  const byLever = Map.groupBy(pulls, ({ lever }) => lever);
  return [...byLever]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([lever, ofLever]) => {
      const rows = rowsOf(ofLever.map(({ at }) => context.percentAt(at)));
      const marks = ofLever.map((pull, index) => pullMark(pull, rows[index] ?? 0, context));
      return markup`<div class="lane levers" style="--rows:${Math.max(...rows) + 1}"><div class="axis" title="${lever}">${lever}</div><div class="track">${ofLever.map((pull) => reach(pull, context))}${marks}</div></div>`;
    });
}

function shortfallLane({ label, run, summary }: Shortfall, { points }: PlotContext): Markup {
  return markup`<div class="lane short"><div class="axis">${label}</div><div class="track">${shortfallStrip(run, points, summary)}</div></div>`;
}

function renderPanel(panel: Panel, { points }: PlotContext): Markup {
  const top = panel.ticks.at(-1) ?? 1;
  const width = points * UNITS_PER_POINT;
  const rules = panel.ticks.map((tick) => `M0 ${heightOf(tick, top)}h${width}`).join('');
  const references = panel.references.map(({ value }) => `M0 ${heightOf(value, top)}h${width}`).join('');
  const shapes = panel.shapes
    .filter(({ path }) => path !== '')
    .map(({ className, path }) => markup`<path class="${className}" d="${path}"/>`);
  return markup`<figure class="panel">
<figcaption><span class="panel-title"><strong>${panel.title}</strong> <span class="unit">${panel.unit}</span></span>${legend(panel)}</figcaption>
<div class="plot ${panel.size}"><div class="axis" aria-hidden="true">${axisLabels(panel, top)}</div><div class="track">
<svg viewBox="0 0 ${width} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${panel.summary}"><path class="rule" d="${rules}"/>${shapes}<path class="reference" d="${references}"/></svg>
</div></div>
</figure>`;
}

function legend({ shapes }: Panel): Markup {
  const keys = shapes
    .filter(({ label }) => label !== null)
    .map(
      ({ className, label }) =>
        markup`<li><svg class="key" viewBox="0 0 22 10" aria-hidden="true">${keyOf(className)}</svg>${label ?? ''}</li>`,
    );
  return markup`<ul class="legend">${keys}</ul>`;
}

/** Surfaces show as a block, lines as a line: the style sheet decides by the first word of the class. */
function keyOf(className: string): Markup {
  const shape = className.startsWith('area') ? 'M0 0h22v10h-22z' : 'M0 5h22';
  return markup`<path class="${className}" d="${trusted(shape)}"/>`;
}

/** A tick gives way to the name of a reference line that lies close to it. */
function axisLabels({ ticks, references }: Panel, top: number): readonly Markup[] {
  const near = (tick: number): boolean => references.some(({ value }) => Math.abs(value - tick) < top * 0.13);
  const label = (value: number, text: string, className: string): Markup =>
    markup`<span class="${className}" style="top:${heightOf(value, top) / 10}%">${text}</span>`;
  return [
    ...ticks.filter((tick) => !near(tick)).map((tick) => label(tick, formatQuantity(tick), 'value')),
    ...references.map((reference) => label(reference.value, reference.label, 'value named')),
  ];
}

/** What lies behind the plots (calendar, grid) and before them (when the levers were pulled). */
function backdrop({ data, percentAt }: PlotContext): Markup {
  const band = (span: NamedSpan, kind: string): Markup =>
    markup`<i class="band ${kind}" style="${place(span, percentAt)}"></i>`;
  const ticks = timeTicks(data.period, data.timeZone).map(
    ({ at, grain }) => markup`<i class="gridline ${grain}" style="left:${percentAt(at)}%"></i>`,
  );
  return markup`<div class="overlay back" aria-hidden="true">${data.knownEvents.map((span) => band(span, 'event'))}${data.freezeWindows.map((span) => band(span, 'freeze'))}${ticks}</div>`;
}

/** More lines than this across the plots would hide them; the marks above stay. */
const MOST_PULL_LINES = 60;

function foreground(pulls: readonly PlacedPull[], { percentAt }: PlotContext): Markup {
  const line = (at: number, kind: string): Markup =>
    markup`<i class="pull-line ${kind}" style="left:${percentAt(at)}%"></i>`;
  const applied = pulls.filter(({ status }) => status === 'applied');
  const all = applied.flatMap(({ at, effects }) => [
    line(at, 'pulled'),
    ...effects.map((effect) => line(effect, 'effect')),
  ]);
  const lines = all.length <= MOST_PULL_LINES ? all : [];
  return markup`<div class="overlay front" aria-hidden="true">${lines}<i class="cursor" hidden></i></div>`;
}
