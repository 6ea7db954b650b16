import type { FleetPolicy } from '../config/policy.ts';
import type { Change, ChangeKind, ProposableChange, ProposalChange } from '../domain/change.ts';
import { type Act, act, type Decision, stopped } from '../domain/decision.ts';
import { type FleetSnapshot, PROPOSAL_OUTLIVES_NEED, type StandingProposal } from '../domain/snapshot.ts';
import { SNAPSHOT_LEAD } from '../domain/infrastructure.ts';
import { isSameValue } from '../domain/proposed-value.ts';
import { earlier, type EpochMs, HOUR, later, type Seconds } from '../domain/units.ts';
import { routeOf } from '../guards/route.ts';
import type { Proposal } from '../levers/lever.ts';

/** The name under which audit and state tables know the proposal of a lever for a resource. */
export function proposalResourceOf(lever: string, resource: string): string {
  return `proposal/${lever}/${resource}`;
}

/** A proposal is looked after so often: the base of its branch moves, a person answers, its evidence grows old. */
const TEND_EVERY: Seconds = 6 * HOUR;
/**
 * And so long before the quiet hours that it waits for: when its snapshot is due, and once more for one that was refused,
 * as RDS does while it makes a backup of its own.
 */
const BEFORE_QUIET_HOURS: readonly Seconds[] = [SNAPSHOT_LEAD, SNAPSHOT_LEAD / 2];

/**
 * What becomes of the verdict of a lever whose mode is `propose`, or that may not do live what it wants: a wish becomes a
 * proposal in infrastructure code, one that is not needed any more is taken back, and in between neither is said again
 * and again.
 */
export function routed(
  { lever, resource }: Proposal,
  decision: Decision,
  snapshot: FleetSnapshot,
  policy: FleetPolicy,
  now: EpochMs,
): Decision {
  const standing = snapshot.proposals[proposalResourceOf(lever, resource)] ?? null;
  const isProposed = (change: Change): boolean => routeOf(lever, change, policy, now) === 'proposal';
  if (decision.kind === 'act') {
    return isProposed(decision.change) ? proposed(decision, { lever, resource, standing }, now) : decision;
  }
  // Only a lever that looked and found no need takes its proposal back: blind or stopped says nothing about the need.
  const isNeedless =
    (decision.kind === 'hold' && decision.instead === undefined && decision.because[0].code !== 'not-due') ||
    hasItsClass(lever, decision);
  if (!isNeedless || standing === null || isSettled(standing) || !isDue(standing, null, now)) return decision;
  if (standing.proposes !== null && !isProposed(standing.proposes)) return decision;
  return act(tend({ lever, resource }, null, standing.lastNeededAt), 'repair', {
    code: 'need-gone',
    lastNeededAt: standing.lastNeededAt,
  });
}

/**
 * A class that has just been changed is not judged for two weeks. The checklist of the change is followed meanwhile: that
 * clients are back, that replicas keep up.
 */
function hasItsClass(lever: string, { kind, because: [first] }: Decision): boolean {
  return lever === 'database-class' && kind === 'abstain' && first.code === 'changed-lately';
}

/** It was looked after once more when its need had been gone for long enough to close it. */
function isSettled({ proposes, tendedAt, lastNeededAt }: StandingProposal): boolean {
  return proposes === null && tendedAt >= later(lastNeededAt, PROPOSAL_OUTLIVES_NEED);
}

interface Subject {
  readonly lever: string;
  readonly resource: string;
}

function proposed(
  wanted: Act,
  { standing, ...subject }: Subject & { readonly standing: StandingProposal | null },
  now: EpochMs,
): Decision {
  const { change } = wanted;
  if (change.kind === 'tend-proposal') return wanted;
  if (NOT_IN_CODE.has(change.kind)) return stopped(wanted, { code: 'not-in-code' });
  if (standing !== null && isSameTarget(standing.proposes, change) && !isDue(standing, wanted, now)) {
    return stopped(wanted, { code: 'proposed', tendedAt: standing.tendedAt, next: nextTending(standing, wanted) });
  }
  if (standing?.kind === 'in-hand') {
    return stopped(wanted, { code: 'change-in-flight', decisionId: standing.decisionId });
  }
  return { ...wanted, change: tend(subject, change, now) };
}

function isDue(standing: StandingProposal, wanted: Act | null, now: EpochMs): boolean {
  return standing.kind !== 'in-hand' && now >= nextTending(standing, wanted);
}

function nextTending({ tendedAt }: StandingProposal, wanted: Act | null): EpochMs {
  const quietFrom = wanted?.because.flatMap((reason) => (reason.code === 'quiet-hours' ? [reason.from] : [])) ?? [];
  const before = quietFrom.flatMap((from) => BEFORE_QUIET_HOURS.map((lead) => earlier(from, lead)));
  return Math.min(later(tendedAt, TEND_EVERY), ...before.filter((at) => at > tendedAt));
}

function tend({ lever, resource }: Subject, proposes: ProposableChange | null, lastNeededAt: EpochMs): ProposalChange {
  return { kind: 'tend-proposal', lever, about: resource, from: null, to: { proposes, lastNeededAt } };
}

/** Scheduled actions live for hours, a missing policy is put right where it is, and what a restart brings has its own place. */
const NOT_IN_CODE: ReadonlySet<ChangeKind> = new Set([
  'ensure-target-tracking',
  'schedule-capacity',
  'keep-pool-sizes',
]);

/** The evidence may differ, and where it starts from: what counts is where it leads. */
function isSameTarget(standing: ProposableChange | null, wanted: ProposableChange): boolean {
  return standing !== null && isSameValue(standing, wanted);
}
