import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { statementsOf } from '../../serverless/grants.ts';
import { type DeclaredFunction, declaredFunctions } from '../../serverless/permissions-page.ts';
import type { Scope, Statement } from '../../serverless/statements.ts';

export const ROOT = join(import.meta.dirname, '../..');
/** As serverless.yml declares them. */
export const functions = declaredFunctions(await readFile(join(ROOT, 'serverless.yml'), 'utf8'));

/** One of everything that a policy can name. */
export const scope: Scope = {
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

export const statementsIn = ({ may }: DeclaredFunction): readonly Statement[] => statementsOf(may, scope);
export const actionsIn = (statements: readonly Statement[]): readonly string[] =>
  [...new Set(statements.flatMap(({ Action }) => Action))].sort();
