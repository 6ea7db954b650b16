import type { Policy } from '../shared/config/policy.ts';
import { allow, type Grant, type Scope, type Statement } from './statements.ts';
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
    purpose: 'Take the snapshot that belongs to a larger database class, and see when it is there.',
    statements: keepDatabases,
  },
} as const satisfies Readonly<Record<string, Grant>>;

/** The ARNs of the keys of all fleets, each once. */
export function codeHostKeys({ fleets }: Pick<Policy, 'fleets'>): readonly string[] {
  return [...new Set(fleets.flatMap(({ infrastructureCode }) => infrastructureCode?.github?.privateKeyFrom ?? []))];
}

/** A snapshot is authorised on the database and on itself (Service Authorization Reference, Amazon RDS). */
function keepDatabases({ region, account }: Scope): readonly Statement[] {
  const rds = (what: string) => sub(`arn:\${AWS::Partition}:rds:${region}:${account}:${what}`);
  return [
    allow(['rds:CreateDBSnapshot', 'rds:AddTagsToResource'], [rds('db:*'), rds('snapshot:pre-*-class-change-*')]),
    allow(
      ['rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource'],
      [rds('cluster:*'), rds('cluster-snapshot:pre-*-class-change-*')],
    ),
    allow(['rds:DescribeDBSnapshots'], [rds('db:*'), rds('snapshot:*')]),
    allow(['rds:DescribeDBClusterSnapshots'], [rds('cluster:*'), rds('cluster-snapshot:*')]),
  ];
}

function isParameter(arn: string): boolean {
  return /^arn:[^:]+:ssm:/.test(arn);
}

function onSome(action: string, arns: readonly string[]): readonly Statement[] {
  return arns.length === 0 ? [] : [allow([action], arns.map(sub))];
}
