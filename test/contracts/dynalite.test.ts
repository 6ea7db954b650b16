import { afterAll, beforeAll } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DynamoDbAuditLog } from '../../shared/adapters/aws/audit-log.ts';
import { createTables } from '../../shared/adapters/aws/create-tables.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../shared/adapters/aws/embedded-dynamodb.ts';
import { DynamoDbForecastStore } from '../../shared/adapters/aws/forecast-store.ts';
import { DynamoDbStateStore } from '../../shared/adapters/aws/state-store.ts';
import { describeAuditLogContract } from './audit-log.contract.ts';
import { describeForecastStoreContract } from './forecast-store.contract.ts';
import { describeStateStoreContract } from './state-store.contract.ts';
import { nothingToClose } from './subject.ts';

let database: EmbeddedDynamoDb;
beforeAll(async () => {
  database = await startEmbeddedDynamoDb();
});
afterAll(() => database.stop());

async function freshTables(): Promise<{ readonly audit: string; readonly state: string }> {
  const id = randomUUID();
  const names = { audit: `audit-${id}`, state: `state-${id}` };
  await createTables(database.client, names);
  return names;
}

describeAuditLogContract('dynalite', async () => {
  const { audit } = await freshTables();
  return { port: new DynamoDbAuditLog(database.client, audit, 7), close: nothingToClose };
});

describeForecastStoreContract('dynalite', async () => {
  const { state } = await freshTables();
  return { port: new DynamoDbForecastStore(database.client, state), close: nothingToClose };
});

describeStateStoreContract('dynalite', async () => {
  const { state } = await freshTables();
  return { port: new DynamoDbStateStore(database.client, state), close: nothingToClose };
});
