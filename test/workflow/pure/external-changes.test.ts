import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../shared/domain/change.ts';
import { explainReason } from '../../../shared/domain/explain.ts';
import { seen, unseen } from '../../../shared/domain/reading.ts';
import type { StoredChange } from '../../../shared/ports.ts';
import { changeByOthers, rememberedOf } from '../../../shared/workflow/external-changes.ts';
import { planOf, raiseTo, repair } from '../../support/builders/acts.ts';
import { aStoredChange } from '../../support/builders/orders.ts';
import { at, NOW, secondsAgo } from '../../support/builders/time.ts';
import { aServiceSnapshot, planStep, type ServiceWorld } from '../../support/builders/world.ts';

const gone: ServiceWorld = { readings: { scaling: seen(null, NOW) } };
const throttled: ServiceWorld = { readings: { scaling: unseen({ code: 'unreadable', detail: 'throttled' }) } };

interface Story {
  readonly before?: ServiceWorld;
  /** The newest change of ours at the look before. */
  readonly counted?: StoredChange;
  readonly now: ServiceWorld;
  readonly own?: StoredChange;
  readonly planned?: readonly { readonly at: number; readonly min: number; readonly lever?: 'predictive' }[];
}

const told = ({ before = {}, counted, now, own = counted, planned = [] }: Story): string => {
  const lastSeen = rememberedOf(aServiceSnapshot(before), counted) ?? undefined;
  const change = changeByOthers(
    lastSeen,
    aServiceSnapshot(now),
    own,
    planned.map((one) => ({ lever: 'known-event' as const, ...one })),
    NOW,
  );
  if (change === null) return 'nothing';
  return `${change.lever === null ? '' : `${change.lever}: `}${explainReason(change.because)}`;
};

const applied = (change: Change): StoredChange => aStoredChange(change, { status: 'applied' });

