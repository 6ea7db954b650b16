import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseFloor, type FloorOutlook } from '../../shared/control/choose-floor.ts';
import { DEFAULT_SETTINGS } from '../../shared/control/settings.ts';

/** Expects 10 tasks at arrival and 14 until then, and has never been wrong. */
function outlook(changes: Partial<FloorOutlook> = {}): FloorOutlook {
  const certain = { edges: [], shares: [] };
  return {
    expectations: {
      arrival: { mean: Math.log1p(9.5), error: 0.1 },
      'until-arrival': { mean: Math.log1p(13.5), error: 0.1 },
    },
    tails: { arrival: certain, 'until-arrival': certain },
    sight: 'measured',
    newest: 9,
    highest: 30,
    ...changes,
  };
}

const BOUNDS = { wantedTasks: 12, floorTasks: 12, minTasks: 2, maxTasks: 40 };
const codes = (decision: ReturnType<typeof chooseFloor>): readonly string[] => decision.because.map(({ code }) => code);

describe('the floor', () => {
  it.each([
    ['up to what is needed at arrival', 8, 10, 'raise-for-arrival'],
    ['as it is, at the lower edge', 10, 10, 'keep-wanted'],
    ['as it is between the two', 12, 12, 'keep-wanted'],
    ['as it is, at the upper edge', 14, 14, 'keep-wanted'],
    ['down to what can be needed until arrival', 20, 14, 'lower-to-lead-time'],
  ])('goes %s: %d wanted -> %d', (_, wantedTasks, expected, code) => {
    const decision = chooseFloor(outlook(), { ...BOUNDS, wantedTasks }, DEFAULT_SETTINGS);
    expect(decision.floorTasks).toBe(expected);
    expect(codes(decision)).toEqual([code]);
    expect(decision.targetPercent).toBe(85);
  });

  it('does not fall while the newest period is a gap, but may rise', () => {
    const blind = outlook({ sight: 'gap' });
    const kept = chooseFloor(blind, { ...BOUNDS, wantedTasks: 20, floorTasks: 20 }, DEFAULT_SETTINGS);
    expect(kept.floorTasks).toBe(20);
    expect(codes(kept)).toEqual(['lower-to-lead-time', 'blind']);
    expect(chooseFloor(blind, { ...BOUNDS, wantedTasks: 5, floorTasks: 5 }, DEFAULT_SETTINGS).floorTasks).toBe(10);
  });

  it.each([
    ['the maximum', { maxTasks: 9, minTasks: 2 }, 9, 'at-maximum'],
    ['the minimum', { maxTasks: 40, minTasks: 16 }, 16, 'at-minimum'],
  ])('stops at %s', (_, limits, expected, code) => {
    const decision = chooseFloor(outlook(), { ...BOUNDS, ...limits }, DEFAULT_SETTINGS);
    expect(decision.floorTasks).toBe(expected);
    expect(codes(decision)).toContain(code);
  });

  it('lets the maximum outrank blindness', () => {
    const decision = chooseFloor(
      outlook({ sight: 'gap' }),
      { ...BOUNDS, floorTasks: 50, wantedTasks: 50 },
      DEFAULT_SETTINGS,
    );
    expect(decision.floorTasks).toBe(40);
    expect(codes(decision)).toEqual(['lower-to-lead-time', 'blind', 'at-maximum']);
  });

  it('takes a fixed margin over what is measured while nothing is learned', () => {
    const decision = chooseFloor(
      outlook({ tails: { arrival: null, 'until-arrival': null }, newest: 20 }),
      { ...BOUNDS, wantedTasks: 2 },
      DEFAULT_SETTINGS,
    );
    expect(decision.floorTasks).toBe(27);
    expect(decision.targetPercent).toBe(70);
    expect(codes(decision)).toContain('not-learned');
  });

  it('stays within twice the highest need ever seen, whatever the errors say', () => {
    const wild = { edges: [30], shares: [0.9] };
    const decision = chooseFloor(
      outlook({ tails: { arrival: wild, 'until-arrival': wild } }),
      { ...BOUNDS, maxTasks: 10_000 },
      DEFAULT_SETTINGS,
    );
    expect(decision.floorTasks).toBe(60);
    expect(codes(decision)).toContain('beyond-highest');
  });

  it('lies inside the bounds and is a whole number, for any expectation', () => {
    const expectation = fc.record({
      mean: fc.double({ min: -5, max: 50, noNaN: true }),
      error: fc.double({ min: 0.002, max: 20, noNaN: true }),
    });
    const sight = fc.constantFrom('measured' as const, 'gap' as const);
    fc.assert(
      fc.property(
        expectation,
        expectation,
        sight,
        fc.nat(60),
        fc.nat(60),
        (arrival, later, seen, wantedTasks, floorTasks) => {
          const tail = { edges: [0.5, 2, 8], shares: [0.2, 0.05, 0.01] };
          const { floorTasks: chosen } = chooseFloor(
            outlook({
              expectations: { arrival, 'until-arrival': later },
              sight: seen,
              tails: { arrival: tail, 'until-arrival': tail },
            }),
            { ...BOUNDS, wantedTasks, floorTasks },
            DEFAULT_SETTINGS,
          );
          expect(Number.isInteger(chosen)).toBe(true);
          expect(chosen).toBeGreaterThanOrEqual(BOUNDS.minTasks);
          expect(chosen).toBeLessThanOrEqual(BOUNDS.maxTasks);
          expect(seen === 'gap' && chosen < Math.min(floorTasks, BOUNDS.maxTasks)).toBe(false);
        },
      ),
    );
  });
});
