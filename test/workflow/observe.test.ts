import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import type { Policy } from '../../shared/config/policy.ts';
import { metricKey, type MetricQuery } from '../../shared/domain/metric-query.ts';
import type { FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { instant, later, MINUTE } from '../../shared/domain/units.ts';
import type { FleetState } from '../../shared/ports.ts';
import { observe } from '../../shared/workflow/observe.ts';
import { Invocation } from '../support/invocation.ts';
import { aPolicy, fleetOf } from '../support/policies.ts';
import { Town } from '../support/town.ts';

const NOTHING: FleetState = { memory: { version: 0, told: {}, lastSeen: {} }, changes: [], events: [], pauses: [] };
const START = '2026-12-01T09:01:00Z';

interface Counted {
  readonly snapshot: FleetSnapshot;
  readonly calls: readonly string[];
  readonly queries: readonly MetricQuery[];
}

/** One look, and everything that it asked. */
async function look(
  policy: Policy,
  prepare: (town: Town, clock: ManualClock) => void,
  state: FleetState = NOTHING,
): Promise<Counted> {
  const clock = new ManualClock(instant(START));
  const town = new Town(policy, clock);
  prepare(town, clock);
  const invocation = new Invocation();
  const reader = new MemoryMetricReader(town.world);
  const queries: MetricQuery[] = [];
  const metrics = invocation.watch('metrics', {
    read: (asked: readonly MetricQuery[], now: number) => {
      queries.push(...asked);
      return reader.read(asked, now);
    },
  });
  const capacity = invocation.watch('capacity', new MemoryCapacityReader(town.world, clock));
  const snapshot = await observe(
    fleetOf(policy),
    state,
    { capacity, metrics, forecasts: new MemoryForecastStore() },
    clock.now(),
  );
  return { snapshot, calls: invocation.calls, queries };
}

const manyServices = (count: number): Policy =>
  aPolicy({
    services: Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, []])),
    extra: ['database: { identifier: production, maxConnections: 200 }'],
  });

