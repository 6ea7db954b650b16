import { describe, expect, it } from '@jest/globals';
import { assertNever } from '../../shared/domain/assert-never.ts';
import type { Change } from '../../shared/domain/change.ts';
import { abstain, act, hold, stopped } from '../../shared/domain/decision.ts';
import { describeChange, explain, explainReason, explainReasons } from '../../shared/domain/explain.ts';
import type { UnseenReason } from '../../shared/domain/reading.ts';
import type { ReasonCode } from '../../shared/domain/reason.ts';
import { planOf, repair } from '../support/builders/acts.ts';
import { anAct, aRaise } from '../support/builders/decisions.ts';
import { DATABASE_SENTENCES } from '../support/builders/database-sentences.ts';
import { INFRASTRUCTURE_SENTENCES } from '../support/builders/infrastructure-sentences.ts';
import { REASONS } from '../support/builders/reasons.ts';
import { at } from '../support/builders/time.ts';

/** What a person reads for each code. The pages under docs/levers quote these. */
const SENTENCES: { readonly [Code in ReasonCode]: string } = {
  ...DATABASE_SENTENCES,
  ...INFRASTRUCTURE_SENTENCES,
  'not-registered': 'the service is not registered with Application Auto Scaling',
  'policy-missing': 'there is no target-tracking policy',
  'policy-differs': 'the policy differs: cpuPercent is 60, should be 70, disableScaleIn is true, should be false',
  'scaling-suspended': 'scaling is suspended: dynamicScalingIn, scheduledScaling',
  'bounds-differ': 'min is 1, should be 2',
  'pinned-at-max': 'at the ceiling of 10 tasks with 84.3 % CPU against a target of 70 % for 10 minutes, needs 13',
  'scaled-to-max':
    'Application Auto Scaling asked for more than the ceiling of 10 tasks at 2026-12-01 12:28 UTC, CPU 84.3 % against a target of 70 %, needs 13',
  'pinned-and-blind': 'at the ceiling of 10 tasks and blind (no data), policy allows growth',
  calm: 'never more than 8 tasks in 7 days under a ceiling of 20',
  'event-ahead': '“Tax deadline” begins 2026-12-02 08:00 UTC and needs 8 tasks',
  'event-under-way': '“Tax deadline” lasts until 2026-12-01 20:00 UTC and needs 8 tasks',
  'event-over-or-withdrawn': '2 scheduled actions belong to no event any more',
  'need-gone': 'not needed since 2026-12-01 09:00 UTC',
  proposed: 'proposed, looked after at 2026-12-01 06:00 UTC and next at 2026-12-01 12:00 UTC',
  'not-in-code': 'the lever only proposes, and infrastructure code does not say this',
  'code-host-refused':
    'the host of the infrastructure code refuses (not-permitted): open the pull request: Resource not accessible by integration',
  'code-out-of-step': 'max 14 is live, infrastructure code was last known to say max 10',
  'proposal-opened': 'opened pull request 12 (https://github.com/example/infrastructure/pull/12)',
  'proposal-refreshed': 'refreshed pull request 12: the base branch has moved',
  'proposal-unlabelled':
    'pull request 12 has no labels: label the pull request: Resource not accessible by integration',
  'proposal-reworded': 'renewed the text of pull request 12',
  'proposal-stands': 'pull request 12 stands as it is: nothing is new',
  'proposal-in-other-hands': 'pull request 12 is left to others: somebody has pushed to it',
  'proposal-closed': 'closed pull request 12: the need has gone',
  'proposal-refused-before': 'not proposed again: a person has closed pull request 12',
  'proposals-limited': 'waits: 5 pull requests are open, at most 5 may be',
  'proposal-merged': 'pull request 12 is merged and not seen live yet',
  'proposal-advised': 'issue 13 takes the place of a pull request: main.tf:12 is computed.',
  'advice-withdrawn': 'closed issue 13: the need has gone',
  'nothing-to-propose': 'there is nothing to propose',
  'bounds-before-class': 'before the change of class, at most so many tasks: core-api 10, portal 8; pools of 25',
  'checks-unread':
    'nobody can say what is attached to pull request 12: read the checks of pull request 12: The permissions requested are not granted to this installation.',
  'code-would-undo':
    'the next apply would set aws_appautoscaling_target.api.max_capacity back from 14 to 10 (services.tf:21)',
  'clients-wait': '35 clients of core/app wait 410.2 ms for a connection, 25 are too few, needs 60',
  'clients-near-limit': '960 clients are connected, max_client_conn is 1000',
  'pool-size-lost': 'a restart or RELOAD has brought the old sizes back on 4f1c, 9a70',
  'growth-made-worse':
    'growing the pools made it worse: CPU of the database 55.2 % → 91.8 % for 480 → 490 transactions a second, the limit is 70 %',
  'growth-was-taken-back':
    'growing the pool from 25 to 60 was taken back (12 of 60000 → 940 of 31000 requests to core-api were answered with 5xx), no further step until 2026-12-01 13:30 UTC',
  'pool-calm': 'never more than 14 connections in use in 24 hours, the pool has 60',
  'forecast-trusted':
    'the forecast is trusted, from 14 days of history in requests, of which a task carries 12.5 a second',
  'forecast-turned-out':
    'the 90 % quantile of the day before held in 91.4 % of 24 hours, at a pinball loss of 3.2 % of the load',
  'no-vulnerable-version': 'no PgBouncer has a version with known security holes any more',
  'pool-size-not-durable': 'a restart would lose it, pgbouncer:14 has default_pool_size 25 and should have 60',
  'pool-trimmed-to-connections': 'wanted a pool of 80, 160 usable connections of the database allow less',
  'poolers-rolling': 'PgBouncers are being replaced by those of pgbouncer:15',
  'pools-in-place':
    'in place on 2 PgBouncers: 70 → 0 clients wait, 175 → 0.4 ms mean wait, 400 → 1900 transactions a second; of the database: 1 of 402 → 4 of 3810 transactions failed, CPU 34.2 % → not seen yet',
  'vulnerable-version':
    'PgBouncer 1.18.0 on 4f1c has known security holes (CVE-2021-3935), 1.25.2 closes them; a distribution may have closed them without a new number',
  'nobody-waits': 'no client waits for a connection',
  'pool-not-calm': 'up to 40 connections were in use of the pool of 60',
  'more-did-not-help':
    'growing the pool from 25 to 60 changed the throughput by 1.2 %: something else holds it back, no further step until 2026-12-01 13:30 UTC',
  'no-connections-left': 'needs a pool of 90, 160 usable connections of the database leave room for 74',
  'pool-has-own-size':
    'the pool reports/analyst has a size of its own, 5, and needs 12: change it in the configuration file',
  'no-room-to-replace':
    '120 connections are open, and up to 200 % of the PgBouncers run while they are replaced: 252 of 160 usable connections, so the sizes are made durable when fewer are open',
  'pools-exceed-connections':
    'pools of 74 on 4 PgBouncers may open 308 connections, 160 are usable: there is room for 37',
  'pool-not-full':
    '35 clients of core/app wait, and not for its size: 10 of 25 connections are open, max_db_connections is reached',
  'tuning-taken-back':
    'it made things worse (1800 → 900 transactions a second, 35 → 60 clients wait); brought back on 4f1c; NOT brought back on 9a70',
  'pool-unlimited':
    'default_pool_size is 0, which is unlimited since PgBouncer 1.24 and one connection before, on 4f1c: set a size, the connection math cannot hold without one',
  'pool-sized-by-hand': 'somebody has changed the sizes on 4f1c, intended is 60: make them the same on all',
  'load-ahead': 'at least 9 tasks: 7.3 tasks are expected, more came in 0.4 % of such cases',
  'load-recedes': '5 tasks will do: 3.9 tasks are expected, with a fixed margin while nothing is learned',
  'floor-is-learned': 'the floor is learned, target tracking at 85 % catches what it misses',
  'floor-is-not-learned': 'the floor is not learned, target tracking goes back to 70 %',
  'forecast-asks': 'the 90 % quantile of the forecast asks for up to 14 tasks, at 2026-12-02 09:40 UTC',
  'above-ceiling': '2026-12-02 09:40 UTC needs 14 tasks, the ceiling is 10',
  'forecast-doubted': 'no plan, the forecast is in doubt: its 90 % quantile held in 78.4 %, not in 80 % to 97 %',
  rehearsed: 'over 7 days its floor would have missed 0.21 % of the load with 310 task-hours, 402 ran',
  'floor-fits': 'the floor of 4 tasks fits: 3.3 tasks are expected, more came in 0.4 % of such cases',
  'aws-predicts': 'a predictive policy of AWS plans this service: predictive-by-hand',
  'as-it-should-be': 'as it should be',
  'several-policies': 'several CPU policies, remove all but one: fulcrum-cpu, by-hand',
  'below-max': '4 tasks, below the ceiling of 10',
  'not-sustained': 'CPU above 70 % in 7 of 10 minutes only',
  'at-hard-limit': 'at the hard limit of 30 tasks, needs 36',
  'not-calm': 'up to 16 tasks were used of the ceiling of 20',
  'not-due': 'looked at once in 60 minutes',
  'no-event-ahead': 'no known event ahead',
  scheduled: '2 actions are scheduled, the next at 2026-12-02 07:45 UTC',
  blind: 'cannot see CPU: 9 of 10 points',
  'not-deployed': 'not registered: no ceiling to look after',
  'observe-only': 'the lever only observes',
  'propose-only': 'the lever only proposes, and the fleet names no infrastructure code',
  paused: 'paused until 2026-12-01 18:00 UTC (migration)',
  'outside-bounds': '31 tasks would leave 2–30',
  'cooling-down': 'cooling down until 2026-12-01 12:32 UTC',
  frozen: 'change freeze “Election” until 2026-12-07 08:00 UTC',
  'deployment-in-progress': 'a deployment is in progress',
  'too-many-failures': '3 failures in a row, next try after 2026-12-01 12:40 UTC',
  'over-budget': '497 USD a month at the ceilings is over the budget of 450',
  'connections-exceeded': '612 server connections exceed the limit of 512',
  'change-in-flight': 'change ceiling/production/core-api/20261201T1230-0a1b2c3d is still in flight',
  'waits-for': 'waits for target-tracking, one change at a time',
  outweighed: 'ceiling needs more: 15 tasks',
  'bottleneck-elsewhere': 'the bottleneck is the CPU of the database: 91.3 % of 70, more load on it makes it worse',
  'trimmed-to-hard-limit': 'wanted 36 tasks, the hard limit is 30',
  'trimmed-to-step': 'wanted 30 tasks, a step is at most ×1.5',
  'trimmed-to-connections': 'wanted 15 tasks, 500 client connections allow less',
  'trimmed-to-budget': 'wanted 12 tasks, the budget of 450 USD a month allows less',
  'already-there': 'it was already so',
  'world-moved-on': 'the world has moved on: expected {"min":2,"max":10}, found {"min":2,"max":14}',
  'order-expired': 'the order is 422 s old, more than 300 s',
  superseded: 'superseded by ceiling/production/core-api/20261201T1230-0a1b2c3d',
  'not-permitted': 'not permitted: RegisterScalableTarget on service/production/core-api',
  'not-found': 'not found: service/production/core-api',
  rejected: 'rejected by AWS: minimum capacity cannot be greater than maximum capacity',
  'limit-exceeded': 'a limit of AWS is reached: 200 scheduled actions of one target',
  'attempts-exhausted': 'gave up after 3 attempts: no action has closed the order',
  malformed: 'the request is not understood: floors: Required',
  'unknown-fleet': 'no fleet is called "prod"; there are: production, staging',
  'unknown-service': 'production has no service "api"; there are: core-api',
  'bad-time': 'from "2026-03-29T02:30": does not exist in Europe/Berlin',
  'in-the-past': 'the event ended already: to 2026-11-01T20:00 Europe/Berlin',
  'above-hard-limit': 'the floor of 40 tasks for core-api is above its hardLimit of 30',
  'in-place': 'in place',
  'in-place-and-used': 'in place and used: 12 tasks at 66.7 % CPU',
  'rolled-back':
    'rolled back by the deployment circuit breaker, its tasks did not come up: cpuUnits is 1024, should be 2048',
  'undone-by-others': 'undone by somebody else: max is 10, should be 12',
  'scheduled-step-taken': 'a scheduled action was due: min 2 → 8, max 10 → 12',
  'changed-by-others': 'changed by somebody else: cpuPercent absent → 70',
  'event-announced': '“Tax deadline” is announced from 2026-12-02 08:00 UTC to 2026-12-02 20:00 UTC',
  'event-withdrawn': '“Tax deadline” is withdrawn',
};

