import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Percent } from '../../../shared/domain/units.ts';

/** USER_HZ, which is 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** Processor time that a PostgreSQL has used since the last time that was asked, of all processors, and since when. */
export function processorUse(
  postmaster: number,
  now: () => number = Date.now,
): () => { readonly at: number; readonly percent: Percent } {
  let [usedBefore, measuredAt, at] = [processorSeconds(postmaster), performance.now(), now()];
  return () => {
    const [used, measured] = [processorSeconds(postmaster), performance.now()];
    const percent = (100 * (used - usedBefore)) / ((measured - measuredAt) / 1000) / cpus().length;
    const period = { at, percent: Math.max(0, percent) };
    [usedBefore, measuredAt, at] = [used, measured, now()];
    return period;
  };
}

/** Of the postmaster and everything it has started that still runs. */
function processorSeconds(postmaster: number): number {
  const ofDatabase = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => statOf(pid))
    .filter(([pid, , , parent]) => Number(pid) === postmaster || Number(parent) === postmaster);
  return ofDatabase.reduce((sum, stat) => sum + Number(stat[13]) + Number(stat[14]), 0) / TICKS_PER_SECOND;
}

/** Empty where the process has just ended. The name in parentheses may hold spaces. */
function statOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/\(.*\)/, 'name')
      .split(' ');
  } catch {
    return [];
  }
}
