import { describe, expect, it } from '@jest/globals';
import type { LeverName } from '../../shared/config/policy.ts';
import { explain } from '../../shared/domain/explain.ts';
import { NOT_ASKED, seen, unseen } from '../../shared/domain/reading.ts';
import type { FleetSnapshot, StandingProposal } from '../../shared/domain/snapshot.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { diagnosisNeeds, needsOf } from '../../shared/evaluation/needs.ts';
import { proposalResourceOf } from '../../shared/evaluation/proposals.ts';
import { INFRASTRUCTURE_LEVERS } from '../../shared/levers/infrastructure-levers.ts';
import { plotOfRecord } from '../../shared/proposals/plot-of-record.ts';
import {
  aCache,
  aDatabase,
  anInfrastructure,
  aTaskDefinition,
  days,
  flat,
  hours,
  minutes,
} from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aChange, aDatabaseSnapshot, aSnapshot, type World } from '../support/builders/world.ts';

const GIB = 1024 ** 3;
const LEVERS = ['task-size', 'storage', 'cache', 'hpa-ceiling'] as const;
type Name = (typeof LEVERS)[number];
type Mode = 'off' | 'observe' | 'propose' | 'apply';

const aFleet = (modes: Partial<Record<Name, Mode>>, over: Partial<FleetInput> = {}) =>
  aFleetPolicy({
    database: A_DATABASE,
    cache: { replicationGroup: 'sessions' },
    podAutoscalers: [{ name: 'backend-hpa', cluster: 'main', hardLimit: 20 }],
    infrastructureCode: { repository: 'example/infrastructure', paths: ['production'] },
    levers: Object.fromEntries(Object.entries(modes).map(([lever, mode]) => [lever, { mode }])),
    ...over,
  });

/** Short of everything: tasks of memory, the disk of room, the cache of memory, pods of a ceiling. */
const shortOfAll = anInfrastructure({
  tasks: { 'core-api': seen(aTaskDefinition({ outOfMemory: 1 }), NOW) },
  database: seen(aDatabase({ storage: { ...aDatabase().storage!, maxAllocatedGiB: 60 } }), NOW),
  cache: seen(aCache(), NOW),
  metrics: {
    'database/free-storage-daily': days(flat(28, 0).map((_, day) => (9 + (27 - day) / 2) * GIB)),
    'database/free-storage': hours(flat(25, 9 * GIB)),
    'cache/sessions-001/memory': hours(flat(24, 90)),
    'cache/sessions-002/memory': hours(flat(24, 90)),
    'cache/sessions-001/evictions': hours(flat(24, 0)),
    'cache/sessions-002/evictions': hours(flat(24, 0)),
    'autoscaler/default/backend-hpa/max-replicas': minutes(flat(15, 2)),
    'autoscaler/default/backend-hpa/desired-replicas': minutes(flat(15, 2)),
    'autoscaler/default/backend-hpa/cpu': minutes(flat(15, 80)),
    'autoscaler/default/backend-hpa/cpu-target': minutes(flat(15, 70)),
  },
});

const verdictsOf = (policy: ReturnType<typeof aFleet>, world: World = {}) => {
  const snapshot: FleetSnapshot = aSnapshot(policy, { infrastructure: shortOfAll, ...world });
  return evaluateFleet(snapshot, policy, NOW, INFRASTRUCTURE_LEVERS.levers).verdicts;
};
const said = (lever: LeverName, policy: ReturnType<typeof aFleet>, world: World = {}): string =>
  explain(verdictsOf(policy, world).find(({ proposal }) => proposal.lever === lever)!.decision);

const WANTED: Readonly<Record<Name, string>> = {
  'task-size': 'resize the tasks of core-api: 1 vCPU and 2 GiB → 1 vCPU and 3 GiB: 1 task stopped for want of memory',
  storage:
    'storage ceiling of production: 60 GiB → 150 GiB: 9 GiB free, 0.5 GiB more a day: at the ceiling of 60 GiB in 26 days',
  cache:
    'change the nodes of sessions: cache.t4g.small → cache.t4g.medium: memory of the fullest node at 90 %, above 80 %, in 24 of 24 hours',
  'hpa-ceiling':
    'maxReplicas of default/backend-hpa: 2 → 3: at maxReplicas of 2 with cpu at 80 % against a target of 70 % in 15 of 15 minutes, needs 3',
};
const RESOURCES: Readonly<Record<Name, string>> = {
  'task-size': 'task-size/production/core-api',
  storage: 'database/production',
  cache: 'cache/sessions',
  'hpa-ceiling': 'autoscaler/default/backend-hpa',
};

