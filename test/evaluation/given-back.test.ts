import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FleetPolicy } from '../../shared/config/policy.ts';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import { seen } from '../../shared/domain/reading.ts';
import type { FleetSnapshot, ServiceSnapshot } from '../../shared/domain/snapshot.ts';
import { type EpochMs, later, MINUTE } from '../../shared/domain/units.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { floorAt } from '../../shared/levers/floor-plan.ts';
import { carriedOut, withBounds, withPlan } from '../support/builders/plant.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { anEvent, aServiceSnapshot, aSnapshot } from '../support/builders/world.ts';

/** What a person does at a minute of the story: announces an event, or withdraws one. */
interface Deed {
  readonly minute: number;
  readonly id: string;
  /** `null` withdraws it. */
  readonly event: { readonly fromMinute: number; readonly minutes: number; readonly floor: number } | null;
}

const MINUTES = 400;
/** No event reaches further than this, so that every story has a calm end. */
const LAST_EVENT_MINUTE = 320;

const anyDeed: fc.Arbitrary<Deed> = fc.record({
  minute: fc.integer({ min: 0, max: 300 }),
  id: fc.constantFrom('a', 'b', 'c'),
  event: fc.option(
    fc.record({
      fromMinute: fc.integer({ min: 0, max: 310 }),
      minutes: fc.integer({ min: 1, max: 120 }),
      floor: fc.integer({ min: 1, max: 40 }),
    }),
    { nil: null },
  ),
});

const anyStory = fc.record({
  deeds: fc.array(anyDeed, { minLength: 1, maxLength: 6 }),
  tickMinutes: fc.integer({ min: 1, max: 15 }),
  leadSeconds: fc.constantFrom(0, 90, 900),
  targetTracking: fc.constantFrom<'apply' | 'observe'>('apply', 'observe'),
});

describe('a story of events that are announced, changed and withdrawn at any time', () => {
  it('law: the minimum stands at the floor while it lasts, and at the ordinary minimum in the end', () => {
    fc.assert(
      fc.property(anyStory, ({ deeds, tickMinutes, leadSeconds, targetTracking }) => {
        const policy = aFleetPolicy({
          levers: { 'known-event': { leadSeconds }, 'target-tracking': { mode: targetTracking } },
        });
        const story = new Story(policy);
        for (let minute = 0; minute < MINUTES; minute += 1) {
          story.passMinute(minute, deeds);
          if (minute % tickMinutes === 0) story.look();
        }
        expect(story.shortfalls).toEqual([]);
        expect(story.bounds.min).toBe(2);
        expect(story.planned).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('law: if nobody looks any more, what is scheduled still gives the capacity back', () => {
    fc.assert(
      fc.property(anyStory, fc.integer({ min: 1, max: MINUTES }), ({ deeds, tickMinutes, leadSeconds }, lastLook) => {
        const policy = aFleetPolicy({ levers: { 'known-event': { leadSeconds } } });
        const story = new Story(policy);
        for (let minute = 0; minute < MINUTES; minute += 1) {
          story.passMinute(minute, deeds);
          if (minute > lastLook || minute % tickMinutes !== 0) continue;
          // Two looks: one for what is missing now, one for the plan.
          story.look();
          story.look();
        }
        expect(story.bounds.min).toBe(2);
      }),
      { numRuns: 150 },
    );
  });
});

/** One service, as AWS would move it, minute by minute. */
class Story {
  readonly shortfalls: string[] = [];
  readonly #policy: FleetPolicy;
  readonly #events = new Map<string, KnownEvent>();
  #service: ServiceSnapshot = aServiceSnapshot();
  #now: EpochMs = NOW;

  constructor(policy: FleetPolicy) {
    this.#policy = policy;
  }

  get bounds() {
    const { scaling } = this.#service;
    if (scaling.kind === 'unseen' || scaling.value === null) throw new Error('registered all the time');
    return scaling.value.bounds;
  }

  get planned() {
    const { scheduled } = this.#service;
    return scheduled.kind === 'seen' ? scheduled.value.ours : [];
  }

  passMinute(minute: number, deeds: readonly Deed[]): void {
    this.#now = later(NOW, minute * MINUTE);
    this.#takeDueSteps();
    for (const { id, event } of deeds.filter((deed) => deed.minute === minute)) {
      if (event === null) this.#events.delete(id);
      else this.#announce(id, event);
    }
  }

  look(): void {
    const snapshot: FleetSnapshot = {
      ...aSnapshot(this.#policy, { events: this.#known() }, this.#now),
      services: { 'core-api': this.#service },
    };
    const { verdicts } = evaluateFleet(snapshot, this.#policy, this.#now);
    this.#service = carriedOut(snapshot, verdicts, this.#now).services['core-api']!;
    this.#checkFloor();
  }

  /** With those that have ended since the last look. */
  #known(): readonly KnownEvent[] {
    return [...this.#events.values()].filter(({ to }) => to > this.#now - 20 * MINUTE * 1000);
  }

  #announce(id: string, { fromMinute, minutes, floor }: NonNullable<Deed['event']>): void {
    const from = later(NOW, fromMinute * MINUTE);
    const to = later(NOW, Math.min(fromMinute + minutes, LAST_EVENT_MINUTE) * MINUTE);
    // An event that is over is refused.
    if (to <= this.#now || this.#isSurprise(id, from)) return;
    this.#events.set(id, anEvent({ id, name: id, from, to, floors: { 'core-api': floor } }));
  }

  /**
   * An event that is announced in its run raises the minimum before its step down is planned. Withdrawn in between it
   * leaves no trace, and only target tracking that applies gives the capacity back.
   */
  #isSurprise(id: string, from: EpochMs): boolean {
    const { levers } = this.#policy;
    const begun = this.#events.get(id);
    const isUnderWay = begun !== undefined && begun.from <= this.#now && begun.to > this.#now;
    const planned = later(this.#now, levers['known-event'].leadSeconds + 2 * 15 * MINUTE);
    return levers['target-tracking'].mode !== 'apply' && from < planned && !isUnderWay;
  }

  /** AWS carries out an action at its time and forgets it. */
  #takeDueSteps(): void {
    const due = this.planned.filter(({ at }) => at <= this.#now);
    for (const { min = this.bounds.min, max = this.bounds.max } of due) {
      this.#service = withBounds(this.#service, { min, max: Math.max(max, min) }, this.#now);
    }
    const ahead = this.planned.filter(({ at }) => at > this.#now);
    this.#service = withPlan(
      { ...this.#service, cpu: seen({ periodSeconds: 60, points: [] }, this.#now) },
      ahead,
      this.#now,
    );
  }

  #checkFloor(): void {
    const [service] = this.#policy.services;
    const { leadSeconds } = this.#policy.levers['known-event'];
    const floor = floorAt([...this.#events.values()], service!, leadSeconds, this.#now);
    if (this.bounds.min < floor) {
      this.shortfalls.push(`${new Date(this.#now).toISOString()}: ${this.bounds.min} of ${floor}`);
    }
  }
}