describe('what is different since the last look', () => {
  // prettier-ignore
  it.each<{ when: string; story: Story; then: string }>([
    { when: 'nothing is',                            story: { now: {} },                                                          then: 'nothing' },
    { when: 'only tasks have come and gone',         story: { now: { desired: 9 } },                                              then: 'nothing' },
    { when: 'the ceiling was moved by hand',         story: { now: { bounds: { min: 2, max: 14 } } },                             then: 'changed by somebody else: max 10 → 14' },
    { when: 'both bounds were moved by hand',        story: { now: { bounds: { min: 3, max: 14 } } },                             then: 'changed by somebody else: min 2 → 3, max 10 → 14' },
    { when: 'the target was moved by hand',          story: { now: { targetTracking: [{ cpuPercent: 60 }] } },                    then: 'changed by somebody else: cpuPercent 70 → 60' },
    { when: 'the policy was deleted',                story: { now: { targetTracking: [] } },                                      then: 'changed by somebody else: cpuPercent 70 → absent' },
    { when: 'scaling was suspended',                 story: { now: { suspended: { dynamicScalingOut: true } } },                  then: 'changed by somebody else: suspended 0 → 1' },
    { when: 'the service was deregistered',          story: { now: gone },                                                        then: 'changed by somebody else: min 2 → absent, max 10 → absent, cpuPercent 70 → absent, suspended 0 → absent' },
    { when: 'the service was registered',            story: { before: gone, now: {} },                                            then: 'changed by somebody else: min absent → 2, max absent → 10, cpuPercent absent → 70, suspended absent → 0' },
    { when: 'it cannot be seen now',                 story: { now: throttled },                                                   then: 'nothing' },
    { when: 'it could not be seen before',           story: { before: throttled, now: {} },                                       then: 'nothing' },
  ])('$when: $then', ({ story, then }) => {
    expect(told(story)).toBe(then);
  });

  describe('and a change of ours was carried out', () => {
    const raise = raiseTo(12).change;

    // prettier-ignore
    it.each<{ when: string; story: Story; then: string }>([
      { when: 'that is all',                           story: { own: applied(raise), now: { bounds: { min: 2, max: 12 } } },        then: 'nothing' },
      { when: 'a repair that registers',               story: { before: gone, own: applied(repair(null, { min: 2, max: 10 }).change), now: {} }, then: 'nothing' },
      { when: 'somebody has gone further',             story: { own: applied(raise), now: { bounds: { min: 2, max: 14 } } },        then: 'changed by somebody else: max 10 → 14' },
      { when: 'somebody has moved the minimum besides', story: { own: applied(raise), now: { bounds: { min: 3, max: 12 } } },       then: 'changed by somebody else: min 2 → 3' },
      { when: 'it is still in flight: too soon to say', story: { own: aStoredChange(raise, { status: 'attempting' }), now: { bounds: { min: 2, max: 14 } } }, then: 'nothing' },
      { when: 'a plan moves no bound by itself',       story: { own: applied(planOf(8, 12).change), now: { bounds: { min: 8, max: 10 } } }, then: 'changed by somebody else: min 2 → 8' },
      { when: 'it was counted at the look before',     story: { before: { bounds: { min: 2, max: 12 } }, counted: applied(raise), now: {} }, then: 'changed by somebody else: max 12 → 10' },
      { when: 'it was counted, and somebody did the same again', story: { counted: applied(raise), now: { bounds: { min: 2, max: 12 } } }, then: 'changed by somebody else: max 10 → 12' },
    ])('$when: $then', ({ story, then }) => {
      expect(told(story)).toBe(then);
    });
  });

  describe('and a scheduled step was due', () => {
    const stepped: ServiceWorld = { bounds: { min: 8, max: 12 } };

    // prettier-ignore
    it.each<{ when: string; story: Story; then: string }>([
      { when: 'it was due this second',                story: { now: stepped, planned: [{ at: NOW, min: 8 }] },                     then: 'known-event: a scheduled action was due: min 2 → 8, max 10 → 12' },
      { when: 'it was due 20 minutes less a second ago', story: { now: stepped, planned: [{ at: secondsAgo(1199), min: 8 }] },      then: 'known-event: a scheduled action was due: min 2 → 8, max 10 → 12' },
      { when: 'it was due 20 minutes ago',             story: { now: stepped, planned: [{ at: secondsAgo(1200), min: 8 }] },        then: 'changed by somebody else: min 2 → 8, max 10 → 12' },
      { when: 'it is due in a second',                 story: { now: stepped, planned: [{ at: NOW + 1000, min: 8 }] },              then: 'changed by somebody else: min 2 → 8, max 10 → 12' },
      { when: 'it would have set another minimum',     story: { now: stepped, planned: [{ at: NOW, min: 7 }] },                     then: 'changed by somebody else: min 2 → 8, max 10 → 12' },
      { when: 'more than bounds has changed',          story: { now: { ...stepped, suspended: { scheduledScaling: true } }, planned: [{ at: NOW, min: 8 }] }, then: 'changed by somebody else: min 2 → 8, max 10 → 12, suspended 0 → 1' },
      { when: 'it was one of the plan, listed at the look before', story: { before: { ours: [planStep('12:29', { min: 8 })] }, now: stepped }, then: 'predictive: a scheduled action was due: min 2 → 8, max 10 → 12' },
      { when: 'one of the plan, still listed after its time', story: { before: { ours: [planStep('12:15', { min: 8 })] }, now: stepped }, then: 'predictive: a scheduled action was due: min 2 → 8, max 10 → 12' },
      { when: 'one of the plan is not due yet',        story: { before: { ours: [planStep('12:31', { min: 8 })] }, now: stepped },  then: 'changed by somebody else: min 2 → 8, max 10 → 12' },
      { when: 'one of several',                        story: { now: stepped, planned: [{ at: at('07:00'), min: 3 }, { at: NOW, min: 8 }] }, then: 'known-event: a scheduled action was due: min 2 → 8, max 10 → 12' },
    ])('$when: $then', ({ story, then }) => {
      expect(told(story)).toBe(then);
    });
  });

  it('nothing is remembered: there is nothing to compare with', () => {
    expect(changeByOthers(undefined, aServiceSnapshot(), undefined, [], NOW)).toBeNull();
  });
});
