import type { ReportData, Series, Span } from './report-data.ts';

export interface Spell extends Span {
  readonly requests: number;
}

/** Losses with less than this between them are one spell to a reader. */
const BREATH_SECONDS = 1_800;

/** The stretch in which most requests were lost, over all services; `null` when none was. */
export function worstSpell(
  lostPerSecond: readonly Series[],
  place: Pick<ReportData, 'period' | 'stepSeconds'>,
): Spell | null {
  const { period, stepSeconds } = place;
  const points = Math.max(0, ...lostPerSecond.map(({ length }) => length));
  const breath = Math.ceil(BREATH_SECONDS / stepSeconds);
  const spells: { first: number; last: number; requests: number }[] = [];
  for (let point = 0; point < points; point += 1) {
    const requests = lostPerSecond.reduce((sum, series) => sum + (series[point] ?? 0), 0) * stepSeconds;
    if (requests <= 0) continue;
    const current = spells.at(-1);
    if (current !== undefined && point - current.last <= breath) {
      current.last = point;
      current.requests += requests;
    } else {
      spells.push({ first: point, last: point, requests });
    }
  }
  const worst = spells.toSorted((left, right) => right.requests - left.requests)[0];
  if (worst === undefined) return null;
  const at = (point: number): number => Math.min(period.end, period.start + point * stepSeconds * 1000);
  return { start: at(worst.first), end: at(worst.last + 1), requests: worst.requests };
}
