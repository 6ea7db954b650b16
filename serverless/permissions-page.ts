import { parse } from 'yaml';
import * as z from 'zod';
import { GRANT_NAMES, GRANTS, type GrantName } from './grants.ts';
import type { Scope, Statement } from './statements.ts';
import { REWRITING_ACTIONS } from './tables.ts';
import type { Reference } from './template.ts';

const declared = z.object({
  functions: z.record(
    z.string(),
    z.object({ description: z.string(), handler: z.string(), may: z.array(z.enum(GRANT_NAMES)) }),
  ),
});

export interface DeclaredFunction {
  readonly name: string;
  readonly description: string;
  readonly handler: string;
  readonly may: readonly GrantName[];
}

/** The functions as serverless.yml declares them, in its order. */
export function declaredFunctions(serverlessYml: string): readonly DeclaredFunction[] {
  // The tags of CloudFormation (!Ref) are none of YAML, and of no matter here.
  const { functions } = declared.parse(parse(serverlessYml, { logLevel: 'silent' }));
  return Object.entries(functions).map(([name, declaration]) => ({ name, ...declaration }));
}

/** Stands for what a deployment puts in. */
const PLACEHOLDERS: Scope = {
  region: 'REGION',
  account: 'ACCOUNT',
  bus: 'fulcrum-STAGE',
  functionName: 'fulcrum-STAGE-FUNCTION',
  services: [{ cluster: 'CLUSTER', service: 'SERVICE' }],
  poolers: {
    found: [{ cluster: 'CLUSTER', service: 'PGBOUNCER' }],
    secrets: ['PASSWORD-SECRET'],
    passwordParameters: ['PASSWORD-PARAMETER'],
    kept: [{ cluster: 'CLUSTER', service: 'PGBOUNCER' }],
    keptParameters: ['SIZE-PARAMETER'],
    passedRoles: ['PASSED-ROLE'],
  },
  infrastructure: {
    instances: ['DATABASE'],
    clusters: ['DATABASE-CLUSTER'],
    caches: ['CACHE'],
    resized: [{ cluster: 'CLUSTER', service: 'SERVICE' }],
    passedRoles: ['PASSED-ROLE'],
    movedCapacity: ['DATABASE-CLUSTER'],
    replicated: ['DATABASE-CLUSTER'],
    raised: ['DATABASE'],
    approved: ['DATABASE'],
    reshaped: ['CACHE'],
  },
  codeHostKeys: ['arn:aws:secretsmanager:CODE-HOST-KEY', 'arn:aws:ssm:CODE-HOST-KEY'],
};

/** docs/permissions.md */
export function permissionsPage(serverlessYml: string, mend: string): string {
  const functions = declaredFunctions(serverlessYml);
  return `<!-- Written by \`${mend}\` from serverless.yml and serverless/grants.ts: edit those. -->

# Permissions

Each function has a role of its own, and each role holds what the code of that function calls and nothing else. There is no
wildcard where AWS lets a resource be named: \`*\` stands only behind actions that know no resources.

## What each function may do

| function | for | granted |
| --- | --- | --- |
${functions.map(functionRow).join('\n')}

Every function may besides write its own log (\`logs:CreateLogStream\`, \`logs:PutLogEvents\` on its log group) and its own
dead-letter queue (\`sqs:SendMessage\`).

## What each grant is

\`CLUSTER\` and \`SERVICE\` stand for each service of \`fulcrum.yml\` by name. A policy of a role holds 10,240 characters: where
the names of all services do not fit, \`sls package\` says so and names whole clusters.

| grant | for | actions | on | only when |
| --- | --- | --- | --- | --- |
${GRANT_NAMES.flatMap(grantRows).join('\n')}

## What nobody may do

- Change or remove an audit record. No role holds such an action, and the policy of the audit table refuses them to
  everybody, administrators included:
  ${REWRITING_ACTIONS.map((action) => `\`${action}\``).join(', ')}.
  Records leave by their time to live only. A PutItem that overwrites is the one thing that IAM cannot refuse; the functions
  write under the condition that the key is free, and the hashes that chain the records show it if somebody else does not.