describe('every reason has one sentence', () => {
  it.each(Object.entries(REASONS))('%s', (code, reason) => {
    expect(explainReason(reason)).toBe(SENTENCES[code as ReasonCode]);
  });

  it('what is missing is called absent', () => {
    const differences = [{ what: 'cpuPercent', is: null, shouldBe: 70 }];
    expect(explainReason({ code: 'policy-differs', differences })).toBe(
      'the policy differs: cpuPercent is absent, should be 70',
    );
  });

  it('a freeze may have no known end', () => {
    expect(explainReason({ code: 'frozen', window: 'Election', until: null })).toBe('change freeze “Election”');
  });

  it('several are told one after the other', () => {
    expect(explainReasons([REASONS.calm, REASONS['observe-only']])).toBe(
      'never more than 8 tasks in 7 days under a ceiling of 20; the lever only observes',
    );
    expect(explainReasons([])).toBe('');
  });
});

describe('why something could not be seen', () => {
  // prettier-ignore
  it.each<{ because: UnseenReason; then: string }>([
    { because: { code: 'not-asked' },                                then: 'not asked this time' },
    { because: { code: 'no-data' },                                  then: 'no data' },
    { because: { code: 'too-old', ageSeconds: 312.4, limitSeconds: 300 }, then: '312 s old, more than 300 s' },
    { because: { code: 'incomplete', points: 9, needed: 10 },        then: '9 of 10 points' },
    { because: { code: 'invalid', value: 'NaN' },                    then: 'invalid value NaN' },
    { because: { code: 'unreadable', detail: 'throttled' },          then: 'throttled' },
  ])('$because.code: $then', ({ because, then }) => {
    expect(explainReason({ code: 'blind', to: 'CPU', because })).toBe(`cannot see CPU: ${then}`);
  });
});

