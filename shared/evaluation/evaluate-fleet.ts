import type { FleetPolicy } from '../config/policy.ts';
import { connectionMath, type ConnectionMath } from '../capacity/connections.ts';
import type { CapacityBounds } from '../domain/capacity.ts';
import { type Change, isServiceChange } from '../domain/change.ts';
import type { Act, Decision } from '../domain/decision.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import { applyGuards } from '../guards/apply-guards.ts';
import { planAt } from '../guards/connection-plan.ts';
import { routeOf } from '../guards/route.ts';
import { largest, mostTasks } from '../guards/wanted-bounds.ts';
import { FLEET_LEVERS } from '../levers/fleet-levers.ts';
import type { Lever, Proposal } from '../levers/lever.ts';
import { arbitrate, byUrgency } from './arbitrate.ts';
import { diagnose, ofDatabase } from './diagnose.ts';
import { routed } from './proposals.ts';

export interface FleetEvaluation {
  readonly diagnosis: Diagnosis;
  readonly verdicts: readonly Verdict[];
  /** At the ceilings as they will be when every `act` is done. */
  readonly connections: ConnectionMath;
}

/** A lever's wish and what became of it on the way. */
export interface Verdict {
  readonly proposal: Proposal;
  readonly decision: Decision;
}

/**
 * The whole evaluation of one fleet: levers, then diagnosis and arbitration, then guards. Pure, so production, demo,
 * simulation and backtest run the same code.
 */
export function evaluateFleet(
  snapshot: FleetSnapshot,
  policy: FleetPolicy,
  now: EpochMs,
  levers: readonly Lever[] = FLEET_LEVERS.levers,
): FleetEvaluation {
  const proposals = levers
    .filter(({ name }) => policy.levers[name].mode !== 'off')
    .flatMap((lever) => lever.propose(snapshot, policy, now));
  const diagnosis = diagnose(snapshot, proposals, policy, now);
  const services = new Map(policy.services.map((service) => [service.name, service]));
  const bounds = reservedBounds(snapshot);

  const guarded = ({ lever, resource, service: name }: Proposal, wanted: Act): Decision => {
    const service = name === null ? null : services.get(name);
    // Nothing may pass unguarded because its service is not known.
    if (service === undefined)
      throw new Error(`${lever} wants a change of ${name}, which ${policy.name} does not have`);
    return applyGuards({ lever, resource, service, wanted, snapshot, policy, bounds, now });
  };
  const isLive = ({ lever }: Proposal, change: Change): boolean => routeOf(lever, change, policy, now) === 'live';
  // A proposal takes nobody's place: what it wants does not happen before a person says so.
  const mayAct = (proposal: Proposal, wanted: Act): boolean =>
    isLive(proposal, wanted.change) && guarded(proposal, wanted).kind === 'act';
  const comesAbout = (proposal: Proposal, wanted: Act): boolean =>
    routeOf(proposal.lever, wanted.change, policy, now) !== 'nowhere' && guarded(proposal, wanted).kind === 'act';
  const arbitrated = arbitrate(proposals, ofDatabase(diagnosis), snapshot, mayAct, comesAbout);

  const judged = new Map<Proposal, Decision>();
  for (const { proposal, wanted } of byUrgency(arbitrated)) {
    const decision = guarded(proposal, wanted);
    if (decision.kind === 'act' && isLive(proposal, decision.change))
      letThrough(bounds, proposal.service, decision.change);
    judged.set(proposal, decision);
  }
  const verdicts = arbitrated.map(({ proposal, decision }) => ({
    proposal,
    decision: routed(proposal, judged.get(proposal) ?? decision, snapshot, policy, now),
  }));

  const tasksOf = (name: string, configuredMax: number): number => bounds.get(name)?.max ?? configuredMax;
  return { diagnosis, verdicts, connections: connectionMath(planAt(policy, tasksOf, snapshot.pooler?.intended)) };
}

/** The bounds of now, with the ceilings that scheduled actions of ours will bring: that room is given away already. */
function reservedBounds(snapshot: FleetSnapshot): Map<string, CapacityBounds> {
  return new Map(
    Object.entries(snapshot.services).flatMap(([name, { scaling, scheduled }]) => {
      if (scaling.kind === 'unseen' || scaling.value === null) return [];
      const { bounds } = scaling.value;
      const ours = scheduled.kind === 'seen' ? scheduled.value.ours : [];
      return [[name, { min: bounds.min, max: largest([bounds, ...ours]) }] as const];
    }),
  );
}

/** Later changes of the same look are judged with this one done: two raises must fit together. */
function letThrough(bounds: Map<string, CapacityBounds>, service: string | null, change: Change): void {
  if (service === null || !isServiceChange(change)) return;
  const present = bounds.get(service) ?? { min: 0, max: 0 };
  bounds.set(service, { min: present.min, max: Math.max(present.max, mostTasks(change, present)) });
}
