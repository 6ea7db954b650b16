import { describe, expect, it } from '@jest/globals';
import type { ServiceChange } from '../../../shared/domain/change.ts';
import {
  comparisonWith,
  isOnItsWay,
  presentAhead,
  type PresentSetup,
  stillAhead,
} from '../../../shared/workflow/compare-change.ts';
import { planOf, raiseTo, repair } from '../../support/builders/acts.ts';
import { CORE_API } from '../../support/builders/decisions.ts';
import { at } from '../../support/builders/time.ts';
import { aScalingSetup, type ServiceWorld, step } from '../../support/builders/world.ts';

const present = (world: ServiceWorld = {}): PresentSetup => ({
  scaling: aScalingSetup(world),
  scheduled: { ours: world.ours ?? [], othersCount: 3 },
});
const unregistered: PresentSetup = { scaling: null, scheduled: { ours: [], othersCount: 0 } };

/** `from`, `to`, `between` or `elsewhere`, and what differs from `to`. */
const where = (change: ServiceChange, world: PresentSetup): string => {
  const { isAtFrom, isAtTo, differences } = comparisonWith(change, world);
  const place = isAtTo ? 'to' : isAtFrom ? 'from' : isOnItsWay(change, world) ? 'between' : 'elsewhere';
  return [place, ...differences.map(({ what, is, shouldBe }) => `${what} ${String(is)} → ${String(shouldBe)}`)].join(
    '; ',
  );
};

const raise = raiseTo(12).change;
const plan = planOf(8, 12).change as Extract<ServiceChange, { kind: 'schedule-capacity' }>;
const [up, down] = [step('07:45', { min: 8, max: 12 }, 1), step('20:00', { min: 2 }, 1)];
const UP = '{"at":1796197500000,"min":8,"max":12}';
const DOWN = '{"at":1796241600000,"min":2,"max":null}';
const later = step('20:00', { min: 2 }, 2);
const registering = repair(null, { min: 2, max: 10 }).change;
const repairing = repair({ min: 1, max: 9 }, { min: 2, max: 10 }).change;

describe('where the world stands between `from` and `to`', () => {
  // prettier-ignore
  it.each<{ change: ServiceChange; when: string; world: PresentSetup; then: string }>([
    { change: raise,       when: 'nothing has happened',              world: present(),                                       then: 'from; max 10 → 12' },
    { change: raise,       when: 'it is done',                        world: present({ bounds: { min: 2, max: 12 } }),        then: 'to' },
    { change: raise,       when: 'somebody has gone further',         world: present({ bounds: { min: 2, max: 14 } }),        then: 'elsewhere; max 14 → 12' },
    { change: raise,       when: 'a scheduled step came in between',  world: present({ bounds: { min: 8, max: 10 } }),        then: 'elsewhere; min 8 → 2; max 10 → 12' },
    { change: raise,       when: 'the service was deregistered',      world: unregistered,                                    then: 'elsewhere; min null → 2; max null → 12' },
    { change: registering, when: 'nothing has happened',              world: unregistered,                                    then: 'from; min null → 2; max null → 10; name null → fulcrum-cpu; cpuPercent null → 70; scaleOutCooldownSeconds null → 60; scaleInCooldownSeconds null → 300; disableScaleIn null → false; metricResolution null → 60s; dynamicScalingIn null → false; dynamicScalingOut null → false; scheduledScaling null → false' },
    { change: registering, when: 'it is registered, without a policy', world: present({ targetTracking: [] }),                then: 'between; name null → fulcrum-cpu; cpuPercent null → 70; scaleOutCooldownSeconds null → 60; scaleInCooldownSeconds null → 300; disableScaleIn null → false; metricResolution null → 60s' },
    { change: registering, when: 'it is done',                        world: present(),                                       then: 'to' },
    { change: registering, when: 'it is done, beside a policy of others', world: present({ otherPolicies: [{ name: 'steps', type: 'StepScaling' }] }), then: 'to' },
    { change: registering, when: 'somebody has suspended it',         world: present({ suspended: { dynamicScalingIn: true } }), then: 'elsewhere; dynamicScalingIn true → false' },
    { change: repairing,   when: 'nothing has happened',              world: present({ bounds: { min: 1, max: 9 } }),         then: 'from; min 1 → 2; max 9 → 10' },
    { change: repairing,   when: 'somebody has changed the policy',   world: present({ bounds: { min: 1, max: 9 }, targetTracking: [{ cpuPercent: 60 }] }), then: 'elsewhere; min 1 → 2; max 9 → 10; cpuPercent 60 → 70' },
    { change: plan,        when: 'nothing has happened',              world: present(),                                       then: `from; fulcrum-event-20261202T0745 null → ${UP}; fulcrum-event-20261202T2000 null → ${DOWN}` },
    { change: plan,        when: 'half of it stands',                 world: present({ ours: [down] }),                       then: `between; fulcrum-event-20261202T0745 null → ${UP}` },
    { change: plan,        when: 'it is done, listed in another order', world: present({ ours: [down, up] }),                 then: 'to' },
    { change: plan,        when: 'something else of ours is there',   world: present({ ours: [up, down, later] }),            then: `elsewhere; fulcrum-event-20261203T2000 {"at":1796328000000,"min":2,"max":null} → absent` },
    { change: { ...plan, from: [up, down], to: [] }, when: 'half of it is withdrawn', world: present({ ours: [down] }),       then: `between; fulcrum-event-20261202T2000 ${DOWN} → absent` },
  ])('$change.kind, when $when', ({ change, world, then }) => {
    expect(where(change, world)).toBe(then);
  });

  it('the order of keys makes no difference', () => {
    const turned = { scaling: { ...aScalingSetup(), bounds: { max: 10, min: 2 } }, scheduled: present().scheduled };
    expect(comparisonWith(raise, turned).isAtFrom).toBe(true);
  });
});

describe('what AWS has carried out already is neither there nor missing', () => {
  const change: ServiceChange = {
    kind: 'schedule-capacity',
    owner: 'event',
    target: CORE_API,
    from: [up],
    to: [up, down],
  };

  // prettier-ignore
  it.each([
    { now: at('07:44', 1), then: { from: [up], to: [up, down] } },
    { now: at('07:45', 1), then: { from: [],   to: [down] } },
    { now: at('20:00', 1), then: { from: [],   to: [] } },
  ])('of a change', ({ now, then }) => {
    expect(stillAhead(change, now)).toEqual({ ...change, ...then });
    expect(presentAhead(present({ ours: [up, down] }), now).scheduled.ours).toEqual(then.to);
  });

  it('other changes have no time', () => {
    expect(stillAhead(raise, at('20:00', 9))).toBe(raise);
    expect(presentAhead(present({ ours: [up] }), at('07:00', 1))).toEqual(present({ ours: [up] }));
  });
});
