import { describe, expect, it } from '@jest/globals';
import type { LeverName } from '../../shared/config/policy.ts';
import type { DatabaseBottleneck } from '../../shared/domain/bottleneck.ts';
import { abstain, type Act, type Decision, hold } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import { arbitrate, byUrgency } from '../../shared/evaluation/arbitrate.ts';
import type { Proposal } from '../../shared/levers/lever.ts';
import { floorNow, planOf, raiseTo, reduction, repair } from '../support/builders/acts.ts';
import { aRaise, brief, CORE_API, CORE_API_RESOURCE } from '../support/builders/decisions.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { REASONS } from '../support/builders/reasons.ts';
import { aChange, aSnapshot, planStep } from '../support/builders/world.ts';

type Wishes = Partial<Record<LeverName, Decision>>;

type Saturated = readonly DatabaseBottleneck[];
const NONE: Saturated = [];
const BUSY_DATABASE: Saturated = [{ kind: 'database-cpu', is: 91.26, limit: 70 }];
const FULL_DATABASE: Saturated = [{ kind: 'database-connections', is: 171, limit: 160 }];
const SHORT_OF_MEMORY: Saturated = [{ kind: 'database-memory', is: 0.4, limit: 0.8 }];
const SLOW_DISK: Saturated = [{ kind: 'database-io', is: 2_900, limit: 2_700, queueDepth: 24.13 }];
const FULL_DISK: Saturated = [{ kind: 'database-storage', is: 4.21, limit: 12.5 }];
const QUEUED_SESSIONS: Saturated = [{ kind: 'database-load', is: 3.14, limit: 2 }];
const SWAPPING: Saturated = [{ kind: 'database-swap', is: 0.51, limit: 0.25 }];

const snapshot = aSnapshot(aFleetPolicy());

const proposal = (lever: LeverName, wanted: Decision, resource = CORE_API_RESOURCE): Proposal => ({
  lever,
  resource,
  service: 'core-api',
  input: {},
  settings: {},
  wanted,
});

interface Hearing {
  readonly bottleneck?: Saturated;
  readonly world?: typeof snapshot;
  /** Levers whose wish the guards would stop. */
  readonly stopped?: readonly LeverName[];
}

/** `target-tracking: act …; ceiling: hold …` */
const settle = (
  wishes: Wishes,
  { bottleneck = NONE, world = snapshot, stopped = [] }: Hearing = {},
): readonly string[] =>
  arbitrate(
    (Object.entries(wishes) as [LeverName, Decision][]).map(([lever, wanted]) => proposal(lever, wanted)),
    bottleneck,
    world,
    ({ lever }) => !stopped.includes(lever),
  ).map(({ proposal: { lever }, decision }) => `${lever}: ${brief(decision)}`);

const repaired = repair({ min: 2, max: 9 }, { min: 2, max: 10 });
const givenBack: Act = {
  ...floorNow(2, 20),
  direction: 'shrink',
  change: aRaise({ min: 8, max: 20 }, { min: 2, max: 20 }),
};

/** The predictive lever moves the floor under a ceiling of 10. */
const floorBy = (to: number, from: number, max = 10): Act => ({
  kind: 'act',
  change: aRaise({ min: from, max }, { min: to, max }),
  direction: to > from ? 'grow' : 'shrink',
  because: [{ ...REASONS[to > from ? 'load-ahead' : 'load-recedes'], floor: to }],
});
const forecastPlan: Act = {
  kind: 'act',
  change: {
    kind: 'schedule-capacity',
    target: CORE_API,
    owner: 'plan',
    from: [],
    to: [planStep('09:00', { min: 6 }, 1)],
  },
  direction: 'grow',
  because: [REASONS['forecast-asks']],
};

