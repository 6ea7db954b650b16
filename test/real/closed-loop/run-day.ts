import {
  DescribeScheduledActionsCommand,
  DeleteScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Emulator } from '../../../scripts/emulator.ts';
import type { AwsClients } from '../../../shared/adapters/aws/clients.ts';
import { scalableTarget } from '../../../shared/adapters/aws/scalable-target.ts';
import { type alarmPlan, alarmPrefix } from '../../../shared/alarms/alarm-plan.ts';
import type { FleetPolicy } from '../../../shared/config/policy.ts';
import { type EpochMs, later, MINUTE } from '../../../shared/domain/units.ts';
import type { ServiceStep } from '../../../simulator/plant/simulated-service.ts';
import {
  databaseAt,
  ENDS_AT,
  isReported,
  loadAt,
  local,
  plantOf,
  STARTS_AT,
  TIME_ZONE,
  traitsOf,
} from './deadline-day.ts';
import type { Deliveries } from './deliveries.ts';
import { alarmAsAction, alarmFromEventBridge, scaledToMax, scheduledEvent } from './event-shapes.ts';
import { type OrderQueues, takeOrders } from './furnished-account.ts';
import type { Answer } from './packaged-functions.ts';
import { PlayedAws, type ScaledToMax } from './played-aws.ts';
import type { Wire } from './wire.ts';

export const STAGE = 'test';
const CLUSTER = 'production';

export interface Stage {
  readonly fleet: FleetPolicy;
  readonly tickMinutes: number;
  readonly alarms: ReturnType<typeof alarmPlan>;
  readonly emulator: Emulator;
  readonly clients: AwsClients;
  readonly queues: OrderQueues;
  readonly deliveries: Deliveries;
  readonly wire: Wire;
}

/** One-off scheduled actions by service: name, schedule, min, max. */
export type Scheduled = Readonly<Record<string, readonly string[]>>;

export interface DayRecord {
  /** Twenty-second steps of each service, with the bounds that stood in the emulator. */
  readonly steps: ReadonlyMap<string, ServiceStep[]>;
  /** What the requests of a person were answered, by what they asked. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** What stood in the emulator at certain times. */
  readonly scheduled: ReadonlyMap<string, Scheduled>;
}

/** What happens besides, in the order of the day. */
type Happening = (day: Day) => Promise<void>;

const DEADLINE = { fleet: 'filing', event: 'filing deadline', timeZone: TIME_ZONE };
const HOURS = { from: '2026-12-01T09:00', to: '2026-12-01T20:00' };
const MAINTENANCE = { fleet: 'filing', event: 'meter readings', timeZone: TIME_ZONE };

const HAPPENINGS: Readonly<Record<string, Happening>> = {
  '07:12': (day) => day.ask('dry run', { ...DEADLINE, ...HOURS, floors: { 'core-api': 8, portal: 4 }, dryRun: true }),
  '07:13': (day) => day.ask('too much', { ...DEADLINE, ...HOURS, floors: { 'core-api': 17, portal: 4 } }),
  '07:14': (day) => day.ask('announcement', { ...DEADLINE, ...HOURS, floors: { 'core-api': 8, portal: 4 } }),
  '07:16': (day) => day.look('announced'),
  '08:50': (day) => day.look('begun'),
  // Somebody halves portal in the middle of the event …
  '10:31': (day) => day.setBoundsByHand('portal', 2, 3),
  // … and somebody tidies up the step that would give core-api's capacity back.
  '12:16': (day) => day.deleteScheduledByHand('core-api', 'fulcrum-event-20261201T1900'),
  '12:17': (day) => day.look('tidied up'),
  '12:22': (day) => day.look('put back'),
  '13:01': (day) =>
    day.ask('second event', {
      ...MAINTENANCE,
      from: '2026-12-01T22:00',
      to: '2026-12-01T23:00',
      floors: { telemetry: 3 },
    }),
  '13:11': (day) => day.look('second event'),
  '13:31': (day) => day.ask('withdrawal', { fleet: 'filing', event: 'meter readings', withdraw: true }),
  '13:41': (day) => day.look('withdrawn'),
  // An alarm that outlived its service rings, and is delivered twice.
  '16:02': (day) => day.ringOrphan(),
};

/** Runs the day minute by minute: what people do, alarms, the schedule, and then AWS. */
export async function runDay(stage: Stage): Promise<DayRecord> {
  const day = new Day(stage);
  await day.begin();
  for (let now = STARTS_AT; now < ENDS_AT; now = later(now, MINUTE)) await day.passMinute(now);
  await day.look('end');
  return day;
}

class Day implements DayRecord {
  readonly steps: ReadonlyMap<string, ServiceStep[]>;
  readonly answers = new Map<string, Answer>();
  readonly scheduled = new Map<string, Scheduled>();
  readonly #stage: Stage;
  readonly #aws: PlayedAws;
  readonly #ringing = new Set<string>();
  #published = 0;
  #now: EpochMs = STARTS_AT;

  constructor(stage: Stage) {
    const { clients, emulator, fleet } = stage;
    this.#stage = stage;
    this.steps = new Map(fleet.services.map(({ name }) => [name, []]));
    const services = fleet.services.map((policy) => ({
      policy,
      plant: plantOf(policy, null),
      databaseUse: traitsOf(policy).databaseUse,
    }));
    const database = { identifier: fleet.database?.identifier ?? '', modelAt: databaseAt };
    this.#aws = new PlayedAws({ clients, emulator }, services, database, isReported);
  }

