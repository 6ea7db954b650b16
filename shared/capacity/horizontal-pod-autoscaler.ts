import { earlier, type EpochMs, type Percent, type Seconds } from '../domain/units.ts';
import { times } from './factor.ts';

/**
 * The Horizontal Pod Autoscaler of Kubernetes, autoscaling/v2, as a function of what it sees.
 *
 *   desired = ceil(current × value ÷ target), unless value ÷ target is within the tolerance of 1
 *   2 pods at 80 %, target 70 %  ->  ceil(2 × 80 ÷ 70) = ceil(2.29) = 3
 *
 * Source: Kubernetes documentation, "Horizontal Pod Autoscaling", sections "Algorithm details", "Configurable scaling
 * behavior" and "Tolerance", as of 1.35.
 */
export interface HpaSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly behavior: HpaBehavior;
}

export interface HpaBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds: Seconds;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
  /** 0.1: up to 10 % away from the target nothing changes. */
  readonly tolerance: number;
}

/** At most so many pods, or so many percent of the pods, within the period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: Seconds;
}

/** What the API server fills in. */
export const DEFAULT_BEHAVIOR: HpaBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
    tolerance: 0.1,
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    tolerance: 0.1,
  },
};

export type HpaMetric =
  /** A share of what each pod requests; `targetAverageUtilization`. All pods request the same. */
  | { readonly kind: 'utilization'; readonly pods: readonly Pod[]; readonly target: Percent }
  /** A number of each pod; `averageValue`. */
  | { readonly kind: 'pods'; readonly pods: readonly Pod[]; readonly target: number }
  /** One number for all pods together, compared with the target as it is; `value`. */
  | { readonly kind: 'value'; readonly value: number | null; readonly target: number }
  /** One number that the pods share, as the length of a queue; `averageValue` of an object or external metric. */
  | { readonly kind: 'shared'; readonly total: number | null; readonly target: number };

export interface Pod {
  /** A pod that is starting is not ready. Deleted and failed pods are left out. */
  readonly state: 'ready' | 'not-ready';
  /** `null` where no metric came. */
  readonly value: number | null;
}

/** So many ready pods at the same value, where only the mean is known. */
export function podsAt(count: number, value: number | null): readonly Pod[] {
  return Array.from({ length: count }, () => ({ state: 'ready', value }));
}

/** What one metric asks for. `null` where it cannot tell: nothing seen, or no target above zero. */
export function replicasForMetric(metric: HpaMetric, current: number, behavior: HpaBehavior): number | null {
  const { target } = metric;
  if (target <= 0) return null;
  switch (metric.kind) {
    case 'utilization':
      return replicasForPods({ current, target, fallback: Math.max(100, target), pods: metric.pods }, behavior);
    case 'pods':
      return replicasForPods({ current, target, fallback: target, pods: metric.pods }, behavior);
    case 'value':
      if (metric.value === null) return null;
      return byRatio(metric.value / target, current, current, behavior);
    case 'shared':
      if (metric.total === null) return null;
      // The number of pods drops out of total ÷ (target × pods) × pods.
      if (withinTolerance(metric.total / (target * current), behavior)) return current;
      return ceil(metric.total / target);
  }
}

interface PodMetric {
  readonly current: number;
  readonly pods: readonly Pod[];
  readonly target: number;
  /** What a pod without a metric is taken to use, where the others say to scale down. */
  readonly fallback: number;
}

/**
 * Pods that are not ready or have no metric are set aside first; then they are counted against the direction that the
 * rest points in: as idle when it points up, and when it points down, those without a metric as fully used. Where that
 * turns the direction round, nothing changes.
 */
