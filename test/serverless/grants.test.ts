import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GRANT_NAMES, GRANTS, statementsOf } from '../../serverless/grants.ts';
import { type DeclaredFunction, declaredFunctions } from '../../serverless/permissions-page.ts';
import { infrastructureScope } from '../../serverless/infrastructure-scope.ts';
import { poolerScope } from '../../serverless/pooler-scope.ts';
import { roleOf } from '../../serverless/roles.ts';
import type { Scope, Statement } from '../../serverless/statements.ts';
import { namedServices } from '../../serverless/service-arns.ts';
import { REWRITING_ACTIONS } from '../../serverless/tables.ts';
import { A_DATABASE, A_POOLER, aPolicy, aServiceInput } from '../support/builders/policy.ts';

const ROOT = join(import.meta.dirname, '../..');
const functions = declaredFunctions(await readFile(join(ROOT, 'serverless.yml'), 'utf8'));

const scope: Scope = {
  region: 'eu-central-1',
  account: '111122223333',
  bus: 'fulcrum-dev',
  functionName: 'fulcrum-dev-tick',
  services: [
    { cluster: 'production', service: 'core-api' },
    { cluster: 'production', service: 'portal' },
  ],
  poolers: {
    found: [{ cluster: 'production', service: 'pgbouncer' }],
    secrets: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:pgbouncer-AbCdEf'],
    passwordParameters: ['arn:aws:ssm:eu-central-1:111122223333:parameter/pgbouncer/password'],
    kept: [{ cluster: 'production', service: 'pgbouncer' }],
    keptParameters: ['/pgbouncer/default-pool-size'],
    passedRoles: ['arn:aws:iam::111122223333:role/pgbouncer-task'],
  },
  infrastructure: {
    instances: ['main'],
    clusters: ['ledger'],
    caches: ['sessions'],
    resized: [{ cluster: 'production', service: 'core-api' }],
    passedRoles: ['arn:aws:iam::111122223333:role/core-api-task'],
    movedCapacity: ['ledger'],
    replicated: ['ledger'],
    raised: ['main'],
    approved: ['main'],
    reshaped: ['sessions'],
  },
  codeHostKeys: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:fulcrum-github-AbCdEf'],
};

const statementsIn = ({ may }: DeclaredFunction): readonly Statement[] => statementsOf(may, scope);
const actionsIn = (statements: readonly Statement[]): readonly string[] =>
  [...new Set(statements.flatMap(({ Action }) => Action))].sort();

const DESCRIBE_WITHOUT_RESOURCES = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingActivities',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'cloudwatch:GetMetricData',
];
/** ListTasks is held to a cluster by a condition; the others know no resources. */
const WIDE = [
  ...DESCRIBE_WITHOUT_RESOURCES,
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'rds:DescribeEvents',
];
const NETWORK = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];
const CONSOLE = [...NETWORK, 'ecs:DescribeTasks', 'ecs:ListTasks', 'secretsmanager:GetSecretValue', 'ssm:GetParameter'];
const CLOSE = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'];
const SCALING = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
];
const LOOK = [
  ...DESCRIBE_WITHOUT_RESOURCES,
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'ecs:DescribeServices',
  'events:PutEvents',
];
const ACT = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:PutMetricAlarm',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
  'ecs:DescribeServices',
  'ecs:UpdateService',
];

