import { describe, expect, it } from '@jest/globals';
import { isInUse } from '../../serverless/functions-in-use.ts';
import { A_DATABASE, aPolicy, type FleetInput } from '../support/builders/policy.ts';
import { functions } from './granted.ts';

const CODE: FleetInput['infrastructureCode'] = {
  host: 'git',
  repository: 'file:///srv/infrastructure.git',
  branch: 'main',
  paths: ['infrastructure'],
};
const AURORA = { ...A_DATABASE, kind: 'aurora-cluster', identifier: 'ledger' } as const;
const ALWAYS = [
  'alarm',
  'ensure-target-tracking',
  'forecast',
  'infrastructure',
  'known-event',
  'scaled-to-max',
  'schedule-capacity',
  'set-capacity-bounds',
  'tick',
];

const used = (fleet: Partial<FleetInput>): readonly string[] => {
  const policy = aPolicy([fleet]);
  return functions
    .map(({ name }) => name)
    .filter((name) => isInUse(name, policy))
    .filter((name) => !ALWAYS.includes(name));
};

describe('the functions that a policy can call', () => {
  it('are nine where no lever changes infrastructure', () => {
    const policy = aPolicy([{}]);
    const names = functions.map(({ name }) => name).filter((name) => isInUse(name, policy));
    expect(names.sort()).toEqual(ALWAYS);
  });

  // prettier-ignore
  it.each<{ when: string; fleet: Partial<FleetInput>; then: readonly string[] }>([
    { when: 'the storage lever acts on an instance', fleet: { database: A_DATABASE, levers: { storage: { mode: 'apply' } } },           then: ['set-storage-ceiling'] },
    { when: 'it only observes',                      fleet: { database: A_DATABASE, levers: { storage: { mode: 'observe' } } },         then: [] },
    { when: 'it acts, and there is no database',     fleet: { levers: { storage: { mode: 'apply' } } },                                 then: [] },
    { when: 'tasks may become larger',               fleet: { levers: { 'task-size': { mode: 'apply' } } },                             then: ['resize-task'] },
    { when: 'Aurora is moved',                       fleet: { database: AURORA, levers: { 'aurora-capacity': { mode: 'apply' } } },     then: ['set-aurora-capacity'] },
    { when: 'Aurora gets replicas',                  fleet: { database: AURORA, levers: { 'read-replica': { mode: 'apply' } } },        then: ['set-read-replicas'] },
    { when: 'the cache is moved',                    fleet: { cache: { replicationGroup: 'sessions' }, levers: { cache: { mode: 'apply' } } }, then: ['change-cache-node-type', 'set-cache-shape'] },
    { when: 'a class may change without an approval', fleet: { database: A_DATABASE, levers: { 'database-class': { mode: 'apply' } } }, then: [] },
    { when: 'code is named',                         fleet: { infrastructureCode: CODE },                                               then: ['tend-proposal'] },
  ])('$when: $then', ({ fleet, then }) => {
    expect([...used(fleet)].sort()).toEqual(then);
  });
});
