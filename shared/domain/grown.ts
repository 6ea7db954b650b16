/**
 * How much there is of what a change asks for: what AWS has added by itself meanwhile, replicas or storage, undoes nothing.
 *
 *   1 → 2 replicas wanted, 3 are there  ->  2
 */
export function ofWhatWasAsked(is: number, from: number, to: number): number {
  return to > from ? Math.min(is, to) : is;
}
