import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Decision } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { DatabaseFacts, InfrastructureSnapshot } from '../../shared/domain/infrastructure.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { readReplica } from '../../shared/levers/read-replica.ts';
import { busyDays, evenDays, ofFourteen } from '../support/builders/database-hours.ts';
import { aDatabase, anInfrastructure, flat, hours } from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aChange, aSnapshot } from '../support/builders/world.ts';

interface See {
  readonly replicas?: readonly string[];
  readonly facts?: Partial<DatabaseFacts>;
  /** What was reached in the busy hours of the last fourteen days, of the writer and of each replica. */
  readonly writer?: readonly number[];
  readonly readers?: readonly number[];
  /** Of a hundred disk operations. */
  readonly reads?: number;
  /** In half of the day, of the newest fourteen days. */
  readonly lagMillis?: readonly number[];
  readonly metrics?: InfrastructureSnapshot['metrics'];
}
type Kind = 'rds-instance' | 'aurora-cluster';

const days = (values: readonly number[], calm: number) =>
  busyDays([...flat(28 - values.length, calm), ...values], calm);
/** The same in every hour of a day. */
const wholeDays = (values: readonly number[]) => hours([...values.flatMap((value) => flat(24, value)), ...flat(12, 0)]);

function seenAs(kind: Kind, see: See): InfrastructureSnapshot {
  const { replicas = [], facts, writer = [], readers = [], reads = 80, lagMillis = flat(14, 20), metrics } = see;
  const cpu = days(readers, 20);
  const ofReplicas =
    kind === 'aurora-cluster'
      ? { 'read-replica/readers-cpu': cpu, 'read-replica/readers-lag': wholeDays(lagMillis) }
      : Object.fromEntries(
          replicas.flatMap((name) => [
            [`read-replica/cpu/${name}`, cpu],
            [`read-replica/lag/${name}`, wholeDays(lagMillis.map((millis) => millis / 1000))],
          ]),
        );
  return anInfrastructure({
    database: seen(aDatabase({ instanceClass: 'db.r6g.large', replicas, ...facts }), NOW),
    metrics: {
      'read-replica/writer-cpu': days(writer, 30),
      'read-replica/reads': evenDays(reads, 14),
      'read-replica/writes': evenDays(100 - reads, 14),
      ...(replicas.length === 0 ? {} : ofReplicas),
      ...metrics,
    },
  });
}

const policyOf = (kind: Kind, settings: NonNullable<FleetInput['levers']>['read-replica'] = {}) =>
  aFleetPolicy({ database: { ...A_DATABASE, kind }, levers: { 'read-replica': { mode: 'apply', ...settings } } });

function decide(
  see: See,
  kind: Kind = 'rds-instance',
  settings: NonNullable<FleetInput['levers']>['read-replica'] = {},
): Decision {
  const policy = policyOf(kind, settings);
  const [proposal] = readReplica.propose(aSnapshot(policy, { infrastructure: seenAs(kind, see) }), policy, NOW);
  if (proposal === undefined) throw new Error('one database, one proposal');
  return proposal.wanted;
}

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const busy = ofFourteen(10, 88, 40);
const ONE = ['replica-1'];
const TWO = ['replica-1', 'replica-2'];
const told = '% of the load are reads, CPU of the writer at 88 % in the busy hours of 10 of 14 days';

