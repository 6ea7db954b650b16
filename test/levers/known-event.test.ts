import { describe, expect, it } from '@jest/globals';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import { explain } from '../../shared/domain/explain.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import { eventCeiling } from '../../shared/levers/known-event.ts';
import { brief, CORE_API, saidBy } from '../support/builders/decisions.ts';
import { aFleetPolicy, aServiceInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { anEvent, aSnapshot, planStep, type ServiceWorld, step } from '../support/builders/world.ts';

const policy = aFleetPolicy();

const decide = (see: ServiceWorld, events: readonly KnownEvent[], now: EpochMs = NOW, of = policy) =>
  saidBy('known-event', aSnapshot(of, { services: { 'core-api': see }, events }, now), of, 'core-api', now);

const event = (from: string, to: string, floor: number, days = 1): KnownEvent =>
  anEvent({ id: `e${from}${to}${floor}`, from: at(from, days), to: at(to, days), floors: { 'core-api': floor } });

const deadline = event('08:00', '20:00', 8);
const planned = [step('07:45', { min: 8, max: 12 }, 1), step('20:00', { min: 2 }, 1)];
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

/** core-api: 2–10 tasks, at most 30. Lead 15 minutes, ceiling at least floor × 1.5, horizon 14 days. */
describe('known-event lever, ahead of an event', () => {
  // prettier-ignore
  it.each<{ when: string; see?: ServiceWorld; events: KnownEvent[]; then: string }>([
    { when: 'no event is ahead',                     events: [],                               then: 'hold: no known event ahead' },
    { when: 'an event is new',                       events: [deadline],                       then: 'schedule 2 actions from 2026-12-02 07:45 UTC (now 0): “Tax deadline” begins 2026-12-02 08:00 UTC and needs 8 tasks' },
    { when: 'its plan stands',                       events: [deadline], see: { ours: planned }, then: 'hold: 2 actions are scheduled, the next at 2026-12-02 07:45 UTC' },
    { when: 'its plan stands in another order',      events: [deadline], see: { ours: [...planned].reverse() }, then: 'hold: 2 actions are scheduled, the next at 2026-12-02 07:45 UTC' },
    { when: 'its step down is missing',              events: [deadline], see: { ours: planned.slice(0, 1) }, then: 'schedule 2 actions from 2026-12-02 07:45 UTC (now 1): “Tax deadline” begins 2026-12-02 08:00 UTC and needs 8 tasks' },
    { when: 'two events are new',                    events: [event('18:00', '19:00', 5, 2), deadline], then: 'schedule 4 actions from 2026-12-02 07:45 UTC (now 0): “Tax deadline” begins 2026-12-02 08:00 UTC and needs 8 tasks; “Tax deadline” begins 2026-12-03 18:00 UTC and needs 5 tasks' },
    { when: 'the event was withdrawn',               events: [],         see: { ours: planned }, then: 'withdraw 2 scheduled actions: 2 scheduled actions belong to no event any more' },
    { when: 'its floor is the ordinary minimum',     events: [event('08:00', '20:00', 2)],     then: 'hold: no known event ahead' },
    { when: 'its floor is that now, with a plan',    events: [event('08:00', '20:00', 2)], see: { ours: planned }, then: 'withdraw 2 scheduled actions: 2 scheduled actions belong to no event any more' },
    { when: 'it begins at the end of the horizon',   events: [{ ...deadline, from: at('12:30', 14), to: at('20:00', 14) }], then: 'schedule 2 actions from 2026-12-15 12:15 UTC (now 0): “Tax deadline” begins 2026-12-15 12:30 UTC and needs 8 tasks' },
    { when: 'it begins a minute after the horizon',  events: [{ ...deadline, from: at('12:31', 14), to: at('20:00', 14) }], then: 'hold: no known event ahead' },
    { when: 'it is of another service',              events: [anEvent({ floors: { worker: 8 } })], then: 'hold: no known event ahead' },
    { when: 'the scheduled actions cannot be seen',  events: [deadline], see: { readings: { scheduled: throttled } }, then: 'abstain: cannot see the scheduled actions: throttled' },
    { when: 'its scaling cannot be seen',            events: [deadline], see: { readings: { scaling: throttled } },   then: 'abstain: cannot see its scaling setup: throttled' },
    { when: 'the ECS service cannot be seen',        events: [deadline], see: { ours: planned, readings: { facts: throttled } }, then: 'hold: 2 actions are scheduled, the next at 2026-12-02 07:45 UTC' },
    { when: 'the service is not registered',         events: [deadline], see: { readings: { scaling: seen(null, NOW) } }, then: 'abstain: not registered: nothing to schedule on' },
    { when: 'it is not registered, and no event is ahead', events: [],   see: { readings: { scaling: seen(null, NOW) } }, then: 'hold: no known event ahead' },
  ])('when $when: $then', ({ see = {}, events, then }) => {
    expect(explain(decide(see, events))).toBe(then);
  });
});

describe('the plan', () => {
  // prettier-ignore
  it.each<{ when: string; see?: ServiceWorld; events: KnownEvent[]; then: string }>([
    { when: 'the ordinary ceiling has room enough',  events: [event('08:00', '20:00', 6)],  then: '02 07:45 min 6, 02 20:00 min 2' },
    { when: 'it does not, by one task',              events: [event('08:00', '20:00', 7)],  then: '02 07:45 min 7 max 11, 02 20:00 min 2' },
    { when: 'the floor is above the ceiling',        events: [event('08:00', '20:00', 14)], then: '02 07:45 min 14 max 21, 02 20:00 min 2' },
    { when: 'the hard limit is near',                events: [event('08:00', '20:00', 25)], then: '02 07:45 min 25 max 30, 02 20:00 min 2' },
    { when: 'the floor is above the hard limit',     events: [event('08:00', '20:00', 40)], then: '02 07:45 min 30 max 30, 02 20:00 min 2' },
    { when: 'the ceiling is raised already',         events: [deadline], see: { bounds: { min: 2, max: 12 } }, then: '02 07:45 min 8, 02 20:00 min 2' },
    { when: 'it is raised further: it stays so',     events: [deadline], see: { bounds: { min: 2, max: 20 } }, then: '02 07:45 min 8, 02 20:00 min 2' },
    { when: 'it is raised, but not far enough',      events: [deadline], see: { bounds: { min: 2, max: 11 } }, then: '02 07:45 min 8 max 12, 02 20:00 min 2' },
    { when: 'a larger event lies within: the ceiling stays when it ends', events: [deadline, event('12:00', '13:00', 16)], then: '02 07:45 min 8 max 12, 02 11:45 min 16 max 24, 02 13:00 min 8, 02 20:00 min 2' },
    { when: 'a second event needs no more room',     events: [deadline, event('08:00', '20:00', 8, 3)], then: '02 07:45 min 8 max 12, 02 20:00 min 2, 04 07:45 min 8, 04 20:00 min 2' },
    { when: 'a second event needs more room',        events: [deadline, event('08:00', '20:00', 10, 3)], then: '02 07:45 min 8 max 12, 02 20:00 min 2, 04 07:45 min 10 max 15, 04 20:00 min 2' },
  ])('when $when: $then', ({ see = {}, events, then }) => {
    expect(brief(decide(see, events))).toMatch(new RegExp(`^act ${then} \\(`));
  });

  it('gives two steps of one minute two names', () => {
    const odd = aFleetPolicy({ levers: { 'known-event': { leadSeconds: 90 } } });
    const first = { ...event('07:00', '08:00', 8), id: 'first' };
    const second = { ...event('08:02', '09:00', 5), id: 'second' };
    const decision = decide({}, [first, second], NOW, odd);
    if (decision.kind !== 'act' || decision.change.kind !== 'schedule-capacity') throw new Error(brief(decision));
    expect(decision.change.to.map(({ name, min }) => `${name} ${min}`)).toEqual([
      'fulcrum-event-20261202T065830 8',
      'fulcrum-event-20261202T0800 2',
      'fulcrum-event-20261202T080030 5',
      'fulcrum-event-20261202T0900 2',
    ]);
  });

  it('the ceiling is floor × factor in whole numbers: 10 × 1.1 is 11', () => {
    const lever = { ...policy.levers['known-event'], ceilingFactor: 1.1 };
    expect(eventCeiling(10, { service: { max: 5, hardLimit: 30 }, lever })).toBe(11);
  });

  describe('within the quota of 200 scheduled actions of a target', () => {
    const yearly = aFleetPolicy({ levers: { 'known-event': { horizonDays: 366 } } });
    const daily = Array.from({ length: 120 }, (_, day) => event('08:00', '20:00', 8, day + 1));
    const size = (othersCount: number, events = daily): number => {
      const decision = decide({ othersCount }, events, NOW, yearly);
      if (decision.kind !== 'act' || decision.change.kind !== 'schedule-capacity') throw new Error(brief(decision));
      expect(decision.change.to.at(-1)).toMatchObject({ min: 2 });
      return decision.change.to.length;
    };

    // prettier-ignore
    it.each([
      { others: 0,   then: 100, because: 'the old plan and the new one fit side by side' },
      { others: 1,   then: 98,  because: 'a pair is never torn' },
      { others: 2,   then: 98,  because: 'a pair is never torn' },
      { others: 100, then: 50,  because: 'others have theirs' },
      { others: 194, then: 2,   because: 'the next event at least' },
      { others: 200, then: 2,   because: 'AWS is left to refuse it, in so many words' },
    ])('beside $others of other people: $then actions, $because', ({ others, then }) => {
      expect(size(others)).toBe(then);
    });

    it('all of them, where they fit', () => {
      expect(size(0, daily.slice(0, 50))).toBe(100);
      expect(size(0, daily.slice(0, 49))).toBe(98);
    });

    it('overlapping events without a pause keep their end', () => {
      const chain = Array.from({ length: 120 }, (_, day) =>
        anEvent({
          id: `e${day}`,
          from: at('08:00', day + 1),
          to: at('09:00', day + 2),
          floors: { 'core-api': 5 + (day % 2) },
        }),
      );
      const decision = decide({}, chain, NOW, yearly);
      if (decision.kind !== 'act' || decision.change.kind !== 'schedule-capacity') throw new Error(brief(decision));
      expect(decision.change.to).toHaveLength(100);
      expect(decision.change.to.at(-1)).toMatchObject({ at: at('09:00', 121), min: 2 });
    });
  });
});

describe('known-event lever, while an event is under way', () => {
  const running = event('08:00', '20:00', 8, 0);
  const stepUp = step('07:45', { min: 8, max: 12 });
  const stepDown = step('20:00', { min: 2 });
  const raised = { min: 8, max: 12 };

  // prettier-ignore
  it.each<{ when: string; now: string; see: ServiceWorld; events?: KnownEvent[]; then: string }>([
    { when: 'its lead time begins in a second, somebody has raised the minimum', now: '07:44:59', see: { bounds: raised }, then: 'schedule 2 actions from 2026-12-01 07:45 UTC (now 0): “Tax deadline” begins 2026-12-01 08:00 UTC and needs 8 tasks' },
    { when: 'its lead time begins, somebody has raised the minimum', now: '07:45', see: { bounds: raised }, then: 'schedule 1 actions from 2026-12-01 20:00 UTC (now 0): “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'its step up comes in 121 s',          now: '07:42:59', see: { ours: [stepUp, stepDown] },              then: 'hold: 2 actions are scheduled, the next at 2026-12-01 07:45 UTC' },
    { when: 'its step up is due now',              now: '07:45',    see: { ours: [stepUp, stepDown] },              then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
    { when: 'its step up was due 119 s ago',       now: '07:46:59', see: { ours: [stepUp, stepDown] },              then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
    { when: 'its step up was due 120 s ago',       now: '07:47',    see: { ours: [stepUp, stepDown] },              then: 'set capacity bounds 2–10 → 8–12 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'its step up was taken',               now: '07:45:30', see: { bounds: raised, ours: [stepDown] },      then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
    { when: 'it was announced in its run',         now: '12:00',    see: {},                                        then: 'set capacity bounds 2–10 → 8–12 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'then its step down has to be planned', now: '12:00',   see: { bounds: raised },                        then: 'schedule 1 actions from 2026-12-01 20:00 UTC (now 0): “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'the ceiling was raised meanwhile',    now: '12:00',    see: { bounds: { min: 8, max: 18 }, ours: [stepDown] }, then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
    { when: 'the minimum is one below its floor',  now: '12:00',    see: { bounds: { min: 7, max: 12 }, ours: [stepDown] }, then: 'set capacity bounds 7–12 → 8–12 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'somebody has raised the minimum',     now: '12:00',    see: { bounds: { min: 9, max: 12 }, ours: [stepDown] }, then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
    { when: 'the ceiling stands above the hard limit', now: '12:00', see: { bounds: { min: 2, max: 40 }, ours: [stepDown] }, then: 'set capacity bounds 2–40 → 8–40 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'its floor is above the hard limit',   now: '12:00',    see: { bounds: { min: 30, max: 30 }, ours: [stepDown] }, events: [event('08:00', '20:00', 40, 0)], then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
    { when: 'its floor is below policy, and the minimum below that', now: '12:00', see: { bounds: { min: 0, max: 10 } }, events: [event('08:00', '20:00', 1, 0)], then: 'set capacity bounds 0–10 → 2–10 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 1 tasks' },
    { when: 'its step down is due in 120 s',       now: '19:58',    see: { bounds: raised, ours: [] },              then: 'schedule 1 actions from 2026-12-01 20:00 UTC (now 0): “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
    { when: 'it has ended this second',            now: '20:00',    see: { bounds: raised, ours: [stepDown] },      then: 'hold: no known event ahead' },
    { when: 'it has ended 119 s ago',              now: '20:01:59', see: { bounds: raised, ours: [stepDown] },      then: 'hold: no known event ahead' },
    { when: 'it has ended, the step down is taken', now: '20:01',   see: { ours: [] },                              then: 'hold: no known event ahead' },
    { when: 'its step down did not come in 119 s', now: '20:01:59', see: { bounds: raised },                        then: 'hold: no known event ahead' },
    { when: 'its step down did not come in 120 s', now: '20:02',    see: { bounds: raised },                        then: 'set capacity bounds 8–12 → 2–12 tasks: min is 8, should be 2' },
    { when: 'it has ended, a person has raised the minimum', now: '20:02', see: { bounds: { min: 9, max: 12 } },    then: 'hold: no known event ahead' },
    { when: 'it has ended, its floor was the ordinary minimum', now: '20:02', see: {}, events: [event('08:00', '20:00', 2, 0)], then: 'hold: no known event ahead' },
    { when: 'it has ended at the hard limit',      now: '20:02',    see: { bounds: { min: 30, max: 30 } }, events: [event('08:00', '20:00', 40, 0)], then: 'set capacity bounds 30–30 → 2–30 tasks: min is 30, should be 2' },
    { when: 'AWS still lists a step of 120 s ago', now: '20:02',    see: { ours: [stepDown] },                      then: 'withdraw 1 scheduled actions: 1 scheduled actions belong to no event any more' },
  ])('at $now, $when: $then', ({ now, see, events = [running], then }) => {
    expect(explain(decide(see, events, at(now)))).toBe(then);
  });

  describe('withdrawn, moved or changed in its run', () => {
    // prettier-ignore
    it.each<{ when: string; see: ServiceWorld; events: KnownEvent[]; then: string }>([
      { when: 'withdrawn: first the minimum is given back', see: { bounds: raised, ours: [stepDown] }, events: [], then: 'set capacity bounds 8–12 → 2–12 tasks: 1 scheduled actions belong to no event any more' },
      { when: 'withdrawn: then the plan is withdrawn',      see: { bounds: { min: 2, max: 12 }, ours: [stepDown] }, events: [], then: 'withdraw 1 scheduled actions: 1 scheduled actions belong to no event any more' },
      { when: 'moved to tomorrow',                          see: { bounds: raised, ours: [stepDown] }, events: [deadline], then: 'set capacity bounds 8–12 → 2–12 tasks: 1 scheduled actions belong to no event any more' },
      { when: 'a larger one within is withdrawn',           see: { bounds: { min: 16, max: 24 }, ours: [step('13:00', { min: 8 }), stepDown] }, events: [running], then: 'set capacity bounds 16–24 → 8–24 tasks: 2 scheduled actions belong to no event any more' },
      { when: 'two that overlap are withdrawn at once',      see: { bounds: { min: 16, max: 24 }, ours: [step('13:00', { min: 12 }), step('14:00', { min: 8 }), stepDown] }, events: [running], then: 'set capacity bounds 16–24 → 8–24 tasks: 3 scheduled actions belong to no event any more' },
      { when: 'all of them are withdrawn at once',           see: { bounds: { min: 16, max: 24 }, ours: [step('13:00', { min: 12 }), stepDown] }, events: [], then: 'set capacity bounds 16–24 → 2–24 tasks: 2 scheduled actions belong to no event any more' },
      { when: 'made longer, and a person has raised the minimum', see: { bounds: { min: 11, max: 12 }, ours: [stepDown] }, events: [event('08:00', '22:00', 8, 0)], then: 'schedule 1 actions from 2026-12-01 22:00 UTC (now 1): “Tax deadline” lasts until 2026-12-01 22:00 UTC and needs 8 tasks' },
      { when: 'a person has raised the minimum before it, it stands by', see: { bounds: { min: 9, max: 12 }, ours: [step('07:45', { min: 8 }, 1), step('20:00', { min: 2 }, 1)] }, events: [deadline], then: 'hold: 2 actions are scheduled, the next at 2026-12-02 07:45 UTC' },
      { when: 'made longer',                                see: { bounds: raised, ours: [stepDown] }, events: [event('08:00', '22:00', 8, 0)], then: 'schedule 1 actions from 2026-12-01 22:00 UTC (now 1): “Tax deadline” lasts until 2026-12-01 22:00 UTC and needs 8 tasks' },
      { when: 'made shorter',                               see: { bounds: raised, ours: [stepDown] }, events: [event('08:00', '18:00', 8, 0)], then: 'schedule 1 actions from 2026-12-01 18:00 UTC (now 1): “Tax deadline” lasts until 2026-12-01 18:00 UTC and needs 8 tasks' },
      { when: 'made smaller: the minimum stays, it could be a person’s', see: { bounds: raised, ours: [stepDown] }, events: [event('08:00', '20:00', 5, 0)], then: 'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC' },
      { when: 'made larger',                                see: { bounds: raised, ours: [stepDown] }, events: [event('08:00', '20:00', 12, 0)], then: 'set capacity bounds 8–12 → 12–18 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 12 tasks' },
      { when: 'no step of ours tells who raised the minimum', see: { bounds: raised, ours: [] }, events: [], then: 'hold: no known event ahead' },
      { when: 'the next step is one up: a person raised it', see: { bounds: { min: 5, max: 12 }, ours: planned }, events: [deadline], then: 'schedule 2 actions from 2026-12-02 07:45 UTC (now 2): “Tax deadline” begins 2026-12-02 08:00 UTC and needs 8 tasks' },
    ])('$when: $then', ({ see, events, then }) => {
      expect(explain(decide(see, events))).toBe(then);
    });

    it('what is given back is taken away: a freeze and a deployment stop it', () => {
      expect(decide({ bounds: raised, ours: [stepDown] }, [])).toEqual({
        kind: 'act',
        direction: 'shrink',
        change: { kind: 'set-capacity-bounds', target: CORE_API, from: raised, to: { min: 2, max: 12 } },
        because: [{ code: 'event-over-or-withdrawn', actions: 1 }],
      });
      expect(decide({}, [running])).toMatchObject({ direction: 'grow' });
    });

    it('not while a step of ours is just being taken', () => {
      const see = { bounds: { min: 16, max: 24 }, ours: [step('13:00', { min: 8 }), stepDown] };
      expect(explain(decide(see, [running], at('13:01')))).toBe(
        'hold: 1 actions are scheduled, the next at 2026-12-01 20:00 UTC',
      );
    });
  });

  describe('a step that is due in two minutes is left to AWS', () => {
    const ours = [stepUp, stepDown];
    const longer = event('08:00', '22:00', 8, 0);

    // prettier-ignore
    it.each<{ when: string; now: string; see: ServiceWorld; then: string }>([
      { when: '121 s before it the plan may change',            now: '07:42:59', see: { ours }, then: 'act 01 07:45 min 8 max 12, 01 22:00 min 2 (event-ahead)' },
      { when: '120 s before it the plan waits',                 now: '07:43',    see: { ours }, then: 'hold (scheduled)' },
      { when: 'unless it would lower the ceiling that is there', now: '07:44:30', see: { ours, bounds: { min: 2, max: 20 } }, then: 'act 01 07:45 min 8, 01 22:00 min 2 (event-ahead)' },
      { when: 'but not when it may have fired already',          now: '07:45:30', see: { ours, bounds: { min: 2, max: 20 } }, then: 'hold (scheduled)' },
    ])('$when', ({ now, see, then }) => {
      expect(brief(decide(see, [longer], at(now)))).toBe(then);
    });
  });
});

describe('the direction of a plan: shrink where it nowhere asks for more than the one that stands', () => {
  const smaller = [step('07:45', { min: 6 }, 1), step('20:00', { min: 2 }, 1)];

  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; events: KnownEvent[]; then: string }>([
    { when: 'there was none',                        see: {},                   events: [deadline],                       then: 'grow' },
    { when: 'it is withdrawn',                       see: { ours: planned },    events: [],                               then: 'shrink' },
    { when: 'one of two events is withdrawn',        see: { ours: [...planned, step('07:45', { min: 8 }, 3), step('20:00', { min: 2 }, 3)] }, events: [deadline], then: 'shrink' },
    { when: 'the event ends sooner',                 see: { ours: planned },    events: [event('08:00', '18:00', 8)],     then: 'shrink' },
    { when: 'the event ends later',                  see: { ours: planned },    events: [event('08:00', '22:00', 8)],     then: 'grow' },
    { when: 'it is moved: there it asks for more',   see: { ours: planned },    events: [event('08:00', '20:00', 8, 2)],  then: 'grow' },
    { when: 'it asks for fewer tasks',               see: { ours: planned },    events: [event('08:00', '20:00', 6)],     then: 'shrink' },
    { when: 'it asks for more tasks',                see: { ours: smaller },    events: [deadline],                       then: 'grow' },
    { when: 'its step up would lower a raised ceiling: it is left out', see: { ours: planned, bounds: { min: 2, max: 20 } }, events: [deadline], then: 'grow' },
    { when: 'an old step is listed twice over',      see: { ours: [...planned, { ...step('07:45', { min: 8, max: 12 }, 1), name: 'fulcrum-event-old' }] }, events: [deadline], then: 'shrink' },
  ])('when $when: $then', ({ see, events, then }) => {
    expect(decide(see, events)).toMatchObject({ kind: 'act', direction: then });
  });
});

it('the known-event lever decides with all that is needed to carry it out and to prove it', () => {
  const small = aFleetPolicy({ services: [aServiceInput({ max: 6, hardLimit: 10 })] });
  expect(decide({ bounds: { min: 2, max: 6 } }, [deadline], NOW, small)).toEqual({
    kind: 'act',
    direction: 'grow',
    change: {
      kind: 'schedule-capacity',
      owner: 'event',
      target: CORE_API,
      from: [],
      to: [
        { name: 'fulcrum-event-20261202T0745', at: at('07:45', 1), min: 8, max: 10 },
        { name: 'fulcrum-event-20261202T2000', at: at('20:00', 1), min: 2 },
      ],
    },
    because: [{ code: 'event-ahead', event: 'Tax deadline', from: at('08:00', 1), floor: 8 }],
  });
});

describe('beside the predictive lever', () => {
  const both = aFleetPolicy({ levers: { predictive: { mode: 'apply' } } });
  const stepDown = step('20:00', { min: 2 });
  const ofPlan = [planStep('13:00', { min: 5 }), planStep('15:00', { min: 2 })];
  const raised = { min: 8, max: 12 };

  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; events: KnownEvent[]; then: string }>([
    { when: 'the plan of the forecast is not its business',  see: { ours: ofPlan }, events: [],                  then: 'hold: no known event ahead' },
    { when: 'its own plan stands beside it',             see: { ours: [...ofPlan, ...planned] }, events: [deadline], then: 'hold: 2 actions are scheduled, the next at 2026-12-02 07:45 UTC' },
    { when: 'an event is withdrawn in its run: the floor is left to the forecast', see: { bounds: raised, ours: [stepDown] }, events: [], then: 'withdraw 1 scheduled actions: 1 scheduled actions belong to no event any more' },
    { when: 'an event has ended and the floor still stands: left to the forecast', see: { bounds: raised }, events: [{ ...event('08:00', '12:20', 8, 0) }], then: 'hold: no known event ahead' },
    { when: 'the floor of an event under way does not stand', see: {}, events: [event('08:00', '20:00', 8, 0)],  then: 'set capacity bounds 2–10 → 8–12 tasks: “Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks' },
  ])('when $when: $then', ({ see, events, then }) => {
    expect(explain(decide(see, events, NOW, both))).toBe(then);
  });

  it('replaces its own and leaves the plan', () => {
    const decision = decide({ ours: [...ofPlan, step('09:00', { min: 4 }, 3)] }, [deadline], NOW, both);
    expect(decision).toMatchObject({ change: { owner: 'event', from: [step('09:00', { min: 4 }, 3)], to: planned } });
  });

  it('shares the 200 actions of a service with a plan', () => {
    const many = Array.from({ length: 60 }, (_, day) => event('08:00', '09:00', 5, day / 10 + 1));
    const count = (ours: readonly ReturnType<typeof step>[], othersCount = 0): number => {
      const decision = decide({ ours, othersCount }, many, NOW, both);
      return decision.kind === 'act' && decision.change.kind === 'schedule-capacity' ? decision.change.to.length : -1;
    };
    expect(count([])).toBe(100);
    expect(count(ofPlan)).toBeLessThanOrEqual(51);
    expect(count(ofPlan)).toBeGreaterThan(45);
    expect(count(ofPlan, 100)).toBeLessThanOrEqual(25);
  });
});
