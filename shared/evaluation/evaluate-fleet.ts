import type { FleetPolicy, LeverName } from '../config/policy.ts';
import { connectionMath, type ConnectionMath } from '../capacity/connections.ts';
import type { CapacityBounds } from '../domain/capacity.ts';
import type { Decision } from '../domain/decision.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import { applyGuards } from '../guards/apply-guards.ts';
import { planAt } from '../guards/connection-plan.ts';
import { mostTasks } from '../guards/wanted-bounds.ts';
import { LEVERS } from '../levers/registry.ts';
import type { Proposal } from '../levers/lever.ts';
import { arbitrate } from './arbitrate.ts';
import { type Bottleneck, diagnose } from './diagnose.ts';

export interface FleetEvaluation {
  readonly bottleneck: Bottleneck;
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
export function evaluateFleet(snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs): FleetEvaluation {
  const proposals = LEVERS.filter(({ name }) => policy.levers[name].mode !== 'off').flatMap((lever) =>
    lever.propose(snapshot, policy, now),
  );
  const bottleneck = diagnose(snapshot, policy, now);
  const services = new Map(policy.services.map((service) => [service.name, service]));
  const bounds = presentBounds(snapshot);

  const verdicts = arbitrate(proposals, bottleneck, snapshot).map(({ proposal, decision }): Verdict => {
    const service = services.get(proposal.service);
    if (decision.kind !== 'act' || service === undefined) return { proposal, decision };
    const { lever, resource } = proposal;
    const guarded = applyGuards({ lever, resource, service, wanted: decision, snapshot, policy, bounds, now });
    if (guarded.kind === 'act') letThrough(bounds, service.name, guarded.change);
    return { proposal, decision: guarded };
  });

  const tasksOf = (name: string, configuredMax: number): number => bounds.get(name)?.max ?? configuredMax;
  return { bottleneck, verdicts, connections: connectionMath(planAt(policy, tasksOf)) };
}

function presentBounds(snapshot: FleetSnapshot): Map<string, CapacityBounds> {
  return new Map(
    Object.entries(snapshot.services).flatMap(([name, { scaling }]) =>
      scaling.kind === 'seen' && scaling.value !== null ? [[name, scaling.value.bounds] as const] : [],
    ),
  );
}

/** Later changes of the same look are judged with this one done: two raises must fit together. */
function letThrough(
  bounds: Map<string, CapacityBounds>,
  service: string,
  change: Parameters<typeof mostTasks>[0],
): void {
  const present = bounds.get(service) ?? { min: 0, max: 0 };
  bounds.set(service, { min: present.min, max: Math.max(present.max, mostTasks(change, present)) });
}

/** Evaluates the recorded arguments of a lever again. */
export function replay(lever: LeverName, input: unknown, settings: unknown, now: EpochMs): Decision {
  const found = LEVERS.find(({ name }) => name === lever);
  if (found === undefined) throw new Error(`no lever is called ${lever}`);
  return found.replay(input, settings, now);
}
