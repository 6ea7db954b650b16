import type { Policy } from '../shared/config/policy.ts';
import { isProbed } from '../shared/workflow/probed-fleets.ts';
import { infrastructureScope } from './infrastructure-scope.ts';

/**
 * Whether anything in the policy can ever call a function. One that nobody calls cannot fail, and an alarm on it would only
 * cost money.
 *
 * @param key as in serverless.yml
 */
export function isInUse(key: string, policy: Pick<Policy, 'fleets'>): boolean {
  const { fleets } = policy;
  const tuned = fleets.filter(isProbed).filter(({ levers }) => levers['pool-size'].mode === 'apply');
  const changed = infrastructureScope(policy);
  const calledFor: Readonly<Record<string, boolean>> = {
    'probe-pgbouncer': fleets.some(isProbed),
    'tune-pgbouncer': tuned.length > 0,
    'keep-pool-sizes': tuned.some(({ pooler }) => pooler.durable !== undefined),
    'tend-proposal': fleets.some(({ infrastructureCode }) => infrastructureCode !== undefined),
    'resize-task': changed.resized.length > 0,
    'set-aurora-capacity': changed.movedCapacity.length > 0,
    'set-read-replicas': changed.replicated.length > 0,
    'set-storage-ceiling': changed.raised.length > 0,
    'change-database-class': changed.approved.length > 0,
    'set-cache-shape': changed.reshaped.length > 0,
    'change-cache-node-type': changed.reshaped.length > 0,
  };
  return calledFor[key] ?? true;
}
