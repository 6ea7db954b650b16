import { connectionMath, exceededSides, mostTasksThatFit } from '../capacity/connections.ts';
import { times } from '../capacity/factor.ts';
import { usdPerMonth } from '../capacity/fargate-prices.ts';
import type { ServicePolicy } from '../config/policy.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { CapacityBounds } from '../domain/capacity.ts';
import type { ServiceChange } from '../domain/change.ts';
import type { TaskSize } from '../domain/infrastructure.ts';
import { HOUR, later, MINUTE, type Seconds, type Tasks } from '../domain/units.ts';
import { checkApproval } from './approval.ts';
import { planAt } from './connection-plan.ts';
import { freezeInForce } from './freeze.ts';
import {
  type Guard,
  type GuardContext,
  type GuardFinding,
  ofServices,
  PASS,
  type ServiceGuardContext,
  veto,
} from './guard.ts';
import { checkPoolConnections } from './pool-connections.ts';
import { routeOf } from './route.ts';
import { mostTasks, movedBounds, trimCeiling, trimmed, wantedBounds } from './wanted-bounds.ts';

/**
 * Every guard there is, in the order in which they look. All of them look at every change, each at what the ones before
 * have left of it, so that a stopped change names every reason; the first veto is the one that counts.
 */
export const GUARDS: readonly Guard[] = [
  // Who may act at all.
  { name: 'mode', check: checkMode },
  // Nor change the class of a database, unless a person has approved of it.
  { name: 'approval', check: checkApproval },
  // A person has asked for quiet.
  { name: 'pause', check: checkPause },
  // Never outside the bounds of policy, whoever asks.
  { name: 'bounds', check: ofServices(checkBounds) },
  // Not too much at once.
  { name: 'step', check: ofServices(checkStep) },
  // Not too soon again.
  { name: 'cooldown', check: checkCooldown },
  // Not again and again what fails.
  { name: 'breaker', check: checkBreaker },
  // Not now.
  { name: 'freeze', check: checkFreeze },
  // Nothing but growth while a deployment moves the tasks.
  { name: 'deployment', check: ofServices(checkDeployment) },
  // Not for more money than is allowed.
  { name: 'budget', check: eachOf(ofServices(checkBudget), checkTaskBudget) },
  // Never more connections than pooler and database have room for.
  { name: 'connections', check: eachOf(ofServices(checkConnections), checkPoolConnections) },
];

/** The first objection of several checks that each know their own changes. */
function eachOf(...checks: readonly Guard['check'][]): Guard['check'] {
  return (context) => checks.map((check) => check(context)).find(({ kind }) => kind !== 'pass') ?? PASS;
}

/** A proposal is judged like the change itself: nobody is glad to review what must not be. */
function checkMode({ lever, policy, wanted, now }: GuardContext): GuardFinding {
  const { mode } = policy.levers[lever];
  switch (mode) {
    case 'apply':
    case 'propose':
      // What the class of a database lacks, its own guard says.
      return routeOf(lever, wanted.change, policy, now) === 'nowhere' && !isClassChange(mode, wanted)
        ? veto({ code: 'propose-only' })
        : PASS;
    case 'observe':
    case 'off':
      return veto({ code: 'observe-only' });
    default:
      return assertNever(mode);
  }
}

function isClassChange(mode: 'apply' | 'propose', { change }: GuardContext['wanted']): boolean {
  return mode === 'apply' && change.kind === 'change-database-class';
}

function checkPause({ lever, service, snapshot, now }: GuardContext): GuardFinding {
  const pause = snapshot.pauses.find(
    ({ scope, until }) =>
      until > now &&
      (scope.service === undefined || scope.service === service?.name) &&
      (scope.lever === undefined || scope.lever === lever),
  );
  return pause === undefined ? PASS : veto({ code: 'paused', until: pause.until, note: pause.note });
}

/** Judges what the change moves: what it leaves alone may stand anywhere, and putting that right is a repair of its own. */
function checkBounds(context: ServiceGuardContext): GuardFinding {
  const { service, wanted } = context;
  const { min: lowest, hardLimit } = service;
  const outside = outsideBounds(wanted.change, service);
  if (outside === null) return PASS;
  const smaller = outside > hardLimit ? trimCeiling(wanted, hardLimit, boundsNow(context)) : null;
  return smaller === null || outsideBounds(smaller.change, service) !== null
    ? veto({ code: 'outside-bounds', wanted: outside, lowest, hardLimit })
    : trimmed(smaller, { code: 'trimmed-to-hard-limit', wanted: outside, hardLimit });
}

/** The number of tasks by which a change leaves the bounds of policy, or a minimum above its maximum. */
function outsideBounds(change: ServiceChange, { min: lowest, hardLimit }: ServicePolicy): Tasks | null {
  const moved = movedBounds(change).flatMap(({ min, max }) => [max, min]);
  const outside = moved.find((tasks) => tasks !== undefined && (tasks < lowest || tasks > hardLimit));
  const upsideDown = wantedBounds(change).find(({ min = 0, max = Infinity }) => min > max);
  return outside ?? upsideDown?.min ?? null;
}

