import type { AuditEntry } from '../domain/audit.ts';
import type { MetricPoint } from '../domain/reading.ts';
import type { Reason } from '../domain/reason.ts';
import { DAY, type EpochMs, HOUR, later, MINUTE, type Seconds } from '../domain/units.ts';
import type { Plot } from '../pull-requests/plot.ts';

/** A metric as the decision saw it, by the name under which its lever had it. */
interface RecordedSeries {
  readonly name: string;
  readonly points: readonly MetricPoint[];
}

/**
 * The metric on which a decision rested, from the arguments that were recorded with it. The lever's first reason says what
 * it was about; of several metrics the one is shown whose name fits, else the longest. `null` where none was recorded.
 */
export function plotOfRecord({ replay, reasons }: Pick<AuditEntry, 'replay' | 'reasons'>, about: string): Plot | null {
  if (replay === null) return null;
  const recorded = seriesIn(replay.input, { name: '', periodSeconds: MINUTE }).filter(
    ({ points }) => points.length >= 2,
  );
  const [reason] = reasons;
  const fitting = recorded.filter(({ name }) => isAbout(name, reason));
  const chosen = fitting.find(({ name }) => isDaily(name) === restsOnDays(reason)) ?? fitting[0] ?? longest(recorded);
  if (chosen === undefined) return null;
  const { unit, factor } = unitOf(chosen.name);
  const words = wordsOf(chosen.name);
  return {
    // What is decided about a pooler may rest on the database behind it.
    title: words.startsWith('database ') ? words : `${words} of ${about}`,
    unit,
    points: chosen.points.map(({ at, value }) => ({ at, value: value * factor })),
    threshold: thresholdOf(reason, unit),
  };
}

/** Of a metric that a lever has by the hour and by the day. */
function isDaily(name: string): boolean {
  return /daily/i.test(name);
}

function restsOnDays(reason: Reason | undefined): boolean {
  return reason?.code === 'storage-runs-out' || reason?.code === 'task-oversized';
}

function longest(recorded: readonly RecordedSeries[]): RecordedSeries | undefined {
  return recorded.reduce<RecordedSeries | undefined>(
    (most, each) => (most === undefined || each.points.length > most.points.length ? each : most),
    undefined,
  );
}

/** By the code of the reason and what it says it is about. */
const TOPICS: readonly { readonly says: RegExp; readonly shows: RegExp }[] = [
  { says: /engine-busy replica|replicas-/, shows: /replicaCpu/i },
  { says: /engine-busy/, shows: /primaryCpu/i },
  { says: /cache-evicts/, shows: /evict/i },
  { says: /sessions/, shows: /sessionsOnCpu/i },
  { says: /swap/, shows: /swap/i },
  { says: /credits/, shows: /credits/i },
  { says: / iops$/, shows: /iops/i },
  { says: / mibps$/, shows: /mibps/i },
  { says: /memory|swap/, shows: /memory|swap/i },
  { says: /storage|space/, shows: /storage|free/i },
  { says: /iops|queue|throughput/, shows: /iops|queue/i },
  { says: /connection|clients|pool/, shows: /connection|client|wait|active/i },
  { says: /hit|evict|cache/, shows: /hit|evict|memory/i },
  { says: /lag/, shows: /lag/i },
  { says: /acu/, shows: /acu|cpu/i },
  { says: /./, shows: /cpu|util/i },
];

function isAbout(name: string, reason: Reason | undefined): boolean {
  const topic = [reason?.code ?? '', ...namesIn(reason)].join(' ');
  return TOPICS.find(({ says }) => says.test(topic))?.shows.test(name) ?? false;
}

function namesIn(reason: Reason | undefined): readonly string[] {
  const said: readonly unknown[] =
    reason === undefined ? [] : ['what' in reason ? reason.what : null, 'role' in reason ? reason.role : null];
  return said.filter((name) => typeof name === 'string');
}

interface Place {
  readonly name: string;
  /** Of points that are recorded without their times. */
  readonly periodSeconds: Seconds;
}

/** Readings of series, and of the newest points alone, wherever they stand in the arguments of a lever. */
function seriesIn(value: unknown, place: Place): readonly RecordedSeries[] {
  if (!isObject(value)) return [];
  if (value['kind'] === 'seen') {
    const found = seriesOf(value['value']) ?? pointsOf(value['value'], value['at'], place.periodSeconds);
    if (found !== null) return [{ name: place.name, points: found }];
  }
  return Object.entries(value).flatMap(([key, each]) => seriesIn(each, key === 'value' ? place : placeOf(key, place)));
}

