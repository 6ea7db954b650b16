import type { Tasks } from '../../shared/domain/units.ts';
import type { BacktestPolicy, PolicySetup, StepDecision, StepView } from '../backtest/policy.ts';
import { HeldRecommendation } from './held-recommendation.ts';

/** The metrics server scrapes and averages before the autoscaler asks. */
const LAG_STEPS = 2;
/** Default of `--horizontal-pod-autoscaler-tolerance`. */
const TOLERANCE = 0.1;
/** Default scale-up policies: at most 100 % or 4 pods more, whichever is larger. */
const MOST_TIMES = 2;
const MOST_MORE: Tasks = 4;

/**
 * The Horizontal Pod Autoscaler of Kubernetes (autoscaling/v2, default behavior) on CPU, once a step of 20 s:
 *
 *   ratio = mean CPU of the last two visible samples / target
 *   wanted = ceil(ready * ratio), or as before while the ratio is within 10 % of 1
 *
 *   10 ready at 84 % with a target of 70 %  ->  12
 *
 * Up by at most a factor of two or 4 pods a step, down to the highest recommendation of five minutes.
 * Source: Kubernetes documentation, Horizontal Pod Autoscaling, "Algorithm details" and "Default behavior".
 */
export function horizontalPodAutoscaler({ targetPercent, bounds }: PolicySetup): BacktestPolicy {
  const target = targetPercent / 100;
  /** CPU of the newest steps, oldest first: those of the lag and the two that are averaged. */
  const cpus: number[] = [];
  const held = new HeldRecommendation();

  function decide({ cpu, ready, wanted }: StepView): StepDecision {
    cpus.push(cpu);
    if (cpus.length > LAG_STEPS + 2) cpus.shift();
    const [older, newer] = cpus;
    if (cpus.length < LAG_STEPS + 2 || older === undefined || newer === undefined) return { wanted, floor: bounds.min };
    const ratio = (newer + older) / 2 / target;
    const needed = Math.abs(ratio - 1) <= TOLERANCE ? wanted : Math.ceil(ready * ratio);
    const allowed = Math.min(needed, Math.max(MOST_TIMES * wanted, wanted + MOST_MORE));
    return { wanted: held.next(allowed, wanted), floor: bounds.min };
  }
  return { decide };
}
