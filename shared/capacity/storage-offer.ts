import type { StorageOffer, StorageProvision, ValueRange } from '../domain/infrastructure.ts';

export type OfferedSize = 'size' | 'iops' | 'mibps' | 'iops-per-gib' | 'mibps-per-iops';

/** What AWS does not take, and what it would. */
export interface OfferProblem {
  readonly what: OfferedSize;
  readonly wanted: number;
  readonly offered: readonly ValueRange[];
}

/**
 * The first thing of what changes that AWS would not take; `null` where it would take all. Where AWS names no range, any
 * will do.
 */
export function offerProblem(
  { from, to }: { readonly from: StorageProvision; readonly to: StorageProvision },
  offer: StorageOffer,
): OfferProblem | null {
  const checks: readonly (readonly [OfferedSize, (size: StorageProvision) => number | null, readonly ValueRange[]])[] =
    [
      ['size', ({ allocatedGiB }) => allocatedGiB, offer.allocatedGiB],
      ['iops', ({ iops }) => iops, offer.iops],
      ['iops-per-gib', ({ iops, allocatedGiB }) => ratio(iops, allocatedGiB), offer.iopsPerGiB],
      ['mibps', ({ throughputMibps }) => throughputMibps, offer.throughputMibps],
      ['mibps-per-iops', ({ throughputMibps, iops }) => ratio(throughputMibps, iops), offer.mibpsPerIops],
    ];
  for (const [what, valueOf, offered] of checks) {
    const wanted = valueOf(to);
    if (wanted !== null && wanted !== valueOf(from) && !isOffered(wanted, offered)) return { what, wanted, offered };
  }
  return null;
}

function ratio(value: number | null, to: number | null): number | null {
  return value === null || to === null ? null : value / to;
}

function isOffered(value: number, ranges: readonly ValueRange[]): boolean {
  return ranges.length === 0 || ranges.some(({ from, to }) => value >= from && value <= to);
}

/** The largest that AWS takes of something; `null` where it names no range. */
export function mostOffered(ranges: readonly ValueRange[]): number | null {
  return ranges.length === 0 ? null : Math.max(...ranges.map(({ to }) => to));
}
