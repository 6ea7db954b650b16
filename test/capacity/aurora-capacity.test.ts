import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auroraMaxConnections, isValidAcuRange, largerAcu } from '../../shared/capacity/aurora-capacity.ts';

describe('the range of Aurora Serverless v2', () => {
  it.each([
    { min: 0, max: 1, valid: true },
    { min: 0.5, max: 256, valid: true },
    { min: 8, max: 8, valid: true },
    { min: 0.25, max: 2, valid: false },
    { min: 0.5, max: 2.25, valid: false },
    { min: 0, max: 0.5, valid: false },
    { min: -0.5, max: 2, valid: false },
    { min: 4, max: 3.5, valid: false },
    { min: 0.5, max: 256.5, valid: false },
    { min: Number.NaN, max: 2, valid: false },
  ])('from $min to $max: $valid', ({ min, max, valid }) => {
    expect(isValidAcuRange({ min, max })).toBe(valid);
  });

  it.each([
    { acu: 2, factor: 1.5, to: 3 },
    { acu: 2, factor: 1.1, to: 2.5 },
    { acu: 10, factor: 1.1, to: 11 },
    { acu: 2, factor: 1, to: 2.5 },
    { acu: 200, factor: 1.5, to: 256 },
    { acu: 256, factor: 1.5, to: 256 },
  ])('$acu × $factor goes to $to', ({ acu, factor, to }) => {
    expect(largerAcu(acu, factor)).toBe(to);
  });
});

describe('max_connections of Aurora Serverless v2', () => {
  it.each([
    { min: 1, max: 1, connections: 189 },
    { min: 1, max: 4, connections: 823 },
    { min: 1, max: 8, connections: 1669 },
    { min: 1, max: 16, connections: 3360 },
    { min: 1, max: 23.5, connections: 4945 },
    { min: 1, max: 24, connections: 5000 },
    { min: 1, max: 32, connections: 5000 },
    { min: 1, max: 64, connections: 5000 },
    { min: 1, max: 256, connections: 5000 },
    // A minimum of 0 or 0.5 caps them.
    { min: 0.5, max: 1, connections: 189 },
    { min: 0.5, max: 8, connections: 1669 },
    { min: 0.5, max: 16, connections: 2000 },
    { min: 0, max: 256, connections: 2000 },
  ])('from $min to $max ACU: $connections', (range) => {
    expect(auroraMaxConnections(range)).toBe(range.connections);
  });

  it('grow with the maximum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 511 }), (halves) => {
        const at = (max: number) => auroraMaxConnections({ min: 1, max });
        expect(at((halves + 1) / 2)).toBeGreaterThanOrEqual(at(halves / 2));
      }),
    );
  });
});
