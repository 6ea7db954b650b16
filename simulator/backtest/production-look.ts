import { resolvePolicy } from '../../shared/config/resolve.ts';
import { configurationSchema } from '../../shared/config/schema.ts';
import type { FleetPolicy } from '../../shared/config/policy.ts';
import type { FloorOutlook } from '../../shared/control/choose-floor.ts';
import type { ControlSettings } from '../../shared/control/settings.ts';
import {
  type CapacityBounds,
  NOTHING_SUSPENDED,
  resourceIdOf,
  type TargetTracking,
} from '../../shared/domain/capacity.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { Act } from '../../shared/domain/decision.ts';
import type { ChangeStatus, FleetSnapshot, ScheduledSetup, ServiceSnapshot } from '../../shared/domain/snapshot.ts';
import type { EpochMs, Percent, Seconds, Tasks } from '../../shared/domain/units.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { defineLever, type Lever, serviceOf } from '../../shared/levers/lever.ts';
import { evaluatePredictive, type PredictiveInput, type PredictiveSettings } from '../../shared/levers/predictive.ts';
import type { PlannedDay } from '../../shared/levers/predictive-inputs.ts';
import { resourceOf, targetOf } from '../../shared/levers/resources.ts';

/** Where a service stands at a look. */
export interface Standing {
  readonly at: EpochMs;
  readonly wanted: Tasks;
  readonly ready: Tasks;
  readonly floor: Tasks;
  readonly targetTracking: TargetTracking;
}

/** What a look has moved. */
export interface Moved {
  readonly floor: Tasks;
  readonly targetPercent: Percent;
}

const SERVICE = 'web';
const CLUSTER = 'backtest';
const RESOURCE = resourceIdOf({ cluster: CLUSTER, service: SERVICE });

/**
 * One service behind the whole evaluation of production: the predictive lever, arbitration and every guard, and what comes of
 * it carried out at once. The lever is told what is known of the load instead of working it out from metrics: a backtest has
 * learned it already. There is no plan of the next day: it is for the time in which nobody looks, and a backtest always does.
 */
export class ProductionLook {
  readonly #bounds: CapacityBounds;
  readonly #policy: FleetPolicy;
  readonly #levers: readonly Lever[];
  #outlook: FloorOutlook | null = null;
  #applied: ChangeStatus | null = null;

  /** @param shrinkCooldownSeconds least time from any change to the next reduction. */
  constructor(bounds: CapacityBounds, settings: ControlSettings, shrinkCooldownSeconds: Seconds = 0) {
    this.#bounds = bounds;
    this.#policy = policyFor(bounds, settings, shrinkCooldownSeconds);
    this.#levers = [this.#lever()];
  }

