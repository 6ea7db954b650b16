import { asksForMore, isSamePlan } from '../capacity/scheduled-plans.ts';
import type { FleetPolicy, LeverSettings, ServicePolicy } from '../config/policy.ts';
import type { ChosenNeed, FloorDecision } from '../control/choose-floor.ts';
import { floorFor, type Foresight } from '../control/decide-floor.ts';
import { controlSettingsOf } from '../control/policy-settings.ts';
import type { ScalableTargetId, ScalingSetup } from '../domain/capacity.ts';
import { scheduledBy } from '../domain/change.ts';
import { abstain, type Act, act, type Decision, hold } from '../domain/decision.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import { mapReading, type Reading } from '../domain/reading.ts';
import type { AbstainReason, AboveCeiling, ActReason, ExpectedLoad, HoldReason } from '../domain/reason.ts';
import type { ScheduledSetup, ServiceFacts } from '../domain/snapshot.ts';
import { type EpochMs, later, MINUTE, type Percent, type Seconds, type Tasks } from '../domain/units.ts';
import { floorAt } from './floor-plan.ts';
import { eventCeiling } from './known-event.ts';
import { defineLever, serviceOf } from './lever.ts';
import { isLeftToAws, planRoom } from './own-schedule.ts';
import { foresightOf, loadNeeds, type PlannedDay, plannedDayOf } from './predictive-inputs.ts';
import { staircase } from './predictive-plan.ts';
import { isWatched, WATCHED_EVERY } from './predictive-watch.ts';
import { resourceOf, targetOf } from './resources.ts';

export interface PredictiveInput {
  readonly target: ScalableTargetId;
  readonly facts: Reading<ServiceFacts>;
  readonly scaling: Reading<ScalingSetup | null>;
  /** Those of the plan. */
  readonly scheduled: Reading<ScheduledSetup>;
  /** What is known of the load of the next minutes. */
  readonly foresight: Reading<Foresight>;
  /** What is known of the next day. */
  readonly day: Reading<PlannedDay>;
  /** Events that name the service: ahead, under way, or ended minutes ago. */
  readonly events: readonly KnownEvent[];
}

export interface PredictiveSettings {
  readonly service: Pick<ServicePolicy, 'name' | 'min' | 'max' | 'hardLimit' | 'targetTracking'>;
  readonly lever: LeverSettings['predictive'];
  readonly events: LeverSettings['known-event'];
  readonly tickMinutes: FleetPolicy['tickMinutes'];
}

/** What one of its concerns has come to: a wish, or why there is none. */
interface Finding {
  readonly wish: Act | null;
  readonly because: readonly HoldReason[];
  readonly blind: AbstainReason | null;
}

interface Standing {
  readonly input: PredictiveInput;
  readonly setup: ScalingSetup;
  readonly settings: PredictiveSettings;
  readonly now: EpochMs;
}

/**
 * Moves the minimum of a service by the load to come: the control law of shared/control, up at once, down as far as the load
 * lets it. Where the law has learned, target tracking gets the higher target of policy: it only has to catch what the floor
 * misses. And it hands the plan of the next day to AWS, which carries it out if nobody else does.
 *
 *   min 4, 7.3 tasks expected when tasks ordered now serve, 9 are cheapest with the errors so far  ->  min 9
 *   the forecast needs 14 tasks at 09:30, the ceiling is 10  ->  a step at 09:00 with min 14 and max 21
 *
 * One wish at a time: a higher floor, then a lower target. What is left takes turns from look to look, so that none waits for
 * another for long: the plan, and what gives something back.
 */
