import { describe, expect, it } from '@jest/globals';
import type { ProposableChange } from '../../../shared/domain/change.ts';
import { explain } from '../../../shared/domain/explain.ts';
import type { DurableSizes, PoolerSnapshot } from '../../../shared/domain/pooler.ts';
import { seen, unseen } from '../../../shared/domain/reading.ts';
import type { FleetSnapshot, StandingProposal } from '../../../shared/domain/snapshot.ts';
import { proposalResourceOf } from '../../../shared/evaluation/proposals.ts';
import { codeOutOfStep, movedCeilings } from '../../../shared/workflow/code-in-step.ts';
import { movedPools } from '../../../shared/workflow/pools-in-step.ts';
import { movedSizes } from '../../../shared/workflow/sizes-in-step.ts';
import { CORE_API, CORE_API_RESOURCE } from '../../support/builders/decisions.ts';
import { aStoredChange } from '../../support/builders/orders.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, type FleetInput } from '../../support/builders/policy.ts';
import { aPoolerSnapshot, SIZES } from '../../support/builders/pooler-world.ts';
import { at, minutesAgo } from '../../support/builders/time.ts';
import { aChange, aSnapshot, step } from '../../support/builders/world.ts';

const CODE: NonNullable<FleetInput['infrastructureCode']> = { host: 'git', repository: 'code', paths: ['infra'] };
const policy = aFleetPolicy({ infrastructureCode: CODE });
/** A look on the quarter. */
const NOW = at('12:30');

const said = (snapshot: FleetSnapshot, fleet = policy, now = NOW): readonly string[] =>
  codeOutOfStep(movedCeilings, { policy: fleet, changes: [] }, snapshot, now).map(({ decision }) => explain(decision));

const raised = (over: Partial<FleetSnapshot> = {}): FleetSnapshot => ({
  ...aSnapshot(policy, { services: { 'core-api': { bounds: { min: 2, max: 14 } } } }),
  ...over,
});

const standing = (max: number, over: Partial<StandingProposal> = {}): FleetSnapshot['proposals'] => ({
  [proposalResourceOf('ceiling', CORE_API_RESOURCE)]: {
    kind: 'tended',
    decisionId: 'd',
    proposes: { kind: 'set-capacity-bounds', target: CORE_API, from: { min: 2, max: 10 }, to: { min: 2, max } },
    lastNeededAt: at('09:00'),
    tendedAt: at('09:00'),
    ...over,
  },
});

const PROPOSED =
  'propose in infrastructure code: set max capacity 10 → 14 tasks: max 14 is live, infrastructure code was last known to say max 10';

