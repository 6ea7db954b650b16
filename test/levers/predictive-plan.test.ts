import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import { HOUR, later, MINUTE } from '../../shared/domain/units.ts';
import { floorAt } from '../../shared/levers/floor-plan.ts';
import { planSlots, type PlannedSlots, staircase, type Staircase } from '../../shared/levers/predictive-plan.ts';
import { anyEvent } from '../support/builders/arbitraries.ts';
import { briefPlan } from '../support/builders/decisions.ts';
import { aDayForecast } from '../support/builders/forecast.ts';
import { at } from '../support/builders/time.ts';
import { anEvent } from '../support/builders/world.ts';

const SETTINGS = { planHours: 24, planQuantile: 0.9, usablePerTask: 9, startupSeconds: 0 };
const COMPUTED_AT = at('12:07');

/** `12:30 4, 13:00 4`: what the half hours of the plan need, from a need of each hour since 12:00. */
const slots = (hours: readonly number[], over: Partial<typeof SETTINGS> = {}): PlannedSlots =>
  planSlots({ computedAt: COMPUTED_AT }, aDayForecast(hours, at('12:00')), { ...SETTINGS, ...over });
const needs = (plan: PlannedSlots): string =>
  plan.slots.map((slot) => `${new Date(slot.at).toISOString().slice(11, 16)} ${slot.tasks}`).join(', ');

describe('what a plan needs', () => {
  // prettier-ignore
  it.each([
    { when: 'the day is even: the nearest hour as is likely, then as is safe', hours: [9, 9, 9, 9], over: {}, then: '12:30 6, 13:00 6, 13:30 9, 14:00 9, 14:30 9, 15:00 9, 15:30 9' },
    { when: 'a start-up of ten minutes: each half hour is ready for what begins after it', hours: [3, 3, 9, 9], over: { startupSeconds: 600 }, then: '12:30 2, 13:00 2, 13:30 9, 14:00 9, 14:30 9, 15:00 9, 15:30 9' },
    { when: 'a quantile between those of the forecast: the next higher one', hours: [9, 9, 9], over: { planQuantile: 0.75 }, then: '12:30 6, 13:00 6, 13:30 9, 14:00 9, 14:30 9' },
    { when: 'a quantile above them: the highest', hours: [9, 9, 9], over: { planQuantile: 0.99 }, then: '12:30 6, 13:00 6, 13:30 9, 14:00 9, 14:30 9' },
    { when: 'the median is asked for', hours: [9, 9, 9], over: { planQuantile: 0.5 }, then: '12:30 6, 13:00 6, 13:30 6, 14:00 6, 14:30 6' },
    { when: 'it ends before the forecast does', hours: [9, 9, 9, 9], over: { planHours: 1 }, then: '12:30 6, 13:00 6' },
    { when: 'a night without load', hours: [0, 0, 0], over: {}, then: '12:30 0, 13:00 0, 13:30 0, 14:00 0, 14:30 0' },
    { when: 'the forecast is half an hour long', hours: [], over: {}, then: '' },
  ])('when $when', ({ hours, over, then }) => {
    expect(needs(slots(hours, over))).toBe(then);
  });

  it('turns from what is likely to what is safe 75 minutes after the forecast', () => {
    const day = aDayForecast(Array<number>(4).fill(9), at('12:00'));
    const second = (computedAt: number) => planSlots({ computedAt }, day, SETTINGS).slots.map(({ tasks }) => tasks);
    expect(second(at('12:15')).slice(0, 3)).toEqual([6, 6, 9]);
    expect(second(at('12:15:01')).slice(0, 3)).toEqual([6, 6, 6]);
  });

  it('knows when a half hour is busiest', () => {
    const day = aDayForecast([3, 3], at('12:00'));
    const perSecond = day.perSecond.map((loads) => loads.map((load, step) => (step === 20 ? load * 3 : load)));
    const { slots: found } = planSlots({ computedAt: COMPUTED_AT }, { ...day, perSecond }, SETTINGS);
    expect(found.map(({ peakAt }) => new Date(peakAt).toISOString().slice(11, 16))).toEqual([
      '12:30',
      '13:00',
      '13:40',
    ]);
  });
});

