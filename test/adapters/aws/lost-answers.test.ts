import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDbAuditLog } from '../../../shared/adapters/aws/audit-log.ts';
import { createTables } from '../../../shared/adapters/aws/create-tables.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../shared/adapters/aws/embedded-dynamodb.ts';
import { DynamoDbStateStore } from '../../../shared/adapters/aws/state-store.ts';
import { later } from '../../../shared/domain/units.ts';
import { aChange, anEntry, NOON } from '../../contracts/samples.ts';

/** A way to the database that loses the answer to the next write after the write has been done. */
let database: EmbeddedDynamoDb;
let way: Server;
let isToLose = false;
let lost = 0;
let client: DynamoDBClient;

const WRITE = /\.(PutItem|UpdateItem|DeleteItem)$/;

beforeAll(async () => {
  database = await startEmbeddedDynamoDb();
  const { hostname, port } = new URL(database.endpoint);
  way = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      if (isToLose && WRITE.test(String(headers['x-amz-target']))) {
        isToLose = false;
        lost += 1;
        answer.resume().on('end', () => outgoing.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  client = new DynamoDBClient({
    region: 'local',
    endpoint: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTables(database.client, { audit: 'audit', state: 'state' });
});
afterAll(async () => {
  client.destroy();
  way.closeAllConnections();
  way.close();
  await database.stop();
});
beforeEach(() => {
  isToLose = true;
  lost = 0;
});

describe('a write whose answer is lost, and which the SDK repeats', () => {
  const resource = 'service/production/core-api';

  it('appends one record, and says that it is written', async () => {
    const log = new DynamoDbAuditLog(client, 'audit', 7);
    expect(await log.append(anEntry(), 0)).toMatchObject({ kind: 'written', record: { sequence: 1 } });
    expect(await log.byResource(resource, 10)).toHaveLength(1);
    expect(lost).toBe(1);
  });

  it.each<[string, (store: DynamoDbStateStore) => Promise<unknown>, unknown]>([
    ['saves the memory', (store) => store.saveMemory('a', { version: 1, told: {}, lastSeen: {} }), true],
    ['opens a change', (store) => store.openChange(aChange()), true],
    ['moves it on', (store) => store.moveChange(aChange({ status: 'attempting' }), 'ordered'), true],
  ])('%s', async (_what, write, answer) => {
    expect(await write(new DynamoDbStateStore(client, 'state'))).toBe(answer);
    expect(lost).toBe(1);
  });

  it('grants a lease, which its holder holds', async () => {
    const store = new DynamoDbStateStore(client, 'state');
    const lease = await store.acquireLease('production', resource, 'me', NOON, 60);
    expect(lease).toMatchObject({ owner: 'me', expiresAt: later(NOON, 60) });
    expect(lease !== null && (await store.holdsLease(lease, NOON))).toBe(true);
    expect(await store.acquireLease('production', resource, 'other', NOON, 60)).toBeNull();
    expect(lost).toBe(1);
  });
});