export function evaluatePredictive(input: PredictiveInput, settings: PredictiveSettings, now: EpochMs): Decision {
  const { facts, scaling } = input;
  if (facts.kind === 'unseen') return abstain({ code: 'blind', to: 'the ECS service', because: facts.because });
  if (scaling.kind === 'unseen') return abstain({ code: 'blind', to: 'its scaling setup', because: scaling.because });
  const setup = scaling.value;
  if (setup === null) return abstain({ code: 'not-deployed', detail: 'not registered: no floor to look after' });
  const others = setup.otherPolicies.filter(({ type }) => type === 'PredictiveScaling');
  if (others.length > 0) return hold({ code: 'aws-predicts', names: others.map(({ name }) => name) });
  if (setup.suspended.dynamicScalingOut || setup.targetTracking.length + setup.otherPolicies.length === 0) {
    return abstain({ code: 'not-deployed', detail: 'nothing scales it out above a floor' });
  }

  if (isLeftOut(input, settings)) return hold({ code: 'not-due', everySeconds: WATCHED_EVERY });
  const standing = { input, setup, settings, now };
  const decided = decideFloorOf(standing, facts.value);
  const floor = floorFinding(standing, decided);
  const target = targetWish(standing, decided);
  const plan = planFinding(standing);
  const wish = firstInTurn(floor.wish, target, plan.wish, standing);
  if (wish !== null) return wish;
  if (input.day.kind === 'unseen' && input.day.because.code === 'no-data') {
    return abstain({ code: 'blind', to: 'its forecast', because: input.day.because });
  }
  const [blind, ...more] = [floor.blind, plan.blind].filter((reason) => reason !== null);
  if (blind !== undefined) return abstain(blind, ...more);
  const [first, ...rest] = [...floor.because, ...plan.because];
  return first === undefined ? hold({ code: 'as-it-should-be' }) : hold(first, ...rest);
}

/** So long after a forecast a lever that only observes tells what it would plan, before it goes on with the floor. */
const PLAN_IS_NEWS: Seconds = WATCHED_EVERY + MINUTE;

function firstInTurn(floor: Act | null, target: Act | null, plan: Act | null, standing: Standing): Act | null {
  const { settings, input, now } = standing;
  const { day } = input;
  if (settings.lever.mode !== 'apply') {
    const isNews = day.kind === 'seen' && now < later(day.value.computedAt, PLAN_IS_NEWS);
    return isNews ? (plan ?? floor ?? target) : (floor ?? target ?? plan);
  }
  const up = [floor, target].find((wish) => wish?.direction === 'grow');
  if (up !== undefined) return up;
  // A guard may keep back a higher target or a lower floor for hours; the plan must not wait behind them.
  const isPlansTurn = Math.floor(now / 1000 / MINUTE / settings.tickMinutes) % 2 === 0;
  return isPlansTurn ? (plan ?? target ?? floor) : (target ?? floor ?? plan);
}

/** `null` where the load of the next minutes is not known. */
function decideFloorOf({ input, setup, settings, now }: Standing, { desired }: ServiceFacts): FloorDecision | null {
  if (input.foresight.kind === 'unseen') return null;
  const { service, lever, events } = settings;
  const maxTasks = Math.max(Math.min(setup.bounds.max, service.hardLimit), service.min);
  const minTasks = Math.min(floorAt(input.events, service, events.leadSeconds, now), maxTasks);
  const bounds = { wantedTasks: desired, floorTasks: setup.bounds.min, minTasks, maxTasks };
  return floorFor(input.foresight.value, bounds, controlSettingsOf(service, lever));
}

function floorFinding({ input, setup, now }: Standing, decided: FloorDecision | null): Finding {
  const { target, foresight, scheduled } = input;
  if (decided === null) {
    return foresight.kind === 'unseen' ? blindTo('the load to come', foresight.because) : NOTHING_FOUND;
  }
  const { bounds } = setup;
  const expected = expectedLoad(decided, foresight);
  const to = { min: decided.floorTasks, max: Math.max(bounds.max, decided.floorTasks) };
  const change = { kind: 'set-capacity-bounds', target, from: bounds, to } as const;
  const aboveCeiling = decided.because.find(({ code }) => code === 'at-maximum');
  const missed: readonly AboveCeiling[] =
    aboveCeiling?.code === 'at-maximum'
      ? [{ code: 'above-ceiling', at: now, needed: aboveCeiling.needTasks, ceiling: aboveCeiling.maxTasks }]
      : [];
  if (to.min > bounds.min) return wishFor(act(change, 'grow', { code: 'load-ahead', ...expected }, ...missed));
  // Nothing is taken away by a lever that does not see everything that it looks after.
  if (to.min < bounds.min && scheduled.kind === 'seen') {
    return wishFor(act(change, 'shrink', { code: 'load-recedes', ...expected }, ...missed));
  }
  return { wish: null, because: [{ code: 'floor-fits', ...expected }, ...missed], blind: null };
}

