import type { Journal } from '../../functions/journal.ts';
import { MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { POOLER_SIZES } from '../../shared/domain/pooler.ts';
import { TARGET_TRACKING_POLICY } from '../../shared/domain/change.ts';
import { type EpochMs, later } from '../../shared/domain/units.ts';
import { targetOf } from '../../shared/levers/resources.ts';
import { STEP_SECONDS } from '../load/steps.ts';
import { fittingTasks } from '../plant/run.ts';
import { SimulatedService } from '../plant/simulated-service.ts';
import {
  type CallCounts,
  type PlatformDatabase,
  type PlatformStep,
  SimulatedPlatform,
} from '../platform/simulated-platform.ts';
import { SimulatedPoolers } from '../platform/simulated-poolers.ts';
import type { CodeRepository } from './code-repository.ts';
import { ControlPlane, type Tables } from './control-plane.ts';
import { Recording } from './recording.ts';
import type { DemoWorld, WorldService } from './world.ts';

export interface DemoRun {
  readonly recording: Recording;
  readonly calls: CallCounts;
  readonly invocations: number;
}

const STEPS_PER_MINUTE = 60 / STEP_SECONDS;

/** Target tracking alone, set up from the first moment as `fulcrum.yml` says, with nobody and nothing in its way. */
export function runBaseline(world: DemoWorld): Recording {
  const platform = platformOf(world, (service) => ({ ...service, suspended: NOTHING_SUSPENDED }));
  const recording = new Recording(namesOf(world), stepsOf(world));
  for (let step = 0; step < recording.steps; step += 1) recording.add(platform.step(loadAt(world, step)));
  return recording;
}

/** @param onProgress is told the share of the run that has passed, 0 to 1, about a hundred times. */
export async function runWithFulcrum(
  world: DemoWorld,
  tables: Tables,
  journal: Journal,
  onProgress: (share: number) => void,
  code: CodeRepository | null = null,
): Promise<DemoRun> {
  const platform = platformOf(world, (service) => service);
  const reached = code === null ? tables : { ...tables, proposals: code.toolsOf(platform) };
  const control = new ControlPlane(world.policy, platform, reached, journal);
  const recording = new Recording(namesOf(world), stepsOf(world));
  const happenings = [...world.happenings];
  for (let step = 0; step < recording.steps; step += 1) {
    const isAlive = world.diesAt === null || platform.now < world.diesAt;
    if (step % STEPS_PER_MINUTE === 0) {
      while (happenings[0] !== undefined && happenings[0].at <= platform.now) {
        await happenings.shift()?.happen(platform, control);
      }
      if (isAlive) await control.onMinute();
    }
    const passed = platform.step(loadAt(world, step));
    recording.add(passed);
    for (const service of isAlive ? newlyAtMax(world, passed, recording, step) : [])
      await control.onScaledToMax(targetOf(service.policy));
    if (step % Math.ceil(recording.steps / 100) === 0) onProgress(step / recording.steps);
  }
  return { recording, calls: platform.calls, invocations: control.invocations };
}

/** AWS tells of a scale-out that ended at the ceiling, once. */
function newlyAtMax(
  { services }: DemoWorld,
  passed: PlatformStep,
  recording: Recording,
  step: number,
): readonly WorldService[] {
  return services.filter(({ policy }) => {
    const now = passed.services.get(policy.name);
    const before = recording.services.get(policy.name)?.wanted[step - 1];
    return now !== undefined && before !== undefined && now.wanted >= now.bounds.max && now.wanted > before;
  });
}

/** The platform as the first moment of the world finds it. */
function platformOf(world: DemoWorld, prepared: (service: WorldService) => WorldService): SimulatedPlatform {
  const steps = Math.max(0, ...[...world.past.values()].map(({ length }) => length));
  const startsAt = later(world.startsAt, -steps * STEP_SECONDS);
  const services = world.services.map(prepared).map((service) => {
    const { policy, load, taskCapacity, databaseUse } = service;
    const bounds = { min: policy.min, max: policy.max };
    const first = { ...load, perSecond: world.past.get(policy.name) ?? load.perSecond };
    const plant = new SimulatedService({
      startsAt,
      startupSeconds: policy.startupSeconds,
      taskCapacity,
      bounds,
      initialTasks: fittingTasks(first, taskCapacity, policy.targetTracking.cpuPercent, bounds),
      targetTracking: policy.targetTracking,
    });
    const { name, targetGroup } = policy;
    const inhabitant = { name, target: targetOf(policy), plant, policyName: TARGET_TRACKING_POLICY, databaseUse };
    return { ...service, inhabitant: targetGroup === undefined ? inhabitant : { ...inhabitant, targetGroup } };
  });
  const { database } = world.fleet;
  const platform = new SimulatedPlatform(
    startsAt,
    services.map(({ inhabitant }) => inhabitant),
    world.database === null || database === undefined
      ? null
      : { identifier: database.identifier, model: world.database, ...poolersOf(world, startsAt) },
  );
  for (let step = 0; step < steps; step += 1) platform.step((name) => world.past.get(name)?.[step] ?? 0);
  for (const { inhabitant, suspended } of services) inhabitant.plant.setSuspended(suspended);
  return platform;
}

/** Of the task definition of PgBouncer. */
const FIRST_REVISION = 14;

/** As configured, each run with PgBouncers of its own. */
function poolersOf({ fleet, database: model, poolers }: DemoWorld, startsAt: EpochMs): Partial<PlatformDatabase> {
  const { pooler, database } = fleet;
  if (pooler === undefined || database === undefined || model === null || poolers === null) return {};
  const { tasks, defaultPoolSize, reservePoolSize, maxClientConnections, service, durable } = pooler;
  const names = durable?.names ?? {};
  const simulated = new SimulatedPoolers({
    startsAt,
    tasks,
    sizes: { defaultPoolSize, reservePoolSize, maxClientConnections },
    maxConnections: database.maxConnections,
    directConnections: model.directConnections,
    idlePercent: model.idlePercent,
    poolers: new MemoryPoolers(),
    ...(durable?.kind === 'task-definition'
      ? {
          taskDefinition: {
            family: service,
            revision: FIRST_REVISION,
            named: POOLER_SIZES.filter((size) => names[size] !== undefined),
          },
        }
      : {}),
  });
  return { poolers: { fleet: simulated, ...poolers } };
}

function loadAt(world: DemoWorld, step: number): (service: string) => number {
  return (name) => world.services.find(({ policy }) => policy.name === name)?.load.perSecond[step] ?? 0;
}

function namesOf({ services }: DemoWorld): readonly string[] {
  return services.map(({ policy }) => policy.name);
}

function stepsOf({ services }: DemoWorld): number {
  return Math.min(...services.map(({ load }) => load.perSecond.length));
}
