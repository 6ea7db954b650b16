import { describe, expect, it } from '@jest/globals';
import type { InfrastructureChange } from '../../../shared/domain/change.ts';
import { explainReason } from '../../../shared/domain/explain.ts';
import type { InfrastructureSnapshot } from '../../../shared/domain/infrastructure.ts';
import { NOT_ASKED, seen } from '../../../shared/domain/reading.ts';
import { followUp } from '../../../shared/workflow/follow-up.ts';
import { verifyInfrastructure } from '../../../shared/workflow/verify-infrastructure.ts';
import { aCache, aDatabase, anInfrastructure, aTaskDefinition } from '../../support/builders/infrastructure.ts';
import {
  CLUSTER,
  INSTANCE,
  LARGER_CLASS,
  RAISED_CEILING,
  RESIZE,
} from '../../support/builders/infrastructure-changes.ts';
import { aStoredChange } from '../../support/builders/orders.ts';
import { aFleetPolicy } from '../../support/builders/policy.ts';
import { NOW, secondsAgo } from '../../support/builders/time.ts';
import { aSnapshot } from '../../support/builders/world.ts';

const policy = aFleetPolicy();
const resized = aTaskDefinition({ size: RESIZE.to });

function verdict(
  change: InfrastructureChange,
  infrastructure: Partial<InfrastructureSnapshot> | null,
  deployment: 'none' | 'in-progress' = 'none',
): string {
  const snapshot = aSnapshot(policy, { services: { 'core-api': { deployment } } });
  const found = verifyInfrastructure(change, policy, {
    services: snapshot.services,
    infrastructure: infrastructure === null ? null : anInfrastructure(infrastructure),
  });
  return found.kind === 'wait' ? 'wait' : `${found.kind}: ${explainReason(found.because)}`;
}

describe('tasks that were resized', () => {
  const tasks = (facts = resized) => ({ tasks: { 'core-api': seen(facts, NOW) } });

  it('are in place when they run and nothing is rolled out', () => {
    expect(verdict(RESIZE, tasks())).toBe('verify: in place');
  });

  it.each([
    { when: 'while they are rolled out', see: tasks(), deployment: 'in-progress' },
    { when: 'while they are unseen', see: { tasks: { 'core-api': NOT_ASKED } }, deployment: 'none' },
    { when: 'while nobody looked at them', see: {}, deployment: 'none' },
    { when: 'in a look that sees no infrastructure', see: null, deployment: 'none' },
  ] as const)('are waited for $when', ({ see, deployment }) => {
    expect(verdict(RESIZE, see, deployment)).toBe('wait');
  });

  it('have been rolled back when the old size runs under a circuit breaker', () => {
    expect(verdict(RESIZE, tasks(aTaskDefinition()))).toBe(
      'rolled-back: rolled back by the deployment circuit breaker, its tasks did not come up: ' +
        'cpuUnits is 1024, should be 2048, memoryMiB is 2048, should be 4096',
    );
  });

  it.each([
    { what: 'another size', facts: aTaskDefinition({ size: { cpuUnits: 512, memoryMiB: 1024 } }) },
    { what: 'the old size without a circuit breaker', facts: aTaskDefinition({ hasCircuitBreaker: false }) },
  ])('have been changed by somebody when $what runs', ({ facts }) => {
    expect(verdict(RESIZE, tasks(facts))).toMatch(/^verify: undone by somebody else/);
  });
});

