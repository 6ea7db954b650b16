import type { AuditEntry, Trigger } from '../domain/audit.ts';
import type { Change, ChangeKind, ChangeOf } from '../domain/change.ts';
import { MalformedEventError, ResourceBusyError, TransientError } from '../domain/errors.ts';
import { describeChange, explainReasons } from '../domain/explain.ts';
import type { Order } from '../domain/order.ts';
import type { FailureReason, Reason, SkipReason } from '../domain/reason.ts';
import type { ChangeStatus } from '../domain/snapshot.ts';
import { type EpochMs, secondsBetween, type Seconds } from '../domain/units.ts';
import type { AuditLog, CapacityReader, CapacityWriter, Clock, Lease, StateStore, StoredChange } from '../ports.ts';
import { appendOnce, type OutcomeKind, readOutcome, toldOutcome } from './append-once.ts';
import { movedTo } from './change-status.ts';
import { comparisonWith, isOnItsWay, presentAhead, type PresentSetup, stillAhead } from './compare-change.ts';
import { entryOfReasons, type Occasion } from './tell.ts';

export interface ActionDependencies {
  readonly clock: Clock;
  readonly reader: Pick<CapacityReader, 'readScaling' | 'readScheduled'>;
  readonly writer: CapacityWriter;
  readonly audit: AuditLog;
  readonly state: StateStore;
  readonly codeVersion: string;
}

export type OrderOf<Kind extends ChangeKind> = Order & { readonly change: ChangeOf<Kind> };

/** The effect itself, by absolute values. `null` is success. */
export type Effect<Kind extends ChangeKind> = (
  change: ChangeOf<Kind>,
  writer: CapacityWriter,
) => Promise<FailureReason | null>;

export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'skipped'; readonly because: SkipReason }
  | { readonly kind: 'failed'; readonly because: FailureReason }
  /** An earlier delivery has closed it. */
  | { readonly kind: 'closed-before'; readonly as: ChangeStatus['status'] };

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
  effect: Effect<Kind>,
  owner: string,
  deps: ActionDependencies,
): Promise<Outcome> {
  const lease = await deps.state.acquireLease(order.fleet, order.resource, owner, deps.clock.now(), LEASE);
  if (lease === null) throw new ResourceBusyError(`another invocation is at work on ${order.resource}`);
  try {
    return await carryOutAlone(order, effect, lease, deps);
  } finally {
    await deps.state.releaseLease(lease);
  }
}

async function carryOutAlone<Kind extends ChangeKind>(
  { fleet, resource, decisionId, change: { kind } }: OrderOf<Kind>,
  effect: Effect<Kind>,
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

  return carryOutOpen(stored, kind, effect, lease, deps);
}

/** The order counts as it was written down when it was decided, not as it came: a letter may be garbled or made up. */
async function carryOutOpen<Kind extends ChangeKind>(
  stored: StoredChange,
  kind: Kind,
  effect: Effect<Kind>,
  lease: Lease,
  deps: ActionDependencies,
): Promise<Outcome> {
  const { order } = stored;
  const wasCutOff = stored.status.status === 'attempting';
  const now = deps.clock.now();
  const change = stillAhead(order.change, now);
  if (!isOfKind(change, kind)) throw new MalformedEventError(`${order.decisionId} is no order to ${kind}`);

  const present = presentAhead(await read(order, deps), now);
  const compared = comparisonWith(change, present);
  if (compared.isAtTo) {
    // After an attempt that was cut off, finding the effect is the outcome of that attempt.
    return close(stored, wasCutOff ? { kind: 'applied' } : ALREADY_THERE, deps);
  }
  const isAsExpected = compared.isAtFrom || (wasCutOff && isOnItsWay(change, present));
  const because = reasonToSkip(order, isAsExpected, present, now);
  if (because !== null) return close(stored, { kind: 'skipped', because }, deps);

  const attempting = await moved(stored, 'attempting', deps);
  if (attempting === null) throw new ResourceBusyError(`${order.decisionId} was moved on meanwhile`);
  await deps.audit.append(entryOf(order, 'attempting', [], deps));
  if (!(await deps.state.holdsLease(lease, deps.clock.now()))) {
    throw new ResourceBusyError(`the lease on ${order.resource} was lost before the effect`);
  }
  const failure = await effect(change, deps.writer);
  return close(attempting, failure === null ? { kind: 'applied' } : { kind: 'failed', because: failure }, deps);
}

const ALREADY_THERE = { kind: 'skipped', because: { code: 'already-there' } } as const satisfies Outcome;

function isOfKind<Kind extends ChangeKind>(change: Change, kind: Kind): change is ChangeOf<Kind> {
  return change.kind === kind;
}

function reasonToSkip(order: Order, isAsExpected: boolean, present: PresentSetup, now: EpochMs): SkipReason | null {
  if (now > order.expiresAt) {
    const ageSeconds = secondsBetween(order.decidedAt, now);
    return { code: 'order-expired', ageSeconds, limitSeconds: secondsBetween(order.decidedAt, order.expiresAt) };
  }
  if (isAsExpected) return null;
  return { code: 'world-moved-on', expected: short(order.change.from), actual: short(actualOf(order, present)) };
}

function actualOf({ change }: Order, { scaling, scheduled }: PresentSetup): unknown {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return scaling?.bounds ?? null;
    case 'ensure-target-tracking':
      return scaling;
    case 'schedule-capacity':
      return scheduled.ours;
  }
}

function short(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}

/** @throws TransientError when the resource cannot be seen: nothing is changed blindly. */
async function read({ change }: Order, { reader }: ActionDependencies): Promise<PresentSetup> {
  const [[scaling], [scheduled]] = await Promise.all([
    reader.readScaling([change.target]),
    reader.readScheduled([change.target]),
  ]);
  if (scaling?.kind !== 'seen' || scheduled?.kind !== 'seen') {
    throw new TransientError(`cannot see ${change.target.cluster}/${change.target.service} now`);
  }
  return { scaling: scaling.value, scheduled: scheduled.value };
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
  const entry = entryOf(stored.order, outcome.kind, 'because' in outcome ? [outcome.because] : [], deps);
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
