import { describe, expect, it } from '@jest/globals';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import { type Reading, type Series, unseen } from '../../shared/domain/reading.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import type { MetricReader } from '../../shared/ports.ts';
import { ForecastScene } from '../support/forecast-scene.ts';
import { FAULT_MODES } from '../support/invocation.ts';
import { aPolicy, type FleetText } from '../support/policies.ts';
import { officeLoad, type RecordedMinute, trackedMinute } from '../support/recorded-load.ts';

const START = '2026-11-19T10:07:20Z';
const BALANCED = ['loadBalancer: app/shop/0123456789abcdef', 'targetGroup: targetgroup/shop/0123456789abcdef'];
/** With less, chance decides whether a forecast is trusted. */
const DAYS = 28;
const office = (at: EpochMs): RecordedMinute => trackedMinute(officeLoad(at, 500));

function sceneOf(names: readonly string[], levers = `historyDays: ${DAYS}`): ForecastScene {
  return new ForecastScene(
    aPolicy({ services: Object.fromEntries(names.map((name) => [name, BALANCED])), levers: { predictive: levers } }),
    START,
  );
}

/** A service with a load balancer of its own. */
function shopsOf(count: number, extra: readonly FleetText[] = []): ForecastScene {
  const hex = (index: number): string => index.toString(16).padStart(16, '0');
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `s${index}`,
      ['loadBalancer: app/shop/0123456789abcdef', `targetGroup: targetgroup/s${index}/${hex(index)}`],
    ]),
  );
  return new ForecastScene(aPolicy({ services, levers: { predictive: 'historyDays: 2' } }, ...extra), START);
}

const handOver = (sent: unknown): unknown => ({
  id: 'handed-over',
  'detail-type': 'Services To Forecast',
  detail: sent,
});

/** CloudWatch refuses what the test says. */
function refusing(reader: MetricReader, refuses: (query: MetricQuery) => boolean): MetricReader {
  return {
    read: async (queries, now) => {
      const answers = await reader.read(queries, now);
      const refused: Reading<Series> = unseen({ code: 'unreadable', detail: 'ThrottlingException: slow down' });
      return answers.map((answer, index) => (refuses(queries[index]!) ? refused : answer));
    },
  };
}

