import type { Policy } from '../config/policy.ts';
import type { ScalableTargetId } from '../domain/capacity.ts';
import { NOT_ASKED } from '../domain/reading.ts';
import type { DurablePoolSizes } from '../pooler-port.ts';
import type { PoolerObserver } from '../ports.ts';
import { observePoolers, type ProbeTools } from './observe-poolers.ts';
import { isProbed, type ProbedPolicy } from './probed-fleets.ts';

/** How the PgBouncers of a fleet are reached. */
export interface FleetPoolers {
  readonly tools: ProbeTools;
  /** `null` where nobody has said what they start with. */
  readonly durable: DurablePoolSizes | null;
}

/** Looks at the PgBouncers of fleets as their policy says. */
export function poolerObserver(policy: Policy, reach: (fleet: ProbedPolicy) => FleetPoolers): PoolerObserver {
  const find = (name: string): ProbedPolicy | undefined =>
    policy.fleets.filter(isProbed).find((fleet) => fleet.name === name);
  return {
    observe: async (name) => {
      const fleet = find(name);
      return fleet === undefined
        ? { instances: NOT_ASKED, maxConnections: NOT_ASKED }
        : observePoolers(reach(fleet).tools, fleet.levers['pool-size']);
    },
    readDurable: async (name) => {
      const fleet = find(name);
      return fleet === undefined ? null : ((await reach(fleet).durable?.read()) ?? null);
    },
  };
}

/** The fleet whose PgBouncers stand there. */
export function fleetOfPooler(policy: Policy, { cluster, service }: ScalableTargetId): ProbedPolicy | null {
  return (
    policy.fleets.filter(isProbed).find(({ pooler }) => pooler.cluster === cluster && pooler.service === service) ??
    null
  );
}
