import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DatabaseFacts } from '../../shared/domain/infrastructure.ts';
import { NOT_ASKED, seen } from '../../shared/domain/reading.ts';
import { DAY, HOUR, later } from '../../shared/domain/units.ts';
import type { MigrationSightings, SnapshotSighting } from '../../shared/proposals/migration.ts';
import { type DatabaseKeeper, observeSteps, seeChange, type Witness } from '../../shared/proposals/witness.ts';
import { aCache, aDatabase, aTaskDefinition } from '../support/builders/infrastructure.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { aScalingSetup } from '../support/builders/world.ts';
import { at, NOW } from '../support/builders/time.ts';
import { CHANGES } from './samples.ts';

const policy = aFleetPolicy();
const SNAPSHOT = 'pre-core-db-class-change-20261201';

class Keeper implements DatabaseKeeper {
  readonly taken: string[] = [];
  snapshot: SnapshotSighting = { kind: 'absent' };
  /** Of other days, by name. */
  readonly others = new Map<string, SnapshotSighting>();
  replica = { lagMillis: 9, connections: 4 };
  readonly replicasAsked: unknown[] = [];
  interruptions: readonly number[] = [];
  connections: MigrationSightings['connections'] = null;
  readSnapshot(_: unknown, name: string): Promise<SnapshotSighting> {
    return Promise.resolve(name === SNAPSHOT ? this.snapshot : (this.others.get(name) ?? { kind: 'absent' }));
  }
  takeSnapshot(_: unknown, name: string): Promise<'asked'> {
    this.taken.push(name);
    return Promise.resolve('asked');
  }
  readInterruptions(): Promise<readonly number[]> {
    return Promise.resolve(this.interruptions);
  }
  readConnections(): Promise<MigrationSightings['connections']> {
    return Promise.resolve(this.connections);
  }
  readReplica(replica: unknown): Promise<{ lagMillis: number; connections: number }> {
    this.replicasAsked.push(replica);
    return Promise.resolve(this.replica);
  }
}

const witnessOf = (
  { max = 10, database = aDatabase() }: { max?: number; database?: DatabaseFacts | null } = {},
  keeper: DatabaseKeeper | null = null,
): Witness => ({
  scaling: { readScaling: () => Promise.resolve([seen(aScalingSetup({ bounds: { min: 2, max } }), NOW)]) },
  infrastructure: {
    readDatabase: () => Promise.resolve(database === null ? NOT_ASKED : seen(database, NOW)),
    readCache: () => Promise.resolve(seen(aCache({ shards: 3, replicasPerShard: 1 }), NOW)),
    readTasks: () => Promise.resolve([seen(aTaskDefinition({ size: { cpuUnits: 2048, memoryMiB: 4096 } }), NOW)]),
  },
  keeper,
});

/** Nothing is known of bounds and load tests. */
const unattached = { mergedToldAt: null, bounds: null, loadTest: null, mostLagMillis: 100 } as const;

const striped = (allocatedGiB: number) =>
  ({ type: 'gp3', allocatedGiB, maxAllocatedGiB: null, iops: 12_000, throughputMibps: 500 }) as const;

const standing = async (kind: keyof typeof CHANGES, witness = witnessOf()): Promise<string> =>
  (await seeChange(witness, CHANGES[kind], policy)).standing;

describe('whether a change is live', () => {
  it('is seen of bounds', async () => {
    expect(await standing('set-capacity-bounds')).toBe('not-live');
    expect(await standing('set-capacity-bounds', witnessOf({ max: 14 }))).toBe('live');
  });

  it('is seen of tasks, caches and databases, with the facts for their prices', async () => {
    expect(await standing('resize-task')).toBe('live');
    expect(await standing('set-cache-shape')).toBe('live');
    expect(
      await standing('change-database-class', witnessOf({ database: aDatabase({ instanceClass: 'db.r6g.xlarge' }) })),
    ).toBe('live');
    expect(
      await standing('change-database-class', witnessOf({ database: aDatabase({ instanceClass: 'db.r6g.large' }) })),
    ).toBe('not-live');
    const { facts } = await seeChange(witnessOf(), CHANGES['provision-storage'], policy);
    expect(facts.database).not.toBeNull();
  });

  it.each([
    { kind: 'set-read-replicas', facts: { replicas: [] }, then: 'not-live' },
    { kind: 'set-read-replicas', facts: { replicas: ['r1'] }, then: 'live' },
    { kind: 'set-read-replicas', facts: { replicas: ['r1', 'r2'] }, then: 'live' },
    { kind: 'provision-storage', facts: { storage: striped(399) }, then: 'not-live' },
    { kind: 'provision-storage', facts: { storage: striped(400) }, then: 'live' },
    { kind: 'provision-storage', facts: { storage: striped(440) }, then: 'live' },
  ] as const)('is seen of $kind, also where AWS has added more: $facts', async ({ kind, facts, then }) => {
    expect(await standing(kind, witnessOf({ database: aDatabase(facts) }))).toBe(then);
  });

  it('is not known of what cannot be seen', async () => {
    expect(await standing('change-database-class', witnessOf({ database: null }))).toBe('unseen');
    expect(await standing('tune-pgbouncer')).toBe('unseen');
    expect(await standing('set-pod-ceiling')).toBe('unseen');
    expect(await standing('set-own-pool-size')).toBe('unseen');
  });
});

