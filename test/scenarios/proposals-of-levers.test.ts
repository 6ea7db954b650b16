import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { DAY } from '../../shared/domain/units.ts';
import { proposalCraft } from '../../shared/proposals/tend-craft.ts';
import { branchOf } from '../../shared/pull-requests/identity.ts';
import { proposalResourceOf } from '../../shared/evaluation/proposals.ts';
import type { LeverName } from '../../shared/config/policy.ts';
import { removeTemplate } from '../adapters/git/remote-repository.ts';
import { parser } from '../infrastructure-code/support.ts';
import { type CodeRepository, gitRepository } from '../support/code-repositories.ts';
import { aCache, aDatabase, aTaskDefinition } from '../support/builders/infrastructure.ts';
import { A_DATABASE, type FleetInput } from '../support/builders/policy.ts';
import { acting, InfrastructureScene } from '../support/infrastructure-scene.ts';

const START = '2026-12-02T12:23:00Z';
const GIB = 1024 ** 3;
const CODE: FleetInput['infrastructureCode'] = { host: 'git', repository: 'code', paths: ['infra'] };
const AURORA = { ...A_DATABASE, kind: 'aurora-cluster' } as const;
const INSTANCE_TF = `# Ask the owners of the records before you change it.
resource "aws_db_instance" "main" {
  identifier              = "production"
  instance_class          = "db.t4g.medium" # the smallest that is Multi-AZ
  allocated_storage       = 50
  max_allocated_storage   = 60
  storage_type            = "gp3"
  backup_retention_period = 7
}
`;
/** Its ceiling has room for what the lever wants. */
const ROOMY_TF = INSTANCE_TF.replace('= 60', '= 600');
const REPLICA_TF = `
resource "aws_db_instance" "production_replica_1" {
  identifier            = "production-replica-1"
  replicate_source_db   = aws_db_instance.main.identifier
  instance_class        = "db.t4g.medium"
  max_allocated_storage = 60
  storage_type          = "gp3"
  skip_final_snapshot   = true
}
`;
const CLUSTER_TF = `resource "aws_rds_cluster" "main" {
  cluster_identifier = "production"
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 16 # enough for enrolment
  }
}
`;
const CACHE_TF = `resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id    = "sessions"
  node_type               = "cache.r7g.xlarge"
  num_node_groups         = 1
  replicas_per_node_group = 1 # one for each zone
}
`;
const TASK_TF = `resource "aws_ecs_task_definition" "api" {
  family = "core-api"
  cpu    = 1024
  memory = 2048 # see the load test
}
`;
const HPA_YAML = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: portal
  namespace: default
spec:
  minReplicas: 2
  maxReplicas: 2 # of 20 nodes