const stairs = (over: Partial<Staircase> = {}): Staircase => ({
  service: { name: 'core-api', min: 2, hardLimit: 30 },
  events: [],
  leadSeconds: 900,
  bounds: { min: 2, max: 10 },
  most: 49,
  ceilingFor: (tasks) => Math.min(Math.ceil(tasks * 1.5), 30),
  ...over,
});

/** Half hours from 14:00 on. */
const halfHours = (...tasks: readonly number[]): PlannedSlots => ({
  slotSeconds: 1800,
  slots: tasks.map((need, index) => {
    const start = later(at('14:00'), index * 1800);
    return { at: start, tasks: need, peakAt: start };
  }),
});

const until = (from: string, to: string, floor: number): KnownEvent =>
  anEvent({ from: at(from), to: at(to), floors: { 'core-api': floor } });

describe('the staircase', () => {
  // prettier-ignore
  it.each<{ when: string; plan: PlannedSlots; over?: Partial<Staircase>; then: string }>([
    { when: 'the need is even',                         plan: halfHours(4, 4, 4),             then: '01 14:00 min 4, 01 15:30 min 2' },
    { when: 'it rises and falls',                       plan: halfHours(3, 6, 9, 5),          then: '01 14:00 min 3, 01 14:30 min 6, 01 15:00 min 9, 01 15:30 min 5, 01 16:00 min 2' },
    { when: 'it is below the ordinary minimum',         plan: halfHours(0, 1, 3),             then: '01 14:00 min 2, 01 15:00 min 3, 01 15:30 min 2' },
    { when: 'it dips by one task for an hour: bridged', plan: halfHours(6, 5, 5, 6),          then: '01 14:00 min 6, 01 16:00 min 2' },
    { when: 'it dips for an hour and a half',           plan: halfHours(6, 5, 5, 5, 6),       then: '01 14:00 min 6, 01 14:30 min 5, 01 16:00 min 6, 01 16:30 min 2' },
    { when: 'it dips by two tasks of six',              plan: halfHours(6, 4, 6),             then: '01 14:00 min 6, 01 14:30 min 4, 01 15:00 min 6, 01 15:30 min 2' },
    { when: 'it dips by two tasks of twenty: bridged',  plan: halfHours(20, 18, 20),          over: { bounds: { min: 2, max: 30 } }, then: '01 14:00 min 20, 01 15:30 min 2' },
    { when: 'it stays lower',                           plan: halfHours(6, 5, 5, 5, 5),       then: '01 14:00 min 6, 01 14:30 min 5, 01 16:30 min 2' },
    { when: 'it comes to the ceiling',                  plan: halfHours(3, 10),               then: '01 14:00 min 3, 01 14:30 min 10, 01 15:00 min 2' },
    { when: 'it goes above: the ceiling goes along',    plan: halfHours(3, 14, 11, 9),        then: '01 14:00 min 3, 01 14:30 min 14 max 21, 01 15:00 min 11 max 21, 01 15:30 min 9, 01 16:00 min 2' },
    { when: 'it goes above the hard limit',             plan: halfHours(3, 45),               then: '01 14:00 min 3, 01 14:30 min 30 max 30, 01 15:00 min 2' },
    { when: 'there is nothing to plan',                 plan: halfHours(),                    then: '' },
  ])('when $when', ({ plan, over, then }) => {
    expect(briefPlan(staircase(plan, stairs(over)))).toBe(then);
  });

  describe('under an event', () => {
    // prettier-ignore
    it.each<{ when: string; plan: PlannedSlots; events: readonly KnownEvent[]; then: string }>([
      { when: 'that asks for more',                    plan: halfHours(4, 4, 4, 4),       events: [until('14:45', '15:15', 8)],  then: '01 14:00 min 4, 01 14:32 min 8, 01 15:17 min 4, 01 16:00 min 2' },
      { when: 'that asks for less: the plan is put right after it begins and ends', plan: halfHours(9, 9, 9, 9), events: [until('14:45', '15:15', 8)], then: '01 14:00 min 9, 01 14:32 min 9, 01 15:17 min 9, 01 16:00 min 2' },
      { when: 'that ends on the half hour: AWS may take both steps in any order', plan: halfHours(4, 4, 6), events: [until('14:20', '15:00', 8)], then: '01 14:00 min 4, 01 14:07 min 8, 01 15:02 min 6, 01 15:30 min 2' },
      { when: 'that has begun before the plan',        plan: halfHours(4, 4, 4),          events: [until('12:00', '15:00', 8)],  then: '01 14:00 min 8, 01 15:02 min 4, 01 15:30 min 2' },
      { when: 'that outlasts the plan',                plan: halfHours(4, 4),             events: [until('12:00', '20:00', 8)],  then: '01 14:00 min 8' },
      { when: 'of another service',                    plan: halfHours(4, 4),             events: [anEvent({ from: at('14:20'), to: at('15:00'), floors: { portal: 8 } })], then: '01 14:00 min 4, 01 15:00 min 2' },
    ])('$when', ({ plan, events, then }) => {
      expect(briefPlan(staircase(plan, stairs({ events })))).toBe(then);
    });
  });

  const anyPlan = fc.array(fc.nat(60), { minLength: 1, maxLength: 96 }).map((tasks) => halfHours(...tasks));
  const anyEvents = fc.array(anyEvent(['core-api']), { maxLength: 5 });

  it('law: never asks for less than the load of a slot, up to the hard limit, nor than an event under way', () => {
    fc.assert(
      fc.property(anyPlan, anyEvents, fc.integer({ min: 2, max: 49 }), (plan, events, most) => {
        const steps = staircase(plan, stairs({ events, most: Math.max(most, 2 * events.length + 3) }));
        const endsAt = later(plan.slots.at(-1)!.at, plan.slotSeconds);
        for (const { at: when, min } of steps) {
          expect(min!).toBeGreaterThanOrEqual(floorAt(events, stairs().service, 900, when));
          const slot = when < endsAt ? plan.slots.findLast((one) => one.at <= when) : undefined;
          expect(min!).toBeGreaterThanOrEqual(Math.min(slot?.tasks ?? 0, 30));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('law: stays inside minimum and hard limit, never upside down, never lowers the ceiling', () => {
    fc.assert(
      fc.property(anyPlan, anyEvents, fc.integer({ min: 2, max: 40 }), (plan, events, ceiling) => {
        for (const { min, max } of staircase(plan, stairs({ events, bounds: { min: 2, max: ceiling } }))) {
          expect(min!).toBeGreaterThanOrEqual(2);
          expect(min!).toBeLessThanOrEqual(30);
          expect(min!).toBeLessThanOrEqual(max ?? ceiling);
          expect(max ?? ceiling + 1).toBeGreaterThan(ceiling);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('law: has no more steps than there is room for, and gives back at its end', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 2, max: 49 }), (plan, most) => {
        const steps = staircase(plan, stairs({ most, bounds: { min: 2, max: 30 } }));
        expect(steps.length).toBeLessThanOrEqual(most);
        expect(steps.at(-1)!.min).toBe(2);
        expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
        expect(steps.map(({ at: when }) => when)).toEqual(steps.map(({ at: when }) => when).toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  it('two days fit into hours', () => {
    const busy = halfHours(...Array.from({ length: 96 }, (_, index) => 3 + (index % 7) * 3));
    const steps = staircase(busy, stairs({ bounds: { min: 2, max: 30 } }));
    expect(steps.length).toBeGreaterThan(30);
    expect(steps.length).toBeLessThanOrEqual(49);
    expect(steps.slice(1).every((step, index) => step.at - steps[index]!.at >= HOUR * 1000)).toBe(true);
    expect(steps.at(-1)!.at).toBe(later(at('14:00'), 96 * 30 * MINUTE));
  });
});