describe('the forecast of a service', () => {
  it('is worked out from its history, stored, and told when trust begins', async () => {
    const scene = sceneOf(['api']);
    scene.recorded('api', DAYS, office);
    expect(await scene.schedule()).toEqual({ forecast: ['production/api'], handedOver: 0 });
    const forecast = (await scene.stored('api'))!;
    expect(forecast).toMatchObject({
      computedAt: scene.clock.now(),
      source: 'requests',
      startupSeconds: 60,
      doubts: [],
      day: { stepSeconds: 300, quantiles: [0.1, 0.5, 0.9, 0.95] },
      rehearsal: { days: 7 },
    });
    expect(forecast.taskCapacity).toBeCloseTo(100, 0);
    expect(forecast.day!.perSecond.map((loads) => loads.length)).toEqual([288, 288, 288, 288]);
    // 150 minutes of age that are allowed, and a quarter of an hour: three hours.
    expect(forecast.learned!.profile.seasonal.arrival).toHaveLength(180);
    expect(new Date(forecast.learned!.continuesAt).toISOString()).toBe('2026-11-19T10:06:00.000Z');
    const [told, ...more] = await scene.records('api');
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      transition: 'judged',
      lever: 'predictive',
      trigger: { kind: 'forecast' },
      reasons: [{ code: 'forecast-trusted', source: 'requests' }],
      sentence: 'the forecast is trusted, from 28 days of history in requests, of which a task carries 100 a second',
    });
  });

  it.each([
    { setting: 'maxForecastAgeMinutes: 165', hours: 3 },
    { setting: 'maxForecastAgeMinutes: 166', hours: 4 },
    { setting: 'maxForecastAgeMinutes: 1440', hours: 25 },
  ])('reaches $hours hours with $setting', async ({ setting, hours }) => {
    const scene = sceneOf(['api'], `historyDays: 3, ${setting}, planHours: 48, planQuantile: 0.95`);
    scene.recorded('api', 3, office);
    await scene.schedule();
    const forecast = (await scene.stored('api'))!;
    expect(forecast.learned!.profile.seasonal.arrival).toHaveLength(hours * 60);
    expect(forecast.day?.quantiles).toEqual([0.1, 0.5, 0.9, 0.95]);
    expect(forecast.day?.perSecond[3]).toHaveLength(576);
  });

  it('says what it is in doubt about, and learns all the same', async () => {
    const scene = sceneOf(['api', 'quiet', 'new', 'none']);
    scene.recorded('new', 1, office);
    await scene.schedule();
    expect((await scene.stored('new'))?.doubts).toEqual([{ code: 'too-little-history', days: 1, leastDays: 2 }]);
    expect((await scene.stored('new'))?.learned).not.toBeNull();
  });

  it('is made of busy tasks where there is no load balancer, and of nothing where there is nothing', async () => {
    const policy = aPolicy({ services: { worker: [], empty: [] }, levers: { predictive: 'historyDays: 3' } });
    const scene = new ForecastScene(policy, START);
    scene.recorded('worker', 3, office);
    await scene.schedule();
    expect(await scene.stored('worker')).toMatchObject({ source: 'busy-tasks', taskCapacity: 1 });
    expect(await scene.stored('empty')).toMatchObject({
      learned: null,
      day: null,
      rehearsal: null,
      doubts: [{ code: 'too-little-history', days: 0, leastDays: 2 }],
    });
  });

  it('is told of again only when trust ends or comes back', async () => {
    const scene = sceneOf(['api']);
    const silent = (): RecordedMinute => ({ requests: null, cpuPercent: null, tasks: 0 });
    for (const minuteAt of [office, office, silent, silent, office]) {
      scene.recorded('api', DAYS, minuteAt);
      await scene.schedule();
      scene.anHourPasses();
    }
    expect(await scene.story('api')).toEqual([
      '10:07 forecast-trusted',
      '12:07 forecast-doubted',
      '14:07 forecast-trusted',
    ]);
    expect((await scene.records('api'))[1]?.sentence).toBe(
      'no plan, the forecast is in doubt: 0 days of history, it takes 2',
    );
  });

  it('once a day is held against what came, with what the floor would have done', async () => {
    const scene = sceneOf(['api'], 'historyDays: 4');
    const hours: number[] = [];
    const measured: ForecastScene['measured'] = [];
    for (let hour = 0; hour <= 49; hour += 1) {
      scene.recorded('api', 4, office);
      if (hour % 6 === 0 || hour % 24 < 2) await scene.schedule();
      if (scene.measured.length > 0) hours.push(hour);
      measured.push(...scene.measured.splice(0));
      scene.anHourPasses();
    }
    const ofOneDay = [
      'production ForecastCoveragePercent',
      'production ForecastPinballLossPercent',
      'production RehearsedMissedPercent',
      'production RehearsedFloorTaskHours',
      'production RanTaskHours',
    ];
    expect(measured.map(({ metric, fleet }) => `${fleet} ${metric}`)).toEqual([...ofOneDay, ...ofOneDay]);
    const covered = measured.filter(({ metric }) => metric === 'ForecastCoveragePercent').map(({ value }) => value);
    expect(Math.min(...covered)).toBeGreaterThan(50);
    expect(Math.max(...covered)).toBeLessThanOrEqual(100);
    expect(hours).toEqual([24, 48]);
    const ofDays = (await scene.records('api')).filter(({ reasons }) => reasons.length > 1);
    expect(ofDays.map(({ reasons }) => reasons.map(({ code }) => code.replace(/-(trusted|doubted)$/, '')))).toEqual([
      ['forecast-turned-out', 'rehearsed', 'forecast'],
      ['forecast-turned-out', 'rehearsed', 'forecast'],
    ]);
    expect(ofDays.at(-1)?.sentence).toMatch(
      /^the 90 % quantile of the day before held in [\d.]+ % of 24 hours, at a pinball loss of [\d.]+ % of the load; over 2 days its floor would have missed [\d.]+ % of the load with \d+ task-hours, \d+ ran; /,
    );
  }, 60_000);
});

