import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTrace, readTrace } from '../../../simulator/load/read-trace.ts';
import { TraceError } from '../../../simulator/load/trace-error.ts';

const file = (...rows: readonly string[]) => ['timestamp,value', ...rows, ''].join('\n');

function errorOf(text: string): unknown {
  try {
    return parseTrace('load.csv', text);
  } catch (error) {
    return error;
  }
}

describe('a file of load', () => {
  it('becomes a trace, gaps filled and marked', () => {
    const trace = parseTrace(
      'load.csv',
      file('2026-12-01T08:00:00Z,10', '2026-12-01T08:01:00Z,', '2026-12-01T08:02:00Z,3.5e1'),
    );
    expect(trace).toEqual({
      name: 'load.csv',
      startsAt: Date.UTC(2026, 11, 1, 8),
      intervalSeconds: 60,
      amounts: Float64Array.of(10, 22.5, 35),
      missing: Uint8Array.of(0, 1, 0),
    });
  });

  it.each([
    { what: 'Windows line ends', text: 'timestamp,value\r\n2026-12-01T08:00:00Z,1\r\n2026-12-01T08:01:00Z,2\r\n' },
    { what: 'a byte order mark', text: '\uFEFFtimestamp,value\n2026-12-01T08:00:00Z,1\n2026-12-01T08:01:00Z,2\n' },
    { what: 'no line end at the end', text: 'timestamp,value\n2026-12-01T08:00:00Z,1\n2026-12-01T08:01:00Z,2' },
    {
      what: 'empty lines and spaces',
      text: '\n Timestamp , Value \n2026-12-01T08:00:00Z , 1\n\n2026-12-01T08:01:00Z, 2\n\n',
    },
    { what: 'an offset of nothing', text: file('2026-12-01T08:00:00+00:00,1', '2026-12-01T08:01:00-00:00,2') },
    { what: 'a space for the T', text: file('2026-12-01 08:00:00Z,1', '2026-12-01 08:01:00Z,2') },
    { what: 'milliseconds or no seconds', text: file('2026-12-01T08:00:00.000Z,1', '2026-12-01T08:01Z,2') },
    { what: 'values with signs and points', text: file('2026-12-01T08:00:00Z,+1.', '2026-12-01T08:01:00Z,.2E1') },
  ])('may have $what', ({ text }) => {
    const { startsAt, amounts } = parseTrace('load.csv', text);
    expect({ startsAt, amounts: [...amounts] }).toEqual({ startsAt: Date.UTC(2026, 11, 1, 8), amounts: [1, 2] });
  });

  it.each([
    { when: 'a leap day', rows: ['2024-02-29T23:59:00Z,1', '2024-03-01T00:00:00Z,2'], intervalSeconds: 60 },
    { when: 'hours', rows: ['2026-12-01T08:00:00Z,1', '2026-12-01T09:00:00Z,2'], intervalSeconds: 3_600 },
    { when: 'steps of the plant', rows: ['2026-12-01T08:00:00Z,1', '2026-12-01T08:00:20Z,2'], intervalSeconds: 20 },
  ])('tells its interval: $when', ({ rows, intervalSeconds }) => {
    expect(parseTrace('load.csv', file(...rows)).intervalSeconds).toBe(intervalSeconds);
  });

  const good = ['2026-12-01T08:00:00Z,10', '2026-12-01T08:01:00Z,20'];

  it.each([
    { text: '', message: 'load.csv: the file is empty; it needs the line "timestamp,value" and at least two rows' },
    {
      text: ' \n\n',
      message: 'load.csv: the file is empty; it needs the line "timestamp,value" and at least two rows',
    },
    {
      text: good.join('\n'),
      message: 'load.csv:1: the first line is "2026-12-01T08:00:00Z,10"; it must be "timestamp,value"',
    },
    { text: 'time;load\n', message: 'load.csv:1: the first line is "time;load"; it must be "timestamp,value"' },
    { text: file(), message: 'load.csv: no row of load; at least two are needed to tell the interval' },
    {
      text: file('2026-12-01T08:00:00Z,10'),
      message: 'load.csv: a single row of load; at least two are needed to tell the interval',
    },
    {
      text: file('2026-12-01T08:00:00Z,', '2026-12-01T08:01:00Z,'),
      message: 'load.csv: all 2 values are empty; at least one sample is needed',
    },
    {
      text: file('2026-12-01T08:00:00Z'),
      message: 'load.csv:2: "2026-12-01T08:00:00Z" is not a timestamp, a comma and a value; write one sample a line',
    },
    {
      text: file('2026-12-01T08:00:00Z,1,2'),
      message:
        'load.csv:2: "2026-12-01T08:00:00Z,1,2" is not a timestamp, a comma and a value; write one sample a line',
    },
    {
      text: file(...good, '2026-12-01T08:01:00Z,30'),
      message: 'load.csv:4: the timestamp "2026-12-01T08:01:00Z" is there twice; keep one row for each instant',
    },
    {
      text: file(good[0]!, good[0]!),
      message: 'load.csv:3: the timestamp "2026-12-01T08:00:00Z" is there twice; keep one row for each instant',
    },
    {
      text: file(...good, '2026-12-01T08:00:00Z,30'),
      message:
        'load.csv:4: the timestamp "2026-12-01T08:00:00Z" comes after "2026-12-01T08:01:00Z"; sort the rows by time, the oldest first',
    },
    {
      text: file(good[1]!, good[0]!),
      message:
        'load.csv:3: the timestamp "2026-12-01T08:00:00Z" comes after "2026-12-01T08:01:00Z"; sort the rows by time, the oldest first',
    },
    {
      text: file(...good, '2026-12-01T08:03:00Z,30'),
      message:
        'load.csv:4: the timestamp "2026-12-01T08:03:00Z" breaks the interval of 60 s; "2026-12-01T08:02:00Z" was expected, and a missing sample is a row with an empty value',
    },
    {
      text: file(...good, '2026-12-01T08:01:59Z,30'),
      message:
        'load.csv:4: the timestamp "2026-12-01T08:01:59Z" breaks the interval of 60 s; "2026-12-01T08:02:00Z" was expected, and a missing sample is a row with an empty value',
    },
    {
      text: file(good[0]!, '2026-12-01T08:00:30Z,1'),
      message:
        'load.csv:3: the timestamp "2026-12-01T08:00:30Z" comes 30 s after the first; the interval must be a multiple of 20 s, so sum or average the rows',
    },
    {
      text: file(good[0]!, '2026-12-01T08:00:10Z,1'),
      message:
        'load.csv:3: the timestamp "2026-12-01T08:00:10Z" comes 10 s after the first; the interval must be a multiple of 20 s, so sum or average the rows',
    },
    {
      text: file('yesterday,1'),
      message: 'load.csv:2: the timestamp "yesterday" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('2026-02-29T08:00:00Z,1'),
      message:
        'load.csv:2: the timestamp "2026-02-29T08:00:00Z" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('2026-13-01T08:00:00Z,1'),
      message:
        'load.csv:2: the timestamp "2026-13-01T08:00:00Z" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('2026-12-01T24:00:00Z,1'),
      message:
        'load.csv:2: the timestamp "2026-12-01T24:00:00Z" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('2026-12-01T08:60:00Z,1'),
      message:
        'load.csv:2: the timestamp "2026-12-01T08:60:00Z" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('2026-12-01T08:59:60Z,1'),
      message:
        'load.csv:2: the timestamp "2026-12-01T08:59:60Z" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('1764576000,1'),
      message: 'load.csv:2: the timestamp "1764576000" is not an instant; write it like "2026-12-01T08:00:00Z"',
    },
    {
      text: file('2026-12-01T08:00:00,1'),
      message:
        'load.csv:2: the timestamp "2026-12-01T08:00:00" does not say that it is UTC; convert it to UTC and end it with "Z"',
    },
    {
      text: file('2026-12-01T08:00:00+01:00,1'),
      message: 'load.csv:2: the timestamp "2026-12-01T08:00:00+01:00" is not in UTC; write "2026-12-01T07:00:00Z"',
    },
    {
      text: file('2026-12-01T08:00:00-0330,1'),
      message: 'load.csv:2: the timestamp "2026-12-01T08:00:00-0330" is not in UTC; write "2026-12-01T11:30:00Z"',
    },
    ...['NaN', 'null', 'Infinity', '1e999', '0x10', '1 000', '12kB', '-'].map((value) => ({
      text: file(`2026-12-01T08:00:00Z,${value}`),
      message: `load.csv:2: the value "${value}" is not a number; leave it empty where the sample is missing`,
    })),
    {
      text: file('2026-12-01T08:00:00Z,-1'),
      message:
        'load.csv:2: the value "-1" is negative, which no load can be; leave it empty where the sample is missing',
    },
  ])('is refused: $message', ({ text, message }) => {
    expect(errorOf(text)).toBeInstanceOf(TraceError);
    expect(errorOf(text)).toMatchObject({ message });
  });

  it('is refused with the line and a code for programs', () => {
    const problem = { code: 'negative', found: '-3' };
    const text = file(...good, '2026-12-01T08:02:00Z,-3');
    expect(errorOf(text)).toMatchObject({ name: 'TraceError', file: 'load.csv', line: 4, problem });
    expect(errorOf('')).toMatchObject({ line: null, problem: { code: 'empty-file' } });
  });

  it('is not quoted at length', () => {
    expect(() => parseTrace('load.csv', 'x'.repeat(1_000))).toThrow(`the first line is "${'x'.repeat(60)}…";`);
  });
});

describe('reading from disk', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fulcrum-load-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('joins what falls on two chunks', async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${new Date(row * 60_000).toISOString()},${row}`);
    const path = join(folder, 'long.csv');
    await writeFile(path, file(...rows));
    const { name, amounts, missing } = await readTrace(path);
    expect(name).toBe('long.csv');
    expect(amounts).toEqual(Float64Array.from({ length: 60_000 }, (_, row) => row));
    expect(missing).toEqual(new Uint8Array(60_000));
  });

  it('names the path in messages', async () => {
    const path = join(folder, 'broken.csv');
    await writeFile(path, file('2026-12-01T08:00:00Z,x'));
    await expect(readTrace(path)).rejects.toThrow(`${path}:2: the value "x" is not a number`);
    await expect(readTrace(join(folder, 'absent.csv'))).rejects.toThrow('ENOENT');
  });
});
