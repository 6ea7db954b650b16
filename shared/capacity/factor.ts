/** So many times as many: 10 × 1.1 is 11, not the 11.000000000000002 that would round up to 12. */
export function times(count: number, factor: number): number {
  return Math.round(count * factor * 1e6) / 1e6;
}
