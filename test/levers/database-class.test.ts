import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { databaseClass, DATABASE_CLASSES } from '../../shared/capacity/database-classes.ts';
import type { Act, Decision } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { DatabaseFacts, InfrastructureSnapshot } from '../../shared/domain/infrastructure.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { databaseClassLever } from '../../shared/levers/database-class.ts';
import { busyDays, evenDays, ofFourteen } from '../support/builders/database-hours.ts';
import { aDatabase, anInfrastructure, flat, hours } from '../support/builders/infrastructure.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aChange, aSnapshot } from '../support/builders/world.ts';

const GIB = 1024 ** 3;
const A_CONSOLE = { passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pgbouncer-console-AbCdEf' };

/** A database as it is found: calm, except for what is said. */
interface See {
  readonly facts?: Partial<DatabaseFacts>;
  /** What was reached in the busy hours of the last days, oldest first. */
  readonly cpu?: readonly number[];
  readonly freeGiB?: readonly number[];
  readonly swapMiB?: readonly number[];
  readonly connections?: readonly number[];
  readonly sessionsOnCpu?: readonly number[];
  readonly sessionsWaiting?: readonly number[];
  readonly ioCredits?: readonly number[];
  readonly poolInUse?: number;
  /** Whole readings, where the row is about one that is missing. */
  readonly metrics?: InfrastructureSnapshot['metrics'];
  readonly quietWindow?: InfrastructureSnapshot['quietWindow'];
  readonly changes?: FleetSnapshot['changes'];
}

/** Fourteen days of calm before those that are told, so that four weeks are there. */
const told = (days: readonly number[] | undefined, calm: number): Reading<Series> =>
  days === undefined ? evenDays(calm) : busyDays([...flat(28 - days.length, calm), ...days], calm);

const optional = (
  name: string,
  days: readonly number[] | undefined,
  idle: number,
): InfrastructureSnapshot['metrics'] => (days === undefined ? {} : { [name]: busyDays(days, idle) });

function seenAs(see: See): InfrastructureSnapshot {
  const facts = aDatabase(see.facts);
  const memoryGiB = databaseClass(facts.instanceClass)?.memoryGiB ?? 4;
  const calmFree = memoryGiB * 0.4;
  return anInfrastructure({
    database: seen(facts, NOW),
    quietWindow: see.quietWindow ?? null,
    metrics: {
      'database-class/cpu': told(see.cpu, 40),
      'database-class/free-memory': told(
        see.freeGiB?.map((gib) => gib * GIB),
        calmFree * GIB,
      ),
      'database-class/connections': told(see.connections, 62),
      ...optional(
        'database-class/swap',
        see.swapMiB?.map((mib) => mib * 1024 ** 2),
        0,
      ),
      ...optional('database-class/sessions-on-cpu', see.sessionsOnCpu, 0),
      ...optional('database-class/sessions-waiting', see.sessionsWaiting, 0),
      ...optional('database-class/io-credits', see.ioCredits, 100),
      ...(see.poolInUse === undefined ? {} : { 'database-class/pool-in-use': hours(flat(336, see.poolInUse)) }),
      ...see.metrics,
    },
  });
}

const policyOf = (over: Partial<FleetInput> = {}) => aFleetPolicy({ database: A_DATABASE, ...over });

function decide(see: See, over: Partial<FleetInput> = {}): Decision {
  const policy = policyOf(over);
  const snapshot = aSnapshot(policy, { infrastructure: seenAs(see), changes: see.changes ?? {} });
  const [proposal] = databaseClassLever.propose(snapshot, policy, NOW);
  if (proposal === undefined) throw new Error('one database, one proposal');
  return proposal.wanted;
}

const to = (name: string): string => {
  const { vcpus, memoryGiB, maxConnections } = databaseClass(name)!;
  return `${name} has ${vcpus} vCPUs, ${memoryGiB} GiB and by default ${maxConnections} connections`;
};
const change = (from: string, name: string): string => `change the class of production: ${from} → ${name}`;
const T4G = 'db.t4g.medium';
const R6G = { facts: { instanceClass: 'db.r6g.xlarge' } };
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const pooled: Partial<FleetInput> = { pooler: { ...A_POOLER, defaultPoolSize: 60, console: A_CONSOLE } };
const quiet = { from: at('01:00', 1), to: at('03:00', 1), loadPercent: 22 };

/** db.t4g.medium: 2 vCPUs, 4 GiB; 200 connections. CPU is high above 70 %, on 10 of 14 days. */
describe('database-class lever: what the class is short of', () => {
  // prettier-ignore
  it.each<{ when: string; see: See; over?: Partial<FleetInput>; then: string }>([
    { when: 'nothing is short',                   see: {},                                        then: 'hold: as it should be' },
    { when: 'CPU is high on ten of fourteen days', see: { cpu: ofFourteen(10, 82, 40) },          then: `${change(T4G, 'db.m6g.xlarge')}: CPU at 82 %, above 70 %, in the busy hours of 10 of 14 days; ${to('db.m6g.xlarge')}` },
    { when: 'on nine',                            see: { cpu: ofFourteen(9, 82, 40) },            then: 'hold: CPU above 70 % on 9 of 14 days only, not on 10' },
    { when: 'it is just at the limit',            see: { cpu: ofFourteen(14, 70, 40) },           then: 'hold: as it should be' },
    { when: 'it is a little above, all the time', see: { cpu: ofFourteen(14, 70.1, 40) },         then: `${change(T4G, 'db.m6g.xlarge')}: CPU at 70.1 %, above 70 %, in the busy hours of 14 of 14 days; ${to('db.m6g.xlarge')}` },
    { when: 'a steady class needs 3.2 of its 4 vCPUs', see: { ...R6G, cpu: ofFourteen(12, 80, 40) }, then: `${change('db.r6g.xlarge', 'db.r6g.2xlarge')}: CPU at 80 %, above 70 %, in the busy hours of 12 of 14 days; ${to('db.r6g.2xlarge')}` },
    { when: 'more sessions on CPU than vCPUs',    see: { ...R6G, sessionsOnCpu: ofFourteen(14, 9.5, 1) }, then: `${change('db.r6g.xlarge', 'db.r6g.4xlarge')}: sessions on CPU at 9.5, above 4, in the busy hours of 14 of 14 days; ${to('db.r6g.4xlarge')}` },
    { when: 'just as many sessions as vCPUs',     see: { ...R6G, sessionsOnCpu: ofFourteen(14, 4, 1) }, then: 'hold: as it should be' },
    { when: 'sessions wait for locks or I/O: a larger class is no remedy', see: { ...R6G, sessionsWaiting: ofFourteen(12, 9.4, 1) }, then: 'hold: 9.4 sessions wait for locks or I/O, more than the 4 vCPUs: a larger class would not help them' },
    { when: 'they wait on nine days only',        see: { ...R6G, sessionsWaiting: ofFourteen(9, 9.4, 1) }, then: 'hold: as it should be' },
    { when: 'free memory is below a tenth',       see: { freeGiB: ofFourteen(14, 0.39, 2) },      then: `${change(T4G, 'db.t4g.large')}: free memory at 0.4 GiB, below 0.4 GiB, in the busy hours of 14 of 14 days; ${to('db.t4g.large')}` },
    { when: 'it is just a tenth',                 see: { freeGiB: ofFourteen(14, 0.4, 2) },       then: 'hold: as it should be' },
    { when: 'it swaps, and memory is tight',      see: { freeGiB: ofFourteen(14, 0.6, 2), swapMiB: ofFourteen(11, 600, 0) }, then: `${change(T4G, 'db.t4g.large')}: swap at 0.6 GiB, above 0.3 GiB, in the busy hours of 11 of 14 days; ${to('db.t4g.large')}` },
    { when: 'old pages are swapped out, and memory is free', see: { swapMiB: ofFourteen(14, 600, 0) }, then: 'hold: as it should be' },
    { when: 'connections are above 80 % of 200, without a pooler', see: { connections: ofFourteen(14, 161, 60) }, then: `${change(T4G, 'db.t4g.large')}: connections at 161, above 160, in the busy hours of 14 of 14 days; ${to('db.t4g.large')}` },
    { when: 'they are at 80 %',                   see: { connections: ofFourteen(14, 160, 60) },  then: 'hold: as it should be' },
    { when: 'and the pools are in use',           see: { connections: ofFourteen(14, 161, 60), poolInUse: 30 }, over: pooled, then: `${change(T4G, 'db.t4g.large')}: connections at 161, above 160, in the busy hours of 14 of 14 days; ${to('db.t4g.large')}` },
    { when: 'and the pools are larger than anybody needs', see: { connections: ofFourteen(14, 161, 60), poolInUse: 29 }, over: pooled, then: 'hold: 161 connections, and pools of 60 of which 29 are ever in use: smaller pools first' },
    { when: 'the class passes on no more I/O',    see: { facts: { instanceClass: 'db.r6g.large' }, ioCredits: ofFourteen(10, 12, 90) }, then: `${change('db.r6g.large', 'db.r6g.xlarge')}: I/O credits of the class at 12 %, below 20 %, in the busy hours of 10 of 14 days; ${to('db.r6g.xlarge')}` },
    { when: 'CPU and memory are short: one class for both', see: { cpu: ofFourteen(12, 82, 40), freeGiB: ofFourteen(11, 0.2, 2) }, then: `${change(T4G, 'db.m6g.xlarge')}: CPU at 82 %, above 70 %, in the busy hours of 12 of 14 days; free memory at 0.2 GiB, below 0.4 GiB, in the busy hours of 11 of 14 days; ${to('db.m6g.xlarge')}` },
    { when: 'the quiet hours are known',          see: { cpu: ofFourteen(10, 82, 40), quietWindow: quiet }, then: `${change(T4G, 'db.m6g.xlarge')}: CPU at 82 %, above 70 %, in the busy hours of 10 of 14 days; ${to('db.m6g.xlarge')}; quiet hours from 2026-12-02 01:00 UTC to 2026-12-02 03:00 UTC, 22 % of the mean load` },
    { when: 'AWS was asked what can be ordered and does not say', see: { cpu: ofFourteen(10, 82, 40), facts: { orderableClasses: unseen({ code: 'unreadable', detail: 'throttled' }) } }, then: 'abstain: cannot see the classes that can be ordered: throttled' },
    { when: 'nothing larger can be ordered',          see: { cpu: ofFourteen(10, 82, 40), facts: { orderableClasses: seen([T4G], NOW) } }, then: `hold: no class above ${T4G} offers what is needed` },
    { when: 'AWS offers other classes only',      see: { cpu: ofFourteen(10, 82, 40), facts: { orderableClasses: seen(['db.r6g.large', 'db.r6g.xlarge'], NOW) } }, then: `${change(T4G, 'db.r6g.xlarge')}: CPU at 82 %, above 70 %, in the busy hours of 10 of 14 days; ${to('db.r6g.xlarge')}` },
    { when: 'it is the largest of its family',    see: { facts: { instanceClass: 'db.r6g.16xlarge' }, cpu: ofFourteen(14, 90, 40) }, then: 'hold: no class above db.r6g.16xlarge offers what is needed' },
  ])('$when', ({ see, over, then }) => {
    expect(explain(decide(see, over))).toBe(then);
  });
});

describe('database-class lever: what it cannot say', () => {
  const busy = { cpu: ofFourteen(14, 90, 40) };
  // prettier-ignore
  it.each<{ when: string; see: See; then: string }>([
    { when: 'the database is being modified',         see: { ...busy, facts: { status: 'modifying' } },            then: 'abstain: the database is changing: modifying' },
    { when: 'it is backed up, which changes nothing', see: { facts: { status: 'backing-up' } },                    then: 'hold: as it should be' },
    { when: 'a change waits for the maintenance window', see: { ...busy, facts: { hasPendingChange: true } },      then: 'abstain: the database is changing: a change waits for the maintenance window' },
    { when: 'it became another one 14 days ago, less a minute', see: { ...busy, facts: { changedAt: at('12:31', -14) } }, then: 'abstain: changed at 2026-11-17 12:31 UTC, judged again after 14 days' },
    { when: 'the days before it changed are over',    see: { facts: { changedAt: at('12:30', -14) } },             then: 'hold: as it should be' },
    { when: 'it is Aurora Serverless',                see: { ...busy, facts: { acu: { min: 0.5, max: 16 } } },     then: 'abstain: Aurora Serverless: it has capacity, not a class' },
    { when: 'its class is not known',                 see: { ...busy, facts: { instanceClass: 'db.x2g.large' } },  then: 'abstain: db.x2g.large is not among the classes that are known' },
    { when: 'CPU cannot be seen',                     see: { metrics: { 'database-class/cpu': throttled } },       then: 'abstain: cannot see the CPU of the database: throttled' },
    { when: 'memory cannot be seen',                  see: { metrics: { 'database-class/free-memory': throttled } }, then: 'abstain: cannot see its free memory: throttled' },
    { when: 'nothing can be seen',                    see: { metrics: { 'database-class/cpu': throttled, 'database-class/free-memory': throttled, 'database-class/connections': throttled } }, then: 'abstain: cannot see the CPU of the database: throttled; cannot see its free memory: throttled; cannot see its connections: throttled' },
    { when: 'there are thirteen days',                see: { metrics: { 'database-class/cpu': busyDays(flat(13, 40)) } }, then: 'abstain: cannot see the CPU of the database: 13 of 14 points' },
    { when: 'what is short can be seen, the rest not', see: { ...busy, metrics: { 'database-class/connections': throttled } }, then: `${change(T4G, 'db.m6g.xlarge')}: CPU at 90 %, above 70 %, in the busy hours of 14 of 14 days; ${to('db.m6g.xlarge')}` },
  ])('$when', ({ see, then }) => {
    expect(explain(decide(see))).toBe(then);
  });

  it('what we have changed ourselves counts as a change, too', () => {
    const applied = aChange({ changeKind: 'change-database-class', lastApplied: { grow: at('01:30', -3) } });
    expect(explain(decide({ ...busy, changes: { 'database/production': applied } }))).toBe(
      'abstain: changed at 2026-11-28 01:30 UTC, judged again after 14 days',
    );
  });

  it('and counts from when it was made, however long it takes to get into the code', () => {
    const policy = policyOf();
    const made = aChange({ changeKind: 'change-database-class', lastApplied: { grow: at('12:30', -14) } });
    const proposes = {
      kind: 'change-database-class',
      database: { kind: 'rds-instance', identifier: 'production' },
      from: { instanceClass: 'db.t4g.small' },
      to: { instanceClass: 'db.t4g.medium' },
    } as const;
    const snapshot = aSnapshot(policy, {
      infrastructure: seenAs(busy),
      changes: { 'database/production': made },
      proposals: { any: { kind: 'tended', decisionId: 'd', proposes, lastNeededAt: NOW, tendedAt: NOW } },
    });
    const [proposal] = databaseClassLever.propose(snapshot, policy, NOW);
    expect(explain(proposal!.wanted)).toMatch(/^change the class of production: db.t4g.medium → /);
  });

  it.each([
    {
      when: 'what was proposed is there now',
      instanceClass: 'db.m6g.xlarge',
      then: /^abstain: changed at 2026-11-28 06:00 UTC/,
    },
    {
      when: 'what was proposed is not there yet',
      instanceClass: 'db.r6g.large',
      then: /^change the class of production: db.t4g.medium → /,
    },
  ])('a pull request that came true counts as a change: $when', ({ instanceClass, then }) => {
    const policy = policyOf();
    const proposes = {
      kind: 'change-database-class',
      database: { kind: 'rds-instance', identifier: 'production' },
      from: { instanceClass: 'db.t4g.medium' },
      to: { instanceClass },
    } as const;
    const facts = instanceClass === 'db.m6g.xlarge' ? { instanceClass } : {};
    const snapshot = aSnapshot(policy, {
      infrastructure: seenAs({ ...busy, facts }),
      proposals: {
        'proposal/database-class/database/production': {
          ...{ kind: 'tended', decisionId: 'd', proposes },
          ...{ lastNeededAt: at('06:00', -3), tendedAt: at('06:00', -3) },
        },
      },
    });
    const [proposal] = databaseClassLever.propose(snapshot, policy, NOW);
    expect(explain(proposal!.wanted)).toMatch(then);
  });

  it('a database that cannot be seen', () => {
    const policy = policyOf();
    const snapshot = aSnapshot(policy, { infrastructure: anInfrastructure({ database: throttled }) });
    const [proposal] = databaseClassLever.propose(snapshot, policy, NOW);
    expect(explain(proposal!.wanted)).toBe('abstain: cannot see the database: throttled');
  });
});

/** db.r6g.xlarge: 4 vCPUs, 32 GiB; one size down are 2 vCPUs and 16 GiB. */
describe('database-class lever: a smaller class after four calm weeks', () => {
  const idle: See = {
    ...R6G,
    metrics: {
      'database-class/cpu': evenDays(25),
      'database-class/free-memory': evenDays(24 * GIB),
      'database-class/connections': evenDays(62),
    },
  };
  const but = (metrics: InfrastructureSnapshot['metrics']): See => ({
    ...idle,
    metrics: { ...idle.metrics, ...metrics },
  });
  const smaller = `${change('db.r6g.xlarge', 'db.r6g.large')}: never more than 25 % CPU, 8 GiB of memory and 62 connections in 28 days; ${to('db.r6g.large')}`;

  // prettier-ignore
  it.each<{ when: string; see: See; over?: Partial<FleetInput>; then: string }>([
    { when: 'it would fill half of the smaller one', see: idle,                                                       then: smaller },
    { when: 'a little more CPU',                    see: but({ 'database-class/cpu': evenDays(25.1) }),               then: 'hold: as it should be' },
    { when: 'one hour of four weeks was busier',    see: but({ 'database-class/cpu': hours([...flat(600, 20), 26, ...flat(83, 20)]) }), then: 'hold: as it should be' },
    { when: 'a little more memory',                 see: but({ 'database-class/free-memory': evenDays(23.9 * GIB) }), then: 'hold: as it should be' },
    { when: 'more connections than half of what it has', see: but({ 'database-class/connections': evenDays(900) }),  over: { database: { ...A_DATABASE, maxConnections: 1700 } }, then: 'hold: as it should be' },
    { when: 'more connections are configured than it has', see: idle, over: { database: { ...A_DATABASE, maxConnections: 2000 } }, then: 'hold: as it should be' },
    { when: 'a week of the four is missing',        see: but({ 'database-class/cpu': evenDays(25, 27) }),             then: 'hold: as it should be' },
    { when: 'connections cannot be seen',           see: but({ 'database-class/connections': throttled }),            then: 'abstain: cannot see its connections: throttled' },
    { when: 'AWS does not offer it',                see: { ...idle, facts: { ...R6G.facts, orderableClasses: seen(['db.r6g.xlarge'], NOW) } }, then: 'hold: as it should be' },
    { when: 'it is the smallest of its family',     see: { ...idle, facts: { instanceClass: 'db.r6g.large' }, metrics: { ...idle.metrics, 'database-class/free-memory': evenDays(15 * GIB) } }, then: 'hold: as it should be' },
  ])('$when', ({ see, over, then }) => {
    expect(explain(decide(see, over))).toBe(then);
  });
});

describe('database-class lever: what is stored and asked', () => {
  it('decides with all that is needed to carry it out and to prove it', () => {
    expect(decide({ cpu: ofFourteen(10, 82, 40), quietWindow: quiet })).toEqual({
      kind: 'act',
      direction: 'grow',
      change: {
        kind: 'change-database-class',
        database: { kind: 'rds-instance', identifier: 'production' },
        from: { instanceClass: 'db.t4g.medium' },
        to: { instanceClass: 'db.m6g.xlarge' },
      },
      because: [
        { code: 'database-pressed', what: 'cpu', is: 82, limit: 70, days: 10, of: 14 },
        { code: 'class-offers', instanceClass: 'db.m6g.xlarge', vcpus: 4, memoryGiB: 16, maxConnections: 1742 },
        { code: 'quiet-hours', ...quiet },
      ],
    });
  });

  it('tells of the greener ones of equally quiet hours what they were chosen from', () => {
    const carbon = { gramsPerKWh: 180, quietest: { ...quiet, gramsPerKWh: 300 }, equalWithinPercent: 5 };
    const { because } = decide({ cpu: ofFourteen(10, 82, 40), quietWindow: { ...quiet, carbon } });
    expect(because.slice(-2)).toEqual([
      { code: 'quiet-hours', ...quiet },
      { code: 'green-hours', ...carbon },
    ]);
  });

  it('says the most it can about why it does nothing', () => {
    expect(decide({ cpu: ofFourteen(9, 82, 40) }).because).toEqual([
      { code: 'pressed-too-seldom', what: 'cpu', limit: 70, days: 9, of: 14, needed: 10 },
    ]);
  });

  it('comes to the same decision again from what is stored with it', () => {
    const policy = policyOf();
    const infrastructure = seenAs({ cpu: ofFourteen(12, 82, 40), quietWindow: quiet });
    const [proposal] = databaseClassLever.propose(aSnapshot(policy, { infrastructure }), policy, NOW);
    const stored = JSON.parse(JSON.stringify(proposal)) as { input: unknown; settings: unknown };
    expect(databaseClassLever.replay(stored.input, stored.settings, NOW)).toEqual(proposal!.wanted);
    // Days, not hours: a record of the audit table stays small.
    expect(JSON.stringify(stored.input).length).toBeLessThan(4_000);
  });

  it.each<{ when: string; facts: Partial<DatabaseFacts>; asked: number }>([
    { when: 'of a class', facts: {}, asked: 8 },
    { when: 'not of Aurora Serverless, which has none', facts: { acu: { min: 0.5, max: 16 } }, asked: 0 },
  ])('asks for metrics $when', ({ facts, asked }) => {
    const infrastructure = { database: seen(aDatabase(facts), NOW), cache: throttled, tasks: {} };
    const needs = databaseClassLever.needs({ services: {}, infrastructure }, policyOf(), NOW);
    expect(needs).toHaveLength(asked);
  });

  it('asks for four weeks, by the hour, and for the pools where there is a probe', () => {
    const needs = databaseClassLever.needs({ services: {} }, policyOf(pooled), NOW);
    expect(needs).toContainEqual({
      slot: 'infrastructure',
      metric: 'database-class/cpu',
      query: {
        namespace: 'AWS/RDS',
        metric: 'CPUUtilization',
        dimensions: { DBInstanceIdentifier: 'production' },
        statistic: 'Average',
        periodSeconds: 3600,
        windowSeconds: (29 * 24 + 2) * 3600,
      },
    });
    expect(needs.map((need) => 'metric' in need && need.metric)).toContain('database-class/pool-in-use');
  });
});

describe('database-class lever: laws', () => {
  const anyDays = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 14, maxLength: 14 });
  const anyClass = fc.constantFrom(...DATABASE_CLASSES.map(({ name }) => name));
  const anySee = fc
    .record({
      instanceClass: anyClass,
      cpu: anyDays,
      free: anyDays,
      connections: anyDays,
      onCpu: anyDays,
      credits: anyDays,
    })
    .map(({ instanceClass, cpu, free, connections, onCpu, credits }): See => {
      const { memoryGiB } = databaseClass(instanceClass)!;
      return {
        facts: { instanceClass },
        cpu,
        freeGiB: free.map((percent) => (memoryGiB * percent) / 100),
        connections: connections.map((percent) => 2 * percent),
        sessionsOnCpu: onCpu.map((percent) => percent / 10),
        ioCredits: credits,
      };
    });
  const targetOf = (decision: Decision): string | null =>
    decision.kind === 'act' && decision.change.kind === 'change-database-class'
      ? decision.change.to.instanceClass
      : null;

  it('law: growing takes nothing away, shrinking gives nothing', () => {
    fc.assert(
      fc.property(anySee, (see) => {
        const decision = decide(see);
        const name = targetOf(decision);
        fc.pre(name !== null);
        const [from, target] = [databaseClass(see.facts!.instanceClass!)!, databaseClass(name)!];
        const [small, large] = (decision as Act).direction === 'grow' ? [from, target] : [target, from];
        expect(large.vcpus).toBeGreaterThanOrEqual(small.vcpus);
        expect(large.memoryGiB).toBeGreaterThanOrEqual(small.memoryGiB);
        expect(large.sustainedVcpus).toBeGreaterThanOrEqual(small.sustainedVcpus);
        expect(large.name).not.toBe(small.name);
      }),
    );
  });

  it('law: with less to see it never shrinks what it would not have shrunk', () => {
    const names = ['cpu', 'free-memory', 'connections', 'sessions-on-cpu', 'io-credits'];
    fc.assert(
      fc.property(anySee, fc.constantFrom(...names), (see, name) => {
        const dimmed = decide({ ...see, metrics: { [`database-class/${name}`]: throttled } });
        const isShrink = dimmed.kind === 'act' && dimmed.direction === 'shrink';
        expect(isShrink && targetOf(decide(see)) !== targetOf(dimmed)).toBe(false);
      }),
    );
  });

  it('law: what it proposes for CPU has the CPU', () => {
    fc.assert(
      fc.property(anyClass, fc.integer({ min: 71, max: 100 }), (instanceClass, percent) => {
        const name = targetOf(decide({ facts: { instanceClass }, cpu: ofFourteen(14, percent, 40) }));
        fc.pre(name !== null);
        const used = (databaseClass(instanceClass)!.vcpus * percent) / 100;
        expect(used).toBeLessThanOrEqual(databaseClass(name)!.sustainedVcpus * 0.7 + 1e-9);
      }),
    );
  });
});
