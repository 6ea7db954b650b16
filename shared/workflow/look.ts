import type { FleetPolicy } from '../config/policy.ts';
import type { AuditEntry, Trigger } from '../domain/audit.ts';
import { later, MINUTE, type Seconds } from '../domain/units.ts';
import type { Change } from '../domain/change.ts';
import type { Act, Decision } from '../domain/decision.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Order } from '../domain/order.ts';
import type { ChangeStatus, FleetSnapshot } from '../domain/snapshot.ts';
import { evaluateFleet, type FleetEvaluation, type Verdict } from '../evaluation/evaluate-fleet.ts';
import type { StoredChange } from '../ports.ts';
import { FLEET_LEVERS } from '../levers/fleet-levers.ts';
import type { LeverSet } from '../levers/lever.ts';
import { proposalResourceOf } from '../evaluation/proposals.ts';
import { codeOutOfStep, isOfCeilingLever, movedCeilings, type OutOfStep } from './code-in-step.ts';
import { decisionIdOf } from './decision-id.ts';
import { followUpChanges } from './follow-up-changes.ts';
import { type Look, type LookDependencies, tell, tellOnce } from './look-context.ts';
import { monthlyCostDelta } from './monthly-cost.ts';
import { newsAmong, toldAlike, transitionOf } from './news.ts';
import { observe } from './observe.ts';
import { remember } from './remember.ts';
import { entryOfDecision, entryOfReasons } from './tell.ts';
import { tellExternalChanges } from './tell-external-changes.ts';

/** What one look at one fleet came to. */
export interface LookReport {
  readonly fleet: string;
  readonly snapshot: FleetSnapshot;
  readonly evaluation: FleetEvaluation;
  readonly ordered: readonly Order[];
  /** Everything that was written to the audit table, in order. */
  readonly told: readonly AuditEntry[];
}

/** An order that was not carried out by then is decided anew on a new look. */
const ORDER_LIFETIME: Seconds = 5 * MINUTE;

/** One look at one fleet: see, follow up, decide, write down, hand over. */
export async function lookAtFleet(
  policy: FleetPolicy,
  policyVersion: string,
  trigger: Trigger,
  deps: LookDependencies,
  levers: LeverSet = FLEET_LEVERS,
): Promise<LookReport> {
  const now = deps.clock.now();
  const occasion = { fleet: policy.name, trigger, now, codeVersion: deps.codeVersion, policyVersion };
  const look: Look = { policy, occasion, deps, told: [] };

  const state = await deps.state.load(policy.name);
  const observed = await observe(policy, state, deps, now, levers);
  const snapshot = (await deps.askOffers?.(observed, policy, now)) ?? observed;
  const lost = await followUpChanges(look, state.changes, snapshot);
  const unsettled = levers.look === 'fleet' ? await tellExternalChanges(look, state, snapshot) : 'not-looked-at';

  const evaluation = evaluateFleet(snapshot, policy, now, levers.levers);
  const ordered: Order[] = [];
  try {
    for (const verdict of newsAmong(evaluation.verdicts, state.memory)) {
      const order = await tellVerdict(look, verdict, snapshot, evaluation.diagnosis);
      if (order !== null) ordered.push(order);
    }
    const found = codeOutOfStep(deps.findMoved ?? movedCeilings, { policy, changes: state.changes }, snapshot, now);
    for (const one of found) {
      const order = await tellOutOfStep(look, one, snapshot);
      if (order !== null) ordered.push(order);
    }
  } finally {
    // What is open already need not wait until the next look finds it.
    await deps.bus.sendOrders([...lost, ...ordered]);
  }
  // Last, so that what could not be told now is told by the next look.
  await remember(look, state, snapshot, evaluation.verdicts, unsettled, levers);
  return { fleet: policy.name, snapshot, evaluation, ordered, told: look.told };
}

async function tellVerdict(
  look: Look,
  { proposal, decision }: Verdict,
  snapshot: FleetSnapshot,
  diagnosis: Diagnosis,
): Promise<Order | null> {
  const { policy, occasion } = look;
  const { lever, service, input, settings, wanted } = proposal;
  const isProposal = decision.kind === 'act' && decision.change.kind === 'tend-proposal';
  const resource = isProposal ? proposalResourceOf(lever, proposal.resource) : proposal.resource;
  const decisionId = decisionIdOf(lever, policy.name, service ?? resource, decision, occasion.now);
  const monthlyCostDeltaUsd = decision.kind === 'act' ? costOf(look, decision.change, service, snapshot) : null;
  const told = {
    ...{ resource, transition: transitionOf(decision), lever, decisionId, monthlyCostDeltaUsd },
    ...evidenceOf(diagnosis, decision),
  };
  const entry = entryOfDecision(occasion, told, decision, { input, settings, wanted });
  if (decision.kind === 'act') return tellAct(look, entry, decision, { lever, seen: snapshot.changes[resource] });
  await tellOnce(look, entry, (newestFirst) => toldAlike(newestFirst, lever, decision));
  return null;
}

