import { auditTable } from './audit-table.ts';
import { databaseSection } from './database-section.ts';
import { type Markup, markup, nothing } from './markup.ts';
import { overview } from './overview.ts';
import { type PageContext, pageContext } from './page-context.ts';
import { brand, fineZoom, renderPage, zoomButtons } from './page-shell.ts';
import { proposalsSection } from './proposals-section.ts';
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
  return renderPage({
    title: data.title,
    plots: context,
    header: header(context),
    main: markup`${overview(context)}
${pullTimeline(context)}
${plots(context)}
${proposalsSection(context)}
${auditTable(context)}
${readingGuide(context)}`,
    styles: '',
  });
}

function header({ data, times }: PageContext): Markup {
  const services = data.services.map(({ name }, index) => markup`<a href="#${serviceId(index)}">${name}</a>`);
  const database = data.database === null && data.pooler === null ? nothing : markup`<a href="#database">database</a>`;
  const proposals = data.proposals.length === 0 ? nothing : markup`<a href="#proposals">Proposals</a>`;
  return markup`<header class="top">${brand('simulation report')}
<h1>${data.title}</h1>
<p class="subtitle">${data.subtitle}</p>
<p class="period">${times.date(data.period.start)} to ${times.date(data.period.end - 1)} · times in ${data.timeZone}</p></header>
<nav aria-label="Sections"><div><a href="#verdict">Verdict</a><a href="#pulls">Lever pulls</a>${services}${database}${proposals}<a href="#audit">Audit records</a><a href="#reading">How to read this</a></div></nav>`;
}

function plots(context: PageContext): Markup {
  const { knownEvents } = context.data;
  return markup`<section id="plots" class="sheets" data-fine-zoom="${fineZoom(context)}"><h2>What happened</h2>
${zoomButtons(knownEvents, context)}
${context.data.services.map((service, index) => serviceSection(service, index, context))}
${databaseSection(context)}
${elsewhere(context)}
</section>`;
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
