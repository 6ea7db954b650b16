/**
 * Keys and indexes of our two tables, as plain data in the words of both CreateTable and CloudFormation: the tests, the
 * demo and the deployed template build the tables from here, so that they cannot differ.
 */

/** Index of the audit table: all records of a UTC day. */
export const BY_DAY = 'by-day';
/** Index of the audit table: all records of a decision. */
export const BY_DECISION = 'by-decision';

/** Epoch seconds after which DynamoDB removes an item of either table. */
export const EXPIRY_ATTRIBUTE = 'expiresAt';

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface TableDefinition {
  readonly BillingMode: 'PAY_PER_REQUEST';
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: 'S' | 'N' }[];
  readonly KeySchema: readonly KeyElement[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyElement[];
    readonly Projection: { readonly ProjectionType: 'ALL' };
  }[];
}

/** Append-only: one item a record, by resource and sequence. */
export const AUDIT_TABLE: TableDefinition = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'resource', AttributeType: 'S' },
    { AttributeName: 'sequence', AttributeType: 'N' },
    { AttributeName: 'day', AttributeType: 'S' },
    { AttributeName: 'decisionId', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'resource', KeyType: 'HASH' },
    { AttributeName: 'sequence', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: BY_DAY,
      KeySchema: [
        { AttributeName: 'day', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: BY_DECISION,
      KeySchema: [
        { AttributeName: 'decisionId', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

/** Before the name of the fleet, in the hash key of items of the state table. */
export const FORECAST_PARTITION = 'forecast#';
export const PAST_FORECAST_PARTITION = 'past-forecast#';
export const FORECAST_PARTITIONS = [FORECAST_PARTITION, PAST_FORECAST_PARTITION] as const;

/** What is not history: memory, changes, leases, events and pauses of a fleet, and forecasts under hash keys of their own. */
export const STATE_TABLE: TableDefinition = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'fleet', AttributeType: 'S' },
    { AttributeName: 'item', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'fleet', KeyType: 'HASH' },
    { AttributeName: 'item', KeyType: 'RANGE' },
  ],
};
