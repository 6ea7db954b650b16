import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FleetPolicy } from '../../shared/config/policy.ts';
import type { ProposableChange } from '../../shared/domain/change.ts';
import type { DatabaseFacts } from '../../shared/domain/infrastructure.ts';
import { conductOf } from '../../shared/proposals/conduct.ts';
import { editOfChange } from '../../shared/proposals/edit-of-change.ts';
import { filesInQuestion } from '../../shared/proposals/need-of-change.ts';
import { NOTHING_SEEN } from '../../shared/proposals/seen-facts.ts';
import { valueChanges } from '../../shared/proposals/value-changes.ts';
import { code, diff, filesAfter, fixture, plan } from '../infrastructure-code/support.ts';
import { CORE_API } from '../support/builders/decisions.ts';
import { aDatabase } from '../support/builders/infrastructure.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, type FleetInput } from '../support/builders/policy.ts';
import { CHANGES, CLUSTER, EVERY_CHANGE } from './samples.ts';

const said = (change: ProposableChange): readonly string[] =>
  valueChanges(change).map(({ what, from, to }) => `${what}: ${from} → ${to}`);

describe('before and after', () => {
  // prettier-ignore
  it.each<[ProposableChange, readonly string[]]>([
    [CHANGES['set-capacity-bounds'],    ['max capacity: 10 tasks → 14 tasks']],
    [CHANGES['tune-pgbouncer'],         ['default_pool_size: 25 → 60']],
    [CHANGES['resize-task'],            ['task CPU: 1 vCPU → 2 vCPU', 'task memory: 2 GiB → 4 GiB']],
    [CHANGES['change-database-class'],  ['instance class: db.r6g.large → db.r6g.xlarge', 'vCPU: 2 → 4', 'memory: 16 GiB → 32 GiB', 'max_connections by default: 1742 → 3508']],
    [CHANGES['set-read-replicas'],      ['read replicas: 0 → 1']],
    [CHANGES['set-storage-ceiling'],    ['storage ceiling: unset → 1000 GiB']],
    [CHANGES['provision-storage'],      ['storage: 200 GiB → 400 GiB', 'IOPS: unset → 12000', 'throughput: unset → 500 MiB/s']],
    [CHANGES['set-aurora-capacity'],    ['maximum capacity: 8 ACU → 16 ACU']],
    [CHANGES['set-cache-shape'],        ['shards: 2 → 3']],
    [CHANGES['change-cache-node-type'], ['node type: cache.r7g.large → cache.r7g.xlarge']],
    [CHANGES['set-pod-ceiling'],        ['maxReplicas: 10 pods → 14 pods']],
    [CHANGES['set-own-pool-size'],      ['pool_size of reports: 5 connections → 12 connections']],
  ])('of $kind', (change, then) => {
    expect(said(change)).toEqual(then);
  });

  it('of a change that moves nothing there is none', () => {
    const change = CHANGES['set-capacity-bounds'];
    expect(() => valueChanges({ ...change, to: change.from })).toThrow(RangeError);
  });
});

