import { describeValue, type Finding, type Path } from '../problem.ts';
import { recurrenceOfCron } from '../recurrence-of-cron.ts';
import type { FreezeConfiguration } from '../schema.ts';
import type { Part, SoundFleet } from '../sound-parts.ts';
import { checkPeriod, zoneIsKnown } from './period.ts';

export function checkFreezes({ freezes }: SoundFleet): readonly Finding[] {
  return freezes.flatMap((freeze) => [...zoneIsKnown(freeze), ...freezeHasOneKindOfTime(freeze)]);
}

const KINDS_OF_FREEZE = 'either "from" and "to", or "cron" and "durationMinutes"';

function freezeHasOneKindOfTime({ path, value }: Part<FreezeConfiguration>): readonly Finding[] {
  const { from, to, cron, durationMinutes, timeZone } = value;
  const once = from !== undefined || to !== undefined;
  const recurring = cron !== undefined || durationMinutes !== undefined;
  if (once === recurring) {
    const message = once ? 'found both kinds of freeze' : 'found no time';
    return [{ path, at: 'value', message, expected: KINDS_OF_FREEZE }];
  }
  const missing = (key: string, other: string): readonly Finding[] => [
    { path: [...path, key], at: 'value', message: `missing key "${key}"`, expected: `it beside "${other}"` },
  ];
  if (once) {
    if (from === undefined) return missing('from', 'to');
    if (to === undefined) return missing('to', 'from');
    return checkPeriod(path, { from, to, timeZone });
  }
  if (cron === undefined) return missing('cron', 'durationMinutes');
  return [
    ...(durationMinutes === undefined ? missing('durationMinutes', 'cron') : []),
    ...checkCron([...path, 'cron'], cron),
  ];
}

function checkCron(path: Path, cron: string): readonly Finding[] {
  const fault = cronFault(cron);
  if (fault === null) return [];
  return [{ path, at: 'value', found: cron, message: `found ${describeValue(cron)}`, expected: fault }];
}

function cronFault(cron: string): string | null {
  try {
    recurrenceOfCron(cron);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
