import { beforeEach, describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED, type ScalableTargetId } from '../../../shared/domain/capacity.ts';
import type { Reading } from '../../../shared/domain/reading.ts';
import { instant, later } from '../../../shared/domain/units.ts';
import { cpuQuery, databaseCpuQuery, runningTasksQuery } from '../../../shared/levers/metric-queries.ts';
import { SimulatedService } from '../../../simulator/plant/simulated-service.ts';
import { SimulatedPlatform } from '../../../simulator/platform/simulated-platform.ts';
import { aPolicy, fleetOf, servicePolicyOf } from '../../support/policies.ts';

const NOON = instant('2026-12-01T12:00:00Z');
const POLICY = aPolicy({
  services: { api: [], portal: [] },
  extra: ['database: { identifier: main, maxConnections: 200 }'],
});
const API: ScalableTargetId = { cluster: 'production', service: 'api' };
const GONE: ScalableTargetId = { cluster: 'production', service: 'gone' };

function aPlatform(): SimulatedPlatform {
  const services = ['api', 'portal'].map((name) => ({
    name,
    target: { cluster: 'production', service: name },
    plant: new SimulatedService({
      startsAt: NOON,
      startupSeconds: 60,
      taskCapacity: 10,
      bounds: { min: 2, max: 6 },
      initialTasks: 4,
      targetTracking: servicePolicyOf(POLICY, name).targetTracking,
    }),
    policyName: 'fulcrum-cpu',
    databaseUse: { cpuMillisPerRequest: 10, connectionMillisPerRequest: 20 },
  }));
  const model = { vcpus: 2, idlePercent: 0, poolLimit: 50, directConnections: 0 };
  return new SimulatedPlatform(NOON, services, { identifier: 'main', model });
}

function valueOf<Value>([reading]: readonly Reading<Value>[]): Value | undefined {
  return reading?.kind === 'seen' ? reading.value : undefined;
}

