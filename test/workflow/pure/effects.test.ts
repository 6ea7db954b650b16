import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScalableTargetId, ScheduledCapacity } from '../../../shared/domain/capacity.ts';
import type { ChangeOf } from '../../../shared/domain/change.ts';
import type { FailureReason } from '../../../shared/domain/reason.ts';
import { evaluateKnownEvent } from '../../../shared/levers/known-event.ts';
import type { CapacityWriter } from '../../../shared/ports.ts';
import { ensureTargetTracking, scheduleCapacity, setCapacityBounds } from '../../../shared/workflow/effects.ts';
import { aRaise, CORE_API } from '../../support/builders/decisions.ts';
import { planOf, repair } from '../../support/builders/acts.ts';
import { anyEvent } from '../../support/builders/arbitraries.ts';
import { aFleetPolicy } from '../../support/builders/policy.ts';
import { NOW } from '../../support/builders/time.ts';
import { aServiceSnapshot, step } from '../../support/builders/world.ts';

const DENIED: FailureReason = { code: 'not-permitted', detail: 'denied' };

/** Writes down what it is told, and refuses everything after so many calls. */
class RecordingWriter implements CapacityWriter {
  readonly calls: string[] = [];
  readonly scheduled: Map<string, ScheduledCapacity>;
  readonly #most: number;

  constructor({ most = Infinity, scheduled = [] }: { most?: number; scheduled?: readonly ScheduledCapacity[] } = {}) {
    this.#most = most;
    this.scheduled = new Map(scheduled.map((action) => [action.name, action]));
  }

  #told(call: string, effect: () => void = () => undefined): Promise<FailureReason | null> {
    if (this.calls.length >= this.#most) return Promise.resolve(DENIED);
    this.calls.push(call);
    effect();
    return Promise.resolve(null);
  }

  registerTarget: CapacityWriter['registerTarget'] = (target, { min, max }) =>
    this.#told(`register ${nameOf(target)} ${min}–${max}`);
  setBounds: CapacityWriter['setBounds'] = (target, { min, max }) =>
    this.#told(`bounds ${nameOf(target)} ${min}–${max}`);
  resumeScaling: CapacityWriter['resumeScaling'] = (target) => this.#told(`resume ${nameOf(target)}`);
  putTargetTracking: CapacityWriter['putTargetTracking'] = (target, { name, cpuPercent }) =>
    this.#told(`policy ${nameOf(target)} ${name} ${cpuPercent}`);
  putScheduled: CapacityWriter['putScheduled'] = (_target, action) =>
    this.#told(`put ${action.name}`, () => this.scheduled.set(action.name, action));
  deleteScheduled: CapacityWriter['deleteScheduled'] = (_target, name) =>
    this.#told(`delete ${name}`, () => this.scheduled.delete(name));
}

function nameOf({ cluster, service }: ScalableTargetId): string {
  return `${cluster}/${service}`;
}

describe('moving the bounds', () => {
  it('is one call', async () => {
    const writer = new RecordingWriter();
    await expect(setCapacityBounds(aRaise({ min: 2, max: 10 }, { min: 2, max: 12 }), writer)).resolves.toBeNull();
    expect(writer.calls).toEqual(['bounds production/core-api 2–12']);
  });

  it('hands on why it was refused', async () => {
    const writer = new RecordingWriter({ most: 0 });
    await expect(setCapacityBounds(aRaise({ min: 2, max: 10 }, { min: 2, max: 12 }), writer)).resolves.toBe(DENIED);
  });
});

describe('putting target tracking right', () => {
  const registering = repair(null, { min: 2, max: 10 }).change as ChangeOf<'ensure-target-tracking'>;
  const repairing = repair({ min: 1, max: 9 }, { min: 2, max: 10 }).change as ChangeOf<'ensure-target-tracking'>;

  // prettier-ignore
  it.each([
    { what: 'registers first',              change: registering, then: ['register production/core-api 2–10', 'policy production/core-api fulcrum-cpu 70', 'resume production/core-api'] },
    { what: 'sets the bounds of what is there', change: repairing, then: ['bounds production/core-api 2–10', 'policy production/core-api fulcrum-cpu 70', 'resume production/core-api'] },
  ])('$what: a policy never runs in wrong bounds', async ({ change, then }) => {
    const writer = new RecordingWriter();
    await expect(ensureTargetTracking(change, writer)).resolves.toBeNull();
    expect(writer.calls).toEqual(then);
  });

  it.each([0, 1, 2])('stops at the first refusal, after %d calls', async (most) => {
    const writer = new RecordingWriter({ most });
    await expect(ensureTargetTracking(registering, writer)).resolves.toBe(DENIED);
    expect(writer.calls).toHaveLength(most);
  });
});

