import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../shared/domain/change.ts';
import { unseen } from '../../../shared/domain/reading.ts';
import type { ChangeStatus } from '../../../shared/domain/snapshot.ts';
import { explainReason } from '../../../shared/domain/explain.ts';
import { followUp } from '../../../shared/workflow/follow-up.ts';
import { planOf, raiseTo, repair } from '../../support/builders/acts.ts';
import { aRaise } from '../../support/builders/decisions.ts';
import { aStoredChange } from '../../support/builders/orders.ts';
import { at, minutesAgo, NOW, secondsAgo } from '../../support/builders/time.ts';
import { aServiceSnapshot, type ServiceWorld, step } from '../../support/builders/world.ts';

const raise = raiseTo(12).change;
const done: ServiceWorld = { bounds: { min: 2, max: 12 } };
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

/** `wait`, or `verify: in place`. */
const next = (change: Change, status: Partial<ChangeStatus>, see: ServiceWorld | null = done, now = NOW): string => {
  const stored = aStoredChange(change, status);
  const found = followUp(stored, see === null ? {} : { service: aServiceSnapshot(see, now) }, now);
  return 'because' in found ? `${found.kind}: ${explainReason(found.because)}` : found.kind;
};

describe('an order on its way', () => {
  // prettier-ignore
  it.each<{ when: string; status: Partial<ChangeStatus>; then: string }>([
    { when: 'sent 90 s ago',            status: { status: 'ordered', updatedAt: secondsAgo(90) },    then: 'wait' },
    { when: 'sent 91 s ago: lost',      status: { status: 'ordered', updatedAt: secondsAgo(91) },    then: 'send-again' },
    { when: 'attempted 90 s ago',       status: { status: 'attempting', updatedAt: secondsAgo(90) }, then: 'wait' },
    { when: 'attempted 91 s ago: cut off', status: { status: 'attempting', updatedAt: secondsAgo(91) }, then: 'send-again' },
  ])('$when: $then', ({ status, then }) => {
    expect(next(raise, status)).toBe(then);
  });

  // prettier-ignore
  it.each<{ when: string; expired: number; status: ChangeStatus['status']; then: string }>([
    { when: 'expired 15 minutes ago',        expired: 900, status: 'ordered',    then: 'send-again' },
    { when: 'expired a second before that',  expired: 901, status: 'ordered',    then: 'give-up: gave up after 3 attempts: no action has closed the order' },
    { when: 'so did one that was attempted', expired: 901, status: 'attempting', then: 'give-up: gave up after 3 attempts: no action has closed the order' },
  ])('$when: $then', ({ expired, status, then }) => {
    const stored = aStoredChange(raise, { status, failures: 2 }, { expiresAt: secondsAgo(expired) });
    const found = followUp(stored, { service: aServiceSnapshot() }, NOW);
    expect('because' in found ? `${found.kind}: ${explainReason(found.because)}` : found.kind).toBe(then);
  });

  it.each(['verified', 'skipped', 'failed'] as const)('%s is the end of it', (status) => {
    expect(next(raise, { status, updatedAt: minutesAgo(99) }, {})).toBe('wait');
  });
});

