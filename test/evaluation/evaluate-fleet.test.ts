import { describe, expect, it } from '@jest/globals';
import type { FleetPolicy } from '../../shared/config/policy.ts';
import { explain } from '../../shared/domain/explain.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { defineLever } from '../../shared/levers/lever.ts';
import { anAct, brief, CORE_API_RESOURCE, verdictIn, verdictOf } from '../support/builders/decisions.ts';
import {
  A_DATABASE,
  A_POOLER,
  aFleetPolicy,
  aNewFleetPolicy,
  aServiceInput,
  type FleetInput,
  TWO_POOLS,
} from '../support/builders/policy.ts';
import { at, NOW, secondsAgo } from '../support/builders/time.ts';
import {
  aChange,
  aDatabaseSnapshot,
  anEvent,
  aSnapshot,
  aSeries,
  step,
  type World,
} from '../support/builders/world.ts';

/** `ceiling core-api: act …` of every lever that has something to say beside “all is well”. */
const evaluated = (policy: FleetPolicy, world: World, now: EpochMs = NOW): readonly string[] =>
  evaluateFleet(aSnapshot(policy, world, now), policy, now)
    .verdicts.map(({ proposal: { lever, service }, decision }) => `${lever} ${service}: ${brief(decision)}`)
    .filter((line) => !/hold \((below-max|no-event-ahead|as-it-should-be|scheduled)\)$/.test(line));

const pinned = { desired: 10, cpu: 84 };
const today = anEvent({ from: at('08:00'), to: at('20:00') });

it('a new install only observes, whatever it sees', () => {
  const policy = aNewFleetPolicy();
  const world = { services: { 'core-api': { ...pinned, suspended: { scheduledScaling: true } } }, events: [anEvent()] };
  expect(evaluated(policy, world)).toEqual([
    'ceiling core-api: hold (observe-only); else 2–12 (pinned-at-max)',
    'known-event core-api: hold (observe-only); else 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)',
    'predictive core-api: abstain (blind)',
    'target-tracking core-api: hold (observe-only); else 2–10 at 70 % (scaling-suspended)',
  ]);
});

it('a lever that is off says nothing', () => {
  const policy = aFleetPolicy({ levers: { ceiling: { mode: 'off' } } });
  const { verdicts } = evaluateFleet(aSnapshot(policy, { services: { 'core-api': pinned } }), policy, NOW);
  expect(verdicts.map(({ proposal }) => proposal.lever)).toEqual(['known-event', 'target-tracking']);
});

it('says what the connections will be when all is done', () => {
  const policy = aFleetPolicy({
    services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })],
    pooler: A_POOLER,
    database: A_DATABASE,
  });
  const at12 = evaluateFleet(aSnapshot(policy, { services: { 'core-api': pinned } }), policy, NOW);
  expect(at12.connections).toEqual({
    client: { needed: 600, limit: 2000 },
    server: { needed: 62, limit: 160, maxConnections: 200 },
  });
  const unread = { services: { 'core-api': { readings: { scaling: unseen({ code: 'no-data' }) } } } };
  expect(evaluateFleet(aSnapshot(policy, unread), policy, NOW).connections.client?.needed).toBe(500);
});

describe('a lever that cannot act stops no other', () => {
  const suspendedButPinned = { ...pinned, targetTracking: [{ scaleInCooldownSeconds: 600 }] };
  const world = { services: { 'core-api': suspendedButPinned } };
  const freezes = [{ name: 'Election', from: '2026-12-01T00:00', to: '2026-12-02T00:00', timeZone: 'UTC' }];

  // prettier-ignore
  it.each<{ when: string; over: Partial<FleetInput>; world: World; then: string }>([
    { when: 'it repairs first where it may',   over: {},                                                    world, then: 'hold (waits-for); else 2–12 (pinned-at-max)' },
    { when: 'it only observes',                over: { levers: { 'target-tracking': { mode: 'observe' } } }, world, then: 'act 2–12 (pinned-at-max)' },
    { when: 'it is off',                       over: { levers: { 'target-tracking': { mode: 'off' } } },    world, then: 'act 2–12 (pinned-at-max)' },
    { when: 'it is paused',                    over: {},                                                    world: { ...world, pauses: [{ scope: { lever: 'target-tracking' }, until: at('18:00'), note: '' }] }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'it cools down after a repair that was undone', over: {},                                       world: { ...world, changes: { [CORE_API_RESOURCE]: aChange({ lastApplied: { repair: secondsAgo(60) } }) } }, then: 'act 2–12 (pinned-at-max)' },
    { when: 'a freeze allows growth alone',    over: { freezes },                                           world, then: 'act 2–12 (pinned-at-max)' },
    { when: 'a deployment is in progress',     over: {},                                                    world: { services: { 'core-api': { ...suspendedButPinned, deployment: 'in-progress' } } }, then: 'act 2–12 (pinned-at-max)' },
  ])('target-tracking has a repair, and $when: $then', ({ over, world: see, then }) => {
    const policy = aFleetPolicy(over);
    expect(brief(verdictOf('ceiling', aSnapshot(policy, see), policy))).toBe(then);
  });

  it('a ceiling that cools down does not outweigh an event under way', () => {
    const policy = aFleetPolicy();
    const hot = { desired: 10, cpu: 99 };
    const see = (seconds: number): World => ({
      services: { 'core-api': hot },
      events: [today],
      changes: { [CORE_API_RESOURCE]: aChange({ lastApplied: { grow: secondsAgo(seconds) } }) },
    });
    expect(evaluated(policy, see(180))).toEqual([
      'ceiling core-api: act 2–15 (pinned-at-max)',
      'known-event core-api: hold (outweighed); else 8–12 (event-under-way)',
    ]);
    expect(evaluated(policy, see(60))).toEqual([
      'ceiling core-api: hold (cooling-down); else 2–15 (pinned-at-max)',
      'known-event core-api: act 8–12 (event-under-way)',
    ]);
  });
});

