import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DEFAULT_BEHAVIOR,
  horizontalPodAutoscaler,
  NO_HISTORY,
  podsAt,
  replicasForMetric,
  type HpaBehavior,
  type HpaDecision,
  type HpaHistory,
  type HpaMetric,
  type HpaSpec,
  type Pod,
  type ScalingRules,
} from '../../shared/capacity/horizontal-pod-autoscaler.ts';
import { instant, later } from '../../shared/domain/units.ts';

const NOW = instant('2026-11-20T12:00:00Z');
const ago = (seconds: number) => later(NOW, -seconds);
const cpu = (count: number, percent: number | null, target = 70): HpaMetric => ({
  ...{ kind: 'utilization', pods: podsAt(count, percent), target },
});
const behavior = (scaleUp: Partial<ScalingRules> = {}, scaleDown: Partial<ScalingRules> = {}): HpaBehavior => ({
  scaleUp: { ...DEFAULT_BEHAVIOR.scaleUp, ...scaleUp },
  scaleDown: { ...DEFAULT_BEHAVIOR.scaleDown, ...scaleDown },
});
const spec = (over: Partial<HpaSpec> = {}): HpaSpec => ({
  ...{ minReplicas: 1, maxReplicas: 100, behavior: DEFAULT_BEHAVIOR, ...over },
});
interface Situation extends Partial<HpaSpec> {
  readonly history?: Partial<HpaHistory>;
}
const look = (current: number, metrics: readonly HpaMetric[], { history = {}, ...over }: Situation = {}): HpaDecision =>
  horizontalPodAutoscaler({ spec: spec(over), current, metrics, history: { ...NO_HISTORY, ...history } }, NOW);

describe('what one metric asks for', () => {
  it('is 3 for 2 pods at 80 % with a target of 70 %', () => {
    expect(look(2, [cpu(2, 80)])).toMatchObject({ replicas: 3, desired: 3, reason: 'as-desired' });
  });

  it.each([
    { when: 'just within the tolerance', metric: cpu(10, 77), to: 10 },
    { when: 'just above it', metric: cpu(10, 77.1), to: 12 },
    { when: 'just within it below', metric: cpu(10, 63), to: 10 },
    { when: 'just below it', metric: cpu(10, 62.9), to: 9 },
    { when: 'twice the target', metric: cpu(10, 140), to: 20 },
    { when: 'a whole number of pods, which no rounding error may raise', metric: cpu(10, 110, 50), to: 22 },
    { when: 'idle', metric: cpu(10, 0), to: 0 },
    { when: 'nothing is seen', metric: cpu(10, null), to: null },
    { when: 'the target is nothing', metric: cpu(10, 50, 0), to: null },
    { when: 'a mean of each pod', metric: { kind: 'pods', pods: podsAt(10, 150), target: 100 } as const, to: 15 },
    { when: 'one value for all', metric: { kind: 'value', value: 300, target: 200 } as const, to: 15 },
    { when: 'one value that is missing', metric: { kind: 'value', value: null, target: 200 } as const, to: null },
    { when: 'a queue', metric: { kind: 'shared', total: 901, target: 30 } as const, to: 31 },
    { when: 'a queue within the tolerance', metric: { kind: 'shared', total: 330, target: 30 } as const, to: 10 },
    { when: 'a queue just above it', metric: { kind: 'shared', total: 331, target: 30 } as const, to: 12 },
    { when: 'a queue that is missing', metric: { kind: 'shared', total: null, target: 30 } as const, to: null },
  ])('$when: $to', ({ metric, to }) => {
    expect(replicasForMetric(metric, 10, DEFAULT_BEHAVIOR)).toBe(to);
  });

  it('has a tolerance of its own in each direction', () => {
    const own = behavior({ tolerance: 0 }, { tolerance: 0.3 });
    expect(replicasForMetric(cpu(10, 71), 10, own)).toBe(11);
    expect(replicasForMetric(cpu(10, 49), 10, own)).toBe(10);
    expect(replicasForMetric(cpu(10, 48.9), 10, own)).toBe(7);
  });
});

