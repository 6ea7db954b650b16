import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  busyConnections,
  erlangWaiting,
  throughputOf,
  type TransactionModel,
} from '../../../simulator/platform/connection-queue.ts';

const MODEL: TransactionModel = { vcpus: 2, cpuMillis: 1, otherMillis: 9, crowdingCost: 0 };

const anyModel: fc.Arbitrary<TransactionModel> = fc.record({
  vcpus: fc.integer({ min: 1, max: 16 }),
  cpuMillis: fc.double({ min: 0.01, max: 50, noNaN: true }),
  otherMillis: fc.double({ min: 0.1, max: 100, noNaN: true }),
  crowdingCost: fc.constantFrom(0, 0.005, 0.02),
});

describe('throughput of busy connections', () => {
  it('one connection does one transaction after the other', () => {
    expect(throughputOf(MODEL, 1).perSecond).toBeCloseTo(100, 6);
    expect(throughputOf(MODEL, 1).utilization).toBeCloseTo(0.05, 6);
  });

  it('two connections on one processor that holds every transaction for half of its time: two thirds of both', () => {
    // Machine repairman, n = 2, one server, think time = service time: π = 1 : 2 : 2, busy 4/5.
    const model = { ...MODEL, vcpus: 1, cpuMillis: 5, otherMillis: 5 };
    expect(throughputOf(model, 2).utilization).toBeCloseTo(0.8, 9);
    expect(throughputOf(model, 2).perSecond).toBeCloseTo(160, 6);
  });

  it('many connections do what the processors can, and less where they crowd them', () => {
    expect(throughputOf(MODEL, 200).perSecond).toBeCloseTo(2_000, 3);
    const crowded = { ...MODEL, crowdingCost: 0.01 };
    expect(throughputOf(crowded, 200).perSecond).toBeLessThan(1_300);
    expect(throughputOf(crowded, 30).perSecond).toBeGreaterThan(throughputOf(crowded, 200).perSecond);
  });

  it('law: never more than connections or processors allow, and its busy time is its throughput times its hold', () => {
    fc.assert(
      fc.property(anyModel, fc.integer({ min: 1, max: 300 }), (model, n) => {
        const { perSecond, holdMillis, utilization } = throughputOf(model, n);
        const alone = (1000 * n) / (model.cpuMillis + model.otherMillis);
        expect(perSecond).toBeLessThanOrEqual(alone * (1 + 1e-9));
        expect(perSecond).toBeLessThanOrEqual((1000 * model.vcpus) / model.cpuMillis + 1e-6);
        expect((perSecond * holdMillis) / 1000).toBeCloseTo(n, 6);
        expect(utilization).toBeGreaterThan(0);
        expect(utilization).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

describe('busy connections', () => {
  it('are what the load holds, and all where it is more than they can do', () => {
    expect(busyConnections(MODEL, 0, 50)).toBe(0);
    expect(busyConnections(MODEL, 100, 50)).toBeCloseTo(1, 6);
    expect(busyConnections(MODEL, 1e6, 50)).toBe(50);
  });

  it('law: so many do as much as comes', () => {
    fc.assert(
      fc.property(anyModel, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (model, share) => {
        const calm = { ...model, crowdingCost: 0 };
        const load = throughputOf(calm, 40).perSecond * share;
        expect(throughputOf(calm, busyConnections(calm, load, 40)).perSecond / load).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('who waits by chance', () => {
  it.each([
    { busy: 0, size: 5, waiting: 0 },
    // M/M/2 at half load: one third are delayed, one third wait in the mean.
    { busy: 1, size: 2, waiting: 1 / 3 },
    // M/M/1: ρ² ÷ (1 − ρ).
    { busy: 0.8, size: 1, waiting: 3.2 },
    { busy: 5, size: 5, waiting: Infinity },
  ])('$waiting in front of $size with $busy busy', ({ busy, size, waiting }) => {
    expect(erlangWaiting(busy, size)).toBeCloseTo(waiting, 9);
  });
});
