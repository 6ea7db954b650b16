import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDbStateStore } from '../../../shared/adapters/aws/state-store.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import { DAY, later } from '../../../shared/domain/units.ts';
import { aChange, anEvent, aPause, NOON } from '../../contracts/samples.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const store = new DynamoDbStateStore(client, 'state');

const RESOURCE = 'service/production/core-api';
const LEASE = { fleet: 'production', resource: RESOURCE, owner: 'me', fence: 3, expiresAt: later(NOON, 60) };
const TAKEN = new ConditionalCheckFailedException({
  message: 'The conditional request failed',
  $metadata: { httpStatusCode: 400 },
});

beforeEach(() => {
  aws.reset();
  aws.onAnyCommand().resolves({});
});

describe('a quiet tick', () => {
  it('is one consistent query, and nothing else', async () => {
    await store.load('production');
    expect(aws.calls()).toHaveLength(1);
    expect(aws.commandCalls(QueryCommand)[0]?.args[0].input).toEqual({
      TableName: 'state',
      ConsistentRead: true,
      KeyConditionExpression: '#fleet = :fleet',
      ExpressionAttributeNames: { '#fleet': 'fleet' },
      ExpressionAttributeValues: { ':fleet': { S: 'production' } },
      ExclusiveStartKey: undefined,
    });
  });
});

describe('what is kept', () => {
  const item = (): unknown => aws.commandCalls(PutItemCommand)[0]?.args[0].input.Item;

  it('events and pauses go a week after their end', async () => {
    await store.putEvent('production', anEvent());
    expect(item()).toMatchObject({
      item: { S: 'event#tax-deadline' },
      expiresAt: { N: String(later(anEvent().to, 7 * DAY) / 1000) },
    });
    aws.resetHistory();
    await store.putPause('production', 'p', aPause({ until: NOON + 1 }));
    expect(item()).toMatchObject({ item: { S: 'pause#p' }, expiresAt: { N: String(later(NOON, 7 * DAY) / 1000 + 1) } });
  });

  it.each([
    ['changes', () => store.openChange(aChange())],
    ['memory', () => store.saveMemory('production', { version: 1, told: {}, lastSeen: {} })],
  ])('%s never go by themselves', async (_what, call) => {
    await call();
    expect(item()).not.toHaveProperty('expiresAt');
  });

  it('leases never go by themselves: the fence has to last', async () => {
    aws.on(UpdateItemCommand).resolves({ Attributes: { fence: { N: '1' } } });
    await store.acquireLease('production', RESOURCE, 'me', NOON, 60);
    await store.releaseLease(LEASE);
    for (const {
      args: [{ input }],
    } of aws.commandCalls(UpdateItemCommand)) {
      expect(Object.values(input.ExpressionAttributeNames ?? {})).not.toContain('expiresAt');
      expect(input.UpdateExpression).not.toMatch(/REMOVE.*#fence/);
    }
  });

  it('a short memory can be read in the console, a long one is compressed', async () => {
    await store.saveMemory('production', { version: 1, told: {}, lastSeen: { [RESOURCE]: 'digest' } });
    expect(item()).toMatchObject({ body: { S: `{"told":{},"lastSeen":{"${RESOURCE}":"digest"}}` } });
    aws.resetHistory();
    const lastSeen = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [`service/production/s${index}`, 'digest']),
    );
    await store.saveMemory('production', { version: 1, told: {}, lastSeen });
    expect(item()).toMatchObject({ body: { B: expect.any(Uint8Array) } });
  });

  it('a memory that fits no item is refused with the name of the fleet and what to do', async () => {
    const lastSeen = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, index) => [`s${index}`, String(Math.sin(index + 1))]),
    );
    await expect(store.saveMemory('production', { version: 1, told: {}, lastSeen })).rejects.toThrow(
      /^the memory of fleet production \(split the fleet into smaller ones\) has \d+ bytes even compressed/,
    );
    expect(aws.calls()).toEqual([]);
  });
});

