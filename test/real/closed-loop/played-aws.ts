import {
  DeleteScheduledActionCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
  type ScalingPolicy,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import { type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Emulator } from '../../../scripts/emulator.ts';
import type { AwsClients } from '../../../shared/adapters/aws/clients.ts';
import { scalableTarget } from '../../../shared/adapters/aws/scalable-target.ts';
import type { PlannedAlarm } from '../../../shared/alarms/alarm-plan.ts';
import type { ServicePolicy } from '../../../shared/config/policy.ts';
import { type ScalableTargetId, type TargetTracking } from '../../../shared/domain/capacity.ts';
import { type EpochMs } from '../../../shared/domain/units.ts';
import { resourceOf, targetOf } from '../../../shared/levers/resources.ts';
import type { LoadPerSecond } from '../../../simulator/load/steps.ts';
import type { ServiceStep, SimulatedService } from '../../../simulator/plant/simulated-service.ts';
import { databaseLoad, type DatabaseModel, type DatabaseUse } from '../../../simulator/platform/database-model.ts';
import { type MinutePoint, MinuteMetric } from './minute-metric.ts';

export interface PlayedService {
  readonly policy: ServicePolicy;
  readonly plant: SimulatedService;
  readonly databaseUse: DatabaseUse;
}

/** Events of Application Auto Scaling are produced on a best-effort basis: whether a service's want of more is reported. */
export type ReportsWant = (service: string, at: EpochMs) => boolean;

export interface PlayedDatabase {
  readonly identifier: string;
  readonly modelAt: (at: EpochMs) => DatabaseModel;
}

/** Target tracking has scaled out to the ceiling. */
export interface ScaledToMax {
  readonly target: ScalableTargetId;
  readonly from: number;
  readonly to: number;
  readonly min: number;
  readonly at: EpochMs;
}

export interface MinutePassed {
  readonly steps: ReadonlyMap<string, readonly ServiceStep[]>;
  readonly scaledToMax: readonly ScaledToMax[];
}

interface Played extends PlayedService {
  readonly cpu: MinuteMetric;
  /** As ECS knows them. */
  wanted: number | null;
  running: number | null;
}

/** Datapoints above target after which AWS reports that it would go beyond the ceiling. */
const REPORTED_AFTER_MINUTES = 3;
const STEPS_PER_MINUTE = 3;
/** The most that one PutMetricData takes. */
const POINTS_PER_CALL = 1_000;

/**
 * Plays what AWS does by itself and the emulator does not. Nothing is handed to it past the API: every minute it reads
 * scalable targets, policies and scheduled actions from the emulator, carries out what is due, lets target tracking move
 * the tasks of the plant inside those bounds, and writes tasks and metrics back.
 */
export class PlayedAws {
  readonly #clients: AwsClients;
  readonly #emulator: Emulator;
  readonly #services: readonly Played[];
  readonly #database: PlayedDatabase;
  readonly #reportsWant: ReportsWant;
  readonly #databaseCpu = new MinuteMetric();
  readonly #databaseConnections = new MinuteMetric();

  constructor(
    { clients, emulator }: { readonly clients: AwsClients; readonly emulator: Emulator },
    services: readonly PlayedService[],
    database: PlayedDatabase,
    reportsWant: ReportsWant,
  ) {
    this.#reportsWant = reportsWant;
    this.#clients = clients;
    this.#emulator = emulator;
    this.#services = services.map((service) => ({ ...service, cpu: new MinuteMetric(), wanted: null, running: null }));
    this.#database = database;
  }

  async passMinute(now: EpochMs, loadOf: (service: string, at: EpochMs) => LoadPerSecond): Promise<MinutePassed> {
    await this.#readSetups(now);
    const steps = new Map<string, readonly ServiceStep[]>();
    const scaledToMax: ScaledToMax[] = [];
    for (const service of this.#services) {
      const { policy, plant, cpu } = service;
      const passed: ServiceStep[] = [];
      for (let step = 0; step < STEPS_PER_MINUTE; step += 1) {
        const from = plant.wanted;
        const after = plant.step(loadOf(policy.name, plant.now));
        passed.push(after);
        const { min, max } = after.bounds;
        if (after.wanted > from && after.wanted >= max) {
          scaledToMax.push({ target: targetOf(policy), from, to: after.wanted, min, at: after.at });
        }
      }
      steps.set(policy.name, passed);
      cpu.add(
        now,
        passed.map((step) => step.cpu * 100),
        plant.ready,
      );
      await this.#writeTasks(service);
      this.#noteWantOfMore(service, now);
    }
    this.#passDatabase(now, steps);
    return { steps, scaledToMax };
  }

  /** Puts what has come into sight since the last call. */
  async publish(now: EpochMs): Promise<void> {
    const ecs = this.#services.flatMap(({ policy, cpu }) => cpu.takeNew(now).map((point) => cpuDatum(policy, point)));
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: this.#database.identifier }];
    const databaseDatum =
      (MetricName: string) =>
      ({ at, mean }: MinutePoint): MetricDatum => ({ MetricName, Dimensions, Timestamp: new Date(at), Value: mean });
    const rds = [
      ...this.#databaseCpu.takeNew(now).map(databaseDatum('CPUUtilization')),
      ...this.#databaseConnections.takeNew(now).map(databaseDatum('DatabaseConnections')),
    ];
    await this.#put('AWS/ECS', ecs);
    await this.#put('AWS/RDS', rds);
  }

  /** CPU of minutes that are over when the day begins. */
  async publishHistory(policy: ServicePolicy, points: readonly MinutePoint[]): Promise<void> {
    await this.#put(
      'AWS/ECS',
      points.map((point) => cpuDatum(policy, point)),
    );
  }

  /** What alarms see of a metric: its newest minutes, oldest first. */
  newestOf(
    { namespace, metric, dimensions }: PlannedAlarm['metric'],
    minutes: number,
    now: EpochMs,
  ): readonly number[] {
    if (namespace === 'AWS/RDS') {
      const series = metric === 'CPUUtilization' ? this.#databaseCpu : this.#databaseConnections;
      return series.newest(minutes, now).map(({ mean }) => mean);
    }
    const found = this.#services.find(({ policy }) => policy.service === dimensions['ServiceName']);
    return found?.cpu.newest(minutes, now).map(({ mean }) => mean) ?? [];
  }

  async #put(Namespace: string, data: readonly MetricDatum[]): Promise<void> {
    for (let start = 0; start < data.length; start += POINTS_PER_CALL) {
      const MetricData = data.slice(start, start + POINTS_PER_CALL);
      await this.#clients.cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
    }
  }

  async #readSetups(now: EpochMs): Promise<void> {
    const { autoScaling } = this.#clients;
    const namespace = { ServiceNamespace: 'ecs' } as const;
    const [actions, policies] = await Promise.all([
      autoScaling.send(new DescribeScheduledActionsCommand(namespace)),
      autoScaling.send(new DescribeScalingPoliciesCommand(namespace)),
    ]);
    for (const action of actions.ScheduledActions ?? []) {
      const at = instantOf(action);
      if (at !== null && at <= now) await this.#runScheduled(action);
    }
    const targets = await this.#targets();
    for (const { policy, plant } of this.#services) {
      const mine = ({ ResourceId }: ScalableTarget | ScalingPolicy): boolean => ResourceId === resourceOf(policy);
      const target = targets.find(mine);
      if (target === undefined) continue;
      plant.setBounds({ min: target.MinCapacity!, max: target.MaxCapacity! });
      plant.setSuspended({
        dynamicScalingIn: target.SuspendedState?.DynamicScalingInSuspended ?? false,
        dynamicScalingOut: target.SuspendedState?.DynamicScalingOutSuspended ?? false,
        scheduledScaling: target.SuspendedState?.ScheduledScalingSuspended ?? false,
      });
      plant.setTargetTracking(trackingOf(policies.ScalingPolicies?.find(mine)));
    }
  }

  async #targets(): Promise<readonly ScalableTarget[]> {
    const command = new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' });
    return (await this.#clients.autoScaling.send(command)).ScalableTargets ?? [];
  }

  /** A one-off action sets the bounds that it names, and is gone. */
  async #runScheduled({ ResourceId, ScheduledActionName, ScalableTargetAction }: ScheduledAction): Promise<void> {
    const { autoScalingWriter } = this.#clients;
    const [, cluster = '', service = ''] = ResourceId?.split('/') ?? [];
    const which = scalableTarget({ cluster, service });
    const target = (await this.#targets()).find((one) => one.ResourceId === ResourceId);
    if (target?.SuspendedState?.ScheduledScalingSuspended !== true) {
      await autoScalingWriter.send(new RegisterScalableTargetCommand({ ...which, ...ScalableTargetAction }));
    }
    await autoScalingWriter.send(new DeleteScheduledActionCommand({ ...which, ScheduledActionName }));
  }

  async #writeTasks(service: Played): Promise<void> {
    const { policy, plant } = service;
    const { cluster, service: name } = policy;
    if (plant.wanted !== service.wanted) {
      await this.#clients.ecs.send(new UpdateServiceCommand({ cluster, service: name, desiredCount: plant.wanted }));
      service.wanted = plant.wanted;
    }
    if (plant.ready !== service.running) this.#emulator.noteRunning(resourceOf(policy), plant.ready);
    service.running = plant.ready;
  }

  /** Target tracking asks for more than it may have: an activity that ended `AlreadyAtMaxCapacity`. */
  #noteWantOfMore({ policy, plant, cpu }: Played, now: EpochMs): void {
    const target = plant.targetTracking?.cpuPercent ?? Infinity;
    const { max } = plant.bounds;
    const newest = cpu.newest(REPORTED_AFTER_MINUTES, now);
    const wantsMore = newest.every(({ mean, samples }) => mean > target && Math.ceil((samples * mean) / target) > max);
    const isPinned = newest.length === REPORTED_AFTER_MINUTES && wantsMore && plant.wanted >= max;
    if (isPinned && this.#reportsWant(policy.name, now)) {
      this.#emulator.wantMoreThanMax(resourceOf(policy), now);
    }
  }

  #passDatabase(now: EpochMs, steps: ReadonlyMap<string, readonly ServiceStep[]>): void {
    const loads = Array.from({ length: STEPS_PER_MINUTE }, (_, index) => {
      const served = this.#services.flatMap(({ policy, databaseUse }) => {
        const step = steps.get(policy.name)?.[index];
        return step === undefined ? [] : [{ load: step.load - step.lost, use: databaseUse }];
      });
      return databaseLoad(this.#database.modelAt(now), served);
    });
    this.#databaseCpu.add(
      now,
      loads.map(({ cpuPercent }) => cpuPercent),
      1,
    );
    this.#databaseConnections.add(
      now,
      loads.map(({ connections }) => connections),
      1,
    );
  }
}

