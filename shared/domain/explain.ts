import { assertNever } from './assert-never.ts';
import type { Change, DurablePoolerChange, PoolerChange, ProposableChange, ProposalChange } from './change.ts';
import type { DatabaseVeto } from './database-reason.ts';
import type { Decision } from './decision.ts';
import { explainBottleneck } from './explain-bottleneck.ts';
import { EXPLAIN_DATABASE } from './explain-database.ts';
import { describeInfrastructureChange } from './explain-infrastructure.ts';
import {
  explainDoubt,
  explainExpected,
  explainRehearsal,
  explainTrusted,
  explainTurnedOut,
} from './explain-forecast.ts';
import { EXPLAIN_INFRASTRUCTURE } from './explain-infrastructure-reasons.ts';
import { EXPLAIN_PROPOSAL } from './explain-proposal.ts';
import { explainUnseen } from './explain-unseen.ts';
import { explainDatabase, explainWorsening } from './explain-worsening.ts';
import { POOLER_SETTING_NAMES, POOLER_SIZES } from './pooler.ts';
import type { Difference, Reason, Veto } from './reason.ts';
import { type EpochMs, isoInstant } from './units.ts';

/** The one place where a decision becomes a sentence: logs, audit records, answers and reports all use it. */
export function explain(decision: Decision): string {
  switch (decision.kind) {
    case 'act':
      return `${describeChange(decision.change)}: ${explainReasons(decision.because)}`;
    case 'hold':
      return decision.instead === undefined
        ? `hold: ${explainReasons(decision.because)}`
        : `hold: ${explainReasons(decision.because)}; otherwise ${describeChange(decision.instead.change)}: ${explainReasons(decision.instead.because)}`;
    case 'abstain':
      return `abstain: ${explainReasons(decision.because)}`;
    default:
      return assertNever(decision);
  }
}

export function explainReasons(reasons: readonly Reason[]): string {
  return reasons.map(explainReason).join('; ');
}

/** What a change does, with the numbers before and after. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'ensure-target-tracking':
      return change.from === null
        ? `register with ${change.to.bounds.min}–${change.to.bounds.max} tasks and track ${change.to.targetTracking.cpuPercent} % CPU`
        : `put target tracking right at ${change.to.targetTracking.cpuPercent} % CPU with ${change.to.bounds.min}–${change.to.bounds.max} tasks`;
    case 'set-capacity-bounds':
      return `set capacity bounds ${change.from.min}–${change.from.max} → ${change.to.min}–${change.to.max} tasks`;
    case 'schedule-capacity': {
      const first = change.to[0];
      return first === undefined
        ? `withdraw ${change.from.length} scheduled actions`
        : `schedule ${change.to.length} actions from ${minute(first.at)} (now ${change.from.length})`;
    }
    case 'tend-proposal':
      return describeProposal(change);
    case 'tune-pgbouncer':
      return `tune ${counted(change.from.length, 'PgBouncer')}: ${poolerSizeMoves(change).join(', ')}`;
    case 'keep-pool-sizes':
      return `make durable in ${change.from.revision}: ${durableMoves(change).join(', ')}`;
    default:
      return describeInfrastructureChange(change);
  }
}

function describeProposal({ about, to: { proposes } }: ProposalChange): string {
  return proposes === null
    ? `close the proposal for ${about}`
    : `propose in infrastructure code: ${describeProposed(proposes)}`;
}

function describeProposed(change: ProposableChange): string {
  // The code has one number for all of them.
  if (change.kind === 'tune-pgbouncer') return `set ${poolerSizeMoves(change).join(', ')}`;
  // A minimum that stays is that of the moment, which the code need not have.
  return change.kind === 'set-capacity-bounds' && change.from.min === change.to.min
    ? `set max capacity ${change.from.max} → ${change.to.max} tasks`
    : describeChange(change);
}

function poolerSizeMoves({ from, to }: PoolerChange): readonly string[] {
  return POOLER_SIZES.flatMap((size) => {
    const stands = [...new Set(from.map(({ sizes }) => sizes[size]))].sort((a, b) => a - b);
    return stands.length === 1 && stands[0] === to[size]
      ? []
      : [`${POOLER_SETTING_NAMES[size]} ${stands.join(' and ')} → ${to[size]}`];
  });
}

function durableMoves({ from, to }: DurablePoolerChange): readonly string[] {
  return POOLER_SIZES.filter((size) => from.sizes[size] !== to.sizes[size]).map(
    (size) => `${POOLER_SETTING_NAMES[size]} ${from.sizes[size] ?? '?'} → ${to.sizes[size] ?? '?'}`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function differences(list: readonly Difference[]): string {
  return list.map(({ what, is, shouldBe }) => `${what} is ${is ?? 'absent'}, should be ${shouldBe}`).join(', ');
}

/** Where `is` is what was seen before and `shouldBe` what is seen now. */
function moves(list: readonly Difference[]): string {
  return list.map(({ what, is, shouldBe }) => `${what} ${is ?? 'absent'} → ${shouldBe}`).join(', ');
}

