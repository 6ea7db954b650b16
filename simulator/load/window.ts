import { DAY, type EpochMs, isoInstant, later, secondsBetween } from '../../shared/domain/units.ts';
import type { Trace } from './trace.ts';

/**
 * The interval of the trace in which an instant lies.
 *
 * @throws RangeError when the instant lies outside the trace.
 */
export function rowAt(trace: Trace, at: EpochMs): number {
  const row = Math.floor(secondsBetween(trace.startsAt, at) / trace.intervalSeconds);
  if (row < 0 || row >= trace.amounts.length) {
    throw new RangeError(`${trace.name} goes ${span(trace)}: ${isoInstant(at)} lies outside`);
  }
  return row;
}

/**
 * Some days of a trace. Joins with `rowAt` and `busiestRow`: `cutWindow(trace, busiestRow(trace, 7), 7)`.
 *
 * @throws RangeError when the trace does not hold that many days from there.
 */
export function cutWindow(trace: Trace, firstRow: number, days: number): Trace {
  const rows = rowsOf(trace, days);
  if (!Number.isInteger(firstRow) || firstRow < 0 || firstRow + rows > trace.amounts.length) {
    throw new RangeError(`${trace.name} goes ${span(trace)}: it has no ${days} days from row ${firstRow}`);
  }
  return {
    ...trace,
    startsAt: later(trace.startsAt, firstRow * trace.intervalSeconds),
    amounts: trace.amounts.slice(firstRow, firstRow + rows),
    missing: trace.missing.slice(firstRow, firstRow + rows),
  };
}

/**
 * Where the window of so many days with the largest total begins; of equals the first. What lies in gaps was guessed and
 * counts nothing.
 *
 * @throws RangeError when the trace is shorter.
 */
export function busiestRow(trace: Trace, days: number): number {
  const { amounts, missing } = trace;
  const rows = rowsOf(trace, days);
  if (rows > amounts.length) throw new RangeError(`${trace.name} goes ${span(trace)}: that is less than ${days} days`);
  const totals = new Float64Array(amounts.length + 1);
  for (let row = 0; row < amounts.length; row += 1) {
    totals[row + 1] = (totals[row] ?? 0) + (missing[row] === 0 ? (amounts[row] ?? 0) : 0);
  }
  let busiest = 0;
  let most = -Infinity;
  for (let row = 0; row + rows <= amounts.length; row += 1) {
    const total = (totals[row + rows] ?? 0) - (totals[row] ?? 0);
    if (total > most) [busiest, most] = [row, total];
  }
  return busiest;
}

function rowsOf(trace: Trace, days: number): number {
  const rows = (days * DAY) / trace.intervalSeconds;
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw new RangeError(`${days} days are not a whole number of intervals of ${trace.intervalSeconds} s`);
}

function span({ startsAt, amounts, intervalSeconds }: Trace): string {
  return `from ${isoInstant(startsAt)} to ${isoInstant(later(startsAt, amounts.length * intervalSeconds))}`;
}