- Log in to a database as anybody but the user of the PgBouncer console, or read a secret that \`fulcrum.yml\` does not name.
- Change a database, a cache or a task definition by a lever that only observes or proposes: \`sls package\` names in a role
  what a lever with \`mode: apply\` changes, and the class of a database only where an approval stands. Without such a lever
  the role holds nothing of it. Nobody may delete a database, but for replicas that Application Auto Scaling has made itself.
- Delete a table: both are protected against deletion and survive \`sls remove\`.

\`ecs:UpdateService\` is the widest of these permissions. On the services that are scaled no function calls it: Application
Auto Scaling demands it of whoever sets up scaling for a service, tries it in the name of the caller, and then acts with a
role of its own. On the service of PgBouncer \`keep-pool-sizes\` calls it, to roll out the task definition with tuned sizes, and
\`resize-task\` on services whose tasks get another size; the roles that a task definition has are named in
\`task.passRoles\`.

\`PGBOUNCER\` stands for the services of \`pooler\` in \`fulcrum.yml\`, \`PASSWORD-SECRET\` and \`PASSWORD-PARAMETER\` for what
\`pooler.console.passwordFrom\` names, \`SIZE-PARAMETER\` for \`pooler.durable.names\` and \`PASSED-ROLE\` for
\`pooler.durable.passRoles\`. What names nothing is granted to nobody. A password under a key of your own in AWS KMS is read
only where the policy of that key lets \`probe-pgbouncer\` and \`tune-pgbouncer\` decrypt with it.

## When a call is refused

The audit record says \`failed: not permitted\` with the words of AWS, which name the missing action. Besides these roles, a
service control policy or a permissions boundary of the organisation may forbid it. The tests hold each role against the
calls that its function makes; what Application Auto Scaling tries in the name of the caller no emulator shows, and rests on
the documentation of AWS.

## Who deploys

\`sls deploy\` needs to create and delete what the stack consists of: CloudFormation, Lambda, IAM roles, EventBridge, SQS, SNS,
DynamoDB, CloudWatch alarms and logs, and one S3 bucket. It refuses to deploy with credentials of another account than the
one in \`fulcrum.yml\`.
`;
}

function functionRow({ name, description, may }: DeclaredFunction): string {
  return row([`\`${name}\``, description, may.map((grant) => `\`${grant}\``).join(', ')]);
}

function grantRows(name: GrantName): readonly string[] {
  const { purpose, statements } = GRANTS[name];
  return statements(PLACEHOLDERS).map((statement, index) =>
    row([
      index === 0 ? `\`${name}\`` : '',
      index === 0 ? purpose : '',
      `${statement.Effect === 'Deny' ? 'never ' : ''}${statement.Action.map((action) => `\`${action}\``).join(', ')}`,
      resourcesOf(statement)
        .map((resource) => `\`${resource}\``)
        .join(', '),
      conditionsOf(statement).join(', '),
    ]),
  );
}

function resourcesOf({ Resource }: Statement): readonly string[] {
  if (Resource === '*') return ['*'];
  return [Resource].flat().map(written);
}

function written(reference: Reference): string {
  if ('Fn::Sub' in reference) {
    return reference['Fn::Sub']
      .replace('${AWS::Partition}', 'aws')
      .replace('${AWS::Region}', PLACEHOLDERS.region)
      .replace('${AWS::AccountId}', PLACEHOLDERS.account);
  }
  return 'Ref' in reference ? reference.Ref : reference['Fn::GetAtt'][0];
}

function conditionsOf({ Condition = {} }: Statement): readonly string[] {
  // That a key is there at all goes without saying.
  const tests = Object.entries(Condition).filter(([operator]) => operator !== 'Null');
  return tests.flatMap(([, test]) =>
    Object.entries(test).map(([key, value]) => {
      const values = [value].flat().map((one) => (typeof one === 'string' ? one : written(one)));
      return `\`${key}\` is ${values.join(' or ')}`;
    }),
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
