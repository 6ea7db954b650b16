import { type Markup, markup, nothing, trusted } from './markup.ts';
import type { PlotContext, PlacedPull } from './page-context.ts';
import type { PullStatus } from './report-data.ts';

export const STATUS_WORDS: Readonly<Record<PullStatus, string>> = {
  applied: 'applied',
  skipped: 'skipped',
  failed: 'failed',
  held: 'held back',
  open: 'no outcome yet',
};

/** What became of a pull tells the shape of its mark, so that it reads without colour. */
const GLYPHS: Readonly<Record<PullStatus, string>> = {
  applied: 'M8 1l7 7-7 7-7-7z',
  skipped: 'M8 2.5l5.5 5.5-5.5 5.5-5.5-5.5z',
  failed: 'M3 3l10 10M13 3l-10 10',
  held: 'M5 3v10M11 3v10',
  open: 'M8 2a6 6 0 1 0 .01 0z',
};

export function glyph(status: PullStatus): Markup {
  return markup`<svg class="glyph ${status}" viewBox="0 0 16 16" aria-hidden="true"><path d="${trusted(GLYPHS[status])}"/></svg>`;
}

/** Share of the width, in percent, that a mark takes where the whole period is in sight. */
const MARK_WIDTH = 1.4;
const MOST_ROWS = 4;

/** Marks that would cover each other go below each other. Takes places in the order of time, gives a row for each. */
export function rowsOf(places: readonly number[]): readonly number[] {
  const lastOfRow: number[] = [];
  return places.map((place) => {
    const free = lastOfRow.findIndex((last) => place - last >= MARK_WIDTH);
    const row = free >= 0 ? free : lastOfRow.length < MOST_ROWS ? lastOfRow.length : leastCrowded(lastOfRow);
    lastOfRow[row] = place;
    return row;
  });
}

function leastCrowded(lastOfRow: readonly number[]): number {
  return lastOfRow.indexOf(Math.min(...lastOfRow));
}

/** The mark of a pull in a plot: leads to the audit record behind it. */
export function pullMark(pull: PlacedPull, row: number, { times, nameOf, percentAt }: PlotContext): Markup {
  const text = `${times.moment(pull.at)} · ${pull.lever} on ${nameOf(pull.resource)}, ${STATUS_WORDS[pull.status]}: ${[pull.title, ...pull.detail].join('; ')}`;
  return markup`<a class="mark" href="#${pull.recordId}" data-pull="${pull.id}" style="left:${percentAt(pull.at)}%;--row:${row}" title="${text}">${glyph(pull.status)}</a>`;
}

/** From the mark of a pull that scheduled something to the instants at which that takes effect. */
export function reach({ at, effects, status }: PlacedPull, { percentAt, times }: PlotContext): Markup {
  const last = effects.at(-1);
  if (last === undefined || status !== 'applied') return nothing;
  const left = percentAt(at);
  const ends = effects.map(
    (effect) =>
      markup`<i class="effect" style="left:${percentAt(effect)}%" title="scheduled bounds take effect ${times.moment(effect)}"></i>`,
  );
  return markup`<i class="reach" style="left:${left}%;width:${Math.round((percentAt(last) - left) * 1000) / 1000}%"></i>${ends}`;
}