describe('a ceiling that was raised live', () => {
  it('is proposed for the code', () => {
    expect(said(raised())).toEqual([PROPOSED]);
  });

  // prettier-ignore
  it.each<{ when: string; snapshot: FleetSnapshot; fleet?: typeof policy; now?: number }>([
    { when: 'it stands as policy says',                 snapshot: aSnapshot(policy, {}) },
    { when: 'it was moved 14 minutes ago',              snapshot: raised({ changes: { [CORE_API_RESOURCE]: aChange({ lever: 'ceiling', status: 'verified', updatedAt: minutesAgo(14) }) } }) },
    { when: 'an action of ours will move it by itself', snapshot: aSnapshot(policy, { services: { 'core-api': { bounds: { min: 2, max: 14 }, ours: [step('20:00', { max: 10 })] } } }) },
    { when: 'the same was proposed this morning',       snapshot: raised({ proposals: standing(14) }) },
    { when: 'an invocation is at work on it',           snapshot: raised({ proposals: standing(12, { kind: 'in-hand' }) }) },
    { when: 'it is not the quarter of an hour',         snapshot: raised(), now: at('12:31') },
    { when: 'nobody says where the code is',            snapshot: raised(), fleet: aFleetPolicy() },
    { when: 'nobody says by which app of GitHub',       snapshot: raised(), fleet: aFleetPolicy({ infrastructureCode: { ...CODE, host: 'github', repository: 'example/code' } }) },
    { when: 'the lever only observes',                  snapshot: raised(), fleet: aFleetPolicy({ infrastructureCode: CODE, levers: { ceiling: { mode: 'observe' } } }) },
  ])('not while $when', ({ snapshot, fleet, now }) => {
    expect(said(snapshot, fleet, now)).toEqual([]);
  });

  it('does not wait for the floor, which moves by the minute', () => {
    const changes = { [CORE_API_RESOURCE]: aChange({ lever: 'predictive', updatedAt: minutesAgo(1) }) };
    expect(said(raised({ changes }))).toEqual([PROPOSED]);
  });

  it('is told without the floor of the moment, which may be above what the code says', () => {
    const scaled = aSnapshot(policy, { services: { 'core-api': { bounds: { min: 12, max: 14 } } } });
    expect(said(scaled)).toEqual([PROPOSED]);
    expect(said({ ...scaled, proposals: standing(14) })).toEqual([]);
  });

  it('is looked after again a day later', () => {
    expect(said(raised({ proposals: standing(14, { tendedAt: at('12:30', -1) }) }))).toEqual([PROPOSED]);
  });

  it('and raised again since is another number', () => {
    expect(said(raised({ proposals: standing(12) }))).toEqual([
      'propose in infrastructure code: set max capacity 12 → 14 tasks: max 14 is live, infrastructure code was last known to say max 12',
    ]);
  });

  it('and lowered since to what policy says goes the same way back', () => {
    expect(said({ ...aSnapshot(policy, {}), proposals: standing(14) })).toEqual([
      'propose in infrastructure code: set max capacity 14 → 10 tasks: max 10 is live, infrastructure code was last known to say max 14',
    ]);
  });
});

describe('pools that were tuned live', () => {
  const pooled = { infrastructureCode: CODE, pooler: A_POOLER, database: A_DATABASE };
  const intended = { ...SIZES, defaultPoolSize: 60 };
  const look = (
    over: Partial<PoolerSnapshot>,
    fleet = aFleetPolicy(pooled),
    proposals: FleetSnapshot['proposals'] = {},
  ): ReturnType<typeof codeOutOfStep> => {
    const pooler = { ...aPoolerSnapshot(), intended, intendedAt: minutesAgo(20), ...over };
    const snapshot = { ...aSnapshot(fleet, {}), pooler, proposals };
    return codeOutOfStep(movedPools, { policy: fleet, changes: [] }, snapshot, NOW);
  };
  const told = (found: ReturnType<typeof codeOutOfStep>): readonly string[] =>
    found.map(({ decision }) => explain(decision));
  const TO_60 =
    'propose in infrastructure code: set default_pool_size 25 → 60: default_pool_size 60 is live, infrastructure code was last known to say default_pool_size 25';

  it('are proposed for the code once they have stood for a quarter of an hour', () => {
    expect(told(look({ intendedAt: minutesAgo(14) }))).toEqual([]);
    expect(told(look({ intendedAt: minutesAgo(15) }))).toEqual([TO_60]);
  });

  it('and given back since go the same way back', () => {
    const proposes: ProposableChange = {
      kind: 'tune-pgbouncer',
      pooler: { cluster: 'production', service: 'pgbouncer' },
      from: [],
      to: intended,
    };
    const standing = {
      [proposalResourceOf('pool-size', 'pooler/production/pgbouncer')]: {
        kind: 'tended' as const,
        decisionId: 'd',
        proposes,
        lastNeededAt: at('09:00'),
        tendedAt: at('09:00'),
      },
    };
    expect(told(look({ intended: SIZES }, undefined, standing))).toEqual([
      'propose in infrastructure code: set default_pool_size 60 → 25: default_pool_size 25 is live, infrastructure code was last known to say default_pool_size 60',
    ]);
    expect(told(look({}, undefined, standing))).toEqual([]);
  });

  describe('and are kept in a task definition', () => {
    const durable = { kind: 'task-definition' as const, container: 'pgbouncer', names: { defaultPoolSize: 'SIZE' } };
    const fleet = aFleetPolicy({ ...pooled, pooler: { ...A_POOLER, durable } });
    const kept = (defaultPoolSize: number, rollout: DurableSizes['rollout'] = 'none') => ({
      durable: seen(
        {
          sizes: { defaultPoolSize, reservePoolSize: null, maxClientConnections: null },
          revision: 'pgbouncer:15',
          rollout,
        },
        NOW,
      ),
    });

    it('are proposed for the code of its family when the new revision runs', () => {
      const found = look(kept(60), fleet);
      expect(told(found)).toEqual([TO_60]);
      expect(found[0]?.decision.change).toMatchObject({ to: { proposes: { family: 'pgbouncer', to: intended } } });
    });

    // prettier-ignore
    it.each<readonly [string, Partial<PoolerSnapshot>]>([
      ['while the tasks of the new revision start',   kept(60, 'in-progress')],
      ['while the old revision is about to be left',  kept(25)],
      ['while what they start with cannot be seen',   { durable: unseen({ code: 'no-data' }) }],
    ])('but not %s', (_, over) => {
      expect(told(look(over, fleet))).toEqual([]);
    });

    it('and are proposed all the same where no revision was made within an hour', () => {
      expect(told(look({ ...kept(25), intendedAt: minutesAgo(60) }, fleet))).toEqual([TO_60]);
    });

    it('as far as they have names there', () => {
      const more = { ...intended, maxClientConnections: 2_000 };
      expect(told(look({ ...kept(60), intended: more }, fleet))).toEqual([TO_60]);
      expect(told(look({ ...kept(25), intended: { ...SIZES, maxClientConnections: 2_000 } }, fleet))).toEqual([]);
    });
  });

  it('and are kept in parameters are proposed without a family', () => {
    const durable = { kind: 'ssm-parameter' as const, names: { defaultPoolSize: '/pool' } };
    const sizes = { defaultPoolSize: 60, reservePoolSize: null, maxClientConnections: null };
    const kept = seen({ sizes, revision: 'the parameter store', rollout: 'none' as const }, NOW);
    const found = look({ durable: kept }, aFleetPolicy({ ...pooled, pooler: { ...A_POOLER, durable } }));
    expect(told(found)).toEqual([TO_60]);
    expect(JSON.stringify(found)).not.toContain('family');
  });
});

