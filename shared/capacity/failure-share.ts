import type { FailureCount } from '../domain/pooler.ts';

/** So few failures may come of one client that tries again and again. */
const LEAST_FAILURES = 10;
/** A share that has grown by less than half counts as the same. */
const NOISE_FACTOR = 1.5;
/** Of counts that come by chance, a difference of so many standard deviations is no chance any more. */
const SURE_DEVIATIONS = 3;

/**
 * Whether more of what is done goes wrong than before: the share counts, since more done with as many failures in a hundred is
 * no worse. Were the share the same, the failures of both spans together would fall into the second by its part of all (the
 * conditional test of two Poisson counts: Przyborowski and Wilenski, Homogeneity of Results in Testing Samples from Poisson
 * Series, 1940). A short span before makes it slow to judge, never rash.
 *
 *   0 of 400, then 12 of 400     ->  of 12 failures 6 are expected, 12 lie 3.5 deviations above: more often
 *   0 of 20, then 12 of 400      ->  of 12 failures 11.4 are expected: not known to be more
 */
export function failsMoreOften(before: FailureCount, after: FailureCount): boolean {
  if (before.of <= 0 || after.of <= 0 || after.failed < LEAST_FAILURES) return false;
  if (after.failed * before.of <= NOISE_FACTOR * before.failed * after.of) return false;
  const all = before.failed + after.failed;
  const part = after.of / (before.of + after.of);
  return after.failed - all * part > SURE_DEVIATIONS * Math.sqrt(all * part * (1 - part));
}