describe('a run of the forecast', () => {
  it('sees to every service of every fleet whose predictive lever is not off', async () => {
    const off = { name: 'staging', services: { 'staging-api': [] } };
    const other = {
      name: 'other',
      services: { b: [] },
      levers: { predictive: 'historyDays: 2' },
      mode: 'observe' as const,
    };
    const scene = new ForecastScene(
      aPolicy({ services: { a: [] }, levers: { predictive: 'historyDays: 2' } }, off, other),
      START,
    );
    const { forecast } = await scene.schedule();
    expect([...forecast].sort()).toEqual(['other/b', 'production/a']);
    expect(await scene.stored('staging-api')).toBeNull();
  });

  it('is not held up by a service in trouble, keeps its last forecast, and names it', async () => {
    const scene = shopsOf(3);
    await scene.schedule();
    const before = scene.clock.now();
    scene.anHourPasses();
    const isOfOne = ({ dimensions }: MetricQuery): boolean => dimensions['TargetGroup']?.includes('s1') === true;
    scene.instead = { metrics: refusing(new MemoryMetricReader(scene.world), isOfOne) };
    await expect(scene.schedule()).rejects.toThrow(
      '1 of 3 forecasts failed: production/s1: no history: ThrottlingException: slow down',
    );
    const computed = await Promise.all(['s0', 's1', 's2'].map(async (name) => (await scene.stored(name))?.computedAt));
    expect(computed).toEqual([scene.clock.now(), before, scene.clock.now()]);
  });

  it('fails for those whose history breaks, not for their neighbours in other groups', async () => {
    const scene = shopsOf(6);
    let call = 0;
    const reader = new MemoryMetricReader(scene.world);
    const read = (queries: readonly MetricQuery[], now: EpochMs) =>
      (call += 1) === 1 ? Promise.reject(new TypeError('no such thing')) : reader.read(queries, now);
    scene.instead = { metrics: { read } };
    await expect(scene.schedule()).rejects.toThrow(/^4 of 6 forecasts failed: .*no such thing/);
  });

  it('shares out what is too much for one, a hundred services each', async () => {
    const other = { name: 'other', services: { b: [] }, levers: { predictive: 'historyDays: 2' } };
    const scene = shopsOf(230, [other]);
    const { forecast, handedOver } = await scene.schedule();
    expect(forecast).toHaveLength(100);
    expect(handedOver).toBe(131);
    const tasks = scene.bus.take().flatMap((sent) => (sent.kind === 'forecasts' ? [sent.task] : []));
    const done = [...forecast];
    for (const task of tasks) {
      expect(task.services.length).toBeLessThanOrEqual(100);
      done.push(...(await scene.run(handOver(task))).forecast);
    }
    expect(scene.bus.take()).toEqual([]);
    expect(new Set(done).size).toBe(231);
    expect(done).toHaveLength(231);
  });

  it.each([
    { secondsPerGroup: 20, seconds: 60 },
    { secondsPerGroup: 100, seconds: 60 },
    { secondsPerGroup: 3, seconds: 15 },
  ])('hands on what does not fit into $seconds s at $secondsPerGroup s for four services', async (given) => {
    const scene = shopsOf(22);
    const remaining = (): (() => number) => {
      let asked = -1;
      return () => {
        asked += 1;
        return (given.seconds - Math.ceil(asked / 2) * given.secondsPerGroup) * 1_000;
      };
    };
    const done: string[] = [];
    let answer = await scene.schedule({ remainingMillis: remaining() });
    let invocations = 1;
    for (;;) {
      done.push(...answer.forecast);
      const [sent, ...more] = scene.bus.take();
      expect(more).toEqual([]);
      if (sent?.kind !== 'forecasts') break;
      expect(sent.task.services).toHaveLength(answer.handedOver);
      answer = await scene.run(handOver(sent.task), { remainingMillis: remaining() });
      invocations += 1;
      expect(invocations).toBeLessThan(20);
    }
    expect(invocations).toBeGreaterThan(1);
    expect(done).toHaveLength(22);
    expect(new Set(done).size).toBe(22);
  });

  it('begins with other services every hour', async () => {
    const scene = shopsOf(10);
    const first: (string | undefined)[] = [];
    for (let hour = 0; hour < 5; hour += 1) {
      first.push((await scene.schedule()).forecast[0]);
      scene.anHourPasses();
    }
    expect(new Set(first).size).toBe(5);
  });

  it('leaves alone what was done for this hour: an event that comes twice, or again after a failure', async () => {
    const scene = shopsOf(3);
    await scene.schedule();
    scene.clock.advance(19 * 60);
    expect((await scene.schedule()).forecast).toEqual([]);
    scene.clock.advance(60);
    expect((await scene.schedule()).forecast).toHaveLength(3);
  });

  it('does what a person asks for, at any time', async () => {
    const scene = shopsOf(3);
    await scene.schedule();
    expect((await scene.run({})).forecast).toHaveLength(3);
    expect((await scene.run({ fleet: 'production', services: ['s2', 's0'] })).forecast).toEqual([
      'production/s0',
      'production/s2',
    ]);
    await expect(scene.run({ fleet: 'prod' })).rejects.toThrow(
      'nothing to forecast: "{\\"fleet\\":\\"prod\\",\\"services\\":\\"all\\"}"; fleets with a predictive lever: production (s0, s1, s2)',
    );
  });

  it('refuses what is no request, and writes it down once', async () => {
    const scene = shopsOf(1);
    for (const event of [{ fleets: ['production'] }, { fleet: 7 }, 'text', { 'detail-type': 'Services To Forecast' }]) {
      await expect(scene.run(event)).rejects.toThrow('not a scheduled event, a list of services to forecast');
    }
    const refused = await scene.audit.byResource('fleet/none', 10);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ transition: 'refused', trigger: { kind: 'forecast', id: 'request' } });
  });

  it('ignores what was handed over and is gone by now', async () => {
    const scene = shopsOf(2);
    expect(await scene.run(handOver({ fleet: 'production', services: ['gone', 's1'] }))).toEqual({
      forecast: ['production/s1'],
      handedOver: 0,
    });
    expect(await scene.run(handOver({ fleet: 'gone', services: ['s1'] }))).toEqual({ forecast: [], handedOver: 0 });
  });

  it('reads and stores in few calls', async () => {
    const scene = shopsOf(4);
    await scene.schedule();
    const count = (call: string): number => scene.calls.filter((each) => each === call).length;
    expect(count('forecasts.load')).toBe(1);
    expect(count('forecasts.loadPast')).toBe(1);
    // Nothing was counted, so that the CPU by the minute is asked for, too.
    expect(count('metrics.read')).toBe(2);
    expect(count('forecasts.save')).toBe(4);
  });

  it('may be cut off at any call: the next one tells and stores what is left, and nothing twice', async () => {
    const prepare = async (): Promise<ForecastScene> => {
      const scene = sceneOf(['api'], 'historyDays: 3');
      scene.recorded('api', 3, office);
      await scene.schedule();
      // The whole history is gone: what was told of it, and what is to be told, differ.
      scene.clock.advance(24 * 3_600);
      scene.recorded('api', 0.5, office);
      return scene;
    };
    const whole = await prepare();
    await whole.schedule();
    const calls = whole.calls.length;
    const expected = await whole.story('api');
    expect(calls).toBeGreaterThan(6);
    expect(expected).toHaveLength(2);
    for (let position = 0; position < calls; position += 1) {
      for (const mode of FAULT_MODES) {
        const scene = await prepare();
        await scene.schedule({ fault: { position, mode } }).catch(() => undefined);
        scene.clock.advance(3_600);
        await scene.schedule();
        const story = (await scene.story('api')).map((line) => line.slice(6));
        expect({ position, mode, story }).toEqual({ position, mode, story: expected.map((line) => line.slice(6)) });
        expect((await scene.stored('api'))?.computedAt).toBe(scene.clock.now());
      }
    }
  }, 120_000);
});
