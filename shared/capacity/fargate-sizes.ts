/** CPU and memory of one Fargate task. */
export interface FargateSize {
  /** 1024 is one vCPU. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

interface SizeFamily {
  readonly cpuUnits: number;
  /** Ascending. */
  readonly memoryMiB: readonly number[];
}

const GIB = 1024;

/**
 * The pairs that Fargate offers for Linux, by CPU. Source: RegisterTaskDefinition in the Amazon ECS API reference,
 * parameter `memory`. 8 and 16 vCPU need platform version 1.4.0.
 */
export const FARGATE_SIZES: readonly SizeFamily[] = [
  { cpuUnits: 256, memoryMiB: [GIB / 2, GIB, 2 * GIB] },
  { cpuUnits: 512, memoryMiB: gibSteps({ from: 1, to: 4, step: 1 }) },
  { cpuUnits: 1024, memoryMiB: gibSteps({ from: 2, to: 8, step: 1 }) },
  { cpuUnits: 2048, memoryMiB: gibSteps({ from: 4, to: 16, step: 1 }) },
  { cpuUnits: 4096, memoryMiB: gibSteps({ from: 8, to: 30, step: 1 }) },
  { cpuUnits: 8192, memoryMiB: gibSteps({ from: 16, to: 60, step: 4 }) },
  { cpuUnits: 16_384, memoryMiB: gibSteps({ from: 32, to: 120, step: 8 }) },
];

const ALL_SIZES: readonly FargateSize[] = FARGATE_SIZES.flatMap(({ cpuUnits, memoryMiB }) =>
  memoryMiB.map((memory) => ({ cpuUnits, memoryMiB: memory })),
);

export function isValidSize({ cpuUnits, memoryMiB }: FargateSize): boolean {
  return FARGATE_SIZES.some((family) => family.cpuUnits === cpuUnits && family.memoryMiB.includes(memoryMiB));
}

/** The next larger tasks. `null` where Fargate offers none. */
export interface NextSizes {
  /** The next step of CPU, with no less memory than now and no more than needed for that. */
  readonly moreCpu: FargateSize | null;
  /** The next step of memory, at the least CPU that offers it and no less CPU than now. */
  readonly moreMemory: FargateSize | null;
}

/** What the task-size lever can go to from here. From 1024 with 2048 MiB: 2048 with 4096, and 1024 with 3072. */
export function nextSizes({ cpuUnits, memoryMiB }: FargateSize): NextSizes {
  // ALL_SIZES ascends by CPU, then by memory: the first that fits is the smallest.
  const moreCpu = ALL_SIZES.find((size) => size.cpuUnits > cpuUnits && size.memoryMiB >= memoryMiB);
  const moreMemory = ALL_SIZES.find((size) => size.cpuUnits >= cpuUnits && size.memoryMiB > memoryMiB);
  return { moreCpu: moreCpu ?? null, moreMemory: moreMemory ?? null };
}

/** The smallest task with so much CPU and memory at least: the least CPU, then the least memory. `null` above the largest. */
export function leastSize({ cpuUnits, memoryMiB }: FargateSize): FargateSize | null {
  return ALL_SIZES.find((size) => size.cpuUnits >= cpuUnits && size.memoryMiB >= memoryMiB) ?? null;
}

/** One step of CPU down. The smallest stays. */
export function lessCpuUnits(cpuUnits: number): number {
  return FARGATE_SIZES.findLast((family) => family.cpuUnits < cpuUnits)?.cpuUnits ?? cpuUnits;
}

/** The offered pairs that differ least from a wanted one, by ratio, nearest first. */
export function nearestSizes(wanted: FargateSize, count: number): readonly FargateSize[] {
  const difference = (size: FargateSize): number =>
    Math.abs(Math.log(size.cpuUnits / wanted.cpuUnits)) + Math.abs(Math.log(size.memoryMiB / wanted.memoryMiB));
  return ALL_SIZES.toSorted((a, b) => difference(a) - difference(b)).slice(0, count);
}

function gibSteps({ from, to, step }: { readonly from: number; readonly to: number; readonly step: number }) {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);
}
