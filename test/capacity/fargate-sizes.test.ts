import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FARGATE_SIZES, isValidSize, nearestSizes, nextSizes } from '../../shared/capacity/fargate-sizes.ts';

const size = (cpuUnits: number, memoryMiB: number) => ({ cpuUnits, memoryMiB });
const offered = fc.constantFrom(
  ...FARGATE_SIZES.flatMap(({ cpuUnits, memoryMiB }) => memoryMiB.map((memory) => size(cpuUnits, memory))),
);

describe('the sizes that Fargate offers', () => {
  it.each([
    // On the edges of each family, from both sides.
    { cpuUnits: 256, valid: [512, 1024, 2048], invalid: [256, 1536, 3072] },
    { cpuUnits: 512, valid: [1024, 4096], invalid: [512, 5120] },
    { cpuUnits: 1024, valid: [2048, 3072, 8192], invalid: [1024, 2560, 9216] },
    { cpuUnits: 2048, valid: [4096, 16_384], invalid: [3072, 17_408] },
    { cpuUnits: 4096, valid: [8192, 30_720], invalid: [7168, 31_744] },
    { cpuUnits: 8192, valid: [16_384, 20_480, 61_440], invalid: [12_288, 17_408, 65_536] },
    { cpuUnits: 16_384, valid: [32_768, 40_960, 122_880], invalid: [24_576, 36_864, 131_072] },
    { cpuUnits: 300, valid: [], invalid: [512, 1024] },
  ])('$cpuUnits CPU units', ({ cpuUnits, valid, invalid }) => {
    expect(valid.map((memory) => isValidSize(size(cpuUnits, memory)))).toEqual(valid.map(() => true));
    expect(invalid.map((memory) => isValidSize(size(cpuUnits, memory)))).toEqual(invalid.map(() => false));
  });
});

describe('the next larger task', () => {
  it.each([
    { from: size(1024, 2048), moreCpu: size(2048, 4096), moreMemory: size(1024, 3072) },
    { from: size(256, 2048), moreCpu: size(512, 2048), moreMemory: size(512, 3072) },
    { from: size(512, 1024), moreCpu: size(1024, 2048), moreMemory: size(512, 2048) },
    { from: size(4096, 30_720), moreCpu: size(8192, 32_768), moreMemory: size(8192, 32_768) },
    { from: size(16_384, 32_768), moreCpu: null, moreMemory: size(16_384, 40_960) },
    { from: size(16_384, 122_880), moreCpu: null, moreMemory: null },
  ])('from $from.cpuUnits with $from.memoryMiB', ({ from, moreCpu, moreMemory }) => {
    expect(nextSizes(from)).toEqual({ moreCpu, moreMemory });
  });

  it('is offered, and never takes anything away', () => {
    fc.assert(
      fc.property(offered, (from) => {
        const { moreCpu, moreMemory } = nextSizes(from);
        for (const next of [moreCpu, moreMemory].filter((candidate) => candidate !== null)) {
          expect(isValidSize(next)).toBe(true);
          expect(next.cpuUnits).toBeGreaterThanOrEqual(from.cpuUnits);
          expect(next.memoryMiB).toBeGreaterThanOrEqual(from.memoryMiB);
        }
      }),
    );
  });
});

describe('the nearest sizes', () => {
  it('begin with the size itself when it is offered', () => {
    fc.assert(
      fc.property(offered, (wanted) => {
        expect(nearestSizes(wanted, 1)).toEqual([wanted]);
      }),
    );
  });

  it('differ least by ratio', () => {
    expect(nearestSizes(size(1024, 1000), 2)).toEqual([size(512, 1024), size(1024, 2048)]);
    expect(nearestSizes(size(256, 3072), 2)).toEqual([size(256, 2048), size(512, 3072)]);
  });
});
