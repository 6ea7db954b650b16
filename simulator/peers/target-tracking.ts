import { NOTHING_SUSPENDED, type TargetTracking } from '../../shared/domain/capacity.ts';
import type { BacktestPolicy, PolicySetup } from '../backtest/policy.ts';
import { TargetTrackingController } from '../plant/target-tracking.ts';

/** AWS target tracking on CPU, with nothing beside it. */
export function targetTracking(
  { targetPercent, bounds, cooldowns }: PolicySetup,
  metricResolution: TargetTracking['metricResolution'],
): BacktestPolicy {
  const controller = new TargetTrackingController({
    cpuPercent: targetPercent,
    metricResolution,
    disableScaleIn: false,
    ...cooldowns,
  });
  return {
    decide: (view) => ({
      wanted: controller.step({ ...view, bounds, suspended: NOTHING_SUSPENDED }),
      floor: bounds.min,
    }),
  };
}
