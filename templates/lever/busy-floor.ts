import type { FleetPolicy } from '../../shared/config/policy.ts';
import type { ScalableTargetId, ScalingSetup } from '../../shared/domain/capacity.ts';
import { abstain, act, type Decision, hold } from '../../shared/domain/decision.ts';
import { newest, type Reading } from '../../shared/domain/reading.ts';
import { type EpochMs, type Percent, type Seconds, type Tasks } from '../../shared/domain/units.ts';
import { defineLever, serviceOf } from '../../shared/levers/lever.ts';
import { cpuQuery } from '../../shared/levers/metric-queries.ts';
import { resourceOf, targetOf } from '../../shared/levers/resources.ts';

export interface BusyFloorInput {
  readonly target: ScalableTargetId;
  readonly scaling: Reading<ScalingSetup | null>;
  /** Average CPU of the newest minutes, oldest first, as many as `minutes`. */
  readonly cpuPercents: Reading<readonly Percent[]>;
}

export interface BusyFloorSettings {
  readonly hardLimit: Tasks;
  readonly busyPercent: Percent;
  readonly minutes: number;
}

/**
 * Raises the minimum of a service by one task while every one of the newest minutes was busy:
 *
 *   min 2, CPU 91 %, 92 %, 93 %, busy above 90 %  ->  3
 *   min 2, CPU 91 %, 90 %, 93 %, busy above 90 %  ->  as it is
 *
 * Steps, cooldown, budget and connection math are the guards' business.
 */
export function evaluateBusyFloor(
  { target, scaling, cpuPercents }: BusyFloorInput,
  { hardLimit, busyPercent, minutes }: BusyFloorSettings,
  _now: EpochMs,
): Decision {
  // Blind is not idle: what cannot be seen is neither busy nor quiet.
  if (scaling.kind === 'unseen') return abstain({ code: 'blind', to: 'its scaling setup', because: scaling.because });
  if (scaling.value === null) return abstain({ code: 'not-deployed', detail: 'not registered: no minimum to raise' });
  if (cpuPercents.kind === 'unseen') return abstain({ code: 'blind', to: 'CPU', because: cpuPercents.because });

  const above = cpuPercents.value.filter((cpu) => cpu > busyPercent).length;
  if (above < minutes) return hold({ code: 'not-sustained', above, of: minutes, targetPercent: busyPercent });

  const { bounds } = scaling.value;
  const min = bounds.min + 1;
  if (min > hardLimit) return hold({ code: 'at-hard-limit', hardLimit, needed: min });
  const to = { min, max: Math.max(bounds.max, min) };
  return act({ kind: 'set-capacity-bounds', target, from: bounds, to }, 'grow', {
    code: 'bounds-differ',
    differences: [{ what: 'min', is: bounds.min, shouldBe: min }],
  });
}

/** A real lever has these in `leversSchema` and reads them as `policy.levers['busy-floor']`. */
const MINUTES = 3;
const BUSY_PERCENT: Percent = 90;
const MAX_READING_AGE: Seconds = 300;

export const busyFloor = defineLever<BusyFloorInput, BusyFloorSettings, 'busy-floor'>({
  name: 'busy-floor',
  purpose: 'Raises the minimum of a service by one task while it is busy.',
  // Each metric costs money: ask only where the free facts say that it can matter. A slot holds one query: this is the one
  // of the ceiling lever, so that both cost once. Another window needs a slot of its own.
  needs: (facts, { services, levers }) =>
    services.flatMap((service) => {
      const { sustained } = levers.ceiling;
      const scaling = facts.services[service.name]?.scaling;
      const hasRoom = scaling?.kind === 'seen' && (scaling.value?.bounds.min ?? Infinity) < service.hardLimit;
      return hasRoom ? [{ slot: 'cpu' as const, service: service.name, query: cpuQuery(service, sustained.of) }] : [];
    }),
  cases: (snapshot, policy: FleetPolicy, now) =>
    policy.services.map((service) => {
      const { scaling, cpu } = serviceOf(snapshot, service.name);
      return {
        resource: resourceOf(service),
        service: service.name,
        // Only what the decision rests on: it is stored with every record, and must be enough to replay it.
        input: { target: targetOf(service), scaling, cpuPercents: newest(cpu, MINUTES, MAX_READING_AGE, now) },
        settings: { hardLimit: service.hardLimit, busyPercent: BUSY_PERCENT, minutes: MINUTES },
      };
    }),
  evaluate: evaluateBusyFloor,
});
