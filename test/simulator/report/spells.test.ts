import { describe, expect, it } from '@jest/globals';

import { worstSpell } from '../../../simulator/report/spells.ts';

const place = { period: { start: 0, end: 20 * 600_000 }, stepSeconds: 600 };
const quiet = Array.from({ length: 20 }, () => 0);
const withLoss = (losses: Readonly<Record<number, number>>): number[] => quiet.map((_, index) => losses[index] ?? 0);

describe('the worst spell', () => {
  it('is none where nothing was lost', () => {
    expect(worstSpell([quiet, quiet.map(() => null)], place)).toBeNull();
    expect(worstSpell([], place)).toBeNull();
  });

  it('sums the services and bridges a breath of half an hour, not more', () => {
    const spell = worstSpell([withLoss({ 2: 1, 5: 1 }), withLoss({ 3: 2, 9: 3.5 })], place);
    expect(spell).toEqual({ start: 2 * 600_000, end: 6 * 600_000, requests: 4 * 600 });
  });

  it('ends with the period at the latest', () => {
    const cut = { ...place, period: { start: 0, end: 20 * 600_000 - 1 } };
    expect(worstSpell([withLoss({ 19: 1 })], cut)?.end).toBe(20 * 600_000 - 1);
  });
});
