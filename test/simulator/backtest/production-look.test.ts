import { describe, expect, it } from '@jest/globals';
import type { FleetPolicy } from '../../../shared/config/policy.ts';
import { LeadTimeLearner } from '../../../shared/control/lead-time-learner.ts';
import { controlSettingsOf } from '../../../shared/control/policy-settings.ts';
import { MINUTE_SIGNAL, needOf, paceOf } from '../../../shared/control/settings.ts';
import { seen } from '../../../shared/domain/reading.ts';
import type { StoredProfile } from '../../../shared/domain/lead-time-profile.ts';
import type { ChangeStatus } from '../../../shared/domain/snapshot.ts';
import { earlier, type EpochMs, HOUR, later, MINUTE } from '../../../shared/domain/units.ts';
import { evaluateFleet } from '../../../shared/evaluation/evaluate-fleet.ts';
import { LEVERS } from '../../../shared/levers/registry.ts';
import { type Moved, ProductionLook, type Standing } from '../../../simulator/backtest/production-look.ts';
import { rippledDay } from '../../support/builders/learned-forecasts.ts';
import { aFleetPolicy, aServiceInput } from '../../support/builders/policy.ts';
import { NOW } from '../../support/builders/time.ts';
import { aSnapshot } from '../../support/builders/world.ts';

const TASK_CAPACITY = 40;
const STARTUP_SECONDS = 180;
const BOUNDS = { min: 2, max: 16 };
const TRACKING = {
  cpuPercent: 70,
  metricResolution: '20s',
  disableScaleIn: false,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
} as const;

/** A fleet as somebody has deployed it, with every lever of the registry. */
function deployed(shrinkCooldownSeconds: number): FleetPolicy {
  return aFleetPolicy({
    services: [
      aServiceInput({ min: BOUNDS.min, max: BOUNDS.max, hardLimit: BOUNDS.max, startupSeconds: STARTUP_SECONDS }),
    ],
    levers: { predictive: { mode: 'apply', shrinkCooldownSeconds }, 'target-tracking': { mode: 'off' } },
  });
}

/** What production makes of a minute: the readings of AWS and the stored forecast, the levers, arbitration and guards. */
class Production {
  readonly #policy: FleetPolicy;
  #status: ChangeStatus | null = null;

  constructor(policy: FleetPolicy) {
    this.#policy = policy;
  }

