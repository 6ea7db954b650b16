import type { Policy } from '../shared/config/policy.ts';

/**
 * The policy that a function is packaged with. Packaging replaces this file by the validated content of `fulcrum.yml`
 * (serverless/bundling.ts), so that no function parses YAML, and code and policy are deployed as one.
 */
export function packagedPolicy(): Policy {
  throw new Error('this code was not packaged: the policy is put in by `sls package`');
}