/** Each Fargate task reports its CPU once a minute. */
function cpuDatum({ cluster, service }: ServicePolicy, { at, mean, samples }: MinutePoint): MetricDatum {
  return {
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: cluster },
      { Name: 'ServiceName', Value: service },
    ],
    Timestamp: new Date(at),
    StatisticValues: { SampleCount: samples, Sum: mean * samples, Minimum: mean, Maximum: mean },
  };
}

function instantOf({ Schedule = '' }: ScheduledAction): EpochMs | null {
  const [, local] = /^at\((.+)\)$/.exec(Schedule) ?? [];
  return local === undefined ? null : Date.parse(`${local}Z`);
}

/** Fulcrum writes every field; where somebody else has left one out, AWS has these defaults. */
function trackingOf(policy: ScalingPolicy | undefined): TargetTracking | null {
  const configuration = policy?.TargetTrackingScalingPolicyConfiguration;
  if (configuration === undefined) return null;
  return {
    cpuPercent: configuration.TargetValue!,
    scaleOutCooldownSeconds: configuration.ScaleOutCooldown ?? 300,
    scaleInCooldownSeconds: configuration.ScaleInCooldown ?? 300,
    disableScaleIn: configuration.DisableScaleIn ?? false,
    metricResolution: '60s',
  };
}