describe('a write that the SDK repeats because the answer was lost', () => {
  it.each([
    ['saveMemory', () => store.saveMemory('production', { version: 2, told: {}, lastSeen: {} })],
    ['openChange', () => store.openChange(aChange())],
    ['moveChange', () => store.moveChange(aChange(), 'ordered')],
  ])('%s is let through by its own mark', async (_name, call) => {
    expect(await call()).toBe(true);
    expect(await call()).toBe(true);
    const inputs = aws.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input);
    for (const input of inputs) {
      expect(input.ConditionExpression).toMatch(/^\(.*\) OR #write = :write$/);
      expect(input.Item?.['write']).toEqual(input.ExpressionAttributeValues?.[':write']);
    }
    expect(inputs[0]?.Item?.['write']).not.toEqual(inputs[1]?.Item?.['write']);
  });

  it('acquireLease is, too', async () => {
    aws.on(UpdateItemCommand).resolves({ Attributes: { fence: { N: '8' } } });
    expect(await store.acquireLease('production', RESOURCE, 'me', NOON, 60)).toEqual({ ...LEASE, fence: 8 });
    expect(aws.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression: expect.stringMatching(/ OR #write = :write$/),
      UpdateExpression: expect.stringContaining('#write = :write'),
    });
  });
});

describe('a condition that does not hold', () => {
  it.each([
    ['saveMemory', () => store.saveMemory('production', { version: 1, told: {}, lastSeen: {} }), false],
    ['openChange', () => store.openChange(aChange()), false],
    ['moveChange', () => store.moveChange(aChange(), 'ordered'), false],
    ['acquireLease', () => store.acquireLease('production', RESOURCE, 'me', NOON, 60), null],
    ['releaseLease', () => store.releaseLease(LEASE), undefined],
  ] as const)('%s says so and does not throw', async (_name, call, answer) => {
    aws.onAnyCommand().rejects(TAKEN);
    expect(await call()).toBe(answer);
    expect(aws.calls()).toHaveLength(1);
  });
});

const CALLS: readonly (readonly [name: string, call: () => Promise<unknown>])[] = [
  ['load', () => store.load('production')],
  ['saveMemory', () => store.saveMemory('production', { version: 1, told: {}, lastSeen: {} })],
  ['openChange', () => store.openChange(aChange())],
  ['readChange', () => store.readChange('production', RESOURCE)],
  ['moveChange', () => store.moveChange(aChange(), 'ordered')],
  ['acquireLease', () => store.acquireLease('production', RESOURCE, 'me', NOON, 60)],
  ['holdsLease', () => store.holdsLease(LEASE, NOON)],
  ['releaseLease', () => store.releaseLease(LEASE)],
  ['putEvent', () => store.putEvent('production', anEvent())],
  ['removeEvent', () => store.removeEvent('production', 'tax-deadline')],
  ['putPause', () => store.putPause('production', 'p', aPause())],
  ['removePause', () => store.removePause('production', 'p')],
];

describe.each(CALLS)('%s', (_name, call) => {
  const thrown = (): Promise<unknown> =>
    call().then(
      () => null,
      (error: unknown) => error,
    );

  it.each(TRANSIENT)('throws %s for the queue to try again', async (_error, error) => {
    aws.onAnyCommand().rejects(error);
    const caught = await thrown();
    expect(caught).toBeInstanceOf(TransientError);
    expect(caught).toMatchObject({ cause: error });
  });

  it.each(PERMANENT)('throws %s as what it is, saying what was being done', async (_error, error) => {
    aws.onAnyCommand().rejects(error);
    const caught = await thrown();
    expect(caught).not.toBeInstanceOf(TransientError);
    expect(caught).toMatchObject({ cause: error, message: expect.stringMatching(/^\w+ing (the|a) .*: /) });
  });

  it('hides no bug', async () => {
    aws.onAnyCommand().rejects(BUG);
    expect(await thrown()).toBe(BUG);
  });

  it('is one call', async () => {
    aws.on(UpdateItemCommand).resolves({ Attributes: { fence: { N: '1' } } });
    await call();
    const { length } = [QueryCommand, GetItemCommand, PutItemCommand, UpdateItemCommand, DeleteItemCommand].flatMap(
      (command) => aws.commandCalls(command as typeof QueryCommand),
    );
    expect(length).toBe(1);
  });
});
