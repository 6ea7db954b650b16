import { eventIdOf } from '../../domain/known-event.ts';
import { oneOf } from '../json-schema.ts';
import { describeValue, type Finding } from '../problem.ts';
import type { CalendarEntry } from '../schema.ts';
import type { Part, SoundFleet } from '../sound-parts.ts';
import { didYouMean } from '../suggest.ts';
import { duplicates } from './duplicates.ts';
import { checkPeriod, zoneIsKnown } from './period.ts';

export function checkCalendar(fleet: SoundFleet): readonly Finding[] {
  const ids = fleet.calendar.map(({ path, value }) => ({ key: eventIdOf(value.name), path: [...path, 'name'] }));
  return [
    ...fleet.calendar.flatMap((entry) => [
      ...zoneIsKnown(entry),
      ...checkPeriod(entry.path, entry.value),
      ...floorsFit(entry, fleet),
    ]),
    ...ids
      .filter(({ key }) => key === '')
      .map(({ path }): Finding => ({
        path,
        at: 'value',
        message: 'found a name without letters and digits',
        expected: 'one with',
      })),
    ...duplicates(ids.filter(({ key }) => key !== '')).map(({ key, path, first }): Finding => ({
      path,
      at: 'value',
      found: key,
      message: `found the id "${key}" a second time`,
      expected: 'names that differ in letters or digits',
      seeAlso: first,
    })),
  ];
}

const MOST_NAMES_LISTED = 10;

function floorsFit({ path, value: { floors } }: Part<CalendarEntry>, fleet: SoundFleet): readonly Finding[] {
  if (Object.keys(floors).length === 0) {
    return [
      { path: [...path, 'floors'], at: 'value', message: 'found no floors', expected: 'that of at least one service' },
    ];
  }
  const { serviceNames } = fleet;
  return Object.entries(floors).flatMap(([name, floor]): readonly Finding[] => {
    const place = [...path, 'floors', name];
    if (serviceNames !== undefined && !serviceNames.includes(name)) {
      const suggestion = didYouMean(name, serviceNames);
      const names = serviceNames.length > MOST_NAMES_LISTED ? '' : ` (${oneOf(serviceNames.map(describeValue))})`;
      return [
        {
          path: place,
          at: 'key',
          found: name,
          message: `found ${describeValue(name)}`,
          expected: `a service of the fleet${suggestion === undefined ? names : ''}`,
          ...(suggestion === undefined ? {} : { suggestion }),
        },
      ];
    }
    const hardLimit = fleet.services.find(({ value }) => value.name === name)?.value.hardLimit;
    if (hardLimit === undefined || floor <= hardLimit) return [];
    return [
      {
        path: place,
        at: 'value',
        found: floor,
        message: `found ${floor}`,
        expected: `at most hardLimit of ${name}, which is ${hardLimit}`,
      },
    ];
  });
}
