import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isValidAcuRange } from '../../shared/capacity/aurora-capacity.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { DatabaseFacts, InfrastructureSnapshot } from '../../shared/domain/infrastructure.ts';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import { auroraCapacity } from '../../shared/levers/aurora-capacity.ts';
import { busyDays } from '../support/builders/database-hours.ts';
import { aDatabase, anInfrastructure, flat, hours } from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { at, minutesAgo, NOW } from '../support/builders/time.ts';
import { anEvent, aSnapshot } from '../support/builders/world.ts';

interface See {
  readonly min?: number;
  readonly max?: number;
  readonly facts?: Partial<DatabaseFacts>;
  /** Means of the newest hours, oldest first; the hours before are calm. */
  readonly acu?: readonly number[];
  /** Highest of the busy hours of the last seven days, and the lowest of the same hours. */
  readonly highest?: readonly number[];
  readonly lowest?: readonly number[];
  readonly events?: readonly KnownEvent[];
  readonly metrics?: InfrastructureSnapshot['metrics'];
}

const CALM_ACU = 5;

function seenAs({ min = 2, max = 16, facts, acu = [], highest, lowest, metrics }: See): InfrastructureSnapshot {
  return anInfrastructure({
    database: seen(aDatabase({ instanceClass: 'db.serverless', storage: null, acu: { min, max }, ...facts }), NOW),
    metrics: {
      'aurora-capacity/acu-mean': hours([...flat(72 - acu.length, CALM_ACU), ...acu]),
      'aurora-capacity/acu-highest': busyDays(highest ?? flat(7, 9), CALM_ACU),
      'aurora-capacity/acu-lowest': busyDays(lowest ?? flat(7, 4), 4),
      ...metrics,
    },
  });
}

const policyOf = (minAcu: number) =>
  aFleetPolicy({
    database: { ...A_DATABASE, kind: 'aurora-cluster' },
    levers: { 'aurora-capacity': { mode: 'apply', minAcu } },
  });
const policy = policyOf(2);

function decide(see: See, policy = policyOf(2)): Decision {
  const snapshot = aSnapshot(policy, { infrastructure: seenAs(see), events: see.events ?? [] });
  const [proposal] = auroraCapacity.propose(snapshot, policy, NOW);
  if (proposal === undefined) throw new Error('one cluster, one proposal');
  return proposal.wanted;
}

const move = (from: string, to: string): string => `capacity of production: ${from} → ${to} ACU`;
const near = '14 ACU used of at most 16, above 85 %, in 3 of 72 hours';
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const soon = (minutes: number): KnownEvent => anEvent({ from: minutesAgo(-minutes), to: at('20:00') });
const ofSeven = (count: number, high: number, calm: number): readonly number[] => [
  ...flat(7 - count, calm),
  ...flat(count, high),
];

/** 2–16 ACU with peaks of 9, the ordinary minimum is 2. High is above 85 % of the maximum, in 3 of 72 hours; a ramp is more than ×4 in an hour. */
describe('aurora-capacity lever: the maximum', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'there is room',                        see: {},                                                   then: 'hold: up to 5 ACU within 2–16' },
    { when: 'three hours are high, the highest 15', see: { acu: flat(3, 14), highest: flat(7, 15) },           then: `${move('2–16', '2–25')}: ${near}` },
    { when: 'two hours are',                        see: { acu: flat(2, 14), highest: flat(7, 15) },           then: 'hold: up to 14 ACU within 2–16' },
    { when: 'they are just at 85 %',                see: { acu: flat(72, 13.6), highest: flat(7, 15) },        then: 'hold: up to 13.6 ACU within 2–16' },
    { when: 'it was bound: the whole step of ×2',   see: { acu: flat(3, 15.5), highest: flat(7, 16) },         then: `${move('2–16', '2–32')}: 15.5 ACU used of at most 16, above 85 %, in 3 of 72 hours` },
    { when: 'more is not allowed',                  see: { max: 40, acu: flat(3, 39), highest: flat(7, 40) },  then: `${move('2–40', '2–64')}: 39 ACU used of at most 40, above 85 %, in 3 of 72 hours` },
    { when: 'it is at what is allowed',             see: { max: 64, acu: flat(3, 63), highest: flat(7, 64) },  then: 'hold: 64 ACU are the most that is allowed' },
    { when: 'the calm week cannot be seen',         see: { acu: flat(3, 14), metrics: { 'aurora-capacity/acu-highest': throttled } }, then: `${move('2–16', '2–23.5')}: ${near}` },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });
});

