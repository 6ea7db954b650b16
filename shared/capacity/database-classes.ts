import type { Connections } from '../domain/units.ts';
import { defaultMaxConnections } from './postgres-defaults.ts';

/**
 * The DB instance classes of Amazon RDS for PostgreSQL and Aurora PostgreSQL that the levers move between.
 *
 * Source: "Hardware specifications for DB instance classes" and "Supported DB engines for DB instance classes" in the
 * Amazon RDS User Guide, as of 2026-09. What a region, an engine version and a storage type really offer, only
 * DescribeOrderableDBInstanceOptions can tell: pass its answer as `orderable`.
 */
export interface DatabaseClass {
  /** `db.r6g.large` */
  readonly name: string;
  readonly family: FamilyName;
  readonly vcpus: number;
  /**
   * vCPUs that it can use without end. A burstable class earns credits at a share of its vCPUs and, in unlimited mode,
   * pays for what it uses above.
   */
  readonly sustainedVcpus: number;
  /** As sold; PostgreSQL sees less, see `postgres-defaults.ts`. */
  readonly memoryGiB: number;
  /** Default of `max_connections`, approximately. */
  readonly maxConnections: Connections;
}

export type FamilyName = 't4g' | 'm6g' | 'm6i' | 'm7g' | 'm7i' | 'm8g' | 'r6g' | 'r6i' | 'r7g' | 'r7i' | 'r8g';

interface Family {
  readonly sizes: readonly string[];
  readonly memoryGiBPerVcpu: number;
  /** The family of the same processor with twice the memory for each vCPU. */
  readonly moreMemory: FamilyName | null;
  /** Where a burstable class goes for steady vCPUs. */
  readonly steady: FamilyName | null;
  /** Aurora PostgreSQL offers these sizes of it. */
  readonly auroraSizes: readonly string[];
}

const VCPUS: Readonly<Record<string, number>> = {
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
  '24xlarge': 96,
  '32xlarge': 128,
  '48xlarge': 192,
};
const TO_16XLARGE = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const TO_32XLARGE = [...TO_16XLARGE, '24xlarge', '32xlarge'];
const TO_48XLARGE = [...TO_16XLARGE, '24xlarge', '48xlarge'];

const general = (sizes: readonly string[], moreMemory: FamilyName): Family => ({
  ...{ sizes, memoryGiBPerVcpu: 4, moreMemory, steady: null, auroraSizes: [] },
});
const memoryOptimized = (sizes: readonly string[]): Family => ({
  ...{ sizes, memoryGiBPerVcpu: 8, moreMemory: null, steady: null, auroraSizes: sizes },
});

/** vCPUs, memory in GiB, and the baseline share of a vCPU: Amazon EC2 User Guide, "Burstable performance instances". */
const BURSTABLE: Readonly<Record<string, readonly [vcpus: number, memoryGiB: number, baseline: number]>> = {
  micro: [2, 1, 0.1],
  small: [2, 2, 0.2],
  medium: [2, 4, 0.2],
  large: [2, 8, 0.3],
  xlarge: [4, 16, 0.4],
  '2xlarge': [8, 32, 0.4],
};

const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  t4g: {
    sizes: Object.keys(BURSTABLE),
    memoryGiBPerVcpu: 4,
    moreMemory: null,
    steady: 'm6g',
    auroraSizes: ['medium', 'large'],
  },
  m6g: general(TO_16XLARGE, 'r6g'),
  m6i: general(TO_32XLARGE, 'r6i'),
  m7g: general(TO_16XLARGE, 'r7g'),
  m7i: general(TO_48XLARGE, 'r7i'),
  m8g: general(TO_48XLARGE, 'r8g'),
  r6g: memoryOptimized(TO_16XLARGE),
  r6i: memoryOptimized(TO_32XLARGE),
  r7g: memoryOptimized(TO_16XLARGE),
  r7i: memoryOptimized(TO_48XLARGE),
  r8g: memoryOptimized(TO_48XLARGE),
};