function checkStep(context: ServiceGuardContext): GuardFinding {
  const { lever, policy, wanted } = context;
  const { change } = wanted;
  // A known event is a jump on purpose; the ceiling lever feels its way.
  if (lever !== 'ceiling' || change.kind !== 'set-capacity-bounds') return PASS;
  const { maxStepFactor } = policy.levers.ceiling;
  const most = Math.max(Math.floor(times(change.from.max, maxStepFactor)), change.from.max + 1);
  if (change.to.max <= most) return PASS;
  const smaller = trimCeiling(wanted, most, boundsNow(context));
  return smaller === null
    ? PASS
    : trimmed(smaller, { code: 'trimmed-to-step', wanted: change.to.max, factor: maxStepFactor });
}

function checkCooldown({ lever, policy, resource, snapshot, wanted, now }: GuardContext): GuardFinding {
  const seconds = cooldownSeconds(lever, wanted, policy.levers);
  const { lastApplied = {}, floorLastApplied = {} } = snapshot.changes[resource] ?? {};
  const { grow, shrink, repair } = lever === 'predictive' ? floorLastApplied : lastApplied;
  // What has just grown is not taken away again at once; growth never waits for what was taken away.
  const counted = { grow: [grow], shrink: [shrink, grow], repair: [repair] }[wanted.direction];
  const applied = Math.max(...counted.filter((at) => at !== undefined));
  if (seconds === 0 || !Number.isFinite(applied)) return PASS;
  const until = later(applied, seconds);
  return now < until ? veto({ code: 'cooling-down', until }) : PASS;
}

function cooldownSeconds(
  lever: GuardContext['lever'],
  { direction, change }: GuardContext['wanted'],
  levers: GuardContext['policy']['levers'],
): Seconds {
  if (restsForHours(lever, levers)) return levers[lever].cooldownHours * HOUR;
  switch (lever) {
    case 'ceiling':
      return direction === 'shrink' ? levers.ceiling.shrinkCooldownSeconds : levers.ceiling.growCooldownSeconds;
    case 'target-tracking':
      return levers['target-tracking'].cooldownSeconds;
    case 'known-event':
      // An event does not wait, and its plan is a fixed point: applying it twice changes nothing.
      return 0;
    case 'pool-size':
      return change.kind === 'keep-pool-sizes'
        ? levers['pool-size'].durableCooldownSeconds
        : poolSizeCooldown(direction, levers['pool-size']);
    case 'predictive':
      return direction === 'shrink' ? levers.predictive.shrinkCooldownSeconds : 0;
    default:
      return assertNever(lever);
  }
}

type Levers = GuardContext['policy']['levers'];

/** The levers of the infrastructure: one rest for every direction. */
type RestingForHours = {
  [Name in keyof Levers]: Levers[Name] extends { readonly cooldownHours: number } ? Name : never;
}[keyof Levers];

function restsForHours(lever: keyof Levers, levers: Levers): lever is RestingForHours {
  return 'cooldownHours' in levers[lever];
}

function poolSizeCooldown(
  direction: GuardContext['wanted']['direction'],
  { growCooldownSeconds, shrinkCooldownSeconds }: GuardContext['policy']['levers']['pool-size'],
): Seconds {
  // What is lost is put back at once: the old size is too small by what was measured.
  return { grow: growCooldownSeconds, shrink: shrinkCooldownSeconds, repair: 0 }[direction];
}

/** From this many failures in a row a resource is left alone for a while. */
const FAILURES_BEFORE_PAUSE = 3;
const FIRST_PAUSE: Seconds = 10 * MINUTE;
/** The pause doubles with each further failure, up to five hours and twenty minutes. */
const MOST_DOUBLINGS = 5;

function checkBreaker({ resource, snapshot, now }: GuardContext): GuardFinding {
  const change = snapshot.changes[resource];
  if (change === undefined || change.failures < FAILURES_BEFORE_PAUSE) return PASS;
  const doublings = Math.min(change.failures - FAILURES_BEFORE_PAUSE, MOST_DOUBLINGS);
  const until = later(change.updatedAt, FIRST_PAUSE * 2 ** doublings);
  return now < until ? veto({ code: 'too-many-failures', failures: change.failures, until }) : PASS;
}

function checkFreeze({ policy, wanted, now }: GuardContext): GuardFinding {
  // What may grow now may be taken back now.
  const undoesGrowth = wanted.change.kind === 'tune-pgbouncer' && wanted.change.undoes !== undefined;
  const freeze = freezeInForce(policy.freezes, undoesGrowth ? 'grow' : wanted.direction, now);
  return freeze === null ? PASS : veto({ code: 'frozen', window: freeze.name, until: freeze.until });
}

