import { allow, type Grant, type Scope, servicesIn, type Statement } from './statements.ts';
import { type Reference, sub } from './template.ts';

/**
 * What the functions may be granted that measure and tune PgBouncer. A policy without PgBouncers leaves nothing of these: a
 * statement without a resource is none.
 */
export const POOLER_GRANTS = {
  'find-poolers': {
    purpose: 'Find the tasks of PgBouncer and their addresses.',
    statements: findPoolers,
  },
  'read-pooler-password': {
    purpose: 'Read the password of the admin consoles of PgBouncer.',
    statements: ({ poolers }) => [
      ...onSome(['secretsmanager:GetSecretValue'], poolers.secrets.map(sub)),
      ...onSome(['ssm:GetParameter'], poolers.passwordParameters.map(sub)),
    ],
  },
  'see-kept-pool-sizes': {
    purpose: 'See the sizes that PgBouncers start with.',
    statements: (scope) => [
      ...onSome(['ecs:DescribeServices'], servicesIn(scope, scope.poolers.kept)),
      // It knows no resources.
      ...(scope.poolers.kept.length === 0 ? [] : [allow(['ecs:DescribeTaskDefinition'], '*')]),
      ...onSome(['ssm:GetParameters'], parameters(scope)),
    ],
  },
  'keep-pool-sizes': {
    purpose: 'Make PgBouncers start with the tuned sizes.',
    statements: keepPoolSizes,
  },
  'stand-in-network': {
    purpose:
      'Let Lambda put the function into the network of PgBouncer. The code of the function itself is refused it.',
    statements: standInNetwork,
  },
} as const satisfies Readonly<Record<string, Grant>>;

/** ListTasks knows no tasks, but clusters (Service Authorization Reference, Amazon ECS). */
function findPoolers({ region, account, poolers: { found } }: Scope): readonly Statement[] {
  const clusters = [...new Set(found.map(({ cluster }) => cluster))];
  if (clusters.length === 0) return [];
  const arn = (what: string, cluster: string): Reference =>
    sub(`arn:\${AWS::Partition}:ecs:${region}:${account}:${what}/${cluster}`);
  return [
    allow(['ecs:ListTasks'], '*', { ArnEquals: { 'ecs:cluster': clusters.map((cluster) => arn('cluster', cluster)) } }),
    allow(
      ['ecs:DescribeTasks'],
      clusters.map((cluster) => arn('task', `${cluster}/*`)),
    ),
  ];
}

/** A revision takes over the tags of the one before, which is an action of its own; and its roles are passed on to ECS. */
function keepPoolSizes(scope: Scope): readonly Statement[] {
  const { region, account, poolers } = scope;
  const definitions = sub(`arn:\${AWS::Partition}:ecs:${region}:${account}:task-definition/*`);
  const ofDefinitions =
    poolers.kept.length === 0
      ? []
      : [
          allow(['ecs:RegisterTaskDefinition'], definitions),
          allow(['ecs:TagResource'], definitions, {
            StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
          }),
        ];
  const passed = poolers.passedRoles.map(sub);
  return [
    ...ofDefinitions,
    ...onSome(['ecs:UpdateService'], servicesIn(scope, poolers.kept)),
    ...(passed.length === 0
      ? []
      : [allow(['iam:PassRole'], passed, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } })]),
    ...onSome(['ssm:PutParameter'], parameters(scope)),
  ];
}

/**
 * Lambda makes the network interfaces with the role of the function (Lambda developer guide, “Giving Lambda functions
 * access to resources in an Amazon VPC”: these actions, these resources, and how code is kept from using them).
 */
function standInNetwork({ region, account, functionName }: Scope): readonly Statement[] {
  const made = [
    'CreateNetworkInterface',
    'DeleteNetworkInterface',
    'AssignPrivateIpAddresses',
    'UnassignPrivateIpAddresses',
  ];
  const seen = ['DescribeNetworkInterfaces', 'DescribeSubnets'];
  const ofEc2 = (names: readonly string[]): readonly string[] => names.map((name) => `ec2:${name}`);
  const ownCode = sub(`arn:\${AWS::Partition}:lambda:${region}:${account}:function:${functionName}`);
  return [
    allow(ofEc2(made), sub(`arn:\${AWS::Partition}:ec2:${region}:${account}:*/*`)),
    allow(ofEc2(seen), '*'),
    {
      Effect: 'Deny',
      Action: ofEc2([...made, ...seen]),
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': ownCode } },
    },
  ];
}

function parameters({ region, account, poolers: { keptParameters } }: Scope): readonly Reference[] {
  return keptParameters.map((name) =>
    sub(
      name.startsWith('arn:')
        ? name
        : `arn:\${AWS::Partition}:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`,
    ),
  );
}

function onSome(actions: readonly string[], resources: readonly Reference[]): readonly Statement[] {
  return resources.length === 0 ? [] : [allow(actions, resources)];
}
