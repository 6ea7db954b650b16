import { describe, expect, it } from '@jest/globals';

import { rowsOf } from '../../../simulator/report/lever-marks.ts';

describe('the rows of marks', () => {
  it.each([
    { when: 'they stand apart', places: [0, 10, 20], rows: [0, 0, 0] },
    { when: 'two are close', places: [10, 10.5, 30], rows: [0, 1, 0] },
    { when: 'they just have room', places: [10, 11.4], rows: [0, 0] },
    { when: 'there are more than rows', places: [10, 10.1, 10.2, 10.3, 10.4, 10.5], rows: [0, 1, 2, 3, 0, 1] },
  ])('are $rows when $when', ({ places, rows }) => {
    expect(rowsOf(places)).toEqual(rows);
  });
});
