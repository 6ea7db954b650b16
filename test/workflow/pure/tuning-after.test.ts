import { describe, expect, it } from '@jest/globals';
import type { TuningEffect } from '../../../shared/domain/pooler.ts';
import { tuningAfter } from '../../../shared/workflow/tuning-after.ts';
import { SIZES } from '../../support/builders/pooler-world.ts';
import { NOW } from '../../support/builders/time.ts';

const NOTHING = { cpuPercent: null, failures: null };
const part = { seconds: 2, defaultPoolSize: 25, transactionsPerSecond: 1_000, clientsWaiting: 35, waitMillis: 40 };
const step = (since: number, over: Partial<TuningEffect> = {}): TuningEffect => ({
  at: since + 5,
  outcome: 'kept',
  before: part,
  after: part,
  watched: { since, from: SIZES, before: NOTHING, after: NOTHING },
  ...over,
});

describe('what changes of pool sizes leave behind', () => {
  it('is what the newest has set, and what is not named stays', () => {
    const first = tuningAfter(undefined, { intended: SIZES, intendedAt: NOW });
    expect(first).toEqual({ intended: SIZES, intendedAt: NOW, effect: null });
    expect(tuningAfter(first, { effect: step(1) })).toEqual({ ...first, effect: step(1) });
  });

  it('steps up, newest first, four of them; other changes do not push one out', () => {
    let tuning = tuningAfter(undefined, {});
    for (const since of [1, 2, 3, 4, 5]) tuning = tuningAfter(tuning, { growth: step(since) });
    tuning = tuningAfter(tuning, { effect: step(6) });
    expect(tuning.growths?.map(({ watched }) => watched?.since)).toEqual([5, 4, 3, 2]);
  });

  it('a step that is taken back is the same step, and the newest that is known', () => {
    const both = [2, 1].map((since) => step(since));
    const undone = step(1, { at: 99, outcome: 'taken-back' });
    expect(
      tuningAfter({ intended: null, intendedAt: null, effect: null, growths: both }, { growth: undone }),
    ).toMatchObject({ growths: [undone, step(2)] });
  });
});
