import {
  AUDIT_TABLE,
  EXPIRY_ATTRIBUTE,
  STATE_TABLE,
  type TableDefinition,
} from '../shared/adapters/aws/table-definitions.ts';
import type { Resource, Resources } from './template.ts';

export const AUDIT_TABLE_ID = 'AuditTable';
export const STATE_TABLE_ID = 'StateTable';

/**
 * Every action that changes or removes an item. TransactWriteItems is authorised as the actions that it holds, and an
 * insert by PartiQL is refused with the other statements: there is one way to write a record, and that is PutItem.
 */
export const REWRITING_ACTIONS = [
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
] as const;

/** The tables outlive the stack: `sls remove` leaves them, and only a person can delete them. */
export function tables(): Resources {
  const { Type, ...audit } = table(AUDIT_TABLE);
  return {
    [AUDIT_TABLE_ID]: {
      Type,
      ...audit,
      Properties: { ...audit.Properties, ResourcePolicy: { PolicyDocument: appendOnly() } },
    },
    [STATE_TABLE_ID]: table(STATE_TABLE),
  };
}

/** Without a name of its own, so that a later installation begins a new table instead of failing on the old one. */
function table(definition: TableDefinition): Resource & { readonly Properties: Readonly<Record<string, unknown>> } {
  return {
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      ...definition,
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: EXPIRY_ATTRIBUTE, Enabled: true },
    },
  };
}

/** Holds for everybody, administrators too: they would have to remove this policy first, and CloudTrail tells that. */
function appendOnly() {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AppendOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: [...REWRITING_ACTIONS],
        // In the policy of a table this means the table and its indexes; its own ARN would be a circular reference.
        Resource: '*',
      },
    ],
  };
}
