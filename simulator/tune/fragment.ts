import { stringify } from 'yaml';
import type { Setting, SettingPlace } from './families.ts';

/** Whose settings they are. */
export interface Address {
  readonly fleet: string;
  readonly service: string;
}

export const SOME_SERVICE: Address = { fleet: 'my-fleet', service: 'my-service' };

/** Settings as the part of `fulcrum.yml` that holds them: merged into the file of that fleet and service, it is valid. */
export function fragment(settings: readonly Setting[], { fleet, service }: Address): string {
  const predictive = section(settings, 'levers.predictive');
  const targetTracking = section(settings, 'targetTracking');
  return stringify({
    fleets: [
      {
        name: fleet,
        ...(predictive === null ? {} : { levers: { predictive } }),
        ...(targetTracking === null ? {} : { services: [{ name: service, targetTracking }] }),
      },
    ],
  });
}

function section(
  settings: readonly Setting[],
  wanted: SettingPlace['section'],
): Readonly<Record<string, Setting['value']>> | null {
  const found = settings.filter(({ place }) => place.section === wanted);
  return found.length === 0 ? null : Object.fromEntries(found.map(({ place, value }) => [place.key, value]));
}

/** Settings of one policy that differ from those of another, with both values. */
export function changedSettings(
  from: readonly Setting[],
  to: readonly Setting[],
): readonly (Setting & { readonly before: Setting['value'] })[] {
  return to.flatMap((setting) => {
    const before = from.find(({ place }) => place.key === setting.place.key && place.section === setting.place.section);
    return before === undefined || before.value === setting.value ? [] : [{ ...setting, before: before.value }];
  });
}
