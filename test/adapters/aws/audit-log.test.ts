import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDbAuditLog } from '../../../shared/adapters/aws/audit-log.ts';
import { hashedText, sealRecord } from '../../../shared/audit/chain.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import { instant } from '../../../shared/domain/units.ts';
import { anEntry } from '../../contracts/samples.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const log = new DynamoDbAuditLog(client, 'audit', 7);

const TAKEN = new ConditionalCheckFailedException({
  message: 'The conditional request failed',
  $metadata: { httpStatusCode: 400 },
});
const puts = (): PutItemCommandInput[] => aws.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input);
const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  );

beforeEach(() => {
  aws.reset();
  aws.on(QueryCommand).resolves({});
  aws.on(PutItemCommand).resolves({});
});

describe('the item of a record', () => {
  it('holds the hashed text as it is, what people look for, and when it may go', async () => {
    await log.append(anEntry());
    const record = sealRecord(anEntry(), null);
    expect(puts()).toEqual([
      {
        TableName: 'audit',
        ConditionExpression: 'attribute_not_exists(#resource)',
        ExpressionAttributeNames: { '#resource': 'resource' },
        Item: {
          resource: { S: 'service/production/core-api' },
          sequence: { N: '1' },
          day: { S: '2026-12-01' },
          at: { S: '2026-12-01T12:00:00.000Z' },
          decisionId: { S: 'ceiling/core-api/1' },
          record: { S: hashedText(record) },
          hash: { S: record.hash },
          previousHash: { S: record.previousHash },
          fleet: { S: 'production' },
          transition: { S: 'decided' },
          lever: { S: 'ceiling' },
          sentence: { S: 'set capacity bounds 2–10 → 2–15 tasks' },
          expiresAt: { N: String(instant('2033-12-01T12:00:00Z') / 1000) },
          write: { S: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      },
    ]);
  });

  it('counts retention in calendar years, and has no lever where there is none', async () => {
    await log.append(anEntry({ at: '2024-02-29T23:30:00.000-01:00', lever: null }));
    expect(puts()[0]?.Item).toMatchObject({
      day: { S: '2024-03-01' },
      at: { S: '2024-03-01T00:30:00.000Z' },
      expiresAt: { N: String(instant('2031-03-01T00:30:00Z') / 1000) },
    });
    expect(puts()[0]?.Item).not.toHaveProperty('lever');
  });

  it('is refused with a name when no compression makes it fit', async () => {
    const input = Array.from({ length: 200_000 }, (_, index) => Math.sin(index + 1));
    const wanted = { kind: 'abstain', because: [{ code: 'not-deployed', detail: '' }] } as const;
    await expect(log.append(anEntry({ replay: { input, settings: {}, wanted } }))).rejects.toThrow(
      /^audit record 1 of service\/production\/core-api has \d+ bytes even compressed/,
    );
    expect(puts()).toEqual([]);
  });
});

describe('a sequence that is taken', () => {
  const end = (sequence: number): object => ({
    Items: [{ sequence: { N: String(sequence) }, hash: { S: 'f'.repeat(64) } }],
  });

  it('is followed by the next, chained to the record that was first', async () => {
    aws.on(QueryCommand).resolvesOnce({}).resolvesOnce({}).resolvesOnce(end(1));
    aws.on(PutItemCommand).rejectsOnce(TAKEN).resolves({});
    expect(await log.append(anEntry())).toMatchObject({
      kind: 'written',
      record: { sequence: 2, previousHash: 'f'.repeat(64) },
    });
  });

  it('is given up after twelve times, for the queue to try again', async () => {
    aws.on(PutItemCommand).rejects(TAKEN);
    const thrown = await thrownBy(log.append(anEntry()));
    expect(thrown).toBeInstanceOf(TransientError);
    expect(puts()).toHaveLength(12);
  });

  it('is not-newest to a writer who knew the newest', async () => {
    aws.on(PutItemCommand).rejects(TAKEN);
    expect(await log.append(anEntry(), 0)).toEqual({ kind: 'not-newest' });
    expect(puts()).toHaveLength(1);
  });

  it('is our own when the SDK repeated a write whose answer was lost', async () => {
    aws.on(PutItemCommand).rejects(TAKEN);
    aws
      .on(QueryCommand)
      .callsFake(({ KeyConditionExpression = '' }: QueryCommandInput) =>
        KeyConditionExpression.includes('#sequence') ? { Items: [{ write: puts()[0]?.Item?.['write'] }] } : {},
      );
    expect(await log.append(anEntry(), 0)).toMatchObject({ kind: 'written', record: { sequence: 1 } });
    expect(puts()).toHaveLength(1);
  });
});

describe('reading', () => {
  it('asks for the newest with one consistent query for key and hash alone', async () => {
    await log.append(anEntry());
    expect(aws.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input)).toMatchObject([
      { ConsistentRead: true, ScanIndexForward: false, Limit: 1, ProjectionExpression: '#sequence, #hash' },
    ]);
  });

  it.each([
    ['byDay', () => log.byDay('2026-12-01'), 'by-day'],
    ['byDecision', () => log.byDecision('d'), 'by-decision'],
    ['byResource', () => log.byResource('service/production/core-api', 5_000), undefined],
  ] as const)('%s reads every page', async (_name, call, IndexName) => {
    const items = [1, 2, 3].map((count) => {
      const record = sealRecord(anEntry({ sentence: `${count}` }), null);
      return { record: { S: hashedText(record) }, hash: { S: record.hash } };
    });
    const key = { resource: { S: 'r' }, sequence: { N: '1' } };
    aws
      .on(QueryCommand)
      .resolvesOnce({ Items: items.slice(0, 2), LastEvaluatedKey: key })
      .resolvesOnce({ Items: [], LastEvaluatedKey: key })
      .resolvesOnce({ Items: items.slice(2) });
    expect((await call()).map(({ sentence }) => sentence)).toEqual(['1', '2', '3']);
    const inputs = aws.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input);
    expect(inputs.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([undefined, key, key]);
    expect(inputs.map((input) => input.IndexName)).toEqual([IndexName, IndexName, IndexName]);
  });

  it.each([
    ['byDay', () => log.byDay('2026-12-01')],
    ['byDecision', () => log.byDecision('d')],
  ] as const)('%s sorts what an index gives in any order at the same instant', async (_name, call) => {
    const first = sealRecord(anEntry({ sentence: 'first' }), null);
    const second = sealRecord(anEntry({ sentence: 'second' }), first);
    const other = sealRecord(anEntry({ resource: 'a', sentence: 'of a' }), null);
    const items = [second, first, other].map((record) => ({
      record: { S: hashedText(record) },
      hash: { S: record.hash },
    }));
    aws.on(QueryCommand).resolves({ Items: items });
    expect((await call()).map(({ sentence }) => sentence)).toEqual(['of a', 'first', 'second']);
  });

  it('stops as soon as there are as many as wanted', async () => {
    const record = sealRecord(anEntry(), null);
    const item = { record: { S: hashedText(record) }, hash: { S: record.hash } };
    aws.on(QueryCommand).resolves({ Items: [item], LastEvaluatedKey: { resource: { S: 'r' }, sequence: { N: '1' } } });
    expect(await log.byResource('service/production/core-api', 2)).toHaveLength(2);
    expect(aws.commandCalls(QueryCommand)).toHaveLength(2);
  });

  it('says when an item is not one of ours', async () => {
    aws.on(QueryCommand).resolves({ Items: [{ resource: { S: 'r' } }] });
    await expect(log.byDay('2026-12-01')).rejects.toThrow('item without record: resource');
    await expect(log.append(anEntry())).rejects.toThrow('item without sequence: resource');
  });
});

const READS = [
  ['append', () => log.append(anEntry())],
  ['byResource', () => log.byResource('r', 1)],
  ['byDay', () => log.byDay('2026-12-01')],
  ['byDecision', () => log.byDecision('d')],
] as const;

describe.each(READS)('%s when the table cannot be read', (_name, call) => {
  it.each(TRANSIENT)('%s may pass', async (_error, error) => {
    aws.on(QueryCommand).rejects(error);
    const thrown = await thrownBy(call());
    expect(thrown).toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({ cause: error });
    expect(puts()).toEqual([]);
  });

  it.each(PERMANENT)('%s does not', async (_error, error) => {
    aws.on(QueryCommand).rejects(error);
    const thrown = await thrownBy(call());
    expect(thrown).not.toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({ cause: error, message: expect.stringContaining('reading audit') });
  });
});

describe('append when the table cannot be written', () => {
  it.each(TRANSIENT)('%s may pass', async (_error, error) => {
    aws.on(PutItemCommand).rejects(error);
    expect(await thrownBy(log.append(anEntry()))).toBeInstanceOf(TransientError);
  });

  it.each([...PERMANENT, ['a bug', BUG] as const])('%s does not', async (_error, error) => {
    aws.on(PutItemCommand).rejects(error);
    const thrown = await thrownBy(log.append(anEntry()));
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown).not.toBeInstanceOf(TransientError);
  });
});
