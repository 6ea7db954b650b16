import { formatCount, formatShare } from '../../report/format.ts';
import { type Markup, markup, nothing } from '../../report/markup.ts';
import { startOfStep } from '../../load/steps.ts';
import { keeps, type Outcome, type ServiceLevel } from '../../tune/service-level.ts';
import { conclusionInWords, levelInWords, recommendationInWords } from '../../tune/tune-words.ts';
import type { TunedFamily, TuneResult } from '../../tune/tune.ts';
import type { ReportView } from './report-view.ts';
import { FAMILY_LOOKS, tuningPlot } from './tuning-plot.ts';

/** A search for settings, with the part of `fulcrum.yml` that holds what it found. */
export interface TuningFacts {
  readonly result: TuneResult;
  /** One for each policy that should change. */
  readonly fragments: readonly { readonly title: string; readonly yaml: string }[];
}

/** The cheapest settings that keep a level of service, and whether they hold where they were not fitted. */
export function tuningSection({ result, fragments }: TuningFacts, { plots: { times } }: ReportView): Markup {
  const { level, parts, families } = result;
  const at = (step: number): string => times.moment(startOfStep(parts.load.startsAt, step));
  return markup`<section id="tuning"><h2>Settings for ${levelInWords(level)}</h2>
<p class="lead">Searched for the fewest task-hours on ${at(parts.from)} to ${at(parts.split)}. What came after, up to ${at(parts.load.perSecond.length)}, was held out: the search never saw it, so what settings do there is what to expect of them.</p>
<ul class="advice">${families.map((family) => advice(family, level))}</ul>
<p class="conclusion">${conclusionInWords(result)}</p>
<div class="wide" tabindex="0" role="group" aria-label="Default and found settings on both parts"><table class="tuning">
<thead><tr><td></td><th scope="colgroup" colspan="3">Part that was searched</th><th scope="colgroup" colspan="3">Part that was held out</th></tr>
<tr><th scope="col">Settings</th>${[1, 2].map(() => markup`<th scope="col">Missed</th><th scope="col">Lost</th><th scope="col">Task-hours</th>`)}</tr></thead>
<tbody>${families.flatMap((family) => rows(family, level))}</tbody></table></div>
<h3>Everything that was tried</h3>
<p class="lead">On the part that was searched. Letters name the policy: outlined with its default settings, filled with those that were found.</p>
${tuningPlot(result)}
${fragments.length === 0 ? nothing : markup`<h3>For fulcrum.yml</h3>${fragments.map(({ title, yaml }) => markup`<p class="lead">${title}</p><pre class="fragment" tabindex="0">${yaml}</pre>`)}`}</section>`;
}

function advice(family: TunedFamily, level: ServiceLevel): Markup {
  const { letter, hue } = FAMILY_LOOKS[family.family.name];
  return markup`<li><b class="chip ${hue}">${letter}</b><div><strong>${family.family.title}.</strong> ${recommendationInWords(family, level)}</div></li>`;
}

function rows({ family, standing, best }: TunedFamily, level: ServiceLevel): readonly Markup[] {
  const { letter, hue } = FAMILY_LOOKS[family.name];
  const row = (name: string, look: string, tuning: Outcome, heldOut: Outcome, settings: string): Markup =>
    markup`<tr><th scope="row"><b class="chip ${look} ${hue}">${letter}</b>${family.title}, ${name}<small>${settings}</small></th>${cells(tuning, level)}${cells(heldOut, level)}</tr>`;
  const settingsOf = (point: TunedFamily['best']['point']): string =>
    family
      .settingsAt(point)
      .map(({ place, value }) => `${place.key} ${value}`)
      .join(', ');
  const isFound = best.point.join() !== standing.point.join();
  return [
    row('default', 'outline', standing.tuning, standing.heldOut, settingsOf(standing.point)),
    isFound ? row('found', '', best.tuning, best.heldOut, settingsOf(best.point)) : nothing,
  ];
}

function cells(outcome: Outcome, level: ServiceLevel): Markup {
  const verdict = keeps(outcome, level)
    ? markup`<small class="good">keeps the level</small>`
    : markup`<small class="bad">breaks it</small>`;
  return markup`<td>${formatShare(outcome.missedShare)}${verdict}</td><td>${formatShare(outcome.lostShare)}</td><td>${formatCount(outcome.taskHours)}</td>`;
}
