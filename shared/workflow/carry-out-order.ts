import type { AuditEntry, Trigger } from '../domain/audit.ts';
import type { Change, ChangeKind, ChangeOf } from '../domain/change.ts';
import { MalformedEventError, ResourceBusyError } from '../domain/errors.ts';
import { describeChange, explainReasons } from '../domain/explain.ts';
import type { Order } from '../domain/order.ts';
import type { FailureReason, ProposalReason, Reason, SkipReason } from '../domain/reason.ts';
import type { ChangeStatus } from '../domain/snapshot.ts';
import { type EpochMs, secondsBetween, type Seconds } from '../domain/units.ts';
import type { AuditLog, Clock, Lease, StateStore, StoredChange } from '../ports.ts';
import { appendOnce, type OutcomeKind, readOutcome, toldOutcome } from './append-once.ts';
import { movedTo } from './change-status.ts';
import { entryOfReasons, type Occasion } from './tell.ts';
import { tuningAfter, type TuningNews } from './tuning-after.ts';

export interface ActionDependencies {
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly state: StateStore;
  readonly codeVersion: string;
}

export type OrderOf<Kind extends ChangeKind> = Order & { readonly change: ChangeOf<Kind> };

/** How an action sees the thing that a change is about, and moves it. */
export interface Craft<Changes extends Change> {
  /** @throws TransientError when it cannot be seen: nothing is changed blindly. */
  readonly compare: (change: Changes, now: EpochMs) => Promise<Situation<Changes> | Refusal>;
  /** By absolute values. */
  readonly effect: (change: Changes, order: Order) => Promise<Effected>;
  /** How long the lease has to hold, where that is longer than for others. */
  readonly leaseSeconds?: (change: Changes) => Seconds;
}

/** Why a change cannot be carried out as things stand; nothing was touched. */
export interface Refusal {
  readonly because: FailureReason;
}

/** What an effect came to. */
export interface Effected {
  /** `null` is success. */
  readonly failure: FailureReason | null;
  /** What changes of pool sizes have left behind, where that is different now. */
  readonly tuning?: TuningNews;
  /** What came of it in words, where an effect can also be that nothing had to be done. */
  readonly told?: { readonly as: 'applied' | 'skipped'; readonly reasons: readonly ProposalReason[] };
}

/** Where the world stands between `from` and `to` of a change. */
export interface Situation<Changes extends Change> {
  /** What is left to do of the change. */
  readonly change: Changes;
  readonly isAtFrom: boolean;
  readonly isAtTo: boolean;
  /** Where a cut-off attempt can have left it: each part at `from` or at `to`. */
  readonly isOnItsWay: boolean;
  /** What is there now, for the record. */
  readonly actual: unknown;
  /** What changes of pool sizes have left behind, where nothing is left to do: an attempt that was cut off has not said it. */
  readonly tuningAtTo?: TuningNews;
}

export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'applied' | 'skipped'; readonly reasons: readonly ProposalReason[] }
  | { readonly kind: 'skipped'; readonly because: SkipReason }
  | { readonly kind: 'failed'; readonly because: FailureReason }
  /** An earlier delivery has closed it. */
  | { readonly kind: 'closed-before'; readonly as: ChangeStatus['status'] };

/** Why it ended so. */
export function reasonsOf(outcome: Outcome): readonly Reason[] {
  if ('reasons' in outcome) return outcome.reasons;
  return 'because' in outcome ? [outcome.because] : [];
}

/** Longer than an action may run, so that a lease never ends under a living action. */
const LEASE: Seconds = 90;

/**
 * Carries out one order: lease, re-check, intent, effect, outcome. The decision was made elsewhere; this asks only
 * whether it still holds. Delivered twice it is done once.
 *
 * @param owner names this invocation as the holder of the lease.
 * @throws ResourceBusyError while another invocation is at work on the resource, and TransientError of an adapter: the
 *   queue in front tries again.
 */
export async function carryOut<Kind extends ChangeKind>(
  order: OrderOf<Kind>,
  craft: Craft<ChangeOf<Kind>>,
  owner: string,
  deps: ActionDependencies,
): Promise<Outcome> {
  const seconds = Math.max(LEASE, craft.leaseSeconds?.(order.change) ?? 0);
  const lease = await deps.state.acquireLease(order.fleet, order.resource, owner, deps.clock.now(), seconds);
  if (lease === null) throw new ResourceBusyError(`another invocation is at work on ${order.resource}`);
  try {
    return await carryOutAlone(order, craft, lease, deps);
  } finally {
    await deps.state.releaseLease(lease);
  }
}

async function carryOutAlone<Kind extends ChangeKind>(
  { fleet, resource, decisionId, change: { kind } }: OrderOf<Kind>,
  craft: Craft<ChangeOf<Kind>>,
  lease: Lease,
  deps: ActionDependencies,
): Promise<Outcome> {
  const stored = await deps.state.readChange(fleet, resource);
  if (stored === null || stored.status.decisionId !== decisionId) {
    // Not ours to close: the resource has another change by now, which tells its own story.
    return { kind: 'skipped', because: { code: 'superseded', by: stored?.status.decisionId ?? 'a newer look' } };
  }
  const { status } = stored.status;
  if (status !== 'ordered' && status !== 'attempting') return { kind: 'closed-before', as: status };
  const told = await readOutcome(deps.audit, resource, decisionId);
  if (told !== null) {
    // An earlier delivery was cut off after it had told the outcome: what is told stands.
    await moved(stored, told, deps);
    return { kind: 'closed-before', as: told };
  }

  return carryOutOpen(stored, kind, craft, lease, deps);
}