describe('aurora-capacity lever: the minimum', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'three days rose from 0.5 to 8 within an hour', see: { min: 0.5, highest: ofSeven(3, 8, 2), lowest: flat(7, 0.5) }, then: `${move('0.5–16', '2–16')}: from 0.5 to 8 ACU within an hour, more than ×4, on 3 of 7 days` },
    { when: 'two days did',                          see: { min: 0.5, highest: ofSeven(2, 8, 2), lowest: flat(7, 0.5) },        then: 'hold: up to 5 ACU within 0.5–16' },
    { when: 'they rose ×4',                          see: { min: 0.5, max: 10, highest: flat(7, 2), lowest: flat(7, 0.5) },     then: 'hold: up to 5 ACU within 0.5–10' },
    { when: 'they rose as far, from halfway up',     see: { min: 0.5, highest: flat(7, 8), lowest: flat(7, 1.5) },              then: 'hold: up to 5 ACU within 0.5–16' },
    { when: 'it is meant to pause',                  see: { min: 0, highest: flat(7, 8), lowest: flat(7, 0) },                  then: 'hold: up to 5 ACU within 0–16' },
    { when: 'a known event begins in two hours',     see: { events: [soon(120)] },                                             then: `${move('2–16', '8–16')}: “Tax deadline” begins 2026-12-01 14:30 UTC, 8 ACU are kept warm` },
    { when: 'it begins in two hours and a minute',   see: { events: [soon(121)] },                                             then: 'hold: up to 5 ACU within 2–16' },
    { when: 'it is under way',                       see: { events: [soon(-60)] },                                             then: `${move('2–16', '8–16')}: “Tax deadline” begins 2026-12-01 11:30 UTC, 8 ACU are kept warm` },
    { when: 'it is over',                            see: { events: [anEvent({ from: at('08:00'), to: NOW })] },               then: 'hold: up to 5 ACU within 2–16' },
    { when: 'it is warm already',                    see: { min: 8, events: [soon(60)], lowest: flat(7, 8) },                  then: 'hold: up to 5 ACU within 8–16' },
    { when: 'an event needs no metric',              see: { events: [soon(60)], metrics: { 'aurora-capacity/acu-mean': throttled } }, then: `${move('2–16', '8–16')}: “Tax deadline” begins 2026-12-01 13:30 UTC, 8 ACU are kept warm` },
    { when: 'maximum and event together: half of the new one', see: { acu: flat(3, 14), highest: flat(7, 15), events: [soon(60)] }, then: `${move('2–16', '12.5–25')}: ${near}; “Tax deadline” begins 2026-12-01 13:30 UTC, 12.5 ACU are kept warm` },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });
});