describe('a database that was changed', () => {
  const acu = {
    kind: 'set-aurora-capacity',
    database: CLUSTER,
    from: { minAcu: 0.5, maxAcu: 16 },
    to: { minAcu: 0.5, maxAcu: 32 },
  } as const;
  const replicas = {
    kind: 'set-read-replicas',
    database: CLUSTER,
    from: { replicas: 0 },
    to: { replicas: 1 },
  } as const;
  const provision = {
    kind: 'provision-storage',
    database: INSTANCE,
    from: { allocatedGiB: 50, iops: null, throughputMibps: null },
    to: { allocatedGiB: 400, iops: 12_000, throughputMibps: null },
  } as const;
  const storage = { type: 'gp3', allocatedGiB: 400, maxAllocatedGiB: 200, iops: 12_000, throughputMibps: 500 } as const;

  // prettier-ignore
  it.each([
    { when: 'the capacity stands',         change: acu,       facts: aDatabase({ acu: { min: 0.5, max: 32 } }),   then: 'verify: in place' },
    { when: 'another capacity stands',     change: acu,       facts: aDatabase({ acu: { min: 1, max: 16 } }),     then: 'verify: undone by somebody else: minAcu is 1, should be 0.5, maxAcu is 16, should be 32' },
    { when: 'it has no capacity any more', change: acu,       facts: aDatabase(),                                 then: 'wait' },
    { when: 'it is modified',              change: acu,       facts: aDatabase({ acu: { min: 0.5, max: 16 }, status: 'modifying' }), then: 'wait' },
    { when: 'something waits',             change: acu,       facts: aDatabase({ acu: { min: 0.5, max: 16 }, hasPendingChange: true }), then: 'wait' },
    { when: 'the ceiling stands',          change: RAISED_CEILING,   facts: aDatabase({ storage }),                      then: 'verify: in place' },
    { when: 'storage is optimized',        change: RAISED_CEILING,   facts: aDatabase({ storage, status: 'storage-optimization' }), then: 'verify: in place' },
    { when: 'the ceiling was switched off', change: RAISED_CEILING,  facts: aDatabase({ storage: { ...storage, maxAllocatedGiB: null } }), then: 'verify: undone by somebody else: maxAllocatedGiB is absent, should be 200' },
    { when: 'a replica is there',          change: replicas,  facts: aDatabase({ replicas: ['ledger-1'] }),       then: 'verify: in place' },
    { when: 'AWS has added another',       change: replicas,  facts: aDatabase({ replicas: ['ledger-1', 'ledger-2'] }), then: 'verify: in place' },
    { when: 'storage has grown since',     change: provision, facts: aDatabase({ storage: { ...storage, allocatedGiB: 440 } }), then: 'verify: in place' },
    { when: 'storage has not grown',       change: provision, facts: aDatabase({ storage: { ...storage, allocatedGiB: 399 } }), then: 'verify: undone by somebody else: allocatedGiB is 399, should be 400' },
    { when: 'a replica is being made',     change: replicas,  facts: aDatabase({ status: 'creating' }),           then: 'wait' },
    { when: 'no replica has come',         change: replicas,  facts: aDatabase(),                                 then: 'verify: undone by somebody else: replicas is 0, should be 1' },
    { when: 'the class stands',            change: LARGER_CLASS,   facts: aDatabase({ instanceClass: 'db.r6g.large' }), then: 'verify: in place' },
    { when: 'storage stands, with what comes along', change: provision, facts: aDatabase({ storage }),            then: 'verify: in place' },
  ])('$when: $then', ({ change, facts, then }) => {
    expect(verdict(change, { database: seen(facts, NOW) })).toBe(then);
  });

  it('is waited for while it is unseen', () => {
    expect(verdict(acu, {})).toBe('wait');
  });
});

describe('a cache that was changed', () => {
  const shape = {
    kind: 'set-cache-shape',
    replicationGroup: 'sessions',
    from: { shards: 1, replicasPerShard: 1 },
    to: { shards: 2, replicasPerShard: 1 },
  } as const;
  const nodes = {
    kind: 'change-cache-node-type',
    replicationGroup: 'sessions',
    from: { nodeType: 'cache.t4g.small' },
    to: { nodeType: 'cache.t4g.medium' },
  } as const;

  it.each([
    { when: 'two shards stand', change: shape, facts: aCache({ shards: 2 }), then: 'verify: in place' },
    { when: 'it is modified', change: shape, facts: aCache({ status: 'modifying' }), then: 'wait' },
    {
      when: 'there is one shard',
      change: shape,
      facts: aCache(),
      then: 'verify: undone by somebody else: shards is 1, should be 2',
    },
    {
      when: 'the nodes are there',
      change: nodes,
      facts: aCache({ nodeType: 'cache.t4g.medium' }),
      then: 'verify: in place',
    },
  ])('$when: $then', ({ change, facts, then }) => {
    expect(verdict(change, { cache: seen(facts, NOW) })).toBe(then);
  });
});

describe('how long a change is left to settle', () => {
  const acu = {
    kind: 'set-aurora-capacity',
    database: CLUSTER,
    from: { minAcu: 0.5, maxAcu: 16 },
    to: { minAcu: 0.5, maxAcu: 32 },
  } as const;
  const inPlace = () => ({ kind: 'verify', because: { code: 'in-place' } }) as const;

  it.each([
    { what: 'tasks', change: RESIZE, seconds: 59, then: 'wait' },
    { what: 'tasks', change: RESIZE, seconds: 60, then: 'verify' },
    { what: 'a database', change: acu, seconds: 599, then: 'wait' },
    { what: 'a database', change: acu, seconds: 600, then: 'verify' },
  ])('$what after $seconds s: $then', ({ change, seconds, then }) => {
    const stored = aStoredChange(change, { status: 'applied', updatedAt: secondsAgo(seconds) });
    expect(followUp(stored, { infrastructure: inPlace }, NOW).kind).toBe(then);
  });

  it('and by a look that does not see it for ever', () => {
    const stored = aStoredChange(RESIZE, { status: 'applied', updatedAt: secondsAgo(99_999) });
    expect(followUp(stored, {}, NOW)).toEqual({ kind: 'wait' });
  });
});