describe('what a reviewer has to know', () => {
  const policy = aFleetPolicy();
  it.each(EVERY_CHANGE)('of $kind: risk, downtime, the way back, and steps under keys of their own', (change) => {
    const { risk, downtime, rollback, steps } = conductOf(change, '20261201', policy, NOTHING_SEEN);
    for (const part of [risk.sentences, downtime, rollback, steps]) expect(part.length).toBeGreaterThan(0);
    expect(new Set(steps.map(({ key }) => key)).size).toBe(steps.length);
    expect(new Set(steps.map(({ step }) => step)).size).toBe(steps.length);
  });

  it('has the numbers of the policy in force', () => {
    const others = aFleetPolicy({
      services: [aServiceInput({ targetTracking: { cpuPercent: 55 } })],
      levers: {
        'database-class': { sustained: { days: 6, of: 9 }, calmDays: 35 },
        'read-replica': { lagMillis: 250, busyHours: 5 },
        'task-size': { sustained: { datapoints: 1, of: 12 }, slowRequestMillis: 900, memoryHighPercent: 85 },
        iops: { highPercent: 66, queueDepth: 4, sustainedHours: { datapoints: 2, of: 24 } },
        cache: { memoryHighPercent: 77, evictionsPerHour: 5, engineCpuHighPercent: 66 },
      },
    });
    const stepsOf = (change: ProposableChange, of: FleetPolicy): string =>
      conductOf(change, '20261201', of, NOTHING_SEEN)
        .steps.map(({ step }) => step)
        .join('\n');
    const klass = CHANGES['change-database-class'];
    expect(stepsOf(klass, policy)).toContain('The trigger has been sustained: on at least 10 of 14 days.');
    expect(stepsOf(klass, others)).toContain('The trigger has been sustained: on at least 6 of 9 days.');
    expect(stepsOf(klass, others)).toContain('Every replica lags less than 250 ms.');
    const smaller = { ...klass, from: klass.to, to: klass.from };
    expect(stepsOf(smaller, others)).toContain('The database has been calm for 35 days.');
    expect(stepsOf(smaller, others)).toContain('ceilings fit into what the new max_connections allows');
    expect(stepsOf(CHANGES['set-read-replicas'], others)).toContain('The replica lag is under 250 ms.');
    expect(stepsOf(CHANGES['resize-task'], others)).toContain(
      'None of the next 12 hours has CPU above its target of 55 %, memory above 85 % or a p99 response time above 900 ms.',
    );
    expect(stepsOf(CHANGES['provision-storage'], others)).toContain(
      'Fewer than 2 of the next 24 hours have more than 66 % of the provisioned IOPS in use, or a queue above 4.',
    );
    expect(stepsOf(CHANGES['change-cache-node-type'], others)).toContain('above 77 % or more than 5 keys evicted.');
    expect(stepsOf(CHANGES['set-cache-shape'], others)).toContain('above 77 % or engine CPU above 66 %.');
  });

  // prettier-ignore
  it.each<{ kind: 'task-definition' | 'ssm-parameter' | null; then: RegExp; steps: string[] }>([
    { kind: null,              then: /^None: PgBouncer takes the sizes while it runs/,       steps: ['applied'] },
    { kind: 'ssm-parameter',   then: /^None: PgBouncer takes the sizes while it runs/,       steps: ['applied'] },
    { kind: 'task-definition', then: /replaces the PgBouncer tasks one after the other, and/, steps: ['plan', 'applied'] },
  ])('of pool sizes that stand in $kind: what becomes of connections', ({ kind, then, steps }) => {
    const durable = kind === null ? {} : { durable: { kind, names: { defaultPoolSize: 'POOL_SIZE' } } };
    const conduct = conductOf(CHANGES['tune-pgbouncer'], '20261201', aFleetPolicy({ pooler: { ...A_POOLER, ...durable } }), NOTHING_SEEN);
    expect(conduct.downtime.join(' ')).toMatch(then);
    expect(conduct.steps.map(({ key }) => key)).toEqual(steps);
  });

  // prettier-ignore
  it.each<{ of: string; change: ProposableChange; facts: DatabaseFacts | null; then: RegExp }>([
    { of: 'a class of Multi-AZ',       change: CHANGES['change-database-class'],                       facts: aDatabase({ deployment: 'multi-az' }),  then: /^Multi-AZ: about 30 seconds[^:]*$/ },
    { of: 'a class of Single-AZ',      change: CHANGES['change-database-class'],                       facts: aDatabase({ deployment: 'single-az' }), then: /^Single-AZ: some minutes[^:]*$/ },
    { of: 'a class nobody can see',    change: CHANGES['change-database-class'],                       facts: null,                                   then: /^Multi-AZ: .* Single-AZ: / },
    { of: 'a class of Aurora',         change: { ...CHANGES['change-database-class'], database: CLUSTER }, facts: aDatabase(),                        then: /^Aurora with a reader: about 30 seconds/ },
    { of: 'a replica of Multi-AZ',     change: CHANGES['set-read-replicas'],                           facts: aDatabase({ deployment: 'multi-az' }),  then: /^None\. A replica is created/ },
    { of: 'a replica of Single-AZ',    change: CHANGES['set-read-replicas'],                           facts: aDatabase({ deployment: 'single-az' }), then: /^I\/O of the primary pauses for about a minute/ },
    { of: 'a replica nobody can see',  change: CHANGES['set-read-replicas'],                           facts: null,                                   then: /^None where the primary is Multi-AZ; of Single-AZ, / },
    { of: 'a replica of Aurora',       change: { ...CHANGES['set-read-replicas'], database: CLUSTER }, facts: aDatabase(),                            then: /^None: a reader joins the storage/ },
  ])('how long $of takes the database down', ({ change, facts, then }) => {
    expect(conductOf(change, '20261201', policy, { database: facts }).downtime.join(' ')).toMatch(then);
  });

  // prettier-ignore
  it.each<{ of: string; change: ProposableChange; allocatedGiB: number | null; level: string; then: RegExp | null }>([
    { of: 'storage of 200 → 400 GiB',      change: CHANGES['provision-storage'],                                                                     allocatedGiB: 200,  level: 'high',   then: /goes to 400 GiB and more, which lie on four volumes: all data is copied/ },
    { of: 'storage of 200 → 399 GiB',      change: { ...CHANGES['provision-storage'], to: { allocatedGiB: 399, iops: null, throughputMibps: null } }, allocatedGiB: 200,  level: 'medium', then: null },
    { of: 'storage of 400 → 500 GiB',      change: { ...CHANGES['provision-storage'], from: { ...CHANGES['provision-storage'].to }, to: { ...CHANGES['provision-storage'].to, allocatedGiB: 500 } }, allocatedGiB: 400, level: 'medium', then: null },
    { of: 'a ceiling of none → 1000 GiB',  change: CHANGES['set-storage-ceiling'],                                                                   allocatedGiB: 200,  level: 'low',    then: /may now grow by itself to 400 GiB and more, .* at an hour that nobody chooses/ },
    { of: 'the same, of what nobody sees', change: CHANGES['set-storage-ceiling'],                                                                   allocatedGiB: null, level: 'low',    then: /may now grow by itself/ },
    { of: 'the same from 400 GiB on',      change: CHANGES['set-storage-ceiling'],                                                                   allocatedGiB: 400,  level: 'low',    then: null },
    { of: 'a ceiling that was past it',    change: { ...CHANGES['set-storage-ceiling'], from: { maxAllocatedGiB: 400 } },                            allocatedGiB: 200,  level: 'low',    then: null },
    { of: 'a ceiling of 399 GiB',          change: { ...CHANGES['set-storage-ceiling'], to: { maxAllocatedGiB: 399 } },                              allocatedGiB: 200,  level: 'low',    then: null },
  ])('of $of: whether the data is copied', ({ change, allocatedGiB, level, then }) => {
    const database = allocatedGiB === null ? null : aDatabase({ storage: { ...aDatabase().storage!, allocatedGiB } });
    const { risk } = conductOf(change, '20261201', policy, { database });
    expect(risk.level).toBe(level);
    expect(risk.sentences.join(' ')).toMatch(then ?? /^((?!copied).)*$/);
  });

  it('of a class whose max_connections a parameter group sets: that they stay', () => {
    const at = (maxConnections: number): string =>
      conductOf(
        CHANGES['change-database-class'],
        '20261201',
        aFleetPolicy({ database: { ...A_DATABASE, maxConnections } }),
        NOTHING_SEEN,
      ).risk.sentences.join(' ');
    expect(at(200)).toContain(
      'max_connections stays at 200: a parameter group sets it, for it is not the default of db.r6g.large.',
    );
    expect(at(1742)).not.toContain('max_connections');
  });

  it('of a database class: the whole migration, with the name of its snapshot', () => {
    const { risk, steps, rollback } = conductOf(CHANGES['change-database-class'], '20261201', policy, NOTHING_SEEN);
    expect(risk.level).toBe('high');
    expect(steps.map(({ key }) => key)).toEqual([
      'sustained',
      'snapshot',
      'runbook',
      'replicas',
      'plan',
      'window',
      'applied',
      'failover',
      'class',
      'reconnects',
      'lag',
      'traffic',
      'bounds',
      'load-test',
    ]);
    expect(`${steps[1]?.step ?? ''} ${rollback.at(-1) ?? ''}`.match(/pre-core-db-class-change-20261201/g)).toHaveLength(
      2,
    );
  });

  const larger = CHANGES['change-database-class'];
  const smaller = { ...larger, from: larger.to, to: larger.from };
  // prettier-ignore
  it.each([
    { of: 'a larger class with one replica',       change: larger,                            replicas: ['r1'], then: ['replicas', 'lag', 'traffic'], risk: 'change theirs before that of the primary' },
    { of: 'a smaller class with one replica',      change: smaller,                           replicas: ['r1'], then: ['lag', 'traffic'],             risk: 'change theirs after that of the primary' },
    { of: 'a larger class with none',              change: larger,                            replicas: [],     then: [],                             risk: null },
    { of: 'a class of Aurora, whose readers share its storage', change: { ...larger, database: CLUSTER }, replicas: ['r1'], then: ['lag', 'traffic'], risk: null },
  ])('of $of: what its replicas need and have to show', ({ change, replicas, then, risk }) => {
    const conduct = conductOf(change, '20261201', policy, { database: aDatabase({ replicas }) });
    const keys = conduct.steps.map(({ key }) => key);
    expect(keys.filter((key) => ['replicas', 'lag', 'traffic'].includes(key))).toEqual(then);
    const sentences = conduct.risk.sentences.join(' ');
    expect(sentences.includes('PostgreSQL stops replaying')).toBe(risk !== null);
    expect(sentences).toContain(risk ?? '');
  });
});