describe.each(LEVERS)('%s', (lever) => {
  it('proposes in infrastructure code, in mode `propose`', () => {
    expect(said(lever, aFleet({ [lever]: 'propose' }))).toBe(`propose in infrastructure code: ${WANTED[lever]}`);
    const verdict = verdictsOf(aFleet({ [lever]: 'propose' })).find(({ proposal }) => proposal.lever === lever)!;
    expect(verdict.decision).toMatchObject({
      change: { kind: 'tend-proposal', lever, about: RESOURCES[lever], to: { lastNeededAt: NOW } },
    });
  });

  it('only tells, in mode `observe`', () => {
    expect(said(lever, aFleet({ [lever]: 'observe' }))).toBe(
      `hold: the lever only observes; otherwise ${WANTED[lever]}`,
    );
  });

  it('only tells, where the fleet names no infrastructure code', () => {
    const policy = aFleet({ [lever]: 'propose' });
    const withoutCode = Object.fromEntries(Object.entries(policy).filter(([key]) => key !== 'infrastructureCode'));
    expect(said(lever, withoutCode as unknown as typeof policy)).toBe(
      `hold: the lever only proposes, and the fleet names no infrastructure code; otherwise ${WANTED[lever]}`,
    );
  });

  it('is not asked, in mode `off`', () => {
    const policy = aFleet({ [lever]: 'off' });
    expect(verdictsOf(policy).filter(({ proposal }) => proposal.lever === lever)).toEqual([]);
    const asked = needsOf({ services: {} }, policy, NOW, INFRASTRUCTURE_LEVERS);
    const own = { 'task-size': 'tasks/', storage: 'database/free', cache: 'cache/', 'hpa-ceiling': 'autoscaler/' }[
      lever
    ];
    expect(asked.filter((need) => need.slot === 'infrastructure' && need.metric.startsWith(own))).toEqual([]);
  });

  it('does not propose the same again within six hours', () => {
    const policy = aFleet({ [lever]: 'propose' });
    const first = verdictsOf(policy).find(({ proposal }) => proposal.lever === lever)!.decision;
    const proposes = first.kind === 'act' && first.change.kind === 'tend-proposal' ? first.change.to.proposes : null;
    const standing: StandingProposal = {
      kind: 'tended',
      decisionId: 'x',
      proposes,
      lastNeededAt: at('10:00'),
      tendedAt: at('10:00'),
    };
    const proposals = { [proposalResourceOf(lever, RESOURCES[lever])]: standing };
    expect(said(lever, policy, { proposals })).toMatch(/^hold: proposed, looked after at 2026-12-01 10:00 UTC/);
  });

  it('waits for a change of the same resource that is in flight', () => {
    const changes = { [RESOURCES[lever]]: aChange({ status: 'attempting', decisionId: 'other' }) };
    expect(said(lever, aFleet({ [lever]: 'propose' }), { changes })).toMatch(/^hold: change other is still in flight/);
  });

  it('rests for a day after one', () => {
    const rested = (hoursAgo: number) => {
      const changes = { [RESOURCES[lever]]: aChange({ lastApplied: { grow: NOW - hoursAgo * 3_600_000 } }) };
      return said(lever, aFleet({ [lever]: 'propose' }), { changes });
    };
    expect(rested(23)).toMatch(/^hold: cooling down until 2026-12-01 13:30 UTC/);
    expect(rested(24)).toMatch(/^propose/);
  });
});

it.each([
  { lever: 'task-size', title: 'memory of it', stepSeconds: 3_600, last: at('11:00') },
  { lever: 'storage', title: 'free storage daily of it', stepSeconds: 86_400, last: at('00:00', -1) },
  { lever: 'cache', title: 'memory of it', stepSeconds: 3_600, last: at('11:00') },
  { lever: 'hpa-ceiling', title: 'utilization of it', stepSeconds: 60, last: at('12:29') },
] as const)(
  'the record of $lever shows a reviewer what it rested on, and when',
  ({ lever, title, stepSeconds, last }) => {
    const infrastructure = {
      ...shortOfAll,
      metrics: { ...shortOfAll.metrics, 'tasks/core-api/memory': hours(flat(24, 90)) },
    };
    const verdicts = verdictsOf(aFleet({ [lever]: 'propose' }), { infrastructure });
    const { input, settings, wanted } = verdicts.find(({ proposal }) => proposal.lever === lever)!.proposal;
    const plot = plotOfRecord({ replay: { input, settings, wanted }, reasons: wanted.because }, 'it')!;
    const [first, second] = plot.points;
    expect({ title: plot.title, step: (second!.at - first!.at) / 1000, last: plot.points.at(-1)!.at }).toEqual({
      title,
      step: stepSeconds,
      last,
    });
  },
);