describe('several levers want one service', () => {
  // prettier-ignore
  it.each<{ when: string; wishes: Wishes; then: string[] }>([
    { when: 'only one does',                              wishes: { ceiling: raiseTo(12), 'known-event': hold(REASONS['no-event-ahead']), 'target-tracking': hold(REASONS['as-it-should-be']) },
      then: ['ceiling: act 2–12 (pinned-at-max)', 'known-event: hold (no-event-ahead)', 'target-tracking: hold (as-it-should-be)'] },
    { when: 'one is blind: that stops nobody',            wishes: { ceiling: raiseTo(12), 'known-event': abstain(REASONS.blind) },
      then: ['ceiling: act 2–12 (pinned-at-max)', 'known-event: abstain (blind)'] },
    { when: 'a repair and a raise: first the repair',     wishes: { ceiling: raiseTo(12), 'target-tracking': repaired },
      then: ['ceiling: hold (waits-for); else 2–12 (pinned-at-max)', 'target-tracking: act 2–10 at 70 % (policy-missing)'] },
    { when: 'a repair and an event: first the repair',    wishes: { 'known-event': floorNow(8, 12), 'target-tracking': repaired },
      then: ['known-event: hold (waits-for); else 8–12 (event-under-way)', 'target-tracking: act 2–10 at 70 % (policy-missing)'] },
    { when: 'a raise and a plan: room that is needed now first', wishes: { ceiling: raiseTo(12), 'known-event': planOf(8, 12) },
      then: ['ceiling: act 2–12 (pinned-at-max)', 'known-event: hold (waits-for); else 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)'] },
    { when: 'a reduction and a plan: growth first',       wishes: { ceiling: reduction, 'known-event': planOf(8, 12) },
      then: ['ceiling: hold (waits-for); else 2–12 (calm)', 'known-event: act 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)'] },
    { when: 'a reduction and a repair: first the repair', wishes: { ceiling: reduction, 'target-tracking': repaired },
      then: ['ceiling: hold (waits-for); else 2–12 (calm)', 'target-tracking: act 2–10 at 70 % (policy-missing)'] },
    { when: 'a withdrawn plan and a raise: growth first', wishes: { ceiling: raiseTo(12), 'known-event': { ...planOf(8), direction: 'shrink' } },
      then: ['ceiling: act 2–12 (pinned-at-max)', 'known-event: hold (waits-for); else 02 07:45 min 8, 02 20:00 min 2 (event-ahead)'] },
    { when: 'both move the bounds, the raise is larger',  wishes: { ceiling: raiseTo(13), 'known-event': floorNow(8, 12) },
      then: ['ceiling: act 2–13 (pinned-at-max)', 'known-event: hold (outweighed); else 8–12 (event-under-way)'] },
    { when: 'both move the bounds, the event is larger',  wishes: { ceiling: raiseTo(11), 'known-event': floorNow(8, 12) },
      then: ['ceiling: hold (outweighed); else 2–11 (pinned-at-max)', 'known-event: act 8–12 (event-under-way)'] },
    { when: 'both want the same ceiling: the event, by precedence', wishes: { ceiling: raiseTo(12), 'known-event': floorNow(8, 12) },
      then: ['ceiling: hold (outweighed); else 2–12 (pinned-at-max)', 'known-event: act 8–12 (event-under-way)'] },
    { when: 'one takes away and the other needs',         wishes: { ceiling: reduction, 'known-event': floorNow(8, 20) },
      then: ['ceiling: hold (outweighed); else 2–12 (calm)', 'known-event: act 8–20 (event-under-way)'] },
    { when: 'both take away: the smaller bite first',     wishes: { ceiling: reduction, 'known-event': givenBack },
      then: ['ceiling: hold (waits-for); else 2–12 (calm)', 'known-event: act 2–20 (event-under-way)'] },
    { when: 'a floor by forecast waits for a ceiling that is reached', wishes: { ceiling: raiseTo(13), predictive: floorBy(8, 2) },
      then: ['ceiling: act 2–13 (pinned-at-max)', 'predictive: hold (waits-for); else 8–10 (load-ahead)'] },
    { when: 'a ceiling is not lowered under a floor that rises', wishes: { ceiling: reduction, predictive: floorBy(8, 2, 20) },
      then: ['ceiling: hold (waits-for); else 2–12 (calm)', 'predictive: act 8–20 (load-ahead)'] },
    { when: 'a ceiling is lowered before a floor',        wishes: { ceiling: reduction, predictive: floorBy(4, 8, 20) },
      then: ['ceiling: act 2–12 (calm)', 'predictive: hold (waits-for); else 4–20 (load-recedes)'] },
    { when: 'a ceiling that is reached goes before a floor that falls', wishes: { ceiling: raiseTo(13), predictive: floorBy(4, 8) },
      then: ['ceiling: act 2–13 (pinned-at-max)', 'predictive: hold (waits-for); else 4–10 (load-recedes)'] },
    { when: 'an event that raises the ceiling goes before a floor', wishes: { 'known-event': floorNow(8, 12), predictive: floorBy(9, 2) },
      then: ['known-event: act 8–12 (event-under-way)', 'predictive: hold (waits-for); else 9–10 (load-ahead)'] },
    { when: 'of two floors the larger: that of the forecast', wishes: { 'known-event': floorNow(8, 10), predictive: floorBy(9, 2) },
      then: ['known-event: hold (outweighed); else 8–10 (event-under-way)', 'predictive: act 9–10 (load-ahead)'] },
    { when: 'of two floors the larger: that of the event', wishes: { 'known-event': floorNow(8, 10), predictive: floorBy(7, 2) },
      then: ['known-event: act 8–10 (event-under-way)', 'predictive: hold (outweighed); else 7–10 (load-ahead)'] },
    { when: 'of two equal floors that of the event',      wishes: { 'known-event': floorNow(8, 10), predictive: floorBy(8, 2) },
      then: ['known-event: act 8–10 (event-under-way)', 'predictive: hold (outweighed); else 8–10 (load-ahead)'] },
    { when: 'a repair goes before a floor',               wishes: { 'target-tracking': repaired, predictive: floorBy(8, 2) },
      then: ['target-tracking: act 2–10 at 70 % (policy-missing)', 'predictive: hold (waits-for); else 8–10 (load-ahead)'] },
    { when: 'a floor that is needed now goes before a plan of an event', wishes: { 'known-event': planOf(8, 12), predictive: floorBy(8, 2) },
      then: ['known-event: hold (waits-for); else 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)', 'predictive: act 8–10 (load-ahead)'] },
    { when: 'the plan of an event goes before that of the forecast', wishes: { 'known-event': planOf(8, 12), predictive: forecastPlan },
      then: ['known-event: act 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)', 'predictive: hold (waits-for); else 02 09:00 min 6 (forecast-asks)'] },
    { when: 'a plan goes before a ceiling that is lowered', wishes: { ceiling: reduction, predictive: forecastPlan },
      then: ['ceiling: hold (waits-for); else 2–12 (calm)', 'predictive: act 02 09:00 min 6 (forecast-asks)'] },
    { when: 'all three at once',                          wishes: { ceiling: raiseTo(13), 'known-event': floorNow(8, 12), 'target-tracking': repaired },
      then: ['ceiling: hold (waits-for); else 2–13 (pinned-at-max)', 'known-event: hold (outweighed); else 8–12 (event-under-way)', 'target-tracking: act 2–10 at 70 % (policy-missing)'] },
  ])('$when', ({ wishes, then }) => {
    expect(settle(wishes)).toEqual(then);
  });

  it('who is given way to is named', () => {
    const wishes = [proposal('ceiling', raiseTo(12)), proposal('target-tracking', repaired)];
    const [ceiling] = arbitrate(wishes, NONE, snapshot, () => true);
    expect(explain(ceiling!.decision)).toMatch(/^hold: waits for target-tracking, one change at a time; otherwise set/);
  });

  it('by how much one is outweighed is told', () => {
    const wishes = [proposal('ceiling', raiseTo(11)), proposal('known-event', floorNow(8, 12))];
    const [ceiling] = arbitrate(wishes, NONE, snapshot, () => true);
    expect(explain(ceiling!.decision)).toMatch(/^hold: known-event needs more: 12 tasks; otherwise set/);
  });

  it('levers of two services do not meet', () => {
    const wishes = [
      proposal('ceiling', raiseTo(12)),
      proposal('target-tracking', repaired, 'service/production/worker'),
    ];
    expect(arbitrate(wishes, NONE, snapshot, () => true).map(({ decision }) => decision.kind)).toEqual(['act', 'act']);
  });
});

