/** From the forecast of the next day to a staircase of scheduled actions. */
import type { ServicePolicy } from '../config/policy.ts';
import type { CapacityBounds, ScheduledCapacity } from '../domain/capacity.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import type { DayForecast, ServiceForecast } from '../domain/service-forecast.ts';
import { earlier, type EpochMs, HOUR, later, MINUTE, type Seconds, type Tasks } from '../domain/units.ts';
import { floorAt, floorSteps } from './floor-plan.ts';
import { HANDS_OFF, stepName } from './own-schedule.ts';

/** What a slot of the plan needs, uncapped. */
export interface PlannedSlot {
  readonly at: EpochMs;
  readonly tasks: Tasks;
  /** When the load of the slot is highest. */
  readonly peakAt: EpochMs;
}

/** Slots of one length, one after the other. */
export interface PlannedSlots {
  readonly slotSeconds: Seconds;
  readonly slots: readonly PlannedSlot[];
}

export interface PlanSettings {
  readonly planHours: number;
  readonly planQuantile: number;
  /** Load that a task carries in time. */
  readonly usablePerTask: number;
  /** Tasks stand there so long before the load that they are for. */
  readonly startupSeconds: Seconds;
}

const SLOT: Seconds = 30 * MINUTE;
/**
 * So far ahead the plan is what is most likely, not what is safe: looks correct it by the minute, and the next plan comes
 * within the hour.
 */
const CORRECTED: Seconds = 75 * MINUTE;
const MEDIAN = 0.5;

/**
 * The need of each half hour from the forecast on: the highest load from its begin to a start-up after its end, so that no
 * step comes late. It depends on when the forecast was made and not on the time of the look: the plan changes when there is
 * a new forecast, and otherwise stands.
 */
export function planSlots(
  { computedAt }: Pick<ServiceForecast, 'computedAt'>,
  day: DayForecast,
  settings: PlanSettings,
): PlannedSlots {
  const start = Math.ceil(computedAt / 1000 / SLOT) * SLOT * 1000;
  const { perSecond, startsAt, stepSeconds } = day;
  const covered = later(startsAt, (perSecond[0]?.length ?? 0) * stepSeconds);
  const end = Math.min(later(start, settings.planHours * HOUR), covered);
  const slots: PlannedSlot[] = [];
  for (let at = start; later(at, SLOT) <= end; at = later(at, SLOT)) {
    const quantile = at < later(computedAt, CORRECTED) ? MEDIAN : settings.planQuantile;
    slots.push(needOfSlot(at, loadsAt(day, quantile), day, settings));
  }
  return { slotSeconds: SLOT, slots };
}

/** The loads of the lowest quantile that is as high as asked, or of the highest there is. */
function loadsAt({ quantiles, perSecond }: DayForecast, quantile: number): readonly number[] {
  const index = quantiles.findIndex((one) => one >= quantile - 1e-9);
  return perSecond[index === -1 ? perSecond.length - 1 : index] ?? [];
}

function needOfSlot(
  at: EpochMs,
  loads: readonly number[],
  { startsAt, stepSeconds }: DayForecast,
  { startupSeconds, usablePerTask }: PlanSettings,
): PlannedSlot {
  const stepAt = (instant: EpochMs): number => (instant - startsAt) / 1000 / stepSeconds;
  const first = Math.max(0, Math.floor(stepAt(at)));
  const end = Math.min(loads.length, Math.ceil(stepAt(later(at, SLOT + startupSeconds))));
  let peak = first;
  for (let step = first; step < end; step += 1) if ((loads[step] ?? 0) > (loads[peak] ?? 0)) peak = step;
  return {
    at,
    tasks: Math.ceil((loads[peak] ?? 0) / usablePerTask),
    peakAt: Math.max(at, later(startsAt, peak * stepSeconds)),
  };
}

export interface Staircase {
  readonly service: Pick<ServicePolicy, 'name' | 'min' | 'hardLimit'>;
  readonly events: readonly KnownEvent[];
  /** Of events. */
  readonly leadSeconds: Seconds;
  readonly bounds: CapacityBounds;
  /** Most actions that there is room for. */
  readonly most: number;
  /** The ceiling that goes along with a plan that needs more than that of now; at least as many tasks as it is for. */
  readonly ceilingFor: (tasks: Tasks) => Tasks;
}

