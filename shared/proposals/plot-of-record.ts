import type { AuditEntry } from '../domain/audit.ts';
import type { MetricPoint } from '../domain/reading.ts';
import type { Reason } from '../domain/reason.ts';
import { type EpochMs, later, MINUTE } from '../domain/units.ts';
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
  const recorded = seriesIn(replay.input, '').filter(({ points }) => points.length >= 2);
  const [reason] = reasons;
  const chosen = recorded.find(({ name }) => isAbout(name, reason)) ?? longest(recorded);
  if (chosen === undefined) return null;
  const { unit, factor } = unitOf(chosen.name);
  const words = wordsOf(chosen.name);
  return {
    // What is decided about a pooler may rest on the database behind it.
    title: words.startsWith('database ') ? words : `${words} of ${about}`,
    unit,
    points: chosen.points.map(({ at, value }) => ({ at, value: value * factor })),
    threshold: unit === '%' ? thresholdOf(reason) : null,
  };
}

function longest(recorded: readonly RecordedSeries[]): RecordedSeries | undefined {
  return recorded.reduce<RecordedSeries | undefined>(
    (most, each) => (most === undefined || each.points.length > most.points.length ? each : most),
    undefined,
  );
}

const TOPICS: readonly { readonly says: RegExp; readonly shows: RegExp }[] = [
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
  const code = reason?.code ?? '';
  return TOPICS.find(({ says }) => says.test(code))?.shows.test(name) ?? false;
}

/** Readings of series, and of the newest one-minute points, wherever they stand in the arguments of a lever. */
function seriesIn(value: unknown, name: string): readonly RecordedSeries[] {
  if (!isObject(value)) return [];
  if (value['kind'] === 'seen') {
    const found = seriesOf(value['value']) ?? minutesOf(value['value'], value['at']);
    if (found !== null) return [{ name, points: found }];
  }
  return Object.entries(value).flatMap(([key, each]) => seriesIn(each, key === 'value' ? name : key));
}

function seriesOf(value: unknown): readonly MetricPoint[] | null {
  if (!isObject(value) || !Array.isArray(value['points'])) return null;
  const points: readonly unknown[] = value['points'];
  return points.every(isPoint) ? points : null;
}

function isPoint(point: unknown): point is MetricPoint {
  return isObject(point) && typeof point['at'] === 'number' && typeof point['value'] === 'number';
}

/** The newest minutes as a lever judges them: numbers alone, the last of which begins at the instant. */
function minutesOf(value: unknown, at: unknown): readonly MetricPoint[] | null {
  if (!Array.isArray(value) || typeof at !== 'number') return null;
  const values: readonly unknown[] = value;
  const last: EpochMs = at;
  return values.every((each) => typeof each === 'number')
    ? values.map((each, index) => ({ at: later(last, (index - values.length + 1) * MINUTE), value: each }))
    : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const GIB = 1 / 1024 ** 3;

function unitOf(name: string): { readonly unit: string; readonly factor: number } {
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
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .replace(/ ?percents?$/i, '')
    .toLowerCase()
    .replaceAll(/\b(cpu|iops|acu)\b/g, (word) => word.toUpperCase());
  return plain === '' ? name : plain;
}

function thresholdOf(reason: Reason | undefined): Plot['threshold'] {
  if (reason === undefined) return null;
  const found = Object.entries(reason).find(
    ([key, value]) => /^(target|limit|high|threshold)Percent$/.test(key) && typeof value === 'number',
  );
  const value: unknown = found?.[1];
  if (found === undefined || typeof value !== 'number') return null;
  return { label: found[0].startsWith('target') ? 'target' : 'limit', value };
}
