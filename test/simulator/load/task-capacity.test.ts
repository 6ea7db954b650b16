import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quantile, taskCapacityFor } from '../../../simulator/load/task-capacity.ts';
import { aTrace } from './a-trace.ts';

describe('the quantile', () => {
  it.each([
    { values: [3, 1, 2], share: 0, then: 1 },
    { values: [3, 1, 2], share: 1, then: 3 },
    { values: [3, 1, 2], share: 0.5, then: 2 },
    // Position (4 - 1) * 0.25 = 0.75 between the first and the second of 10, 20, 30, 40.
    { values: [40, 10, 30, 20], share: 0.25, then: 17.5 },
    { values: [40, 10, 30, 20], share: 0.1, then: 13 },
    { values: [7], share: 0.99, then: 7 },
    { values: [0, 100], share: 0.99, then: 99 },
  ])('$share of $values is $then', ({ values, share, then }) => {
    expect(quantile(Float64Array.from(values), share)).toBeCloseTo(then, 12);
  });

  it('leaves the values in their order', () => {
    const values = Float64Array.of(3, 1, 2);
    quantile(values, 0.5);
    expect([...values]).toEqual([3, 1, 2]);
  });

  it.each([-0.1, 1.1, NaN])('refuses a share of %d', (share) => {
    expect(() => quantile(Float64Array.of(1), share)).toThrow(RangeError);
  });

  it('refuses no values', () => {
    expect(() => quantile(new Float64Array(0), 0.5)).toThrow(RangeError);
  });

  it('law: grows with the share and lies among the values', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), share, share, (values, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((part) => quantile(Float64Array.from(values), part));
        expect(low).toBeLessThanOrEqual(high! + 1e-9);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });
});

describe('the capacity of a task', () => {
  // Minutes of 0 to 100 times 1 680 requests: the 99th percentile is 99 * 28 = 2 772 a second.
  const ramp = Array.from({ length: 101 }, (_, row) => row * 1_680);

  it.each([
    { size: undefined, then: 99 },
    { size: { peakTasks: 40, utilization: 0.7 }, then: 99 },
    { size: { peakTasks: 99, utilization: 0.5 }, then: 56 },
  ])('fits the 99th percentile to $size', ({ size, then }) => {
    expect(taskCapacityFor(aTrace(ramp), size)).toBeCloseTo(then, 9);
  });

  it('does not count gaps', () => {
    expect(taskCapacityFor(aTrace([...ramp, null, null, null]))).toBeCloseTo(99, 9);
  });

  it('cannot be told from a load that is almost always zero', () => {
    expect(() => taskCapacityFor(aTrace([...Array<number>(200).fill(0), 5]))).toThrow(
      'a-trace.csv: the 99th percentile is 0, give the capacity of a task instead',
    );
  });

  it.each([
    { peakTasks: 0, utilization: 0.7 },
    { peakTasks: 40, utilization: 0 },
    { peakTasks: NaN, utilization: 0.7 },
  ])('refuses $peakTasks tasks at $utilization', (size) => {
    expect(() => taskCapacityFor(aTrace(ramp), size)).toThrow(RangeError);
  });
});