describe('several services in one look', () => {
  const two = (over: Partial<FleetInput> = {}) =>
    aFleetPolicy({
      services: [
        aServiceInput({ name: 'api', connectsTo: 'pooler', pools: TWO_POOLS }),
        aServiceInput({ name: 'worker', connectsTo: 'pooler', pools: TWO_POOLS }),
      ],
      pooler: { ...A_POOLER, tasks: 1 },
      database: A_DATABASE,
      ...over,
    });
  const bothPinned = { services: { api: pinned, worker: pinned } };

  // prettier-ignore
  it.each<{ when: string; policy: FleetPolicy; then: string[] }>([
    { when: 'both fit',                                   policy: two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1200 } }), then: ['ceiling api: act 2–12 (pinned-at-max)', 'ceiling worker: act 2–12 (pinned-at-max)'] },
    { when: 'the second fits in part',                    policy: two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1150 } }), then: ['ceiling api: act 2–12 (pinned-at-max)', 'ceiling worker: act 2–11 (pinned-at-max, trimmed-to-connections)'] },
    { when: 'the second does not fit',                    policy: two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1100 } }), then: ['ceiling api: act 2–12 (pinned-at-max)', 'ceiling worker: hold (connections-exceeded); else 2–12 (pinned-at-max)'] },
    { when: 'neither fits',                               policy: two(), then: ['ceiling api: hold (connections-exceeded); else 2–12 (pinned-at-max)', 'ceiling worker: hold (connections-exceeded); else 2–12 (pinned-at-max)'] },
    { when: 'the money is enough for one and a half',     policy: two({ pooler: A_POOLER, budget: { usdPerMonthAtCeiling: 41.45 * 23 } }), then: ['ceiling api: act 2–12 (pinned-at-max)', 'ceiling worker: act 2–11 (pinned-at-max, trimmed-to-budget)'] },
    { when: 'the first only observes: it takes no room',  policy: two({ levers: { ceiling: { mode: 'observe' } }, pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1100 } }), then: ['ceiling api: hold (observe-only); else 2–12 (pinned-at-max)', 'ceiling worker: hold (observe-only); else 2–12 (pinned-at-max)'] },
  ])('when $when', ({ policy, then }) => {
    expect(evaluated(policy, bothPinned)).toEqual(then);
  });

  it('whoever stands first in the list gets no more than the other', () => {
    const policy = two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1150 } });
    const turned = { ...policy, services: [...policy.services].reverse() };
    expect([...evaluated(turned, bothPinned)].sort()).toEqual([...evaluated(policy, bothPinned)].sort());
  });

  it('registering comes before raising: nothing works without it', () => {
    const policy = two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1050 } });
    const world = { services: { api: pinned, worker: { readings: { scaling: seen(null, NOW) } } } };
    expect(evaluated(policy, world)).toEqual([
      'ceiling api: act 2–11 (pinned-at-max, trimmed-to-connections)',
      'ceiling worker: abstain (not-deployed)',
      'target-tracking worker: act 2–10 at 70 % (not-registered)',
    ]);
  });

  it('two plans of one event must fit together', () => {
    const policy = two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1150 } });
    const world = { events: [anEvent({ floors: { api: 8, worker: 8 } })] };
    expect(evaluated(policy, world)).toEqual([
      'known-event api: act 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)',
      'known-event worker: act 02 07:45 min 8 max 11, 02 20:00 min 2 (event-ahead, trimmed-to-connections)',
    ]);
  });

  it('room that is promised to a plan of tomorrow is not given away tonight', () => {
    const policy = two({ pooler: { ...A_POOLER, tasks: 1, maxClientConnections: 1150 } });
    const ours = [step('07:45', { min: 8, max: 12 }, 1), step('20:00', { min: 2 }, 1)];
    const world = { services: { api: { ours }, worker: pinned }, events: [anEvent({ floors: { api: 8 } })] };
    expect(evaluated(policy, world)).toEqual(['ceiling worker: act 2–11 (pinned-at-max, trimmed-to-connections)']);
  });
});