/** Levers that look at hours or days keep them under that name; these two are days among the hours of Aurora. */
const PERIODS: ReadonlyMap<string, Seconds> = new Map([
  ['hours', HOUR],
  ['days', DAY],
  ['calm', DAY],
  ['peakAcu', DAY],
  ['rampedToAcu', DAY],
]);

function placeOf(name: string, { periodSeconds }: Place): Place {
  return { name, periodSeconds: PERIODS.get(name) ?? periodSeconds };
}

function seriesOf(value: unknown): readonly MetricPoint[] | null {
  if (!isObject(value) || !Array.isArray(value['points'])) return null;
  const points: readonly unknown[] = value['points'];
  return points.every(isPoint) ? points : null;
}

function isPoint(point: unknown): point is MetricPoint {
  return isObject(point) && typeof point['at'] === 'number' && typeof point['value'] === 'number';
}

/** The newest points as a lever judges them: numbers alone, the last of which begins at the instant. */
function pointsOf(value: unknown, at: unknown, periodSeconds: Seconds): readonly MetricPoint[] | null {
  if (!Array.isArray(value) || typeof at !== 'number') return null;
  const values: readonly unknown[] = value;
  const last: EpochMs = at;
  return values.every((each) => typeof each === 'number')
    ? values.map((each, index) => ({ at: later(last, (index - values.length + 1) * periodSeconds), value: each }))
    : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const GIB = 1 / 1024 ** 3;

function unitOf(name: string): { readonly unit: string; readonly factor: number } {
  if (/gib$/i.test(name)) return { unit: 'GiB', factor: 1 };
  if (/sessions/i.test(name)) return { unit: 'sessions', factor: 1 };
  if (/mibps/i.test(name)) return { unit: 'MiB/s', factor: 1 };
  if (/evictions/i.test(name)) return { unit: 'keys an hour', factor: 1 };
  if (/percent|cpu|util|rate/i.test(name)) return { unit: '%', factor: 1 };
  if (/iops/i.test(name)) return { unit: 'IOPS', factor: 1 };
  if (/acu|capacity/i.test(name)) return { unit: 'ACU', factor: 1 };
  if (/bytes|memory|storage|swap|space/i.test(name)) return { unit: 'GiB', factor: GIB };
  if (/millis/i.test(name)) return { unit: 'ms', factor: 1 };
  if (/lag|seconds|latency/i.test(name)) return { unit: 's', factor: 1 };
  if (/tasks/i.test(name)) return { unit: 'tasks', factor: 1 };
  if (/connection|client|active/i.test(name)) return { unit: 'connections', factor: 1 };
  return { unit: '1', factor: 1 };
}

/** `cpuPercents` → `CPU`, `database/freeable-memory` → `freeable memory`. */
function wordsOf(name: string): string {
  const plain = (name.split('/').at(-1) ?? name)
    .replace(/(?:GiB|Millis)$/, '')
    .replace(/^mibps$/, 'throughput')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .replace(/ ?percents?$/i, '')
    .toLowerCase()
    .replaceAll(/\b(cpu|iops|acu)\b/g, (word) => word.toUpperCase());
  return plain === '' ? name : plain;
}

function thresholdOf(reason: Reason | undefined, unit: string): Plot['threshold'] {
  if (reason === undefined) return null;
  const limit = limitOf(reason);
  if (limit !== null) return { label: 'limit', value: limit };
  if (unit !== '%') return null;
  const found = Object.entries(reason).find(
    ([key, value]) => /^(target|limit|high|threshold)Percent$/.test(key) && typeof value === 'number',
  );
  const value: unknown = found?.[1];
  if (found === undefined || typeof value !== 'number') return null;
  return { label: found[0].startsWith('target') ? 'target' : 'limit', value };
}

/** In the unit of the metric; `null` where it is none, or is said as a share. */
function limitOf(reason: Reason): number | null {
  switch (reason.code) {
    case 'database-pressed':
      return reason.limit;
    case 'storage-pressed':
      return (reason.provisioned * reason.limitPercent) / 100;
    case 'acu-near-max':
      return (reason.maxAcu * reason.limitPercent) / 100;
    default:
      return null;
  }
}
