import { assertNever } from './assert-never.ts';
import type { Change } from './change.ts';
import type { Decision } from './decision.ts';
import { explainUnseen } from './explain-unseen.ts';
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
    default:
      return assertNever(change);
  }
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

type Explainers = { readonly [Code in Reason['code']]: (reason: Extract<Reason, { code: Code }>) => string };

const explainVeto: { readonly [Code in Veto['code']]: (reason: Extract<Veto, { code: Code }>) => string } = {
  'observe-only': () => 'the lever only observes',
  'propose-only': () => 'the lever only proposes, and this change has no pull request',
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
  'bottleneck-elsewhere': ({ bottleneck, is, limit, unit }) =>
    `the bottleneck is the ${bottleneck}: ${round(is)} ${unit} of ${round(limit)}, more tasks would make it worse`,
};

const EXPLAIN: Explainers = {
  ...explainVeto,
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
  'as-it-should-be': () => 'as it should be',
  'several-policies': ({ names }) => `several CPU policies, remove all but one: ${names.join(', ')}`,
  'below-max': ({ desired, max }) => `${desired} tasks, below the ceiling of ${max}`,
  'not-sustained': ({ above, of, targetPercent }) => `CPU above ${targetPercent} % in ${above} of ${of} minutes only`,
  'at-hard-limit': ({ hardLimit, needed }) => `at the hard limit of ${hardLimit} tasks, needs ${needed}`,
  'not-calm': ({ peakTasks, max }) => `up to ${peakTasks} tasks were used of the ceiling of ${max}`,
  'not-due': ({ everySeconds }) => `looked at once in ${everySeconds / 60} minutes`,
  'no-event-ahead': () => 'no known event ahead',
  scheduled: ({ actions, next }) => `${actions} actions are scheduled, the next at ${minute(next)}`,
  blind: ({ to, because }) => `cannot see ${to}: ${explainUnseen(because)}`,
  'not-deployed': ({ detail }) => detail,
  'trimmed-to-hard-limit': ({ wanted, hardLimit }) => `wanted ${wanted} tasks, the hard limit is ${hardLimit}`,
  'trimmed-to-step': ({ wanted, factor }) => `wanted ${wanted} tasks, a step is at most ×${factor}`,
  'trimmed-to-connections': ({ wanted, side, limit }) =>
    `wanted ${wanted} tasks, ${limit} ${side} connections allow less`,
  'trimmed-to-budget': ({ wanted, budgetUsdPerMonth }) =>
    `wanted ${wanted} tasks, the budget of ${Math.round(budgetUsdPerMonth)} USD a month allows less`,
  'already-there': () => 'it was already so',
  'world-moved-on': ({ expected, actual }) => `the world has moved on: expected ${expected}, found ${actual}`,
  'order-expired': ({ ageSeconds, limitSeconds }) =>
    `the order is ${Math.round(ageSeconds)} s old, more than ${limitSeconds} s`,
  superseded: ({ by }) => `superseded by ${by}`,
  'not-permitted': ({ detail }) => `not permitted: ${detail}`,
  'not-found': ({ detail }) => `not found: ${detail}`,
  rejected: ({ detail }) => `rejected by AWS: ${detail}`,
  'limit-exceeded': ({ detail }) => `a limit of AWS is reached: ${detail}`,
  'attempts-exhausted': ({ attempts, detail }) => `gave up after ${attempts} attempts: ${detail}`,
  malformed: ({ message }) => message,
  'unknown-fleet': ({ message }) => message,
  'unknown-service': ({ message }) => message,
  'bad-time': ({ message }) => message,
  'in-the-past': ({ message }) => message,
  'above-hard-limit': ({ message }) => message,
  'in-place': () => 'in place',
  'in-place-and-used': ({ desired, cpuPercent }) => `in place and used: ${desired} tasks at ${round(cpuPercent)} % CPU`,
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