describe('pods that cannot be counted as they are', () => {
  const some = (...groups: readonly (readonly [count: number, pod: Pod])[]): HpaMetric => ({
    kind: 'utilization',
    target: 70,
    pods: groups.flatMap(([count, pod]) => Array.from({ length: count }, () => pod)),
  });
  const at = (value: number): Pod => ({ state: 'ready', value });
  const missing: Pod = { state: 'ready', value: null };
  const starting: Pod = { state: 'not-ready', value: 200 };

  it.each([
    // Up: 4 × 100 % over 5 pods is 80 %, that is 6 pods; without the rule it would be 8.
    { when: 'one is missing, the rest is above', pods: some([4, at(100)], [1, missing]), current: 5, to: 6 },
    // 3 × 100 % over 5 pods is 60 %: the direction turns.
    { when: 'as many are missing that it turns', pods: some([3, at(100)], [2, missing]), current: 5, to: 5 },
    // Down: 4 × 30 % and 1 × 100 % over 5 pods is 44 %, that is 4 pods; at the target it would be 3.
    { when: 'one is missing, the rest is below', pods: some([4, at(30)], [1, missing]), current: 5, to: 4 },
    { when: 'as many are missing that it turns up', pods: some([2, at(60)], [3, missing]), current: 5, to: 5 },
    { when: 'one is starting, the rest is above', pods: some([4, at(100)], [1, starting]), current: 5, to: 6 },
    { when: 'as many are starting that it turns', pods: some([4, at(80)], [4, starting]), current: 8, to: 8 },
    // Set aside on the way down: 4 ready pods at 35 % need 2.
    { when: 'one is starting, the rest is below', pods: some([4, at(35)], [1, starting]), current: 5, to: 2 },
    { when: 'all are starting', pods: some([5, starting]), current: 5, to: null },
    { when: 'the rest is at the target', pods: some([4, at(70)], [1, missing]), current: 5, to: 5 },
    // 5 × 90 % over 6 counted pods is 75 %, within the tolerance.
    { when: 'corrected it is within the tolerance', pods: some([5, at(90)], [1, starting]), current: 6, to: 6 },
    // 2 ready at 190 % and 1 starting need 6, and 8 are wanted already.
    { when: 'more are wanted than are seen', pods: some([2, at(190)], [1, starting]), current: 8, to: 8 },
  ])('$when: $to', ({ pods, current, to }) => {
    expect(replicasForMetric(pods, current, DEFAULT_BEHAVIOR)).toBe(to);
  });

  it('a missing pod counts as at the target where the target is a number, and as at it where that is above 100 %', () => {
    const pods = [...podsAt(4, 20), missing];
    expect(replicasForMetric({ kind: 'pods', pods, target: 50 }, 5, DEFAULT_BEHAVIOR)).toBe(3);
    expect(replicasForMetric({ kind: 'utilization', pods, target: 200 }, 5, DEFAULT_BEHAVIOR)).toBe(2);
  });
});

describe('several metrics', () => {
  it.each([
    { when: 'the one that asks for most wins', metrics: [cpu(10, 35), cpu(10, 140)], to: 20, reason: 'as-desired' },
    { when: 'one is missing, up', metrics: [cpu(10, null), cpu(10, 140)], to: 20, reason: 'as-desired' },
    { when: 'one is missing, down', metrics: [cpu(10, null), cpu(10, 35)], to: 10, reason: 'no-metric' },
    { when: 'one is missing, no change', metrics: [cpu(10, null), cpu(10, 70)], to: 10, reason: 'as-desired' },
    { when: 'all are missing', metrics: [cpu(10, null), cpu(10, null)], to: 10, reason: 'no-metric' },
    { when: 'there is none', metrics: [], to: 10, reason: 'no-metric' },
  ])('$when: $to', ({ metrics, to, reason }) => {
    expect(look(10, metrics)).toMatchObject({ replicas: to, reason });
  });
});

