import type { ErrorTail } from '../domain/lead-time-profile.ts';

/**
 * How far loads came out above what was expected of them, in units of the error that was expected; and the capacity that is
 * cheapest under such errors.
 *
 * The choice is that of a newsvendor (Arrow, Harris and Marschak, Optimal Inventory Policy, 1951): capacity costs as long
 * as it stands, load above it costs `price` times the capacity that would have carried it. With an expected need `n`, an
 * expected error `s` (both as logarithms) and standardised errors `e` that came with probability `p(e)`:
 *
 *   minimise over z   exp(s z) + price * sum over e > z of p(e) exp(s e)          capacity = n exp(s z)
 *
 * Small errors so get a high quantile, which is cheap there; large errors a lower one.
 */
export interface ChosenMargin {
  /** In expected errors above the expectation. */
  readonly errors: number;
  /** Share of the load that came higher than that in the past. */
  readonly missedShare: number;
}

const FINE_BINS = 60;
const FINE_WIDTH = 0.05;
const COARSE_BINS = 60;
const COARSE_GROWTH = 1.04;

/** Fine where quantiles are usually chosen, coarse far out: 0.05 up to 3, then 4 % wider each, up to 31. */
const EDGES: readonly number[] = [
  ...Array.from({ length: FINE_BINS }, (_, bin) => (bin + 1) * FINE_WIDTH),
  ...Array.from({ length: COARSE_BINS }, (_, bin) => FINE_BINS * FINE_WIDTH * COARSE_GROWTH ** (bin + 1)),
];

/** Collects standardised errors; what it holds fades as it is told. */
export class ErrorTailRecorder {
  readonly #bins = new Float64Array(EDGES.length);
  #total = 0;

  get weight(): number {
    return this.#total;
  }

  add(error: number, weight: number): void {
    this.#total += weight;
    if (error <= 0) return;
    const bin = binOf(error);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + weight;
  }

  fade(share: number): void {
    this.#total *= share;
    for (let bin = 0; bin < this.#bins.length; bin += 1) this.#bins[bin] = (this.#bins[bin] ?? 0) * share;
  }

  tail(): ErrorTail {
    const filled = EDGES.map((edge, bin) => ({ edge, weight: this.#bins[bin] ?? 0 })).filter(
      ({ weight }) => weight > 0,
    );
    return { edges: filled.map(({ edge }) => edge), shares: filled.map(({ weight }) => weight / this.#total) };
  }
}

function binOf(error: number): number {
  const fine = FINE_BINS * FINE_WIDTH;
  if (error < fine) return Math.min(Math.floor(error / FINE_WIDTH), FINE_BINS - 1);
  return Math.min(FINE_BINS + Math.floor(Math.log(error / fine) / Math.log(COARSE_GROWTH)), EDGES.length - 1);
}

/** @param scale the expected error, as a logarithm. @param price of missed load, in the capacity that carries it. */
export function cheapestMargin({ edges, shares }: ErrorTail, scale: number, price: number): ChosenMargin {
  let errors = 0;
  let missedShare = 0;
  let least = Infinity;
  let missed = 0;
  let above = 0;
  for (let bin = edges.length - 1; bin >= 0; bin -= 1) {
    const edge = edges[bin] ?? 0;
    const share = shares[bin] ?? 0;
    const capacity = Math.exp(scale * edge);
    const cost = capacity + price * missed;
    if (cost < least) {
      least = cost;
      errors = edge;
      missedShare = above;
    }
    missed += share * capacity;
    above += share;
  }
  return 1 + price * missed < least ? { errors: 0, missedShare: above } : { errors, missedShare };
}