describe('each function may do its own work and nothing else', () => {
  const expected: Readonly<Record<string, readonly string[]>> = {
    tick: LOOK,
    alarm: LOOK,
    'scaled-to-max': LOOK,
    'known-event': [...LOOK, 'dynamodb:DeleteItem'],
    forecast: [
      'cloudwatch:GetMetricData',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'events:PutEvents',
    ],
    'probe-pgbouncer': [
      ...LOOK.filter(
        (action) =>
          action !== 'application-autoscaling:DescribeScalingActivities' && action !== 'dynamodb:BatchGetItem',
      ),
      ...CONSOLE,
      'ecs:DescribeTaskDefinition',
      'ssm:GetParameters',
    ],
    infrastructure: [
      ...LOOK.filter((action) => action !== 'application-autoscaling:DescribeScalingActivities'),
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListTasks',
      'elasticache:DescribeReplicationGroups',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
    ],
    'ensure-target-tracking': [
      ...ACT,
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:RegisterScalableTarget',
      'iam:CreateServiceLinkedRole',
    ],
    'set-capacity-bounds': [...ACT, 'application-autoscaling:RegisterScalableTarget'],
    'schedule-capacity': [
      ...ACT,
      'application-autoscaling:DeleteScheduledAction',
      'application-autoscaling:PutScheduledAction',
    ],
    'tune-pgbouncer': [...CLOSE, ...CONSOLE],
    'keep-pool-sizes': [
      ...CLOSE,
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:RegisterTaskDefinition',
      'ecs:TagResource',
      'ecs:UpdateService',
      'iam:PassRole',
      'ssm:GetParameters',
      'ssm:PutParameter',
    ],
    'tend-proposal': [
      ...CLOSE,
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:DescribeScalingPolicies',
      'application-autoscaling:DescribeScheduledActions',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListTasks',
      'cloudwatch:GetMetricData',
      'elasticache:DescribeReplicationGroups',
      'rds:AddTagsToResource',
      'rds:CreateDBClusterSnapshot',
      'rds:CreateDBSnapshot',
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshots',
      'rds:DescribeEvents',
      'secretsmanager:GetSecretValue',
    ],
    'resize-task': [
      ...CLOSE,
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:RegisterTaskDefinition',
      'ecs:TagResource',
      'ecs:UpdateService',
      'iam:PassRole',
    ],
    'set-aurora-capacity': [...CLOSE, 'rds:DescribeDBClusters', 'rds:ModifyDBCluster'],
    'set-read-replicas': [
      ...CLOSE,
      ...SCALING,
      'application-autoscaling:RegisterScalableTarget',
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:PutMetricAlarm',
      'iam:CreateServiceLinkedRole',
      'rds:AddTagsToResource',
      'rds:CreateDBInstance',
      'rds:DeleteDBInstance',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
    ],
    'set-storage-ceiling': [...CLOSE, 'rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
    'change-database-class': [...CLOSE, 'rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
    'set-cache-shape': [
      ...CLOSE,
      ...SCALING,
      'elasticache:DecreaseReplicaCount',
      'elasticache:DescribeReplicationGroups',
      'elasticache:IncreaseReplicaCount',
      'elasticache:ModifyReplicationGroupShardConfiguration',
    ],
    'change-cache-node-type': [
      ...CLOSE,
      ...SCALING,
      'elasticache:DescribeReplicationGroups',
      'elasticache:ModifyReplicationGroup',
    ],
  };

  it.each(functions)('$name', (declared) => {
    expect(actionsIn(statementsIn(declared))).toEqual(expected[declared.name]?.toSorted());
  });

  it('and there is no function besides', () => {
    expect(functions.map(({ name }) => name)).toEqual(Object.keys(expected));
  });

  it('and no grant besides', () => {
    expect(GRANT_NAMES.toSorted()).toEqual([...new Set(functions.flatMap(({ may }) => may))].sort());
  });
});

const AN_AURORA = { ...A_DATABASE, kind: 'aurora-cluster', identifier: 'ledger' } as const;
const ALL_SERVICES = ['see-services', 'scale-services', 'see-proposed-things'] as const;

describe('every role', () => {
  it.each(functions)('names the resource wherever there is one to name: $name', (declared) => {
    const wide = statementsIn(declared).filter(
      ({ Effect, Resource }) => Effect === 'Allow' && JSON.stringify(Resource) === '"*"',
    );
    expect(wide.flatMap(({ Action }) => Action).filter((action) => !WIDE.includes(action))).toEqual([]);
    expect(actionsIn(statementsIn(declared)).filter((action) => action.includes('*'))).toEqual([]);
  });

  it.each(functions)('can add audit records, and not change or remove one: $name', (declared) => {
    const onAudit = statementsIn(declared).filter(({ Resource }) => JSON.stringify(Resource).includes('AuditTable'));
    expect(actionsIn(onAudit)).toEqual(['dynamodb:PutItem', 'dynamodb:Query']);
    expect(actionsIn(onAudit).filter((action) => REWRITING_ACTIONS.some((rewriting) => rewriting === action))).toEqual(
      [],
    );
  });

  it.each(functions)('reaches the services of the policy and no other: $name', (declared) => {
    const named = statementsIn(declared)
      .filter(({ Action }) =>
        Action.some((action) => action === 'ecs:DescribeServices' || action === 'ecs:UpdateService'),
      )
      .flatMap(({ Resource }) => Resource)
      .filter((resource) => !JSON.stringify(resource).includes('/pgbouncer'));
    const reached = declared.may.some((grant) => ALL_SERVICES.some((one) => one === grant))
      ? ['core-api', 'portal']
      : // Only the services whose tasks may become larger.
        declared.name === 'resize-task'
        ? ['core-api']
        : [];
    expect(new Set(named)).toEqual(
      new Set(
        reached.map((service) => ({
          'Fn::Sub': `arn:\${AWS::Partition}:ecs:eu-central-1:111122223333:service/production/${service}`,
        })),
      ),
    );
  });
});

it('a policy without PgBouncers leaves nothing to find, read or keep', () => {
  const poolers = poolerScope(aPolicy([{ pooler: A_POOLER, database: A_DATABASE }]));
  const ofPoolers = ['find-poolers', 'read-pooler-password', 'see-kept-pool-sizes', 'keep-pool-sizes'] as const;
  expect(statementsOf(ofPoolers, { ...scope, poolers })).toEqual([]);
});

it('a policy whose levers observe leaves nothing of the infrastructure to change', () => {
  const observing = aPolicy([
    { database: A_DATABASE, cache: { replicationGroup: 'sessions' }, levers: leversIn('observe') },
    { name: 'ledger', database: AN_AURORA, levers: leversIn('propose') },
  ]);
  const changing = [
    'resize-tasks',
    'set-aurora-capacity',
    'set-read-replicas',
    'make-read-replicas',
    'set-storage-ceiling',
    'change-database-class',
    'set-cache-shape',
    'change-cache-node-type',
  ] as const;
  expect(statementsOf(changing, { ...scope, infrastructure: infrastructureScope(observing) })).toEqual([]);
});

it('each lever that acts opens its own thing, and the class of a database only what is approved', () => {
  const cache = { replicationGroup: 'sessions' };
  const acting = aPolicy([
    { database: A_DATABASE, cache, levers: leversIn('apply') },
    { name: 'ledger', services: [aServiceInput({ name: 'ledger' })], database: AN_AURORA, levers: leversIn('apply') },
  ]);
  expect(infrastructureScope(acting)).toMatchObject({
    movedCapacity: ['ledger'],
    replicated: ['ledger'],
    raised: [A_DATABASE.identifier],
    approved: [],
    reshaped: ['sessions'],
  });
  const approval = {
    by: 'on-call',
    instanceClass: 'db.r6g.large',
    from: '2026-12-01T00:00:00Z',
    until: '2026-12-05T00:00:00Z',
  };
  const levers = { ...leversIn('apply'), 'database-class': { mode: 'apply' as const, approval } };
  expect(infrastructureScope(aPolicy([{ database: A_DATABASE, levers }])).approved).toEqual([A_DATABASE.identifier]);
});

function leversIn(mode: 'observe' | 'propose' | 'apply') {
  const names = ['task-size', 'aurora-capacity', 'read-replica', 'storage', 'database-class', 'cache'] as const;
  return Object.fromEntries(names.map((name) => [name, { mode }]));
}

it('what Lambda needs for a network is refused to the code of the function', () => {
  const [made, seen, refused] = statementsOf(['stand-in-network'], scope);
  expect(refused).toMatchObject({ Effect: 'Deny', Resource: '*' });
  expect(refused?.Action).toEqual([...(made?.Action ?? []), ...(seen?.Action ?? [])]);
  expect(JSON.stringify(refused?.Condition)).toContain('function:fulcrum-dev-tick');
});

it('what changes scaling is allowed for ECS services only, and for replicas of Aurora to one action', () => {
  const all = GRANT_NAMES.flatMap((name) => GRANTS[name].statements(scope)).filter(({ Action }) =>
    Action.some((action) => /^application-autoscaling:(?!Describe)/.test(action)),
  );
  const isOfAurora = ({ Condition }: Statement): boolean => JSON.stringify(Condition).includes('rds:cluster');
  const writes = all.filter((statement) => !isOfAurora(statement));
  expect(all.filter(isOfAurora)).toEqual(GRANTS['set-read-replicas'].statements(scope).slice(1));
  expect(writes).toHaveLength(3);
  for (const { Condition, Resource } of writes) {
    expect(Condition).toEqual({
      StringEquals: {
        'application-autoscaling:service-namespace': 'ecs',
        'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
      },
    });
    expect(Resource).toEqual({
      'Fn::Sub': 'arn:${AWS::Partition}:application-autoscaling:eu-central-1:111122223333:scalable-target/*',
    });
  }
});

describe('the calls that the adapters make', () => {
  /** IAM names its actions after service and command. */
  const SERVICES: Readonly<Record<string, string>> = {
    'client-application-auto-scaling': 'application-autoscaling',
    'client-cloudwatch': 'cloudwatch',
    'client-dynamodb': 'dynamodb',
    'client-ecs': 'ecs',
    'client-elasticache': 'elasticache',
    'client-eventbridge': 'events',
    'client-rds': 'rds',
    'client-secrets-manager': 'secretsmanager',
    'client-ssm': 'ssm',
  };
  /** Tables are made by the stack; the embedded DynamoDB is for the demo. */
  const NOT_DEPLOYED = ['create-tables.ts', 'embedded-dynamodb.ts'];
  /** The client that a file imports a command from. */
  const clientOf = (text: string, command: string): string =>
    [...text.matchAll(/import \{([^}]+)\} from '@aws-sdk\/(client-[a-z-]+)'/g)].find(([, names]) =>
      new RegExp(`\\b${command}\\b`).test(names ?? ''),
    )?.[2] ?? '';

  it('are all granted, and nothing is granted that they do not call', async () => {
    const folder = join(ROOT, 'shared/adapters/aws');
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !NOT_DEPLOYED.includes(file));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const called = texts.flatMap((text) => {
      const paginated = [...text.matchAll(/paginate(\w+)\(/g)].map(([name, command]) => ({
        name: name.slice(0, -1),
        command,
      }));
      const sent = [...text.matchAll(/new ((\w+)Command)\(/g)].map(([, name, command]) => ({ name: name!, command }));
      return [...paginated, ...sent].map(({ name, command }) => {
        const client = clientOf(text, name);
        return `${SERVICES[client] ?? client}:${command}`;
      });
    });
    const demandedByAws = [
      'scale-services',
      'let-aws-make-its-role',
      'stand-in-network',
      'make-read-replicas',
    ] as const;
    const ours = GRANT_NAMES.filter((name) => !demandedByAws.some((demanded) => demanded === name));
    // What a revision of a task definition takes over is granted by itself, and called by nobody.
    const takenOver = ['ecs:TagResource', 'iam:PassRole', 'rds:AddTagsToResource'];
    expect([...new Set([...called, ...takenOver])].sort()).toEqual(actionsIn(statementsOf(ours, scope)));
    expect(actionsIn(statementsOf(demandedByAws, scope))).toContain('ecs:UpdateService');
  });
});

describe('a policy of thousands of services', () => {
  /** IAM quotas: all inline policies of a role together, without white space. */
  const MOST_CHARACTERS = 10_240;
  const policyOf = (services: number, clusters: number, nameLength = 30) =>
    aPolicy([
      {
        services: Array.from({ length: services }, (_, index) =>
          aServiceInput({
            name: `s${index}`,
            service: `service-${index}`.padEnd(nameLength, 'x'),
            cluster: `cluster-${index % clusters}`.padEnd(nameLength, 'y'),
          }),
        ),
      },
    ]);

  it.each([
    { services: 12, clusters: 2, nameLength: 30, patterns: 12 },
    { services: 2_000, clusters: 2, nameLength: 30, patterns: 2 },
    { services: 2_000, clusters: 1_000, nameLength: 30, patterns: 1 },
    { services: 3, clusters: 3, nameLength: 255, patterns: 3 },
    { services: 100, clusters: 30, nameLength: 255, patterns: 1 },
  ])('fits into a role: $services services of $nameLength letters in $clusters clusters', (given) => {
    const { patterns, notices } = namedServices(policyOf(given.services, given.clusters, given.nameLength));
    expect(patterns).toHaveLength(given.patterns);
    expect(notices).toHaveLength(given.patterns === given.services ? 0 : 1);
    for (const { name, may } of functions) {
      const role = roleOf({
        stem: 'Any',
        functionName: `fulcrum-dev-${name}`,
        logGroupId: 'AnyLogGroup',
        statements: statementsOf(may, { ...scope, services: patterns }),
      });
      expect(JSON.stringify(role['Properties']).length).toBeLessThan(MOST_CHARACTERS);
    }
  });

  it('names clusters where services do not fit, and says so', () => {
    const { patterns, notices } = namedServices(policyOf(200, 2, 12));
    expect(patterns).toEqual([
      { cluster: 'cluster-0yyy', service: '*' },
      { cluster: 'cluster-1yyy', service: '*' },
    ]);
    expect(notices).toEqual(['permissions name whole clusters: 200 services do not fit into the policy of a role']);
  });

  it('names a service once, however many fleets share it', () => {
    const shared = aPolicy([{}, { name: 'second' }]);
    expect(namedServices(shared).patterns).toEqual([{ cluster: 'production', service: 'core-api' }]);
  });
});
