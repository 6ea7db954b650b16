import { allow, type Grant, type Scope, servicesIn, type Statement } from './statements.ts';
import { type Reference, sub } from './template.ts';

/**
 * What the functions may be granted that see and change databases, caches and task definitions. A policy without the thing
 * leaves nothing of a grant: a statement without a resource is none.
 */
export const INFRASTRUCTURE_GRANTS = {
  'see-infrastructure': {
    purpose: 'See databases, what has happened to them, caches, task definitions, and tasks that have ended.',
    statements: seeInfrastructure,
  },
  'see-database-offers': {
    purpose: 'See to which classes and storage a database could be changed.',
    statements: (scope) => [
      ...onSome(['rds:DescribeValidDBInstanceModifications'], rds(scope, 'db', scope.infrastructure.instances)),
      // It knows no resources.
      ...(hasDatabase(scope) ? [allow(['rds:DescribeOrderableDBInstanceOptions'], '*')] : []),
    ],
  },
  'resize-tasks': {
    purpose: 'Register a revision of a task definition with another size, and roll it out.',
    statements: resizeTasks,
  },
  'set-aurora-capacity': {
    purpose: 'Set the bounds of Aurora Serverless v2.',
    statements: (scope) =>
      onSome(
        ['rds:DescribeDBClusters', 'rds:ModifyDBCluster'],
        rds(scope, 'cluster', scope.infrastructure.movedCapacity),
      ),
  },
  'set-read-replicas': {
    purpose: 'Raise the least number of replicas that Application Auto Scaling keeps of Aurora.',
    statements: setReadReplicas,
  },
  'make-read-replicas': {
    purpose: 'What Application Auto Scaling demands of whoever lets it make replicas of Aurora.',
    statements: makeReadReplicas,
  },
  'set-storage-ceiling': {
    purpose: 'Raise the maximum that storage may grow to.',
    statements: (scope) =>
      onSome(['rds:DescribeDBInstances', 'rds:ModifyDBInstance'], rds(scope, 'db', scope.infrastructure.raised)),
  },
  'change-database-class': {
    purpose: 'Change the class of a database for which `fulcrum.yml` holds an approval.',
    statements: (scope) =>
      onSome(['rds:DescribeDBInstances', 'rds:ModifyDBInstance'], rds(scope, 'db', scope.infrastructure.approved)),
  },
  'set-cache-shape': {
    purpose: 'Set the shards and replicas of a cache.',
    statements: (scope) =>
      onSome(
        [
          'elasticache:DescribeReplicationGroups',
          'elasticache:ModifyReplicationGroupShardConfiguration',
          'elasticache:IncreaseReplicaCount',
          'elasticache:DecreaseReplicaCount',
        ],
        caches(scope, scope.infrastructure.reshaped),
      ),
  },
  'change-cache-node-type': {
    purpose: 'Give a cache other nodes.',
    statements: (scope) =>
      onSome(
        ['elasticache:DescribeReplicationGroups', 'elasticache:ModifyReplicationGroup'],
        caches(scope, scope.infrastructure.reshaped),
      ),
  },
} as const satisfies Readonly<Record<string, Grant>>;

function seeInfrastructure(scope: Scope): readonly Statement[] {
  const { region, account, services, infrastructure } = scope;
  const clusters = [...new Set(services.map(({ cluster }) => cluster))];
  const ecs = (what: string, name: string): Reference =>
    sub(`arn:\${AWS::Partition}:ecs:${region}:${account}:${what}/${name}`);
  // The instances of a cluster are asked for by a filter, which is authorised on all.
  const instances = infrastructure.clusters.length > 0 ? ['*'] : infrastructure.instances;
  return [
    ...onSome(['rds:DescribeDBInstances'], rds(scope, 'db', instances)),
    ...onSome(['rds:DescribeDBClusters'], rds(scope, 'cluster', infrastructure.clusters)),
    // It knows no resources.
    ...(hasDatabase(scope) ? [allow(['rds:DescribeEvents'], '*')] : []),
    ...onSome(['elasticache:DescribeReplicationGroups'], caches(scope, infrastructure.caches)),
    // It knows no resources.
    allow(['ecs:DescribeTaskDefinition'], '*'),
    // ListTasks knows no tasks, but clusters (Service Authorization Reference, Amazon ECS).
    allow(['ecs:ListTasks'], '*', { ArnLike: { 'ecs:cluster': clusters.map((name) => ecs('cluster', name)) } }),
    allow(
      ['ecs:DescribeTasks'],
      clusters.map((name) => ecs('task', `${name}/*`)),
    ),
  ];
}

