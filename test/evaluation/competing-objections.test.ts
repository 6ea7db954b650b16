import { describe, expect, it } from '@jest/globals';
import type { LeverName } from '../../shared/config/policy.ts';
import type { DatabaseBottleneck } from '../../shared/domain/bottleneck.ts';
import type { Act, Decision } from '../../shared/domain/decision.ts';
import type { ChangeStatus } from '../../shared/domain/snapshot.ts';
import { arbitrate } from '../../shared/evaluation/arbitrate.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { applyGuards } from '../../shared/guards/apply-guards.ts';
import { GUARDS } from '../../shared/guards/guards.ts';
import type { Proposal } from '../../shared/levers/lever.ts';
import { raiseTo, reduction } from '../support/builders/acts.ts';
import { CORE_API_RESOURCE } from '../support/builders/decisions.ts';
import { aGuardContext } from '../support/builders/guard-context.ts';
import { A_DATABASE, aFleetPolicy, aServiceInput, type FleetInput, TWO_POOLS } from '../support/builders/policy.ts';
import { REASONS } from '../support/builders/reasons.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aChange, aDatabaseSnapshot, aSnapshot, type World } from '../support/builders/world.ts';

const codesOf = ({ because }: Decision): readonly string[] => because.map(({ code }) => code);

/** What makes a guard object to a change of core-api, and with which words. */
interface Objection {
  readonly code: string;
  readonly fleet?: Partial<FleetInput>;
  readonly service?: Partial<Parameters<typeof aServiceInput>[0]>;
  readonly change?: Partial<ChangeStatus>;
  readonly world?: World;
}

const MIDDAY = {
  name: 'F',
  from: '2026-12-01T00:00',
  to: '2026-12-02T00:00',
  timeZone: 'UTC',
  allow: 'nothing',
} as const;

/** Of every guard that can stop a raise; the step only makes it smaller. */
const TO_A_RAISE: Readonly<Record<string, Objection>> = {
  mode: { code: 'observe-only', fleet: { levers: { ceiling: { mode: 'observe' } } } },
  pause: { code: 'paused', world: { pauses: [{ scope: {}, until: at('18:00'), note: 'migration' }] } },
  bounds: { code: 'outside-bounds', service: { hardLimit: 10 } },
  cooldown: { code: 'cooling-down', change: { lastApplied: { grow: NOW, shrink: NOW } } },
  breaker: { code: 'too-many-failures', change: { failures: 3, updatedAt: NOW } },
  freeze: { code: 'frozen', fleet: { freezes: [MIDDAY] } },
  budget: { code: 'over-budget', fleet: { budget: { usdPerMonthAtCeiling: 1 } } },
  connections: {
    code: 'connections-exceeded',
    fleet: { database: { ...A_DATABASE, maxConnections: 13 } },
    service: { connectsTo: 'database', pools: TWO_POOLS },
  },
};

/** Of those that can stop a ceiling that is lowered: it costs nothing, and opens no connection. */
const TO_A_REDUCTION: Readonly<Record<string, Objection>> = {
  ...Object.fromEntries(['mode', 'pause', 'cooldown', 'breaker', 'freeze'].map((name) => [name, TO_A_RAISE[name]!])),
  deployment: { code: 'deployment-in-progress' },
};

function policyOf(objections: readonly Objection[]) {
  const service = Object.assign({}, ...objections.map((one) => one.service)) as Partial<
    Parameters<typeof aServiceInput>[0]
  >;
  const fleet = Object.assign({}, ...objections.map((one) => one.fleet)) as Partial<FleetInput>;
  return aFleetPolicy({ ...fleet, services: [aServiceInput(service)] });
}

function worldOf(objections: readonly Objection[], services: World['services'] = {}): World {
  const change = Object.assign({}, ...objections.map((one) => one.change)) as Partial<ChangeStatus>;
  return Object.assign(
    { services, changes: { [CORE_API_RESOURCE]: aChange(change) } },
    ...objections.map(({ world }) => world),
  ) as World;
}

function judged(wanted: Act, objections: readonly Objection[], services: World['services'] = {}): readonly string[] {
  return codesOf(
    applyGuards(aGuardContext({ wanted, policy: policyOf(objections), world: worldOf(objections, services) })),
  );
}

const ORDER = GUARDS.map(({ name }) => name);

function pairsOf(all: Readonly<Record<string, Objection>>) {
  const names = Object.keys(all).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return names.flatMap((first, index) =>
    names.slice(index + 1).map((second) => ({ first, second, pair: [all[first]!, all[second]!] as const })),
  );
}

describe('two guards that both object to a raise are both named, in their order', () => {
  it('and each of them objects by itself', () => {
    for (const objection of Object.values(TO_A_RAISE))
      expect(judged(raiseTo(12), [objection])).toEqual([objection.code]);
  });

  it.each(pairsOf(TO_A_RAISE))('$first, $second', ({ pair }) => {
    expect(judged(raiseTo(12), pair)).toEqual(pair.map(({ code }) => code));
  });
});

