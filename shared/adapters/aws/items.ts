import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

export function S(value: string): AttributeValue {
  return { S: value };
}

export function N(value: number): AttributeValue {
  return { N: String(value) };
}

/** Below this a text stays readable in the console; above, fewer bytes are worth more. */
const READABLE_BYTES = 32 * 1024;
/** DynamoDB takes items of 400 KB; the rest is room for the other attributes. */
const MOST_BYTES = 390 * 1024;

/**
 * A text as an attribute: as it is, or compressed when it is long.
 *
 * @throws RangeError when even so it is too long for an item; `what` names it.
 */
export function textAttribute(text: string, what: string): AttributeValue {
  if (Buffer.byteLength(text, 'utf8') <= READABLE_BYTES) return S(text);
  const packed = gzipSync(text);
  if (packed.byteLength <= MOST_BYTES) return { B: packed };
  throw new RangeError(`${what} has ${packed.byteLength} bytes even compressed; an item may have ${MOST_BYTES}`);
}

/** @throws Error when the item has no such attribute: somebody else wrote it. */
export function textOf(item: Item, name: string): string {
  const attribute = item[name];
  if (attribute?.S !== undefined) return attribute.S;
  if (attribute?.B !== undefined) return gunzipSync(attribute.B).toString('utf8');
  throw missing(item, name);
}

/** @throws Error when the item has no such attribute: somebody else wrote it. */
export function numberOf(item: Item, name: string): number {
  const text = item[name]?.N;
  if (text === undefined) throw missing(item, name);
  return Number(text);
}

function missing(item: Item, name: string): Error {
  return new Error(`item without ${name}: ${Object.keys(item).join(', ')}`);
}

/** The items of a query, page by page, until there are as many as wanted. */
export async function queryAll(
  dynamoDb: DynamoDBClient,
  input: QueryCommandInput,
  most = Infinity,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await dynamoDb.send(new QueryCommand({ ...input, ExclusiveStartKey }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && items.length < most);
  return items;
}