describe('nobody stands back for a change that the guards will stop', () => {
  // prettier-ignore
  it.each<{ when: string; wishes: Wishes; stopped: LeverName[]; then: string[] }>([
    { when: 'a repair: the raise goes ahead',        wishes: { ceiling: raiseTo(12), 'target-tracking': repaired },       stopped: ['target-tracking'],
      then: ['ceiling: act 2–12 (pinned-at-max)', 'target-tracking: act 2–10 at 70 % (policy-missing)'] },
    { when: 'a larger raise: the event goes ahead',  wishes: { ceiling: raiseTo(13), 'known-event': floorNow(8, 12) },    stopped: ['ceiling'],
      then: ['ceiling: act 2–13 (pinned-at-max)', 'known-event: act 8–12 (event-under-way)'] },
    { when: 'a smaller raise: it says so by itself', wishes: { ceiling: raiseTo(11), 'known-event': floorNow(8, 12) },    stopped: ['ceiling'],
      then: ['ceiling: hold (outweighed); else 2–11 (pinned-at-max)', 'known-event: act 8–12 (event-under-way)'] },
    { when: 'all of them',                           wishes: { ceiling: raiseTo(12), 'target-tracking': repaired },       stopped: ['ceiling', 'target-tracking'],
      then: ['ceiling: act 2–12 (pinned-at-max)', 'target-tracking: act 2–10 at 70 % (policy-missing)'] },
  ])('$when', ({ wishes, stopped, then }) => {
    expect(settle(wishes, { stopped })).toEqual(then);
  });
});

