import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { KnownEvent } from '../../domain/known-event.ts';
import type { ChangeStatus, Pause } from '../../domain/snapshot.ts';
import { type EpochMs, later, type Seconds } from '../../domain/units.ts';
import type { FleetMemory, FleetState, Lease, StateStore, StoredChange } from '../../ports.ts';
import { failureWhile } from './errors.ts';
import { type Item, N, numberOf, queryAll, S } from './items.ts';
import {
  changeItem,
  eventItem,
  leaseItem,
  pauseItem,
  readChangeItem,
  readState,
  writeChange,
  writeEvent,
  writeMemory,
  writePause,
} from './state-items.ts';

interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/**
 * The state table.
 *
 * The SDK repeats a write whose answer was lost. So that the repetition is not mistaken for somebody else, each write
 * carries a mark, and its condition also holds where the mark is already its own.
 *
 * @throws TransientError for throttling and faults of AWS or the network.
 */
export class DynamoDbStateStore implements StateStore {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;

  constructor(dynamoDb: DynamoDBClient, table: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
  }

  /** One consistent query, the only call of a tick in which nothing happens. */
  load(fleet: string): Promise<FleetState> {
    return whileDoing(`loading the state of ${fleet}`, async () =>
      readState(
        await queryAll(this.#dynamoDb, {
          TableName: this.#table,
          ConsistentRead: true,
          KeyConditionExpression: '#fleet = :fleet',
          ExpressionAttributeNames: { '#fleet': 'fleet' },
          ExpressionAttributeValues: { ':fleet': S(fleet) },
        }),
      ),
    );
  }

  saveMemory(fleet: string, memory: FleetMemory): Promise<boolean> {
    const isFirst = memory.version === 1;
    return this.#putIf(`saving the memory of ${fleet}`, () => writeMemory(fleet, memory), {
      expression: isFirst ? 'attribute_not_exists(#version)' : '#version = :before',
      names: { '#version': 'version' },
      values: isFirst ? {} : { ':before': N(memory.version - 1) },
    });
  }

  openChange(change: StoredChange): Promise<boolean> {
    return this.#putIf(`opening a change of ${change.resource}`, () => writeChange(change), {
      expression: 'attribute_not_exists(#status) OR NOT #status IN (:ordered, :attempting)',
      names: { '#status': 'status' },
      values: { ':ordered': S('ordered'), ':attempting': S('attempting') },
    });
  }

  readChange(fleet: string, resource: string): Promise<StoredChange | null> {
    return whileDoing(`reading the change of ${resource}`, async () => {
      const item = await this.#get(fleet, changeItem(resource));
      return item === undefined ? null : readChangeItem(item);
    });
  }

  moveChange(change: StoredChange, expected: ChangeStatus['status']): Promise<boolean> {
    return this.#putIf(`moving the change of ${change.resource}`, () => writeChange(change), {
      expression: '#status = :expected AND #decisionId = :decisionId',
      names: { '#status': 'status', '#decisionId': 'decisionId' },
      values: { ':expected': S(expected), ':decisionId': S(change.status.decisionId) },
    });
  }

  acquireLease(fleet: string, resource: string, owner: string, now: EpochMs, seconds: Seconds): Promise<Lease | null> {
    const expiresAt = later(now, seconds);
    return whileDoing(`acquiring the lease of ${resource}`, async () => {
      try {
        const { Attributes: item = {} } = await this.#dynamoDb.send(
          new UpdateItemCommand({
            TableName: this.#table,
            Key: { fleet: S(fleet), item: S(leaseItem(resource)) },
            UpdateExpression: 'SET #owner = :owner, #heldUntil = :heldUntil, #write = :write ADD #fence :one',
            ConditionExpression: 'attribute_not_exists(#heldUntil) OR #heldUntil <= :now OR #write = :write',
            ExpressionAttributeNames: {
              '#owner': 'owner',
              '#heldUntil': 'heldUntil',
              '#write': 'write',
              '#fence': 'fence',
            },
            ExpressionAttributeValues: {
              ':owner': S(owner),
              ':heldUntil': N(expiresAt),
              ':now': N(now),
              ':write': S(randomUUID()),
              ':one': N(1),
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        );
        return { fleet, resource, owner, fence: numberOf(item, 'fence'), expiresAt };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return null;
        throw error;
      }
    });
  }

  holdsLease({ fleet, resource, owner, fence }: Lease, now: EpochMs): Promise<boolean> {
    return whileDoing(`reading the lease of ${resource}`, async () => {
      const item = await this.#get(fleet, leaseItem(resource));
      if (item?.['heldUntil'] === undefined) return false;
      return item['owner']?.S === owner && numberOf(item, 'fence') === fence && now < numberOf(item, 'heldUntil');
    });
  }

  /** The fence stays, so that it rises over releases too. */
  releaseLease({ fleet, resource, owner, fence }: Lease): Promise<void> {
    return whileDoing(`releasing the lease of ${resource}`, async () => {
      try {
        await this.#dynamoDb.send(
          new UpdateItemCommand({
            TableName: this.#table,
            Key: { fleet: S(fleet), item: S(leaseItem(resource)) },
            UpdateExpression: 'REMOVE #owner, #heldUntil',
            ConditionExpression: '#fence = :fence AND #owner = :owner',
            ExpressionAttributeNames: { '#owner': 'owner', '#heldUntil': 'heldUntil', '#fence': 'fence' },
            ExpressionAttributeValues: { ':fence': N(fence), ':owner': S(owner) },
          }),
        );
      } catch (error) {
        // Somebody else holds it by now, or it is free already.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });
  }

  putEvent(fleet: string, event: KnownEvent): Promise<void> {
    return this.#put(`putting the event ${event.id}`, writeEvent(fleet, event));
  }

  removeEvent(fleet: string, eventId: string): Promise<boolean> {
    return this.#remove(`removing the event ${eventId}`, fleet, eventItem(eventId));
  }

  putPause(fleet: string, id: string, pause: Pause): Promise<void> {
    return this.#put(`putting the pause ${id}`, writePause(fleet, id, pause));
  }

  removePause(fleet: string, id: string): Promise<boolean> {
    return this.#remove(`removing the pause ${id}`, fleet, pauseItem(id));
  }

  async #get(fleet: string, item: string): Promise<Item | undefined> {
    const { Item: found } = await this.#dynamoDb.send(
      new GetItemCommand({
        TableName: this.#table,
        ConsistentRead: true,
        Key: { fleet: S(fleet), item: S(item) },
      }),
    );
    return found;
  }

  #put(doing: string, item: Item): Promise<void> {
    return whileDoing(doing, async () => {
      await this.#dynamoDb.send(new PutItemCommand({ TableName: this.#table, Item: item }));
    });
  }

  #putIf(doing: string, item: () => Item, { expression, names, values }: Condition): Promise<boolean> {
    const write = S(randomUUID());
    return whileDoing(doing, async () => {
      try {
        await this.#dynamoDb.send(
          new PutItemCommand({
            TableName: this.#table,
            Item: { ...item(), write },
            ConditionExpression: `(${expression}) OR #write = :write`,
            ExpressionAttributeNames: { ...names, '#write': 'write' },
            ExpressionAttributeValues: { ...values, ':write': write },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }

  #remove(doing: string, fleet: string, item: string): Promise<boolean> {
    return whileDoing(doing, async () => {
      const { Attributes } = await this.#dynamoDb.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: { fleet: S(fleet), item: S(item) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return Attributes !== undefined;
    });
  }
}

async function whileDoing<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw failureWhile(doing, error);
  }
}
