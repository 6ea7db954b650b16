import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { backtestInFolder } from '../support/backtest-in-folder.ts';

const { root, folder, backtest, backtestAsProcess, file } = backtestInFolder('fulcrum-backtest-');

const instant = (row: number, seconds = 300) => new Date(Date.UTC(2026, 10, 2) + row * seconds * 1000).toISOString();
const rowsOf = (count: number, value: (row: number) => number | string) =>
  `timestamp,value\n${Array.from({ length: count }, (_, row) => `${instant(row)},${value(row)}`).join('\n')}\n`;

/** Four days with a busy noon, in requests of five minutes. */
const trace = file(
  'shop.csv',
  rowsOf(
    4 * 288,
    (row) => 30_000 + 90_000 * Math.max(0, Math.sin(((row % 288) / 288) * Math.PI * 2)) + ((row * 37) % 900),
  ),
);

describe('fulcrum backtest', () => {
  it('prints the policies side by side, the frontier and where each failed, and writes both files', () => {
    const json = join(folder, 'out', 'backtest.json');
    const html = join(folder, 'out', 'backtest.html');
    const { status, stdout } = backtestAsProcess(trace, '--json', json, '--html', html, '--startup', '180');
    expect(status).toBe(0);
    expect(stdout).toContain(
      'shop.csv: 4 days from 2 November 2026, the first 3 days not scored (until Thu 5 Nov, 00:00 UTC).',
    );
    expect(stdout).toContain('serves 180 s after it is wanted; at least 2 tasks, no ceiling.');
    for (const name of ['tt60', 'tt20', 'tt20\\+aws-predictive', 'hpa', 'fast', 'fast\\+daily-quantile']) {
      expect(stdout).toMatch(new RegExp(`^${name} \\(70 %\\) +\\S`, 'm'));
      expect(stdout).toMatch(new RegExp(`^  ${name}: (Thu 5 Nov|nowhere)`, 'm'));
    }
    expect(stdout).toMatch(/^clairvoyant .* 1\.00x {2}1\.00/m);
    expect(stdout).toMatch(/^target +35 % +45 % +55 % +65 % +70 % +75 % +85 %$/m);

    const data = JSON.parse(readFileSync(json, 'utf8')) as {
      load: readonly number[];
      policies: Record<string, unknown>;
    };
    expect(data).toMatchObject({ trace: 'shop.csv', stepSeconds: 20, startupSeconds: 180, warmUpSteps: 3 * 4_320 });
    expect(data.load).toHaveLength(4 * 4_320);
    expect(Object.keys(data.policies)).toContain('tt20+aws-predictive');
    expect(readFileSync(html, 'utf8')).toContain('What each scaling policy would have done with shop.csv');
  });

  it('walks through the policies that are named, also at a target of their own', async () => {
    const { status, stdout } = await backtest(
      trace,
      '--policies',
      'tt20@55, hpa',
      '--task-capacity',
      '20',
      '--max',
      '9',
      '--min',
      '3',
      '--warm-up',
      '0.5',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('the first 0.5 days not scored');
    expect(stdout).toContain('A task carries 20 a second at 100 % CPU');
    expect(stdout).toContain('at least 3 tasks, at most 9.');
    expect(stdout).toMatch(/^tt20@55 /m);
    expect(stdout).not.toMatch(/^tt60/m);
  });

  it('takes bounds, start-up and target from a service of a configuration', async () => {
    const { status, stdout } = await backtest(
      trace,
      '--config',
      'fulcrum.yml',
      '--service',
      'core-api',
      '--policies',
      'tt60',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('serves 60 s after it is wanted; at least 2 tasks, at most 10.');
  });

  it.each([
    {
      what: 'rows out of order',
      args: [file('unsorted.csv', `timestamp,value\n${instant(1)},1\n${instant(0)},1\n`)],
      message: 'unsorted.csv:3: ',
    },
    {
      what: 'a negative value',
      args: [file('negative.csv', `timestamp,value\n${instant(0)},-4\n`)],
      message: 'is negative',
    },
    {
      what: 'nothing but zeros',
      args: [
        file(
          'zeros.csv',
          rowsOf(600, () => 0),
        ),
      ],
      message: 'the 99th percentile is 0',
    },
    {
      what: 'a minute of load',
      args: [file('minute.csv', `timestamp,value\n${instant(0, 20)},1\n${instant(1, 20)},1\n`), '--task-capacity', '1'],
      message: 'the trace is 40 s long',
    },
    {
      what: 'a timestamp that is there twice',
      args: [file('twice.csv', `timestamp,value\n${instant(0)},1\n${instant(1)},1\n${instant(1)},1\n`)],
      message: 'twice.csv:4: the timestamp "2026-11-02T00:05:00.000Z" is there twice; keep one row for each instant',
    },
    {
      what: 'an irregular step',
      args: [file('irregular.csv', `timestamp,value\n${instant(0)},1\n${instant(1)},1\n${instant(3)},1\n`)],
      message: 'irregular.csv:4: the timestamp "2026-11-02T00:15:00.000Z" breaks the interval of 300 s',
    },
    {
      what: 'a time that is not in UTC',
      args: [file('berlin.csv', `timestamp,value\n2026-11-02T01:00:00+01:00,1\n`)],
      message: 'berlin.csv:2: the timestamp "2026-11-02T01:00:00+01:00" is not in UTC; write "2026-11-02T00:00:00Z"',
    },
    {
      what: 'a time without an offset',
      args: [file('local.csv', `timestamp,value\n2026-11-02T01:00:00,1\n`)],
      message: 'local.csv:2: the timestamp "2026-11-02T01:00:00" does not say that it is UTC',
    },
    {
      what: 'NaN',
      args: [file('nan.csv', `timestamp,value\n${instant(0)},NaN\n`)],
      message: 'nan.csv:2: the value "NaN" is not a number; leave it empty where the sample is missing',
    },
    {
      what: 'an infinite value',
      args: [file('infinite.csv', `timestamp,value\n${instant(0)},1e999\n`)],
      message: 'infinite.csv:2: the value "1e999" is not a number',
    },
    {
      what: 'a header and nothing else',
      args: [file('header.csv', 'timestamp,value\n')],
      message: 'no row of load; at least two are needed to tell the interval',
    },
    {
      what: 'nothing but gaps',
      args: [
        file(
          'gaps.csv',
          rowsOf(600, () => ''),
        ),
      ],
      message: 'all 600 values are empty; at least one sample is needed',
    },
    {
      what: 'gaps after the warm-up',
      args: [
        file(
          'ends.csv',
          rowsOf(5 * 288, (row) => (row < 3 * 288 ? 30_000 + row : '')),
        ),
      ],
      message: 'after the warm-up there is not one recorded value to score; shorten the warm-up',
    },
    {
      what: 'seven seconds between the rows',
      args: [file('seven.csv', `timestamp,value\n${instant(0, 7)},1\n${instant(1, 7)},1\n`)],
      message: 'the interval must be a multiple of 20 s, so sum or average the rows',
    },
    {
      what: 'an unknown policy',
      args: [trace, '--policies', 'tt20,magic'],
      message: 'there is no policy "magic"; choose from fulcrum, tt60',
    },
    {
      what: 'bounds the wrong way round',
      args: [trace, '--min', '9', '--max', '3'],
      message: 'the least tasks (9) are more than the most (3): change --min or --max',
    },
    {
      what: 'two sizes of a task',
      args: [trace, '--peak-tasks', '9', '--task-capacity', '3'],
      message: 'either --task-capacity or --peak-tasks',
    },
    {
      what: 'a warm-up as long as the trace',
      args: [trace, '--warm-up', '4'],
      message: 'a warm-up of 4 days leaves nothing',
    },
    {
      what: 'a service without its configuration',
      args: [trace, '--service', 'core-api'],
      message: 'give --config too',
    },
    {
      what: 'an unknown service',
      args: [trace, '--config', 'fulcrum.yml', '--service', 'shop'],
      message: 'there is no service "shop"; there are production/core-api',
    },
    {
      what: 'a configuration of many services and none named',
      args: [trace, '--config', 'fulcrum.yml'],
      message: 'say with --service which one: production/core-api',
    },
    { what: 'a start-up of days', args: [trace, '--startup', '90000'], message: 'give a whole number from 0 to 3000' },
    { what: 'an empty number', args: [trace, '--task-capacity', ''], message: 'give a number above 0' },
  ])('says what is wrong with $what, in one line and without a stack', async ({ args, message }) => {
    const { status, stdout, stderr } = await backtest(...args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    { what: 'an empty file', args: [file('empty.csv', '')], message: 'the file is empty' },
    { what: 'a folder', args: [folder], message: 'that is a folder: name the file' },
    { what: 'a file that is not there', args: [join(folder, 'nowhere.csv')], message: 'there is no such file' },
    { what: 'an unknown signal', args: [trace, '--signal', '5m'], message: 'give 1m or 20s' },
  ])('ends the process of who gave $what with one line and status 1', ({ args, message }) => {
    const { status, stdout, stderr } = backtestAsProcess(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('takes the settings of the lever from the configuration', async () => {
    const run = async (predictive: object) => {
      const content = parse(readFileSync(join(root, 'fulcrum.yml'), 'utf8')) as { fleets: { levers?: object }[] };
      const [fleet] = content.fleets;
      fleet!.levers = { ...fleet!.levers, predictive };
      const config = file('fulcrum.yml', stringify(content));
      const args = ['--config', config, '--service', 'core-api', '--policies', 'fulcrum', '--max', '200'];
      const { status, stdout } = await backtest(trace, ...args);
      expect(status).toBe(0);
      return stdout.match(/^fulcrum .*$/m)?.[0];
    };
    const outcomes: (string | undefined)[] = [];
    for (const other of [{}, { missedPrice: 900 }, { usablePercent: 60 }, { targetPercent: 95 }, { memoryDays: 1 }]) {
      outcomes.push(await run(other));
    }
    expect(new Set(outcomes).size).toBe(outcomes.length);
    expect(await run({ missedPrice: 60, usablePercent: 90, targetPercent: 85, memoryDays: 14 })).toBe(outcomes[0]);
  });

  it('says what a service of the configuration has that cannot be walked through', async () => {
    const text = readFileSync(join(root, 'fulcrum.yml'), 'utf8');
    const slow = file('slow.yml', text.replace('startupSeconds: 60', 'startupSeconds: 4000'));
    const { stderr } = await backtest(trace, '--config', slow, '--service', 'core-api');
    expect(stderr).toContain(
      'core-api has startupSeconds 4000, and Fulcrum looks ahead no further than 3000 s: give --startup',
    );
    const asleep = file('asleep.yml', text.replace('min: 2 # one in each availability zone', 'min: 0'));
    const { stdout } = await backtest(trace, '--config', asleep, '--service', 'core-api', '--policies', 'tt60');
    expect(stdout).toContain('core-api may have 0 tasks; it is walked through with at least 1');
    expect(stdout).toContain('at least 1 task, at most 10.');
  });

  it('writes a tiny task capacity with the digits that matter', async () => {
    const { stdout } = await backtest(trace, '--policies', 'tt20', '--task-capacity', '0.000123', '--max', '9');
    expect(stdout).toContain('A task carries 0.00012 a second at 100 % CPU');
  });

  it('walks through a day, and says what it cannot show', async () => {
    const day = file(
      'day.csv',
      rowsOf(288, (row) => 9_000 + row),
    );
    const { status, stdout } = await backtest(day, '--policies', 'tt20');
    expect(status).toBe(0);
    expect(stdout).toContain('day.csv: 1 day from 2 November 2026, all scored.');
    expect(stdout).toContain('less than two days: nothing can repeat in it');
  });

  it('walks through a million rows', async () => {
    const start = Date.UTC(2024, 0, 1);
    const rows = Array.from({ length: 1_000_000 }, (_, row) => {
      const at = new Date(start + row * 60_000).toISOString();
      return `${at},${3_000 + Math.round(2_000 * Math.sin((2 * Math.PI * row) / 1_440))}`;
    });
    const million = file('million.csv', `timestamp,value\n${rows.join('\n')}\n`);
    const { status, stdout } = await backtest(million, '--policies', 'tt20@70');
    expect(status).toBe(0);
    expect(stdout).toContain('million.csv: 694 days from 1 January 2024, the first 14 days not scored');
    expect(stdout).toMatch(/^tt20@70 .* 0\.00\s% /m);
  });

  it('is not misled by a load of zero, given the size of a task', async () => {
    const zeros = file(
      'night.csv',
      rowsOf(5 * 288, () => 0),
    );
    const { status, stdout } = await backtest(zeros, '--policies', 'fulcrum,tt20', '--task-capacity', '10');
    expect(status).toBe(0);
    // Two tasks all day long are the least that there is.
    expect(stdout).toMatch(/^fulcrum +0\.00\s% +0\.00\s% +96 +1\.00x/m);
    expect(stdout).not.toMatch(/NaN|Infinity/);
  });

  it('finds nothing to choose between policies under a load that never changes', async () => {
    const { status, stdout } = await backtest(
      file(
        'constant.csv',
        rowsOf(5 * 288, () => 30_000),
      ),
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/ \(70 %\) .* 1\.25x {2}1\.25 /m);
    expect(stdout).toMatch(/^ {2}tt20: nowhere$/m);
  });
});