describe('aurora-capacity lever: less, after a calm week', () => {
  const idle: See = { max: 32, highest: flat(7, 9), lowest: flat(7, 4) };
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'the highest was 9 of 32',              see: idle,                                              then: `${move('2–32', '0.5–15')}: never more than 9 ACU in 7 days, at most 32 allowed; no ramp has needed a minimum of 2 ACU in 7 days` },
    { when: 'a quarter less is not worth a change', see: { ...idle, min: 0.5, max: 19.5 },                  then: 'hold: up to 5 ACU within 0.5–19.5' },
    { when: 'a little more than that is',           see: { ...idle, min: 0.5, max: 20 },                    then: `${move('0.5–20', '0.5–15')}: never more than 9 ACU in 7 days, at most 20 allowed` },
    { when: 'the minimum was needed for a ramp',    see: { ...idle, max: 16, lowest: flat(7, 2.5), highest: flat(7, 8) }, then: 'hold: up to 5 ACU within 2–16' },
    { when: 'a smaller one would have done for it', see: { ...idle, max: 12, lowest: flat(7, 2.5), highest: flat(7, 6) }, then: `${move('2–12', '1.5–12')}: no ramp has needed a minimum of 2 ACU in 7 days` },
    { when: 'an event is near',                     see: { ...idle, min: 16, events: [soon(60)] },          then: 'hold: up to 5 ACU within 16–32' },
    { when: 'the event is over: the minimum is given back', see: { ...idle, min: 3, max: 16, lowest: flat(7, 9), highest: flat(7, 10) }, then: `${move('3–16', '0.5–16')}: no ramp has needed a minimum of 3 ACU in 7 days` },
    { when: 'a day of the week is missing',         see: { ...idle, metrics: { 'aurora-capacity/acu-lowest': busyDays(flat(6, 4), 4) } }, then: 'hold: up to 5 ACU within 2–32' },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see, policyOf(0.5)))).toBe(then);
  });

  // prettier-ignore
  it.each([
    { when: 'a smaller maximum has too few',                   see: { ...idle, min: 0.5 },         maxConnections: 4000, then: 'hold: up to 5 ACU within 0.5–32' },
    { when: 'a minimum below 1 would cap them at 2000',        see: { ...idle, min: 2 },           maxConnections: 2001, then: `${move('2–32', '1–15')}: never more than 9 ACU in 7 days, at most 32 allowed; no ramp has needed a minimum of 2 ACU in 7 days` },
    { when: 'both',                                            see: { ...idle, min: 2 },           maxConnections: 4000, then: `${move('2–32', '1–32')}: no ramp has needed a minimum of 2 ACU in 7 days` },
    { when: 'they are no more than that',                      see: { ...idle, min: 2 },           maxConnections: 2000, then: `${move('2–32', '0.5–15')}: never more than 9 ACU in 7 days, at most 32 allowed; no ramp has needed a minimum of 2 ACU in 7 days` },
  ])('never below what the configured connections need: $when', ({ see, maxConnections, then }) => {
    const database = { ...A_DATABASE, kind: 'aurora-cluster', maxConnections } as const;
    const many = aFleetPolicy({ database, levers: { 'aurora-capacity': { minAcu: 0.5 } } });
    expect(explain(decide(see, many))).toBe(then);
  });

  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'after an event it may pause again',               see: { ...idle, min: 8, max: 16, lowest: flat(7, 0), highest: flat(7, 10) },        then: `${move('8–16', '0–16')}: no ramp has needed a minimum of 8 ACU in 7 days` },
    { when: 'during the event it may not',                     see: { ...idle, min: 8, max: 16, lowest: flat(7, 0), highest: flat(7, 10), events: [soon(60)] }, then: 'hold: up to 5 ACU within 8–16' },
    { when: 'ramps do not keep it awake',                      see: { min: 0.5, highest: flat(7, 8), lowest: flat(7, 0.5) },                       then: `${move('0.5–16', '0–16')}: no ramp has needed a minimum of 0.5 ACU in 7 days` },
  ])('an ordinary minimum of 0, when $when: $then', ({ see, then }) => {
    expect(explain(decide(see, policyOf(0)))).toBe(then);
  });
});

describe('aurora-capacity lever: what it cannot say', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'the cluster is being modified',  see: { acu: flat(9, 16), facts: { status: 'modifying' } },               then: 'abstain: the database is changing: modifying' },
    { when: 'it has instances of a class',    see: { facts: { acu: null } },                                           then: 'abstain: no Aurora Serverless v2: it has no ACU' },
    { when: 'its capacity cannot be seen',    see: { metrics: { 'aurora-capacity/acu-mean': throttled } },             then: 'abstain: cannot see its capacity: throttled' },
    { when: 'an hour is missing',             see: { metrics: { 'aurora-capacity/acu-mean': hours(flat(71, 16)) } },   then: 'abstain: cannot see its capacity: 71 of 72 points' },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });
});