const DATABASE_TF = `resource "aws_db_instance" "core" {
  identifier        = "core-db"
  instance_class    = "db.r6g.large" # two vCPUs
  allocated_storage = 200
  storage_type      = "gp3"
}

resource "aws_rds_cluster" "core" {
  cluster_identifier = "core"
  serverlessv2_scaling_configuration {
    min_capacity = 1
    max_capacity = 8
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id    = "sessions"
  node_type               = "cache.r7g.large"
  num_node_groups         = 2
  replicas_per_node_group = 1
}

resource "aws_appautoscaling_target" "api" {
  resource_id  = "service/production/core-api"
  min_capacity = 2
  max_capacity = 10
}

resource "aws_ecs_task_definition" "api" {
  family = "core-api"
  cpu    = "1024"
  memory = 2048
}
`;
const repository = code({
  'main.tf': DATABASE_TF,
  'pgbouncer.ini': '[databases]\nreports = host=10.0.9.5 pool_size=5\n[pgbouncer]\ndefault_pool_size = 25\n',
  'hpa.yaml':
    'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: portal\n  namespace: public\nspec:\n  minReplicas: 2\n  maxReplicas: 10 # of 20\n',
});

describe('the edit of a change', () => {
  // prettier-ignore
  it.each<[ProposableChange, readonly string[]]>([
    [CHANGES['set-capacity-bounds'],    ['main.tf:26: -  max_capacity = 10', 'main.tf:26: +  max_capacity = 14']],
    [CHANGES['tune-pgbouncer'],         ['pgbouncer.ini:4: -default_pool_size = 25', 'pgbouncer.ini:4: +default_pool_size = 60']],
    [CHANGES['resize-task'],            ['main.tf:31: -  cpu    = "1024"', 'main.tf:32: -  memory = 2048', 'main.tf:31: +  cpu    = "2048"', 'main.tf:32: +  memory = 4096']],
    [CHANGES['change-database-class'],  ['main.tf:3: -  instance_class    = "db.r6g.large" # two vCPUs', 'main.tf:3: +  instance_class    = "db.r6g.xlarge" # two vCPUs']],
    [CHANGES['set-aurora-capacity'],    ['main.tf:12: -    max_capacity = 8', 'main.tf:12: +    max_capacity = 16']],
    [CHANGES['set-cache-shape'],        ['main.tf:19: -  num_node_groups         = 2', 'main.tf:19: +  num_node_groups         = 3']],
    [CHANGES['change-cache-node-type'], ['main.tf:18: -  node_type               = "cache.r7g.large"', 'main.tf:18: +  node_type               = "cache.r7g.xlarge"']],
    [CHANGES['set-own-pool-size'],      ['pgbouncer.ini:2: -reports = host=10.0.9.5 pool_size=5', 'pgbouncer.ini:2: +reports = host=10.0.9.5 pool_size=12']],
    [CHANGES['set-pod-ceiling'],        ['hpa.yaml:8: -  maxReplicas: 10 # of 20', 'hpa.yaml:8: +  maxReplicas: 14 # of 20']],
  ])('$kind is the one line that says it', (change, then) => {
    const edit = editOfChange(change, {});
    if (edit === null) throw new Error('not in code');
    const result = plan(repository, edit);
    expect(diff(result)).toEqual(then);
    expect(plan(filesAfter(repository, result), edit)).toMatchObject({ kind: 'not-needed' });
  });

  it('provision-storage sets size, IOPS and throughput together, and storage ceilings stand beside their relatives', () => {
    for (const kind of ['provision-storage', 'set-storage-ceiling'] as const) {
      const edit = editOfChange(CHANGES[kind], {});
      if (edit === null) throw new Error('not in code');
      const result = plan(repository, edit);
      if (result.kind !== 'edited') throw new Error(JSON.stringify(result));
      const after = result.files[0]?.after ?? '';
      const wanted =
        kind === 'provision-storage' ? [/= 400$/m, /iops\s+= 12000/, /= 500$/m] : [/max_allocated_storage\s*= 1000/];
      for (const pattern of wanted) expect(after).toMatch(pattern);
    }
  });

  it('a replica is modelled on its siblings', () => {
    const edit = editOfChange(
      {
        ...CHANGES['set-read-replicas'],
        database: { kind: 'rds-instance', identifier: 'prod-records' },
      },
      {},
    );
    expect(edit).toMatchObject({ kind: 'add-replica', identifier: 'prod-records-replica-1' });
    if (edit === null) throw new Error('not in code');
    expect(['edited', 'refused']).toContain(plan(fixture('flat'), edit).kind);
  });

  it('a number that has drifted since is refused, and not buried', () => {
    const drifted = code({ 'main.tf': DATABASE_TF.replace('db.r6g.large', 'db.r6g.2xlarge') });
    const edit = editOfChange(CHANGES['change-database-class'], {});
    if (edit === null) throw new Error('not in code');
    expect(plan(drifted, edit)).toMatchObject({ kind: 'refused', because: { code: 'unexpected-value' } });
  });

  describe('of pool sizes that are kept elsewhere than in pgbouncer.ini', () => {
    const tuned = {
      ...CHANGES['tune-pgbouncer'],
      to: { ...CHANGES['tune-pgbouncer'].to, maxClientConnections: 2_000 },
    };
    const anything = { kind: 'anything' } as const;
    const fleetWith = (durable: NonNullable<FleetInput['pooler']>['durable']) =>
      aFleetPolicy({ pooler: { ...A_POOLER, durable } });

    it('is of their parameters, which stand in Terraform', () => {
      const names = { defaultPoolSize: '/pool', maxClientConnections: '/clients' };
      const fleet = fleetWith({ kind: 'ssm-parameter', names });
      expect(editOfChange(tuned, fleet)).toEqual({
        kind: 'set-parameters',
        changes: [
          { parameter: '/pool', present: anything, to: 60 },
          { parameter: '/clients', present: anything, to: 2_000 },
        ],
      });
      expect(filesInQuestion(tuned, fleet)).toContain('.tf');
    });

    it('is of the variables of their task definition, as far as they have names there', () => {
      const fleet = fleetWith({ kind: 'task-definition', container: 'pooler', names: { defaultPoolSize: 'SIZE' } });
      const what = { kind: 'environment', container: 'pooler', variable: 'SIZE' };
      const edit = { kind: 'set-task-definition', family: null, changes: [{ what, present: anything, to: 60 }] };
      expect(editOfChange(tuned, fleet)).toEqual(edit);
      expect(editOfChange({ ...tuned, family: 'pgbouncer' }, fleet)).toEqual({ ...edit, family: 'pgbouncer' });
      expect(filesInQuestion(tuned, fleet)).toEqual(expect.arrayContaining(['.tf', '.json']));
    });

    it('is none where what has moved has no name there', () => {
      const fleet = fleetWith({ kind: 'ssm-parameter', names: { reservePoolSize: '/reserve' } });
      expect([editOfChange(tuned, fleet), filesInQuestion(tuned, fleet)]).toEqual([null, []]);
    });
  });

  it('is none of what code does not say', () => {
    const plans = { kind: 'schedule-capacity', target: CORE_API, owner: 'plan', from: [], to: [] } as const;
    expect([editOfChange(plans, {}), filesInQuestion(plans, {})]).toEqual([null, []]);
  });

  it('law: bounds of any size are the edit of their own numbers', () => {
    const tasks = fc.integer({ min: 1, max: 5_000 });
    fc.assert(
      fc.property(tasks, tasks, tasks, (min, max, more) => {
        const change = { ...CHANGES['set-capacity-bounds'], from: { min, max }, to: { min, max: max + more } };
        expect(editOfChange(change, {})).toMatchObject({
          changes: [{ attribute: ['max_capacity'], present: { kind: 'anything' }, to: max + more }],
        });
      }),
    );
  });

  it.each(EVERY_CHANGE)('of $kind reads files of some ending', (change) => {
    expect(filesInQuestion(change, {}).length).toBeGreaterThan(0);
  });
});
