import {
  type Difference,
  formatCount,
  formatLargeCount,
  formatMinutes,
  formatQuantity,
  formatShare,
  formatUsd,
  relativeDifference,
} from './format.ts';
import { type Markup, markup, nothing } from './markup.ts';
import type { PageContext } from './page-context.ts';
import { shortfallStrip } from './shortfall-strip.ts';
import type { Figures, PolicyRun } from './report-data.ts';
import { serviceId } from './service-section.ts';
import { timeTicks } from './axes.ts';
import { BASELINE, type BothFigures, fleetFigures, FULCRUM, lostShare, missedShare, verdictOn } from './verdict.ts';
import { worstSpell } from './spells.ts';

export function overview(context: PageContext): Markup {
  const both = fleetFigures(context.data);
  const verdict = verdictOn(both);
  return markup`<section class="verdict ${verdict.service}" id="verdict">
<p class="stamp">${verdict.stamp}</p>
<h2>${verdict.headline}</h2>
${story(context)}
</section>
<div class="hero">
${figuresTable(both)}
${glance(context)}
</div>`;
}

function story(context: PageContext): Markup {
  const { data, pulls } = context;
  const applied = pulls.filter(({ status }) => status === 'applied').length;
  const rest = pulls.length - applied;
  const others =
    rest === 0 ? '' : `; ${formatCount(rest)} more ${rest === 1 ? 'was' : 'were'} held back, skipped or failed`;
  const levers =
    pulls.length === 0
      ? markup`No lever was pulled.`
      : markup`Fulcrum pulled <a href="#pulls">${formatCount(applied)} ${applied === 1 ? 'lever' : 'levers'}</a>${others}.`;
  const spells = [
    spellInWords(
      `${BASELINE.charAt(0).toUpperCase()}${BASELINE.slice(1)}`,
      data.services.map(({ baseline }) => baseline),
      context,
    ),
    spellInWords(
      FULCRUM,
      data.services.map(({ fulcrum }) => fulcrum),
      context,
    ),
  ];
  return markup`<p class="story">${spells.filter((text) => text !== '').join(' ')} ${levers}</p>`;
}

function spellInWords(name: string, runs: readonly PolicyRun[], { data, times }: PageContext): string {
  const spell = worstSpell(
    runs.map(({ lostPerSecond }) => lostPerSecond),
    data,
  );
  if (spell === null) return '';
  const sameDay = times.day(spell.start) === times.day(spell.end);
  const end = sameDay ? times.time(spell.end) : times.moment(spell.end);
  return `${name} lost most on ${times.moment(spell.start)} to ${end}: ${formatCount(spell.requests)} requests.`;
}

interface FigureRow {
  readonly label: string;
  readonly explanation: string;
  readonly of: (figures: Figures) => number;
  readonly show: (value: number) => string;
  readonly better: 'less' | 'more' | 'neither';
}

const ROWS: readonly FigureRow[] = [
  { label: 'Requests lost', explanation: 'no room for them', of: lostShare, show: formatShare, better: 'less' },
  { label: 'Requests missed', explanation: 'met over 90 % load', of: missedShare, show: formatShare, better: 'less' },
  {
    label: 'Requests served',
    explanation: '',
    of: (f) => f.requests - f.lostRequests,
    show: formatLargeCount,
    better: 'more',
  },
  { label: 'Task-hours', explanation: '', of: (f) => f.taskHours, show: formatQuantity, better: 'less' },
  { label: 'Cost of tasks', explanation: '', of: (f) => f.costUsd, show: formatUsd, better: 'less' },
  { label: 'Above CPU target', explanation: '', of: (f) => f.minutesAboveTarget, show: formatMinutes, better: 'less' },
  { label: 'Capacity changes', explanation: '', of: (f) => f.capacityChanges, show: formatCount, better: 'neither' },
];

function figuresTable({ fulcrum, baseline }: BothFigures): Markup {
  const rows = ROWS.map((row) => {
    const ours = row.of(fulcrum);
    const theirs = row.of(baseline);
    const note = row.explanation === '' ? nothing : markup` <small>${row.explanation}</small>`;
    return markup`<tr><th scope="row">${row.label}${note}</th>
<td class="ours">${row.show(ours)}${meter(ours, theirs)}</td><td>${row.show(theirs)}${meter(theirs, ours)}</td>
<td class="difference">${differenceInWords(relativeDifference(ours, theirs), row)}</td></tr>`;
  });
  return markup`<section class="figures" aria-labelledby="figures-title"><h2 id="figures-title">Side by side</h2>
<table><thead><tr><td></td><th scope="col">Fulcrum</th><th scope="col">Target tracking alone</th><th scope="col">Difference</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}

function meter(value: number, other: number): Markup {
  const most = Math.max(value, other);
  const width = most > 0 ? Math.round((value / most) * 1000) / 10 : 0;
  return markup`<i class="meter" aria-hidden="true"><i style="width:${width}%"></i></i>`;
}

function differenceInWords(difference: Difference, { better }: FigureRow): Markup {
  if (difference.kind === 'same') return markup`<span>the same</span>`;
  const tone = better === 'neither' ? '' : difference.kind === better ? 'good' : 'bad';
  const arrow = difference.kind === 'more' ? '▲' : '▼';
  return markup`<span class="${tone}"><span aria-hidden="true">${arrow}</span> ${difference.text ?? ''} ${difference.kind}</span>`;
}

function glance(context: PageContext): Markup {
  const { data, percentAt, points } = context;
  const strips = data.services.map(
    (service, index) =>
      markup`<div class="glance-service"><a href="#${serviceId(index)}">${service.name}</a>
${strip('Fulcrum', service.fulcrum, points)}
${strip('Alone', service.baseline, points)}</div>`,
  );
  const bands = data.knownEvents.map(({ start, end, name }) => {
    const left = percentAt(start);
    return markup`<i class="band event" style="left:${left}%;width:${percentAt(end) - left}%" title="${name}"></i>`;
  });
  return markup`<section class="glance" aria-labelledby="glance-title"><h2 id="glance-title">When it fell short</h2>
<div class="strips">${strips}<div class="glance-axis" aria-hidden="true">${glanceTicks(context)}</div><div class="overlay" aria-hidden="true">${bands}</div></div>
<ul class="legend"><li><i class="swatch lost"></i>lost: full height</li><li><i class="swatch missed"></i>missed: half height</li>${data.knownEvents.length === 0 ? nothing : markup`<li><i class="swatch event"></i>known event</li>`}</ul></section>`;
}

/** Room for seven labels; of more ticks only every so manieth is labelled. */
const MOST_GLANCE_LABELS = 7;

function glanceTicks({ data, times, percentAt }: PageContext): readonly Markup[] {
  const ticks = timeTicks(data.period, data.timeZone).filter(({ grain }) => grain === 'coarse');
  const stride = Math.ceil(ticks.length / MOST_GLANCE_LABELS);
  const words = { hour: times.time, day: times.shortDay, month: times.month };
  return ticks
    .filter((_, index) => index % stride === 0)
    .map(({ at, unit }) => markup`<span style="left:${percentAt(at)}%">${words[unit](at)}</span>`);
}

function strip(name: string, run: PolicyRun, points: number): Markup {
  const share = formatShare(lostShare(run.figures));
  const missed = formatShare(missedShare(run.figures));
  return markup`<div class="strip"><span class="strip-name">${name}</span>${shortfallStrip(run, points, `${name}: ${share} lost, ${missed} missed`)}<span class="strip-share">${share}</span></div>`;
}
