import { eventIdOf, type KnownEvent } from '../domain/known-event.ts';
import type { EpochMs } from '../domain/units.ts';
import { instantOf } from './local-time.ts';
import type { FleetPolicy, Freeze, Policy } from './policy.ts';
import { recurrenceOfCron } from './recurrence-of-cron.ts';
import { policyVersionOf } from './policy-version.ts';
import type { CalendarEntry, Configuration, FleetConfiguration, FreezeConfiguration } from './schema.ts';

/**
 * Names and local times become what the core works with.
 * @throws RangeError when the configuration was not checked: a local time without an instant, a freeze without a time.
 */
export function resolvePolicy(configuration: Configuration): Policy {
  const content = { ...configuration, fleets: configuration.fleets.map((fleet) => resolveFleet(fleet, configuration)) };
  return { ...content, policyVersion: policyVersionOf(content) };
}

function resolveFleet(fleet: FleetConfiguration, { tickMinutes }: Configuration): FleetPolicy {
  return {
    ...fleet,
    tickMinutes,
    services: fleet.services.map((service) => ({ ...service, service: service.service ?? service.name })),
    calendar: fleet.calendar.map(resolveEvent),
    freezes: fleet.freezes.map(resolveFreeze),
  };
}

function resolveEvent({ name, from, to, timeZone, floors }: CalendarEntry): KnownEvent {
  return {
    id: eventIdOf(name),
    name,
    from: instantIn(timeZone, from),
    to: instantIn(timeZone, to),
    timeZone,
    floors,
    source: 'calendar',
  };
}

function resolveFreeze({ name, allow, timeZone, from, to, cron, durationMinutes }: FreezeConfiguration): Freeze {
  if (cron !== undefined && durationMinutes !== undefined) {
    return { kind: 'recurring', name, allow, recurrence: recurrenceOfCron(cron), durationMinutes, timeZone };
  }
  if (from === undefined || to === undefined) throw new RangeError(`freeze "${name}" has no time`);
  return { kind: 'once', name, allow, from: instantIn(timeZone, from), to: instantIn(timeZone, to) };
}

function instantIn(timeZone: string, local: string): EpochMs {
  const resolved = instantOf(local, timeZone);
  if (resolved.kind !== 'instant') throw new RangeError(`no instant (${resolved.kind}): ${local} ${timeZone}`);
  return resolved.at;
}