/** Reads are 80 of 100 operations. Busy is above 70 % CPU, on 10 of 14 days; two replicas at most. */
describe('read-replica lever', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; kind?: Kind; mode?: 'propose'; then: string }>([
    { when: 'the writer has room',                       see: {},                                             then: 'hold: as it should be' },
    { when: 'it is busy on nine of fourteen days',       see: { writer: ofFourteen(9, 88, 40) },              then: 'hold: as it should be' },
    { when: 'on ten, with reads: RDS gets one at a time', see: { writer: busy },                              then: `read replicas of production: 0 → 1: 80 ${told}` },
    { when: 'Aurora gets what is needed: 88 % × 80 % ÷ 70 %', see: { writer: busy }, kind: 'aurora-cluster',  then: `read replicas of production: 0 → 2: 80 ${told}` },
    { when: 'a proposal for Aurora adds one: each is a block of its own', see: { writer: busy }, kind: 'aurora-cluster', mode: 'propose', then: `read replicas of production: 0 → 1: 80 ${told}` },
    { when: 'one takes what 79 % × 80 % is',             see: { writer: ofFourteen(10, 79, 40) }, kind: 'aurora-cluster', then: 'read replicas of production: 0 → 1: 80 % of the load are reads, CPU of the writer at 79 % in the busy hours of 10 of 14 days' },
    { when: 'reads are 70 % of the load',                see: { writer: busy, reads: 70 },                    then: 'hold: 70 % of the load are reads, not 70 %: a replica takes no writes' },
    { when: 'they are a little more',                    see: { writer: busy, reads: 71 },                    then: `read replicas of production: 0 → 1: 71 ${told}` },
    { when: 'writes are what it is busy with',           see: { writer: busy, reads: 30 },                    then: 'hold: 30 % of the load are reads, not 70 %: a replica takes no writes' },
    { when: 'it is busy, and the replica as well',       see: { writer: busy, replicas: ONE, readers: ofFourteen(11, 80, 20) }, then: 'read replicas of production: 1 → 2: 1 replica at 80 % CPU, above 70 %, in the busy hours of 11 of 14 days' },
    { when: 'the replica is busy, the writer is not',    see: { replicas: ONE, readers: ofFourteen(10, 71, 20) }, then: 'read replicas of production: 1 → 2: 1 replica at 71 % CPU, above 70 %, in the busy hours of 10 of 14 days' },
    { when: 'the replica is at 70 %',                    see: { replicas: ONE, readers: ofFourteen(14, 70, 20) }, then: 'hold: as it should be' },
    { when: 'there is a replica that nobody reads from', see: { writer: busy, replicas: ONE, metrics: { 'read-replica/cpu/replica-1': evenDays(9) } }, then: 'hold: 1 replica at 9 % CPU while the writer is busy: the application does not read from them' },
    { when: 'it is read from a little',                  see: { writer: busy, replicas: ONE, metrics: { 'read-replica/cpu/replica-1': evenDays(10) } }, then: `read replicas of production: 1 → 2: 80 ${told}` },
    { when: 'the replicas lag: writes are the bottleneck', see: { replicas: ONE, readers: ofFourteen(14, 90, 20), lagMillis: ofFourteen(10, 101, 20) }, then: 'hold: replicas are 101 ms behind, more than 100: writes are the bottleneck, and every replica has to repeat them' },
    { when: 'they lag on nine days',                     see: { replicas: ONE, readers: ofFourteen(14, 90, 20), lagMillis: ofFourteen(9, 101, 20) }, then: 'read replicas of production: 1 → 2: 1 replica at 90 % CPU, above 70 %, in the busy hours of 14 of 14 days' },
    { when: 'they are 100 ms behind',                    see: { replicas: ONE, readers: ofFourteen(14, 90, 20), lagMillis: flat(14, 100) }, then: 'read replicas of production: 1 → 2: 1 replica at 90 % CPU, above 70 %, in the busy hours of 14 of 14 days' },
    { when: 'no more are allowed',                       see: { replicas: TWO, readers: ofFourteen(14, 90, 20) }, then: 'hold: 2 replicas, no more are allowed' },
  ])('when $when: $then', ({ see, kind, mode, then }) => {
    expect(explain(decide(see, kind, mode === undefined ? {} : { mode }))).toBe(then);
  });

  it('Aurora: lag in milliseconds, CPU of all readers', () => {
    const see = { replicas: ONE, readers: ofFourteen(14, 90, 20), lagMillis: ofFourteen(10, 101, 20) };
    expect(explain(decide(see, 'aurora-cluster'))).toMatch(/^hold: replicas are 101 ms behind/);
    expect(explain(decide({ ...see, lagMillis: flat(14, 20) }, 'aurora-cluster'))).toMatch(
      /: 1 → 2: 1 replica at 90 %/,
    );
  });

  it('RDS: the mean of all replicas, and the one that is furthest behind', () => {
    const see: See = { replicas: TWO, readers: ofFourteen(14, 90, 20) };
    const uneven = { ...see, metrics: { 'read-replica/cpu/replica-2': evenDays(49) } };
    expect(explain(decide(uneven, 'rds-instance', { maxReplicas: 3 }))).toBe('hold: as it should be');
    const behind = { ...see, metrics: { 'read-replica/lag/replica-2': wholeDays(flat(14, 0.4)) } };
    expect(explain(decide(behind, 'rds-instance', { maxReplicas: 3 }))).toMatch(/^hold: replicas are 400 ms behind/);
  });

  it('a night without writes, in which ReplicaLag rises, is no lag', () => {
    const nights = hours([
      ...Array.from({ length: 14 }, () => [...flat(11, 300), ...flat(13, 0.01)]).flat(),
      ...flat(12, 0),
    ]);
    const see = { replicas: ONE, readers: ofFourteen(14, 90, 20), metrics: { 'read-replica/lag/replica-1': nights } };
    expect(explain(decide(see))).toMatch(/: 1 → 2: /);
  });

  it('the application may tell the share of reads itself', () => {
    const readShare = { namespace: 'Portal', metric: 'ReadShare', dimensions: { stage: 'production' } };
    const see = { writer: busy, reads: 10, metrics: { 'read-replica/read-share': evenDays(85, 14) } };
    expect(explain(decide(see, 'rds-instance', { readShare }))).toBe(`read replicas of production: 0 → 1: 85 ${told}`);
    const facts = { database: seen(aDatabase(), NOW), cache: throttled, tasks: {} };
    const needs = readReplica.needs(
      { services: {}, infrastructure: facts },
      policyOf('rds-instance', { readShare }),
      NOW,
    );
    expect(needs.map((need) => 'query' in need && [need.query.namespace, need.query.metric])).toEqual([
      ['AWS/RDS', 'CPUUtilization'],
      ['Portal', 'ReadShare'],
    ]);
  });
});

