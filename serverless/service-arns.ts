import type { Policy } from '../shared/config/policy.ts';
import type { ScalableTargetId } from '../shared/domain/capacity.ts';

/**
 * The inline policies of a role may have 10,240 characters (IAM quotas); a role here has up to two lists of services, and
 * about 3,000 characters besides.
 */
const MOST_CHARACTERS = 3_400;

/** Room for `arn:`, partition, service, region and account around the names, and for quotes and a comma. */
const CHARACTERS_AROUND = 90;

export interface NamedServices {
  /** `*` stands for every service of the cluster, or for every cluster. */
  readonly patterns: readonly ScalableTargetId[];
  readonly notices: readonly string[];
}

/**
 * The ECS services that permissions name: each by itself where that fits into a policy, otherwise by cluster.
 */
export function namedServices(policy: Pick<Policy, 'fleets'>): NamedServices {
  const targets = policy.fleets.flatMap(({ services }) => services);
  const exact = unique(targets.map(({ cluster, service }) => ({ cluster, service })));
  if (fits(exact)) return { patterns: exact, notices: [] };
  const clusters = unique(exact.map(({ cluster }) => ({ cluster, service: '*' })));
  const patterns = fits(clusters) ? clusters : [{ cluster: '*', service: '*' }];
  return {
    patterns,
    notices: [
      `permissions name ${fits(clusters) ? 'whole clusters' : 'all clusters'}: ` +
        `${exact.length} services do not fit into the policy of a role`,
    ],
  };
}

function fits(patterns: readonly ScalableTargetId[]): boolean {
  const characters = patterns.map(({ cluster, service }) => cluster.length + service.length + CHARACTERS_AROUND);
  return characters.reduce((sum, length) => sum + length, 0) <= MOST_CHARACTERS;
}

function unique(targets: readonly ScalableTargetId[]): readonly ScalableTargetId[] {
  return [...new Map(targets.map((target) => [`${target.cluster}/${target.service}`, target])).values()];
}