describe('the simulated platform', () => {
  let platform: SimulatedPlatform;
  beforeEach(() => {
    platform = aPlatform();
  });
  const minutes = (count: number, load: number): void => {
    for (let step = 0; step < count * 3; step += 1) platform.step((name) => (name === 'api' ? load : 10));
  };

  it('lets 20 seconds pass in each step, for all services alike', () => {
    const { at, services } = platform.step(() => 10);
    expect(at).toBe(NOON);
    expect(platform.now).toBe(later(NOON, 20));
    expect([...services.keys()]).toEqual(['api', 'portal']);
  });

  it('shows services and setups in the order of the question, and says which are not there', async () => {
    const portal = { cluster: 'production', service: 'portal' };
    const services = await platform.readServices([portal, GONE, API]);
    expect(services.map(({ kind }) => kind)).toEqual(['seen', 'unseen', 'seen']);
    expect(services[1]).toMatchObject({
      because: { code: 'unreadable', detail: 'there is no service production/gone' },
    });
    expect(valueOf(await platform.readScaling([API]))).toMatchObject({
      bounds: { min: 2, max: 6 },
      suspended: NOTHING_SUSPENDED,
      targetTracking: [{ name: 'fulcrum-cpu', cpuPercent: 70 }],
    });
    expect(await platform.readScaling([GONE])).toMatchObject([{ kind: 'unseen' }]);
    expect(await platform.readWantedMoreThanMax(GONE, NOON)).toMatchObject({ kind: 'unseen' });
  });

  it('moves capacity into bounds at once, and counts tasks that are starting as pending', async () => {
    expect(await platform.setBounds(API, { min: 6, max: 9 })).toBeNull();
    expect(valueOf(await platform.readServices([API]))).toEqual({
      desired: 6,
      running: 4,
      pending: 2,
      deployment: 'none',
    });
  });

  it.each([
    { min: 7, max: 6 },
    { min: -1, max: 6 },
  ])('refuses bounds $min–$max as AWS does, and changes nothing', async (bounds) => {
    expect(await platform.setBounds(API, bounds)).toMatchObject({ code: 'rejected' });
    expect(await platform.registerTarget(API, bounds)).toMatchObject({ code: 'rejected' });
    expect(valueOf(await platform.readScaling([API]))?.bounds).toEqual({ min: 2, max: 6 });
  });

  it('answers changes of a service that is not there as not found', async () => {
    const policy = { name: 'x', ...servicePolicyOf(POLICY, 'api').targetTracking };
    const answers = await Promise.all([
      platform.setBounds(GONE, { min: 1, max: 2 }),
      platform.resumeScaling(GONE),
      platform.putTargetTracking(GONE, policy),
      platform.putScheduled(GONE, { name: 'x', at: NOON, min: 1 }),
      platform.deleteScheduled(GONE, 'x'),
    ]);
    expect(answers.map((failure) => failure?.code)).toEqual(Array.from({ length: 5 }, () => 'not-found'));
  });

  it('runs scheduled actions at their time and forgets them; those of others are counted only', async () => {
    await platform.putScheduled(API, { name: 'fulcrum-up', at: later(NOON, 60), min: 5 });
    await platform.putScheduled(API, { name: 'nightly', at: later(NOON, 3_600), min: 1 });
    expect(valueOf(await platform.readScheduled([API]))).toEqual({
      ours: [{ name: 'fulcrum-up', at: later(NOON, 60), min: 5 }],
      othersCount: 1,
    });
    minutes(1, 10);
    expect(valueOf(await platform.readScaling([API]))?.bounds.min).toBe(2);
    platform.step(() => 10);
    expect(valueOf(await platform.readScaling([API]))?.bounds.min).toBe(5);
    expect(valueOf(await platform.readScheduled([API]))).toEqual({ ours: [], othersCount: 1 });
    expect(await platform.deleteScheduled(API, 'fulcrum-up')).toBeNull();
  });

  it('is suspended by hand and resumed by us, and takes a policy under its new name', async () => {
    platform.suspendByHand(API, { ...NOTHING_SUSPENDED, dynamicScalingOut: true });
    expect(valueOf(await platform.readScaling([API]))?.suspended.dynamicScalingOut).toBe(true);
    await platform.resumeScaling(API);
    const policy = { ...servicePolicyOf(POLICY, 'api').targetTracking, name: 'other', cpuPercent: 55 };
    await platform.putTargetTracking(API, policy);
    expect(valueOf(await platform.readScaling([API]))).toMatchObject({
      suspended: NOTHING_SUSPENDED,
      targetTracking: [{ name: 'other', cpuPercent: 55 }],
    });
  });

  it('publishes CPU, running tasks and the database under the names of AWS', async () => {
    minutes(10, 20);
    const { database } = fleetOf(POLICY);
    const api = servicePolicyOf(POLICY, 'api');
    const readings = await platform.read(
      [
        cpuQuery(api, 5),
        runningTasksQuery(api, 1),
        databaseCpuQuery(database!),
        { ...cpuQuery(api, 5), dimensions: {} },
      ],
      platform.now,
    );
    const newest = readings.map((reading) =>
      reading.kind === 'seen' ? reading.value.points.at(-1)?.value : reading.because,
    );
    // 20 requests a second on 4 tasks of 10; 30 in all, of 10 ms each, on 2 vCPUs.
    expect(newest[0]).toBeCloseTo(50, 6);
    expect(newest[1]).toBeCloseTo(4, 6);
    expect(newest[2]).toBeCloseTo(15, 6);
    expect(newest[3]).toEqual({ code: 'no-data' });
  });

  it('reports that it wanted more than the ceiling once it is pinned there above its target', async () => {
    minutes(3, 20);
    expect(await platform.readWantedMoreThanMax(API, NOON)).toMatchObject({ kind: 'seen', value: null });
    minutes(20, 100);
    expect(valueOf(await platform.readServices([API]))?.desired).toBe(6);
    expect(await platform.readWantedMoreThanMax(API, NOON)).toEqual({
      kind: 'seen',
      value: platform.now,
      at: platform.now,
    });
  });

  it('counts what was asked of it', async () => {
    const before = platform.calls;
    await platform.read(
      [cpuQuery(servicePolicyOf(POLICY, 'api'), 5), cpuQuery(servicePolicyOf(POLICY, 'portal'), 5)],
      NOON,
    );
    await platform.readServices([API]);
    await platform.setBounds(API, { min: 2, max: 7 });
    const { metricsAsked, reads, writes } = platform.calls;
    expect([metricsAsked - before.metricsAsked, reads - before.reads, writes - before.writes]).toEqual([2, 1, 1]);
  });
});
