import type { UsdPerMonth } from '../domain/units.ts';

/** Prices of one region, of one day and from one place. A key that is absent has no known price. */
export interface RegionPrices<Price> {
  readonly region: string;
  /** The day that the source was published, `2026-09-13`, or was read where it bears no date. */
  readonly asOf: string;
  readonly source: string;
  readonly prices: Readonly<Record<string, Price>>;
}

/** The month of the AWS pricing pages. */
const HOURS_PER_MONTH = 730;

/** What something costs in a month, or the prices that would have to be known to tell. Unknown is not free. */
export type MonthlyCost =
  | { readonly kind: 'known'; readonly usdPerMonth: UsdPerMonth }
  | { readonly kind: 'unknown'; readonly missing: readonly string[] };

/** The first price found for the region, in the order of the tables. `null` where there is none. */
export function priceOf<Price>(tables: readonly RegionPrices<Price>[], region: string, key: string): Price | null {
  for (const table of tables) {
    if (table.region === region && Object.hasOwn(table.prices, key)) return table.prices[key] ?? null;
  }
  return null;
}

/** The tables from which `priceOf` takes these keys, each once. */
export function tablesOf(
  tables: readonly RegionPrices<unknown>[],
  region: string,
  keys: readonly string[],
): readonly RegionPrices<unknown>[] {
  const ofRegion = tables.filter((table) => table.region === region);
  const found = keys.map((key) => ofRegion.find(({ prices }) => Object.hasOwn(prices, key)));
  return ofRegion.filter((table) => found.includes(table));
}

/** The day of the oldest table, which is how old a sum over them may be. */
export function oldestDay(tables: readonly RegionPrices<unknown>[]): string {
  return tables.map(({ asOf }) => asOf).toSorted()[0] ?? 'never';
}

/** One line of a bill: `quantity` of something with a price a month for each. */
export interface BillLine {
  /** Names the price in `missing`: `gp3 IOPS in sa-east-1`. */
  readonly what: string;
  readonly quantity: number;
  readonly usdPerMonthEach: number | null;
}

/** The sum of the lines. A line of which nothing is used needs no price. */
export function monthlyCost(lines: readonly BillLine[]): MonthlyCost {
  const used = lines.filter(({ quantity }) => quantity !== 0);
  const missing = used.filter(({ usdPerMonthEach }) => usdPerMonthEach === null).map(({ what }) => what);
  if (missing.length > 0) return { kind: 'unknown', missing: [...new Set(missing)] };
  return {
    kind: 'known',
    usdPerMonth: used.reduce((sum, { quantity, usdPerMonthEach }) => sum + quantity * (usdPerMonthEach ?? 0), 0),
  };
}

export function perHour(usdPerHour: number | null): number | null {
  return usdPerHour === null ? null : usdPerHour * HOURS_PER_MONTH;
}
