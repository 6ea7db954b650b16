import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EpochMs, MINUTE } from '../../shared/domain/units.ts';
import { asksForMore, isSamePlan } from '../../shared/capacity/scheduled-plans.ts';
import { activeEvent, floorAt, floorSteps, nearestSteps } from '../../shared/levers/floor-plan.ts';
import { anyEvent } from '../support/builders/arbitraries.ts';
import { saidBy } from '../support/builders/decisions.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { aSnapshot, type ServiceWorld } from '../support/builders/world.ts';

describe('the staircase of floors', () => {
  const anyStaircase = fc.record({
    events: fc.array(anyEvent(['api']), { maxLength: 6 }),
    service: fc.tuple(fc.nat(10), fc.nat(50)).map(([min, more]) => ({ name: 'api', min, hardLimit: min + more })),
    lead: fc.constantFrom(0, 90, 900, 86_400),
  });

  /** The floor that a staircase leads to by an instant. */
  const floorOn = (steps: ReturnType<typeof floorSteps>, at: EpochMs, before: number): number =>
    steps.filter((step) => step.at <= at).at(-1)?.floor ?? before;

  it('law: it ends at the ordinary minimum', () => {
    fc.assert(
      fc.property(anyStaircase, ({ events, service, lead }) => {
        const last = floorSteps(events, service, lead).at(-1);
        expect([last?.floor ?? service.min, last?.event ?? null]).toEqual([service.min, null]);
      }),
    );
  });

  it('law: at any instant it stands at what every event asks for, within minimum and hard limit', () => {
    fc.assert(
      fc.property(anyStaircase, fc.integer({ min: -5000, max: 8000 }), ({ events, service, lead }, minute) => {
        const at = NOW + minute * MINUTE * 1000;
        const floor = floorOn(floorSteps(events, service, lead), at, service.min);
        expect(floor).toBe(floorAt(events, service, lead, at));
        for (const event of events) {
          const alone = activeEvent([event], service, lead, at);
          expect(floor).toBeGreaterThanOrEqual(alone?.floor ?? service.min);
        }
        expect(floor).toBeLessThanOrEqual(Math.max(service.min, service.hardLimit));
      }),
    );
  });

  it('law: it goes forward in time, and every step is one', () => {
    fc.assert(
      fc.property(anyStaircase, ({ events, service, lead }) => {
        const steps = floorSteps(events, service, lead);
        for (const [index, step] of steps.entries()) {
          const before = steps[index - 1];
          expect(step.at).toBeGreaterThan(before?.at ?? -Infinity);
          expect(step.floor).not.toBe(before?.floor ?? service.min);
        }
      }),
    );
  });

  it('law: the order in which events are known changes no floor', () => {
    fc.assert(
      fc.property(anyStaircase, ({ events, service, lead }) => {
        const levels = (list: typeof events) => floorSteps(list, service, lead).map(({ at, floor }) => [at, floor]);
        expect(levels([...events].reverse())).toEqual(levels(events));
      }),
    );
  });

  it('law: however little of it can be scheduled, that part ends at the ordinary minimum', () => {
    fc.assert(
      fc.property(anyStaircase, fc.integer({ min: 150, max: 210 }), ({ events, service, lead }, othersCount) => {
        const near = nearestSteps(floorSteps(events, service, lead), othersCount);
        expect(near.length).toBeLessThanOrEqual(Math.max(2, (200 - othersCount) / 2));
        expect(near.at(-1)?.event ?? null).toBeNull();
      }),
    );
  });
});

describe('plans', () => {
  const anyPlan = fc
    .array(fc.record({ minute: fc.nat(100), min: fc.nat(9), max: fc.option(fc.nat(9), { nil: undefined }) }), {
      maxLength: 5,
    })
    .map((actions) =>
      [...new Map(actions.map((action) => [action.minute, action])).values()].map(({ minute, min, max }) => ({
        name: `a${minute}`,
        at: minute,
        min,
        ...(max === undefined ? {} : { max }),
      })),
    );
  const present = { min: 2, max: 5 };

  it('law: a plan is the same as itself in any order, and asks for no more than itself', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        expect(isSamePlan(plan, [...plan].reverse())).toBe(true);
        expect(asksForMore(plan, plan, present)).toBe(false);
      }),
    );
  });

  it('law: plans that are the same move the bounds alike', () => {
    fc.assert(
      fc.property(anyPlan, anyPlan, (a, b) => {
        const isAlike = !asksForMore(a, b, present) && !asksForMore(b, a, present);
        expect(!isSamePlan(a, b) || isAlike).toBe(true);
      }),
    );
  });
});

describe('the ceiling lever', () => {
  const policy = aFleetPolicy();
  const wantedMax = (world: ServiceWorld): number => {
    const decision = saidBy('ceiling', aSnapshot(policy, { services: { 'core-api': world } }), policy);
    const change = decision.kind === 'act' ? decision.change : null;
    return change?.kind === 'set-capacity-bounds' ? change.to.max : (world.bounds?.max ?? 10);
  };
  const anyPercent = fc.double({ min: 0, max: 100, noNaN: true });

  it('law: more CPU never means a lower ceiling', () => {
    fc.assert(
      fc.property(anyPercent, anyPercent, fc.integer({ min: 10, max: 40 }), (a, b, desired) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(wantedMax({ desired, cpu: more })).toBeGreaterThanOrEqual(wantedMax({ desired, cpu: less }));
      }),
    );
  });

  it('law: at a given load per task, more tasks never mean a lower ceiling', () => {
    fc.assert(
      fc.property(anyPercent, fc.integer({ min: 10, max: 40 }), fc.integer({ min: 10, max: 40 }), (cpu, a, b) => {
        const [fewer, more] = a < b ? [a, b] : [b, a];
        expect(wantedMax({ desired: more, cpu })).toBeGreaterThanOrEqual(wantedMax({ desired: fewer, cpu }));
      }),
    );
  });

  it('law: a raised ceiling is never lowered to where the service would be pinned at once', () => {
    const anyCalm = fc.record({ desired: fc.nat(39), running: fc.nat(39), peak: fc.nat(60) });
    fc.assert(
      fc.property(anyCalm, (world) => {
        const max = wantedMax({ ...world, bounds: { min: 2, max: 40 } });
        expect(max).toBeGreaterThan(Math.min(39, Math.max(world.desired, world.running, world.peak)));
      }),
    );
  });
});
