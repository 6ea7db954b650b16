import type { TargetTracking } from '../../../shared/domain/capacity.ts';

/** Target tracking at 70 % with the cooldowns of the example configuration. */
export function aPolicy(over: Partial<TargetTracking> = {}): TargetTracking {
  return {
    cpuPercent: 70,
    metricResolution: '20s',
    scaleOutCooldownSeconds: 60,
    scaleInCooldownSeconds: 300,
    disableScaleIn: false,
    ...over,
  };
}