describe('read-replica lever: there could be one fewer, after four calm weeks', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; kind?: Kind; mode?: 'apply' | 'propose'; then: string }>([
    { when: 'one alone would be at 35 %',        see: { replicas: TWO, metrics: { 'read-replica/readers-cpu': evenDays(17.5) } }, then: 'hold: 2 replicas never above 17.5 % CPU in 28 days' },
    { when: 'it would be a little above',        see: { replicas: TWO, metrics: { 'read-replica/readers-cpu': evenDays(17.6) } }, then: 'hold: as it should be' },
    { when: 'one of the four weeks is missing',  see: { replicas: TWO, metrics: { 'read-replica/readers-cpu': evenDays(5, 27) } }, then: 'hold: as it should be' },
    { when: 'the last one stays',                see: { replicas: ONE, metrics: { 'read-replica/readers-cpu': evenDays(1) } },   then: 'hold: as it should be' },
    { when: 'of a lever that proposes',          see: { replicas: TWO, metrics: { 'read-replica/readers-cpu': evenDays(10) } }, mode: 'propose', then: 'hold: 2 replicas never above 10 % CPU in 28 days' },
    { when: 'RDS: only said, too',               see: { replicas: TWO, metrics: { 'read-replica/cpu/replica-1': evenDays(10), 'read-replica/cpu/replica-2': evenDays(10) } }, kind: 'rds-instance', then: 'hold: 2 replicas never above 10 % CPU in 28 days' },
  ])('when $when: $then', ({ see, kind = 'aurora-cluster', mode = 'apply', then }) => {
    expect(explain(decide(see, kind, { mode }))).toBe(then);
  });

  it('the reads of the last one come back to the writer', () => {
    const see: See = { replicas: ONE, metrics: { 'read-replica/readers-cpu': evenDays(5) } };
    expect(explain(decide(see, 'aurora-cluster', { minReplicas: 0 }))).toBe(
      'hold: 1 replica never above 5 % CPU in 28 days',
    );
    const warm: See = { ...see, writer: ofFourteen(1, 31, 30) };
    expect(explain(decide(warm, 'aurora-cluster', { minReplicas: 0 }))).toBe('hold: as it should be');
  });
});

