import { describe, expect, it } from '@jest/globals';
import { explain } from '../../shared/domain/explain.ts';
import { NOT_ASKED, seen, unseen } from '../../shared/domain/reading.ts';
import { CORE_API, saidBy } from '../support/builders/decisions.ts';
import { aFleetPolicy, aServiceInput } from '../support/builders/policy.ts';
import { aForecast } from '../support/builders/forecast.ts';
import { at, minutesAgo, NOW } from '../support/builders/time.ts';
import {
  anEvent,
  aScalingSetup,
  aSnapshot,
  aTargetTrackingPolicy,
  type ServiceWorld,
} from '../support/builders/world.ts';

const policy = aFleetPolicy();

const said = (world: ServiceWorld): string =>
  explain(saidBy('target-tracking', aSnapshot(policy, { services: { 'core-api': world } }), policy));

const unregistered = { scaling: seen(null, NOW) };
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

/** What the service is asked to be: 2–10 tasks, at most 30, 70 % CPU, out 60 s, in 300 s. */
describe('target-tracking lever', () => {
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string }>([
    { when: 'all is as policy says',             see: {},                                        then: 'hold: as it should be' },
    { when: 'there is no policy',                see: { targetTracking: [] },                    then: 'put target tracking right at 70 % CPU with 2–10 tasks: there is no target-tracking policy' },
    { when: 'there is only a policy of another kind', see: { targetTracking: [], otherPolicies: [{ name: 'steps', type: 'StepScaling' }] }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: there is no target-tracking policy' },
    { when: 'a policy has another name',         see: { targetTracking: [{ name: 'by-hand' }] }, then: 'hold: as it should be' },
    { when: 'there are two policies',            see: { targetTracking: [{}, { name: 'by-hand' }] }, then: 'hold: several CPU policies, remove all but one: fulcrum-cpu, by-hand' },
    { when: 'the target differs',                see: { targetTracking: [{ cpuPercent: 60 }] },  then: 'put target tracking right at 70 % CPU with 2–10 tasks: the policy differs: cpuPercent is 60, should be 70' },
    { when: 'it scales out too slowly',          see: { targetTracking: [{ scaleOutCooldownSeconds: 61 }] }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: the policy differs: scaleOutCooldownSeconds is 61, should be 60' },
    { when: 'it scales in too fast',             see: { targetTracking: [{ scaleInCooldownSeconds: 299 }] }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: the policy differs: scaleInCooldownSeconds is 299, should be 300' },
    { when: 'it never scales in',                see: { targetTracking: [{ disableScaleIn: true }] }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: the policy differs: disableScaleIn is true, should be false' },
    { when: 'it looks at another resolution',    see: { targetTracking: [{ metricResolution: '20s' }] }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: the policy differs: metricResolution is 20s, should be 60s' },
    { when: 'scaling out is suspended',          see: { suspended: { dynamicScalingOut: true } }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: scaling is suspended: dynamicScalingOut' },
    { when: 'all scaling is suspended',          see: { suspended: { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true } }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: scaling is suspended: dynamicScalingIn, dynamicScalingOut, scheduledScaling' },
    { when: 'three things are wrong at once',    see: { suspended: { scheduledScaling: true }, targetTracking: [{ cpuPercent: 60 }], bounds: { min: 1, max: 10 } }, then: 'put target tracking right at 70 % CPU with 2–10 tasks: scaling is suspended: scheduledScaling; the policy differs: cpuPercent is 60, should be 70; min is 1, should be 2' },
    { when: 'the service cannot be seen',        see: { readings: { facts: throttled } },        then: 'abstain: cannot see the ECS service: throttled' },
    { when: 'its scaling cannot be seen',        see: { readings: { scaling: throttled } },      then: 'abstain: cannot see its scaling setup: throttled' },
    { when: 'neither was asked',                 see: { readings: { facts: NOT_ASKED, scaling: NOT_ASKED } }, then: 'abstain: cannot see the ECS service: not asked this time' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  describe('bounds: the minimum of policy, a ceiling from `max` to `hardLimit`', () => {
    // prettier-ignore
    it.each<{ when: string; bounds: { min: number; max: number }; then: string }>([
      { when: 'the minimum is one below',          bounds: { min: 1, max: 10 },  then: 'min is 1, should be 2' },
      { when: 'the minimum is one above',          bounds: { min: 3, max: 10 },  then: 'min is 3, should be 2' },
      { when: 'the ceiling is one below `max`',    bounds: { min: 2, max: 9 },   then: 'max is 9, should be 10' },
      { when: 'the ceiling is one above `max`',    bounds: { min: 2, max: 11 },  then: 'as it should be' },
      { when: 'the ceiling is at the hard limit',  bounds: { min: 2, max: 30 },  then: 'as it should be' },
      { when: 'the ceiling is above it by one',    bounds: { min: 2, max: 31 },  then: 'max is 31, should be 30' },
      { when: 'the minimum is above the maximum',  bounds: { min: 12, max: 10 }, then: 'min is 12, should be 2' },
      { when: 'both are zero',                     bounds: { min: 0, max: 0 },   then: 'min is 0, should be 2, max is 0, should be 10' },
    ])('$bounds.min–$bounds.max, $when: $then', ({ bounds, then }) => {
      expect(said({ bounds })).toMatch(new RegExp(`: ${then}$`));
    });

    it('a hard limit that was lowered below what runs is obeyed: it is the word of a person', () => {
      const smaller = aFleetPolicy({ services: [aServiceInput({ max: 6, hardLimit: 8 })] });
      const world = { desired: 12, bounds: { min: 2, max: 15 } };
      const snapshot = aSnapshot(smaller, { services: { 'core-api': world } });
      expect(explain(saidBy('target-tracking', snapshot, smaller))).toBe(
        'put target tracking right at 70 % CPU with 2–8 tasks: max is 15, should be 8',
      );
    });
  });

  describe('registering', () => {
    // prettier-ignore
    it.each([
      { when: 'fewer run than the ceiling',            desired: 4,  then: 'register with 2–10 tasks and track 70 % CPU: the service is not registered with Application Auto Scaling' },
      { when: 'as many run as the ceiling',            desired: 10, then: 'register with 2–10 tasks and track 70 % CPU: the service is not registered with Application Auto Scaling' },
      { when: 'more run: they must not be stopped',    desired: 11, then: 'register with 2–11 tasks and track 70 % CPU: the service is not registered with Application Auto Scaling' },
      { when: 'as many run as the hard limit',         desired: 30, then: 'register with 2–30 tasks and track 70 % CPU: the service is not registered with Application Auto Scaling' },
      { when: 'more run than the hard limit',          desired: 31, then: 'register with 2–30 tasks and track 70 % CPU: the service is not registered with Application Auto Scaling' },
    ])('when $when ($desired): $then', ({ desired, then }) => {
      expect(said({ desired, readings: unregistered })).toBe(then);
    });
  });

  describe('while an event is under way the minimum may stand anywhere above', () => {
    const event = anEvent({ from: at('08:00'), to: at('20:00') });

    // prettier-ignore
    it.each([
      { when: 'the lead time has not begun, by a second',  now: at('07:44:59'), bounds: { min: 8, max: 10 },  then: 'min is 8, should be 2' },
      { when: 'the lead time begins',                      now: at('07:45'),    bounds: { min: 8, max: 10 },  then: 'as it should be' },
      { when: 'the step up has not been taken yet',        now: at('07:45'),    bounds: { min: 2, max: 10 },  then: 'as it should be' },
      { when: 'somebody has raised it further',            now: at('12:00'),    bounds: { min: 9, max: 10 },  then: 'as it should be' },
      { when: 'somebody has raised it above the limit',    now: at('12:00'),    bounds: { min: 31, max: 31 }, then: 'min is 31, should be 30, max is 31, should be 30' },
      { when: 'somebody has lowered it under policy',      now: at('12:00'),    bounds: { min: 1, max: 10 },  then: 'min is 1, should be 2' },
      { when: 'the ceiling was lowered under the floor',   now: at('12:00'),    bounds: { min: 12, max: 11 }, then: 'max is 11, should be 12' },
      { when: 'the step down is being taken',              now: at('20:01:59'), bounds: { min: 8, max: 10 },  then: 'as it should be' },
      { when: 'the step down did not come in two minutes', now: at('20:02'),    bounds: { min: 8, max: 10 },  then: 'min is 8, should be 2' },
    ])('when $when, $bounds.min–$bounds.max: $then', ({ now, bounds, then }) => {
      const snapshot = aSnapshot(policy, { services: { 'core-api': { bounds } }, events: [event] }, now);
      expect(explain(saidBy('target-tracking', snapshot, policy, 'core-api', now))).toMatch(new RegExp(`: ${then}$`));
    });

    it('an event of another service changes nothing', () => {
      const other = anEvent({ ...event, floors: { worker: 8 } });
      const world = { services: { 'core-api': { bounds: { min: 8, max: 10 } } }, events: [other] };
      expect(explain(saidBy('target-tracking', aSnapshot(policy, world), policy))).toContain('min is 8, should be 2');
    });
  });

  it('decides with all that is needed to carry it out and to prove it', () => {
    const world = { suspended: { dynamicScalingOut: true }, targetTracking: [{ name: 'by-hand', cpuPercent: 60 }] };
    const decision = saidBy('target-tracking', aSnapshot(policy, { services: { 'core-api': world } }), policy);
    expect(decision).toEqual({
      kind: 'act',
      direction: 'repair',
      change: {
        kind: 'ensure-target-tracking',
        target: CORE_API,
        from: aScalingSetup(world),
        to: { bounds: { min: 2, max: 10 }, targetTracking: aTargetTrackingPolicy({ name: 'by-hand' }) },
      },
      because: [
        { code: 'scaling-suspended', which: ['dynamicScalingOut'] },
        { code: 'policy-differs', differences: [{ what: 'cpuPercent', is: 60, shouldBe: 70 }] },
      ],
    });
  });
});

describe('beside the predictive lever', () => {
  const forecast = aForecast();
  const fleet = (mode: 'off' | 'observe' | 'propose' | 'apply') => aFleetPolicy({ levers: { predictive: { mode } } });
  const told = (see: ServiceWorld, mode: 'off' | 'observe' | 'propose' | 'apply' = 'apply'): string =>
    explain(saidBy('target-tracking', aSnapshot(fleet(mode), { services: { 'core-api': see } }), fleet(mode))).replace(
      /^put target tracking right .* tasks: /,
      '',
    );
  const minutesOld = (minutes: number) => aForecast({ computedAt: minutesAgo(minutes) });
  const raised = { bounds: { min: 6, max: 10 } };
  const at85 = { targetTracking: [{ cpuPercent: 85 }] };

  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; then: string }>([
    { when: 'the minimum stands above that of policy',   see: { ...raised, forecast },                         then: 'hold: as it should be' },
    { when: 'at the hard limit',                         see: { bounds: { min: 30, max: 30 }, forecast },      then: 'hold: as it should be' },
    { when: 'above the hard limit by one',               see: { bounds: { min: 31, max: 31 }, forecast },      then: 'min is 31, should be 30, max is 31, should be 30' },
    { when: 'below that of policy',                      see: { bounds: { min: 1, max: 10 }, forecast },       then: 'min is 1, should be 2' },
    { when: 'there is no forecast: nothing is taken away', see: raised,                                        then: 'hold: as it should be' },
    { when: 'the forecast is old: nothing is taken away', see: { ...raised, forecast: minutesOld(9_000) },     then: 'hold: as it should be' },
    { when: 'the target is the higher one',              see: { ...at85, forecast },                           then: 'hold: as it should be' },
    { when: 'the target is that of the service',         see: { forecast },                                    then: 'hold: as it should be' },
    { when: 'the target is one of somebody else',        see: { targetTracking: [{ cpuPercent: 84 }], forecast }, then: 'the policy differs: cpuPercent is 84, should be 70' },
    { when: 'something else of the policy differs: the target stays', see: { targetTracking: [{ cpuPercent: 85, disableScaleIn: true }], forecast }, then: 'the policy differs: disableScaleIn is true, should be false' },
    { when: 'the forecast is 150 minutes old',           see: { ...at85, forecast: minutesOld(150) },          then: 'hold: as it should be' },
    { when: 'it is 151 minutes old: the target goes back', see: { ...at85, forecast: minutesOld(151) },        then: 'the policy differs: cpuPercent is 85, should be 70' },
    { when: 'nothing is learned: the target goes back',  see: { ...at85, forecast: aForecast({ learned: null }) }, then: 'the policy differs: cpuPercent is 85, should be 70' },
    { when: 'there is no forecast: the target goes back', see: at85,                                           then: 'the policy differs: cpuPercent is 85, should be 70' },
    { when: 'the store does not answer for once',        see: { ...at85, readings: { forecast: throttled } },  then: 'hold: as it should be' },
  ])('when $when: $then', ({ see, then }) => {
    expect(told(see)).toBe(then);
  });

  it.each(['off', 'observe', 'propose'] as const)('that is set to %s, all is as without it', (mode) => {
    expect(told({ ...raised, ...at85, forecast }, mode)).toBe(
      'the policy differs: cpuPercent is 85, should be 70; min is 6, should be 2',
    );
  });
});
