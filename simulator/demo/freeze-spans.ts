import type { FleetPolicy } from '../../shared/config/policy.ts';
import { later, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import { freezeInForce } from '../../shared/guards/freeze.ts';
import type { NamedSpan, Span } from '../report/report-data.ts';

/** Freezes begin and end on a quarter of an hour; on a plot of days nothing finer can be seen. */
const STEP: Seconds = 15 * MINUTE;

/** When repairs and reductions were frozen, asked of the guard itself. */
export function freezeSpans({ freezes }: FleetPolicy, { start, end }: Span): readonly NamedSpan[] {
  const spans: NamedSpan[] = [];
  for (let at = start; at < end; at = later(at, STEP)) {
    const freeze = freezeInForce(freezes, 'repair', at);
    if (freeze === null) continue;
    const last = spans.at(-1);
    if (last?.name === freeze.name && last.end === at) spans[spans.length - 1] = { ...last, end: later(at, STEP) };
    else spans.push({ name: freeze.name, start: at, end: later(at, STEP) });
  }
  return spans;
}