function expectedLoad({ floorTasks, because }: FloorDecision, foresight: Reading<Foresight>): ExpectedLoad {
  const need = because.map(needBehind).find((one) => one !== null);
  if (need !== undefined) {
    const missedPercent = need.missedShare === null ? null : 100 * need.missedShare;
    return { floor: floorTasks, expectedTasks: need.expectedTasks, missedPercent };
  }
  const recent = foresight.kind === 'seen' && foresight.value.kind === 'recent' ? foresight.value.highest : null;
  return { floor: floorTasks, expectedTasks: recent ?? 0, missedPercent: null };
}

function needBehind(reason: FloorDecision['because'][number]): ChosenNeed | null {
  if (reason.code === 'raise-for-arrival' || reason.code === 'lower-to-lead-time') return reason.need;
  return reason.code === 'keep-wanted' ? reason.arrival : null;
}

/** Only of a service with one target to choose, and only as long as the forecast behind it is fresh. */
function targetWish({ input, setup, settings }: Standing, decided: FloorDecision | null): Act | null {
  const { target, day, scheduled } = input;
  const [policy, ...others] = setup.targetTracking;
  if (decided === null || day.kind === 'unseen' || policy === undefined || others.length > 0) return null;
  const own: Percent = settings.service.targetTracking.cpuPercent;
  const { targetPercent } = decided;
  const isOneOfOurs = policy.cpuPercent === own || policy.cpuPercent === targetPercentOf(settings);
  if (targetPercent === policy.cpuPercent || !isOneOfOurs) return null;
  const to = { bounds: setup.bounds, targetTracking: { ...policy, cpuPercent: targetPercent } };
  const change = { kind: 'ensure-target-tracking', target, from: setup, to } as const;
  if (targetPercent < policy.cpuPercent) return act(change, 'grow', { code: 'floor-is-not-learned', targetPercent });
  return scheduled.kind === 'unseen' ? null : act(change, 'shrink', { code: 'floor-is-learned', targetPercent });
}

function targetPercentOf({ service, lever }: PredictiveSettings): Percent {
  return controlSettingsOf(service, lever).targetPercent;
}

function planFinding(standing: Standing): Finding {
  const { input, setup, settings, now } = standing;
  const { target, scheduled, day, foresight } = input;
  if (scheduled.kind === 'unseen') return blindTo('the scheduled actions', scheduled.because);
  if (day.kind === 'unseen') return blindTo('a forecast to plan with', day.because);
  if (setup.suspended.scheduledScaling) return NOT_CARRIED_OUT;
  const { ours, othersCount } = scheduled.value;
  const { plan, doubts } = day.value;
  const isPlanned = plan !== null && doubts.length === 0;
  const wanted = isPlanned
    ? staircase(plan, {
        service: settings.service,
        events: input.events,
        leadSeconds: settings.events.leadSeconds,
        bounds: setup.bounds,
        most: planRoom(othersCount),
        ceilingFor: (tasks) => planCeiling(tasks, standing),
      }).filter(({ at }) => at > now)
    : [];
  const missed = missedCeiling(standing, isPlanned ? day.value : null);
  if (isSamePlan(ours, wanted) || ours.some((action) => isLeftToAws(action, setup.bounds, now))) {
    const [next] = wanted;
    if (next === undefined) return { wish: null, because: [{ code: 'forecast-doubted', doubts }], blind: null };
    const scheduledAhead = { code: 'scheduled', actions: wanted.length, next: next.at } as const;
    return { wish: null, because: [scheduledAhead, ...missed], blind: null };
  }
  const direction = isPlanned && asksForMore(wanted, ours, setup.bounds) ? 'grow' : 'shrink';
  // A plan is taken away, or made smaller, only by a lever that sees the load as well.
  if (direction === 'shrink' && foresight.kind === 'unseen') return NOTHING_FOUND;
  const change = { kind: 'schedule-capacity', target, owner: 'plan', from: ours, to: wanted } as const;
  const because: ActReason = isPlanned ? forecastAsks(day.value, settings) : { code: 'forecast-doubted', doubts };
  return wishFor(act(change, direction, because, ...missed, ...rehearsed(standing)));
}