interface Step {
  readonly at: EpochMs;
  readonly tasks: Tasks;
}

/**
 * The scheduled actions of a plan: a step wherever the need changes, and after the last slot the ordinary minimum. Beyond
 * its forecast a plan knows nothing of the load: target tracking is left in charge, within the bounds of policy.
 *
 * Events lie over it: a step never asks for less than an event that is under way, and after each begin and end of one a
 * step of the plan puts right what the step of the event, which knows no forecast, has set.
 */
export function staircase({ slotSeconds, slots }: PlannedSlots, stairs: Staircase): readonly ScheduledCapacity[] {
  const last = slots.at(-1);
  if (last === undefined) return [];
  const endsAt = later(last.at, slotSeconds);
  const { service, events, leadSeconds } = stairs;
  const level = (tasks: Tasks, at: EpochMs): Tasks =>
    Math.max(Math.min(tasks, service.hardLimit), floorAt(events, service, leadSeconds, at));
  const turns = floorSteps(events, service, leadSeconds)
    .map(({ at }) => at)
    .filter((at) => at > (slots[0]?.at ?? endsAt) && at < later(endsAt, HANDS_OFF));
  const isNearTurn = (at: EpochMs): boolean =>
    turns.some((turn) => at > earlier(turn, HANDS_OFF) && at <= later(turn, HANDS_OFF));
  const smooth = withoutDips(slots.map(({ tasks }) => Math.max(Math.min(tasks, service.hardLimit), service.min)));
  const planned: readonly Step[] = [
    ...slots.map(({ at }, index) => ({ at, tasks: smooth[index] ?? service.min })),
    { at: endsAt, tasks: service.min },
  ];
  const putRight = turns.map((turn) => {
    const at = later(turn, HANDS_OFF);
    return { at, tasks: planned.findLast((step) => step.at <= at)?.tasks ?? service.min };
  });
  const steps = [...planned.filter(({ at }) => !isNearTurn(at)), ...putRight]
    .map(({ at, tasks }) => ({ at, tasks: level(tasks, at) }))
    .sort((a, b) => a.at - b.at);
  const changes = steps.filter(
    ({ at, tasks }, index) =>
      index === 0 || tasks !== steps[index - 1]?.tasks || turns.some((turn) => at === later(turn, HANDS_OFF)),
  );
  if (changes.length > stairs.most && slots.length > 1) return staircase(coarser({ slotSeconds, slots }), stairs);
  return actionsOf([...changes.slice(0, stairs.most - 1), ...changes.slice(stairs.most - 1).slice(-1)], stairs);
}

/** Only a step that needs more room than there is now touches the ceiling, and none lowers what another has raised. */
function actionsOf(steps: readonly Step[], { bounds, ceilingFor }: Staircase): readonly ScheduledCapacity[] {
  const max = ceilingFor(Math.max(...steps.map(({ tasks }) => tasks)));
  return steps.map(({ at, tasks }) => {
    const name = stepName('plan', at);
    return tasks > bounds.max ? { name, at, min: tasks, max } : { name, at, min: tasks };
  });
}

/** Slots that a dip may last, and by how much it may go down, to be bridged: giving back for an hour is not worth a step. */
const DIP_SLOTS = 2;
const DIP_SHARE = 0.1;

function withoutDips(tasks: readonly Tasks[]): readonly Tasks[] {
  const bridged: Tasks[] = [];
  tasks.forEach((here, index) => {
    const before = bridged.at(-1) ?? here;
    const isShallow = before - here <= Math.max(1, Math.floor(before * DIP_SHARE));
    const comesBack = Math.max(...tasks.slice(index, index + DIP_SLOTS + 1)) >= before;
    bridged.push(here < before && isShallow && comesBack ? before : here);
  });
  return bridged;
}

/** Two slots as one, with what both need. */
function coarser({ slotSeconds, slots }: PlannedSlots): PlannedSlots {
  const wide = slotSeconds * 2;
  const groups = Map.groupBy(slots, ({ at }) => Math.floor(at / 1000 / wide));
  const merged = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const most = group.reduce((a, b) => (b.tasks > a.tasks ? b : a));
    return [{ at: first.at, tasks: most.tasks, peakAt: most.peakAt }];
  });
  return { slotSeconds: wide, slots: merged };
}