describe('replacing scheduled actions', () => {
  const [up, down] = [step('07:45', { min: 8 }, 1), step('20:00', { min: 2 }, 1)];
  const [otherUp, otherDown] = [step('07:45', { min: 5 }, 2), step('20:00', { min: 2 }, 2)];
  const change = (
    from: readonly ScheduledCapacity[],
    to: readonly ScheduledCapacity[],
  ): ChangeOf<'schedule-capacity'> => ({
    kind: 'schedule-capacity',
    owner: 'event',
    target: CORE_API,
    from,
    to,
  });

  // prettier-ignore
  it.each([
    { when: 'a plan is new: what gives back is put first',          change: change([], [up, down]),                  then: [`put ${down.name}`, `put ${up.name}`] },
    { when: 'a plan is withdrawn: what takes is withdrawn first',   change: change([up, down], []),                  then: [`delete ${up.name}`, `delete ${down.name}`] },
    { when: 'a plan is replaced: the new one before the old one goes', change: change([up, down], [otherUp, otherDown]), then: [`put ${otherDown.name}`, `put ${otherUp.name}`, `delete ${up.name}`, `delete ${down.name}`] },
    { when: 'a step stays: it is left alone',                       change: change([up, down], [otherDown, down]),   then: [`put ${otherDown.name}`, `delete ${up.name}`] },
    { when: 'a step asks for other bounds: it is put again',        change: change([up, down], [{ ...up, min: 9 }, down]), then: [`put ${up.name}`] },
    { when: 'there is nothing to do',                               change: change([], []),                          then: [] },
  ])('when $when', async ({ change: wanted, then }) => {
    const writer = new RecordingWriter({ scheduled: wanted.from });
    await expect(scheduleCapacity(wanted, writer)).resolves.toBeNull();
    expect(writer.calls).toEqual(then);
    expect([...writer.scheduled.values()].sort((a, b) => a.at - b.at)).toEqual([...wanted.to].sort((a, b) => a.at - b.at));
  });

  it('law: cut off after any number of calls it leaves no step up without a later step down', async () => {
    const policy = aFleetPolicy();
    const [service] = policy.services;
    const settings = { service: { ...service!, name: 'api' }, lever: policy.levers['known-event'] };
    const planFor = (
      events: Parameters<typeof evaluateKnownEvent>[0]['events'],
      ours: readonly ScheduledCapacity[],
    ) => {
      const { scaling, scheduled } = aServiceSnapshot({ ours, bounds: { min: 2, max: 40 } });
      const decision = evaluateKnownEvent({ target: CORE_API, scaling, scheduled, events, ended: [] }, settings, NOW);
      return decision.kind === 'act' && decision.change.kind === 'schedule-capacity' ? decision.change : null;
    };
    const anyEvents = fc
      .array(anyEvent(['api']), { maxLength: 4 })
      .map((events) => events.filter(({ from }) => from > NOW + 900_000));
    await fc.assert(
      fc.asyncProperty(anyEvents, anyEvents, fc.nat(16), async (before, after, most) => {
        const standing = planFor(before, [])?.to ?? [];
        const replaced = planFor(after, standing);
        if (replaced === null) return;
        const writer = new RecordingWriter({ most, scheduled: standing });
        await scheduleCapacity(replaced, writer);
        const left = [...writer.scheduled.values()].sort((a, b) => a.at - b.at);
        expect(left.at(-1)?.min ?? 2).toBe(2);
      }),
      { numRuns: 300 },
    );
  });

  it('a plan of the builder is one of those', () => {
    expect((planOf(8).change as ChangeOf<'schedule-capacity'>).to).toEqual([up, down]);
  });
});
