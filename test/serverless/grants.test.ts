import { describe, expect, it } from '@jest/globals';
import { GRANT_NAMES, GRANTS, statementsOf } from '../../serverless/grants.ts';
import { infrastructureScope } from '../../serverless/infrastructure-scope.ts';
import { poolerScope } from '../../serverless/pooler-scope.ts';
import type { Statement } from '../../serverless/statements.ts';
import { REWRITING_ACTIONS } from '../../serverless/tables.ts';
import { A_DATABASE, A_POOLER, aPolicy, aServiceInput } from '../support/builders/policy.ts';
import { actionsIn, functions, scope, statementsIn } from './granted.ts';

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
  'rds:DescribeOrderableDBInstanceOptions',
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
      'rds:DescribeEvents',
      'rds:DescribeOrderableDBInstanceOptions',
      'rds:DescribeValidDBInstanceModifications',
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
    'tune-pgbouncer': [...CLOSE, ...CONSOLE, 'cloudwatch:GetMetricData'],
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
const ALL_SERVICES = ['see-services', 'scale-services'] as const;

describe('every role', () => {
  it.each(functions)('is granted nothing twice: $name', (declared) => {
    const granted = statementsIn(declared)
      .filter(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined)
      .flatMap(({ Action, Resource }) =>
        [Resource].flat().flatMap((resource) => Action.map((action) => `${action} on ${JSON.stringify(resource)}`)),
      );
    expect(granted.filter((one, index) => granted.indexOf(one) !== index)).toEqual([]);
  });

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

it('a policy without databases asks Amazon RDS for nothing', () => {
  const infrastructure = infrastructureScope(aPolicy([{}]));
  const granted = statementsOf(['see-infrastructure', 'see-database-offers'], { ...scope, infrastructure });
  expect(actionsIn(granted).filter((action) => action.startsWith('rds:'))).toEqual([]);
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