describe('the bottleneck', () => {
  // prettier-ignore
  it.each<{ when: string; wishes: Wishes; bottleneck: Saturated; then: string[] }>([
    { when: 'is none of the database',                         wishes: { ceiling: raiseTo(12) },           bottleneck: NONE,                then: ['ceiling: act 2–12 (pinned-at-max)'] },
    { when: 'is the CPU of the database',                      wishes: { ceiling: raiseTo(12) },           bottleneck: BUSY_DATABASE,       then: ['ceiling: hold (bottleneck-elsewhere); else 2–12 (pinned-at-max)'] },
    { when: 'is the number of its connections',                wishes: { ceiling: raiseTo(12) },           bottleneck: FULL_DATABASE,       then: ['ceiling: hold (bottleneck-elsewhere); else 2–12 (pinned-at-max)'] },
    { when: 'is its memory',                                   wishes: { ceiling: raiseTo(12) },           bottleneck: SHORT_OF_MEMORY,     then: ['ceiling: hold (bottleneck-elsewhere); else 2–12 (pinned-at-max)'] },
    { when: 'is its disk',                                     wishes: { ceiling: raiseTo(12) },           bottleneck: SLOW_DISK,           then: ['ceiling: hold (bottleneck-elsewhere); else 2–12 (pinned-at-max)'] },
    { when: 'does not stop what takes away',                   wishes: { ceiling: reduction },             bottleneck: BUSY_DATABASE,       then: ['ceiling: act 2–12 (calm)'] },
    { when: 'does not stop what was announced',                wishes: { 'known-event': floorNow(8, 12) }, bottleneck: BUSY_DATABASE,       then: ['known-event: act 8–12 (event-under-way)'] },
    { when: 'stops a floor by forecast',                       wishes: { predictive: floorBy(8, 2) },      bottleneck: BUSY_DATABASE,       then: ['predictive: hold (bottleneck-elsewhere); else 8–10 (load-ahead)'] },
    { when: 'does not stop a floor that falls',                wishes: { predictive: floorBy(4, 8) },      bottleneck: FULL_DATABASE,       then: ['predictive: act 4–10 (load-recedes)'] },
    { when: 'does not stop a plan: it is for later',           wishes: { predictive: forecastPlan },       bottleneck: BUSY_DATABASE,       then: ['predictive: act 02 09:00 min 6 (forecast-asks)'] },
    { when: 'does not stop a repair',                          wishes: { 'target-tracking': repaired },    bottleneck: FULL_DATABASE,       then: ['target-tracking: act 2–10 at 70 % (policy-missing)'] },
    { when: 'takes a lever that yields out of the way',        wishes: { ceiling: raiseTo(13), 'known-event': floorNow(8, 12) }, bottleneck: BUSY_DATABASE, then: ['ceiling: hold (bottleneck-elsewhere); else 2–13 (pinned-at-max)', 'known-event: act 8–12 (event-under-way)'] },
  ])('$when', ({ wishes, bottleneck, then }) => {
    expect(settle(wishes, { bottleneck })).toEqual(then);
  });

  // prettier-ignore
  it.each([
    { bottleneck: BUSY_DATABASE, then: 'the bottleneck is the CPU of the database: 91.3 % of 70, more load on it makes it worse' },
    { bottleneck: FULL_DATABASE, then: 'the bottleneck is the number of database connections: 171 connections of 160, more load on it makes it worse' },
    { bottleneck: SHORT_OF_MEMORY, then: 'the bottleneck is the memory of the database: 0.4 GiB free, less than 0.8, more load on it makes it worse' },
    { bottleneck: SWAPPING, then: 'the bottleneck is the memory of the database: 0.5 GiB swapped, more than 0.3, more load on it makes it worse' },
    { bottleneck: SLOW_DISK, then: 'the bottleneck is the I/O of the database: 2900 IOPS of 2700, 24.1 requests queue, more load on it makes it worse' },
    { bottleneck: FULL_DISK, then: 'the bottleneck is the storage of the database: 4.2 GiB free, less than 12.5, more load on it makes it worse' },
    { bottleneck: QUEUED_SESSIONS, then: 'the bottleneck is the load of the database: 3.1 active sessions for each vCPU of 2, more load on it makes it worse' },
    { bottleneck: [...SHORT_OF_MEMORY, ...BUSY_DATABASE], then: 'the bottleneck is the memory of the database: 0.4 GiB free, less than 0.8; the CPU of the database: 91.3 % of 70, more load on it makes it worse' },
  ])('is named with its numbers: $then', ({ bottleneck, then }) => {
    const [ceiling] = arbitrate([proposal('ceiling', raiseTo(12))], bottleneck, snapshot, () => true);
    expect(explain(ceiling!.decision)).toMatch(new RegExp(`^hold: ${then}; otherwise`));
  });
});

