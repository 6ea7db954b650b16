import type { FleetPolicy, Policy, ServicePolicy } from '../../shared/config/policy.ts';
import type { SuspendedScaling } from '../../shared/domain/capacity.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import type { SteppedLoad } from '../load/trace.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import type { DatabaseModel, DatabaseUse } from '../platform/database-model.ts';
import type { ControlPlane } from './control-plane.ts';
import type { PlatformPoolers, SimulatedPlatform } from '../platform/simulated-platform.ts';

/** Everything that a run of the demo needs: the policy, what comes, and what else happens. */
export interface DemoWorld {
  readonly title: string;
  readonly subtitle: string;
  /** For labels; the simulation itself knows instants only. */
  readonly timeZone: string;
  readonly traceName: string;
  readonly seed: number | null;
  readonly notes: readonly string[];
  readonly policy: Policy;
  readonly fleet: FleetPolicy;
  readonly startsAt: EpochMs;
  readonly services: readonly WorldService[];
  readonly database: DatabaseModel | null;
  /** How the poolers of the fleet are simulated; `null`: their pools are always large enough. */
  readonly poolers: Omit<PlatformPoolers, 'fleet'> | null;
  /** In the order in which they happen. */
  readonly happenings: readonly Happening[];
  /** Load before the first moment, by service and of one length: the history, under target tracking alone. */
  readonly past: ReadonlyMap<string, Float64Array>;
  /** From then on nothing of Fulcrum runs; `null` where it lives on. */
  readonly diesAt: EpochMs | null;
}

export interface WorldService {
  readonly policy: ServicePolicy;
  readonly load: SteppedLoad;
  readonly taskCapacity: LoadPerSecond;
  readonly databaseUse: DatabaseUse;
  /** As somebody has left it behind before the first look. */
  readonly suspended: SuspendedScaling;
}

/** Something that a person does. */
export interface Happening {
  readonly at: EpochMs;
  readonly what: string;
  readonly happen: (platform: SimulatedPlatform, control: ControlPlane) => Promise<void>;
}

/** A world that has just begun, under a Fulcrum that lives on. */
export const NOTHING_ELSE: Pick<DemoWorld, 'past' | 'diesAt' | 'poolers'> = {
  past: new Map(),
  diesAt: null,
  poolers: null,
};
