import { describe, expect, it } from '@jest/globals';
import { type Proven, recommend } from '../../../simulator/tune/recommendation.ts';
import { excess, isBetter, keeps, type Outcome, type ServiceLevel } from '../../../simulator/tune/service-level.ts';

const level: ServiceLevel = { missedShare: 0.001, lostShare: null };
const outcome = (taskHours: number, missedPercent: number, lostPercent = 0): Outcome => ({
  taskHours,
  costRatio: taskHours / 100,
  missedShare: missedPercent / 100,
  lostShare: lostPercent / 100,
});
const settings = (tuning: Outcome, heldOut: Outcome): Proven => ({ point: [tuning.taskHours], tuning, heldOut });

describe('a level of service', () => {
  it('is kept up to its very edge', () => {
    expect(keeps(outcome(100, 0.1), level)).toBe(true);
    expect(keeps(outcome(100, 0.11), level)).toBe(false);
  });

  it('counts what is lost where it says so', () => {
    const strict = { ...level, lostShare: 0.0002 };
    expect(keeps(outcome(100, 0.05, 0.03), level)).toBe(true);
    expect(excess(outcome(100, 0.05, 0.03), strict)).toBeCloseTo(0.0001, 10);
  });

  it.each([
    { when: 'both keep it, the cheaper', one: outcome(90, 0.09), other: outcome(95, 0.01) },
    { when: 'one breaks it, the other at any cost', one: outcome(900, 0.1), other: outcome(90, 0.11) },
    { when: 'both break it, the nearer', one: outcome(900, 0.2), other: outcome(90, 0.3) },
    { when: 'the same cost, who misses less', one: outcome(90, 0.01), other: outcome(90, 0.02) },
  ])('prefers, where $when', ({ one, other }) => {
    expect(isBetter(one, other, level)).toBe(true);
    expect(isBetter(other, one, level)).toBe(false);
  });

  it('prefers nothing to itself', () => {
    expect(isBetter(outcome(90, 0.1), outcome(90, 0.1), level)).toBe(false);
  });
});

describe('what is recommended', () => {
  const standing = settings(outcome(100, 0.05), outcome(50, 0.05));
  // prettier-ignore
  it.each([
    { when: 'cheaper on both parts', best: settings(outcome(80, 0.06), outcome(40, 0.09)), standing, then: { kind: 'change', held: 'kept' } },
    { when: 'a saving of just 1 %', best: settings(outcome(80, 0.06), outcome(49.5, 0.09)), standing, then: { kind: 'change', held: 'kept' } },
    { when: 'a saving below 1 %', best: settings(outcome(80, 0.06), outcome(49.51, 0.09)), standing, then: { kind: 'keep', because: 'no-gain-held-out' } },
    { when: 'dearer on the part that was held out', best: settings(outcome(80, 0.06), outcome(55, 0.01)), standing, then: { kind: 'keep', because: 'no-gain-held-out' } },
    { when: 'the level breaks on the part that was held out', best: settings(outcome(80, 0.06), outcome(40, 0.11)), standing, then: { kind: 'keep', because: 'breaks-held-out' } },
    { when: 'nothing better was found', best: standing, standing, then: { kind: 'keep', because: 'nothing-better' } },
    { when: 'the default breaks it, what was found keeps it at a higher cost', best: settings(outcome(180, 0.06), outcome(90, 0.1)), standing: settings(outcome(100, 2), outcome(50, 3)), then: { kind: 'change', held: 'kept' } },
    { when: 'both break it on the part that was held out, what was found less', best: settings(outcome(180, 0.06), outcome(90, 0.2)), standing: settings(outcome(100, 2), outcome(50, 3)), then: { kind: 'change', held: 'nearer' } },
    { when: 'nothing keeps it, what was found comes nearer', best: settings(outcome(180, 0.6), outcome(90, 0.05)), standing: settings(outcome(100, 2), outcome(50, 3)), then: { kind: 'nearest' } },
    { when: 'nothing keeps it, and the gain is not there on the part that was held out', best: settings(outcome(180, 0.6), outcome(90, 4)), standing: settings(outcome(100, 2), outcome(50, 3)), then: { kind: 'keep', because: 'breaks-held-out' } },
  ] as const)('when $when: $then.kind', ({ best, standing: stands, then }) => {
    expect(recommend({ standing: stands, best, level, variety: 'varied' })).toEqual(then);
  });

  it('changes nothing for a load that never changes, whatever was found', () => {
    const best = settings(outcome(80, 0.06), outcome(40, 0.09));
    expect(recommend({ standing, best, level, variety: 'constant' })).toEqual({
      kind: 'keep',
      because: 'constant-load',
    });
  });
});
