import { describe, expect, it } from '@jest/globals';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import { activeEvent, floorAt, floorSteps } from '../../shared/levers/floor-plan.ts';
import { at } from '../support/builders/time.ts';
import { anEvent } from '../support/builders/world.ts';

const service = { name: 'core-api', min: 2, hardLimit: 30 };
const LEAD = 900;

/** `event('08:00', '20:00', 8)` of today. */
const event = (from: string, to: string, floor: number, days = 0): KnownEvent =>
  anEvent({ id: `${from}-${to}-${floor}`, from: at(from, days), to: at(to, days), floors: { 'core-api': floor } });

/** `07:45 8, 20:00 2`: the floor from each time on. */
const staircase = (events: readonly KnownEvent[], lead = LEAD, of = service): string =>
  floorSteps(events, of, lead)
    .map((step) => `${new Date(step.at).toISOString().slice(11, 16)} ${step.floor}`)
    .join(', ');

describe('the staircase of floors (min 2, lead 15 minutes)', () => {
  // prettier-ignore
  it.each([
    { when: 'there is no event',                       events: [],                                                    then: '' },
    { when: 'there is one',                            events: [event('08:00', '20:00', 8)],                           then: '07:45 8, 20:00 2' },
    { when: 'its floor is the ordinary minimum',       events: [event('08:00', '20:00', 2)],                           then: '' },
    { when: 'its floor is one above that',             events: [event('08:00', '20:00', 3)],                           then: '07:45 3, 20:00 2' },
    { when: 'its floor is below the minimum',          events: [event('08:00', '20:00', 1)],                           then: '' },
    { when: 'its floor is the hard limit',             events: [event('08:00', '20:00', 30)],                          then: '07:45 30, 20:00 2' },
    { when: 'its floor is above: as much as is allowed', events: [event('08:00', '20:00', 31)],                        then: '07:45 30, 20:00 2' },
    { when: 'two are the same',                        events: [event('08:00', '20:00', 8), event('08:00', '20:00', 8)], then: '07:45 8, 20:00 2' },
    { when: 'one follows with a pause',                events: [event('08:00', '10:00', 8), event('11:00', '12:00', 5)], then: '07:45 8, 10:00 2, 10:45 5, 12:00 2' },
    { when: 'one follows after exactly the lead time', events: [event('08:00', '10:00', 8), event('10:15', '12:00', 5)], then: '07:45 8, 10:00 5, 12:00 2' },
    { when: 'one follows a minute later than that',    events: [event('08:00', '10:00', 8), event('10:16', '12:00', 5)], then: '07:45 8, 10:00 2, 10:01 5, 12:00 2' },
    { when: 'one follows at once: back to back',       events: [event('08:00', '10:00', 8), event('10:00', '12:00', 8)], then: '07:45 8, 12:00 2' },
    { when: 'a larger one follows at once',            events: [event('08:00', '10:00', 5), event('10:00', '12:00', 8)], then: '07:45 5, 09:45 8, 12:00 2' },
    { when: 'they overlap, the first is larger',       events: [event('08:00', '12:00', 8), event('10:00', '14:00', 5)], then: '07:45 8, 12:00 5, 14:00 2' },
    { when: 'they overlap, the second is larger',      events: [event('08:00', '12:00', 5), event('10:00', '14:00', 8)], then: '07:45 5, 09:45 8, 14:00 2' },
    { when: 'a larger one lies within',                events: [event('08:00', '20:00', 5), event('12:00', '13:00', 9)], then: '07:45 5, 11:45 9, 13:00 5, 20:00 2' },
    { when: 'a smaller one lies within',               events: [event('08:00', '20:00', 9), event('12:00', '13:00', 5)], then: '07:45 9, 20:00 2' },
    { when: 'they end together',                       events: [event('08:00', '20:00', 5), event('12:00', '20:00', 9)], then: '07:45 5, 11:45 9, 20:00 2' },
    { when: 'they are given in any order',             events: [event('11:00', '12:00', 5), event('08:00', '10:00', 8)], then: '07:45 8, 10:00 2, 10:45 5, 12:00 2' },
    { when: 'one is of another service',               events: [anEvent({ floors: { worker: 8 } })],                   then: '' },
    { when: 'it outlasts one below the minimum',       events: [event('08:00', '20:00', 1), event('12:00', '13:00', 9)], then: '11:45 9, 13:00 2' },
  ])('when $when: $then', ({ events, then }) => {
    expect(staircase(events)).toBe(then);
  });

  it.each([
    { lead: 0, then: '08:00 8, 20:00 2' },
    { lead: 3600, then: '07:00 8, 20:00 2' },
  ])('with a lead time of $lead s: $then', ({ lead, then }) => {
    expect(staircase([event('08:00', '20:00', 8)], lead)).toBe(then);
  });

  it('names the event of each step, and none where the ordinary minimum returns', () => {
    const [outer, inner] = [event('08:00', '20:00', 5), event('12:00', '13:00', 9)];
    const low = event('19:00', '21:00', 1);
    expect(floorSteps([outer, inner, low], service, LEAD).map((step) => step.event?.id ?? null)).toEqual([
      outer.id,
      inner.id,
      outer.id,
      null,
    ]);
  });
});

describe('the floor at an instant', () => {
  const events = [event('08:00', '20:00', 8)];

  // prettier-ignore
  it.each([
    { now: '07:44:59', floor: 2, active: null },
    { now: '07:45:00', floor: 8, active: 8 },
    { now: '19:59:59', floor: 8, active: 8 },
    { now: '20:00:00', floor: 2, active: null },
  ])('at $now: $floor', ({ now, floor, active }) => {
    expect(floorAt(events, service, LEAD, at(now))).toBe(floor);
    expect(activeEvent(events, service, LEAD, at(now))?.floor ?? null).toBe(active);
  });

  it('of events that ask for the same the first one is named', () => {
    const twins = [event('08:00', '20:00', 8), { ...event('09:00', '21:00', 8), id: 'second' }];
    expect(activeEvent(twins, service, LEAD, at('12:00'))?.event).toBe(twins[0]);
  });

  it('is never below the ordinary minimum, whatever an event asks for', () => {
    expect(floorAt([event('08:00', '20:00', 1)], service, LEAD, at('12:00'))).toBe(2);
  });
});
