import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeverName } from '../../shared/config/policy.ts';
import type { DatabaseResource } from '../../shared/domain/database-reason.ts';
import type { Act } from '../../shared/domain/decision.ts';
import type { ActReason } from '../../shared/domain/reason.ts';
import { otherRemedy, pushesLoad } from '../../shared/evaluation/remedies.ts';
import type { Proposal } from '../../shared/levers/lever.ts';
import { REASONS } from '../support/builders/reasons.ts';

const database = { kind: 'rds-instance', identifier: 'production' } as const;
const storage = { allocatedGiB: 250, iops: null, throughputMibps: null };

/** What each lever would change; which numbers it moves matters to no rule but those of storage. */
const CHANGES = {
  'database-class': {
    kind: 'change-database-class',
    database,
    from: { instanceClass: 'a' },
    to: { instanceClass: 'b' },
  },
  'read-replica': { kind: 'set-read-replicas', database, from: { replicas: 0 }, to: { replicas: 1 } },
  iops: { kind: 'provision-storage', database, from: storage, to: { ...storage, allocatedGiB: 400 } },
  storage: { kind: 'provision-storage', database, from: storage, to: { ...storage, allocatedGiB: 275 } },
  'aurora-capacity': {
    kind: 'set-aurora-capacity',
    database,
    from: { minAcu: 1, maxAcu: 8 },
    to: { minAcu: 1, maxAcu: 16 },
  },
  cache: {
    kind: 'change-cache-node-type',
    replicationGroup: 'sessions',
    from: { nodeType: 'a' },
    to: { nodeType: 'b' },
  },
  'task-size': {
    kind: 'resize-task',
    service: { cluster: 'production', service: 'core-api' },
    family: 'core-api',
    from: { cpuUnits: 1024, memoryMiB: 2048 },
    to: { cpuUnits: 2048, memoryMiB: 4096 },
  },
} as const;
type Name = keyof typeof CHANGES;

const wish = (lever: Name, because: readonly [ActReason, ...ActReason[]], over: Partial<Act> = {}): Proposal => ({
  ...{ lever, resource: lever, service: null, input: {}, settings: {} },
  wanted: { kind: 'act', direction: 'grow', change: CHANGES[lever], because, ...over },
});
const shortOf = (...what: readonly [DatabaseResource, ...DatabaseResource[]]): Proposal => {
  const [first, ...others] = what.map((one) => ({ ...REASONS['database-pressed'], what: one }));
  return wish('database-class', [first!, ...others]);
};
const reading = (readPercent: number | null): Proposal =>
  wish('iops', [{ ...REASONS['storage-pressed'], readPercent }]);

const READS = wish('read-replica', [REASONS['reads-dominate']]);
const MISSES = wish('cache', [REASONS['cache-evicts']]);
const COSTLY = wish('task-size', [REASONS['requests-cost-cpu']]);

const said = (mine: Proposal, ...others: readonly Proposal[]): string => {
  const found = otherRemedy(mine, [mine, ...others], () => true);
  return found === null ? 'goes ahead' : `waits for ${found.lever}: ${found.why}`;
};