describe('two guards that both object to a reduction', () => {
  const services = (names: readonly string[]): World['services'] => ({
    'core-api': { bounds: { min: 2, max: 20 }, ...(names.includes('deployment') ? { deployment: 'in-progress' } : {}) },
  });

  it.each(pairsOf(TO_A_REDUCTION))('$first, $second', ({ first, second, pair }) => {
    expect(judged(reduction, pair, services([first, second]))).toEqual(pair.map(({ code }) => code));
  });
});

describe('a change of class that nobody has approved', () => {
  const wanted: Act = {
    kind: 'act',
    direction: 'grow',
    because: [REASONS['database-pressed']],
    change: {
      kind: 'change-database-class',
      database: { kind: 'rds-instance', identifier: A_DATABASE.identifier },
      from: { instanceClass: 'db.t4g.medium' },
      to: { instanceClass: 'db.m6g.large' },
    },
  };
  // It is no change of a service: bounds, deployment, budget and connections have nothing to say of it.
  const pairs = Object.entries(TO_A_RAISE).filter(([name]) =>
    ['pause', 'cooldown', 'breaker', 'freeze'].includes(name),
  );

  it.each(pairs)('approval, %s', (_, objection) => {
    const approval: Objection = {
      code: 'approval-needed',
      fleet: { database: A_DATABASE, levers: { 'database-class': { mode: 'apply' } } },
    };
    const objections = [approval, objection];
    const context = aGuardContext({
      ...{ lever: 'database-class', wanted, policy: policyOf(objections), world: worldOf(objections) },
    });
    expect(codesOf(applyGuards({ ...context, service: null }))).toEqual(['approval-needed', objection.code]);
  });
});

describe('in front of a saturated database no guard is asked', () => {
  // What the lever itself respects never becomes a wish.
  it.each(Object.entries(TO_A_RAISE).filter(([name]) => name !== 'bounds'))('%s', (_, objection) => {
    const policy = policyOf([{ code: '', fleet: { database: A_DATABASE } }, objection]);
    const world = worldOf([objection], { 'core-api': { desired: 10, cpu: 84 } });
    const snapshot = aSnapshot(policy, { ...world, database: aDatabaseSnapshot({ cpu: 90 }) });
    const ceiling = evaluateFleet(snapshot, policy, NOW).verdicts.find(({ proposal }) => proposal.lever === 'ceiling')!;
    expect(codesOf(ceiling.decision)).toEqual(['bottleneck-elsewhere']);
  });
});

describe('two rules of the arbitration that both speak against a wish: the first is told', () => {
  const database = 'database/production';
  const wish = (lever: LeverName, because: Act['because'][0], resource = CORE_API_RESOURCE): Proposal => ({
    ...{ lever, resource, service: null, input: {}, settings: {} },
    wanted: { ...raiseTo(12), because: [because] },
  });
  const iops = wish('iops', { ...REASONS['storage-pressed'], readPercent: 90 }, database);
  const memory = wish('database-class', { ...REASONS['database-pressed'], what: 'memory' }, database);
  const costly = wish('task-size', REASONS['requests-cost-cpu'], 'task-size/production/core-api');
  const ceiling = wish('ceiling', REASONS['pinned-at-max']);
  const larger: Proposal = { ...wish('known-event', REASONS['event-under-way']), wanted: raiseTo(13) };
  const busy: readonly DatabaseBottleneck[] = [{ kind: 'database-cpu', is: 90, limit: 70 }];
  const inFlight = (resource: string): World => ({ changes: { [resource]: aChange({ status: 'ordered' }) } });

  it.each<{
    pair: string;
    wishes: readonly Proposal[];
    saturated?: readonly DatabaseBottleneck[];
    world?: World;
    then: string;
  }>([
    { pair: 'bottleneck, other remedy', wishes: [costly, memory], saturated: busy, then: 'bottleneck-elsewhere' },
    {
      pair: 'bottleneck, change in flight',
      wishes: [ceiling],
      saturated: busy,
      world: inFlight(CORE_API_RESOURCE),
      then: 'bottleneck-elsewhere',
    },
    { pair: 'bottleneck, a larger wish', wishes: [ceiling, larger], saturated: busy, then: 'bottleneck-elsewhere' },
    { pair: 'other remedy, change in flight', wishes: [iops, memory], world: inFlight(database), then: 'other-remedy' },
    { pair: 'other remedy, its turn', wishes: [iops, memory], then: 'other-remedy' },
    {
      pair: 'change in flight, a larger wish',
      wishes: [ceiling, larger],
      world: inFlight(CORE_API_RESOURCE),
      then: 'change-in-flight',
    },
    { pair: 'a larger wish alone', wishes: [ceiling, larger], then: 'outweighed' },
  ])('$pair: $then', ({ wishes, saturated = [], world = {}, then }) => {
    const [first] = arbitrate(wishes, saturated, aSnapshot(aFleetPolicy(), world), () => true);
    expect(codesOf(first!.decision)).toEqual([then]);
  });
});
