import type { ServiceChange } from '../../../shared/domain/change.ts';
import type { Act } from '../../../shared/domain/decision.ts';
import { anAct, aRaise, CORE_API } from './decisions.ts';
import { at } from './time.ts';
import { aScalingSetup, aTargetTrackingPolicy, planStep, step } from './world.ts';

/** 10 to `max`, by the ceiling lever. */
export const raiseTo = (max: number): Act<ServiceChange> =>
  anAct({ change: aRaise({ min: 2, max: 10 }, { min: 2, max }) });

/** 20 to 12, by the ceiling lever. */
export const reduction: Act<ServiceChange> = {
  kind: 'act',
  direction: 'shrink',
  change: aRaise({ min: 2, max: 20 }, { min: 2, max: 12 }),
  because: [{ code: 'calm', days: 7, peakTasks: 9, max: 20 }],
};

export const repair = (
  from: { min: number; max: number } | null,
  to: { min: number; max: number },
): Act<ServiceChange> => ({
  kind: 'act',
  direction: 'repair',
  change: {
    kind: 'ensure-target-tracking',
    target: CORE_API,
    from: from === null ? null : aScalingSetup({ bounds: from }),
    to: { bounds: to, targetTracking: aTargetTrackingPolicy() },
  },
  because: [from === null ? { code: 'not-registered' } : { code: 'policy-missing' }],
});

/** Tomorrow from 07:45 to 20:00. */
export const planOf = (min: number, max?: number): Act<ServiceChange> => ({
  kind: 'act',
  direction: 'grow',
  change: {
    kind: 'schedule-capacity',
    owner: 'event',
    target: CORE_API,
    from: [],
    to: [step('07:45', max === undefined ? { min } : { min, max }, 1), step('20:00', { min: 2 }, 1)],
  },
  because: [{ code: 'event-ahead', event: 'Tax deadline', from: at('08:00', 1), floor: min }],
});

/** The minimum of an event that is under way. */
export const floorNow = (min: number, max: number): Act<ServiceChange> => ({
  kind: 'act',
  direction: 'grow',
  change: aRaise({ min: 2, max: 10 }, { min, max }),
  because: [{ code: 'event-under-way', event: 'Tax deadline', to: at('20:00'), floor: min }],
});

/** The predictive lever moves the floor of 4 under a ceiling of 10. */
export const floorByForecast = (to: number): Act => ({
  kind: 'act',
  direction: to > 4 ? 'grow' : 'shrink',
  change: aRaise({ min: 4, max: 10 }, { min: to, max: 10 }),
  because: [{ code: to > 4 ? 'load-ahead' : 'load-recedes', floor: to, expectedTasks: to - 0.5, missedPercent: 0.4 }],
});

/** The predictive lever plans a step tomorrow at nine. */
export const forecastPlan = (min: number, max?: number): Act => ({
  kind: 'act',
  direction: 'grow',
  change: {
    kind: 'schedule-capacity',
    target: CORE_API,
    owner: 'plan',
    from: [],
    to: [planStep('09:00', max === undefined ? { min } : { min, max }, 1), planStep('18:00', { min: 2 }, 1)],
  },
  because: [{ code: 'forecast-asks', peakTasks: min, peakAt: at('09:40', 1), quantile: 0.9 }],
});
