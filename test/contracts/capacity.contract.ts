import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED, type NamedTargetTracking, type ScalableTargetId } from '../../shared/domain/capacity.ts';
import type { Reading } from '../../shared/domain/reading.ts';
import { type EpochMs, later, type Tasks } from '../../shared/domain/units.ts';
import type { CapacityReader, CapacityWriter } from '../../shared/ports.ts';
import { CORE_API, NOON, WORKER } from './samples.ts';
import type { Subject } from './subject.ts';

/** Reader and writer over one world, and what else happens in that world. */
export interface CapacitySubject extends Subject<{ readonly reader: CapacityReader; readonly writer: CapacityWriter }> {
  /** An ECS service that wants so many tasks, without a deployment under way, not registered for scaling. */
  addService(target: ScalableTargetId, desired: Tasks): Promise<void>;
  startDeployment(target: ScalableTargetId): Promise<void>;
  suspendScaling(target: ScalableTargetId): Promise<void>;
  /** A step-scaling policy and a recurring scheduled action. */
  addThingsOfOthers(
    target: ScalableTargetId,
    names: { readonly policy: string; readonly action: string },
  ): Promise<void>;
  /** Scaling stops because capacity is at its maximum. */
  wantMoreThanMax(target: ScalableTargetId, at: EpochMs): Promise<void>;
}

const TRACKING: NamedTargetTracking = {
  name: 'fulcrum-cpu',
  cpuPercent: 70,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
  disableScaleIn: false,
  metricResolution: '60s',
};

function valueOf<Value>(readings: readonly Reading<Value>[], index = 0): Value | undefined {
  const reading = readings[index];
  return reading?.kind === 'seen' ? reading.value : undefined;
}