describe('who waits for whom', () => {
  // prettier-ignore
  it.each<{ when: string; mine: Proposal; others: readonly Proposal[]; then: string }>([
    { when: 'a class that is short of CPU, alone',                 mine: shortOf('cpu'),           others: [],                          then: 'goes ahead' },
    { when: 'and reads that could leave',                          mine: shortOf('cpu'),           others: [READS],                     then: 'waits for read-replica: reads-can-leave' },
    { when: 'short of sessions on CPU as well',                    mine: shortOf('cpu', 'sessions-on-cpu'), others: [READS],            then: 'waits for read-replica: reads-can-leave' },
    { when: 'short of memory as well',                             mine: shortOf('cpu', 'memory'), others: [READS],                     then: 'goes ahead' },
    { when: 'replicas that are busy take nothing from the writer', mine: shortOf('cpu'),           others: [wish('read-replica', [REASONS['replicas-busy']])], then: 'goes ahead' },
    { when: 'a class and a cache that misses',                     mine: shortOf('cpu'),           others: [MISSES, READS],             then: 'waits for cache: cache-misses' },
    { when: 'a class short of connections, and the cache',         mine: shortOf('connections'),   others: [MISSES],                    then: 'goes ahead' },
    { when: 'a cache whose engine is busy is no cause',            mine: shortOf('cpu'),           others: [wish('cache', [REASONS['cache-engine-busy']])], then: 'goes ahead' },
    { when: 'reads, and a class short of CPU alone',               mine: READS,                    others: [shortOf('cpu')],            then: 'goes ahead' },
    { when: 'reads, and a class short of memory',                  mine: READS,                    others: [shortOf('cpu', 'memory')],  then: 'waits for database-class: class-has-both' },
    { when: 'reads, and a capacity that is bound',                 mine: READS,                    others: [wish('aurora-capacity', [REASONS['acu-near-max']])], then: 'waits for aurora-capacity: capacity-is-bound' },
    { when: 'reads, and a capacity that is only warmed',           mine: READS,                    others: [wish('aurora-capacity', [REASONS['acu-warm-for-event']])], then: 'goes ahead' },
    { when: 'IOPS of reads, and memory',                           mine: reading(51),              others: [shortOf('memory')],         then: 'waits for database-class: memory-spares-reads' },
    { when: 'half of them writes',                                 mine: reading(50),              others: [shortOf('memory')],         then: 'goes ahead' },
    { when: 'nobody knows what they are',                          mine: reading(null),            others: [shortOf('swap')],           then: 'goes ahead' },
    { when: 'IOPS of writes, and a class that passes on no more',  mine: reading(10),              others: [shortOf('io-credits')],     then: 'waits for database-class: class-is-the-limit' },
    { when: 'IOPS, and a class short of CPU',                      mine: reading(90),              others: [shortOf('cpu')],            then: 'goes ahead' },
    { when: 'IOPS and a disk that fills up, both with a size',     mine: reading(10),              others: [wish('storage', [REASONS['storage-runs-out']])], then: 'waits for storage: disk-fills' },
    { when: 'tasks short of CPU, and a database that is',          mine: COSTLY,                   others: [shortOf('cpu')],            then: 'waits for database-class: database-holds-back' },
    { when: 'tasks short of memory',                               mine: wish('task-size', [REASONS['task-memory-short']]), others: [shortOf('cpu')], then: 'goes ahead' },
    { when: 'tasks short of CPU, and a database kept warm',        mine: COSTLY,                   others: [wish('aurora-capacity', [REASONS['acu-warm-for-event']])], then: 'goes ahead' },
    { when: 'tasks short of CPU, and a class that shrinks',        mine: COSTLY,                   others: [wish('database-class', [REASONS['database-calm']], { direction: 'shrink' })], then: 'goes ahead' },
  ])('$when: $then', ({ mine, others, then }) => {
    expect(said(mine, ...others)).toBe(then);
  });

  it('nobody waits for a remedy that does not come about', () => {
    expect(otherRemedy(shortOf('cpu'), [READS], ({ lever }) => lever !== 'read-replica')).toBeNull();
    expect(otherRemedy(shortOf('cpu'), [READS], () => true)).toEqual({
      code: 'other-remedy',
      lever: 'read-replica',
      why: 'reads-can-leave',
    });
  });

  it('who holds waits for nobody', () => {
    const holding: Proposal = { ...shortOf('cpu'), wanted: { kind: 'hold', because: [REASONS['as-it-should-be']] } };
    expect(otherRemedy(holding, [READS], () => true)).toBeNull();
    expect(pushesLoad(holding)).toBe(false);
  });
});

it.each([
  { when: 'more CPU for tasks', proposal: COSTLY, then: true },
  { when: 'more memory for tasks', proposal: wish('task-size', [REASONS['out-of-memory']]), then: false },
])('brings more work to the database: $when, $then', ({ proposal, then }) => {
  expect(pushesLoad(proposal)).toBe(then);
});

it('law: somebody always goes ahead', () => {
  const anyShort = fc
    .subarray<DatabaseResource>(['cpu', 'sessions-on-cpu', 'memory', 'swap', 'connections', 'io-credits'], {
      minLength: 1,
    })
    .map(([first, ...others]) => shortOf(first!, ...others));
  const anyOf = (...proposals: readonly Proposal[]) => fc.constantFrom(...proposals);
  const anyWishes = fc
    .tuple(
      fc.option(anyShort),
      fc.option(anyOf(READS, wish('read-replica', [REASONS['replicas-busy']]))),
      fc.option(anyOf(MISSES, wish('cache', [REASONS['cache-engine-busy']]))),
      fc.option(anyOf(reading(10), reading(90), reading(null))),
      fc.option(anyOf(wish('storage', [REASONS['storage-runs-out']]))),
      fc.option(anyOf(COSTLY, wish('task-size', [REASONS['out-of-memory']]))),
      fc.option(anyOf(wish('aurora-capacity', [REASONS['acu-near-max']]))),
    )
    .map((wishes) => wishes.filter((one) => one !== null))
    .filter((wishes) => wishes.length > 0);
  fc.assert(
    fc.property(anyWishes, (wishes) => {
      const waiting = new Map<LeverName, string | undefined>(
        wishes.map((one) => [one.lever, otherRemedy(one, wishes, () => true)?.lever]),
      );
      expect([...waiting.values()]).toContain(undefined);
      // Whoever waits comes, by whom it waits for, to somebody who goes ahead: no two send each other to wait.
      for (const [start] of waiting) {
        const seen = new Set<string>();
        for (let at: string | undefined = start; at !== undefined; at = waiting.get(at as LeverName)) {
          expect(seen.has(at)).toBe(false);
          seen.add(at);
        }
      }
    }),
  );
});
