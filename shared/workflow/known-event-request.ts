import { type LocalInstant, instantOf } from '../config/local-time.ts';
import type { FleetPolicy, Policy } from '../config/policy.ts';
import { eventIdOf, type KnownEvent } from '../domain/known-event.ts';
import type { RefusalReason } from '../domain/reason.ts';
import type { EpochMs } from '../domain/units.ts';
import { quoted } from '../events/parse.ts';
import type { KnownEventRequest } from '../events/known-event-request.ts';

/** A request that can be carried out, or the one clear reason why not. */
export type ResolvedRequest =
  | { readonly kind: 'announce'; readonly fleet: FleetPolicy; readonly event: KnownEvent; readonly dryRun: boolean }
  | { readonly kind: 'withdraw'; readonly fleet: FleetPolicy; readonly event: KnownEvent; readonly dryRun: boolean }
  | { readonly kind: 'refused'; readonly fleet: FleetPolicy | null; readonly because: RefusalReason };

/** @param announced events that were announced by hand before, by fleet. */
export async function resolveRequest(
  request: KnownEventRequest,
  policy: Policy,
  announced: (fleet: string) => Promise<readonly KnownEvent[]>,
  now: EpochMs,
): Promise<ResolvedRequest> {
  if (request.kind === 'malformed') return refuse(null, 'malformed', request.message);
  const fleet = policy.fleets.find(({ name }) => name === request.fleet);
  if (fleet === undefined) {
    const names = policy.fleets.map(({ name }) => name).join(', ');
    return refuse(null, 'unknown-fleet', `no fleet is called ${quoted(request.fleet)}; there are: ${names}`);
  }
  const id = eventIdOf(request.event);
  if (id === '')
    return refuse(fleet, 'malformed', `the event ${quoted(request.event)} has no letter or digit in its name`);
  if (fleet.calendar.some((event) => event.id === id)) {
    return refuse(
      fleet,
      'malformed',
      `${quoted(request.event)} stands in the calendar of fulcrum.yml: change it there`,
    );
  }
  if (request.kind === 'withdraw') {
    const event = (await announced(fleet.name)).find((one) => one.id === id && one.to > now);
    return event === undefined
      ? refuse(
          fleet,
          'malformed',
          `no event ${quoted(request.event)} is announced for ${fleet.name}: nothing to withdraw`,
        )
      : { kind: 'withdraw', fleet, event, dryRun: request.dryRun ?? false };
  }
  return resolveAnnouncement(request, fleet, id, now);
}

type Announcement = Extract<KnownEventRequest, { kind: 'announce' }>;

function resolveAnnouncement(request: Announcement, fleet: FleetPolicy, id: string, now: EpochMs): ResolvedRequest {
  const from = resolveTime('from', request.from, request.timeZone);
  if (typeof from !== 'number') return { kind: 'refused', fleet, because: from };
  const to = resolveTime('to', request.to, request.timeZone);
  if (typeof to !== 'number') return { kind: 'refused', fleet, because: to };
  if (from >= to)
    return refuse(fleet, 'bad-time', `the event must begin before it ends: from ${request.from}, to ${request.to}`);
  if (to <= now) return refuse(fleet, 'in-the-past', `the event ended already: to ${request.to} ${request.timeZone}`);

  const unfit = unfitFloor(request.floors, fleet);
  if (unfit !== null) return { kind: 'refused', fleet, because: unfit };
  const { event: name, timeZone, floors, dryRun = false } = request;
  return { kind: 'announce', fleet, event: { id, name, from, to, timeZone, floors, source: 'manual' }, dryRun };
}

function resolveTime(field: string, local: string, timeZone: string): EpochMs | RefusalReason {
  const resolved: LocalInstant = instantOf(local, timeZone);
  const bad = (problem: string): RefusalReason => ({
    code: 'bad-time',
    message: `${field} ${quoted(local)}: ${problem}`,
  });
  switch (resolved.kind) {
    case 'instant':
      return resolved.at;
    case 'not-a-local-time':
      return bad('not a local time of the form 2026-12-01T08:00');
    case 'unknown-zone':
      return { code: 'bad-time', message: `timeZone ${quoted(timeZone)}: not an IANA time zone such as Europe/Berlin` };
    case 'does-not-exist':
      return bad(
        `does not exist in ${timeZone}, the clock skips it; nearest are ${resolved.before} and ${resolved.after}`,
      );
    case 'exists-twice':
      return bad(
        `exists twice in ${timeZone}, the clock is set back; unambiguous are ${resolved.before} and ${resolved.after}`,
      );
  }
}

function unfitFloor(floors: Announcement['floors'], fleet: FleetPolicy): RefusalReason | null {
  for (const [name, floor] of Object.entries(floors)) {
    const service = fleet.services.find((one) => one.name === name);
    if (service === undefined) {
      const names = fleet.services.map((one) => one.name).join(', ');
      return { code: 'unknown-service', message: `${fleet.name} has no service ${quoted(name)}; there are: ${names}` };
    }
    if (floor > service.hardLimit) {
      return {
        code: 'above-hard-limit',
        message: `the floor of ${floor} tasks for ${name} is above its hardLimit of ${service.hardLimit}: raise that in fulcrum.yml first`,
      };
    }
  }
  return null;
}

function refuse(fleet: FleetPolicy | null, code: RefusalReason['code'], message: string): ResolvedRequest {
  return { kind: 'refused', fleet, because: { code, message } };
}