describe('a change that is on its way', () => {
  const within = (status: 'ordered' | 'attempting' | 'applied') => ({
    ...snapshot,
    changes: { [CORE_API_RESOURCE]: aChange({ status, decisionId: 'd-1' }) },
  });

  // prettier-ignore
  it.each([
    { status: 'ordered',    then: 'ceiling: hold (change-in-flight); else 2–12 (pinned-at-max)' },
    { status: 'attempting', then: 'ceiling: hold (change-in-flight); else 2–12 (pinned-at-max)' },
    { status: 'applied',    then: 'ceiling: act 2–12 (pinned-at-max)' },
  ] as const)('and $status: $then', ({ status, then }) => {
    expect(settle({ ceiling: raiseTo(12) }, { world: within(status) })).toEqual([then]);
  });

  it('is told of only where something is wanted', () => {
    const wishes = { ceiling: hold(REASONS['below-max']) };
    expect(settle(wishes, { world: within('ordered') })).toEqual(['ceiling: hold (below-max)']);
  });

  it('comes after the bottleneck: that reason lasts longer', () => {
    const hearing = { world: within('ordered'), bottleneck: BUSY_DATABASE };
    expect(settle({ ceiling: raiseTo(12) }, hearing)).toEqual([
      'ceiling: hold (bottleneck-elsewhere); else 2–12 (pinned-at-max)',
    ]);
  });
});

it('what is left shares the room by urgency, then by name, never by the order of a list', () => {
  const wishes = [
    proposal('ceiling', raiseTo(12), 'b'),
    proposal('ceiling', raiseTo(12), 'a'),
    proposal('known-event', planOf(8, 12), 'a'),
    proposal('known-event', floorNow(8, 12), 'c'),
    proposal('ceiling', reduction, 'a'),
    proposal('target-tracking', repaired, 'd'),
    proposal('ceiling', hold(REASONS['below-max']), 'e'),
  ].map((one) => ({ proposal: one, decision: one.wanted }));
  const order = (list: typeof wishes): string[] =>
    byUrgency(list).map(({ proposal: { lever, resource }, wanted }) => `${lever} ${resource} ${wanted.direction}`);
  const then = [
    'target-tracking d repair',
    'known-event c grow',
    'ceiling a grow',
    'ceiling b grow',
    'known-event a grow',
    'ceiling a shrink',
  ];
  expect(order(wishes)).toEqual(then);
  expect(order([...wishes].reverse())).toEqual(then);
});
