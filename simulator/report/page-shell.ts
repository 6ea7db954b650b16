import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { timeTicks } from './axes.ts';
import { type Markup, markup, trusted } from './markup.ts';
import type { PlotContext } from './page-context.ts';
import type { NamedSpan } from './report-data.ts';

/** What differs between one report and another. */
export interface Page {
  readonly title: string;
  /** The time axis that all plots of the page share. */
  readonly plots: PlotContext;
  readonly header: Markup;
  readonly main: Markup;
  /** Rules beyond those of all reports. */
  readonly styles: string;
}

/** One HTML page that needs nothing else: no network, no file beside it, and no script to be read. */
export function renderPage({ title, plots, header, main, styles }: Page): string {
  const { data, points } = plots;
  const script = readFileSync(new URL('./page-script.js', import.meta.url), 'utf8');
  const common = readFileSync(new URL('./page-style.css', import.meta.url), 'utf8');
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(common + styles)}</style>
</head>
<body data-start="${data.period.start}" data-step="${data.stepSeconds}" data-points="${points}" data-time-zone="${data.timeZone}">
${header}
<main>
${main}
</main>
<div id="tip" role="tooltip" hidden></div>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.text;
}

/** The browser itself refuses any request and any script but ours, whatever text the data carries. */
function policyFor(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

/** @param kind of report. */
export function brand(kind: string): Markup {
  return markup`<p class="brand">${LOGO} Fulcrum <span>${kind}</span></p>`;
}

const LOGO = markup`<svg class="logo" viewBox="0 0 28 24" aria-hidden="true"><path d="M2 13.5L26 5.5"/><path class="foot" d="M14 10.5l6.5 12h-13z"/></svg>`;

/** Buttons that bring all plots of the page closer; one for each span to be looked at. */
export function zoomButtons(spans: readonly NamedSpan[], { percentAt }: PlotContext): Markup {
  const buttons = spans.map(
    ({ name, start, end }) =>
      markup`<button type="button" data-from="${percentAt(start)}" data-to="${percentAt(end)}">${name}</button>`,
  );
  return markup`<div class="zoom" hidden role="group" aria-label="Zoom of all plots"><span>Show</span> <button type="button" data-zoom="1" aria-pressed="true">everything</button><button type="button" data-zoom="3" aria-pressed="false">3×</button><button type="button" data-zoom="8" aria-pressed="false">8×</button>${buttons}</div>`;
}

/** The zoom from which on all ticks of the time axis have room beside each other. */
export function fineZoom({ data }: PlotContext): number {
  const [pixelsOfLabel, pixelsOfPlot] = [64, 1_080];
  return Math.ceil(((timeTicks(data.period, data.timeZone).length * pixelsOfLabel) / pixelsOfPlot) * 2) / 2;
}