describe('what a change does', () => {
  const plan = planOf(8, 12).change as Extract<Change, { kind: 'schedule-capacity' }>;

  // prettier-ignore
  it.each<{ change: Change; then: string }>([
    { change: aRaise({ min: 2, max: 10 }, { min: 8, max: 12 }),          then: 'set capacity bounds 2–10 → 8–12 tasks' },
    { change: repair(null, { min: 2, max: 10 }).change,                  then: 'register with 2–10 tasks and track 70 % CPU' },
    { change: repair({ min: 1, max: 9 }, { min: 2, max: 10 }).change,    then: 'put target tracking right at 70 % CPU with 2–10 tasks' },
    { change: plan,                                                      then: 'schedule 2 actions from 2026-12-02 07:45 UTC (now 0)' },
    { change: { ...plan, from: plan.to, to: [] },                        then: 'withdraw 2 scheduled actions' },
  ])('$then', ({ change, then }) => {
    expect(describeChange(change)).toBe(then);
  });
});

describe('a decision in one sentence', () => {
  const raise = aRaise({ min: 2, max: 10 }, { min: 2, max: 12 });

  it('act: what and why', () => {
    expect(explain(act(raise, 'grow', REASONS['pinned-and-blind']))).toBe(
      'set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks and blind (no data), policy allows growth',
    );
  });

  it('hold: why', () => {
    expect(explain(hold(REASONS['not-sustained']))).toBe('hold: CPU above 70 % in 7 of 10 minutes only');
  });

  it('hold, where a wish was stopped: who stopped it, and what it was', () => {
    expect(explain(stopped(anAct(), REASONS['observe-only'], REASONS.paused))).toBe(
      'hold: the lever only observes; paused until 2026-12-01 18:00 UTC (migration); otherwise set capacity bounds 2–10 → 2–12 tasks: at the ceiling of 10 tasks with 84 % CPU against a target of 70 % for 10 minutes, needs 12',
    );
  });

  it('abstain: what could not be seen', () => {
    expect(explain(abstain({ code: 'blind', to: 'CPU', because: { code: 'no-data' } }))).toBe(
      'abstain: cannot see CPU: no data',
    );
  });
});

describe('decisions are data', () => {
  it('with the reasons in their order', () => {
    const raise = aRaise({ min: 2, max: 10 }, { min: 2, max: 12 });
    expect(act(raise, 'grow', REASONS.calm, REASONS['policy-missing'])).toEqual({
      kind: 'act',
      change: raise,
      direction: 'grow',
      because: [REASONS.calm, REASONS['policy-missing']],
    });
    expect(hold(REASONS['no-event-ahead'])).toEqual({ kind: 'hold', because: [REASONS['no-event-ahead']] });
    expect(abstain(REASONS.blind)).toEqual({ kind: 'abstain', because: [REASONS.blind] });
    expect(stopped(anAct(), REASONS.paused)).toEqual({ kind: 'hold', because: [REASONS.paused], instead: anAct() });
  });
});

it('what no type allows is named', () => {
  expect(() => assertNever({ kind: 'new' } as never)).toThrow('unexpected value: {"kind":"new"}');
  expect(at('00:00')).toBe(Date.UTC(2026, 11, 1));
});
