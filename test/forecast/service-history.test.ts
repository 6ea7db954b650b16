import { describe, expect, it } from '@jest/globals';
import { NOT_ASKED, type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { DAY, type EpochMs, HOUR, instant, later, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import {
  busyTaskHistory,
  FINE_WINDOW,
  historyFrame,
  requestHistory,
  type Recorded,
  type ServiceHistory,
  type ServiceMetrics,
} from '../../shared/forecast/service-history.ts';

const NOW = instant('2026-12-01T12:07:31Z');
const NOTHING: Recorded = { fine: unseen({ code: 'no-data' }), coarse: unseen({ code: 'no-data' }) };

/** Points over the last days, in both resolutions as CloudWatch keeps them. `null`: none. */
function recorded(
  days: number,
  valueAt: (at: EpochMs) => number | null,
  join: 'sum' | 'mean',
  { until = later(NOW, -31) }: { readonly until?: EpochMs } = {},
): Recorded {
  const points = (period: Seconds, span: Seconds): Reading<Series> => {
    const first = Math.floor((until - span * 1000) / 1000 / period - 10) * period * 1000;
    const all = [];
    for (let at = first; at + period * 1000 <= until; at += period * 1000) {
      const values = Array.from({ length: period / MINUTE }, (_, minute) => valueAt(later(at, minute * MINUTE)));
      const known = values.filter((value) => value !== null);
      if (known.length === 0) continue;
      const sum = known.reduce((total, value) => total + value, 0);
      all.push({ at, value: join === 'sum' ? sum : sum / known.length });
    }
    const last = all.at(-1);
    return last === undefined ? unseen({ code: 'no-data' }) : seen({ periodSeconds: period, points: all }, last.at);
  };
  return { fine: points(MINUTE, Math.min(days * DAY, FINE_WINDOW)), coarse: points(5 * MINUTE, days * DAY) };
}

/** 600 requests a minute on 1 busy task of 2 by day, a tenth of that by night. */
const isDay = (at: EpochMs): boolean => Math.floor(at / 3_600_000) % 24 >= 8;
const requestsAt = (at: EpochMs): number => (isDay(at) ? 600 : 60);
const cpuAt = (at: EpochMs): number => (isDay(at) ? 50 : 5);

function metrics(days: number, over: Partial<ServiceMetrics> = {}): ServiceMetrics {
  return {
    requests: recorded(days, requestsAt, 'sum'),
    cpu: recorded(days, cpuAt, 'mean'),
    samples: recorded(days, () => 2, 'sum'),
    ...over,
  };
}

function inRequests(given: ServiceMetrics, days: number): ServiceHistory {
  const history = requestHistory(given, historyFrame(days, NOW), 'by-the-minute');
  if ('code' in history) throw new Error(history.code);
  return history;
}

const at = ({ load }: ServiceHistory, time: string): number | null | undefined =>
  load.perSecond[(instant(time) - load.startsAt) / 60_000];
const endOf = ({ load }: ServiceHistory): string =>
  new Date(later(load.startsAt, load.perSecond.length * load.stepSeconds)).toISOString();

describe('a history in requests', () => {
  it('is in requests a second by the minute, with the capacity of a task and the tasks that ran', () => {
    const history = inRequests(metrics(3), 3);
    expect(history).toMatchObject({ source: 'requests', because: { code: 'requests-explain-cpu' } });
    expect(history.taskCapacity).toBeCloseTo(10, 9);
    expect(history.load.stepSeconds).toBe(60);
    expect([at(history, '2026-12-01T07:59:00Z'), at(history, '2026-12-01T08:00:00Z')]).toEqual([1, 10]);
    // Of the five minutes that are under way nothing is known yet.
    expect(new Set(history.tasks.values.slice(0, -1))).toEqual(new Set([2]));
    expect(history.tasks).toMatchObject({ startsAt: history.load.startsAt, stepSeconds: 300 });
  });

  it('reaches back as far as it is asked for: minutes for 15 days, before that five minutes spread over each', () => {
    const sawtooth = (time: EpochMs): number => requestsAt(time) + ((time / 60_000) % 5);
    const history = inRequests(metrics(28, { requests: recorded(28, sawtooth, 'sum') }), 28);
    expect(history.load.startsAt).toBe(instant('2026-11-03T12:05:00Z'));
    expect(history.load.perSecond).not.toContain(null);
    const minutes = (time: string) =>
      [0, 1, 2, 3, 4].map((minute) => at(history, new Date(later(instant(time), minute * MINUTE)).toISOString())! * 60);
    expect(minutes('2026-11-16T13:10:00Z')).toEqual([600, 601, 602, 603, 604]);
    expect(minutes('2026-11-16T13:00:00Z')).toEqual([602, 602, 602, 602, 602]);
  });

  it('ends with the newest minute that was published: what is late is no gap', () => {
    for (const late of [0, 1, 5, 9]) {
      const until = later(instant('2026-12-01T12:07:00Z'), -late * MINUTE);
      const history = inRequests(metrics(3, { requests: recorded(3, requestsAt, 'sum', { until }) }), 3);
      expect(endOf(history)).toBe(new Date(until).toISOString());
      expect(history.load.perSecond).not.toContain(null);
    }
  });

  it('has a gap at the end where nothing came for longer', () => {
    const until = instant('2026-12-01T11:00:00Z');
    const history = inRequests(metrics(3, { requests: recorded(3, requestsAt, 'sum', { until }) }), 3);
    expect(endOf(history)).toBe('2026-12-01T11:57:00.000Z');
    expect([at(history, '2026-12-01T10:59:00Z'), at(history, '2026-12-01T11:00:00Z')]).toEqual([10, null]);
  });

  it('begins with the first five minutes of which there is anything', () => {
    const first = instant('2026-11-30T09:22:00Z');
    const history = inRequests(
      metrics(5, { requests: recorded(5, (time) => (time < first ? null : requestsAt(time)), 'sum') }),
      5,
    );
    expect(history.load.startsAt).toBe(instant('2026-11-30T09:20:00Z'));
    expect(history.load.perSecond.slice(0, 4)).toEqual([null, null, 10, 10]);
  });

  it('takes silence for zero only where the CPU says so', () => {
    const isSilent = (time: EpochMs): boolean =>
      time >= instant('2026-12-01T02:00:00Z') && time < instant('2026-12-01T03:00:00Z');
    const few = (time: EpochMs): number => (isDay(time) ? 600 : 6);
    const night = metrics(3, { requests: recorded(3, (time) => (isSilent(time) ? null : few(time)), 'sum') });
    expect(at(inRequests(night, 3), '2026-12-01T02:30:00Z')).toBe(0);
    const outage = { ...night, cpu: recorded(3, (time) => (isSilent(time) ? null : cpuAt(time)), 'mean') };
    expect(at(inRequests(outage, 3), '2026-12-01T02:30:00Z')).toBeNull();
    const lost = (time: EpochMs): boolean =>
      time >= instant('2026-12-01T10:00:00Z') && time < instant('2026-12-01T10:20:00Z');
    const day = metrics(3, { requests: recorded(3, (time) => (lost(time) ? null : requestsAt(time)), 'sum') });
    expect(at(inRequests(day, 3), '2026-12-01T10:10:00Z')).toBeNull();
  });

  it('counts what is no quantity as missing', () => {
    const broken = new Map(
      [
        ['2026-12-01T10:00:00Z', Number.NaN],
        ['2026-12-01T10:01:00Z', -5],
        ['2026-12-01T10:02:00Z', Infinity],
      ].map(([time, value]) => [instant(String(time)), Number(value)]),
    );
    const requests = recorded(3, (time) => broken.get(time) ?? requestsAt(time), 'sum');
    const history = inRequests(metrics(3, { requests }), 3);
    expect([0, 1, 2, 3].map((minute) => at(history, `2026-12-01T10:0${minute}:00Z`))).toEqual([null, null, null, 10]);
  });

  it.each([
    { when: 'there is no load balancer', over: { requests: null }, code: 'no-load-balancer' },
    { when: 'nothing was counted', over: { requests: NOTHING }, code: 'no-requests' },
    { when: 'zero was counted', over: { requests: recorded(3, () => 0, 'sum') }, code: 'no-requests' },
    { when: 'no CPU is known', over: { cpu: NOTHING }, code: 'too-few-samples' },
    { when: 'no tasks are known', over: { samples: NOTHING }, code: 'too-few-samples' },
    {
      when: 'the CPU goes against the requests',
      over: { cpu: recorded(3, (time: EpochMs) => (isDay(time) ? 10 : 80), 'mean') },
      code: 'requests-do-not-explain-cpu',
    },
  ] as const)('is not made where $when: $code', ({ over, code }) => {
    expect(requestHistory(metrics(3, over), historyFrame(3, NOW), 'by-the-minute')).toEqual({ code });
  });
});

describe('a history in busy tasks', () => {
  const WHY = { code: 'no-load-balancer' } as const;
  const inBusyTasks = (given: ServiceMetrics, days: number): ServiceHistory =>
    busyTaskHistory(given, historyFrame(days, NOW), 'by-the-minute', WHY);

  it('is CPU times running tasks, and a task carries one', () => {
    const history = inBusyTasks(metrics(28), 28);
    expect(history).toMatchObject({ source: 'busy-tasks', because: WHY, taskCapacity: 1 });
    for (const day of ['2026-11-05', '2026-12-01']) {
      expect([at(history, `${day}T07:59:00Z`), at(history, `${day}T08:00:00Z`)]).toEqual([0.1, 1]);
    }
    expect(history.load.perSecond).not.toContain(null);
  });

  it('leaves out the newest minute, of which not all tasks may have reported', () => {
    expect(endOf(inBusyTasks(metrics(3), 3))).toBe('2026-12-01T12:06:00.000Z');
  });

  it('has a gap where either is missing', () => {
    const isGone = (time: EpochMs): boolean => time === instant('2026-12-01T10:00:00Z');
    for (const metric of ['cpu', 'samples'] as const) {
      const value = metric === 'cpu' ? cpuAt : () => 2;
      const broken = recorded(3, (time) => (isGone(time) ? null : value(time)), metric === 'cpu' ? 'mean' : 'sum');
      expect(at(inBusyTasks(metrics(3, { [metric]: broken }), 3), '2026-12-01T10:00:00Z')).toBeNull();
    }
  });

  it('is empty where nothing was ever reported', () => {
    const history = inBusyTasks({ requests: null, cpu: NOTHING, samples: NOTHING }, 28);
    expect(history.load.perSecond).toEqual([]);
    expect(history.tasks.values).toEqual([]);
  });

  it('is the same whether tasks report once a minute or every 20 seconds, from the day on which that began', () => {
    const began = instant('2026-11-29T12:05:00Z');
    const tasksAt = (time: EpochMs): number => (isDay(time) ? 4 : 2);
    const slow = metrics(5, { samples: recorded(5, tasksAt, 'sum') });
    const fast = metrics(5, {
      samples: recorded(5, (time) => (time < began ? 1 : 3) * tasksAt(time), 'sum'),
    });
    const frame = historyFrame(5, NOW);
    const expected = inBusyTasks(slow, 5).load;
    expect(busyTaskHistory(fast, frame, 'maybe-every-20-seconds', WHY).load).toEqual(expected);
    expect(busyTaskHistory(slow, frame, 'maybe-every-20-seconds', WHY).load).toEqual(expected);
    expect(busyTaskHistory(fast, frame, 'by-the-minute', WHY).load).not.toEqual(expected);
  });
});

describe('the time of a history', () => {
  it.each([
    { days: 28, startsAt: '2026-11-03T12:05:00.000Z', fineFrom: '2026-11-16T13:10:00.000Z' },
    { days: 14, startsAt: '2026-11-17T12:05:00.000Z', fineFrom: '2026-11-17T12:05:00.000Z' },
    { days: 2, startsAt: '2026-11-29T12:05:00.000Z', fineFrom: '2026-11-29T12:05:00.000Z' },
  ])('of $days days: from $startsAt, by the minute from $fineFrom', ({ days, startsAt, fineFrom }) => {
    const frame = historyFrame(days, NOW);
    expect(new Date(frame.startsAt).toISOString()).toBe(startsAt);
    expect(new Date(frame.fineFrom).toISOString()).toBe(fineFrom);
    expect(new Date(frame.endsAt).toISOString()).toBe('2026-12-01T12:07:00.000Z');
    expect((NOW - frame.fineFrom) / 1000).toBeLessThan(Math.max(15 * DAY - HOUR + 300, 0) + days);
  });

  it('asks nobody for minutes that nobody asked about', () => {
    const silent: Recorded = { fine: NOT_ASKED, coarse: NOT_ASKED };
    expect(requestHistory(metrics(3, { requests: silent }), historyFrame(3, NOW), 'by-the-minute')).toEqual({
      code: 'no-requests',
    });
  });
});