/** `2026-12-01 08:00 UTC`: to the minute, as people read it. */
function minute(at: EpochMs): string {
  return `${isoInstant(at).slice(0, 16).replace('T', ' ')} UTC`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function moveOf(before: number | undefined, now: number, what: string): string {
  return before === undefined ? `${round(now)} ${what}` : `${round(before)} → ${round(now)} ${what}`;
}

type Explainers = { readonly [Code in Reason['code']]: (reason: Extract<Reason, { code: Code }>) => string };

const explainVeto: {
  readonly [Code in Exclude<Veto['code'], DatabaseVeto['code']>]: (reason: Extract<Veto, { code: Code }>) => string;
} = {
  'observe-only': () => 'the lever only observes',
  proposed: ({ tendedAt, next }) => `proposed, looked after at ${minute(tendedAt)} and next at ${minute(next)}`,
  'propose-only': () => 'the lever only proposes, and the fleet names no infrastructure code',
  'not-in-code': () => 'the lever only proposes, and infrastructure code does not say this',
  paused: ({ until, note }) => `paused until ${minute(until)} (${note})`,
  'outside-bounds': ({ wanted, lowest, hardLimit }) => `${wanted} tasks would leave ${lowest}–${hardLimit}`,
  'cooling-down': ({ until }) => `cooling down until ${minute(until)}`,
  frozen: ({ window, until }) => `change freeze “${window}”${until === null ? '' : ` until ${minute(until)}`}`,
  'deployment-in-progress': () => 'a deployment is in progress',
  'too-many-failures': ({ failures, until }) => `${failures} failures in a row, next try after ${minute(until)}`,
  'over-budget': ({ atCeilingUsdPerMonth, budgetUsdPerMonth }) =>
    `${Math.round(atCeilingUsdPerMonth)} USD a month at the ceilings is over the budget of ${Math.round(budgetUsdPerMonth)}`,
  'connections-exceeded': ({ side, needed, limit }) => `${needed} ${side} connections exceed the limit of ${limit}`,
  'change-in-flight': ({ decisionId }) => `change ${decisionId} is still in flight`,
  'waits-for': ({ lever }) => `waits for ${lever}, one change at a time`,
  outweighed: ({ lever, by }) => `${lever} needs more: ${by} tasks`,
  'bottleneck-elsewhere': ({ bottlenecks }) =>
    `the bottleneck is the ${bottlenecks.map(explainBottleneck).join('; the ')}, more load on it makes it worse`,
};

const TUNING_TROUBLE = {
  'made-worse': 'it made things worse',
  'changed-meanwhile': 'somebody else changed it meanwhile',
  'not-effective': 'PgBouncer took it without effect',
  'console-failed': 'the admin console failed',
} as const;

const POOL_KEEPERS = {
  pause: 'its database is paused',
  max_db_connections: 'max_db_connections is reached',
  max_user_connections: 'max_user_connections is reached',
  unseen: 'and the database, a limit of its user or a PAUSE lets in no more',
} as const;

const EXPLAIN: Explainers = {
  ...explainVeto,
  ...EXPLAIN_DATABASE,
  ...EXPLAIN_INFRASTRUCTURE,
  ...EXPLAIN_PROPOSAL,
  'code-out-of-step': ({ live, inCode }) => `${live} is live, infrastructure code was last known to say ${inCode}`,
  'not-registered': () => 'the service is not registered with Application Auto Scaling',
  'policy-missing': () => 'there is no target-tracking policy',
  'policy-differs': (reason) => `the policy differs: ${differences(reason.differences)}`,
  'scaling-suspended': ({ which }) => `scaling is suspended: ${which.join(', ')}`,
  'bounds-differ': (reason) => differences(reason.differences),
  'pinned-at-max': ({ max, cpuPercent, targetPercent, minutes, needed }) =>
    `at the ceiling of ${max} tasks with ${round(cpuPercent)} % CPU against a target of ${targetPercent} % for ${minutes} minutes, needs ${needed}`,
  'scaled-to-max': ({ max, cpuPercent, targetPercent, since, needed }) =>
    `Application Auto Scaling asked for more than the ceiling of ${max} tasks at ${minute(since)}, CPU ${round(cpuPercent)} % against a target of ${targetPercent} %, needs ${needed}`,
  'pinned-and-blind': ({ max, blind }) =>
    `at the ceiling of ${max} tasks and blind (${explainUnseen(blind)}), policy allows growth`,
  calm: ({ days, peakTasks, max }) => `never more than ${peakTasks} tasks in ${days} days under a ceiling of ${max}`,
  'event-ahead': ({ event, from, floor }) => `“${event}” begins ${minute(from)} and needs ${floor} tasks`,
  'event-under-way': ({ event, to, floor }) => `“${event}” lasts until ${minute(to)} and needs ${floor} tasks`,
  'event-over-or-withdrawn': ({ actions }) => `${actions} scheduled actions belong to no event any more`,
  'load-ahead': (reason) => `at least ${reason.floor} tasks: ${explainExpected(reason)}`,
  'load-recedes': (reason) => `${reason.floor} tasks will do: ${explainExpected(reason)}`,
  'floor-is-learned': ({ targetPercent }) =>
    `the floor is learned, target tracking at ${targetPercent} % catches what it misses`,
  'floor-is-not-learned': ({ targetPercent }) =>
    `the floor is not learned, target tracking goes back to ${targetPercent} %`,
  'forecast-asks': ({ peakTasks, peakAt, quantile }) =>
    `the ${round(100 * quantile)} % quantile of the forecast asks for up to ${peakTasks} tasks, at ${minute(peakAt)}`,
  'above-ceiling': ({ at, needed, ceiling }) => `${minute(at)} needs ${needed} tasks, the ceiling is ${ceiling}`,
  'forecast-doubted': ({ doubts }) =>
    doubts.length === 0
      ? 'no plan, there is no forecast of the day'
      : `no plan, the forecast is in doubt: ${doubts.map(explainDoubt).join(', ')}`,
  rehearsed: explainRehearsal,
  'forecast-trusted': explainTrusted,
  'forecast-turned-out': explainTurnedOut,
  'need-gone': ({ lastNeededAt }) => `not needed since ${minute(lastNeededAt)}`,
  'clients-wait': ({ pool, clientsWaiting, waitMillis, needed, poolSize }) =>
    `${round(clientsWaiting)} clients of ${pool} wait ${round(waitMillis)} ms for a connection, ${poolSize} are too few, needs ${needed}`,
  'clients-near-limit': ({ clients, limit }) => `${clients} clients are connected, max_client_conn is ${limit}`,
  'growth-made-worse': ({ worse }) => `growing the pools made it worse: ${explainWorsening(worse)}`,
  'pool-size-lost': ({ instances }) => `a restart or RELOAD has brought the old sizes back on ${instances.join(', ')}`,
  'pool-size-not-durable': ({ durable, revision }) =>
    `a restart would lose it, ${revision} has ${durable.map(({ what, is, shouldBe }) => `${what} ${is} and should have ${shouldBe}`).join(', ')}`,
  'pool-calm': ({ hours, peakActive, poolSize }) =>
    `never more than ${peakActive} connections in use in ${hours} hours, the pool has ${poolSize}`,
  'as-it-should-be': () => 'as it should be',
  'nobody-waits': () => 'no client waits for a connection',
  'pool-not-calm': ({ peakActive, poolSize }) =>
    `up to ${peakActive} connections were in use of the pool of ${poolSize}`,
  'more-did-not-help': ({ from, to, gainPercent, until }) =>
    `growing the pool from ${from} to ${to} changed the throughput by ${round(gainPercent)} %: something else holds it back, no further step until ${minute(until)}`,
  'growth-was-taken-back': ({ from, to, worse, until }) =>
    `growing the pool from ${from} to ${to} was taken back (${explainWorsening(worse)}), no further step until ${minute(until)}`,
  'no-connections-left': ({ needed, room, limit }) =>
    `needs a pool of ${needed}, ${limit} usable connections of the database leave room for ${room}`,
  'pools-exceed-connections': ({ poolers, poolSize, needed, limit, room }) =>
    `pools of ${poolSize} on ${poolers} PgBouncers may open ${needed} connections, ${limit} are usable: there is room for ${room}`,
  'pool-has-own-size': ({ pool, poolSize, needed }) =>
    `the pool ${pool} has a size of its own, ${poolSize}, and needs ${needed}: change it in the configuration file`,
  'pool-not-full': ({ pool, clientsWaiting, open, poolSize, keptBy }) =>
    `${round(clientsWaiting)} clients of ${pool} wait, and not for its size: ${open} of ${poolSize} connections are open, ${POOL_KEEPERS[keptBy ?? 'unseen']}`,
  'pool-unlimited': ({ instances, pools }) =>
    `${pools === undefined ? 'default_pool_size' : `pool_size of ${pools.join(', ')}`} is 0, which is unlimited since PgBouncer 1.24 and one connection before, on ${instances.join(', ')}: set a size, the connection math cannot hold without one`,
  'pool-sized-by-hand': ({ instances, intended }) =>
    `somebody has changed the sizes on ${instances.join(', ')}, intended is ${intended}: make them the same on all`,
  'no-room-to-replace': ({ open, mostTasksPercent, needed, limit }) =>
    `${open} connections are open, and up to ${mostTasksPercent} % of the PgBouncers run while they are replaced: ${needed} of ${limit} usable connections, so the sizes are made durable when fewer are open`,
  'poolers-rolling': ({ revision }) => `PgBouncers are being replaced by those of ${revision}`,
  'several-policies': ({ names }) => `several CPU policies, remove all but one: ${names.join(', ')}`,
  'below-max': ({ desired, max }) => `${desired} tasks, below the ceiling of ${max}`,
  'not-sustained': ({ above, of, targetPercent }) => `CPU above ${targetPercent} % in ${above} of ${of} minutes only`,
  'at-hard-limit': ({ hardLimit, needed }) => `at the hard limit of ${hardLimit} tasks, needs ${needed}`,
  'not-calm': ({ peakTasks, max }) => `up to ${peakTasks} tasks were used of the ceiling of ${max}`,
  'not-due': ({ everySeconds }) => `looked at once in ${everySeconds / 60} minutes`,
  'no-event-ahead': () => 'no known event ahead',
  'floor-fits': (reason) => `the floor of ${reason.floor} tasks fits: ${explainExpected(reason)}`,
  'aws-predicts': ({ names }) => `a predictive policy of AWS plans this service: ${names.join(', ')}`,
  scheduled: ({ actions, next }) => `${actions} actions are scheduled, the next at ${minute(next)}`,
  blind: ({ to, because }) => `cannot see ${to}: ${explainUnseen(because)}`,
  'not-deployed': ({ detail }) => detail,
  'trimmed-to-hard-limit': ({ wanted, hardLimit }) => `wanted ${wanted} tasks, the hard limit is ${hardLimit}`,
  'trimmed-to-step': ({ wanted, factor }) => `wanted ${wanted} tasks, a step is at most ×${factor}`,
  'trimmed-to-connections': ({ wanted, side, limit }) =>
    `wanted ${wanted} tasks, ${limit} ${side} connections allow less`,
  'trimmed-to-budget': ({ wanted, budgetUsdPerMonth }) =>
    `wanted ${wanted} tasks, the budget of ${Math.round(budgetUsdPerMonth)} USD a month allows less`,
  'pool-trimmed-to-connections': ({ wanted, limit }) =>
    `wanted a pool of ${wanted}, ${limit} usable connections of the database allow less`,
  'already-there': () => 'it was already so',
  'world-moved-on': ({ expected, actual }) => `the world has moved on: expected ${expected}, found ${actual}`,
  'order-expired': ({ ageSeconds, limitSeconds }) =>
    `the order is ${Math.round(ageSeconds)} s old, more than ${limitSeconds} s`,
  superseded: ({ by }) => `superseded by ${by}`,
  'not-permitted': ({ detail }) => `not permitted: ${detail}`,
  'not-found': ({ detail }) => `not found: ${detail}`,
  rejected: ({ detail }) => `rejected by AWS: ${detail}`,
  'limit-exceeded': ({ detail }) => `a limit of AWS is reached: ${detail}`,
  'code-host-refused': ({ why, detail }) => `the host of the infrastructure code refuses (${why}): ${detail}`,
  'attempts-exhausted': ({ attempts, detail }) => `gave up after ${attempts} attempts: ${detail}`,
  'tuning-taken-back': ({ because, detail, restored, notRestored }) =>
    [
      `${TUNING_TROUBLE[because]} (${detail})`,
      restored.length === 0 ? '' : `brought back on ${restored.join(', ')}`,
      notRestored.length === 0 ? '' : `NOT brought back on ${notRestored.join(', ')}`,
    ]
      .filter(Boolean)
      .join('; '),
  malformed: ({ message }) => message,
  'unknown-fleet': ({ message }) => message,
  'unknown-service': ({ message }) => message,
  'bad-time': ({ message }) => message,
  'in-the-past': ({ message }) => message,
  'above-hard-limit': ({ message }) => message,
  'in-place': () => 'in place',
  'in-place-and-used': ({ desired, cpuPercent }) => `in place and used: ${desired} tasks at ${round(cpuPercent)} % CPU`,
  'pools-in-place': ({ instances, clientsWaiting, waitMillis, transactionsPerSecond, before, database }) =>
    `in place on ${counted(instances, 'PgBouncer')}: ${[
      moveOf(before?.clientsWaiting, clientsWaiting, 'clients wait'),
      moveOf(before?.waitMillis, waitMillis, 'ms mean wait'),
      moveOf(before?.transactionsPerSecond, transactionsPerSecond, 'transactions a second'),
    ].join(
      ', ',
    )}${database === undefined ? '' : `; of the database: ${explainDatabase(database.before, database.after)}`}`,
  'vulnerable-version': ({ version, instances, cves, fixedIn }) =>
    `PgBouncer ${version} on ${instances.join(', ')} has known security holes (${cves.join(', ')}), ${fixedIn} closes them; a distribution may have closed them without a new number`,
  'no-vulnerable-version': () => 'no PgBouncer has a version with known security holes any more',
  'rolled-back': (reason) =>
    `rolled back by the deployment circuit breaker, its tasks did not come up: ${differences(reason.differences)}`,
  'undone-by-others': (reason) => `undone by somebody else: ${differences(reason.differences)}`,
  'scheduled-step-taken': (reason) => `a scheduled action was due: ${moves(reason.differences)}`,
  'changed-by-others': (reason) => `changed by somebody else: ${moves(reason.differences)}`,
  'event-announced': ({ event, from, to }) => `“${event}” is announced from ${minute(from)} to ${minute(to)}`,
  'event-withdrawn': ({ event }) => `“${event}” is withdrawn`,
};

export function explainReason(reason: Reason): string {
  // Each code has the explainer of its own reason, which the type of EXPLAIN holds; the compiler cannot see it through the union.
  const explainer = EXPLAIN[reason.code] as (reason: Reason) => string;
  return explainer(reason);
}
