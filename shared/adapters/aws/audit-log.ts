import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type ChainEnd, hashedText, readRecord, sealRecord } from '../../audit/chain.ts';
import { inTimeOrder } from '../../audit/order.ts';
import type { AuditEntry, AuditRecord } from '../../domain/audit.ts';
import { TransientError } from '../../domain/errors.ts';
import { instant, utcDay } from '../../domain/units.ts';
import type { AppendResult, AuditLog } from '../../ports.ts';
import { failureWhile } from './errors.ts';
import { type Item, N, numberOf, queryAll, S, textAttribute, textOf } from './items.ts';
import { BY_DAY, BY_DECISION, EXPIRY_ATTRIBUTE } from './table-definitions.ts';

/** Writers of one resource take turns by its lease; more than a few at once do not happen in practice. */
const MOST_TRIES = 12;
const MOST_ITEMS_OF_A_PAGE = 1_000;

/**
 * The audit table. The only write is a PutItem on a key that must not exist.
 *
 * @throws TransientError for throttling and faults of AWS or the network.
 */
export class DynamoDbAuditLog implements AuditLog {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;
  readonly #retentionYears: number;

  /** @param retentionYears how long DynamoDB keeps a record, counted from its `at`. */
  constructor(dynamoDb: DynamoDBClient, table: string, retentionYears: number) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
    this.#retentionYears = retentionYears;
  }

  async append(entry: AuditEntry, after?: number): Promise<AppendResult> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const newest = await this.#newest(entry.resource);
      if (after !== undefined && (newest?.sequence ?? 0) !== after) return { kind: 'not-newest' };
      const record = sealRecord(entry, newest);
      if (await this.#put(record)) return { kind: 'written', record };
      if (after !== undefined) return { kind: 'not-newest' };
    }
    throw new TransientError(`appending to ${entry.resource}: others were first ${MOST_TRIES} times`);
  }

  async byResource(resource: string, limit: number): Promise<readonly AuditRecord[]> {
    if (limit < 1) return [];
    const items = await this.#query(
      {
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: Math.min(limit, MOST_ITEMS_OF_A_PAGE),
        KeyConditionExpression: '#resource = :resource',
        ExpressionAttributeNames: { '#resource': 'resource' },
        ExpressionAttributeValues: { ':resource': S(resource) },
      },
      limit,
    );
    return items.slice(0, limit).map(recordOf);
  }

  async byDay(day: string): Promise<readonly AuditRecord[]> {
    const items = await this.#query({
      IndexName: BY_DAY,
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': S(day) },
    });
    return inTimeOrder(items.map(recordOf));
  }

  async byDecision(decisionId: string): Promise<readonly AuditRecord[]> {
    const items = await this.#query({
      IndexName: BY_DECISION,
      KeyConditionExpression: '#decisionId = :decisionId',
      ExpressionAttributeNames: { '#decisionId': 'decisionId' },
      ExpressionAttributeValues: { ':decisionId': S(decisionId) },
    });
    return inTimeOrder(items.map(recordOf));
  }

  async #newest(resource: string): Promise<ChainEnd | null> {
    const [item] = await this.#query(
      {
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
        KeyConditionExpression: '#resource = :resource',
        ProjectionExpression: '#sequence, #hash',
        ExpressionAttributeNames: { '#resource': 'resource', '#sequence': 'sequence', '#hash': 'hash' },
        ExpressionAttributeValues: { ':resource': S(resource) },
      },
      1,
    );
    return item === undefined ? null : { sequence: numberOf(item, 'sequence'), hash: textOf(item, 'hash') };
  }

  /** `false`: somebody else has written this sequence. */
  async #put(record: AuditRecord): Promise<boolean> {
    const write = randomUUID();
    try {
      await this.#dynamoDb.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: { ...this.#item(record), write: S(write) },
          ConditionExpression: 'attribute_not_exists(#resource)',
          ExpressionAttributeNames: { '#resource': 'resource' },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return this.#isOwn(record, write);
      throw failureWhile(`appending to ${record.resource}`, error);
    }
  }

  /** The SDK repeats a write whose answer was lost, and then meets what it wrote itself. */
  async #isOwn({ resource, sequence }: AuditRecord, write: string): Promise<boolean> {
    const [item] = await this.#query(
      {
        ConsistentRead: true,
        KeyConditionExpression: '#resource = :resource AND #sequence = :sequence',
        ProjectionExpression: '#write',
        ExpressionAttributeNames: { '#resource': 'resource', '#sequence': 'sequence', '#write': 'write' },
        ExpressionAttributeValues: { ':resource': S(resource), ':sequence': N(sequence) },
      },
      1,
    );
    return item?.['write']?.S === write;
  }

  async #query(input: Omit<QueryCommandInput, 'TableName'>, most = Infinity): Promise<readonly Item[]> {
    try {
      return await queryAll(this.#dynamoDb, { TableName: this.#table, ...input }, most);
    } catch (error) {
      throw failureWhile(`reading ${this.#table}`, error);
    }
  }

  #item(record: AuditRecord): Item {
    const { resource, sequence, fleet, at, transition, lever, decisionId, sentence, previousHash, hash } = record;
    const kept = new Date(instant(at));
    kept.setUTCFullYear(kept.getUTCFullYear() + this.#retentionYears);
    return {
      resource: S(resource),
      sequence: N(sequence),
      day: S(utcDay(instant(at))),
      at: S(new Date(instant(at)).toISOString()),
      decisionId: S(decisionId),
      // The record itself: exactly the text whose hash stands beside it.
      record: textAttribute(hashedText(record), `audit record ${sequence} of ${resource}`),
      hash: S(hash),
      // For people who look at the table.
      fleet: S(fleet),
      transition: S(transition),
      sentence: S(sentence),
      previousHash: S(previousHash),
      ...(lever === null ? {} : { lever: S(lever) }),
      [EXPIRY_ATTRIBUTE]: N(Math.floor(kept.getTime() / 1000)),
    };
  }
}

function recordOf(item: Item): AuditRecord {
  return readRecord(textOf(item, 'record'), textOf(item, 'hash'));
}
