import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  type ChainFault,
  hashedText,
  NO_PREVIOUS_HASH,
  readRecord,
  sealRecord,
  verifyChain,
} from '../../shared/audit/chain.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { anEntry } from '../contracts/samples.ts';

function aChain(length: number): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  for (let index = 0; index < length; index += 1) {
    records.push(sealRecord(anEntry({ sentence: `record ${index + 1}` }), records.at(-1) ?? null));
  }
  return records;
}

describe('a sealed record', () => {
  it('is this, for all time: tables hold hashes of years', () => {
    const record = sealRecord(anEntry(), null);
    expect(hashedText(record)).toBe(
      '{"after":{"max":15,"min":2},"at":"2026-12-01T12:00:00.000Z","before":{"max":10,"min":2},"codeVersion":"abc1234",' +
        '"decision":null,"decisionId":"ceiling/core-api/1","fleet":"production","lever":"ceiling","monthlyCostDeltaUsd":12.5,' +
        '"policyVersion":"def5678","previousHash":"0000000000000000000000000000000000000000000000000000000000000000",' +
        '"reasons":[{"code":"below-max","desired":4,"max":10}],"replay":null,"resource":"service/production/core-api",' +
        '"schema":1,"sentence":"set capacity bounds 2–10 → 2–15 tasks","sequence":1,"transition":"decided",' +
        '"trigger":{"id":"tick-1","kind":"tick"}}',
    );
    expect(record.hash).toBe('fb184a8d0a4c305584e777e9392e4258ae882907c540b339f51a99964e351021');
  });

  it('has the SHA-256 of its text, and names the hash before it', () => {
    const first = sealRecord(anEntry(), null);
    const second = sealRecord(anEntry(), first);
    expect(first).toMatchObject({ schema: 1, sequence: 1, previousHash: NO_PREVIOUS_HASH });
    expect(second).toMatchObject({ schema: 1, sequence: 2, previousHash: first.hash });
    expect(second.hash).toBe(createHash('sha256').update(hashedText(second), 'utf8').digest('hex'));
  });

  it('is not a record of the past made new: what the entry says of the chain does not count', () => {
    const old = sealRecord(anEntry(), null);
    expect(sealRecord({ ...old }, null)).toStrictEqual(old);
  });

  it('comes back from its text as it was, also without before and after', () => {
    const record = sealRecord(anEntry({ before: undefined, after: undefined }), null);
    expect(readRecord(hashedText(record), record.hash)).toStrictEqual(record);
  });
});

describe('a chain', () => {
  it('holds, in any order, and from anywhere on', () => {
    const chain = aChain(5);
    expect(verifyChain(chain)).toEqual({ kind: 'ok', records: 5 });
    expect(verifyChain([...chain].reverse())).toEqual({ kind: 'ok', records: 5 });
    expect(verifyChain(chain.slice(2))).toEqual({ kind: 'ok', records: 3 });
    expect(verifyChain([])).toEqual({ kind: 'ok', records: 0 });
  });

  const [one, two, three, four] = aChain(4) as [AuditRecord, AuditRecord, AuditRecord, AuditRecord];
  const elsewhere = sealRecord(anEntry({ resource: 'service/production/worker' }), one);
  const forged = sealRecord(anEntry({ sentence: 'forged' }), one);

  it.each<{ when: string; records: readonly AuditRecord[]; at: number; because: ChainFault }>([
    {
      when: 'a word is changed',
      records: [one, { ...two, sentence: 'nothing' }, three],
      at: 2,
      because: 'content-changed',
    },
    { when: 'a member is added', records: [one, Object.assign({ note: 'x' }, two)], at: 2, because: 'content-changed' },
    { when: 'the hash is changed', records: [one, { ...two, hash: three.hash }], at: 2, because: 'content-changed' },
    { when: 'a record is forged with a right hash', records: [one, forged, three], at: 3, because: 'link-broken' },
    {
      when: 'the first names a record before it',
      records: [sealRecord(anEntry(), { sequence: 0, hash: two.hash })],
      at: 1,
      because: 'link-broken',
    },
    { when: 'one is missing', records: [one, two, four], at: 4, because: 'out-of-sequence' },
    { when: 'one is there twice', records: [one, two, two], at: 2, because: 'out-of-sequence' },
    { when: 'one is of another resource', records: [one, elsewhere], at: 2, because: 'other-resource' },
  ])('is broken when $when', ({ records, at, because }) => {
    expect(verifyChain(records)).toEqual({ kind: 'broken', sequence: at, because });
  });

  it('law: a change to any one record is found', () => {
    const members = [
      'at',
      'fleet',
      'transition',
      'lever',
      'decisionId',
      'sentence',
      'codeVersion',
      'policyVersion',
    ] as const;
    fc.assert(
      fc.property(fc.nat(4), fc.constantFrom(...members), fc.string(), (index, member, text) => {
        const chain = aChain(5);
        const changed = chain.map((record, at) => (at === index ? { ...record, [member]: text } : record));
        const isSame = chain[index]?.[member] === text;
        expect(verifyChain(changed).kind).toBe(isSame ? 'ok' : 'broken');
      }),
    );
  });
});
