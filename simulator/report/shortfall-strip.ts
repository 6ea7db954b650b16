import { type Markup, markup } from './markup.ts';
import { bandPath, BOX_HEIGHT, UNITS_PER_POINT } from './plot-paths.ts';
import type { PolicyRun, Series } from './report-data.ts';

/** When a policy fell short: half height where load was missed, full height where some of it was lost. */
export function shortfallStrip(
  run: Pick<PolicyRun, 'missedPerSecond' | 'lostPerSecond'>,
  points: number,
  label: string,
): Markup {
  return markup`<svg class="shortfall" viewBox="0 0 ${points * UNITS_PER_POINT} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="missed" d="${blocks(run.missedPerSecond, 0.5)}"/><path class="lost" d="${blocks(run.lostPerSecond, 1)}"/></svg>`;
}

/** A block for every stretch in which there was any. */
function blocks(series: Series, height: number): string {
  const present = series.map((value) => ((value ?? 0) > 0 ? height : null));
  const floor = present.map((value) => (value === null ? null : 0));
  return bandPath(floor, present, 1);
}
