import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Axis, type Point, search } from '../../../simulator/tune/search.ts';

const tenths = Array.from({ length: 11 }, (_, index) => index);
const axis = (name: string, over: Partial<Axis> = {}): Axis => ({ name, values: tenths, coarse: [], ...over });
const less = (one: number, other: number) => one < other;

function run(
  evaluate: (point: Point) => number,
  over: { axes?: readonly Axis[]; start?: Point; budget?: number } = {},
) {
  const tried: string[] = [];
  const result = search({
    axes: [axis('a', { coarse: [0, 5, 10] }), axis('b'), axis('c', { coarse: [2, 8] })],
    start: [5, 5, 5],
    budget: 500,
    ...over,
    evaluate: (point) => {
      tried.push(point.join(' '));
      return evaluate(point);
    },
    isBetter: less,
  });
  return { ...result, tried };
}

describe('the search for settings', () => {
  it('tries the start first, then the grid, and nothing twice', () => {
    const { tried, trials } = run(([a = 0, b = 0, c = 0]) => a + b + c);
    expect(tried.slice(0, 7)).toEqual(['5 5 5', '0 5 2', '0 5 8', '5 5 2', '5 5 8', '10 5 2', '10 5 8']);
    expect(new Set(tried).size).toBe(tried.length);
    expect(trials).toHaveLength(tried.length);
  });

  it('finds the bottom of a bowl that is not on the grid', () => {
    const { best, ended } = run(([a = 0, b = 0, c = 0]) => (a - 3) ** 2 + (b - 9) ** 2 + (c - 4) ** 2);
    expect(best.point).toEqual([3, 9, 4]);
    expect(ended).toBe('settled');
  });

  it('goes along the edge of a limit, where one setting alone cannot move', () => {
    // Cheaper with less of a and more of b; together they must stay at 10 or above.
    const { best } = run(([a = 0, b = 0]) => (a + b < 10 ? 1_000 - a - b : 3 * a + b), {
      axes: [axis('a', { coarse: [5, 10] }), axis('b')],
      start: [5, 5],
    });
    expect(best.point).toEqual([0, 10]);
  });

  it('does not end in the first of two valleys', () => {
    const valleys = ([a = 0, b = 0]: Point) => Math.min((a - 2) ** 2 + (b - 1) ** 2 + 3, (a - 8) ** 2 + (b - 9) ** 2);
    const { best } = run(valleys, {
      axes: [axis('a', { coarse: [2, 8] }), axis('b', { coarse: [1, 6] })],
      start: [2, 1],
    });
    expect(best.point).toEqual([8, 9]);
  });

  it('keeps a start that is not among the values, and can leave it', () => {
    const { best, tried } = run(([a = 0]) => Math.abs(a - 4), {
      axes: [axis('a', { values: [1, 4, 9] })],
      start: [6.5],
    });
    expect(tried[0]).toBe('6.5');
    expect(best.point).toEqual([4]);
  });

  it('stays at the start when nothing is better', () => {
    expect(run(() => 1).best.point).toEqual([5, 5, 5]);
  });

  it('law: never more trials than the budget, the best is the best of them, and the same again', () => {
    const table = fc.array(fc.nat(50), { minLength: 11 ** 2, maxLength: 11 ** 2 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 60 }), (heights, budget) => {
        const ask = () =>
          run(([a = 0, b = 0]) => heights[11 * a + b]!, {
            axes: [axis('a', { coarse: [0, 4, 8] }), axis('b', { coarse: [3, 7] })],
            start: [5, 5],
            budget,
          });
        const one = ask();
        expect(one.tried.length).toBeLessThanOrEqual(budget);
        expect(one.best.outcome).toBe(Math.min(...one.trials.map(({ outcome }) => outcome)));
        expect(ask()).toEqual(one);
        expect(one.ended === 'settled' || one.tried.length === budget).toBe(true);
      }),
    );
  });
});