  take(
    stored: StoredProfile | null,
    minutes: readonly (number | null)[],
    startsAt: EpochMs,
    standing: Standing,
  ): Moved {
    const { at, wanted, ready, floor, targetTracking } = standing;
    const points = minutes.flatMap((value, minute) =>
      value === null ? [] : [{ at: later(startsAt, minute * MINUTE), value }],
    );
    const forecast = {
      computedAt: earlier(at, MINUTE),
      source: 'requests',
      taskCapacity: TASK_CAPACITY,
      startupSeconds: STARTUP_SECONDS,
      learned: stored,
      day: null,
      doubts: [],
      rehearsal: null,
    } as const;
    const snapshot = aSnapshot(
      this.#policy,
      {
        services: {
          'core-api': {
            desired: wanted,
            running: ready,
            bounds: { min: floor, max: BOUNDS.max },
            targetTracking: [targetTracking],
            readings: {
              forecast: seen(forecast, at),
              load: seen({ periodSeconds: 60, points }, at),
            },
          },
        },
        changes: this.#status === null ? {} : { 'service/production/core-api': this.#status },
      },
      at,
    );
    const moved = { floor, targetPercent: targetTracking.cpuPercent };
    for (const { proposal, decision } of evaluateFleet(snapshot, this.#policy, at, LEVERS).verdicts) {
      if (proposal.lever !== 'predictive' || decision.kind !== 'act') continue;
      const { change, direction } = decision;
      this.#status = appliedAt(this.#status, change.kind, direction, at);
      if (change.kind === 'set-capacity-bounds') return { ...moved, floor: change.to.min };
      if (change.kind === 'ensure-target-tracking') {
        return { floor: change.to.bounds.min, targetPercent: change.to.targetTracking.cpuPercent };
      }
    }
    return moved;
  }
}

function appliedAt(
  before: ChangeStatus | null,
  changeKind: ChangeStatus['changeKind'],
  direction: ChangeStatus['direction'],
  at: EpochMs,
): ChangeStatus {
  return {
    decisionId: 'd',
    lever: 'predictive',
    changeKind,
    direction,
    status: 'verified',
    orderedAt: at,
    updatedAt: at,
    failures: 0,
    lastApplied: {},
    floorLastApplied: { ...before?.floorLastApplied, [direction]: at },
  };
}

/** Requests a second at a minute of a ripple through the day, and nothing in a quarter of an hour of every seventh. */
const measuredAt = (minute: number): number | null =>
  minute % 420 >= 400 && minute % 420 < 415 ? null : rippledDay(minute);

describe.each([0, 900])('a look of a backtest, with a cooldown of %i s', (shrinkCooldownSeconds) => {
  it('moves floor and target minute by minute as production does on what AWS tells it', () => {
    const policy = deployed(shrinkCooldownSeconds);
    const settings = controlSettingsOf(policy.services[0]!, policy.levers.predictive);
    const pace = paceOf(MINUTE_SIGNAL, STARTUP_SECONDS);
    const learner = new LeadTimeLearner(pace, settings);
    const backtest = new ProductionLook(BOUNDS, settings, shrinkCooldownSeconds);
    const production = new Production(policy);
    const startsAt = Math.floor(NOW / HOUR / 1000) * HOUR * 1000;
    const needs = (minute: number): number | null => {
      const load = measuredAt(minute);
      return load === null ? null : needOf(load, TASK_CAPACITY, settings);
    };

    const minutes: (number | null)[] = [];
    let stored: StoredProfile | null = null;
    let standing: Moved = { floor: BOUNDS.min, targetPercent: 70 };
    let wanted = 6;
    const differing: unknown[] = [];
    const floors = new Set<number>();
    const targets = new Set<number>();
    for (let minute = 0; minute < 3 * 1_440; minute += 1) {
      learner.measure(needs(minute));
      minutes.push(measuredAt(minute));
      // Production learns once an hour, and then follows what comes.
      if ((minute + 1) % 60 === 0) {
        const profile = learner.profile(3);
        const continuesAt = later(startsAt, (minute + 1) * MINUTE);
        stored = profile === null ? null : (JSON.parse(JSON.stringify({ continuesAt, profile })) as StoredProfile);
      }
      if (stored === null || minute < 1_440) continue;
      const at = later(startsAt, (minute + pace.lag) * MINUTE);
      const where = {
        at,
        wanted,
        ready: wanted,
        floor: standing.floor,
        targetTracking: { name: 'fulcrum-cpu', ...TRACKING, cpuPercent: standing.targetPercent },
      };
      const walked = backtest.take(learner.outlook(), where);
      const first = Math.max(0, minutes.length - 180);
      const real = production.take(stored, minutes.slice(first), later(startsAt, first * MINUTE), where);
      // In the minute of learning a forecast is still being worked out: nobody looks with it before the next. And a minute
      // that is missing may only be late: for two minutes production looks at what was before it.
      const isComparable = (minute + 1) % 60 !== 0 && measuredAt(minute) !== null;
      if (isComparable && (walked.floor !== real.floor || walked.targetPercent !== real.targetPercent)) {
        differing.push({ minute, walked, real });
      }
      standing = walked;
      floors.add(walked.floor);
      targets.add(walked.targetPercent);
      // Target tracking drifts a little around what is needed.
      wanted = Math.max(walked.floor, Math.min(BOUNDS.max, Math.round((measuredAt(minute) ?? 300) / 28)));
    }
    expect(differing).toEqual([]);
    expect(floors.size).toBeGreaterThan(8);
    expect([...targets].sort()).toEqual([70, 85]);
  });
});

describe('a cooldown of the floor', () => {
  it('keeps the floor of a walk up for so long', () => {
    const policy = deployed(0);
    const settings = controlSettingsOf(policy.services[0]!, policy.levers.predictive);
    const falls = (shrinkCooldownSeconds: number): readonly number[] => {
      const look = new ProductionLook(BOUNDS, settings, shrinkCooldownSeconds);
      const exactly = { edges: [], shares: [] };
      const targetTracking = { name: 'fulcrum-cpu', ...TRACKING, cpuPercent: 85 };
      let floor = 4;
      return Array.from({ length: 10 }, (_, minute) => {
        const arrival = { mean: Math.log1p(minute === 0 ? 7.9 : 2.9), error: 0.1 };
        const outlook = {
          expectations: { arrival, 'until-arrival': arrival },
          tails: { arrival: exactly, 'until-arrival': exactly },
          sight: 'measured' as const,
          newest: 3,
          highest: 100,
        };
        floor = look.take(outlook, {
          at: later(NOW, minute * MINUTE),
          wanted: 3,
          ready: 3,
          floor,
          targetTracking,
        }).floor;
        return floor;
      });
    };
    expect(falls(0)).toEqual([8, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
    expect(falls(300)).toEqual([8, 8, 8, 8, 8, 3, 3, 3, 3, 3]);
  });
});
