import { afterAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunction } from '../../serverless/bundling.ts';
import { LogSeries } from '../../shared/forecast/candidates.ts';
import { forecastLoad } from '../../shared/forecast/forecast-load.ts';
import { MstlForecast } from '../../shared/forecast/mstl.ts';
import { aPolicy } from '../support/builders/policy.ts';
import { historyOf } from './sample.ts';

const ROOT = join(import.meta.dirname, '../..');
const HOURS = 24;

function seriesOf(days: number, stepsPerDay: number, valueAt: (day: number) => number): LogSeries {
  const values = Float64Array.from({ length: days * stepsPerDay }, (_, step) => valueAt(step / stepsPerDay));
  return new LogSeries(values, stepsPerDay);
}

const daily = (day: number): number => Math.sin(2 * Math.PI * day);

describe('a load as trend and seasons', () => {
  it.each([
    ['hours', HOURS],
    ['five minutes', 288],
    ['minutes', 1_440],
    ['four hours', 6],
  ])('goes on as it was, in steps of %s', (_, stepsPerDay) => {
    const series = seriesOf(7, stepsPerDay, daily);
    const forecast = MstlForecast.at(series, series.values.length, stepsPerDay)!;
    for (let ahead = 0; ahead < stepsPerDay; ahead += 1) {
      expect(Math.abs(forecast.predict(7 * stepsPerDay + ahead) - daily(ahead / stepsPerDay))).toBeLessThan(0.08);
    }
  });

  it('knows the week after two of them', () => {
    const weekly = (day: number): number => daily(day) + (Math.floor(day) % 7 >= 5 ? -2 : 0);
    const series = seriesOf(26, HOURS, weekly);
    const forecast = MstlForecast.at(series, 26 * HOURS, 2 * HOURS)!;
    expect(forecast.predict(26 * HOURS + 12)).toBeCloseTo(weekly(26.5), 1);
    expect(forecast.predict(27 * HOURS + 12)).toBeCloseTo(weekly(27.5), 1);
  });

  it('sees nothing of what comes after its origin', () => {
    const whole = seriesOf(8, HOURS, (day) => daily(day) + (day >= 5 ? 3 : 0));
    const prefix = seriesOf(5, HOURS, daily);
    const at = (series: LogSeries): number => MstlForecast.at(series, 5 * HOURS, HOURS)!.predict(5 * HOURS + 7);
    expect(at(whole)).toBe(at(prefix));
  });

  it('needs two days, of six steps each', () => {
    const series = seriesOf(4, HOURS, daily);
    expect(MstlForecast.at(series, 2 * HOURS - 1, HOURS)).toBeNull();
    expect(MstlForecast.at(series, 2 * HOURS, HOURS)).not.toBeNull();
    expect(MstlForecast.at(seriesOf(9, 4, daily), 36, 4)).toBeNull();
  });

  it('is none where the library finds no model', () => {
    expect(
      MstlForecast.at(
        seriesOf(4, HOURS, () => Number.NaN),
        4 * HOURS,
        HOURS,
      ),
    ).toBeNull();
  });
});

describe('the library of the forecast', () => {
  const history = historyOf(5);
  const script = (module: string): string => `
    const { forecastLoad } = await import(${JSON.stringify(pathToFileURL(module).href)});
    const forecast = forecastLoad(${JSON.stringify(history)});
    console.log(JSON.stringify(forecast.steps.map(({ perSecond }) => perSecond)));`;
  const inNode = async (module: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script(module)]);
    return JSON.parse(stdout);
  };
  const here = forecastLoad(history);
  const expected = here.kind === 'forecast' ? here.steps.map(({ perSecond }) => perSecond) : [];
  const folder = mkdtemp(join(tmpdir(), 'fulcrum-forecast-'));
  afterAll(async () => rm(await folder, { recursive: true }));

  it('has a say in this forecast', () => {
    expect(here.kind === 'forecast' && here.weights.mstl).toBeGreaterThan(0.01);
  });

  it('does the same in plain Node', async () => {
    expect(await inNode(join(ROOT, 'shared/forecast/forecast-load.ts'))).toEqual(expected);
  });

  it('does the same in a bundle far from its package', async () => {
    const entry = join(await folder, 'entry.ts');
    const out = join(await folder, 'bundle.mjs');
    await writeFile(entry, `export { forecastLoad } from '${ROOT}/shared/forecast/forecast-load.ts';`);
    await bundleFunction(entry, out, aPolicy([{}]));
    expect(await inNode(out)).toEqual(expected);
    expect((await stat(out)).size).toBeLessThan(600_000);
  });
});
