import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { backtestInFolder } from '../support/backtest-in-folder.ts';

const { folder, backtest, file } = backtestInFolder('fulcrum-tune-');

const instant = (row: number) => new Date(Date.UTC(2026, 10, 2) + row * 300_000).toISOString();
const rowsOf = (count: number, value: (row: number) => number) =>
  `timestamp,value\n${Array.from({ length: count }, (_, row) => `${instant(row)},${value(row)}`).join('\n')}\n`;

/** Six days with a busy noon and a burst at three in the afternoon, in requests of five minutes. */
const trace = file(
  'shop.csv',
  rowsOf(6 * 288, (row) => {
    const time = row % 288;
    const burst = time >= 180 && time < 186 ? 60_000 : 0;
    return 30_000 + 90_000 * Math.max(0, Math.sin((time / 288) * Math.PI * 2)) + ((row * 37) % 900) + burst;
  }),
);

describe('fulcrum backtest --tune', () => {
  it('prints both parts, the frontier and the part of fulcrum.yml, and puts all of it into both files', async () => {
    const json = join(folder, 'tuned.json');
    const html = join(folder, 'tuned.html');
    const { status, stdout } = await backtest(
      trace,
      ...['--tune', '--keep-missed', '1', '--policies', 'fulcrum,tt60', '--startup', '180'],
      ...['--config', 'fulcrum.yml', '--service', 'core-api', '--max', '90', '--json', json, '--html', html],
    );
    expect(status).toBe(0);
    expect(stdout).toContain('Settings for at most 1\u00a0% of the load missed');
    expect(stdout).toContain('Searched on Thu 5 Nov, 00:00 to Sat 7 Nov, 00:00 (UTC).');
    expect(stdout).toContain('the search never saw it: up to Sun 8 Nov, 00:00');
    expect(stdout).toMatch(/^Fulcrum, default +\S.*(keeps|breaks) it +\S.*(keeps|breaks) it$/m);
    expect(stdout).toMatch(/^Target tracking alone, found +\S.*keeps it/m);
    expect(stdout).toMatch(/^Target tracking alone: Change .*metricResolution 60s → 20s/m);
    expect(stdout).toMatch(/^ +0\.\d\d % \|.*F/m);
    expect(stdout).toMatch(/^target-tracking-tuned \(\d+ %\) /m);

    const [, yaml = ''] = stdout.split(/^For fulcrum\.yml\. Target tracking alone\..*$/m);
    expect(parse(yaml.split('\n\n')[0]!)).toMatchObject({
      fleets: [{ name: 'production', services: [{ name: 'core-api', targetTracking: { metricResolution: '20s' } }] }],
    });

    const data = JSON.parse(readFileSync(json, 'utf8')) as {
      policies: object;
      tuning: { level: object; families: { name: string; candidates: object[] }[] };
    };
    expect(Object.keys(data.policies)).toContain('target-tracking-tuned');
    expect(data.tuning.level).toEqual({ missedShare: 0.01, lostShare: null });
    expect(data.tuning.families.map(({ name }) => name)).toEqual(['fulcrum', 'target-tracking']);
    expect(data.tuning.families[0]!.candidates.length).toBeGreaterThan(20);

    const page = readFileSync(html, 'utf8');
    expect(page).toContain('href="#tuning"');
    expect(page).toContain('<h2>Settings for at most 1\u00a0% of the load missed</h2>');
    expect(page).toContain('metricResolution: 20s');
    expect(page.replace(/<script>[\s\S]*<\/script>/, '')).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('names fleet and service to be filled in where there is no configuration, and keeps the default of a constant load', async () => {
    const constant = file(
      'constant.csv',
      rowsOf(4 * 288, () => 30_000),
    );
    const { status, stdout } = await backtest(constant, '--tune', '--warm-up', '0', '--policies', 'tt20');
    expect(status).toBe(0);
    expect(stdout).toContain('Fulcrum: Keep the default. The load never changes');
    expect(stdout).not.toContain('For fulcrum.yml');
  });

  it.each([
    {
      what: 'a level without a search',
      args: ['--keep-missed', '0.1'],
      message: '--keep-missed is the level that --tune has to keep: give --tune too',
    },
    { what: 'a level of losses without a search', args: ['--keep-lost', '0.1'], message: '--keep-lost is the level' },
    { what: 'a level of everything', args: ['--tune', '--keep-missed', '100'], message: 'from 0 to below 100' },
    { what: 'a level that is no number', args: ['--tune', '--keep-missed', '0,1'], message: 'from 0 to below 100' },
    { what: 'an empty level', args: ['--tune', '--keep-lost', ''], message: 'from 0 to below 100' },
    {
      what: 'more lost than missed',
      args: ['--tune', '--keep-missed', '0.1', '--keep-lost', '0.2'],
      message: '--keep-lost 0.2 is more than --keep-missed 0.1, of which it is a part',
    },
    {
      what: 'too little to search and prove',
      args: ['--tune', '--warm-up', '3.5'],
      message: '--tune has 2.5 days to score after the warm-up and needs 3',
    },
  ])('says what is wrong with $what, in one line and without a stack', async ({ args, message }) => {
    const { status, stdout, stderr } = await backtest(trace, ...args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