describe('one look at a fleet', () => {
  it('asks what costs nothing in three calls, and no metric at all while all is quiet', async () => {
    const { calls, queries, snapshot } = await look(manyServices(40), () => undefined);
    expect(calls).toEqual(['capacity.readServices', 'capacity.readScaling', 'capacity.readScheduled']);
    expect(queries).toEqual([]);
    expect(snapshot.services['s7']).toMatchObject({
      facts: { kind: 'seen' },
      cpu: { kind: 'unseen', because: { code: 'not-asked' } },
      runningTasks: { kind: 'unseen', because: { code: 'not-asked' } },
    });
    expect(snapshot.database).toMatchObject({ cpu: { kind: 'unseen', because: { code: 'not-asked' } } });
  });

  it('asks for all metrics of all services in one call, each once, and not for the database while nobody wants more', async () => {
    const { calls, queries } = await look(manyServices(40), (town) => {
      for (const name of ['s3', 's5', 's8']) town.crowd(name);
    });
    expect(calls.filter((call) => call === 'metrics.read')).toHaveLength(1);
    expect(
      queries.map(({ namespace, metric, dimensions }) => `${namespace} ${metric} ${JSON.stringify(dimensions)}`),
    ).toEqual([
      'AWS/ECS CPUUtilization {"ClusterName":"production","ServiceName":"s3"}',
      'AWS/ECS CPUUtilization {"ClusterName":"production","ServiceName":"s5"}',
      'AWS/ECS CPUUtilization {"ClusterName":"production","ServiceName":"s8"}',
    ]);
    expect(new Set(queries.map(metricKey)).size).toBe(queries.length);
    expect(calls.filter((call) => call === 'capacity.readWantedMoreThanMax')).toHaveLength(3);
  });

  it('asks for the database, once for all, when services want more: for what it is short of as far as that is known', async () => {
    const crowded = (town: Town): void => {
      for (const name of ['s3', 's5']) {
        town.crowd(name);
        town.forgeCpu(
          name,
          Array.from({ length: 15 }, () => 81),
        );
      }
    };
    const ofDatabase = ({ queries }: Counted): readonly string[] =>
      queries.filter(({ namespace }) => namespace === 'AWS/RDS').map(({ metric }) => metric);
    const first = await look(manyServices(12), crowded);
    expect(first.calls.filter((call) => call === 'metrics.read')).toHaveLength(2);
    expect(ofDatabase(first)).toEqual(['CPUUtilization', 'DatabaseConnections', 'DBLoadRelativeToNumVCPUs']);

    const limits = { identifier: 'production', memoryGiB: 16, iops: null, storageGiB: null };
    const told = { ...NOTHING, memory: { ...NOTHING.memory, databaseLimits: limits } };
    expect(ofDatabase(await look(manyServices(12), crowded, told))).toEqual([
      ...ofDatabase(first),
      'FreeableMemory',
      'SwapUsage',
    ]);
    const ofAnother = { ...NOTHING.memory, databaseLimits: { ...limits, identifier: 'staging' } };
    expect(ofDatabase(await look(manyServices(12), crowded, { ...NOTHING, memory: ofAnother }))).toEqual(
      ofDatabase(first),
    );
  });

  it('asks equal metrics once, and gives the answer to all who need it', async () => {
    const policy = aPolicy();
    const [fleet] = policy.fleets;
    const [api] = fleet!.services;
    const twins: Policy = { ...policy, fleets: [{ ...fleet!, services: [api!, { ...api!, name: 'twin' }] }] };
    const { queries, snapshot } = await look(twins, (town) => {
      town.crowd('api');
    });
    expect(queries).toHaveLength(1);
    expect(snapshot.services['twin']?.cpu.kind).toBe('seen');
    expect(snapshot.services['twin']?.cpu).toEqual(snapshot.services['api']?.cpu);
  });

  it('gives each slot its own answer, in whatever order they were asked', async () => {
    const { snapshot } = await look(manyServices(12), (town, clock) => {
      for (const name of ['s2', 's9', 's4']) town.crowd(name);
      town.databaseAt(33);
      town.forgeCpu(
        's9',
        Array.from({ length: 15 }, () => 81),
      );
      town.forgeCpu(
        's4',
        Array.from({ length: 15 }, () => 74),
      );
      clock.advance(MINUTE);
      town.passMinute();
    });
    const newest = (name: string): unknown => {
      const cpu = snapshot.services[name]?.cpu;
      return cpu?.kind === 'seen' ? cpu.value.points.at(-2)?.value : cpu?.because;
    };
    expect([newest('s2'), newest('s9'), newest('s4')]).toEqual([50, 81, 74]);
    expect(snapshot.database?.cpu).toMatchObject({ kind: 'seen', value: { points: expect.any(Array) } });
  });

  it('asks slow metrics of a raised ceiling once an hour only', async () => {
    const asked: string[] = [];
    for (let minute = 0; minute < 120; minute += 1) {
      const { queries } = await look(aPolicy(), (town, clock) => {
        clock.advance(minute * MINUTE);
        town.byHand('api', { bounds: { min: 2, max: 20 } });
      });
      if (queries.length > 0) asked.push(new Date(later(instant(START), minute * MINUTE)).toISOString().slice(11, 16));
    }
    expect(asked).toEqual(['10:00', '11:00']);
  });

  it('asks nothing of a service that is not there, nor of levers that are off', async () => {
    const gone = await look(aPolicy(), (town) => {
      town.crowd('api');
      town.remove('api');
    });
    expect(gone.queries).toEqual([]);
    const off = await look(aPolicy({ mode: 'off' }), (town) => {
      town.crowd('api');
    });
    expect(off.queries).toEqual([]);
    expect(off.calls).not.toContain('capacity.readWantedMoreThanMax');
  });

  it('asks for reports of many pinned services, ten at a time', async () => {
    let underWay = 0;
    let most = 0;
    const policy = manyServices(35);
    const clock = new ManualClock(instant(START));
    const town = new Town(policy, clock);
    for (const { name } of fleetOf(policy).services) town.crowd(name);
    const capacity = new MemoryCapacityReader(town.world, clock);
    const readReport = capacity.readWantedMoreThanMax.bind(capacity);
    capacity.readWantedMoreThanMax = async (target, since) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
      return readReport(target, since);
    };
    const metrics = new MemoryMetricReader(town.world);
    const snapshot = await observe(
      fleetOf(policy),
      NOTHING,
      { capacity, metrics, forecasts: new MemoryForecastStore() },
      clock.now(),
    );
    expect(most).toBe(10);
    expect(Object.values(snapshot.services).filter(({ wantedMoreThanMax: { kind } }) => kind === 'seen')).toHaveLength(
      35,
    );
  });

  it('counts an answer that is missing as not seen', async () => {
    const policy = aPolicy();
    const clock = new ManualClock(instant(START));
    const nothing = { read: () => Promise.resolve([]) };
    const capacity = new MemoryCapacityReader(new Town(policy, clock).world, clock);
    const none = () => Promise.resolve([]);
    const silent = { ...nothing, readServices: none, readScaling: none, readScheduled: none };
    const asked = { ...silent, readWantedMoreThanMax: capacity.readWantedMoreThanMax.bind(capacity) };
    const snapshot = await observe(
      fleetOf(policy),
      NOTHING,
      { capacity: asked, metrics: nothing, forecasts: new MemoryForecastStore() },
      clock.now(),
    );
    expect(snapshot.services['api']).toMatchObject({
      facts: { kind: 'unseen' },
      scaling: { kind: 'unseen' },
      scheduled: { kind: 'unseen' },
    });
  });

  it('knows the events of calendar and hand for twenty minutes after their end, and pauses until theirs', async () => {
    const now = instant(START);
    const event = (id: string, endedSecondsAgo: number) => ({
      id,
      name: id,
      from: later(now, -7_200),
      to: later(now, -endedSecondsAgo),
      timeZone: 'UTC',
      floors: { api: 4 },
      source: 'manual' as const,
    });
    const state: FleetState = {
      ...NOTHING,
      events: [event('over', 1_200), event('just-over', 1_199), event('under-way', -60)],
      pauses: [
        { scope: {}, until: now, note: 'over' },
        { scope: {}, until: later(now, 1), note: 'lasts' },
      ],
    };
    const { snapshot } = await look(aPolicy(), () => undefined, state);
    expect(snapshot.events.map(({ id }) => id)).toEqual(['just-over', 'under-way']);
    expect(snapshot.pauses.map(({ note }) => note)).toEqual(['lasts']);
  });
});
