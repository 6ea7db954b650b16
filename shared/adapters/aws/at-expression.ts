import type { EpochMs } from '../../domain/units.ts';

/** `at(2026-12-01T08:00:00)`: the schedule of a one-off action. It knows whole seconds only; parts of one are cut. */
export function atExpression(at: EpochMs): string {
  return `at(${new Date(at).toISOString().slice(0, 19)})`;
}

/** The instant of a one-off schedule in UTC; `null` for schedules of other kinds. */
export function instantOf(schedule: string): EpochMs | null {
  const text = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)\)$/.exec(schedule.trim())?.[1];
  if (text === undefined) return null;
  const at = Date.parse(`${text}Z`);
  return Number.isNaN(at) ? null : at;
}
