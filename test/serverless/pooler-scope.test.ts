import { describe, expect, it } from '@jest/globals';
import { poolerNetwork, poolerScope } from '../../serverless/pooler-scope.ts';
import { stackOf } from '../../serverless/stack.ts';
import { A_DATABASE, A_POOLER, aPolicy, type FleetInput } from '../support/builders/policy.ts';

type Pooler = NonNullable<FleetInput['pooler']>;

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pgbouncer-AbCdEf';
const PARAMETER = 'arn:aws:ssm:eu-central-1:111122223333:parameter/pgbouncer/password';
const ROLE = 'arn:aws:iam::111122223333:role/pgbouncer-task';
const NETWORK = { subnetIds: ['subnet-0a'], securityGroupIds: ['sg-0b'] };

const fleet = (name: string, over: Partial<Pooler>): Partial<FleetInput> => ({
  name,
  database: A_DATABASE,
  pooler: { ...A_POOLER, service: `${name}-pgbouncer`, ...over },
});
const console = (over: Partial<NonNullable<Pooler['console']>> = {}) => ({ passwordFrom: SECRET, ...over });

describe('what of PgBouncers the permissions name', () => {
  it('is nothing where no console is named', () => {
    expect(poolerScope(aPolicy([{}, fleet('shop', {})]))).toEqual({
      found: [],
      secrets: [],
      passwordParameters: [],
      kept: [],
      keptParameters: [],
      passedRoles: [],
    });
  });

  it('is each service, password, parameter and role once', () => {
    const policy = aPolicy([
      fleet('a', {
        console: console(),
        durable: { kind: 'task-definition', names: { defaultPoolSize: 'SIZE' }, container: 'x', passRoles: [ROLE] },
      }),
      fleet('b', {
        console: console({ passwordFrom: PARAMETER, hosts: ['10.0.1.5'] }),
        durable: { kind: 'ssm-parameter', names: { defaultPoolSize: '/b/size', reservePoolSize: '/b/reserve' } },
      }),
      fleet('c', { console: console() }),
    ]);
    expect(poolerScope(policy)).toEqual({
      found: ['a', 'c'].map((name) => ({ cluster: 'production', service: `${name}-pgbouncer` })),
      secrets: [SECRET],
      passwordParameters: [PARAMETER],
      kept: [{ cluster: 'production', service: 'a-pgbouncer' }],
      keptParameters: ['/b/size', '/b/reserve'],
      passedRoles: [ROLE],
    });
  });
});

describe('the network of PgBouncer', () => {
  it.each([
    { when: 'nothing is probed', fleets: [fleet('a', {})], network: null },
    { when: 'no network is named', fleets: [fleet('a', { console: console() })], network: null },
    { when: 'one is', fleets: [fleet('a', { console: console({ vpc: NETWORK }) }), fleet('b', {})], network: NETWORK },
  ])('is $network where $when', ({ fleets, network }) => {
    expect(poolerNetwork(aPolicy(fleets))).toEqual({ kind: 'ok', network });
  });

  it('is refused where fleets of one stack name different ones', () => {
    const other = { ...NETWORK, subnetIds: ['subnet-0c'] };
    const policy = aPolicy([
      fleet('a', { console: console({ vpc: NETWORK }) }),
      fleet('b', { console: console({ vpc: other }) }),
      fleet('c', { console: console({ vpc: other }) }),
    ]);
    expect(stackOf(policy, 'fulcrum.yml', undefined)).toEqual({
      kind: 'refused',
      message:
        'PgBouncers of one stack are reached from one network, and these fleets name different ones in pooler.console.vpc: ' +
        'a; b and c. Give them the same, or make a file for each and deploy it with --param config=FILE --stage STAGE',
    });
  });
});