function hasDatabase({ infrastructure: { instances, clusters } }: Scope): boolean {
  return instances.length > 0 || clusters.length > 0;
}

/** A revision takes over the tags of the one before, which is an action of its own; and its roles are passed on to ECS. */
function resizeTasks(scope: Scope): readonly Statement[] {
  const { region, account, infrastructure } = scope;
  if (infrastructure.resized.length === 0) return [];
  const definitions = sub(`arn:\${AWS::Partition}:ecs:${region}:${account}:task-definition/*`);
  const passed = infrastructure.passedRoles.map(sub);
  return [
    allow(['ecs:DescribeServices', 'ecs:UpdateService'], servicesIn(scope, infrastructure.resized)),
    allow(['ecs:DescribeTaskDefinition'], '*'),
    allow(['ecs:RegisterTaskDefinition'], definitions),
    allow(['ecs:TagResource'], definitions, { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } }),
    ...(passed.length === 0
      ? []
      : [allow(['iam:PassRole'], passed, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } })]),
  ];
}

function setReadReplicas(scope: Scope): readonly Statement[] {
  const { region, account, infrastructure } = scope;
  const clusters = rds(scope, 'cluster', infrastructure.replicated);
  if (clusters.length === 0) return [];
  return [
    allow(['rds:DescribeDBClusters'], clusters),
    allow(
      ['application-autoscaling:RegisterScalableTarget'],
      sub(`arn:\${AWS::Partition}:application-autoscaling:${region}:${account}:scalable-target/*`),
      {
        StringEquals: {
          'application-autoscaling:service-namespace': 'rds',
          'application-autoscaling:scalable-dimension': 'rds:cluster:ReadReplicaCount',
        },
      },
    ),
  ];
}

/**
 * Application Auto Scaling tries in the name of the caller whether the caller might do the same (user guide, “Permissions
 * validation for Application Auto Scaling API calls on target resources”). The instances that it makes and removes begin
 * with its name: those of anybody else no role of ours can delete.
 */
function makeReadReplicas(scope: Scope): readonly Statement[] {
  const { region, account, infrastructure } = scope;
  const clusters = rds(scope, 'cluster', infrastructure.replicated);
  if (clusters.length === 0) return [];
  const service = 'rds.application-autoscaling.amazonaws.com';
  const role = `aws-service-role/${service}/AWSServiceRoleForApplicationAutoScaling_RDSCluster`;
  const alarm = (name: string): Reference =>
    sub(`arn:\${AWS::Partition}:cloudwatch:${region}:${account}:alarm:${name}`);
  const made = rds(scope, 'db', ['application-autoscaling-*']);
  return [
    allow(['rds:DescribeDBInstances'], rds(scope, 'db', ['*'])),
    allow(['rds:CreateDBInstance'], [...clusters, ...made]),
    allow(['rds:AddTagsToResource', 'rds:DeleteDBInstance'], made),
    allow(
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      infrastructure.replicated.map((name) => alarm(`TargetTracking-cluster:${name}-*`)),
    ),
    // Tried without the name of an alarm.
    allow(['cloudwatch:DescribeAlarms'], alarm('*')),
    // The first scalable target of Aurora in an account makes AWS create its service-linked role.
    allow(['iam:CreateServiceLinkedRole'], sub(`arn:\${AWS::Partition}:iam::${account}:role/${role}`), {
      StringEquals: { 'iam:AWSServiceName': service },
    }),
  ];
}

function rds({ region, account }: Scope, what: 'db' | 'cluster', names: readonly string[]): readonly Reference[] {
  return names.map((name) => sub(`arn:\${AWS::Partition}:rds:${region}:${account}:${what}:${name}`));
}

function caches({ region, account }: Scope, names: readonly string[]): readonly Reference[] {
  return names.map((name) => sub(`arn:\${AWS::Partition}:elasticache:${region}:${account}:replicationgroup:${name}`));
}

function onSome(actions: readonly string[], resources: readonly Reference[]): readonly Statement[] {
  return resources.length === 0 ? [] : [allow(actions, resources)];
}