describe('precedence', () => {
  it.each([
    { when: 'there are no replicas, below the minimum', current: 0, to: 0, reason: 'scaling-disabled' },
    { when: 'below the minimum, and nothing is seen', current: 1, to: 2, reason: 'outside-bounds' },
    { when: 'above the maximum, and nothing is seen', current: 11, to: 10, reason: 'outside-bounds' },
    { when: 'at the minimum, and nothing is seen', current: 2, to: 2, reason: 'no-metric' },
    { when: 'at the maximum, and nothing is seen', current: 10, to: 10, reason: 'no-metric' },
  ])('when $when: $reason', ({ current, to, reason }) => {
    expect(look(current, [cpu(1, null)], { minReplicas: 2, maxReplicas: 10 })).toMatchObject({ replicas: to, reason });
  });

  it.each([
    { when: 'metrics ask for more than the maximum', current: 8, metrics: [cpu(8, 140)], to: 10 },
    { when: 'metrics ask for less than the minimum', current: 8, metrics: [cpu(8, 7)], to: 2 },
  ])('when $when, the bound is the reason', ({ current, metrics, to }) => {
    const decision = look(current, metrics, { minReplicas: 2, maxReplicas: 10 });
    expect(decision).toMatchObject({ replicas: to, reason: 'limited-by-bounds' });
  });

  it('an upscale at the maximum says that the maximum is what stops it', () => {
    const decision = look(10, [cpu(10, 90)], { maxReplicas: 10 });
    expect(decision).toMatchObject({ replicas: 10, desired: 13, reason: 'limited-by-bounds' });
  });

  it('the stabilization of scaling down comes before the policies and before a missing history', () => {
    const history = { recommendations: [{ at: ago(100), replicas: 9 }] };
    const one = behavior({}, { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] });
    // Stabilized it would go to 9, which the policy of 2 pods allows.
    expect(look(10, [cpu(10, 35)], { history, behavior: one })).toMatchObject({ replicas: 9, reason: 'stabilized' });
    // Without it to 5, which the policy holds at 8.
    expect(look(10, [cpu(10, 35)], { behavior: one })).toMatchObject({ replicas: 8, reason: 'limited-by-policy' });
  });
});

describe('stabilization', () => {
  const recommended = (seconds: number, replicas: number) => ({ recommendations: [{ at: ago(seconds), replicas }] });

  it.each([
    { when: '299 s ago it was as it is', history: recommended(299, 10), to: 10 },
    { when: '300 s ago it was as it is', history: recommended(300, 10), to: 5 },
    { when: '299 s ago it was more', history: recommended(299, 15), to: 10 },
    { when: '299 s ago it was between', history: recommended(299, 7), to: 7 },
    { when: '299 s ago it was less', history: recommended(299, 3), to: 5 },
  ])('of scaling down: $when', ({ history, to }) => {
    expect(look(10, [cpu(10, 35)], { history }).replicas).toBe(to);
  });

  it.each([
    { when: '59 s ago it was as it is', history: recommended(59, 10), to: 10 },
    { when: '60 s ago it was as it is', history: recommended(60, 10), to: 20 },
    { when: '59 s ago it was between', history: recommended(59, 14), to: 14 },
  ])('of scaling up, where a window is set: $when', ({ history, to }) => {
    const slow = behavior({ stabilizationWindowSeconds: 60 });
    expect(look(10, [cpu(10, 140)], { history, behavior: slow }).replicas).toBe(to);
  });

  it('of scaling up is none by default', () => {
    expect(look(10, [cpu(10, 140)], { history: recommended(1, 3) }).replicas).toBe(20);
  });
});

describe('policies', () => {
  const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds }) as const;
  const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds }) as const;
  const changed = (seconds: number, replicas: number) => ({ changes: [{ at: ago(seconds), replicas }] });

  it.each([
    { when: 'the default, with few pods', current: 2, rules: {}, to: 6 },
    { when: 'the default, with many', current: 10, rules: {}, to: 20 },
    { when: 'the default, where both are alike', current: 4, rules: {}, to: 8 },
    { when: 'at most 2 pods', current: 10, rules: { policies: [pods(2)] }, to: 12 },
    { when: 'at most 15 %, rounded up', current: 10, rules: { policies: [percent(15)] }, to: 12 },
    { when: 'the larger of two', current: 10, rules: { policies: [pods(2), percent(50)] }, to: 15 },
    {
      when: 'the smaller of two',
      current: 10,
      rules: { policies: [pods(2), percent(50)], selectPolicy: 'Min' as const },
      to: 12,
    },
    { when: 'none', current: 10, rules: { selectPolicy: 'Disabled' as const }, to: 10 },
  ])('of scaling up, $when: $current -> $to', ({ current, rules, to }) => {
    expect(look(current, [cpu(current, 700)], { behavior: behavior(rules) }).replicas).toBe(to);
  });

  it.each([
    { when: 'the default', rules: {}, to: 1 },
    { when: 'at most 1 pod in 120 s', rules: { policies: [pods(1, 120)] }, to: 9 },
    { when: 'at most 15 %, rounded in favour of leaving fewer', rules: { policies: [percent(15)] }, to: 8 },
    { when: 'the larger change of two', rules: { policies: [pods(1), percent(50)] }, to: 5 },
    {
      when: 'the smaller change of two',
      rules: { policies: [pods(1), percent(50)], selectPolicy: 'Min' as const },
      to: 9,
    },
    { when: 'none', rules: { selectPolicy: 'Disabled' as const }, to: 10 },
  ])('of scaling down, $when: 10 -> $to', ({ rules, to }) => {
    expect(look(10, [cpu(10, 1)], { behavior: behavior({}, rules) }).replicas).toBe(to);
  });

  it.each([
    { when: 'up, within the period', percentOfCpu: 700, history: changed(59, 2), to: 10 },
    { when: 'up, after it', percentOfCpu: 700, history: changed(60, 2), to: 12 },
    { when: 'up, partly', percentOfCpu: 700, history: changed(59, 1), to: 11 },
    { when: 'up, more than allowed', percentOfCpu: 700, history: changed(59, 5), to: 10 },
    { when: 'up, after pods went', percentOfCpu: 700, history: changed(59, -3), to: 15 },
    { when: 'down, within the period', percentOfCpu: 1, history: changed(59, -2), to: 10 },
    { when: 'down, more than allowed', percentOfCpu: 1, history: changed(59, -5), to: 10 },
    { when: 'down, after it', percentOfCpu: 1, history: changed(60, -2), to: 8 },
  ])('count what has changed already: $when', ({ percentOfCpu, history, to }) => {
    const both = behavior({ policies: [pods(2)] }, { policies: [pods(2)] });
    expect(look(10, [cpu(10, percentOfCpu)], { history, behavior: both }).replicas).toBe(to);
  });
});

