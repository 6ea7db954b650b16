import type { FleetPolicy, LeverSettings, ServicePolicy } from '../config/policy.ts';
import { MINUTE, type Seconds } from '../domain/units.ts';
import { type ControlSettings, DEFAULT_SETTINGS, MAX_STARTUP_SECONDS } from './settings.ts';

/** The control law as `fulcrum.yml` sets it for a service. What learns and what looks have to use the same. */
export function controlSettingsOf(
  { targetTracking }: Pick<ServicePolicy, 'targetTracking'>,
  lever: LeverSettings['predictive'],
): ControlSettings {
  return {
    ...DEFAULT_SETTINGS,
    usableUtilization: lever.usablePercent / 100,
    missedPrice: lever.missedPrice,
    memoryDays: lever.memoryDays,
    // Raised where that is possible, never lowered.
    targetPercent: Math.max(lever.targetPercent, targetTracking.cpuPercent),
    unlearnedTargetPercent: targetTracking.cpuPercent,
  };
}

/**
 * From when a task is needed until it serves: besides its start-up, the wait for the next look where looks are further
 * apart than measurements. What takes longer than the control law can look ahead counts as that.
 */
export function effectiveStartupSeconds(
  { startupSeconds }: Pick<ServicePolicy, 'startupSeconds'>,
  { tickMinutes }: Pick<FleetPolicy, 'tickMinutes'>,
): Seconds {
  return Math.min(startupSeconds + (tickMinutes - 1) * MINUTE, MAX_STARTUP_SECONDS);
}
