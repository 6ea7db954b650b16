import type { Check } from './code-host.ts';

const ADDRESS_LENGTH = 2_000;

/** What somebody has given as the address of a result; `null` where it is none of the web. */
export function webAddress(given: string | null | undefined): string | null {
  if (given === null || given === undefined || given.length > ADDRESS_LENGTH) return null;
  const url = URL.parse(given);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
}

/** The check of a name that holds: every word on it says that it has passed. Several pipelines may use one name. */
export function passed(checks: readonly Check[], name: string): Check | null {
  const named = checks.filter((check) => check.name === name);
  if (!named.every(({ outcome }) => outcome === 'passed')) return null;
  return named.find(({ url }) => url !== null) ?? named[0] ?? null;
}
