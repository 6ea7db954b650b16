import { createHash } from 'node:crypto';

/**
 * Twelve hexadecimal digits of the SHA-256 of the content. Two files that say the same have the same version: comments,
 * the order of keys and defaults that are written out make no difference. The order of lists does.
 */
export function policyVersionOf(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 12);
}

function canonicalJson(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
