import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { loadPolicy } from '../../../shared/config/load.ts';
import { controlSettingsOf } from '../../../shared/control/policy-settings.ts';
import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import { choosePolicies } from '../../../simulator/backtest/catalogue.ts';
import type { BacktestPlan } from '../../../simulator/backtest/run-backtest.ts';
import { type Family, fulcrumFamily, trackingFamily } from '../../../simulator/tune/families.ts';
import { changedSettings, fragment } from '../../../simulator/tune/fragment.ts';
import { aLoad, aSetup } from '../backtest/loads.ts';

const plan: BacktestPlan = {
  ...aSetup({ targetPercent: 70 }),
  load: aLoad([1]),
  warmUpSteps: 0,
  policies: choosePolicies(['tt20']),
};
const families = [fulcrumFamily(plan), trackingFamily(plan, 60)];
const address = { fleet: 'production', service: 'core-api' };
const text = readFileSync(new URL('../../../fulcrum.yml', import.meta.url), 'utf8');

type Content = Record<string, unknown>;

/** As a person would put it in: what is there stays, lists are joined by name. */
function merged(into: unknown, part: unknown): unknown {
  if (Array.isArray(part)) {
    const list = into as readonly Content[];
    const found = (part as readonly Content[]).map(({ name }) => name);
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(found));
    return list.map((item) =>
      merged(item, (part as readonly Content[]).find(({ name }) => name === item['name']) ?? {}),
    );
  }
  if (typeof part !== 'object' || part === null) return part;
  const all = { ...((into ?? {}) as Content) };
  for (const [key, value] of Object.entries(part)) all[key] = merged(all[key], value);
  return all;
}

/** Any values that the axes of a family allow. */
const anyPoint = (family: Family) => fc.tuple(...family.axes.map(({ values }) => fc.constantFrom(...values)));

describe('the part of fulcrum.yml that a search prints', () => {
  it.each(families)('is valid in the file and says there what was found: $title', (family) => {
    fc.assert(
      fc.property(anyPoint(family), (point) => {
        const settings = family.settingsAt(point);
        const yaml = fragment(settings, address);
        const loaded = loadPolicy(stringify(merged(parse(text), parse(yaml))), 'fulcrum.yml');
        if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
        const fleet = loaded.policy.fleets[0]!;
        const service = fleet.services.find(({ name }) => name === 'core-api')!;
        for (const { place, value } of settings) {
          const holder: Content = place.section === 'targetTracking' ? service.targetTracking : fleet.levers.predictive;
          expect(holder[place.key]).toBe(value);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('sets the control law to what was walked through', () => {
    const [fulcrum] = families;
    const point = [200, 95, 80, 7, 120];
    const yaml = fragment(fulcrum!.settingsAt(point), address);
    const loaded = loadPolicy(stringify(merged(parse(text), parse(yaml))), 'fulcrum.yml');
    if (loaded.kind === 'invalid') throw new Error('invalid');
    const fleet = loaded.policy.fleets[0]!;
    const service = fleet.services.find(({ name }) => name === 'core-api')!;
    expect(controlSettingsOf(service, fleet.levers.predictive)).toEqual({
      ...DEFAULT_SETTINGS,
      missedPrice: 200,
      targetPercent: 95,
      usableUtilization: 0.8,
      memoryDays: 7,
    });
  });

  it('holds only what changes', () => {
    const [, tracking] = families;
    const changed = changedSettings(tracking!.settingsAt(tracking!.start), tracking!.settingsAt([70, 300, 20]));
    expect(changed).toEqual([
      { place: { section: 'targetTracking', key: 'metricResolution' }, before: '60s', value: '20s' },
    ]);
    expect(parse(fragment(changed, address))).toEqual({
      fleets: [{ name: 'production', services: [{ name: 'core-api', targetTracking: { metricResolution: '20s' } }] }],
    });
  });

  it('never lowers the target of target tracking for Fulcrum: the lever would not', () => {
    const { axes } = fulcrumFamily({ ...plan, control: { ...DEFAULT_SETTINGS, unlearnedTargetPercent: 80 } });
    const target = axes.find(({ name }) => name === 'targetPercent')!;
    expect(Math.min(...target.values, ...target.coarse)).toBe(80);
  });

  it('begins every search with the settings of the service', () => {
    const { start } = fulcrumFamily({ ...plan, control: { ...DEFAULT_SETTINGS, usableUtilization: 0.57 } });
    expect(start).toEqual([60, 85, 57, 14, 300]);
  });
});
