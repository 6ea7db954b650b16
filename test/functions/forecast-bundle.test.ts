import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { createHandler } from '../../functions/triggers/forecast.ts';
import { bundleFunction, bundling } from '../../serverless/bundling.ts';
import { ForecastScene } from '../support/forecast-scene.ts';
import { aPolicy } from '../support/policies.ts';
import { officeLoad, trackedMinute } from '../support/recorded-load.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = await mkdtemp(join(tmpdir(), 'fulcrum-forecast-bundle-'));
afterAll(() => rm(folder, { recursive: true }));

const policy = aPolicy({
  services: { api: ['loadBalancer: app/shop/0123456789abcdef', 'targetGroup: targetgroup/shop/0123456789abcdef'] },
  levers: { predictive: 'historyDays: 15' },
});

/** Files of our own and of packages that the bundle of a function is made of. */
async function partsOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    ...bundling(() => policy),
    entryPoints: [join(ROOT, entry)],
    write: false,
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

const fits = (parts: readonly string[]): readonly string[] =>
  parts.filter((path) => /@bsull\/augurs|shared\/forecast\/|lead-time-learner/.test(path));

describe('the bundle of the forecast function', () => {
  it('forecasts far from any package what the function itself does', async () => {
    const file = join(folder, 'forecast.mjs');
    const size = await bundleFunction(join(ROOT, 'functions/triggers/forecast.ts'), file, policy);
    const bundle = (await import(file)) as { readonly createHandler: typeof createHandler };
    const forecasts = [];
    for (const from of [null, bundle]) {
      const scene = new ForecastScene(policy, '2026-11-19T10:07:20Z');
      if (from !== null) scene.createHandler = from.createHandler;
      scene.recorded('api', 15, (at) => trackedMinute(officeLoad(at, 500)));
      expect(await scene.schedule()).toEqual({ forecast: ['production/api'], handedOver: 0 });
      forecasts.push(await scene.stored('api'));
    }
    expect(forecasts[1]).toEqual(forecasts[0]);
    expect(forecasts[1]?.day?.perSecond[0]).toHaveLength(288);
    expect(size).toBeLessThan(900_000);
  });

  it('carries the library that fits models', async () => {
    const parts = await partsOf('functions/triggers/forecast.ts');
    expect(parts.some((path) => path.endsWith('mstl_bg.wasm'))).toBe(true);
  });
});

describe.each(['tick', 'alarm', 'scaled-to-max', 'known-event'])('the bundle of %s', (name) => {
  it('carries nothing that fits a model', async () => {
    const parts = await partsOf(`functions/triggers/${name}.ts`);
    expect(parts.some((path) => path.endsWith('shared/levers/predictive.ts'))).toBe(true);
    expect(fits(parts)).toEqual([]);
  });
});
