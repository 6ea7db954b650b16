import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NormalEquations } from '../../shared/control/least-squares.ts';

function equationsOf(rows: readonly (readonly [readonly number[], number])[]): NormalEquations {
  const equations = new NormalEquations(2);
  for (const [inputs, target] of rows) equations.add(Float64Array.from(inputs), 0, target, 1);
  return equations;
}

const LINE = [1, 2, 3, 4].map((x) => [[1, x], 2 - 3 * x] as const);

describe('least squares', () => {
  it('finds the line through points on a line', () => {
    const [constant, slope] = equationsOf(LINE).solve(0);
    expect(constant).toBeCloseTo(2, 6);
    expect(slope).toBeCloseTo(-3, 6);
  });

  it('draws towards zero with a penalty', () => {
    const [, slope] = equationsOf(LINE).solve(1);
    expect(Math.abs(slope!)).toBeLessThan(3);
  });

  it('keeps the solution when all evidence fades alike', () => {
    const equations = equationsOf(LINE);
    equations.fade(0.25);
    expect(equations.weight).toBe(1);
    expect(equations.solve(0)[1]).toBeCloseTo(-3, 6);
  });

  it('is zero, not NaN, without evidence', () => {
    expect([...new NormalEquations(2).solve(1)]).toEqual([0, 0]);
    expect([...new NormalEquations(2).solveNonNegative(new Float64Array(2), 0.01)]).toEqual([0, 0]);
  });

  it('never has a coefficient below zero where none may be', () => {
    const row = fc.tuple(
      fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 2, maxLength: 2 }),
      fc.double({ min: -9, max: 9, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const solution = equationsOf(rows).solveNonNegative(new Float64Array(2), 0.01);
        for (const coefficient of solution) expect(coefficient).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
