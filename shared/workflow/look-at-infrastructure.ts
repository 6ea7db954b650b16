import type { FleetPolicy, Policy } from '../config/policy.ts';
import type { Trigger } from '../domain/audit.ts';
import { resourceIdOf } from '../domain/capacity.ts';
import { HOUR } from '../domain/units.ts';
import type { InfrastructureRequest } from '../events/infrastructure-request.ts';
import { INFRASTRUCTURE_LEVERS } from '../levers/infrastructure-levers.ts';
import { lookAtFleet, type LookReport } from './look.ts';
import { movedSizes } from './sizes-in-step.ts';
import type { LookDependencies } from './look-context.ts';

export interface InfrastructureReport {
  readonly looks: readonly LookReport[];
  readonly failed: readonly { readonly fleet: string; readonly error: unknown }[];
  /** Fleets for which there was no time: the next look begins with others. */
  readonly leftOut: readonly string[];
}

/** A look reads a month of metrics and describes every task definition; a fleet of many services takes this long. */
const LEAST_MILLIS_FOR_A_LOOK = 60_000;

/** The seldom look at databases, caches and task definitions, one fleet after the other. */
export async function lookAtInfrastructure(
  request: InfrastructureRequest,
  policy: Policy,
  remainingMillis: () => number,
  deps: LookDependencies,
): Promise<InfrastructureReport> {
  const trigger: Trigger = { kind: 'infrastructure', id: request.id };
  const fleets = startingAt(await wantedBy(request, policy, deps), Math.floor(deps.clock.now() / 1000 / HOUR));
  const looks: LookReport[] = [];
  const failed: { fleet: string; error: unknown }[] = [];
  for (const [index, fleet] of fleets.entries()) {
    if (index > 0 && remainingMillis() < LEAST_MILLIS_FOR_A_LOOK) {
      return { looks, failed, leftOut: fleets.slice(index).map(({ name }) => name) };
    }
    try {
      looks.push(
        await lookAtFleet(
          fleet,
          policy.policyVersion,
          trigger,
          { ...deps, findMoved: movedSizes },
          INFRASTRUCTURE_LEVERS,
        ),
      );
    } catch (error) {
      // One fleet in trouble does not blind the others; the caller reports it when all are done.
      failed.push({ fleet: fleet.name, error });
    }
  }
  return { looks, failed, leftOut: [] };
}

/** Most deployments are none of ours: only one that we have begun, and not looked after yet, is worth a look at its end. */
async function wantedBy(
  request: InfrastructureRequest,
  { fleets }: Policy,
  { state }: Pick<LookDependencies, 'state'>,
): Promise<readonly FleetPolicy[]> {
  if (request.kind === 'schedule') return fleets;
  const deployed = new Set(request.services.map(resourceIdOf));
  const owners = fleets.filter(({ services }) => services.some((service) => deployed.has(resourceIdOf(service))));
  const isAwaited = await Promise.all(
    owners.map(async ({ name }) => {
      const { changes } = await state.load(name);
      return changes.some(({ status, order: { change } }) => {
        return (
          change.kind === 'resize-task' && status.status === 'applied' && deployed.has(resourceIdOf(change.service))
        );
      });
    }),
  );
  return owners.filter((_, index) => isAwaited[index]);
}

function startingAt<Item>(items: readonly Item[], turn: number): readonly Item[] {
  const first = items.length === 0 ? 0 : turn % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
