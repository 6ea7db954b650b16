import { describe, expect, it } from '@jest/globals';

import {
  areaPath,
  bandPath,
  heightOf,
  linePath,
  measuredRuns,
  stepPath,
} from '../../../simulator/report/plot-paths.ts';

describe('plot paths', () => {
  it('measure heights from the upper edge and stay within the box', () => {
    expect([0, 25, 100, 140, -5].map((value) => heightOf(value, 100))).toEqual([1000, 750, 0, 0, 1000]);
  });

  it('draw a line through the middle of each point', () => {
    expect(linePath([0, 50, 50], 100)).toBe('M1 1000l2-500h2');
  });

  it('close a surface at the floor, over the whole width', () => {
    expect(areaPath([100, 100], 100)).toBe('M0 1000l1-1000h2l1 1000z');
  });

  it('hold a step for the whole of its point and add nothing where it stays', () => {
    expect(stepPath([2, 2, 4], 4)).toBe('M0 500h4v-500h2');
  });

  it('fill between two steps', () => {
    expect(bandPath([0, 0], [4, 4], 4)).toBe('M0 0h4v1000h-4z');
  });

  it('break where nothing was measured', () => {
    expect(linePath([50, null, 50], 100)).toBe('M1 500M5 500');
    expect(bandPath([0, null, 0], [4, 4, null], 4)).toBe('M0 0h2v1000h-2z');
    expect(measuredRuns([null, 1, 2, null])).toEqual([{ first: 1, values: [1, 2] }]);
  });

  it('draw nothing of nothing', () => {
    expect([linePath([], 1), areaPath([null], 1), stepPath([], 1), bandPath([], [], 1)]).toEqual(['', '', '', '']);
  });
});
