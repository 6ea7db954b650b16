import { formatMinutes, formatShare } from '../../report/format.ts';
import { type Markup, markup } from '../../report/markup.ts';
import type { NamedSpan } from '../../report/report-data.ts';
import { CLAIRVOYANT } from '../catalogue.ts';
import type { FailureSpell } from '../worst-spells.ts';
import { chip } from './policy-table.ts';
import type { PolicyView, ReportView } from './report-view.ts';

/** When each policy missed most. */
export function failuresSection(view: ReportView): Markup {
  const rows = view.policies.filter(({ result }) => result.name !== CLAIRVOYANT).map((policy) => row(policy, view));
  return markup`<section id="failures"><h2>Where each failed</h2>
<p class="lead">The stretches in which most load was missed, the worst first; less than half an hour between them makes one.</p>
<div class="wide" tabindex="0" role="group" aria-label="Worst stretches of all policies"><table class="failures"><tbody>${rows}</tbody></table></div></section>`;
}

function row(policy: PolicyView, view: ReportView): Markup {
  const { spells, result } = policy;
  const cells = spells.map((spell) => markup`<td>${spellInWords(spell, view)}</td>`);
  const body = spells.length === 0 ? markup`<td colspan="3">nowhere: no load was missed</td>` : markup`${cells}`;
  return markup`<tr><th scope="row">${chip(policy)}<span class="policy-name">${result.title}</span></th>${body}</tr>`;
}

function spellInWords(spell: FailureSpell, { plots: { times }, result: { clairvoyant } }: ReportView): Markup {
  const { start, missed, missedSeconds, peakUtilization } = spell;
  return markup`<b>${times.moment(start)}</b><br>${formatShare(missed / clairvoyant.offered)} of all load in ${formatMinutes(missedSeconds / 60)}, up to ${(100 * peakUtilization).toFixed(0)}\u00a0% of what was ready`;
}

const LEAST_SPAN_MS = 6 * 3_600_000;

/** The worst stretch of each policy, to be shown closer; those of several at one time once. */
export function spansToShow({ policies, plots: { data, times } }: ReportView): readonly NamedSpan[] {
  const spans: NamedSpan[] = [];
  for (const { letter, spells } of policies) {
    const [worst] = spells;
    if (worst === undefined) continue;
    const margin = Math.max(0, (LEAST_SPAN_MS - (worst.end - worst.start)) / 2);
    const start = Math.max(data.period.start, worst.start - margin);
    const end = Math.min(data.period.end, worst.end + margin);
    const same = spans.findIndex((span) => start < span.end && end > span.start);
    const known = spans[same];
    if (known === undefined) spans.push({ name: `${times.day(worst.start)}: worst of ${letter}`, start, end });
    else spans[same] = { ...known, name: `${known.name}, ${letter}` };
  }
  return spans;
}
