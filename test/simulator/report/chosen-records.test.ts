import { describe, expect, it } from '@jest/globals';

import type { Transition } from '../../../shared/domain/audit.ts';
import { chooseRecords } from '../../../simulator/report/chosen-records.ts';
import type { LeverPull, ReportRecord } from '../../../simulator/report/report-data.ts';

function record(index: number, transition: Transition, over: Partial<ReportRecord> = {}): ReportRecord {
  return {
    at: new Date(index * 1000).toISOString(),
    resource: 'service/production/core-api',
    sequence: index,
    lever: 'ceiling',
    transition,
    decisionId: `decision-${index}`,
    sentence: 'as told',
    ...over,
  };
}

function pull(decisionId: string): LeverPull {
  return {
    at: 0,
    effectiveAt: [],
    resource: 'x',
    lever: 'ceiling',
    title: 't',
    detail: [],
    before: '',
    after: '',
    status: 'applied',
    decisionId,
  };
}

describe('the records of the page', () => {
  it('are all records in the order of time, with the first record of each decision as its anchor', () => {
    const records = [
      record(2, 'applied', { decisionId: 'a' }),
      record(1, 'decided', { decisionId: 'a' }),
      record(3, 'held'),
    ];
    const { shown, leftOut, idOfDecision } = chooseRecords(records, []);
    expect(shown.map(({ id, record: { transition } }) => [id, transition])).toEqual([
      ['record-1', 'decided'],
      ['record-2', 'applied'],
      ['record-3', 'held'],
    ]);
    expect(leftOut).toBe(0);
    expect(idOfDecision.get('a')).toBe('record-1');
    expect(JSON.parse(shown[0]?.json ?? 'null')).toEqual(records[1]);
  });

  it('are of too many those of the pulls and of what was done', () => {
    const holds = Array.from({ length: 5_000 }, (_, index) => record(index, 'held'));
    const acts = Array.from({ length: 50 }, (_, index) => record(6_000 + index, 'external'));
    const pulled = record(9_000, 'held', { decisionId: 'pulled' });
    const { shown, leftOut, idOfDecision } = chooseRecords([...holds, ...acts, pulled], [pull('pulled')]);
    expect(shown).toHaveLength(2_000);
    expect(leftOut).toBe(3_051);
    expect(shown.filter(({ record: { transition } }) => transition === 'external')).toHaveLength(50);
    expect(idOfDecision.get('pulled')).toBe('record-2000');
  });

  it('leave out the JSON of the least important when all together would be too large', () => {
    const large = { sentence: 'x'.repeat(1_000) };
    const holds = Array.from({ length: 1_500 }, (_, index) => record(index, 'held', large));
    const { shown } = chooseRecords([...holds, record(9_000, 'applied', large)], []);
    const characters = shown.reduce((sum, { json }) => sum + (json?.length ?? 0), 0);
    expect(characters).toBeGreaterThan(1_000_000);
    expect(characters).toBeLessThanOrEqual(1_200_000);
    expect(shown.at(-1)?.json).not.toBeNull();
    expect(shown.at(-2)?.json).toBeNull();
  });
});