  /** Portal was calm all of yesterday. */
  async begin(): Promise<void> {
    const portal = this.#stage.fleet.services.find(({ name }) => name === 'portal')!;
    const minutes = 24 * 60;
    const points = Array.from({ length: minutes }, (_, minute) => ({
      at: later(STARTS_AT, (minute - minutes) * MINUTE),
      mean: 35,
      samples: 3,
    }));
    await this.#aws.publishHistory(portal, points);
  }

  async passMinute(now: EpochMs): Promise<void> {
    const { deliveries, fleet, tickMinutes } = this.#stage;
    this.#now = now;
    await deliveries.startMinute(now);
    for (const [time, happening] of Object.entries(HAPPENINGS)) if (local(time) === now) await happening(this);
    await this.#ring();
    if ((now / 1000 / MINUTE) % tickMinutes === 0) await this.#tick();
    const { steps, scaledToMax: atMax } = await this.#aws.passMinute(now, loadAt);
    for (const { name } of fleet.services) this.steps.get(name)?.push(...(steps.get(name) ?? []));
    for (const scaled of atMax) await this.#tellScaledToMax(scaled);
  }

  async ask(what: string, request: unknown): Promise<void> {
    this.answers.set(what, await this.#stage.deliveries.invoke('known-event', request));
    await this.#deliverOrders();
  }

  async look(what: string): Promise<void> {
    const { autoScaling } = this.#stage.clients;
    const { ScheduledActions = [] } = await autoScaling.send(
      new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs' }),
    );
    const byService = Object.groupBy(ScheduledActions, ({ ResourceId }) => ResourceId?.split('/').at(-1) ?? '');
    const lines = Object.entries(byService).map(([service, actions = []]) => [
      service,
      actions
        .map(({ ScheduledActionName, Schedule, Timezone, ScalableTargetAction: to }) =>
          [ScheduledActionName, Schedule, Timezone ?? '-', to?.MinCapacity ?? '-', to?.MaxCapacity ?? '-'].join(' '),
        )
        .sort(),
    ]);
    this.scheduled.set(what, Object.fromEntries(lines) as Scheduled);
  }

  async setBoundsByHand(service: string, MinCapacity: number, MaxCapacity: number): Promise<void> {
    const which = scalableTarget({ cluster: CLUSTER, service });
    await this.#stage.clients.autoScalingWriter.send(
      new RegisterScalableTargetCommand({ ...which, MinCapacity, MaxCapacity }),
    );
  }

  async deleteScheduledByHand(service: string, ScheduledActionName: string): Promise<void> {
    const which = scalableTarget({ cluster: CLUSTER, service });
    await this.#stage.clients.autoScalingWriter.send(
      new DeleteScheduledActionCommand({ ...which, ScheduledActionName }),
    );
  }

  async ringOrphan(): Promise<void> {
    const [alarm] = this.#stage.alarms;
    const orphan = { ...alarm!, name: `${alarmPrefix(STAGE)}filing/service/retired/cpu`, newest: [99] };
    const event = alarmFromEventBridge(orphan, this.#now);
    await this.#stage.deliveries.invoke('alarm', event);
    await this.#stage.deliveries.invoke('alarm', event);
  }

  async #ring(): Promise<void> {
    const { alarms, deliveries } = this.#stage;
    for (const alarm of alarms) {
      const newest = this.#aws.newestOf(alarm.metric, alarm.of, this.#now);
      const rings = newest.filter((value) => value > alarm.threshold).length >= alarm.datapoints;
      if (rings === this.#ringing.has(alarm.name)) continue;
      if (!rings) {
        this.#ringing.delete(alarm.name);
        continue;
      }
      this.#ringing.add(alarm.name);
      await this.#aws.publish(this.#now);
      // Both ways that an alarm can come to a function, for the same change of state.
      await deliveries.invoke('alarm', alarmFromEventBridge({ ...alarm, newest }, this.#now));
      await this.#deliverOrders();
      await deliveries.invoke('alarm', alarmAsAction({ ...alarm, newest }, this.#now));
      await this.#deliverOrders();
    }
  }

  async #tick(): Promise<void> {
    const { deliveries } = this.#stage;
    await this.#aws.publish(this.#now);
    const event = scheduledEvent(this.#now);
    // The first schedule of the day comes twice at the same moment, with everything still to do.
    if (this.#now === STARTS_AT) await deliveries.invokeTwice('tick', event);
    else await deliveries.invoke('tick', event);
    await this.#deliverOrders();
  }

  async #tellScaledToMax({ target, from, to, min, at }: ScaledToMax): Promise<void> {
    await this.#aws.publish(this.#now);
    await this.#stage.deliveries.invoke('scaled-to-max', scaledToMax(target, { from, to, min }, at));
    await this.#deliverOrders();
  }

  /** Orders lie in the queues as the bus has delivered them. */
  async #deliverOrders(): Promise<void> {
    const { wire, queues, emulator, deliveries } = this.#stage;
    const published = wire.calls.filter(({ operation }) => operation === 'PutEvents').length;
    if (published === this.#published) return;
    this.#published = published;
    for (const queue of Object.values(queues)) {
      for (const event of await takeOrders(emulator.url, queue)) await deliveries.order(event);
    }
  }
}