/** The ceiling of a plan that needs more than that of now: room above it as for an event, and never less than for one. */
function planCeiling(tasks: Tasks, { input, settings }: Standing): Tasks {
  const { service, events: lever } = settings;
  const floors = input.events.map((event) => Math.min(event.floors[service.name] ?? 0, service.hardLimit));
  return eventCeiling(Math.max(tasks, ...floors), { service, lever });
}

function forecastAsks({ plan }: PlannedDay, { lever, service }: PredictiveSettings): ActReason {
  const { slots } = plan ?? { slots: [] };
  const peak = slots.reduce((most, slot) => (slot.tasks > most.tasks ? slot : most), { tasks: 0, peakAt: 0 });
  return {
    code: 'forecast-asks',
    peakTasks: Math.max(peak.tasks, service.min),
    peakAt: peak.peakAt,
    quantile: lever.planQuantile,
  };
}

/** The first time at which the plan needs more than the ceiling of now. */
function missedCeiling({ setup, now }: Standing, day: PlannedDay | null): readonly AboveCeiling[] {
  const ceiling = setup.bounds.max;
  const found = day?.plan?.slots.find(({ tasks, peakAt }) => tasks > ceiling && peakAt > now);
  return found === undefined ? [] : [{ code: 'above-ceiling', at: found.peakAt, needed: found.tasks, ceiling }];
}

/** For somebody who reads what the lever would do. */
function rehearsed({ input, settings }: Standing): readonly ActReason[] {
  const rehearsal = input.day.kind === 'seen' ? input.day.value.rehearsal : null;
  return settings.lever.mode === 'apply' || rehearsal === null ? [] : [{ code: 'rehearsed', ...rehearsal }];
}

const NOTHING_FOUND: Finding = { wish: null, because: [], blind: null };
const NOT_CARRIED_OUT: Finding = {
  ...NOTHING_FOUND,
  blind: { code: 'not-deployed', detail: 'scheduled scaling is suspended: a plan would not be carried out' },
};

function wishFor(wish: Act): Finding {
  return { wish, because: [], blind: null };
}

function blindTo(to: string, because: Extract<AbstainReason, { code: 'blind' }>['because']): Finding {
  return { wish: null, because: [], blind: { code: 'blind', to, because } };
}

/** Without the load of the moment a lever that only watches would tell half of what it would do. */
function isLeftOut({ foresight, day }: PredictiveInput, { lever }: PredictiveSettings): boolean {
  const isUnasked = (reading: Reading<unknown>): boolean =>
    reading.kind === 'unseen' && reading.because.code === 'not-asked';
  return lever.mode !== 'apply' && isUnasked(foresight) && (day.kind === 'seen' || isUnasked(day));
}

export const predictive = defineLever<PredictiveInput, PredictiveSettings>({
  name: 'predictive',
  purpose: 'Moves min capacity by the load to come, and hands the plan of the next day to AWS.',
  needs: (facts, policy, now) =>
    isWatched(policy, now)
      ? policy.services.flatMap((service) => loadNeeds(service, facts.services[service.name], now))
      : [],
  cases: (snapshot, policy, now) =>
    policy.services.map((service) => {
      const seenOf = serviceOf(snapshot, service.name);
      const { name, min, max, hardLimit, targetTracking } = service;
      return {
        resource: resourceOf(service),
        service: name,
        input: {
          target: targetOf(service),
          facts: seenOf.facts,
          scaling: seenOf.scaling,
          scheduled: mapReading(seenOf.scheduled, ({ ours, othersCount }) => ({
            ours: scheduledBy('plan', ours),
            othersCount,
          })),
          foresight: foresightOf(seenOf, service, policy, now),
          day: plannedDayOf(seenOf.forecast, service, policy, now),
          events: snapshot.events.filter((event) => event.floors[name] !== undefined),
        },
        settings: {
          service: { name, min, max, hardLimit, targetTracking },
          lever: policy.levers.predictive,
          events: policy.levers['known-event'],
          tickMinutes: policy.tickMinutes,
        },
      };
    }),
  evaluate: evaluatePredictive,
});
