import { expect, it } from '@jest/globals';
import { AUDIT_TABLE, EXPIRY_ATTRIBUTE, STATE_TABLE } from '../../shared/adapters/aws/table-definitions.ts';
import { AUDIT_TABLE_ID, STATE_TABLE_ID, tables } from '../../serverless/tables.ts';

it.each([
  { id: AUDIT_TABLE_ID, definition: AUDIT_TABLE },
  { id: STATE_TABLE_ID, definition: STATE_TABLE },
])('$id has the keys and indexes that the adapters use, and outlives the stack', ({ id, definition }) => {
  expect(tables()[id]).toMatchObject({
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
  });
  // A name of its own would make the next installation fail on the table that this one leaves.
  expect(tables()[id]).not.toHaveProperty('Properties.TableName');
});

it('the audit table refuses everybody whatever changes or removes a record', () => {
  expect(tables()[AUDIT_TABLE_ID]).toHaveProperty('Properties.ResourcePolicy.PolicyDocument.Statement', [
    {
      Sid: 'AppendOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: [
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PartiQLDelete',
      ],
      Resource: '*',
    },
  ]);
  expect(tables()[STATE_TABLE_ID]).not.toHaveProperty('Properties.ResourcePolicy');
});