describe('the steps that were seen to be done', () => {
  const change = CHANGES['change-database-class'];
  const steps = async (
    keeper: Keeper | null,
    isMerged: boolean,
    facts = aDatabase({ instanceClass: 'db.r6g.large' }),
  ) => {
    const witness = witnessOf({}, keeper);
    const occasion = { ...unattached, witness, record: null, since: at('12:00'), isMerged, now: NOW };
    const seenFacts = { database: facts, cache: null, task: null };
    return [...(await observeSteps(change, { standing: 'not-live', facts: seenFacts }, occasion))];
  };

  it('a merged change of class has its snapshot taken under the name of the checklist, once it is due', async () => {
    const keeper = new Keeper();
    await steps(keeper, false);
    expect(keeper.taken).toEqual([]);
    await steps(keeper, true);
    expect(keeper.taken).toEqual(['pre-core-db-class-change-20261201']);
    keeper.snapshot = { kind: 'available', since: at('12:10') };
    expect(await steps(keeper, true)).toEqual(['snapshot']);
    expect(keeper.taken).toHaveLength(1);
  });

  it.each([
    { days: 13.99, isMerged: false, taken: 1 },
    { days: 14, isMerged: false, taken: 0 },
    { days: 60, isMerged: true, taken: 1 },
  ])('$days days after it was proposed, merged: $isMerged, quiet hours take $taken more', async (of) => {
    const keeper = new Keeper();
    const quiet = {
      code: 'quiet-hours',
      from: later(NOW, 2 * HOUR),
      to: later(NOW, 4 * HOUR),
      loadPercent: 20,
    } as const;
    const record = { reasons: [quiet] };
    const since = later(NOW, -of.days * DAY);
    const seenFacts = { database: aDatabase({ instanceClass: 'db.r6g.large' }), cache: null, task: null };
    const occasion = { ...unattached, witness: witnessOf({}, keeper), record, since, isMerged: of.isMerged, now: NOW };
    await observeSteps(change, { standing: 'not-live', facts: seenFacts }, occasion);
    expect(keeper.taken).toHaveLength(of.taken);
  });

  describe('a snapshot that is days old when the change is merged', () => {
    const LATER = 'pre-core-db-class-change-20261204';
    const before = aDatabase({ instanceClass: 'db.r6g.large' });
    const lookAt = async (
      keeper: Keeper,
      now: number,
      facts = before,
      mergedToldAt: number | null = null,
    ): Promise<readonly string[]> => {
      const occasion = {
        ...unattached,
        witness: witnessOf({}, keeper),
        record: null,
        since: at('12:00'),
        isMerged: true,
        mergedToldAt,
      };
      const seenFacts = { database: facts, cache: null, task: null };
      return [...(await observeSteps(change, { standing: 'not-live', facts: seenFacts }, { ...occasion, now }))];
    };
    let keeper: Keeper;
    beforeEach(() => {
      keeper = new Keeper();
      keeper.snapshot = { kind: 'available', since: at('20:00') };
    });

    it('is followed by another, under the name of its day, and that one is waited for', async () => {
      expect(await lookAt(keeper, at('12:00', 3))).toEqual([]);
      expect(keeper.taken).toEqual([LATER]);
      keeper.others.set(LATER, { kind: 'creating' });
      expect(await lookAt(keeper, at('12:10', 3))).toEqual([]);
      keeper.others.set(LATER, { kind: 'available', since: at('12:20', 3) });
      expect(await lookAt(keeper, at('18:00', 3))).toEqual(['snapshot']);
      // Also on the day after.
      expect(await lookAt(keeper, at('12:00', 4))).toEqual(['snapshot']);
      expect(keeper.taken).toEqual([LATER]);
    });

    it('is no hindrance once the class is there and the other one was in time', async () => {
      keeper.others.set(LATER, { kind: 'available', since: at('12:20', 3) });
      keeper.interruptions = [at('02:10', 4)];
      const after = aDatabase({ instanceClass: 'db.r6g.xlarge' });
      expect(await lookAt(keeper, at('12:00', 6), after)).toContain('snapshot');
      keeper.snapshot = { kind: 'failed' };
      expect(await lookAt(keeper, at('12:00', 6), after)).toContain('snapshot');
      keeper.others.set(LATER, { kind: 'available', since: at('02:11', 4) });
      expect(await lookAt(keeper, at('12:00', 6), after)).not.toContain('snapshot');
    });

    // prettier-ignore
    it.each<{ told: string | null; then: string[] }>([
      { told: null,          then: [LATER] },
      { told: 'a week ago',  then: [] },
      { told: 'a bit later', then: [LATER] },
    ])('is not followed for ever where nobody applies what is merged: told $told', async ({ told, then }) => {
      const weekAgo = at('12:00', 3) - 7 * 86_400_000;
      await lookAt(keeper, at('12:00', 3), undefined, told === null ? null : told === 'a week ago' ? weekAgo : weekAgo + 1);
      expect(keeper.taken).toEqual(then);
    });

    it('that has failed is asked for again by another name, for its own is taken', async () => {
      keeper.snapshot = { kind: 'failed' };
      await lookAt(keeper, at('12:00', 3));
      expect(keeper.taken).toEqual([LATER]);
    });
  });

  it('new replicas are ticked when they are there, read from, and close behind', async () => {
    const keeper = new Keeper();
    const facts = aDatabase({ replicas: ['r1'] });
    const lookAt = async (isMerged = true): Promise<readonly string[]> => {
      const occasion = { ...unattached, witness: witnessOf({}, keeper), record: null, since: NOW, isMerged, now: NOW };
      const of = { standing: 'live', facts: { database: facts, cache: null, task: null } } as const;
      return [...(await observeSteps(CHANGES['set-read-replicas'], of, occasion))];
    };
    expect(await lookAt()).toEqual(['applied', 'routed', 'lag']);
    expect(keeper.replicasAsked).toEqual([{ kind: 'rds-instance', identifier: 'r1' }]);
    keeper.replica = { lagMillis: 100, connections: 4 };
    expect(await lookAt()).toEqual(['applied', 'routed']);
    keeper.replica = { lagMillis: 9, connections: 0 };
    expect(await lookAt()).toEqual(['applied', 'lag']);
    expect(await lookAt(false)).toEqual([]);
  });

  it('the class, the failover, the clients and the replicas are ticked as they are seen', async () => {
    const keeper = new Keeper();
    keeper.snapshot = { kind: 'available', since: at('12:10') };
    keeper.interruptions = [at('12:20')];
    keeper.connections = { before: 40, now: 40 };
    const after = aDatabase({ instanceClass: 'db.r6g.xlarge', replicas: ['r1'] });
    expect(await steps(keeper, true, after)).toEqual([
      'snapshot',
      'applied',
      'failover',
      'class',
      'reconnects',
      'lag',
      'traffic',
    ]);
  });

  it('without anybody who looks only what the instance shows is ticked', async () => {
    expect(await steps(null, true, aDatabase({ instanceClass: 'db.r6g.xlarge' }))).toEqual(['applied', 'class']);
  });

  it('of any other change it is that it is live', async () => {
    const occasion = { ...unattached, witness: witnessOf(), record: null, since: NOW, isMerged: true, now: NOW };
    const facts = { database: null, cache: null, task: null };
    expect([...(await observeSteps(CHANGES['resize-task'], { standing: 'live', facts }, occasion))]).toEqual([
      'applied',
    ]);
    expect([...(await observeSteps(CHANGES['resize-task'], { standing: 'unseen', facts }, occasion))]).toEqual([]);
  });
});