function costOf({ policy, deps }: Look, change: Change, service: string | null, snapshot: FleetSnapshot) {
  const ofInfrastructure = deps.costOfInfrastructure?.(change, policy, snapshot) ?? null;
  const servicePolicy = policy.services.find(({ name }) => name === service);
  if (ofInfrastructure !== null || servicePolicy === undefined) return ofInfrastructure;
  return monthlyCostDelta(change, servicePolicy, policy.region);
}

/** What held the fleet back when a change was wanted; nothing where nothing did. What nobody has asked for is no evidence. */
function evidenceOf({ bottlenecks, unknown }: Diagnosis, decision: Decision): { readonly diagnosis?: Diagnosis } {
  const asked = unknown.filter(({ because }) => because.code !== 'not-asked');
  const isWanted = decision.kind === 'act' || (decision.kind === 'hold' && decision.instead !== undefined);
  return isWanted && bottlenecks.length + asked.length > 0 ? { diagnosis: { bottlenecks, unknown: asked } } : {};
}

/** No lever wants it, so there is nothing to replay: what was seen to be live is in the change itself. */
async function tellOutOfStep(look: Look, one: OutOfStep, snapshot: FleetSnapshot): Promise<Order | null> {
  const { policy, occasion, deps } = look;
  if (!(await isOfCeilingLever(one, deps.audit))) return null;
  const { lever, about, service, decision } = one;
  const resource = proposalResourceOf(lever, about);
  const decisionId = decisionIdOf(lever, policy.name, service ?? resource, decision, occasion.now);
  const told = { resource, transition: 'decided', lever, decisionId } as const;
  const entry = entryOfDecision(occasion, told, decision, null);
  return tellAct(look, entry, decision, { lever, seen: snapshot.changes[resource] });
}

/** Tells what is to be done and opens the change. `null`: somebody else was first. */
async function tellAct(
  look: Look,
  entry: AuditEntry,
  { change, direction }: Act,
  { lever, seen }: { readonly lever: string; readonly seen: ChangeStatus | undefined },
): Promise<Order | null> {
  const { policy, occasion, deps } = look;
  const { resource, decisionId, monthlyCostDeltaUsd } = entry;
  const order: Order = {
    decisionId,
    fleet: policy.name,
    region: policy.region,
    resource,
    lever,
    change,
    direction,
    trigger: occasion.trigger,
    decidedAt: occasion.now,
    expiresAt: later(occasion.now, ORDER_LIFETIME),
    monthlyCostDeltaUsd,
    policyVersion: occasion.policyVersion,
  };
  // Two looks at the same moment decide the same. The one that comes second finds another change than it has judged by, or
  // the history longer, and stands back.
  const [newest] = await deps.audit.byResource(resource, 1);
  const standing = await deps.state.readChange(policy.name, resource);
  const isAsSeen = standing?.status.decisionId === seen?.decisionId;
  if (!isAsSeen || newest?.decisionId === decisionId) return null;
  if (!(await tell(look, entry, newest?.sequence ?? 0))) return null;
  if (await deps.state.openChange(openedBy(order, standing))) return order;
  const told = { resource, transition: 'skipped', lever, decisionId, monthlyCostDeltaUsd } as const;
  await tell(look, entryOfReasons(occasion, told, [{ code: 'superseded', by: 'a change that is in flight' }]));
  return null;
}

function openedBy(order: Order, standing: StoredChange | null): StoredChange {
  return {
    resource: order.resource,
    order,
    status: {
      decisionId: order.decisionId,
      lever: order.lever,
      changeKind: order.change.kind,
      direction: order.direction,
      status: 'ordered',
      orderedAt: order.decidedAt,
      updatedAt: order.decidedAt,
      failures: standing?.status.failures ?? 0,
      lastApplied: standing?.status.lastApplied ?? {},
      ...(standing?.status.floorLastApplied === undefined
        ? {}
        : { floorLastApplied: standing.status.floorLastApplied }),
      ...(standing?.status.tuning === undefined ? {} : { tuning: standing.status.tuning }),
    },
  };
}
