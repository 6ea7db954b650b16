import type { LeverName } from '../config/policy.ts';
import type { DatabaseBottleneck } from '../domain/bottleneck.ts';
import type { ChangeOf } from '../domain/change.ts';
import { type Act, type Decision, stopped } from '../domain/decision.ts';
import type { Veto } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import { isInFlight } from '../domain/snapshot.ts';
import type { Proposal } from '../levers/lever.ts';
import { otherRemedy, pushesLoad } from './remedies.ts';

/**
 * Who goes first when several levers want one resource at once: the smaller number. Nothing else can work before the
 * scalable target is there; then come announced events.
 */
const PRECEDENCE: Readonly<Record<LeverName, number>> = {
  'target-tracking': 1,
  'known-event': 2,
  ceiling: 3,
  predictive: 4,
  'pool-size': 5,
  // A full disk stops the database; everything else makes it slow.
  storage: 6,
  'aurora-capacity': 7,
  'read-replica': 8,
  iops: 9,
  'database-class': 10,
  'task-size': 11,
  cache: 12,
  'hpa-ceiling': 13,
};

export interface Arbitrated {
  readonly proposal: Proposal;
  readonly decision: Decision;
}

/**
 * Settles demands that compete. Rules, in this order:
 * 1. A lever that would push more load onto the bottleneck yields to it.
 * 2. Of several remedies for one ailment the one that mends its cause goes first.
 * 3. One change in flight on a resource.
 * 4. Of several demands on the same bound of one resource the largest wins; a floor and a ceiling go by rule 5.
 * 5. Of the rest one change of a resource at a time: room that is needed now before a plan for later, growth before
 *    everything that shrinks, then by precedence.
 *
 * @param saturated what of the database more load would make worse, the cause of the others first.
 * @param mayAct whether the guards would let a wish through as it stands. Nobody stands back for one that only observes,
 *   cools down or is frozen: growth would wait for a change that does not come.
 * @param comesAbout the same, or that it is proposed to a person: another remedy waits for that, too.
 */
export function arbitrate(
  proposals: readonly Proposal[],
  saturated: readonly DatabaseBottleneck[],
  snapshot: FleetSnapshot,
  mayAct: (proposal: Proposal, wanted: Act) => boolean,
  comesAbout = mayAct,
): readonly Arbitrated[] {
  const settled = proposals.map((proposal) => ({
    proposal,
    decision: stopBy(
      proposal,
      yieldsTo(proposal, saturated) ?? otherRemedy(proposal, proposals, comesAbout) ?? inFlight(proposal, snapshot),
    ),
  }));
  const demands = demandsByResource(settled, mayAct);
  return settled.map(({ proposal, decision }) => {
    if (decision.kind !== 'act') return { proposal, decision };
    // What a person is asked for does not happen now: it need not wait for what does.
    if (comesAbout(proposal, decision) && !mayAct(proposal, decision)) return { proposal, decision };
    const mine = { lever: proposal.lever, wanted: decision };
    const beaten = (demands.get(proposal.resource) ?? [])
      .filter((rival) => rival.lever !== mine.lever)
      .map((rival) => beatenBy(mine, rival))
      .find((veto) => veto !== null);
    return { proposal, decision: beaten === undefined ? decision : stopped(decision, beaten) };
  });
}

/**
 * The changes that are left, in the order in which they share what room there is: by urgency as on one resource, then by
 * name, so that the order of a list in `fulcrum.yml` decides nothing.
 */
export function byUrgency(
  arbitrated: readonly Arbitrated[],
): readonly { readonly proposal: Proposal; readonly wanted: Act }[] {
  const rankOf = ({ proposal: { lever }, wanted }: { readonly proposal: Proposal; readonly wanted: Act }): number =>
    rank({ lever, wanted });
  return arbitrated
    .flatMap(({ proposal, decision }) => (decision.kind === 'act' ? [{ proposal, wanted: decision }] : []))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.proposal.resource < b.proposal.resource ? -1 : 1));
}

function demandsByResource(
  settled: readonly Arbitrated[],
  mayAct: (proposal: Proposal, wanted: Act) => boolean,
): ReadonlyMap<string, readonly Demand[]> {
  const demands = new Map<string, Demand[]>();
  for (const { proposal, decision } of settled) {
    if (decision.kind !== 'act' || !mayAct(proposal, decision)) continue;
    const rivals = demands.get(proposal.resource) ?? [];
    rivals.push({ lever: proposal.lever, wanted: decision });
    demands.set(proposal.resource, rivals);
  }
  return demands;
}

function stopBy({ wanted }: Proposal, because: Veto | null): Decision {
  return wanted.kind === 'act' && because !== null ? stopped(wanted, because) : wanted;
}

/** More tasks in front of a saturated database make it worse. */
function yieldsTo(proposal: Proposal, saturated: readonly DatabaseBottleneck[]): Veto | null {
  const [first, ...others] = saturated;
  return first === undefined || !pushesLoad(proposal)
    ? null
    : { code: 'bottleneck-elsewhere', bottlenecks: [first, ...others] };
}

function inFlight({ resource }: Proposal, snapshot: FleetSnapshot): Veto | null {
  const change = snapshot.changes[resource];
  return change !== undefined && isInFlight(change)
    ? { code: 'change-in-flight', decisionId: change.decisionId }
    : null;
}

interface Demand {
  readonly lever: LeverName;
  readonly wanted: Act;
}

/** Why the first demand gives way to the second; `null` when it does not. */
function beatenBy(mine: Demand, other: Demand): Veto | null {
  const [a, b] = [mine.wanted.change, other.wanted.change];
  if (a.kind === 'set-capacity-bounds' && b.kind === 'set-capacity-bounds' && movesCeiling(a) === movesCeiling(b)) {
    const more = b.to.max - a.to.max || b.to.min - a.to.min || rank(mine) - rank(other);
    const by = b.to.max === a.to.max ? b.to.min : b.to.max;
    return more > 0 ? { code: 'outweighed', lever: other.lever, by } : null;
  }
  return rank(other) < rank(mine) ? { code: 'waits-for', lever: other.lever } : null;
}

function movesCeiling({ from, to }: ChangeOf<'set-capacity-bounds'>): boolean {
  return from.max !== to.max;
}

/** How soon, from 0 up: what is needed now, what is planned for later, what takes away. */
function urgencyOf({ direction, change }: Act): number {
  if (direction === 'shrink') return 2;
  return change.kind === 'schedule-capacity' ? 1 : 0;
}

/** Smaller goes first. */
function rank({ lever, wanted }: Demand): number {
  return urgencyOf(wanted) * (Object.keys(PRECEDENCE).length + 1) + PRECEDENCE[lever];
}