function replicasForPods({ current, pods, target, fallback }: PodMetric, behavior: HpaBehavior): number | null {
  const notReady = pods.filter(({ state }) => state === 'not-ready').length;
  const ready = pods.filter(({ state }) => state === 'ready');
  const seen = ready.flatMap(({ value }) => (value === null ? [] : [value]));
  const missing = ready.length - seen.length;
  if (seen.length === 0) return null;

  const total = seen.reduce((sum, value) => sum + value, 0);
  const ratio = total / seen.length / target;
  const idle = ratio > 1 ? missing + notReady : 0;
  const full = ratio < 1 ? missing : 0;
  if (idle + full === 0) return byRatio(ratio, ready.length, current, behavior);

  const counted = seen.length + idle + full;
  const corrected = (total + full * fallback) / counted / target;
  const turned = (ratio < 1 && corrected > 1) || (ratio > 1 && corrected < 1);
  if (turned) return current;
  const wanted = byRatio(corrected, counted, current, behavior);
  // Pods that are already starting must not make a scale-up into a scale-down, nor the other way round.
  return corrected > 1 ? Math.max(wanted, current) : Math.min(wanted, current);
}

function byRatio(ratio: number, pods: number, current: number, behavior: HpaBehavior): number {
  return withinTolerance(ratio, behavior) ? current : ceil(times(pods, ratio));
}

function withinTolerance(ratio: number, { scaleUp, scaleDown }: HpaBehavior): boolean {
  // In millionths: 1.1 ÷ 1 - 1 is more than 0.1.
  const millionths = (value: number): number => Math.round(value * 1e6);
  return (
    millionths(ratio) <= millionths(1 + scaleUp.tolerance) && millionths(ratio) >= millionths(1 - scaleDown.tolerance)
  );
}

function ceil(replicas: number): number {
  return Math.ceil(Math.round(replicas * 1e6) / 1e6);
}

/** What the autoscaler remembers between two looks. */
export interface HpaHistory {
  /** What was recommended before stabilization. */
  readonly recommendations: readonly { readonly at: EpochMs; readonly replicas: number }[];
  /** What was changed: 3 for three pods more, -1 for one less. */
  readonly changes: readonly { readonly at: EpochMs; readonly replicas: number }[];
}

export const NO_HISTORY: HpaHistory = { recommendations: [], changes: [] };

export type HpaReason =
  | 'scaling-disabled'
  | 'outside-bounds'
  | 'no-metric'
  | 'as-desired'
  | 'stabilized'
  | 'limited-by-policy'
  | 'limited-by-bounds';

export interface HpaDecision {
  readonly replicas: number;
  /** What the metrics ask for, before stabilization and limits. `null` where they cannot tell. */
  readonly desired: number | null;
  readonly reason: HpaReason;
  readonly history: HpaHistory;
}

export interface HpaLook {
  readonly spec: HpaSpec;
  readonly current: number;
  readonly metrics: readonly HpaMetric[];
  readonly history: HpaHistory;
}

/**
 * One look. The order of precedence:
 *
 * 1. No replicas at all: somebody has switched the autoscaler off.
 * 2. Outside of its bounds: to the nearest bound, whatever the metrics say.
 * 3. The metric that asks for most wins; while one cannot tell, nothing is scaled down.
 * 4. Stabilization, then the policies, then the bounds.
 */
export function horizontalPodAutoscaler(look: HpaLook, now: EpochMs): HpaDecision {
  const { spec, current, metrics, history } = look;
  const stays = (reason: HpaReason): HpaDecision => ({ replicas: current, desired: null, reason, history });
  if (current === 0) return stays('scaling-disabled');
  const bounded = clamp(current, spec);
  if (bounded !== current) {
    const next = remember(history, { now, spec, change: bounded - current });
    return { replicas: bounded, desired: null, reason: 'outside-bounds', history: next };
  }

  const asked = metrics.map((metric) => replicasForMetric(metric, current, spec.behavior));
  const known = asked.filter((replicas) => replicas !== null);
  const desired = Math.max(...known);
  if (known.length === 0 || (known.length < asked.length && desired < current)) return stays('no-metric');

  const stable = stabilized(desired, look, now);
  const allowed = limitedByPolicies(stable, look, now);
  const replicas = clamp(allowed, spec);
  const next = remember(history, { now, spec, change: replicas - current, recommended: desired });
  return { replicas, desired, reason: reasonOf({ desired, stable, allowed, replicas }), history: next };
}

