import type { ScalableTargetId } from '../../../shared/domain/capacity.ts';

/** `s0`, `s1`, `s2` … of one cluster. */
export function targets(count: number, cluster = 'production'): readonly ScalableTargetId[] {
  return Array.from({ length: count }, (_, index) => ({ cluster, service: `s${index}` }));
}