describe('a saturated database', () => {
  const policy = aFleetPolicy({ database: A_DATABASE });

  it.each([
    { cpu: 90, then: 'hold (bottleneck-elsewhere); else 2–12 (pinned-at-max)' },
    { cpu: 60, then: 'act 2–12 (pinned-at-max)' },
  ])('at $cpu: $then', ({ cpu, then }) => {
    const snapshot = aSnapshot(policy, { services: { 'core-api': pinned }, database: aDatabaseSnapshot({ cpu }) });
    expect(brief(verdictOf('ceiling', snapshot, policy))).toBe(then);
    expect(evaluateFleet(snapshot, policy, NOW).diagnosis.bottlenecks.map(({ kind }) => kind)).toEqual(
      cpu === 90 ? ['database-cpu', 'tasks'] : ['tasks'],
    );
  });

  it('that cannot be seen stops nothing', () => {
    const database = {
      ...aDatabaseSnapshot(),
      cpu: unseen({ code: 'no-data' }),
      connections: seen(aSeries([1]), NOW),
    };
    const snapshot = aSnapshot(policy, { services: { 'core-api': pinned }, database });
    expect(brief(verdictOf('ceiling', snapshot, policy))).toBe('act 2–12 (pinned-at-max)');
  });
});

it('a service that is unregistered while an event is ahead: first it is registered, then the plan is made', () => {
  const policy = aFleetPolicy();
  const events = [anEvent()];
  const gone = { services: { 'core-api': { readings: { scaling: seen(null, NOW) } } }, events };
  expect(evaluated(policy, gone)).toEqual([
    'ceiling core-api: abstain (not-deployed)',
    'known-event core-api: abstain (not-deployed)',
    'target-tracking core-api: act 2–10 at 70 % (not-registered)',
  ]);
  expect(evaluated(policy, { events })).toEqual([
    'known-event core-api: act 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)',
  ]);
});

it('a hard limit that was lowered under an event: the event gets what is allowed', () => {
  const policy = aFleetPolicy({ services: [aServiceInput({ hardLimit: 12 })] });
  const world = { events: [anEvent({ floors: { 'core-api': 20 } })] };
  expect(evaluated(policy, world)).toEqual([
    'known-event core-api: act 02 07:45 min 12 max 12, 02 20:00 min 2 (event-ahead)',
  ]);
});

it('a pause for one lever leaves the others at work', () => {
  const policy = aFleetPolicy();
  const pauses = [{ scope: { lever: 'ceiling' }, until: at('18:00'), note: 'load test' }];
  const world = { services: { 'core-api': pinned }, events: [anEvent()], pauses };
  expect(evaluated(policy, world)).toEqual([
    'ceiling core-api: hold (paused); else 2–12 (pinned-at-max)',
    'known-event core-api: act 02 07:45 min 8 max 12, 02 20:00 min 2 (event-ahead)',
  ]);
});

it('a wish for a service that the policy does not have is a defect, not a change without guards', () => {
  const policy = aFleetPolicy();
  const astray = defineLever<null, null>({
    name: 'ceiling',
    purpose: 'Wants something of a service that is not there.',
    needs: () => [],
    cases: () => [{ resource: 'service/production/gone', service: 'gone', input: null, settings: null }],
    evaluate: () => anAct(),
  });
  expect(() => evaluateFleet(aSnapshot(policy), policy, NOW, [astray])).toThrow(
    'ceiling wants a change of gone, which production does not have',
  );
});

it('explains the whole of a stopped wish in one sentence', () => {
  const policy = aFleetPolicy({ levers: { ceiling: { mode: 'observe' } } });
  const snapshot = aSnapshot(policy, { services: { 'core-api': { desired: 10, cpu: 99 } } });
  const verdict = verdictIn(evaluateFleet(snapshot, policy, NOW).verdicts, 'ceiling', 'core-api');
  expect(explain(verdict.decision)).toBe(
    'hold: the lever only observes; otherwise set capacity bounds 2–10 → 2–15 tasks: at the ceiling of 10 tasks with 99 % CPU against a target of 70 % for 10 minutes, needs 15',
  );
});
