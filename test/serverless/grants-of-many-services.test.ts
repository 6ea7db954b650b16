import { describe, expect, it } from '@jest/globals';
import { statementsOf } from '../../serverless/grants.ts';
import { roleOf } from '../../serverless/roles.ts';
import { namedServices } from '../../serverless/service-arns.ts';
import { aPolicy, aServiceInput } from '../support/builders/policy.ts';
import { functions, scope } from './granted.ts';

describe('a policy of thousands of services', () => {
  /** IAM quotas: all inline policies of a role together, without white space. */
  const MOST_CHARACTERS = 10_240;
  const policyOf = (services: number, clusters: number, nameLength = 30) =>
    aPolicy([
      {
        services: Array.from({ length: services }, (_, index) =>
          aServiceInput({
            name: `s${index}`,
            service: `service-${index}`.padEnd(nameLength, 'x'),
            cluster: `cluster-${index % clusters}`.padEnd(nameLength, 'y'),
          }),
        ),
      },
    ]);

  it.each([
    { services: 12, clusters: 2, nameLength: 30, patterns: 12 },
    { services: 2_000, clusters: 2, nameLength: 30, patterns: 2 },
    { services: 2_000, clusters: 1_000, nameLength: 30, patterns: 1 },
    { services: 3, clusters: 3, nameLength: 255, patterns: 3 },
    { services: 100, clusters: 30, nameLength: 255, patterns: 1 },
  ])('fits into a role: $services services of $nameLength letters in $clusters clusters', (given) => {
    const { patterns, notices } = namedServices(policyOf(given.services, given.clusters, given.nameLength));
    expect(patterns).toHaveLength(given.patterns);
    expect(notices).toHaveLength(given.patterns === given.services ? 0 : 1);
    for (const { name, may } of functions) {
      const role = roleOf({
        stem: 'Any',
        functionName: `fulcrum-dev-${name}`,
        logGroupId: 'AnyLogGroup',
        statements: statementsOf(may, { ...scope, services: patterns }),
      });
      expect(JSON.stringify(role['Properties']).length).toBeLessThan(MOST_CHARACTERS);
    }
  });

  it('names clusters where services do not fit, and says so', () => {
    const { patterns, notices } = namedServices(policyOf(200, 2, 12));
    expect(patterns).toEqual([
      { cluster: 'cluster-0yyy', service: '*' },
      { cluster: 'cluster-1yyy', service: '*' },
    ]);
    expect(notices).toEqual(['permissions name whole clusters: 200 services do not fit into the policy of a role']);
  });

  it('names a service once, however many fleets share it', () => {
    const shared = aPolicy([{}, { name: 'second' }]);
    expect(namedServices(shared).patterns).toEqual([{ cluster: 'production', service: 'core-api' }]);
  });
});
