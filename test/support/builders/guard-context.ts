import type { FleetPolicy, LeverName } from '../../../shared/config/policy.ts';
import type { CapacityBounds } from '../../../shared/domain/capacity.ts';
import type { Act } from '../../../shared/domain/decision.ts';
import type { EpochMs } from '../../../shared/domain/units.ts';
import type { GuardContext } from '../../../shared/guards/guard.ts';
import { anAct, CORE_API_RESOURCE } from './decisions.ts';
import { aFleetPolicy } from './policy.ts';
import { NOW } from './time.ts';
import { aSnapshot, type World } from './world.ts';

export interface GuardedWish {
  readonly lever?: LeverName;
  readonly wanted?: Act;
  readonly policy?: FleetPolicy;
  readonly world?: World;
  readonly now?: EpochMs;
  /** Ceilings that were given away already, by service. */
  readonly reserved?: Readonly<Record<string, CapacityBounds>>;
}

/** A wish of the ceiling lever for core-api, 10 to 12, in a world in order. */
export function aGuardContext(wish: GuardedWish = {}): GuardContext {
  const { lever = 'ceiling', wanted = anAct(), policy = aFleetPolicy(), world = {}, now = NOW, reserved = {} } = wish;
  const snapshot = aSnapshot(policy, world, now);
  const present = Object.entries(snapshot.services).flatMap(([name, { scaling }]) =>
    scaling.kind === 'seen' && scaling.value !== null ? [[name, scaling.value.bounds] as const] : [],
  );
  const bounds = new Map([...present, ...Object.entries(reserved)]);
  return { lever, resource: CORE_API_RESOURCE, service: policy.services[0]!, wanted, snapshot, policy, bounds, now };
}
