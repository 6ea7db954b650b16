import { createHash } from 'node:crypto';
import type { AuditEntry, AuditRecord } from '../domain/audit.ts';
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts';

/** The `previousHash` of the first record of a resource. */
export const NO_PREVIOUS_HASH = '0'.repeat(64);

/** The end of a chain, as far as the next record needs it. */
export type ChainEnd = Pick<AuditRecord, 'sequence' | 'hash'>;

/** Makes an entry the next record of its resource. `null`: it is the first. */
export function sealRecord(entry: AuditEntry, previous: ChainEnd | null): AuditRecord {
  const text = hashedText({
    ...entry,
    schema: 1,
    sequence: (previous?.sequence ?? 0) + 1,
    previousHash: previous?.hash ?? NO_PREVIOUS_HASH,
  });
  return readRecord(text, sha256(text));
}

/** The exact text whose SHA-256 is the hash of the record: its canonical JSON without the hash. */
export function hashedText(record: Omit<AuditRecord, 'hash'>): string {
  return canonicalJson({ ...record, hash: undefined });
}

/** The record back from the text that was hashed. The hash is taken as given: `verifyChain` is what checks it. */
export function readRecord(text: string, hash: string): AuditRecord {
  const record = parseCanonicalJson(text) as Omit<AuditRecord, 'hash'>;
  // Absent in JSON, but members of the record: with them a record that was read equals the one that was written.
  return { ...record, before: record.before, after: record.after, hash };
}

export type ChainVerdict =
  | { readonly kind: 'ok'; readonly records: number }
  | { readonly kind: 'broken'; readonly sequence: number; readonly because: ChainFault };

/**
 * - `content-changed`: the record does not have the hash that it says.
 * - `link-broken`: it does not name the hash of the record before it.
 * - `out-of-sequence`: a record before it is missing, or is there twice.
 * - `other-resource`: it tells of another resource than the first.
 */
export type ChainFault = 'content-changed' | 'link-broken' | 'out-of-sequence' | 'other-resource';

/**
 * Checks records of one resource, in any order. They may begin anywhere in the chain, for old ones expire; from there on
 * none may be missing. Tells the first fault.
 */
export function verifyChain(records: readonly AuditRecord[]): ChainVerdict {
  const chain = [...records].sort((a, b) => a.sequence - b.sequence);
  for (const [index, record] of chain.entries()) {
    const because = faultOf(record, chain[index - 1] ?? null);
    if (because !== null) return { kind: 'broken', sequence: record.sequence, because };
  }
  return { kind: 'ok', records: chain.length };
}

function faultOf(record: AuditRecord, previous: AuditRecord | null): ChainFault | null {
  if (previous !== null && record.resource !== previous.resource) return 'other-resource';
  if (previous !== null && record.sequence !== previous.sequence + 1) return 'out-of-sequence';
  if (sha256(hashedText(record)) !== record.hash) return 'content-changed';
  const expected = previous?.hash ?? (record.sequence === 1 ? NO_PREVIOUS_HASH : record.previousHash);
  return record.previousHash === expected ? null : 'link-broken';
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
