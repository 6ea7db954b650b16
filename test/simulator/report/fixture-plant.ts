/** A rough stand-in for the plant: plausible curves for the page, and no claim beyond that. */

export const STEP_SECONDS = 20;
const STEPS_A_MINUTE = 60 / STEP_SECONDS;

/** Repeatable chance: the same seed gives the same numbers. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface FixtureBounds {
  readonly min: number;
  readonly max: number;
}

export interface FixtureRun {
  readonly wanted: number[];
  readonly ready: number[];
  readonly cpuPercent: number[];
  readonly missedPerSecond: number[];
  readonly lostPerSecond: number[];
  readonly min: number[];
  readonly max: number[];
}

export interface FixtureService {
  readonly taskCapacityPerSecond: number;
  readonly targetCpuPercent: number;
  readonly startupSeconds: number;
}

/** Called once a minute; what it returns holds from then on. */
export type Governor = (now: {
  readonly step: number;
  readonly bounds: FixtureBounds;
  readonly wanted: number;
  readonly cpuPercent: number;
}) => FixtureBounds;

export function run(
  load: readonly number[],
  service: FixtureService,
  start: FixtureBounds,
  govern: Governor,
): FixtureRun {
  const { taskCapacityPerSecond: capacity, targetCpuPercent: target } = service;
  const out: FixtureRun = {
    wanted: [],
    ready: [],
    cpuPercent: [],
    missedPerSecond: [],
    lostPerSecond: [],
    min: [],
    max: [],
  };
  const startupSteps = service.startupSeconds / STEP_SECONDS;
  let bounds = start;
  let wanted = start.min;
  let below = 0;
  for (const [step, rate] of load.entries()) {
    const ready = step < startupSteps ? wanted : Math.min(wanted, ...out.wanted.slice(step - startupSteps, step));
    const utilization = rate / (ready * capacity);
    const cpuPercent = Math.min(1, utilization) * 100;
    out.ready.push(ready);
    out.wanted.push(wanted);
    out.cpuPercent.push(cpuPercent);
    out.missedPerSecond.push(utilization > 0.9 ? rate : 0);
    out.lostPerSecond.push(Math.max(0, rate - ready * capacity));
    out.min.push(bounds.min);
    out.max.push(bounds.max);
    if (step % STEPS_A_MINUTE !== 0) continue;

    bounds = govern({ step, bounds, wanted, cpuPercent });
    const seen = out.cpuPercent.slice(-6).reduce((sum, value) => sum + value, 0) / Math.min(6, out.cpuPercent.length);
    below = seen < target * 0.9 ? below + 1 : 0;
    const need = Math.ceil((ready * seen) / target);
    if (seen > target) wanted = Math.max(wanted, need);
    else if (below >= 15) wanted = Math.min(wanted, Math.max(need, wanted - 1));
    wanted = Math.min(Math.max(wanted, bounds.min), bounds.max);
  }
  return out;
}

/** Hours of a day as people keep them: quiet nights, a morning and an afternoon. */
function daily(hour: number): number {
  const hump = (at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));
  return 0.12 + 0.75 * hump(10.5, 2.8) + 0.6 * hump(15.5, 2.6) + 0.18 * hump(20.5, 1.6);
}

export interface LoadShape {
  readonly peakPerSecond: number;
  /** How much the deadline multiplies the load at its height. */
  readonly deadlineFactor: number;
  readonly seed: number;
}

/** A week from a Sunday, with its deadline on the Wednesday from 07:30 to 20:00. */
export function weekOfLoad({ peakPerSecond, deadlineFactor, seed }: LoadShape): number[] {
  const random = chance(seed);
  let drift = 0;
  return Array.from({ length: (7 * 86_400) / STEP_SECONDS }, (_, step) => {
    const hours = (step * STEP_SECONDS) / 3_600;
    const day = Math.floor(hours / 24);
    const hour = hours % 24;
    drift = drift * 0.995 + (random() - 0.5) * 0.02;
    const weekday = day === 0 || day === 6 ? 0.4 : 1;
    const onDeadline = day === 3 && hour >= 7.5 && hour < 20;
    const rise = onDeadline ? Math.min(1, (hour - 7.5) / 0.4) * Math.min(1, (20 - hour) / 0.3) : 0;
    const burst = day === 1 && hour > 13.2 && hour < 13.6 ? 1.9 : 1;
    const level = daily(hour) * weekday * (1 + drift) * burst + rise * (deadlineFactor - 0.4);
    return Math.max(0.2, peakPerSecond * level * (0.96 + 0.08 * random()));
  });
}
