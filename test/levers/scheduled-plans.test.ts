import { describe, expect, it } from '@jest/globals';
import { asksForMore, isSamePlan } from '../../shared/capacity/scheduled-plans.ts';
import type { ScheduledCapacity } from '../../shared/domain/capacity.ts';
import { step } from '../support/builders/world.ts';

const up = step('08:00', { min: 8 });
const down = step('20:00', { min: 2 });
const roomier = step('08:00', { min: 8, max: 12 });

/** Bounds of now: 2–10. */
describe('whether a plan asks for more than another', () => {
  // prettier-ignore
  it.each<{ when: string; plan: ScheduledCapacity[]; than: ScheduledCapacity[]; then: boolean }>([
    { when: 'both are empty',                          plan: [],                 than: [],                     then: false },
    { when: 'it is the same',                          plan: [up, down],         than: [up, down],             then: false },
    { when: 'it has a step up',                        plan: [up, down],         than: [],                     then: true },
    { when: 'the other has',                           plan: [],                 than: [up, down],             then: false },
    { when: 'it steps up sooner',                      plan: [step('07:00', { min: 8 }), down], than: [up, down], then: true },
    { when: 'it steps up later',                       plan: [step('09:00', { min: 8 }), down], than: [up, down], then: false },
    { when: 'it steps down later',                     plan: [up, step('21:00', { min: 2 })], than: [up, down], then: true },
    { when: 'it steps down sooner',                    plan: [up, step('19:00', { min: 2 })], than: [up, down], then: false },
    { when: 'it asks for one more',                    plan: [step('08:00', { min: 9 }), down], than: [up, down], then: true },
    { when: 'it asks for one less',                    plan: [step('08:00', { min: 7 }), down], than: [up, down], then: false },
    { when: 'it leaves more room',                     plan: [roomier, down],    than: [up, down],             then: true },
    { when: 'it leaves less room',                     plan: [up, down],         than: [roomier, down],        then: false },
    { when: 'it would lower the ceiling',              plan: [step('08:00', { min: 8, max: 9 }), down], than: [up, down], then: false },
    { when: 'the other would',                         plan: [up, down],         than: [step('08:00', { min: 8, max: 9 }), down], then: true },
    { when: 'more here and less there',                plan: [step('08:00', { min: 9 }), step('19:00', { min: 2 })], than: [up, down], then: true },
    { when: 'its actions come in any order',           plan: [down, up],         than: [up, step('20:00', { min: 3 })], then: false },
    { when: 'those of the other come in any order',    plan: [up, step('20:00', { min: 3 })], than: [down, up], then: true },
  ])('when $when: $then', ({ plan, than, then }) => {
    expect(asksForMore(plan, than, { min: 2, max: 10 })).toBe(then);
  });
});

describe('whether two plans are the same', () => {
  // prettier-ignore
  it.each<{ when: string; a: ScheduledCapacity[]; b: ScheduledCapacity[]; then: boolean }>([
    { when: 'the order differs',    a: [up, down], b: [down, up],                              then: true },
    { when: 'one is longer',        a: [up, down], b: [up],                                    then: false },
    { when: 'one of two differs',   a: [up, down], b: [up, step('21:00', { min: 2 })],         then: false },
    { when: 'a name differs',       a: [up],       b: [{ ...up, name: 'fulcrum-event-other' }], then: false },
    { when: 'a time differs',       a: [up],       b: [{ ...up, at: up.at + 1000 }],           then: false },
    { when: 'a minimum differs',    a: [up],       b: [{ ...up, min: 9 }],                     then: false },
    { when: 'a maximum differs',    a: [roomier],  b: [{ ...roomier, max: 13 }],               then: false },
    { when: 'a maximum is missing', a: [up],       b: [roomier],                               then: false },
  ])('when $when: $then', ({ a, b, then }) => {
    expect(isSamePlan(a, b)).toBe(then);
    expect(isSamePlan(b, a)).toBe(then);
  });
});
