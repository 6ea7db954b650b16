import { times } from '../capacity/factor.ts';
import { DEFAULT_BEHAVIOR, podsAt, replicasForMetric } from '../capacity/horizontal-pod-autoscaler.ts';
import type { FleetPolicy, LeverSettings } from '../config/policy.ts';
import { abstain, act, type Decision, hold } from '../domain/decision.ts';
import { newest, type Reading, type Series, type Unseen } from '../domain/reading.ts';
import type { EpochMs, Percent } from '../domain/units.ts';
import { breachesOf, infrastructureNeed, metricIn } from './infrastructure-look.ts';
import { defineLever } from './lever.ts';
import { autoscalerQuery } from './metric-queries.ts';
import { autoscalerResourceOf } from './resources.ts';

type AutoscalerPolicy = FleetPolicy['podAutoscalers'][number];
type PodMetric = AutoscalerPolicy['metrics'][number];

export interface HpaCeilingInput {
  readonly maxReplicas: Reading<number>;
  readonly desiredReplicas: Reading<number>;
  /** In the order of the policy. */
  readonly metrics: readonly PodMetricInput[];
}

export interface PodMetricInput {
  readonly metric: PodMetric;
  readonly targetPercent: Reading<Percent>;
  /** Average over the pods, in percent of what they request: of the newest minutes, as many as `sustained.of`. */
  readonly utilizationPercents: Reading<readonly Percent[]>;
}

export interface HpaCeilingSettings {
  readonly autoscaler: Pick<AutoscalerPolicy, 'name' | 'namespace' | 'hardLimit' | 'tolerance'>;
  readonly lever: LeverSettings['hpa-ceiling'];
}

/**
 * Raises maxReplicas of a HorizontalPodAutoscaler that is pinned at it, to what the autoscaler itself would ask for:
 *
 *   needed = ceil(pods × utilization ÷ target), the largest over its metrics, and more than maxReplicas
 *
 *   2 pods at the maxReplicas of 2, 80 %, target 70 %     ->  ceil(2 × 80 ÷ 70) = ceil(2.29) = 3
 *   10 pods at the maxReplicas of 10, 140 %, target 70 %  ->  20 are needed, a step of ×1.5 allows 15
 *
 * Within the tolerance of its target the autoscaler asks for nothing, and so does the lever. It never lowers maxReplicas.
 */
export function evaluateHpaCeiling(input: HpaCeilingInput, settings: HpaCeilingSettings, _now: EpochMs): Decision {
  const { maxReplicas, desiredReplicas, metrics } = input;
  if (maxReplicas.kind === 'unseen') return blind('maxReplicas', maxReplicas);
  if (desiredReplicas.kind === 'unseen') return blind('the pods that it wants', desiredReplicas);
  if (desiredReplicas.value < maxReplicas.value) {
    return hold({ code: 'pods-below-max', replicas: desiredReplicas.value, maxReplicas: maxReplicas.value });
  }
  const pressed = metrics.map((metric) => pressureOf(metric, maxReplicas.value, settings));
  const pressures = pressed.filter((pressure) => pressure.kind === 'seen');
  const longest = pressures.toSorted((a, b) => b.needed - a.needed || b.minutes - a.minutes)[0];
  if (longest !== undefined && longest.needed > maxReplicas.value) {
    return raise(longest, maxReplicas.value, settings);
  }
  const unseen = pressed.find((pressure) => pressure.kind === 'unseen');
  if (unseen !== undefined) return blind(unseen.what, unseen.reading);
  const { datapoints: needed, of } = settings.lever.sustained;
  const minutes = Math.max(...pressures.map((pressure) => pressure.minutes));
  return hold({ code: 'pods-not-pressed', minutes, of, needed });
}

function blind(to: string, { because }: Unseen): Decision {
  return abstain({ code: 'blind', to, because });
}

interface Pressure {
  readonly kind: 'seen';
  readonly metric: PodMetric;
  readonly utilizationPercent: Percent;
  readonly targetPercent: Percent;
  readonly minutes: number;
  /** As many pods as there are, where it was not pressed for long enough. */
  readonly needed: number;
}

interface UnseenPressure {
  readonly kind: 'unseen';
  readonly what: string;
  readonly reading: Unseen;
}

