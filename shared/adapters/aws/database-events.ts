import { type Event, paginateDescribeEvents, type RDSClient } from '@aws-sdk/client-rds';
import { DAY, earlier, type EpochMs, MINUTE, type Seconds } from '../../domain/units.ts';
import type { DatabaseId } from '../../domain/infrastructure.ts';

/**
 * Amazon RDS keeps events for 14 days and refuses a question that begins earlier (API reference, DescribeEvents). It judges
 * that by its own clock, and when the question arrives.
 */
const EVENTS_KEPT: Seconds = 14 * DAY - 10 * MINUTE;

/** RDS-EVENT-0014. */
const CLASS_CHANGED = /^finished applying modification to (?:an? )?(?:DB|database) instance class/i;
/** RDS-EVENT-0071: of a cluster whose members have several classes, the writer has another one now. */
const WRITER_CHANGED = /^completed failover to/i;
/**
 * RDS-EVENT-0018, -0017 and, of its own autoscaling, -0217 and -0218. No other messages are documented for IOPS and
 * throughput: whatever names them is counted, too.
 */
const STORAGE_BEGUN = /^applying (?:autoscaling-initiated )?modification to .*(?:storage|iops|throughput)/i;
const STORAGE_DONE = /^finished applying (?:autoscaling-initiated )?modification to .*(?:storage|iops|throughput)/i;

export interface EventQuestion {
  readonly kind: DatabaseId['kind'];
  readonly identifier: string;
  /** Absent: all of them. */
  readonly categories?: readonly string[];
  readonly since: EpochMs;
}

export interface DatabaseEvent {
  readonly at: EpochMs;
  readonly message: string;
}

/**
 * Oldest first, as far back as RDS has them.
 *
 * @throws the error of AWS
 */
export async function readEvents(
  rds: RDSClient,
  { kind, identifier, categories, since }: EventQuestion,
  now: EpochMs,
): Promise<readonly DatabaseEvent[]> {
  const found: Event[] = [];
  const pages = paginateDescribeEvents(
    { client: rds },
    {
      SourceIdentifier: identifier,
      SourceType: kind === 'rds-instance' ? 'db-instance' : 'db-cluster',
      // Without a time RDS tells of the last hour alone.
      StartTime: new Date(Math.max(since, earlier(now, EVENTS_KEPT))),
      ...(categories === undefined ? {} : { EventCategories: [...categories] }),
    },
  );
  for await (const { Events = [] } of pages) found.push(...Events);
  return found
    .flatMap(({ Message: message, Date: at }) =>
      message === undefined || at === undefined ? [] : [{ message: message.trim(), at: at.getTime() }],
    )
    .toSorted((a, b) => a.at - b.at);
}

/** What has become of an instance, as far as events tell. */
export interface InstanceHistory {
  readonly classChangedAt: EpochMs | null;
  /** Of the last 24 hours, oldest first. */
  readonly storageModifiedAt: readonly EpochMs[];
}

/** @throws the error of AWS */
export async function readHistory(rds: RDSClient, identifier: string, now: EpochMs): Promise<InstanceHistory> {
  const since = earlier(now, EVENTS_KEPT);
  const question = { kind: 'rds-instance', identifier, categories: ['configuration change'], since } as const;
  const events = await readEvents(rds, question, now);
  const lately = storageModifications(events).filter((at) => at > earlier(now, DAY));
  return { classChangedAt: newestOf(events, CLASS_CHANGED), storageModifiedAt: lately };
}

/**
 * When the cluster last got another writer; `null` where it did not lately.
 *
 * @throws the error of AWS
 */
export async function readWriterChange(rds: RDSClient, cluster: string, now: EpochMs): Promise<EpochMs | null> {
  const since = earlier(now, EVENTS_KEPT);
  const question = { kind: 'aurora-cluster', identifier: cluster, categories: ['failover'], since } as const;
  return newestOf(await readEvents(rds, question, now), WRITER_CHANGED);
}

function newestOf(events: readonly DatabaseEvent[], pattern: RegExp): EpochMs | null {
  return events.findLast(({ message }) => pattern.test(message))?.at ?? null;
}

/** Each once, when it ended; events are sent as well as can be, and one whose end is missing counts from its beginning. */
function storageModifications(events: readonly DatabaseEvent[]): readonly EpochMs[] {
  const modifiedAt: EpochMs[] = [];
  let begunAt: EpochMs | null = null;
  for (const { at, message } of events) {
    if (STORAGE_DONE.test(message)) {
      modifiedAt.push(at);
      begunAt = null;
    } else if (STORAGE_BEGUN.test(message)) {
      if (begunAt !== null) modifiedAt.push(begunAt);
      begunAt = at;
    }
  }
  return begunAt === null ? modifiedAt : [...modifiedAt, begunAt];
}