function clamp(replicas: number, { minReplicas, maxReplicas }: HpaSpec): number {
  return Math.min(Math.max(replicas, minReplicas), maxReplicas);
}

interface Stages {
  readonly desired: number;
  readonly stable: number;
  readonly allowed: number;
  readonly replicas: number;
}

/** The last stage that changed the number is what it is now due to. */
function reasonOf({ desired, stable, allowed, replicas }: Stages): HpaReason {
  if (replicas !== allowed) return 'limited-by-bounds';
  if (allowed !== stable) return 'limited-by-policy';
  return stable === desired ? 'as-desired' : 'stabilized';
}

/** Up to the lowest recommendation of the window of scaling up, down to the highest of that of scaling down. */
function stabilized(desired: number, { current, history, spec }: HpaLook, now: EpochMs): number {
  const within = ({ stabilizationWindowSeconds }: ScalingRules): readonly number[] =>
    history.recommendations
      .filter(({ at }) => at > earlier(now, stabilizationWindowSeconds))
      .map(({ replicas }) => replicas);
  const up = Math.min(desired, ...within(spec.behavior.scaleUp));
  const down = Math.max(desired, ...within(spec.behavior.scaleDown));
  if (current < up) return up;
  return current > down ? down : current;
}

function limitedByPolicies(stable: number, { current, history, spec }: HpaLook, now: EpochMs): number {
  const { scaleUp, scaleDown } = spec.behavior;
  if (stable > current) {
    const limits = policyLimits(scaleUp, current, (policy) => {
      const atStart = current - changedWithin(history, policy, now);
      return policy.type === 'Pods' ? atStart + policy.value : ceil(times(atStart, 1 + policy.value / 100));
    });
    const limit = scaleUp.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
    return Math.min(stable, Math.max(limit, current));
  }
  if (stable < current) {
    const limits = policyLimits(scaleDown, current, (policy) => {
      const atStart = current - changedWithin(history, policy, now);
      return policy.type === 'Pods' ? atStart - policy.value : Math.floor(times(atStart, 1 - policy.value / 100));
    });
    const limit = scaleDown.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
    return Math.max(stable, Math.min(limit, current));
  }
  return stable;
}

function policyLimits(
  rules: ScalingRules,
  current: number,
  limit: (policy: ScalingPolicy) => number,
): readonly number[] {
  return rules.selectPolicy === 'Disabled' ? [current] : rules.policies.map(limit);
}

/** Pods added within the period of the policy, less those removed. */
function changedWithin({ changes }: HpaHistory, { periodSeconds }: ScalingPolicy, now: EpochMs): number {
  return changes.filter(({ at }) => at > earlier(now, periodSeconds)).reduce((sum, { replicas }) => sum + replicas, 0);
}

interface Remembered {
  readonly now: EpochMs;
  readonly spec: HpaSpec;
  readonly change: number;
  readonly recommended?: number;
}

function remember(history: HpaHistory, { now, spec, change, recommended }: Remembered): HpaHistory {
  const { scaleUp, scaleDown } = spec.behavior;
  const window = Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds);
  const period = Math.max(...[...scaleUp.policies, ...scaleDown.policies].map(({ periodSeconds }) => periodSeconds), 0);
  const recommendations = history.recommendations.filter(({ at }) => at > earlier(now, window));
  const changes = history.changes.filter(({ at }) => at > earlier(now, period));
  return {
    recommendations:
      recommended === undefined ? recommendations : [...recommendations, { at: now, replicas: recommended }],
    changes: change === 0 ? changes : [...changes, { at: now, replicas: change }],
  };
}
