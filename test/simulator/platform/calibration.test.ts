import { describe, expect, it } from '@jest/globals';
import { throughputOf, type TransactionModel } from '../../../simulator/platform/connection-queue.ts';

/** `default_pool_size` of each of two PgBouncers under 60 clients, and transactions a second. */
type Measured = readonly (readonly [size: number, perSecond: number])[];

/**
 * `npm run bench -- pgbouncer` of 2026-11-21: PostgreSQL 15, two PgBouncer 1.18 and pgbench on two processors that others
 * used at the same time (docs/levers/pool-size.md). Processor and other time are fitted by least squares of the ratios.
 */
const RUNS: readonly { readonly what: string; readonly model: TransactionModel; readonly measured: Measured }[] = [
  {
    what: 'transactions that hold a connection for 50 ms',
    model: { vcpus: 2, cpuMillis: 1.75, otherMillis: 53, crowdingCost: 0 },
    // prettier-ignore
    measured: [[3, 119], [6, 225], [10, 380], [15, 510], [20, 659], [28, 992], [34, 1024]],
  },
  {
    what: 'half of it processor time',
    model: { vcpus: 2, cpuMillis: 1.4, otherMillis: 7.25, crowdingCost: 0 },
    // prettier-ignore
    measured: [[3, 793], [6, 1027], [10, 1372], [15, 1528], [20, 1273], [28, 1547], [34, 1524]],
  },
];

describe.each(RUNS)('the model of connections against real PgBouncers: $what', ({ model, measured }) => {
  const modelled = (size: number): number => throughputOf(model, Math.min(60, 2 * size)).perSecond;

  it.each(measured)('a pool of %d: %d a second, within a fifth', (size, perSecond) => {
    expect(modelled(size) / perSecond).toBeGreaterThan(0.8);
    expect(modelled(size) / perSecond).toBeLessThan(1.2);
  });

  it('and in the mean within three percent', () => {
    const ratios = measured.map(([size, perSecond]) => modelled(size) / perSecond);
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.03);
  });

  it('a processor that lost 1 % to every two transactions that wait for it would not fit better', () => {
    const error = (crowdingCost: number): number =>
      measured.reduce((sum, [size, perSecond]) => {
        const { perSecond: told } = throughputOf({ ...model, crowdingCost }, Math.min(60, 2 * size));
        return sum + (told / perSecond - 1) ** 2;
      }, 0);
    expect(error(0.01)).toBeGreaterThanOrEqual(error(0) * 0.9);
  });
});