function pressureOf(
  { metric, targetPercent, utilizationPercents }: PodMetricInput,
  pods: number,
  { autoscaler: { tolerance }, lever }: HpaCeilingSettings,
): Pressure | UnseenPressure {
  if (targetPercent.kind === 'unseen')
    return { kind: 'unseen', what: `the target of ${metric}`, reading: targetPercent };
  if (utilizationPercents.kind === 'unseen') {
    return { kind: 'unseen', what: `utilization of ${metric}`, reading: utilizationPercents };
  }
  const target = targetPercent.value;
  const behavior = {
    ...DEFAULT_BEHAVIOR,
    scaleUp: { ...DEFAULT_BEHAVIOR.scaleUp, tolerance },
    scaleDown: { ...DEFAULT_BEHAVIOR.scaleDown, tolerance },
  };
  const wanted = (utilization: Percent): number =>
    replicasForMetric({ kind: 'utilization', target, pods: podsAt(pods, utilization) }, pods, behavior) ?? pods;
  const { breaching, mean } = breachesOf(utilizationPercents.value, (utilization) => wanted(utilization) > pods);
  const isSustained = breaching >= lever.sustained.datapoints;
  return {
    kind: 'seen',
    metric,
    utilizationPercent: mean,
    targetPercent: target,
    minutes: breaching,
    needed: isSustained ? wanted(mean) : pods,
  };
}

function raise(
  { metric, utilizationPercent, targetPercent, minutes, needed }: Pressure,
  maxReplicas: number,
  { autoscaler: { name, namespace, hardLimit }, lever }: HpaCeilingSettings,
): Decision {
  if (maxReplicas >= hardLimit) return hold({ code: 'pods-at-hard-limit', hardLimit, needed });
  const step = Math.max(Math.floor(times(maxReplicas, lever.maxStepFactor)), maxReplicas + 1);
  const to = Math.min(needed, step, hardLimit);
  const by = hardLimit < Math.min(needed, step) ? 'hard-limit' : 'step';
  const because = {
    code: 'pods-pinned-at-max',
    maxReplicas,
    metric,
    utilizationPercent,
    targetPercent,
    minutes,
    of: lever.sustained.of,
    needed,
  } as const;
  const change = { autoscaler: name, namespace, from: { maxReplicas }, to: { maxReplicas: to } };
  const limited = to < needed ? [{ code: 'pods-limited', needed, to, by } as const] : [];
  return act({ kind: 'set-pod-ceiling', ...change }, 'grow', because, ...limited);
}

function metricName({ namespace, name }: AutoscalerPolicy, metric: string): string {
  return `autoscaler/${namespace}/${name}/${metric}`;
}

export const hpaCeiling = defineLever<HpaCeilingInput, HpaCeilingSettings>({
  name: 'hpa-ceiling',
  look: 'infrastructure',
  purpose: 'Proposes a higher maxReplicas for a HorizontalPodAutoscaler that is pinned at it.',
  needs: (_facts, { podAutoscalers, levers }) => {
    const minutes = levers['hpa-ceiling'].sustained.of;
    return podAutoscalers.flatMap((autoscaler) => {
      const need = (metric: string, query: ReturnType<typeof autoscalerQuery>) =>
        infrastructureNeed(metricName(autoscaler, metric), query);
      return [
        need('max-replicas', autoscalerQuery(autoscaler, 'spec_max_replicas', minutes)),
        need('desired-replicas', autoscalerQuery(autoscaler, 'status_desired_replicas', minutes)),
        ...autoscaler.metrics.flatMap((metric) => [
          need(`${metric}-target`, autoscalerQuery(autoscaler, 'spec_target_metric', minutes, metric)),
          need(metric, autoscalerQuery(autoscaler, 'status_target_metric', minutes, metric)),
        ]),
      ];
    });
  },
  cases: ({ infrastructure }, { podAutoscalers, levers }, now) => {
    if (infrastructure === null) return [];
    const lever = levers['hpa-ceiling'];
    return podAutoscalers.map((autoscaler) => {
      const { name, namespace, hardLimit, tolerance } = autoscaler;
      const series = (metric: string): Reading<Series> => metricIn(infrastructure, metricName(autoscaler, metric));
      const minutes = (metric: string, count: number) => newest(series(metric), count, lever.maxReadingAgeSeconds, now);
      const one = (metric: string): Reading<number> => {
        const reading = minutes(metric, 1);
        return reading.kind === 'unseen' ? reading : { ...reading, value: reading.value[0] ?? 0 };
      };
      return {
        resource: autoscalerResourceOf(autoscaler),
        service: null,
        input: {
          maxReplicas: one('max-replicas'),
          desiredReplicas: one('desired-replicas'),
          metrics: autoscaler.metrics.map((metric) => ({
            metric,
            targetPercent: one(`${metric}-target`),
            utilizationPercents: minutes(metric, lever.sustained.of),
          })),
        },
        settings: { autoscaler: { name, namespace, hardLimit, tolerance }, lever },
      };
    });
  },
  evaluate: evaluateHpaCeiling,
});