describe('read-replica lever: after the database got a replica', () => {
  const see: See = { writer: busy, replicas: ONE, readers: ofFourteen(14, 60, 20) };
  const policy = policyOf('aurora-cluster');
  const said = (over: Partial<FleetSnapshot>): string => {
    const snapshot = aSnapshot(policy, { infrastructure: seenAs('aurora-cluster', see) });
    return explain(readReplica.propose({ ...snapshot, ...over }, policy, NOW)[0]!.wanted);
  };
  const applied = (days: number) => ({
    changes: {
      'database/production': aChange({
        ...{ changeKind: 'set-read-replicas', status: 'verified', lastApplied: { grow: at('12:30', -days) } },
      }),
    },
  });
  const proposed = (replicas: number, identifier = 'production'): Partial<FleetSnapshot> => ({
    proposals: {
      any: {
        ...{ kind: 'tended', decisionId: 'any', tendedAt: NOW, lastNeededAt: at('12:30', -3) },
        proposes: {
          ...{ kind: 'set-read-replicas', database: { kind: 'aurora-cluster', identifier } },
          ...{ from: { replicas: replicas - 1 }, to: { replicas } },
        },
      },
    },
  });
  const LATELY = 'hold: changed at 2026-11-28 12:30 UTC, judged again after 14 days';
  const GROWN = 'read replicas of production: 1 → 2: ';

  it.each([
    { when: 'three days ago: the writer had their reads on the others', over: applied(3), then: LATELY },
    { when: '14 days ago', over: applied(14), then: GROWN },
    { when: 'it was proposed, and is there', over: proposed(1), then: LATELY },
    { when: 'another was proposed', over: proposed(2), then: GROWN },
    { when: 'one of another database was', over: proposed(1, 'ledger'), then: GROWN },
  ])('$when', ({ over, then }) => {
    expect(said(over).startsWith(then)).toBe(true);
  });
});

describe('read-replica lever: what it cannot say', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'the database is being modified',     see: { writer: busy, facts: { status: 'creating' } },                                then: 'abstain: the database is changing: creating' },
    { when: 'it changed three days ago',          see: { writer: busy, facts: { changedAt: at('12:30', -3) } },                        then: 'abstain: changed at 2026-11-28 12:30 UTC, judged again after 14 days' },
    { when: 'the writer cannot be seen',          see: { metrics: { 'read-replica/writer-cpu': throttled } },                          then: 'abstain: cannot see the CPU of the writer: throttled' },
    { when: 'its replicas cannot be seen',        see: { writer: busy, replicas: ONE, metrics: { 'read-replica/cpu/replica-1': throttled } }, then: 'abstain: cannot see the CPU of the replicas: throttled' },
    { when: 'one of two cannot be seen',          see: { writer: busy, replicas: TWO, metrics: { 'read-replica/cpu/replica-2': throttled } }, then: 'abstain: cannot see the CPU of the replicas: throttled' },
    { when: 'reads cannot be told',               see: { writer: busy, metrics: { 'read-replica/reads': throttled } },                 then: 'abstain: cannot see the share of reads: throttled' },
    { when: 'all is answered from memory',        see: { writer: busy, metrics: { 'read-replica/reads': evenDays(0, 14), 'read-replica/writes': evenDays(0, 14) } }, then: 'abstain: cannot see the share of reads: no data' },
    { when: 'an operation count is not a number', see: { writer: busy, metrics: { 'read-replica/reads': evenDays(NaN, 14) } },         then: 'abstain: cannot see the share of reads: invalid value NaN' },
    { when: 'lag cannot be seen: that alone stops nobody', see: { replicas: ONE, readers: ofFourteen(14, 90, 20), metrics: { 'read-replica/lag/replica-1': throttled } }, then: 'read replicas of production: 1 → 2: 1 replica at 90 % CPU, above 70 %, in the busy hours of 14 of 14 days' },
  ])('when $when: $then', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });
});

