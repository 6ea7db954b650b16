import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import type { SteppedLoad } from '../../../simulator/load/trace.ts';
import type { PolicySetup } from '../../../simulator/backtest/policy.ts';
import { TWO_OR_MORE } from '../../../simulator/plant/run.ts';

export const aLoad = (perSecond: ArrayLike<number>, over: Partial<SteppedLoad> = {}): SteppedLoad => ({
  startsAt: Date.UTC(2026, 10, 2),
  perSecond: Float64Array.from(perSecond),
  missing: new Uint8Array(perSecond.length),
  ...over,
});

/** Tides of a day, noise, and a jump by 900 for a hundred minutes every eight hours and a bit. */
export const tidal = (steps: number): SteppedLoad =>
  aLoad(
    Float64Array.from({ length: steps }, (_, step) => {
      const tide = Math.abs((step % 4_320) - 2_160) / 2_160;
      const jump = step % 1_500 >= 700 && step % 1_500 < 1_000 ? 900 : 0;
      return 200 + (40 * ((step * step * 7_919) % 997)) / 997 + 300 * (1 - tide) + jump;
    }),
  );

export const aSetup = (over: Partial<PolicySetup> = {}): PolicySetup => ({
  startsAt: Date.UTC(2026, 10, 2),
  taskCapacity: 40,
  startupSeconds: 60,
  bounds: TWO_OR_MORE,
  targetPercent: 65,
  cooldowns: { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
  signal: '1m',
  control: DEFAULT_SETTINGS,
  ...over,
});