function checkDeployment({ snapshot, service, wanted }: ServiceGuardContext): GuardFinding {
  if (wanted.direction === 'grow') return PASS;
  const facts = snapshot.services[service.name]?.facts;
  return facts?.kind === 'seen' && facts.value.deployment === 'in-progress'
    ? veto({ code: 'deployment-in-progress' })
    : PASS;
}

/** A service that is not registered has no room yet: registering it is growth from nothing. */
const UNREGISTERED: CapacityBounds = { min: 0, max: 0 };

/** The bounds that stand, without what is scheduled or let through. */
function boundsNow({ snapshot, service }: ServiceGuardContext): CapacityBounds {
  const scaling = snapshot.services[service.name]?.scaling;
  return scaling?.kind === 'seen' && scaling.value !== null ? scaling.value.bounds : UNREGISTERED;
}

function checkBudget(context: ServiceGuardContext): GuardFinding {
  const { policy, service, bounds, wanted } = context;
  const budgetUsdPerMonth = policy.budget?.usdPerMonthAtCeiling;
  if (budgetUsdPerMonth === undefined) return PASS;
  const present = bounds.get(service.name) ?? UNREGISTERED;
  const costAt = (max: number): number | null =>
    costAtCeilings(context, (other) => (other === service.name ? { tasks: max } : {}));

  const most = mostTasks(wanted.change, present);
  const atCeilingUsdPerMonth = costAt(most);
  // Without a price for the region there is nothing to compare: the packaging refuses a budget there.
  if (most <= present.max || atCeilingUsdPerMonth === null || atCeilingUsdPerMonth <= budgetUsdPerMonth) return PASS;

  let affordable = most;
  while (affordable > present.max && (costAt(affordable) ?? 0) > budgetUsdPerMonth) affordable -= 1;
  const smaller = trimCeiling(wanted, affordable, boundsNow(context));
  return smaller === null
    ? veto({ code: 'over-budget', atCeilingUsdPerMonth, budgetUsdPerMonth })
    : trimmed(smaller, { code: 'trimmed-to-budget', wanted: most, budgetUsdPerMonth });
}

/** Larger tasks cost more at the same ceiling. No smaller size is sought: the lever has asked for the next one. */
function checkTaskBudget(context: GuardContext): GuardFinding {
  const { policy, service, wanted } = context;
  const { change } = wanted;
  const budgetUsdPerMonth = policy.budget?.usdPerMonthAtCeiling;
  if (budgetUsdPerMonth === undefined || service === null || change.kind !== 'resize-task') return PASS;
  const costWith = (size: TaskSize): number | null =>
    costAtCeilings(context, (other) => (other === service.name ? { size } : {}));
  const [before, after] = [costWith(change.from), costWith(change.to)];
  if (before === null || after === null || after <= before || after <= budgetUsdPerMonth) return PASS;
  return veto({ code: 'over-budget', atCeilingUsdPerMonth: after, budgetUsdPerMonth });
}

interface Instead {
  readonly tasks?: Tasks;
  readonly size?: TaskSize;
}

/** A month of all services at their ceilings; `null` without a price for the region. */
function costAtCeilings(
  { policy: { services, region }, bounds }: Pick<GuardContext, 'policy' | 'bounds'>,
  insteadOf: (service: string) => Instead,
): number | null {
  return services.reduce<number | null>((sum, { name, task, max }) => {
    const { tasks = bounds.get(name)?.max ?? max, size } = insteadOf(name);
    const usd = usdPerMonth({ ...task, ...size }, tasks, region);
    return sum === null || usd === null ? null : sum + usd;
  }, 0);
}

function checkConnections(context: ServiceGuardContext): GuardFinding {
  const { policy, service, bounds, wanted, snapshot } = context;
  const present = bounds.get(service.name) ?? UNREGISTERED;
  const most = mostTasks(wanted.change, present);
  // What is there already is not undone by this guard: it judges growth.
  if (most <= present.max) return PASS;

  const tasksOf = (name: string, configuredMax: number): number =>
    name === service.name ? most : (bounds.get(name)?.max ?? configuredMax);
  const plan = planAt(policy, tasksOf, snapshot.pooler?.intended);
  const [exceeded] = exceededSides(connectionMath(plan)).filter(({ side }) =>
    side === 'client' ? service.connectsTo === 'pooler' : service.connectsTo === 'database',
  );
  if (exceeded === undefined) return PASS;
  const { side, needed, limit } = exceeded;
  const smaller = trimCeiling(wanted, mostTasksThatFit(plan, service.name), boundsNow(context));
  return smaller === null
    ? veto({ code: 'connections-exceeded', side, needed, limit })
    : trimmed(smaller, { code: 'trimmed-to-connections', wanted: most, side, limit });
}
