import { readFileSync } from 'node:fs';

import { type Markup, markup, nothing } from '../../report/markup.ts';
import { brand, fineZoom, renderPage, zoomButtons } from '../../report/page-shell.ts';
import type { BacktestResult } from '../run-backtest.ts';
import { verdictOf } from '../verdict.ts';
import { failuresSection, spansToShow } from './failures-section.ts';
import { frontierPlot } from './frontier-plot.ts';
import { guideSection } from './guide-section.ts';
import { policiesSheet } from './policies-sheet.ts';
import { policyTable } from './policy-table.ts';
import { type BacktestFacts, reportView, type ReportView } from './report-view.ts';
import { type TuningFacts, tuningSection } from './tuning-section.ts';

export type { BacktestFacts } from './report-view.ts';
export type { TuningFacts } from './tuning-section.ts';

/** The backtest as one HTML page that needs nothing else; with a search for settings, if there was one. */
export function renderBacktest(
  result: BacktestResult,
  facts: BacktestFacts,
  tuning: TuningFacts | null = null,
): string {
  const view = reportView(result, facts);
  return renderPage({
    title: `Backtest of ${facts.traceName}`,
    plots: view.plots,
    header: header(view, tuning),
    main: markup`${verdict(view)}
${frontier(view)}
${tuning === null ? nothing : tuningSection(tuning, view)}
${plots(view)}
${failuresSection(view)}
${guideSection(view)}`,
    styles: readFileSync(new URL('./backtest-style.css', import.meta.url), 'utf8'),
  });
}

function header({ facts, plots: { data, times } }: ReportView, tuning: TuningFacts | null): Markup {
  const toTuning = tuning === null ? nothing : markup`<a href="#tuning">Tuning</a>`;
  return markup`<header class="top">${brand('backtest')}
<h1>What each scaling policy would have done with ${facts.traceName}</h1>
<p class="period">${times.date(data.period.start)} to ${times.date(data.period.end - 1)} · times in ${data.timeZone}</p></header>
<nav aria-label="Sections"><div><a href="#verdict">Verdict</a><a href="#frontier">Cost against missed load</a>${toTuning}<a href="#plots">What happened</a><a href="#failures">Where each failed</a><a href="#reading">How to read this</a></div></nav>`;
}

function verdict(view: ReportView): Markup {
  const { notes } = view.facts;
  return markup`<section class="verdict summary" id="verdict"><h2>${verdictOf(view.result, ({ title }) => title)}</h2>
${notes.length === 0 ? nothing : markup`<p class="story">${notes.join(' ')}</p>`}
${policyTable(view)}</section>`;
}

function frontier(view: ReportView): Markup {
  return markup`<section id="frontier"><h2>Cost against missed load</h2>
<p class="lead">A letter is a policy at its target; the line through it is the same policy at other targets, so that policies can be compared at equal cost or at equal service. Along a dashed line J is the same.</p>
${frontierPlot(view)}</section>`;
}

function plots(view: ReportView): Markup {
  return markup`<section id="plots" class="sheets" data-fine-zoom="${fineZoom(view.plots)}"><h2>What happened</h2>
${zoomButtons(spansToShow(view), view.plots)}
${policiesSheet(view)}
</section>`;
}