describe('ten minutes after a change was applied', () => {
  // prettier-ignore
  it.each<{ when: string; change?: Change; see: ServiceWorld | null; then: string }>([
    { when: 'the ceiling stands',                    see: done,                                                then: 'verify: in place' },
    { when: 'it stands, and is used',                see: { ...done, desired: 11, cpu: 66 },                   then: 'verify: in place and used: 11 tasks at 66 % CPU' },
    { when: 'as many run as before',                 see: { ...done, desired: 10, cpu: 66 },                   then: 'verify: in place' },
    { when: 'it is used, and CPU cannot be seen',    see: { ...done, desired: 11, readings: { cpu: throttled } }, then: 'verify: in place' },
    { when: 'it is used, and CPU has no point',      see: { ...done, desired: 11, cpu: [] },                   then: 'verify: in place' },
    { when: 'the service cannot be seen',            see: { ...done, readings: { facts: throttled } },        then: 'verify: in place' },
    { when: 'somebody has put it back',              see: {},                                                  then: 'verify: undone by somebody else: max is 10, should be 12' },
    { when: 'a scheduled step has moved the minimum', see: { bounds: { min: 8, max: 12 } },                    then: 'verify: in place' },
    { when: 'its scaling cannot be seen',            see: { ...done, readings: { scaling: throttled } },      then: 'wait' },
    { when: 'the scheduled actions cannot be seen',  see: { ...done, readings: { scheduled: throttled } },    then: 'wait' },
    { when: 'the service is in no policy any more',  see: null,                                                then: 'wait' },
    { when: 'a minimum was raised and stands',       change: aRaise({ min: 2, max: 10 }, { min: 8, max: 12 }), see: { bounds: { min: 8, max: 12 } }, then: 'verify: in place' },
    { when: 'a minimum was raised and is put back',  change: aRaise({ min: 2, max: 10 }, { min: 8, max: 12 }), see: { bounds: { min: 2, max: 12 } }, then: 'verify: undone by somebody else: min is 2, should be 8' },
    { when: 'the policy was repaired',               change: repair({ min: 2, max: 9 }, { min: 2, max: 10 }).change, see: {}, then: 'verify: in place' },
    { when: 'the policy was repaired, a step has moved the minimum since', change: repair({ min: 2, max: 9 }, { min: 2, max: 10 }).change, see: { bounds: { min: 8, max: 10 } }, then: 'verify: in place' },
    { when: 'the policy was undone',                 change: repair({ min: 2, max: 9 }, { min: 2, max: 10 }).change, see: { targetTracking: [{ cpuPercent: 60 }] }, then: 'verify: undone by somebody else: cpuPercent is 60, should be 70' },
    { when: 'it was registered and is gone again',   change: repair(null, { min: 2, max: 10 }).change, see: { bounds: { min: 1, max: 10 } }, then: 'verify: undone by somebody else: min is 1, should be 2' },
  ])('when $when: $then', ({ change = raise, see, then }) => {
    expect(next(change, { updatedAt: minutesAgo(10) }, see)).toBe(then);
  });

  it('not a second sooner', () => {
    expect(next(raise, { updatedAt: secondsAgo(599) }, {})).toBe('wait');
  });
});

describe('ten minutes after a plan was scheduled', () => {
  const plan = planOf(8, 12).change;
  const [up, down] = [step('07:45', { min: 8, max: 12 }, 1), step('20:00', { min: 2 }, 1)];

  // prettier-ignore
  it.each<{ when: string; now: number; ours: typeof up[]; then: string }>([
    { when: 'it stands',                               now: NOW,            ours: [up, down],                        then: 'verify: in place' },
    { when: 'its step up is gone, and not taken',      now: NOW,            ours: [down],                            then: 'verify: undone by somebody else: fulcrum-event-20261202T0745 is absent, should be {"at":1796197500000,"min":8,"max":12}' },
    { when: 'its step up was taken meanwhile',         now: at('07:45', 1), ours: [down],                            then: 'verify: in place' },
    { when: 'it was taken and is still listed',        now: at('07:46', 1), ours: [up, down],                        then: 'verify: in place' },
    { when: 'its step down is gone, and not taken',    now: at('07:46', 1), ours: [],                                then: 'verify: undone by somebody else: fulcrum-event-20261202T2000 is absent, should be {"at":1796241600000,"min":2,"max":null}' },
    { when: 'both were taken',                         now: at('20:00', 1), ours: [],                                then: 'verify: in place' },
    { when: 'there is one that should be gone',        now: NOW,            ours: [up, down, step('09:00', { min: 3 }, 3)], then: 'verify: undone by somebody else: fulcrum-event-20261204T0900 is {"at":1796374800000,"min":3,"max":null}, should be absent' },
  ])('when $when: $then', ({ now, ours, then }) => {
    expect(next(plan, { updatedAt: NOW - 600_000 }, { ours }, now)).toBe(then);
  });
});