describe('what was changed live of tasks, databases and caches', () => {
  const resize: ProposableChange = {
    kind: 'resize-task',
    service: CORE_API,
    family: 'core-api',
    from: { cpuUnits: 1024, memoryMiB: 2048 },
    to: { cpuUnits: 2048, memoryMiB: 4096 },
  };
  const fleet = aFleetPolicy({ infrastructureCode: CODE, levers: { 'task-size': { mode: 'apply' } } });
  const after = (status: 'applied' | 'verified', updatedAt = minutesAgo(60)): readonly string[] => {
    const stored = aStoredChange(resize, { status, updatedAt }, { lever: 'task-size' });
    return codeOutOfStep(movedSizes, { policy: fleet, changes: [stored] }, aSnapshot(fleet, {}), NOW).map(
      ({ decision }) => explain(decision),
    );
  };

  it('is proposed for the code once it was verified, for a month', () => {
    expect(after('applied')).toEqual([]);
    expect(after('verified')).toEqual([
      'propose in infrastructure code: resize the tasks of core-api: 1 vCPU and 2 GiB → 2 vCPU and 4 GiB: cpuUnits 2048, memoryMiB 4096 is live, infrastructure code was last known to say cpuUnits 1024, memoryMiB 2048',
    ]);
    expect(after('verified', at('12:30', -30))).toEqual([]);
  });

  it('is not proposed of replicas that Application Auto Scaling has made: a block for one would make another', () => {
    const replicas: ProposableChange = {
      kind: 'set-read-replicas',
      database: { kind: 'aurora-cluster', identifier: 'ledger' },
      from: { replicas: 0 },
      to: { replicas: 1 },
    };
    const stored = aStoredChange(
      replicas,
      { status: 'verified', updatedAt: minutesAgo(60) },
      { lever: 'read-replica' },
    );
    const policy = aFleetPolicy({ infrastructureCode: CODE, levers: { 'read-replica': { mode: 'apply' } } });
    expect(codeOutOfStep(movedSizes, { policy, changes: [stored] }, aSnapshot(policy, {}), NOW)).toEqual([]);
  });
});
