import type { Policy } from '../shared/config/policy.ts';
import { allow, type Grant, type Scope, servicesIn, type Statement } from './statements.ts';
import { sub } from './template.ts';

/** What the function may be granted that looks after pull requests. */
export const PROPOSAL_GRANTS = {
  'read-code-host-key': {
    purpose: 'Read the private key of the app by which pull requests are opened.',
    statements: ({ codeHostKeys: keys }) => [
      ...onSome(
        'secretsmanager:GetSecretValue',
        keys.filter((arn) => !isParameter(arn)),
      ),
      ...onSome('ssm:GetParameter', keys.filter(isParameter)),
    ],
  },
  'keep-databases': {
    purpose:
      'Take the snapshot that belongs to a larger database class, and see what happens to the database meanwhile.',
    statements: keepDatabases,
  },
  'see-proposed-things': {
    purpose: 'See whether what was proposed is live, and what its price depends on.',
    statements: seeProposedThings,
  },
} as const satisfies Readonly<Record<string, Grant>>;

/** The ARNs of the keys of all fleets, each once. */
export function codeHostKeys({ fleets }: Pick<Policy, 'fleets'>): readonly string[] {
  return [...new Set(fleets.flatMap(({ infrastructureCode }) => infrastructureCode?.github?.privateKeyFrom ?? []))];
}

function seeProposedThings(scope: Scope): readonly Statement[] {
  const { region, account } = scope;
  const clusters = [...new Set(scope.services.map(({ cluster }) => cluster))];
  const ecs = (what: string, name: string) => sub(`arn:\${AWS::Partition}:ecs:${region}:${account}:${what}/${name}`);
  const rds = (what: string) => sub(`arn:\${AWS::Partition}:rds:${region}:${account}:${what}:*`);
  return [
    // Of a cluster its instances are asked for by a filter, which is authorised on all of them.
    allow(['rds:DescribeDBInstances'], rds('db')),
    allow(['rds:DescribeDBClusters'], rds('cluster')),
    allow(
      ['elasticache:DescribeReplicationGroups'],
      sub(`arn:\${AWS::Partition}:elasticache:${region}:${account}:replicationgroup:*`),
    ),
    allow(['ecs:DescribeServices'], servicesIn(scope, scope.services)),
    // It knows no resources.
    allow(['ecs:DescribeTaskDefinition'], '*'),
    allow(['ecs:ListTasks'], '*', { ArnEquals: { 'ecs:cluster': clusters.map((cluster) => ecs('cluster', cluster)) } }),
    allow(
      ['ecs:DescribeTasks'],
      clusters.map((cluster) => ecs('task', `${cluster}/*`)),
    ),
  ];
}

/** A snapshot is authorised on the database and on itself (Service Authorization Reference, Amazon RDS). */
function keepDatabases({ region, account }: Scope): readonly Statement[] {
  const rds = (what: string) => sub(`arn:\${AWS::Partition}:rds:${region}:${account}:${what}`);
  return [
    allow(['rds:CreateDBSnapshot', 'rds:AddTagsToResource'], [rds('db:*'), rds('snapshot:pre-class-change-*')]),
    allow(
      ['rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource'],
      [rds('cluster:*'), rds('cluster-snapshot:pre-class-change-*')],
    ),
    allow(['rds:DescribeDBSnapshots'], [rds('db:*'), rds('snapshot:*')]),
    allow(['rds:DescribeDBClusterSnapshots'], [rds('cluster:*'), rds('cluster-snapshot:*')]),
    // It knows no resources.
    allow(['rds:DescribeEvents'], '*'),
  ];
}

function isParameter(arn: string): boolean {
  return /^arn:[^:]+:ssm:/.test(arn);
}

function onSome(action: string, arns: readonly string[]): readonly Statement[] {
  return arns.length === 0 ? [] : [allow([action], arns.map(sub))];
}