describe('what is remembered', () => {
  it('is the recommendation before stabilization, and the change, as long as they matter', () => {
    const history = {
      recommendations: [
        { at: ago(300), replicas: 1 },
        { at: ago(299), replicas: 8 },
      ],
      changes: [
        { at: ago(15), replicas: 1 },
        { at: ago(14), replicas: 2 },
      ],
    };
    expect(look(10, [cpu(10, 35)], { history }).history).toEqual({
      recommendations: [
        { at: ago(299), replicas: 8 },
        { at: NOW, replicas: 5 },
      ],
      changes: [
        { at: ago(14), replicas: 2 },
        { at: NOW, replicas: -2 },
      ],
    });
  });

  it('is no recommendation while nothing is seen', () => {
    expect(look(10, [cpu(10, null)]).history).toEqual(NO_HISTORY);
    expect(look(11, [cpu(11, null)], { maxReplicas: 10 }).history).toEqual({
      recommendations: [],
      changes: [{ at: NOW, replicas: -1 }],
    });
  });
});

describe('laws', () => {
  const situation = fc.record({
    current: fc.integer({ min: 1, max: 60 }),
    utilization: fc.integer({ min: 0, max: 400 }),
    recommendations: fc.array(fc.record({ at: fc.integer({ min: ago(400), max: NOW }), replicas: fc.nat(80) })),
    changes: fc.array(
      fc.record({ at: fc.integer({ min: ago(30), max: NOW }), replicas: fc.integer({ min: -9, max: 9 }) }),
    ),
  });
  const bounds = { minReplicas: 2, maxReplicas: 50 };

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(situation, ({ current, utilization, recommendations, changes }) => {
        const history = { recommendations, changes };
        const { replicas } = look(current, [cpu(current, utilization)], { ...bounds, history });
        expect(replicas).toBeGreaterThanOrEqual(2);
        expect(replicas).toBeLessThanOrEqual(50);
        expect(Number.isInteger(replicas)).toBe(true);
      }),
    );
  });

  it('more load never means fewer pods', () => {
    fc.assert(
      fc.property(situation, fc.nat(200), ({ current, utilization, recommendations, changes }, more) => {
        const at = (percent: number) =>
          look(current, [cpu(current, percent)], { ...bounds, history: { recommendations, changes } }).replicas;
        expect(at(utilization + more)).toBeGreaterThanOrEqual(at(utilization));
      }),
    );
  });

  it('a pod without a metric never makes it go further than it would', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(300),
        (seen, missing, percent) => {
          const current = seen + missing;
          const blind: HpaMetric = {
            ...cpu(seen, percent),
            kind: 'utilization',
            pods: [...podsAt(seen, percent), ...podsAt(missing, null)],
            target: 70,
          };
          const sure = replicasForMetric(cpu(current, percent), current, DEFAULT_BEHAVIOR)!;
          const careful = replicasForMetric(blind, current, DEFAULT_BEHAVIOR)!;
          expect(careful).toBeLessThanOrEqual(Math.max(sure, current));
          expect(careful).toBeGreaterThanOrEqual(Math.min(sure, current));
        },
      ),
    );
  });
});
