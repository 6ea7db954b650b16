import { hashedText, readRecord, sealRecord } from '../../audit/chain.ts';
import { inTimeOrder } from '../../audit/order.ts';
import type { AuditEntry, AuditRecord } from '../../domain/audit.ts';
import { instant, utcDay } from '../../domain/units.ts';
import type { AppendResult, AuditLog } from '../../ports.ts';

/** What is kept of a record: the text and its hash, so that nobody can change it from outside. */
interface Kept {
  readonly text: string;
  readonly hash: string;
  readonly sequence: number;
}

/** An audit table in memory. */
export class MemoryAuditLog implements AuditLog {
  readonly #byResource = new Map<string, Kept[]>();
  readonly #byDay = new Map<string, Kept[]>();
  readonly #byDecision = new Map<string, Kept[]>();

  append(entry: AuditEntry, after?: number): Promise<AppendResult> {
    const newest = this.#byResource.get(entry.resource)?.at(-1) ?? null;
    if (after !== undefined && (newest?.sequence ?? 0) !== after) return Promise.resolve({ kind: 'not-newest' });

    const record = sealRecord(entry, newest);
    const kept = { text: hashedText(record), hash: record.hash, sequence: record.sequence };
    listOf(this.#byResource, entry.resource).push(kept);
    listOf(this.#byDay, utcDay(instant(entry.at))).push(kept);
    listOf(this.#byDecision, entry.decisionId).push(kept);
    return Promise.resolve({ kind: 'written', record });
  }

  byResource(resource: string, limit: number): Promise<readonly AuditRecord[]> {
    const newestFirst = [...(this.#byResource.get(resource) ?? [])].reverse();
    return Promise.resolve(newestFirst.slice(0, Math.max(limit, 0)).map(recordOf));
  }

  byDay(day: string): Promise<readonly AuditRecord[]> {
    return Promise.resolve(inTimeOrder((this.#byDay.get(day) ?? []).map(recordOf)));
  }

  byDecision(decisionId: string): Promise<readonly AuditRecord[]> {
    return Promise.resolve(inTimeOrder((this.#byDecision.get(decisionId) ?? []).map(recordOf)));
  }
}

function listOf(lists: Map<string, Kept[]>, key: string): Kept[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function recordOf({ text, hash }: Kept): AuditRecord {
  return readRecord(text, hash);
}