it('decides with all that is needed to carry it out and to prove it', () => {
  expect(decide({ writer: busy }, 'aurora-cluster')).toEqual({
    kind: 'act',
    direction: 'grow',
    change: {
      kind: 'set-read-replicas',
      database: { kind: 'aurora-cluster', identifier: 'production' },
      from: { replicas: 0 },
      to: { replicas: 2 },
    },
    because: [{ code: 'reads-dominate', readPercent: 80, cpuPercent: 88, days: 10, of: 14 }],
  });
});

it('comes to the same decision again from what is stored with it', () => {
  const policy = policyOf('rds-instance');
  const infrastructure = seenAs('rds-instance', { writer: busy, replicas: TWO, readers: ofFourteen(12, 80, 20) });
  const [proposal] = readReplica.propose(aSnapshot(policy, { infrastructure }), policy, NOW);
  const stored = JSON.parse(JSON.stringify(proposal)) as { input: unknown; settings: unknown };
  expect(readReplica.replay(stored.input, stored.settings, NOW)).toEqual(proposal!.wanted);
});

it.each<{ when: string; kind: Kind; replicas: readonly string[]; asked: number }>([
  { when: 'none of RDS', kind: 'rds-instance', replicas: [], asked: 3 },
  { when: 'two of RDS, each by its name', kind: 'rds-instance', replicas: TWO, asked: 7 },
  { when: 'two of Aurora, all at once', kind: 'aurora-cluster', replicas: TWO, asked: 5 },
])('asks for the replicas that there are: $when', ({ kind, replicas, asked }) => {
  const infrastructure = { database: seen(aDatabase({ replicas }), NOW), cache: throttled, tasks: {} };
  expect(readReplica.needs({ services: {}, infrastructure }, policyOf(kind), NOW)).toHaveLength(asked);
});

describe('read-replica lever: laws', () => {
  /** Some days busy, the others calm. */
  const anyDays = fc
    .tuple(fc.constantFrom(0, 9, 10, 14), fc.integer({ min: 50, max: 100 }), fc.nat(60))
    .map(([count, busyPercent, calmPercent]) => ofFourteen(count, busyPercent, calmPercent));
  const anySee = fc.record({
    replicas: fc.constantFrom<readonly string[]>([], ONE, TWO),
    writer: anyDays,
    readers: anyDays,
    reads: fc.nat(100),
  });
  const anyKind = fc.constantFrom<Kind>('rds-instance', 'aurora-cluster');

  it('law: never more than is allowed, never fewer than is kept, and RDS moves one at a time', () => {
    fc.assert(
      fc.property(anySee, anyKind, (see, kind) => {
        const decision = decide(see, kind);
        fc.pre(decision.kind === 'act' && decision.change.kind === 'set-read-replicas');
        const { from, to } = decision.change;
        expect(to.replicas).not.toBe(from.replicas);
        expect(to.replicas).toBeLessThanOrEqual(Math.max(2, from.replicas));
        expect(to.replicas).toBeGreaterThanOrEqual(1);
        expect(Math.abs(to.replicas - from.replicas)).toBeLessThanOrEqual(kind === 'rds-instance' ? 1 : 2);
      }),
    );
  });

  it('law: writes alone never get a replica', () => {
    fc.assert(
      fc.property(anyDays, fc.integer({ min: 0, max: 70 }), anyKind, (writer, reads, kind) => {
        expect(decide({ writer, reads }, kind).kind).toBe('hold');
      }),
    );
  });

  it('law: unseen never makes it fewer', () => {
    const names = ['writer-cpu', 'readers-cpu'];
    fc.assert(
      fc.property(anySee, fc.subarray(names, { minLength: 1 }), (see, hidden) => {
        const metrics = Object.fromEntries(hidden.map((name) => [`read-replica/${name}`, throttled]));
        const decision = decide({ ...see, metrics }, 'aurora-cluster');
        expect(decision.kind === 'act' && decision.direction === 'shrink').toBe(false);
      }),
    );
  });
});