/** What every pair of capacity reader and writer promises. */
export function describeCapacityContract(name: string, makeSubject: () => Promise<CapacitySubject>): void {
  describe(`capacity contract: ${name}`, () => {
    let subject: CapacitySubject;
    let reader: CapacityReader;
    let writer: CapacityWriter;
    beforeEach(async () => {
      subject = await makeSubject();
      ({ reader, writer } = subject.port);
    });
    afterEach(() => subject.close());

    const desiredOf = async (target: ScalableTargetId): Promise<Tasks | undefined> =>
      valueOf(await reader.readServices([target]))?.desired;

    describe('services', () => {
      it('are answered in the order of the question, also when asked for twice', async () => {
        await subject.addService(CORE_API, 4);
        await subject.addService(WORKER, 2);
        const readings = await reader.readServices([WORKER, CORE_API, WORKER]);
        expect(readings.map((_, index) => valueOf(readings, index)?.desired)).toEqual([2, 4, 2]);
        expect(valueOf(readings)).toEqual({ desired: 2, running: 2, pending: 0, deployment: 'none' });
      });

      it('are unseen when they do not exist, without hiding the others', async () => {
        await subject.addService(CORE_API, 4);
        const missing = { cluster: 'production', service: 'gone' };
        const inNoCluster = { cluster: 'nowhere', service: 'core-api' };
        const readings = await reader.readServices([missing, inNoCluster, CORE_API]);
        expect(readings.map(({ kind }) => kind)).toEqual(['unseen', 'unseen', 'seen']);
        expect(readings[0]).toMatchObject({ because: { code: 'unreadable', detail: expect.stringContaining('gone') } });
      });

      it('say when a deployment is in progress', async () => {
        await subject.addService(CORE_API, 4);
        await subject.startDeployment(CORE_API);
        expect(valueOf(await reader.readServices([CORE_API]))?.deployment).toBe('in-progress');
      });

      it('may be many', async () => {
        const targets = Array.from({ length: 23 }, (_, index) => ({ cluster: 'production', service: `s${index}` }));
        for (const [index, target] of targets.entries()) await subject.addService(target, index + 1);
        const readings = await reader.readServices(targets);
        expect(readings.map((_, index) => valueOf(readings, index)?.desired)).toEqual(
          targets.map((_, index) => index + 1),
        );
      });

      it('are none when none is asked for', async () => {
        expect(await reader.readServices([])).toEqual([]);
        expect(await reader.readScaling([])).toEqual([]);
        expect(await reader.readScheduled([])).toEqual([]);
      });
    });

    describe('scaling setup', () => {
      it('is null before registration', async () => {
        await subject.addService(CORE_API, 4);
        expect(await reader.readScaling([CORE_API])).toMatchObject([{ kind: 'seen', value: null }]);
      });

      it('shows bounds and policy as they were put, twice as once', async () => {
        await subject.addService(CORE_API, 4);
        for (let times = 0; times < 2; times += 1) {
          expect(await writer.registerTarget(CORE_API, { min: 2, max: 10 })).toBeNull();
          expect(await writer.putTargetTracking(CORE_API, TRACKING)).toBeNull();
        }
        expect(valueOf(await reader.readScaling([CORE_API]))).toEqual({
          bounds: { min: 2, max: 10 },
          suspended: NOTHING_SUSPENDED,
          targetTracking: [TRACKING],
          otherPolicies: [],
        });
      });

      it('takes every setting of a policy, and replaces it under its name', async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 2, max: 10 });
        await writer.putTargetTracking(CORE_API, TRACKING);
        const changed: NamedTargetTracking = {
          name: 'fulcrum-cpu',
          cpuPercent: 55.5,
          scaleOutCooldownSeconds: 0,
          scaleInCooldownSeconds: 600,
          disableScaleIn: true,
          metricResolution: '20s',
        };
        expect(await writer.putTargetTracking(CORE_API, changed)).toBeNull();
        expect(valueOf(await reader.readScaling([CORE_API]))?.targetTracking).toEqual([changed]);
      });

      it('sets both bounds and keeps the policy', async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 2, max: 10 });
        await writer.putTargetTracking(CORE_API, TRACKING);
        expect(await writer.setBounds(CORE_API, { min: 3, max: 15 })).toBeNull();
        expect(valueOf(await reader.readScaling([CORE_API]))).toMatchObject({
          bounds: { min: 3, max: 15 },
          targetTracking: [TRACKING],
        });
      });

      it('moves capacity into its bounds at once', async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 6, max: 10 });
        expect(await desiredOf(CORE_API)).toBe(6);
        await writer.setBounds(CORE_API, { min: 1, max: 5 });
        expect(await desiredOf(CORE_API)).toBe(5);
        await writer.setBounds(CORE_API, { min: 1, max: 12 });
        expect(await desiredOf(CORE_API)).toBe(5);
      });

      it('is resumed without touching bounds or policy', async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 2, max: 10 });
        await subject.suspendScaling(CORE_API);
        expect(valueOf(await reader.readScaling([CORE_API]))?.suspended).toEqual({
          dynamicScalingIn: true,
          dynamicScalingOut: true,
          scheduledScaling: true,
        });
        expect(await writer.resumeScaling(CORE_API)).toBeNull();
        expect(valueOf(await reader.readScaling([CORE_API]))).toMatchObject({
          bounds: { min: 2, max: 10 },
          suspended: NOTHING_SUSPENDED,
        });
      });

      it('lists policies of other kinds apart', async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 2, max: 10 });
        await writer.putTargetTracking(CORE_API, TRACKING);
        await subject.addThingsOfOthers(CORE_API, { policy: 'queue-depth', action: 'nightly' });
        expect(valueOf(await reader.readScaling([CORE_API]))).toMatchObject({
          targetTracking: [{ name: 'fulcrum-cpu' }],
          otherPolicies: [{ name: 'queue-depth', type: 'StepScaling' }],
        });
      });

      it('of many services comes to the right ones', async () => {
        const targets = Array.from({ length: 14 }, (_, index) => ({ cluster: 'production', service: `s${index}` }));
        for (const [index, target] of targets.entries()) {
          await subject.addService(target, 1);
          await writer.registerTarget(target, { min: 1, max: index + 1 });
          await writer.putTargetTracking(target, { ...TRACKING, cpuPercent: 40 + index });
        }
        const readings = await reader.readScaling(targets);
        const found = targets.map((_, index) => valueOf(readings, index));
        expect(found.map((setup) => setup?.bounds.max)).toEqual(targets.map((_, index) => index + 1));
        expect(found.map((setup) => setup?.targetTracking[0]?.cpuPercent)).toEqual(
          targets.map((_, index) => 40 + index),
        );
      });

      it('refuses what cannot be, with a reason', async () => {
        await subject.addService(CORE_API, 4);
        const gone = { cluster: 'production', service: 'gone' };
        expect(await writer.registerTarget(gone, { min: 1, max: 2 })).toMatchObject({ code: 'not-found' });
        expect(await writer.registerTarget(CORE_API, { min: 3, max: 2 })).toMatchObject({ code: 'rejected' });
        expect(await writer.putTargetTracking(CORE_API, TRACKING)).toMatchObject({ code: 'not-found' });
        expect(await writer.putScheduled(CORE_API, { name: 'fulcrum-a', at: NOON, min: 3 })).toMatchObject({
          code: 'not-found',
        });
        expect(await writer.resumeScaling(CORE_API)).toMatchObject({ code: 'rejected' });
        expect(await reader.readScaling([CORE_API])).toMatchObject([{ kind: 'seen', value: null }]);
      });
    });

    describe('scheduled actions', () => {
      beforeEach(async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 2, max: 10 });
      });

      it('come back oldest first, with the bounds that they set', async () => {
        const up = { name: 'fulcrum-up', at: later(NOON, 3600), min: 8, max: 20 };
        const down = { name: 'fulcrum-down', at: later(NOON, 7200), min: 2 };
        expect(await writer.putScheduled(CORE_API, down)).toBeNull();
        expect(await writer.putScheduled(CORE_API, up)).toBeNull();
        expect(valueOf(await reader.readScheduled([CORE_API]))).toEqual({ ours: [up, down], othersCount: 0 });
      });

      it('know whole seconds', async () => {
        await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: later(NOON, 60) + 999, min: 3 });
        expect(valueOf(await reader.readScheduled([CORE_API]))?.ours).toEqual([
          { name: 'fulcrum-up', at: later(NOON, 60), min: 3 },
        ]);
      });

      it('are replaced whole under their name', async () => {
        await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: later(NOON, 60), min: 8 });
        await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: later(NOON, 120), max: 9 });
        expect(valueOf(await reader.readScheduled([CORE_API]))?.ours).toEqual([
          { name: 'fulcrum-up', at: later(NOON, 120), max: 9 },
        ]);
      });

      it('must set something', async () => {
        expect(await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: NOON })).toMatchObject({
          code: 'rejected',
        });
      });

      it('are deleted, and deleting again is no failure', async () => {
        await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: NOON, min: 8 });
        await writer.putScheduled(CORE_API, { name: 'fulcrum-down', at: later(NOON, 60), min: 2 });
        for (let times = 0; times < 2; times += 1)
          expect(await writer.deleteScheduled(CORE_API, 'fulcrum-up')).toBeNull();
        const { ours } = valueOf(await reader.readScheduled([CORE_API])) ?? { ours: [] };
        expect(ours.map(({ name: left }) => left)).toEqual(['fulcrum-down']);
      });

      it('of others are counted and not shown', async () => {
        await subject.addThingsOfOthers(CORE_API, { policy: 'queue-depth', action: 'nightly' });
        await writer.putScheduled(CORE_API, { name: 'fulcrum-up', at: NOON, min: 8 });
        expect(valueOf(await reader.readScheduled([CORE_API]))).toMatchObject({
          ours: [{ name: 'fulcrum-up' }],
          othersCount: 1,
        });
      });

      it('of one service are not those of another', async () => {
        const targets = ['a', 'b', 'c', 'd', 'e'].map((service) => ({ cluster: 'production', service }));
        for (const target of targets) {
          await subject.addService(target, 1);
          await writer.registerTarget(target, { min: 1, max: 2 });
          await writer.putScheduled(target, { name: `fulcrum-${target.service}`, at: NOON, min: 1 });
        }
        const readings = await reader.readScheduled(targets);
        expect(targets.map((_, index) => valueOf(readings, index)?.ours[0]?.name)).toEqual(
          targets.map(({ service }) => `fulcrum-${service}`),
        );
      });
    });

    describe('wanting more than the maximum', () => {
      beforeEach(async () => {
        await subject.addService(CORE_API, 4);
        await writer.registerTarget(CORE_API, { min: 2, max: 4 });
      });

      it('has not happened before it happens', async () => {
        expect(await reader.readWantedMoreThanMax(CORE_API, later(NOON, -3600))).toMatchObject({
          kind: 'seen',
          value: null,
        });
      });

      it('is told with its time, from the given instant on', async () => {
        await subject.wantMoreThanMax(CORE_API, NOON);
        expect(await reader.readWantedMoreThanMax(CORE_API, NOON)).toMatchObject({ kind: 'seen', value: NOON });
        expect(await reader.readWantedMoreThanMax(CORE_API, later(NOON, 1))).toMatchObject({
          kind: 'seen',
          value: null,
        });
        expect(await reader.readWantedMoreThanMax(WORKER, NOON)).toMatchObject({ kind: 'seen', value: null });
      });
    });
  });
}
