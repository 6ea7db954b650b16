import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { timeTicks } from './axes.ts';
import { auditTable } from './audit-table.ts';
import { databaseSection } from './database-section.ts';
import { type Markup, markup, nothing, trusted } from './markup.ts';
import { overview } from './overview.ts';
import { type PageContext, pageContext } from './page-context.ts';
import { pullTimeline } from './pull-timeline.ts';
import { readingGuide } from './reading-guide.ts';
import { problemsOf, type ReportData } from './report-data.ts';
import { renderSheet } from './plot-sheet.ts';
import { serviceId, serviceSection } from './service-section.ts';

/**
 * The whole report as one HTML page that needs nothing else: no network, no file beside it, and no script to be read.
 *
 * @throws RangeError when the data cannot be drawn truthfully; the message names every problem.
 */
export function renderReport(data: ReportData): string {
  const problems = problemsOf(data);
  if (problems.length > 0) throw new RangeError(`the report cannot be drawn: ${problems.join('; ')}`);
  const context = pageContext(data);
  const script = readFileSync(new URL('./page-script.js', import.meta.url), 'utf8');
  const styles = readFileSync(new URL('./page-style.css', import.meta.url), 'utf8');
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${data.title}</title>
<style>${trusted(styles)}</style>
</head>
<body data-start="${data.period.start}" data-step="${data.stepSeconds}" data-points="${context.points}" data-time-zone="${data.timeZone}">
${header(context)}
<main>
${overview(context)}
${pullTimeline(context)}
${plots(context)}
${auditTable(context)}
${readingGuide(context)}
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

function header({ data, times }: PageContext): Markup {
  const services = data.services.map(({ name }, index) => markup`<a href="#${serviceId(index)}">${name}</a>`);
  const database = data.database === null && data.pooler === null ? nothing : markup`<a href="#database">database</a>`;
  return markup`<header class="top"><p class="brand">${LOGO} Fulcrum <span>simulation report</span></p>
<h1>${data.title}</h1>
<p class="subtitle">${data.subtitle}</p>
<p class="period">${times.date(data.period.start)} to ${times.date(data.period.end - 1)} · times in ${data.timeZone}</p></header>
<nav aria-label="Sections"><div><a href="#verdict">Verdict</a><a href="#pulls">Lever pulls</a>${services}${database}<a href="#audit">Audit records</a><a href="#reading">How to read this</a></div></nav>`;
}

const LOGO = markup`<svg class="logo" viewBox="0 0 28 24" aria-hidden="true"><path d="M2 13.5L26 5.5"/><path class="foot" d="M14 10.5l6.5 12h-13z"/></svg>`;

function plots(context: PageContext): Markup {
  const { knownEvents } = context.data;
  const events = knownEvents.map(
    ({ name, start, end }) =>
      markup`<button type="button" data-from="${context.percentAt(start)}" data-to="${context.percentAt(end)}">${name}</button>`,
  );
  return markup`<section id="plots" class="sheets" data-fine-zoom="${fineZoom(context)}"><h2>What happened</h2>
<div class="zoom" hidden role="group" aria-label="Zoom of all plots"><span>Show</span> <button type="button" data-zoom="1" aria-pressed="true">everything</button><button type="button" data-zoom="3" aria-pressed="false">3×</button><button type="button" data-zoom="8" aria-pressed="false">8×</button>${events}</div>
${context.data.services.map((service, index) => serviceSection(service, index, context))}
${databaseSection(context)}
${elsewhere(context)}
</section>`;
}

/** The zoom from which on all ticks of the time axis have room beside each other. */
function fineZoom({ data }: PageContext): number {
  const [pixelsOfLabel, pixelsOfPlot] = [64, 1_080];
  return Math.ceil(((timeTicks(data.period, data.timeZone).length * pixelsOfLabel) / pixelsOfPlot) * 2) / 2;
}

/** Pulls on what has no plot of its own are marked too. */
function elsewhere(context: PageContext): Markup {
  const { services, database, pooler } = context.data;
  const drawn = new Set([...services, database, pooler].map((thing) => thing?.resource));
  const pulls = context.pulls.filter(({ resource }) => !drawn.has(resource));
  if (pulls.length === 0) return nothing;
  return markup`<section class="service" id="elsewhere"><h3>Elsewhere in the fleet</h3>
${renderSheet({ id: 'elsewhere', name: 'the rest of the fleet', pulls, shortfalls: [], panels: [], readouts: [] }, context)}</section>`;
}