function classOf(family: FamilyName, size: string): DatabaseClass {
  const { memoryGiBPerVcpu } = FAMILIES[family];
  const burstable = family === 't4g' ? BURSTABLE[size] : undefined;
  const steadyVcpus = VCPUS[size] ?? 0;
  const [vcpus, memoryGiB, baseline] = burstable ?? [steadyVcpus, steadyVcpus * memoryGiBPerVcpu, 1];
  return {
    name: `db.${family}.${size}`,
    family,
    vcpus,
    sustainedVcpus: vcpus * baseline,
    memoryGiB,
    maxConnections: defaultMaxConnections(memoryGiB),
  };
}

/** Each family from its smallest class to its largest. */
export const DATABASE_CLASSES: readonly DatabaseClass[] = familyNames().flatMap((family) =>
  FAMILIES[family].sizes.map((size) => classOf(family, size)),
);

function familyNames(): readonly FamilyName[] {
  return Object.keys(FAMILIES).filter((name): name is FamilyName => Object.hasOwn(FAMILIES, name));
}

/** `null` for a class that is not of the table, which says nothing of whether it exists. */
export function databaseClass(name: string): DatabaseClass | null {
  return DATABASE_CLASSES.find((candidate) => candidate.name === name) ?? null;
}

/** Whether Aurora PostgreSQL offers the class as well. */
export function isAuroraClass({ name, family }: DatabaseClass): boolean {
  return FAMILIES[family].auroraSizes.includes(name.split('.')[2] ?? '');
}

/** What a class must offer at least. Given alone or together. */
export interface WantedCapacity {
  /** Judged by what can be sustained: a burstable class never counts as having the vCPUs that it bursts to. */
  readonly vcpus?: number;
  readonly memoryGiB?: number;
  readonly maxConnections?: Connections;
  /** What may be ordered, from DescribeOrderableDBInstanceOptions. Every class of the table where it is not given. */
  readonly orderable?: ReadonlySet<string>;
}

export type LargerClass =
  | { readonly kind: 'found'; readonly to: DatabaseClass }
  | { readonly kind: 'none-large-enough' }
  | { readonly kind: 'class-not-known' };

/**
 * The smallest class above the current one that offers what is wanted: in its own family, in the one with more memory
 * for each vCPU, or from a burstable class in the steady ones of the same processor. It takes nothing away.
 *
 *   db.t4g.medium, 16 GiB and 2 vCPUs wanted  ->  db.r6g.large
 *   db.r6g.large, 4 vCPUs wanted              ->  db.r6g.xlarge
 *
 * Smallest is by vCPUs, then by memory, which is the order of their prices; between equals the own family wins.
 */
export function largerClass(currentName: string, wanted: WantedCapacity): LargerClass {
  const current = databaseClass(currentName);
  if (current === null) return { kind: 'class-not-known' };
  const { family } = current;
  const { steady, moreMemory } = FAMILIES[family];
  const families = [family, steady, moreMemory, steady === null ? null : FAMILIES[steady].moreMemory];
  const to = families
    .flatMap((candidateFamily) => DATABASE_CLASSES.filter((candidate) => candidate.family === candidateFamily))
    .filter((candidate) => isLarger(candidate, current) && offers(candidate, wanted))
    // Stable: between equals the order of the families stays.
    .toSorted((a, b) => a.vcpus - b.vcpus || a.memoryGiB - b.memoryGiB)[0];
  return to === undefined ? { kind: 'none-large-enough' } : { kind: 'found', to };
}

function isLarger(candidate: DatabaseClass, current: DatabaseClass): boolean {
  const compared = [
    [candidate.vcpus, current.vcpus],
    [candidate.sustainedVcpus, current.sustainedVcpus],
    [candidate.memoryGiB, current.memoryGiB],
  ] as const;
  return compared.every(([more, less]) => more >= less) && compared.some(([more, less]) => more > less);
}

function offers(candidate: DatabaseClass, wanted: WantedCapacity): boolean {
  return (
    candidate.sustainedVcpus >= (wanted.vcpus ?? 0) &&
    candidate.memoryGiB >= (wanted.memoryGiB ?? 0) &&
    candidate.maxConnections >= (wanted.maxConnections ?? 0) &&
    (wanted.orderable?.has(candidate.name) ?? true)
  );
}
