import { describe, expect, it } from '@jest/globals';
import { mostOffered, offerProblem } from '../../shared/capacity/storage-offer.ts';
import type { StorageOffer, StorageProvision } from '../../shared/domain/infrastructure.ts';

const offer: StorageOffer = {
  allocatedGiB: [
    { from: 400, to: 400 },
    { from: 440, to: 65_536 },
  ],
  iops: [{ from: 12_000, to: 64_000 }],
  iopsPerGiB: [{ from: 0.5, to: 50 }],
  throughputMibps: [{ from: 500, to: 4000 }],
  mibpsPerIops: [{ from: 0, to: 0.25 }],
  autoscales: true,
};
const present: StorageProvision = { allocatedGiB: 400, iops: 12_000, throughputMibps: 500 };

const said = (over: Partial<StorageProvision>, offered = offer, from = present): string => {
  const problem = offerProblem({ from, to: { ...from, ...over } }, offered);
  return problem === null ? 'taken' : `${problem.what} ${problem.wanted}`;
};

describe('what AWS takes for storage', () => {
  it.each([
    { over: {}, then: 'taken' },
    { over: { allocatedGiB: 439 }, then: 'size 439' },
    { over: { allocatedGiB: 440 }, then: 'taken' },
    { over: { allocatedGiB: 65_537 }, then: 'size 65537' },
    { over: { iops: 11_999 }, then: 'iops 11999' },
    { over: { iops: 20_000 }, then: 'taken' },
    { over: { iops: 20_001 }, then: 'iops-per-gib 50.0025' },
    { over: { iops: 64_001 }, then: 'iops 64001' },
    { over: { throughputMibps: 499 }, then: 'mibps 499' },
    { over: { throughputMibps: 3000 }, then: 'taken' },
    { over: { throughputMibps: 3001 }, then: `mibps-per-iops ${3001 / 12_000}` },
    { over: { iops: null, throughputMibps: null }, then: 'taken' },
  ])('$over is $then', ({ over, then }) => {
    expect(said(over)).toBe(then);
  });

  it('what stays is not judged: AWS tells a baseline that nobody may name', () => {
    const small = { allocatedGiB: 100, iops: 3000, throughputMibps: 125 };
    expect(said({ allocatedGiB: 500 }, { ...offer, iopsPerGiB: [] }, small)).toBe('taken');
    expect(said({ allocatedGiB: 500, iops: 3001 }, { ...offer, iopsPerGiB: [] }, small)).toBe('iops 3001');
  });

  it('any will do where AWS names no range', () => {
    const silent = { ...offer, allocatedGiB: [], iops: [], iopsPerGiB: [], throughputMibps: [], mibpsPerIops: [] };
    expect(said({ allocatedGiB: 1, iops: 1, throughputMibps: 1 }, silent)).toBe('taken');
    expect([mostOffered(silent.iops), mostOffered(offer.allocatedGiB)]).toEqual([null, 65_536]);
  });
});