/** The order counts as it was written down when it was decided, not as it came: a letter may be garbled or made up. */
async function carryOutOpen<Kind extends ChangeKind>(
  stored: StoredChange,
  kind: Kind,
  craft: Craft<ChangeOf<Kind>>,
  lease: Lease,
  deps: ActionDependencies,
): Promise<Outcome> {
  const { order } = stored;
  const wasCutOff = stored.status.status === 'attempting';
  const now = deps.clock.now();
  const decided = order.change;
  if (!isOfKind(decided, kind)) throw new MalformedEventError(`${order.decisionId} is no order to ${kind}`);

  const situation = await craft.compare(decided, now);
  if ('because' in situation) return close(stored, { kind: 'failed', because: situation.because }, deps);
  if (situation.isAtTo) {
    // After an attempt that was cut off, finding the effect is the outcome of that attempt.
    return close(withTuning(stored, situation.tuningAtTo), wasCutOff ? { kind: 'applied' } : ALREADY_THERE, deps);
  }
  // What an attempt has left half done is finished, however late: nobody else knows that it is half done.
  const isHalfDone = wasCutOff && situation.isOnItsWay && !situation.isAtFrom;
  const because = isHalfDone ? null : reasonToSkip(order, situation.isAtFrom, situation.actual, now);
  if (because !== null) return close(stored, { kind: 'skipped', because }, deps);

  const attempting = await moved(stored, 'attempting', deps);
  if (attempting === null) throw new ResourceBusyError(`${order.decisionId} was moved on meanwhile`);
  await deps.audit.append(entryOf(order, 'attempting', [], deps));
  if (!(await deps.state.holdsLease(lease, deps.clock.now()))) {
    throw new ResourceBusyError(`the lease on ${order.resource} was lost before the effect`);
  }
  const { failure, tuning, told } = await craft.effect(situation.change, order);
  const done = withTuning(attempting, tuning);
  if (failure !== null) return close(done, { kind: 'failed', because: failure }, deps);
  return close(done, told === undefined ? { kind: 'applied' } : { kind: told.as, reasons: told.reasons }, deps);
}

function withTuning(stored: StoredChange, news: TuningNews | undefined): StoredChange {
  if (news === undefined) return stored;
  const { status } = stored;
  return { ...stored, status: { ...status, tuning: tuningAfter(status.tuning, news) } };
}

const ALREADY_THERE = { kind: 'skipped', because: { code: 'already-there' } } as const satisfies Outcome;

function isOfKind<Kind extends ChangeKind>(change: Change, kind: Kind): change is ChangeOf<Kind> {
  return change.kind === kind;
}

function reasonToSkip(order: Order, isAsExpected: boolean, actual: unknown, now: EpochMs): SkipReason | null {
  if (now > order.expiresAt) {
    const ageSeconds = secondsBetween(order.decidedAt, now);
    return { code: 'order-expired', ageSeconds, limitSeconds: secondsBetween(order.decidedAt, order.expiresAt) };
  }
  if (isAsExpected) return null;
  return { code: 'world-moved-on', expected: short(order.change.from), actual: short(actual) };
}

function short(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}

async function moved(
  stored: StoredChange,
  status: ChangeStatus['status'],
  { clock, state }: ActionDependencies,
): Promise<StoredChange | null> {
  const next = movedTo(stored, status, clock.now());
  return (await state.moveChange(next, stored.status.status)) ? next : null;
}

/**
 * The outcome is written down first: a crash before the state moves leads to another look at the world, not to silence.
 * Where somebody has told an outcome meanwhile, that one stands.
 */
async function close(
  stored: StoredChange,
  outcome: Exclude<Outcome, { kind: 'closed-before' }>,
  deps: ActionDependencies,
): Promise<Outcome> {
  const { decisionId } = stored.order;
  const entry = entryOf(stored.order, outcome.kind, reasonsOf(outcome), deps);
  const told = await appendOnce(deps.audit, entry, (newestFirst) => toldOutcome(newestFirst, decisionId));
  await moved(stored, told ?? outcome.kind, deps);
  return told === null ? outcome : { kind: 'closed-before', as: told };
}

function entryOf(
  { fleet, resource, lever, decisionId, policyVersion, monthlyCostDeltaUsd, change }: Order,
  transition: 'attempting' | OutcomeKind,
  reasons: readonly Reason[],
  { clock, codeVersion }: ActionDependencies,
): AuditEntry {
  const trigger: Trigger = { kind: 'order', id: decisionId };
  const occasion: Occasion = { fleet, trigger, now: clock.now(), codeVersion, policyVersion };
  const told = { resource, transition, lever, decisionId, monthlyCostDeltaUsd };
  const sentence = `${transition}: ${[describeChange(change), explainReasons(reasons)].filter(Boolean).join(': ')}`;
  return entryOfReasons(occasion, told, reasons, change, sentence);
}
