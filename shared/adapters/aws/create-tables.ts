import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { AUDIT_TABLE, STATE_TABLE, type TableDefinition } from './table-definitions.ts';

/** Makes both tables where no deployment does it: in tests and in the demo. */
export async function createTables(
  dynamoDb: DynamoDBClient,
  names: { readonly audit: string; readonly state: string },
): Promise<void> {
  await dynamoDb.send(new CreateTableCommand(inputOf(names.audit, AUDIT_TABLE)));
  await dynamoDb.send(new CreateTableCommand(inputOf(names.state, STATE_TABLE)));
  for (const TableName of [names.audit, names.state]) {
    await waitUntilTableExists({ client: dynamoDb, minDelay: 1, maxDelay: 1, maxWaitTime: 30 }, { TableName });
  }
}

function inputOf(TableName: string, definition: TableDefinition): CreateTableCommandInput {
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = definition;
  return {
    TableName,
    BillingMode,
    AttributeDefinitions: [...AttributeDefinitions],
    KeySchema: [...KeySchema],
    ...(GlobalSecondaryIndexes === undefined
      ? {}
      : {
          GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({
            ...index,
            KeySchema: [...index.KeySchema],
          })),
        }),
  };
}
