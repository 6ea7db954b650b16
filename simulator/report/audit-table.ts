import { instant } from '../../shared/domain/units.ts';
import type { ShownRecord } from './chosen-records.ts';
import { formatCount } from './format.ts';
import { type Markup, markup, nothing } from './markup.ts';
import type { PageContext } from './page-context.ts';

export function auditTable(context: PageContext): Markup {
  const { chosen } = context;
  const more =
    chosen.leftOut === 0
      ? nothing
      : markup` ${formatCount(chosen.leftOut)} more are left out to keep this page small: every record of a lever pull is here, the others lie in the audit table.`;
  return markup`<section id="audit"><h2>Audit records</h2>
<p class="lead">Everything above rests on these ${formatCount(chosen.shown.length)} records. Open one to see it whole.${more}</p>
${filters(chosen.shown, context)}
<div class="records" tabindex="0" role="group" aria-label="Audit records"><table>
<thead><tr><th scope="col">Time</th><th scope="col">Resource</th><th scope="col">Lever</th><th scope="col">Kind</th><th scope="col">Record</th></tr></thead>
<tbody>${chosen.shown.map((shown) => row(shown, context))}</tbody></table></div>
</section>`;
}

function filters(shown: readonly ShownRecord[], { nameOf }: PageContext): Markup {
  const records = shown.map(({ record }) => record);
  const resources = records.map(({ resource }) => resource);
  const levers = records.map(({ lever }) => lever ?? '');
  const kinds = records.map(({ transition }) => transition);
  const leverName = (lever: string): string => (lever === '' ? 'none' : lever);
  // At first without the records of doing nothing, which are most: the choice says so, and the script obeys it.
  const changes = markup`<option value="changes" selected>changes only</option>`;
  return markup`<form class="filters" hidden>
<label>Resource <select name="resource"><option value="">all</option>${options(resources, nameOf)}</select></label>
<label>Lever <select name="lever"><option value="">all</option>${options(levers, leverName)}</select></label>
<label>Kind <select name="kind"><option value="">all</option>${changes}${options(kinds, (kind) => kind)}</select></label>
<label>Text <input type="search" name="text" placeholder="any word of a record"></label>
<button type="reset">Reset</button> <output aria-live="polite"></output></form>`;
}

/** Values carry a sign before them, so that no text from outside can be taken for one of our own choices. */
function options(values: readonly string[], show: (value: string) => string): readonly Markup[] {
  return [...new Set(values)].toSorted().map((value) => markup`<option value="=${value}">${show(value)}</option>`);
}

function row({ id, record, json }: ShownRecord, { times, nameOf }: PageContext): Markup {
  const { resource, lever, transition, sentence, decisionId } = record;
  const body =
    json === null
      ? markup`<p>The whole record is left out to keep this page small. It lies in the audit table under decision <code>${decisionId}</code>.</p>`
      : markup`<pre>${json}</pre>`;
  return markup`<tr id="${id}" data-resource="${resource}" data-lever="${lever ?? ''}" data-kind="${transition}">
<td class="when"><time datetime="${record.at}">${times.moment(instant(record.at))}</time></td><td>${nameOf(resource)}</td><td>${lever ?? '–'}</td><td><span class="kind ${transition}">${transition}</span></td>
<td class="sentence"><details><summary>${sentence}</summary>${body}</details></td></tr>`;
}
