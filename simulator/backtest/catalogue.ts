import type { Percent } from '../../shared/domain/units.ts';
import { fastReactive } from '../peers/fast-reactive.ts';
import { horizontalPodAutoscaler } from '../peers/horizontal-pod-autoscaler.ts';
import { withDailyQuantile, withHourlyForecast } from '../peers/seasonal-floor.ts';
import { targetTracking } from '../peers/target-tracking.ts';
import { fulcrumPolicy } from './fulcrum-policy.ts';
import type { BacktestPolicy, PolicySetup } from './policy.ts';

/** A policy that can be backtested, before it is put to a service. */
export interface PolicyKind {
  readonly name: string;
  /** For a reader who does not know the name. */
  readonly title: string;
  readonly description: string;
  /** `own`: it chooses its target itself and is not tried at others. */
  readonly targets: 'given' | 'own';
  readonly create: (setup: PolicySetup) => BacktestPolicy;
}

export const CLAIRVOYANT = 'clairvoyant';
export const FULCRUM = 'fulcrum';
/** Ends the names of policies that were fitted to a part of the load: they compete with nobody on it. */
export const TUNED = '-tuned';

/** In the order in which they are shown. */
export const PEERS: readonly PolicyKind[] = [
  {
    name: 'tt60',
    title: 'Target tracking, 1 min',
    description: 'AWS target tracking on one-minute CPU, the default of ECS.',
    targets: 'given',
    create: (setup) => targetTracking(setup, '60s'),
  },
  {
    name: 'tt20',
    title: 'Target tracking, 20 s',
    description: 'AWS target tracking on high-resolution CPU.',
    targets: 'given',
    create: (setup) => targetTracking(setup, '20s'),
  },
  {
    name: 'tt20+aws-predictive',
    title: 'Target tracking, 20 s + hourly forecast',
    description: 'The same with a floor from an hourly forecast, as AWS documents predictive scaling.',
    targets: 'given',
    create: (setup) => withHourlyForecast(targetTracking(setup, '20s'), setup),
  },
  {
    name: 'hpa',
    title: 'Kubernetes HPA',
    description: 'Horizontal Pod Autoscaler v2 on CPU with its default behavior.',
    targets: 'given',
    create: horizontalPodAutoscaler,
  },
  {
    name: 'fast',
    title: 'Fast on requests',
    description: 'Follows the request rate every 20 s, holds five minutes before scaling in.',
    targets: 'given',
    create: fastReactive,
  },
  {
    name: 'fast+daily-quantile',
    title: 'Fast on requests + daily floor',
    description: 'The same with the 90 % quantile of this time of the day over seven days as its floor.',
    targets: 'given',
    create: (setup) => withDailyQuantile(fastReactive(setup), setup),
  },
];

/** Targets, in percent of the CPU, at which each peer is tried for the frontier. */
export const FRONTIER_TARGETS = [35, 45, 55, 65, 75, 85];

const FULCRUM_KIND: PolicyKind = {
  name: FULCRUM,
  title: 'Fulcrum',
  description: 'Moves the floor of target tracking by what it has learned, and the target with it.',
  targets: 'own',
  create: (setup) => fulcrumPolicy(setup, setup.control),
};

/** Every policy that decides step by step. */
const POLICIES: readonly PolicyKind[] = [FULCRUM_KIND, ...PEERS];

/** A policy to be backtested: `tt20` at the target of the service, `tt20@55` at one of its own. */
export type ChosenPolicy =
  | { readonly kind: 'clairvoyant'; readonly name: string }
  | {
      readonly kind: 'stepping';
      readonly name: string;
      readonly policy: PolicyKind;
      /** `null` for that of the service. */
      readonly targetPercent: Percent | null;
    };

export const ALL_POLICIES: readonly string[] = [...POLICIES.map(({ name }) => name), CLAIRVOYANT];

/** @throws RangeError when there is no such policy or its target makes no sense; the message says what there is. */
export function choosePolicies(names: readonly string[]): readonly ChosenPolicy[] {
  const chosen = names.map((name) => choose(name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`the policy "${twice}" is named twice`);
  if (chosen.length === 0) throw new RangeError(`name at least one policy of ${ALL_POLICIES.join(', ')}`);
  return chosen;
}

function choose(name: string): ChosenPolicy {
  const [base = '', target, ...rest] = name.split('@');
  if (base === CLAIRVOYANT && target === undefined) return { kind: 'clairvoyant', name };
  const policy = POLICIES.find((known) => known.name === base);
  const isOwn = policy?.targets === 'own' && target !== undefined;
  if (policy === undefined || isOwn || rest.length > 0) {
    throw new RangeError(
      `there is no policy "${name}"; choose from ${ALL_POLICIES.join(', ')}, or one at a target, as in tt20@55`,
    );
  }
  return { kind: 'stepping', name, policy, targetPercent: target === undefined ? null : percentOf(target, name) };
}

function percentOf(text: string, name: string): Percent {
  const percent = Number(text);
  if (text.trim() !== '' && percent > 0 && percent <= 100) return percent;
  throw new RangeError(`the target of "${name}" must be a percentage above 0 and up to 100`);
}
