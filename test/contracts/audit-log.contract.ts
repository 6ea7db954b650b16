import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NO_PREVIOUS_HASH, verifyChain } from '../../shared/audit/chain.ts';
import type { AuditLog } from '../../shared/ports.ts';
import { anEntry } from './samples.ts';
import type { Subject } from './subject.ts';

/** What every audit log promises. */
export function describeAuditLogContract(name: string, makeSubject: () => Promise<Subject<AuditLog>>): void {
  describe(`audit log contract: ${name}`, () => {
    let subject: Subject<AuditLog>;
    let log: AuditLog;
    beforeEach(async () => {
      subject = await makeSubject();
      log = subject.port;
    });
    afterEach(() => subject.close());

    it('numbers the records of a resource from 1 without gaps, and chains them', async () => {
      for (let count = 0; count < 4; count += 1) await log.append(anEntry({ sentence: `record ${count}` }));
      const records = await log.byResource('service/production/core-api', 10);
      expect(records.map(({ sequence }) => sequence)).toEqual([4, 3, 2, 1]);
      expect(records.at(-1)?.previousHash).toBe(NO_PREVIOUS_HASH);
      expect(verifyChain(records)).toEqual({ kind: 'ok', records: 4 });
    });

    it('numbers each resource for itself', async () => {
      await log.append(anEntry());
      await log.append(anEntry({ resource: 'service/production/worker' }));
      const [record] = await log.byResource('service/production/worker', 10);
      expect(record).toMatchObject({ sequence: 1, previousHash: NO_PREVIOUS_HASH });
    });

    it('gives back exactly what it said that it wrote', async () => {
      const written = await log.append(
        anEntry({
          replay: {
            input: { values: [1.5, Number.NaN, -1], text: 'Ü\u0000\ud83d\ude80' },
            settings: {},
            wanted: { kind: 'abstain', because: [{ code: 'not-deployed', detail: '' }] },
          },
        }),
      );
      const [read] = await log.byResource('service/production/core-api', 1);
      expect(written).toStrictEqual({ kind: 'written', record: read });
      expect(read?.replay?.input).toEqual({ values: [1.5, Number.NaN, -1], text: 'Ü\u0000\ud83d\ude80' });
    });

    it('keeps a record that is as long as two weeks of minutes', async () => {
      const points = Array.from({ length: 20_160 }, (_, minute) => ({ at: minute * 60_000, value: minute % 37 }));
      const replay = {
        input: { points },
        settings: {},
        wanted: { kind: 'abstain' as const, because: [{ code: 'not-deployed' as const, detail: '' }] as const },
      };
      await log.append(anEntry({ replay }));
      const [read] = await log.byResource('service/production/core-api', 1);
      expect(read?.replay?.input).toEqual({ points });
      expect(verifyChain(read === undefined ? [] : [read])).toEqual({ kind: 'ok', records: 1 });
    });

    it('reads a resource newest first, and no more than asked for', async () => {
      for (const sentence of ['first', 'second', 'third']) await log.append(anEntry({ sentence }));
      const newest = await log.byResource('service/production/core-api', 2);
      expect(newest.map(({ sentence }) => sentence)).toEqual(['third', 'second']);
      expect(await log.byResource('service/production/core-api', 0)).toEqual([]);
      expect(await log.byResource('service/production/unknown', 5)).toEqual([]);
    });

    it('reads a UTC day oldest first, over all resources', async () => {
      await log.append(anEntry({ at: '2026-12-01T23:59:59.999Z', sentence: 'last of the day' }));
      await log.append(
        anEntry({ at: '2026-12-01T00:00:00.000Z', resource: 'event/production/x', sentence: 'first of the day' }),
      );
      await log.append(anEntry({ at: '2026-12-02T00:00:00.000Z', sentence: 'the day after' }));
      // Local midnight is still the day before in UTC.
      await log.append(anEntry({ at: '2026-12-02T00:30:00.000+01:00', sentence: 'half past eleven in UTC' }));
      const sentences = (await log.byDay('2026-12-01')).map(({ sentence }) => sentence);
      expect(sentences).toEqual(['first of the day', 'half past eleven in UTC', 'last of the day']);
      expect(await log.byDay('2026-11-30')).toEqual([]);
    });

    it('reads a decision oldest first, and within an instant in the order in which it was written', async () => {
      await log.append(anEntry({ transition: 'decided' }));
      await log.append(anEntry({ transition: 'attempting', at: '2026-12-01T12:00:05.000Z' }));
      await log.append(anEntry({ transition: 'applied', at: '2026-12-01T12:00:05.000Z' }));
      await log.append(anEntry({ decisionId: 'ceiling/core-api/2' }));
      const transitions = (await log.byDecision('ceiling/core-api/1')).map(({ transition }) => transition);
      expect(transitions).toEqual(['decided', 'attempting', 'applied']);
    });

    it('writes after the sequence that the writer knows, and refuses when there is a newer one', async () => {
      expect(await log.append(anEntry(), 0)).toMatchObject({ kind: 'written', record: { sequence: 1 } });
      expect(await log.append(anEntry(), 0)).toEqual({ kind: 'not-newest' });
      expect(await log.append(anEntry(), 1)).toMatchObject({ kind: 'written', record: { sequence: 2 } });
      expect(await log.append(anEntry(), 7)).toEqual({ kind: 'not-newest' });
      expect(await log.byResource('service/production/core-api', 10)).toHaveLength(2);
    });

    it('gives writers at the same moment different sequences', async () => {
      const writers = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(writers.map((sentence) => log.append(anEntry({ sentence }))));
      const records = await log.byResource('service/production/core-api', 10);
      expect(records.map(({ sequence }) => sequence)).toEqual([5, 4, 3, 2, 1]);
      expect(records.map(({ sentence }) => sentence).sort()).toEqual(writers);
      expect(verifyChain(records)).toEqual({ kind: 'ok', records: 5 });
    });

    it('lets one of two writers through who both know the same newest record', async () => {
      const results = await Promise.all([
        log.append(anEntry({ sentence: 'a' }), 0),
        log.append(anEntry({ sentence: 'b' }), 0),
      ]);
      expect(results.map(({ kind }) => kind).sort()).toEqual(['not-newest', 'written']);
      expect(await log.byResource('service/production/core-api', 10)).toHaveLength(1);
    });

    it('cannot be changed through what it gave out', async () => {
      const { at } = anEntry();
      const reasons = [{ code: 'below-max' as const, desired: 4, max: 10 }];
      await log.append(anEntry({ reasons }));
      reasons.pop();
      const [record] = await log.byResource('service/production/core-api', 1);
      expect(record).toMatchObject({ at, reasons: [{ code: 'below-max', desired: 4, max: 10 }] });
    });
  });
}