describe('what may happen live', () => {
  it('a task, a ceiling of storage and a cache', () => {
    const policy = aFleet({ 'task-size': 'apply', storage: 'apply', cache: 'apply' });
    expect(said('task-size', policy)).toBe(WANTED['task-size']);
    expect(said('storage', policy)).toBe(WANTED.storage);
    expect(said('cache', policy)).toBe(WANTED.cache);
  });

  it('never the storage itself: that goes through a person', () => {
    const full = seen(aDatabase({ storage: { ...aDatabase().storage!, maxAllocatedGiB: null } }), NOW);
    const metrics = { ...shortOfAll.metrics, 'database/free-storage': hours(flat(25, GIB)) };
    const infrastructure = { ...shortOfAll, database: full, metrics };
    expect(said('storage', aFleet({ storage: 'apply' }), { infrastructure })).toMatch(
      /^propose in infrastructure code: storage of production: 50 GiB → /,
    );
  });
});

describe('in front of a saturated database', () => {
  const busy: World = { database: aDatabaseSnapshot({ cpu: 90 }) };

  it('more pods would make it worse', () => {
    expect(said('hpa-ceiling', aFleet({ 'hpa-ceiling': 'propose' }), busy)).toMatch(
      /^hold: the bottleneck is the CPU of the database: 90 % of 70/,
    );
  });

  it('memory of tasks, storage and the cache do not wait for it', () => {
    for (const lever of ['task-size', 'storage', 'cache'] as const) {
      expect(said(lever, aFleet({ [lever]: 'propose' }), busy)).toMatch(/^propose/);
    }
  });
});

it('a blind look takes no proposal back, and one that sees no need does', () => {
  const policy = aFleet({ storage: 'propose' });
  const standing: StandingProposal = {
    kind: 'tended',
    decisionId: 'x',
    proposes: {
      kind: 'set-storage-ceiling',
      database: { kind: 'rds-instance', identifier: 'production' },
      from: { maxAllocatedGiB: 60 },
      to: { maxAllocatedGiB: 150 },
    },
    lastNeededAt: at('00:00'),
    tendedAt: at('00:00'),
  };
  const proposals = { [proposalResourceOf('storage', 'database/production')]: standing };
  const withFree = (freeStorage: ReturnType<typeof hours>) => ({
    proposals,
    infrastructure: { ...shortOfAll, metrics: { ...shortOfAll.metrics, 'database/free-storage': freeStorage } },
  });
  expect(said('storage', policy, withFree(unseen({ code: 'no-data' })))).toBe(
    'abstain: cannot see free storage: no data',
  );
  expect(said('storage', policy, withFree(hours(flat(25, 40 * GIB))))).toMatch(
    /^close the proposal for database\/production/,
  );
});

it('asks for the database besides where more pods are wanted, and not for a larger disk or cache', () => {
  const asked = (lever: Name): readonly string[] => {
    const policy = aFleet({
      'task-size': 'off',
      storage: 'off',
      cache: 'off',
      'hpa-ceiling': 'off',
      [lever]: 'observe',
    });
    const database = { cpu: NOT_ASKED, connections: NOT_ASKED, signs: {}, limits: null };
    const snapshot = aSnapshot(policy, { infrastructure: shortOfAll, database });
    return diagnosisNeeds(snapshot, policy, NOW, INFRASTRUCTURE_LEVERS).map(({ slot }) => slot);
  };
  expect(asked('hpa-ceiling')).toEqual(['databaseCpu', 'databaseConnections', 'databaseSign']);
  expect(asked('storage')).toEqual([]);
  expect(asked('cache')).toEqual([]);
  // They want memory.
  expect(asked('task-size')).toEqual([]);
});
