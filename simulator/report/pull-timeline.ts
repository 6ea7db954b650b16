import { daysOf } from './axes.ts';
import { glyph, STATUS_WORDS } from './lever-marks.ts';
import { type Markup, markup, nothing } from './markup.ts';
import type { PageContext, PlacedPull } from './page-context.ts';
import type { NamedSpan, Span } from './report-data.ts';

/** A day with more pulls than this is folded up. */
const MOST_UNFOLDED = 16;
/** Of more pulls than this in all, every day is folded up: its line says how many. */
const MOST_UNFOLDED_IN_ALL = 80;
/** In a longer period the days without a pull are not listed. */
const DAYS_ALL_LISTED = 14;

export function pullTimeline(context: PageContext): Markup {
  const { data, pulls } = context;
  const days = daysOf(data.period, data.timeZone).map((day) => ({
    day,
    pulls: pulls.filter(
      ({ at }) => at >= day.start && (at < day.end || (at === day.end && day.end === data.period.end)),
    ),
  }));
  const listed = days.length <= DAYS_ALL_LISTED ? days : days.filter((day) => day.pulls.length > 0);
  return markup`<section id="pulls"><h2>Lever pulls, day by day</h2>
<p class="lead">Each entry is one change that a lever wanted: what, why, and what became of it. ${statusKeys(pulls)}</p>
${pulls.length === 0 ? markup`<p>No lever was pulled in this period.</p>` : listed.map((day) => dayEntry(day.day, day.pulls, context))}
</section>`;
}

function statusKeys(pulls: readonly PlacedPull[]): readonly Markup[] {
  const used = new Set(pulls.map(({ status }) => status));
  return [...used].map((status) => markup`<span class="status-key">${glyph(status)} ${STATUS_WORDS[status]}</span> `);
}

function dayEntry(day: Span, pulls: readonly PlacedPull[], context: PageContext): Markup {
  const title = markup`<span class="day-name">${context.times.longDay(day.start)}</span>${calendarOf(day, context)}`;
  if (pulls.length === 0) {
    return markup`<div class="day quiet"><h3>${title}<span class="count">no lever pulled</span></h3></div>`;
  }
  const few = pulls.length <= MOST_UNFOLDED && context.pulls.length <= MOST_UNFOLDED_IN_ALL;
  const open = few ? markup` open` : nothing;
  return markup`<details class="day"${open}><summary><h3>${title}<span class="count">${countsInWords(pulls)}</span></h3></summary>
<ol class="pulls">${pulls.map((pull) => pullEntry(pull, context))}</ol></details>`;
}

function calendarOf(day: Span, { data, times }: PageContext): readonly Markup[] {
  const within = ({ start, end }: NamedSpan): boolean => start < day.end && end > day.start;
  const note = (span: NamedSpan, kind: string): Markup => {
    const from = span.start <= day.start ? '' : `from ${times.time(span.start)} `;
    const to = span.end >= day.end ? '' : `to ${times.time(span.end)}`;
    return markup`<span class="note ${kind}">${span.name} ${from}${to}</span>`;
  };
  return [
    ...data.knownEvents.filter(within).map((span) => note(span, 'event')),
    ...data.freezeWindows.filter(within).map((span) => note(span, 'freeze')),
  ];
}

function countsInWords(pulls: readonly PlacedPull[]): string {
  const byLever = Map.groupBy(pulls, ({ lever }) => lever);
  const parts = [...byLever].map(([lever, ofLever]) => `${lever} ${ofLever.length}`);
  return `${pulls.length} ${pulls.length === 1 ? 'pull' : 'pulls'}: ${parts.join(', ')}`;
}

function pullEntry(pull: PlacedPull, { times, nameOf }: PageContext): Markup {
  const iso = new Date(pull.at).toISOString();
  return markup`<li id="${pull.id}" class="pull ${pull.status}">
<time datetime="${iso}">${times.time(pull.at)}</time>
<div class="what"><p class="who">${glyph(pull.status)} <b>${pull.lever}</b> on <b>${nameOf(pull.resource)}</b> <span class="status ${pull.status}">${STATUS_WORDS[pull.status]}</span></p>
<p class="title">${pull.title}</p>
${reasons(pull)}
</div>
<div class="change"><p><span class="visually-hidden">from </span><span class="before">${pull.before}</span> <span class="visually-hidden">to </span><span aria-hidden="true">→</span> <span class="after">${pull.after}</span></p>${recordLink(pull)}</div></li>`;
}

function reasons({ detail }: PlacedPull): Markup {
  if (detail.length === 0) return nothing;
  return markup`<ul class="reasons">${detail.map((reason) => markup`<li>${reason}</li>`)}</ul>`;
}

function recordLink({ id, recordId }: PlacedPull): Markup {
  return recordId === id ? nothing : markup`<a class="to-record" href="#${recordId}">audit record</a>`;
}
