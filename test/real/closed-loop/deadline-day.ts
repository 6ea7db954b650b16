import type { TargetTracking } from '../../../shared/domain/capacity.ts';
import { instantOf } from '../../../shared/config/local-time.ts';
import type { FleetPolicy, ServicePolicy } from '../../../shared/config/policy.ts';
import { type EpochMs, secondsBetween } from '../../../shared/domain/units.ts';
import type { LoadPerSecond } from '../../../simulator/load/steps.ts';
import { type ServiceStep, SimulatedService } from '../../../simulator/plant/simulated-service.ts';
import type { DatabaseModel, DatabaseUse } from '../../../simulator/platform/database-model.ts';

export const TIME_ZONE = 'Europe/Berlin';
const DATE = '2026-12-01';

/** An instant of the day; 24:00 is its end. */
export function local(time: string): EpochMs {
  const resolved = instantOf(time === '24:00' ? '2026-12-02T00:00' : `${DATE}T${time}`, TIME_ZONE);
  if (resolved.kind !== 'instant') throw new Error(`${time} ${TIME_ZONE}: ${resolved.kind}`);
  return resolved.at;
}

export const STARTS_AT = local('06:00');
export const ENDS_AT = local('24:00');

interface Traits {
  /** Requests a second of a task with all of its CPU. */
  readonly taskCapacity: LoadPerSecond;
  readonly databaseUse: DatabaseUse;
  /** Requests a second, straight lines between. */
  readonly load: readonly (readonly [time: string, perSecond: LoadPerSecond])[];
}

/** A quiet night, a morning, a deadline in the evening; and in the afternoon a stampede of devices, announced by nobody. */
const TRAITS: Readonly<Record<string, Traits>> = {
  'core-api': {
    taskCapacity: 60,
    databaseUse: { cpuMillisPerRequest: 1.2, connectionMillisPerRequest: 12 },
    load: [
      ['06:00', 40],
      ['08:00', 110],
      ['09:00', 250],
      ['12:00', 300],
      ['16:30', 330],
      ['18:30', 640],
      ['19:45', 560],
      ['20:15', 220],
      ['21:30', 80],
      ['24:00', 40],
    ],
  },
  portal: {
    taskCapacity: 20,
    databaseUse: { cpuMillisPerRequest: 0, connectionMillisPerRequest: 0 },
    load: [
      ['06:00', 12],
      ['09:00', 40],
      ['12:00', 52],
      ['16:00', 50],
      ['20:00', 75],
      ['24:00', 15],
    ],
  },
  telemetry: {
    taskCapacity: 40,
    databaseUse: { cpuMillisPerRequest: 0.6, connectionMillisPerRequest: 5 },
    load: [
      ['06:00', 40],
      ['14:00', 50],
      ['14:10', 130],
      ['15:45', 135],
      ['16:00', 50],
      ['24:00', 40],
    ],
  },
};

export function traitsOf(service: ServicePolicy): Traits {
  const traits = TRAITS[service.name];
  if (traits === undefined) throw new Error(`the day knows no load for ${service.name}`);
  return traits;
}

export function loadAt(service: string, at: EpochMs): LoadPerSecond {
  const points = (TRAITS[service]?.load ?? []).map(([time, perSecond]) => ({ at: local(time), perSecond }));
  const next = points.findIndex((point) => point.at > at);
  const [before, after] = [points[next - 1], points[next]];
  if (before === undefined || after === undefined) return points.at(next === 0 ? 0 : -1)?.perSecond ?? 0;
  const share = secondsBetween(before.at, at) / secondsBetween(before.at, after.at);
  return before.perSecond + share * (after.perSecond - before.perSecond);
}

/** From 14:00 to 15:15 somebody rebuilds an index. */
export function databaseAt(at: EpochMs): DatabaseModel {
  const isReindexing = at >= local('14:00') && at < local('15:15');
  return { vcpus: 2, idlePercent: isReindexing ? 62 : 4, poolLimit: 50, directConnections: 12 };
}

/** Of core-api's first want of more nothing is heard but its alarm. */
export function isReported(service: string, at: EpochMs): boolean {
  return service !== 'core-api' || at >= local('18:00');
}

/** A service as it stands in the morning, tracked by AWS or not at all. */
export function plantOf(service: ServicePolicy, targetTracking: TargetTracking | null): SimulatedService {
  return new SimulatedService({
    startsAt: STARTS_AT,
    startupSeconds: service.startupSeconds,
    taskCapacity: traitsOf(service).taskCapacity,
    bounds: { min: service.min, max: service.max },
    initialTasks: service.min,
    targetTracking,
  });
}

/** The same day under target tracking alone, set up as policy says from the first second, with nobody in its way. */
export function targetTrackingAlone({ services }: FleetPolicy): ReadonlyMap<string, readonly ServiceStep[]> {
  return new Map(
    services.map((service) => {
      const plant = plantOf(service, service.targetTracking);
      const steps: ServiceStep[] = [];
      while (plant.now < ENDS_AT) steps.push(plant.step(loadAt(service.name, plant.now)));
      return [service.name, steps];
    }),
  );
}