`;
const AUTOSCALER = { cluster: 'eks', name: 'portal', hardLimit: 20 };

interface Case {
  readonly lever: LeverName;
  readonly about: string;
  readonly fleet: Partial<FleetInput>;
  readonly file: readonly [path: string, before: string, after: string];
  readonly world: (scene: InfrastructureScene) => void;
  readonly title: string;
  readonly body: readonly (string | RegExp)[];
}

const busyDatabase = (scene: InfrastructureScene, cpu: number): void => {
  scene.says('CPUUtilization', cpu);
  scene.says('FreeableMemory', 1.5 * GIB);
  scene.says('DatabaseConnections', 60);
  scene.says('SwapUsage', 0);
  scene.says('DBLoadCPU', 1);
  scene.says('DBLoadNonCPU', 0.2);
  scene.says('EBSIOBalance%', 99);
  scene.says('EBSByteBalance%', 99);
};

const CASES: readonly Case[] = [
  {
    lever: 'task-size',
    about: 'task-size/production/core-api',
    fleet: {},
    file: ['infra/api.tf', TASK_TF, TASK_TF.replace('memory = 2048 #', 'memory = 3072 #')],
    world: (scene) => {
      scene.infrastructure.putTasks({ cluster: 'production', service: 'core-api' }, aTaskDefinition());
      scene.says('CPUUtilization', 40);
      scene.says('CPUUtilization SampleCount', 240);
      scene.says('MemoryUtilization', 88);
    },
    title: 'core-api: task memory to 3 GiB',
    body: [
      'Memory of the tasks at 88 %, above 80 %, in 24 of 24 hours.',
      'Measured: memory of core-api (limit: 80 %)',
      '| task memory | `2 GiB` | `3 GiB` |',
      / USD a month\*\*: \d/,
    ],
  },
  {
    lever: 'database-class',
    about: 'database/production',
    fleet: { database: A_DATABASE },
    file: ['infra/db.tf', INSTANCE_TF, INSTANCE_TF.replace('"db.t4g.medium" #', '"db.m6g.xlarge" #')],
    world: (scene) => {
      scene.infrastructure.putDatabase(A_DATABASE, aDatabase());
      busyDatabase(scene, 92);
    },
    title: 'production: instance class to db.m6g.xlarge',
    body: [
      'CPU at 92 %, above 70 %, in the busy hours of 14 of 14 days.',
      'db.m6g.xlarge has 4 vCPUs, 16 GiB and by default',
      'Measured: CPU of production (limit: 70 %)',
      'max\\_connections stays at 200: a parameter group sets it',
      'Multi-AZ: about 30 seconds',
      '- [x] The trigger has been sustained: on at least 10 of 14 days.',
    ],
  },
  {
    lever: 'read-replica',
    about: 'database/production',
    fleet: { database: A_DATABASE },
    file: ['infra/db.tf', INSTANCE_TF, `${INSTANCE_TF}${REPLICA_TF}`],
    world: (scene) => {
      scene.infrastructure.putDatabase(A_DATABASE, aDatabase());
      busyDatabase(scene, 88);
      scene.says('ReadIOPS', 900);
      scene.says('WriteIOPS', 100);
    },
    title: 'production: read replicas to 1',
    body: [
      '90 % of the load are reads, CPU of the writer at 88 % in the busy hours of 14 of 14 days.',
      'Measured: writer CPU of production',
      '| read replicas | `0` | `1` |',
      'None. A replica is created',
    ],
  },
  {
    lever: 'storage',
    about: 'database/production',
    fleet: { database: A_DATABASE },
    file: [
      'infra/db.tf',
      INSTANCE_TF,
      INSTANCE_TF.replace('max_allocated_storage   = 60', 'max_allocated_storage   = 150'),
    ],
    world: (scene) => {
      const storage = {
        type: 'gp3',
        allocatedGiB: 50,
        maxAllocatedGiB: 60,
        iops: null,
        throughputMibps: null,
      } as const;
      scene.infrastructure.putDatabase(A_DATABASE, aDatabase({ storage }));
      // 9 GiB are free today, half a GiB less each day.
      scene.says('FreeStorageSpace', (at) => (9 + (0.5 * (scene.clock.now() - at)) / 1000 / DAY) * GIB);
    },
    title: 'production: storage ceiling to 150 GiB',
    body: [
      '9 GiB free, 0.5 GiB more a day: at the ceiling of 60 GiB in 26 days.',
      /Measured: free storage( daily)? of production/,
      '| storage ceiling | `60 GiB` | `150 GiB` |',
      'when it has grown to the ceiling',
    ],
  },
  {
    lever: 'iops',
    about: 'database/production',
    fleet: { database: A_DATABASE },
    file: [
      'infra/db.tf',
      ROOMY_TF,
      ROOMY_TF.replace('= 50', '= 400').replace(
        '= 7\n',
        '= 7\n  iops                    = 12000\n  storage_throughput      = 500\n',
      ),
    ],
    world: (scene) => {
      const storage = {
        type: 'gp3',
        allocatedGiB: 50,
        maxAllocatedGiB: 600,
        iops: 3000,
        throughputMibps: 125,
      } as const;
      scene.infrastructure.putDatabase(A_DATABASE, aDatabase({ storage }));
      scene.says('ReadIOPS', 1_900);
      scene.says('WriteIOPS', 800);
      scene.says('ReadThroughput', 20 * 1024 ** 2);
      scene.says('WriteThroughput', 20 * 1024 ** 2);
      scene.says('DiskQueueDepth', 3);
      scene.says('ReadLatency', 0.001);
      scene.says('WriteLatency', 0.002);
    },
    title: 'production: storage to 400 GiB',
    body: [
      '2700 of 3000 IOPS, above 80 %, in 72 of 72 hours',
      'From 400 GiB on gp3 has 12000 IOPS and 500 MiB/s at no further charge.',
      'Measured: IOPS of production (limit: 2400 IOPS)',
      '| IOPS | `unset` | `12000` |',
    ],
  },
  {
    lever: 'aurora-capacity',
    about: 'database/production',
    fleet: { database: AURORA },
    file: ['infra/db.tf', CLUSTER_TF, CLUSTER_TF.replace('max_capacity = 16 #', 'max_capacity = 25 #')],
    world: (scene) => {
      scene.infrastructure.putDatabase(AURORA, aDatabase({ storage: null, acu: { min: 0.5, max: 16 } }));
      scene.says('ServerlessDatabaseCapacity', 15);
      scene.says('ServerlessDatabaseCapacity Minimum', 10);
    },
    title: 'production: maximum capacity to 25 ACU',
    body: [
      '15 ACU used of at most 16, above 85 %, in 72 of 72 hours.',
      'Measured: ACU of production (limit: 13.6 ACU)',
      '| maximum capacity | `16 ACU` | `25 ACU` |',
    ],
  },
  {
    lever: 'cache',
    about: 'cache/sessions',
    fleet: { cache: { replicationGroup: 'sessions' } },
    file: ['infra/cache.tf', CACHE_TF, CACHE_TF.replace('num_node_groups         = 1', 'num_node_groups         = 2')],
    world: (scene) => {
      scene.infrastructure.putCache('sessions', aCache({ isClusterMode: true, nodeType: 'cache.r7g.xlarge' }));
      scene.says('DatabaseMemoryUsagePercentage', 92);
      scene.says('EngineCPUUtilization', 20);
      scene.says('Evictions', 0);
      scene.says('CacheHits', 95);
      scene.says('CacheMisses', 5);
      scene.says('GetTypeCmds', 50);
      scene.says('SetTypeCmds', 50);
    },
    title: 'sessions: shards to 2',
    body: [
      'Memory of the fullest node at 92 %, above 80 %, in 24 of 24 hours.',
      'Measured: memory of sessions (limit: 80 %)',
      '| shards | `1` | `2` |',
    ],
  },
  {
    lever: 'hpa-ceiling',
    about: 'autoscaler/default/portal',
    fleet: { podAutoscalers: [AUTOSCALER] },
    file: ['infra/hpa.yaml', HPA_YAML, HPA_YAML.replace('maxReplicas: 2 #', 'maxReplicas: 3 #')],
    world: (scene) => {
      // Two pods at 80 % against a target of 70 %: ceil(2 × 80 ÷ 70) = 3.
      scene.says('kube_horizontalpodautoscaler_spec_max_replicas', 2);
      scene.says('kube_horizontalpodautoscaler_status_desired_replicas', 2);
      scene.says('kube_horizontalpodautoscaler_spec_target_metric', 70);
      scene.says('kube_horizontalpodautoscaler_status_target_metric', 80);
    },
    title: 'portal: maxReplicas to 3 pods',
    body: [
      /At maxReplicas of 2 with cpu at 80 % against a target of 70 % in (\d+) of \1 minutes, needs 3\./,
      'Measured: utilization of portal (target: 70 %)',
      '| maxReplicas | `2 pods` | `3 pods` |',
      'Not known: pods cost what the nodes under them cost.',
    ],
  },
];

afterAll(removeTemplate);

/** From metrics over the look and its record to the diff and the text, by the real handlers and a real git remote. */
describe('a lever that proposes', () => {
  let repository: CodeRepository;
  beforeEach(() => {
    repository = gitRepository();
  });
  afterEach(() => repository.close());

  it.each(CASES)('$lever: $title', async ({ lever, about, fleet, file, world, title, body }) => {
    const [path, before, after] = file;
    repository.pushes('main', { [path]: before });
    const policy = acting(lever, { ...fleet, infrastructureCode: CODE }, { mode: 'propose' });
    const scene = new InfrastructureScene(policy, START);
    world(scene);
    await scene.look();
    const ordered = await scene.state.readChange('production', proposalResourceOf(lever, about));
    const order = ordered?.order;
    if (order?.change.kind !== 'tend-proposal') throw new Error(await scene.lastSentence(about));

    const { audit, state, clock } = scene;
    const deps = { audit, state, clock, codeVersion: 'test', wait: () => Promise.resolve(), auditTable: null };
    const witness = {
      scaling: new MemoryCapacityReader(scene.world, clock),
      infrastructure: scene.infrastructure,
      keeper: null,
    };
    const tools = () => Promise.resolve({ host: repository.host(clock), parser, witness });
    const done = await proposalCraft(policy, tools, deps).effect(order.change, order);
    expect(done).toMatchObject({ failure: null, told: { as: 'applied' } });

    const branch = branchOf({ fleet: 'production', lever, resource: about });
    expect(repository.file(branch, path)).toBe(after);
    const [proposal] = repository.proposals(branch);
    expect(proposal?.title).toBe(title);
    const text = proposal?.body ?? '';
    const missing = body.filter((part) => (typeof part === 'string' ? !text.includes(part) : !part.test(text)));
    expect(missing).toEqual([]);
  });
});