it('decides with all that is needed to carry it out and to prove it', () => {
  expect(decide({ acu: flat(3, 14), highest: flat(7, 15) })).toEqual({
    kind: 'act',
    direction: 'grow',
    change: {
      kind: 'set-aurora-capacity',
      database: { kind: 'aurora-cluster', identifier: 'production' },
      from: { minAcu: 2, maxAcu: 16 },
      to: { minAcu: 2, maxAcu: 25 },
    },
    because: [{ code: 'acu-near-max', acu: 14, maxAcu: 16, limitPercent: 85, hours: 3, of: 72 }],
  });
});

it('says the most it can about why it does nothing', () => {
  expect(decide({}).because).toEqual([{ code: 'acu-fits', peakAcu: 5, minAcu: 2, maxAcu: 16 }]);
});

it('comes to the same decision again from what is stored with it', () => {
  const snapshot = aSnapshot(policy, { infrastructure: seenAs({ acu: flat(3, 14) }), events: [soon(60)] });
  const [proposal] = auroraCapacity.propose(snapshot, policy, NOW);
  const stored = JSON.parse(JSON.stringify(proposal)) as { input: unknown; settings: unknown };
  expect(auroraCapacity.replay(stored.input, stored.settings, NOW)).toEqual(proposal!.wanted);
});

it('asks for metrics only where there is capacity to ask for', () => {
  const asked = (facts: Partial<DatabaseFacts>): number => {
    const infrastructure = { database: seen(aDatabase(facts), NOW), cache: throttled, tasks: {} };
    return auroraCapacity.needs({ services: {}, infrastructure }, policy, NOW).length;
  };
  expect(asked({ acu: { min: 0.5, max: 16 } })).toBe(3);
  expect(asked({ acu: null })).toBe(0);
});

describe('aurora-capacity lever: laws', () => {
  const half = (most: number) => fc.integer({ min: 1, max: most * 2 }).map((steps) => steps / 2);
  const anySee = fc
    .record({
      min: half(32),
      more: half(96),
      acu: fc.array(half(128), { minLength: 72, maxLength: 72 }),
      highest: fc.array(half(128), { minLength: 7, maxLength: 7 }),
      lowest: fc.array(half(32), { minLength: 7, maxLength: 7 }),
      events: fc.constantFrom<readonly KnownEvent[]>([], [], [soon(60)]),
    })
    .map(({ min, more, ...rest }): See => ({ min, max: Math.max(1, min + more), ...rest }));

  it('law: what it wants is a range that Aurora has', () => {
    fc.assert(
      fc.property(anySee, (see) => {
        const decision = decide(see);
        fc.pre(decision.kind === 'act' && decision.change.kind === 'set-aurora-capacity');
        const { minAcu: min, maxAcu: max } = decision.change.to;
        expect({ min, max, isValid: isValidAcuRange({ min, max }) }).toMatchObject({ isValid: true });
        expect([min, max]).not.toEqual([see.min, see.max]);
      }),
    );
  });

  it('law: comes to rest: what was done is not undone, and after a few steps nothing is wanted', () => {
    fc.assert(
      fc.property(anySee, (see) => {
        let bounds = { min: see.min!, max: see.max! };
        const directions: string[] = [];
        for (let step = 0; step < 12; step += 1) {
          const decision = decide({ ...see, ...bounds });
          if (decision.kind !== 'act' || decision.change.kind !== 'set-aurora-capacity') break;
          directions.push(decision.direction);
          bounds = { min: decision.change.to.minAcu, max: decision.change.to.maxAcu };
        }
        expect(directions.length).toBeLessThan(12);
        // It may come down after it has grown enough, but never go up again for what it has given back.
        expect(directions.join(' ')).not.toMatch(/shrink grow/);
      }),
      { numRuns: 300 },
    );
  });

  it('law: unseen never makes it smaller', () => {
    const names = ['acu-mean', 'acu-highest', 'acu-lowest'];
    fc.assert(
      fc.property(anySee, fc.subarray(names, { minLength: 1 }), (see, hidden) => {
        const metrics = Object.fromEntries(hidden.map((name) => [`aurora-capacity/${name}`, throttled]));
        const decision = decide({ ...see, metrics });
        expect(decision.kind === 'act' && decision.direction === 'shrink').toBe(false);
      }),
    );
  });
});
