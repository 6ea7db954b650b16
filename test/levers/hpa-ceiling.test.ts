import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Reading, type Series, unseen } from '../../shared/domain/reading.ts';
import { evaluateHpaCeiling, hpaCeiling } from '../../shared/levers/hpa-ceiling.ts';
import { anInfrastructure, flat, minutes, proposalsOf, saidOf } from '../support/builders/infrastructure.ts';
import { aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

type HpaCeilingInput = NonNullable<NonNullable<FleetInput['levers']>['hpa-ceiling']>;
type AutoscalerInput = NonNullable<FleetInput['podAutoscalers']>[number];

/** backend-hpa: target 70 % CPU, never more than 20 pods. */
const aFleet = (autoscaler: Partial<AutoscalerInput> = {}, lever: HpaCeilingInput = {}) =>
  aFleetPolicy({
    podAutoscalers: [{ name: 'backend-hpa', namespace: 'govtech', cluster: 'main', hardLimit: 20, ...autoscaler }],
    levers: { 'hpa-ceiling': { mode: 'propose', ...lever } },
  });

interface Seen {
  readonly max?: number;
  readonly desired?: number;
  /** A number is 15 minutes of it, up to now. */
  readonly cpu?: number | readonly number[];
  readonly target?: number;
  readonly memory?: number;
  readonly memoryTarget?: number;
  readonly metrics?: Readonly<Record<string, Reading<Series>>>;
}

const snapshotOf = (see: Seen, policy = aFleet()) => {
  const { max = 10, desired = max, cpu = 50, target = 70, memory = 50, memoryTarget = 80 } = see;
  const always = (value: number): Reading<Series> => minutes(flat(15, value));
  const metrics = {
    'max-replicas': always(max),
    'desired-replicas': always(desired),
    cpu: typeof cpu === 'number' ? always(cpu) : minutes(cpu),
    'cpu-target': always(target),
    memory: always(memory),
    'memory-target': always(memoryTarget),
    ...see.metrics,
  };
  return aSnapshot(policy, {
    infrastructure: anInfrastructure({
      metrics: Object.fromEntries(
        Object.entries(metrics).map(([name, series]) => [`autoscaler/govtech/backend-hpa/${name}`, series]),
      ),
    }),
  });
};

const said = (see: Seen, policy = aFleet()): string => saidOf('hpa-ceiling', snapshotOf(see, policy), policy);

const raised = (from: number, to: number): string => `maxReplicas of govtech/backend-hpa: ${from} → ${to}: `;
const pinned = (max: number, cpu: number, needed: number): string =>
  `at maxReplicas of ${max} with cpu at ${cpu} % against a target of 70 % in 15 of 15 minutes, needs ${needed}`;
const hot = (count: number, value: number): readonly number[] => [...flat(15 - count, 70), ...flat(count, value)];

describe('hpa-ceiling lever', () => {
  // prettier-ignore
  it.each<{ when: string; see: Seen; then: string }>([
    { when: '2 pods at 80 %, target 70 %: ceil(2 × 80 ÷ 70) = 3', see: { max: 2, cpu: 80 }, then: raised(2, 3) + pinned(2, 80, 3) },
    { when: 'one pod below maxReplicas',           see: { desired: 9, cpu: 140 },         then: 'hold: 9 pods wanted, below maxReplicas of 10' },
    { when: 'exactly at its target',               see: { cpu: 70 },                      then: 'hold: utilization above target in 0 of 15 minutes, not in 10' },
    { when: 'at the edge of its tolerance, 77 %',  see: { cpu: 77 },                      then: 'hold: utilization above target in 0 of 15 minutes, not in 10' },
    { when: 'a little above it',                   see: { cpu: 77.1 },                    then: raised(10, 12) + pinned(10, 77.1, 12) },
    { when: '84 % need exactly 12',                see: { cpu: 84 },                      then: raised(10, 12) + pinned(10, 84, 12) },
    { when: '105 % need exactly the step of ×1.5', see: { cpu: 105 },                     then: raised(10, 15) + pinned(10, 105, 15) },
    { when: 'more than a step is needed',          see: { cpu: 140 },                     then: `${raised(10, 15)}${pinned(10, 140, 20)}; needs 20 pods, a step allows 15` },
    { when: 'a small maxReplicas: one more at least', see: { max: 1, cpu: 140 },          then: raised(1, 2) + pinned(1, 140, 2) },
    { when: 'the hard limit is nearer than the step', see: { max: 16, cpu: 105 },         then: `${raised(16, 20)}${pinned(16, 105, 24)}; needs 24 pods, the hard limit allows 20` },
    { when: 'at the hard limit',                   see: { max: 20, cpu: 84 },             then: 'hold: at the hard limit of 20 pods, needs 24' },
    { when: 'above the hard limit',                see: { max: 25, cpu: 84 },             then: 'hold: at the hard limit of 20 pods, needs 30' },
    { when: '10 of 15 minutes are hot',            see: { cpu: hot(10, 84) },             then: `${raised(10, 12)}at maxReplicas of 10 with cpu at 84 % against a target of 70 % in 10 of 15 minutes, needs 12` },
    { when: '9 of 15 minutes are',                 see: { cpu: hot(9, 84) },              then: 'hold: utilization above target in 9 of 15 minutes, not in 10' },
    { when: 'idle at maxReplicas: it is never lowered', see: { cpu: 1 },                  then: 'hold: utilization above target in 0 of 15 minutes, not in 10' },
    { when: 'the target is 0, which asks for nothing', see: { cpu: 84, target: 0 },       then: 'hold: utilization above target in 0 of 15 minutes, not in 10' },
  ])('when $when: $then', ({ see, then }) => {
    expect(said(see)).toBe(then);
  });

  it('the autoscaler tolerates less where its policy says so', () => {
    expect(said({ cpu: 71 }, aFleet({ tolerance: 0.02 }))).toMatch(/^hold/);
    expect(said({ cpu: 71 }, aFleet({ tolerance: 0 }))).toBe(raised(10, 11) + pinned(10, 71, 11));
  });

  describe('with two metrics, the one that asks for most', () => {
    const both = aFleet({ metrics: ['cpu', 'memory'] });

    // prettier-ignore
    it.each<{ when: string; see: Seen; then: RegExp }>([
      { when: 'memory asks for more',                 see: { cpu: 84, memory: 104 },  then: /10 → 13: at maxReplicas of 10 with memory at 104 % against a target of 80 %/ },
      { when: 'CPU asks for more',                    see: { cpu: 98, memory: 96 },   then: /10 → 14: at maxReplicas of 10 with cpu at 98 %/ },
      { when: 'only memory asks',                     see: { cpu: 20, memory: 96 },   then: /10 → 12: at maxReplicas of 10 with memory/ },
      { when: 'CPU asks and memory cannot be seen',   see: { cpu: 84, metrics: { memory: unseen({ code: 'no-data' }) } }, then: /10 → 12: at maxReplicas of 10 with cpu/ },
      { when: 'CPU does not and memory cannot be seen', see: { cpu: 50, metrics: { memory: unseen({ code: 'no-data' }) } }, then: /^abstain: cannot see utilization of memory: no data$/ },
    ])('when $when', ({ see, then }) => {
      expect(said(see, both)).toMatch(then);
    });
  });

  describe('blind', () => {
    const dark = unseen({ code: 'unreadable', detail: 'throttled' });

    // prettier-ignore
    it.each<{ when: string; see: Seen; then: string }>([
      { when: 'maxReplicas cannot be seen',       see: { cpu: 84, metrics: { 'max-replicas': dark } },     then: 'abstain: cannot see maxReplicas: throttled' },
      { when: 'what it wants cannot be seen',     see: { cpu: 84, metrics: { 'desired-replicas': dark } }, then: 'abstain: cannot see the pods that it wants: throttled' },
      { when: 'its target cannot be seen',        see: { cpu: 84, metrics: { 'cpu-target': dark } },       then: 'abstain: cannot see the target of cpu: throttled' },
      { when: '14 minutes are known',             see: { cpu: flat(14, 84) },                              then: 'abstain: cannot see utilization of cpu: 14 of 15 points' },
      { when: 'a minute is NaN',                  see: { cpu: [...flat(14, 84), NaN] },                    then: 'abstain: cannot see utilization of cpu: invalid value NaN' },
      { when: 'the newest minute ended 300 s ago', see: { metrics: { cpu: minutes(flat(15, 84), at('12:25')) } }, then: raised(10, 12) + pinned(10, 84, 12) },
      { when: 'it ended 360 s ago',               see: { metrics: { cpu: minutes(flat(15, 84), at('12:24')) } }, then: 'abstain: cannot see utilization of cpu: 360 s old, more than 300 s' },
      { when: 'it is below maxReplicas: utilization does not matter', see: { desired: 9, metrics: { cpu: dark } }, then: 'hold: 9 pods wanted, below maxReplicas of 10' },
    ])('when $when: $then', ({ see, then }) => {
      expect(said(see)).toBe(then);
    });
  });
});

it('asks for what kube-state-metrics say of each autoscaler, by its labels', () => {
  const asked = hpaCeiling.needs({ services: {} }, aFleet({ metrics: ['cpu', 'memory'] }), NOW);
  expect(asked).toHaveLength(6);
  expect(asked).toContainEqual({
    slot: 'infrastructure',
    metric: 'autoscaler/govtech/backend-hpa/cpu',
    query: {
      namespace: 'ContainerInsights/Prometheus',
      metric: 'kube_horizontalpodautoscaler_status_target_metric',
      dimensions: {
        ClusterName: 'main',
        namespace: 'govtech',
        horizontalpodautoscaler: 'backend-hpa',
        metric_name: 'cpu',
        metric_target_type: 'utilization',
      },
      statistic: 'Average',
      periodSeconds: 60,
      windowSeconds: 1200,
    },
  });
  expect(hpaCeiling.needs({ services: {} }, aFleetPolicy(), NOW)).toEqual([]);
});

it('outside of the look at the infrastructure it has nothing to say', () => {
  expect(proposalsOf('hpa-ceiling', aSnapshot(aFleet()), aFleet())).toEqual([]);
});

describe('whatever is seen', () => {
  const anySeen: fc.Arbitrary<Seen> = fc.record({
    max: fc.integer({ min: 1, max: 40 }),
    desired: fc.integer({ min: 0, max: 40 }),
    cpu: fc.array(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constantFrom(NaN, Infinity)), {
      minLength: 15,
      maxLength: 15,
    }),
    target: fc.constantFrom(0, 1, 50, 70, 100),
  });

  it('law: maxReplicas only rises, by one step at most, and never above the hard limit', () => {
    fc.assert(
      fc.property(anySeen, (see) => {
        const { wanted, input, settings } = proposalsOf('hpa-ceiling', snapshotOf(see), aFleet())[0]!;
        const stored = JSON.parse(JSON.stringify({ input, settings })) as { input: never; settings: never };
        expect(evaluateHpaCeiling(stored.input, stored.settings, NOW)).toEqual(wanted);
        if (wanted.kind !== 'act' || wanted.change.kind !== 'set-pod-ceiling') return;
        const { from, to } = wanted.change;
        expect(wanted.direction).toBe('grow');
        expect(to.maxReplicas).toBeGreaterThan(from.maxReplicas);
        expect(to.maxReplicas).toBeLessThanOrEqual(
          Math.min(20, Math.max(Math.floor(from.maxReplicas * 1.5), from.maxReplicas + 1)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('law: comes to rest: what it asked for is enough, once the pods share the load', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 }), (max, cpu) => {
        let pods = max;
        for (let look = 0; look < 20; look += 1) {
          const see = { max: pods, cpu: (cpu * max) / pods };
          const { wanted } = proposalsOf('hpa-ceiling', snapshotOf(see), aFleet())[0]!;
          if (wanted.kind !== 'act' || wanted.change.kind !== 'set-pod-ceiling') return;
          pods = wanted.change.to.maxReplicas;
        }
        throw new Error(`${max} pods at ${cpu} % do not come to rest`);
      }),
    );
  });
});