  take(outlook: FloorOutlook, standing: Standing): Moved {
    this.#outlook = outlook;
    const before = { floor: standing.floor, targetPercent: standing.targetTracking.cpuPercent };
    const snapshot = snapshotOf(standing, this.#bounds, this.#applied);
    const { verdicts } = evaluateFleet(snapshot, this.#policy, standing.at, this.#levers);
    return verdicts.reduce((moved, { decision }) => {
      if (decision.kind !== 'act') return moved;
      this.#applied = appliedAfter(this.#applied, decision, standing.at);
      const { change } = decision;
      switch (change.kind) {
        case 'set-capacity-bounds':
          return { ...moved, floor: change.to.min };
        case 'ensure-target-tracking':
          return { floor: change.to.bounds.min, targetPercent: change.to.targetTracking.cpuPercent };
        default:
          throw new Error(`the predictive lever of a backtest wants to ${change.kind}`);
      }
    }, before);
  }

  #lever(): Lever {
    return defineLever<PredictiveInput, PredictiveSettings>({
      name: 'predictive',
      purpose: 'The lever of production, told what is known of the load.',
      needs: () => [],
      cases: (snapshot, policy, now) =>
        policy.services.map((service) => {
          const { facts, scaling, scheduled } = serviceOf(snapshot, service.name);
          const outlook = this.#outlook;
          return {
            resource: resourceOf(service),
            service: service.name,
            input: {
              target: targetOf(service),
              facts,
              scaling,
              scheduled,
              foresight: outlook === null ? NOTHING : seen({ kind: 'followed', outlook }, now),
              day: seen(NO_PLAN, now),
              events: [],
            },
            settings: {
              service,
              lever: policy.levers.predictive,
              events: policy.levers['known-event'],
              tickMinutes: policy.tickMinutes,
            },
          };
        }),
      evaluate: evaluatePredictive,
    });
  }
}

const NOTHING = unseen({ code: 'no-data' });
const NO_PLAN: PlannedDay = { computedAt: 0, plan: null, doubts: [], record: null, rehearsal: null };
const NO_ACTIONS: ScheduledSetup = { ours: [], othersCount: 0 };

function snapshotOf(
  { at, wanted, ready, floor, targetTracking }: Standing,
  { max }: CapacityBounds,
  applied: ChangeStatus | null,
): FleetSnapshot {
  const service: ServiceSnapshot = {
    facts: seen({ desired: wanted, running: ready, pending: wanted - ready, deployment: 'none' }, at),
    scaling: seen(
      {
        bounds: { min: floor, max },
        suspended: NOTHING_SUSPENDED,
        targetTracking: [{ name: 'fulcrum-cpu', ...targetTracking }],
        otherPolicies: [],
      },
      at,
    ),
    scheduled: seen(NO_ACTIONS, at),
    cpu: NOTHING,
    runningTasks: NOTHING,
    wantedMoreThanMax: NOTHING,
    forecast: NOTHING,
    load: NOTHING,
  };
  return {
    ...EMPTY_FLEET,
    services: { [SERVICE]: service },
    changes: applied === null ? {} : { [RESOURCE]: applied },
  };
}

/** What the state table would say of the service now. */
function appliedAfter(before: ChangeStatus | null, { change, direction }: Act, at: EpochMs): ChangeStatus {
  return {
    decisionId: 'backtest',
    lever: 'predictive',
    changeKind: change.kind,
    direction,
    status: 'applied',
    orderedAt: at,
    updatedAt: at,
    failures: 0,
    lastApplied: {},
    floorLastApplied: { ...before?.floorLastApplied, [direction]: at },
  };
}

const EMPTY_FLEET: Omit<FleetSnapshot, 'services'> = {
  fleet: 'backtest',
  database: null,
  infrastructure: null,
  pooler: null,
  events: [],
  changes: {},
  pauses: [],
  proposals: {},
};

/** The defaults of `fulcrum.yml` with the control law as it is to be judged. */
function policyFor(
  { min, max }: CapacityBounds,
  settings: ControlSettings,
  shrinkCooldownSeconds: Seconds,
): FleetPolicy {
  const { fleets } = resolvePolicy(
    configurationSchema.parse({
      version: 1,
      fleets: [
        {
          name: EMPTY_FLEET.fleet,
          environment: 'staging',
          region: 'eu-central-1',
          account: '111122223333',
          services: [
            {
              name: SERVICE,
              cluster: CLUSTER,
              min: 0,
              max: 1,
              hardLimit: 1,
              task: { cpuUnits: 1024, memoryMiB: 2048 },
            },
          ],
        },
      ],
    }),
  );
  const [fleet] = fleets;
  const [service] = fleet?.services ?? [];
  if (fleet === undefined || service === undefined) throw new Error('the policy of a backtest has one service');
  const { missedPrice, usableUtilization, memoryDays, targetPercent, unlearnedTargetPercent } = settings;
  return {
    ...fleet,
    services: [
      {
        ...service,
        min,
        max,
        hardLimit: max,
        targetTracking: { ...service.targetTracking, cpuPercent: unlearnedTargetPercent },
      },
    ],
    levers: {
      ...fleet.levers,
      predictive: {
        ...fleet.levers.predictive,
        mode: 'apply',
        missedPrice,
        usablePercent: usableUtilization * 100,
        memoryDays,
        targetPercent,
        shrinkCooldownSeconds,
      },
    },
  };
}
