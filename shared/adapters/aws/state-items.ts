import type { KnownEvent } from '../../domain/known-event.ts';
import type { Pause } from '../../domain/snapshot.ts';
import { DAY, type EpochMs, later, type Seconds } from '../../domain/units.ts';
import type { FleetMemory, FleetState, StoredChange } from '../../ports.ts';
import { type Item, N, numberOf, S, textAttribute, textOf } from './items.ts';
import { EXPIRY_ATTRIBUTE } from './table-definitions.ts';

/** The items of the state table: hash key `fleet`, range key `item` as below. */
const MEMORY_ITEM = 'memory';
const CHANGE_PREFIX = 'change#';
const LEASE_PREFIX = 'lease#';
const EVENT_PREFIX = 'event#';
const PAUSE_PREFIX = 'pause#';

export const changeItem = (resource: string): string => CHANGE_PREFIX + resource;
export const leaseItem = (resource: string): string => LEASE_PREFIX + resource;
export const eventItem = (eventId: string): string => EVENT_PREFIX + eventId;
export const pauseItem = (id: string): string => PAUSE_PREFIX + id;

const NO_MEMORY: FleetMemory = { version: 0, told: {}, lastSeen: {} };

/** How long an event or a pause stays visible after its end. */
const KEPT_AFTER_END: Seconds = 7 * DAY;

export function writeEvent(fleet: string, event: KnownEvent): Item {
  return {
    fleet: S(fleet),
    item: S(eventItem(event.id)),
    body: S(JSON.stringify(event)),
    [EXPIRY_ATTRIBUTE]: expiry(event.to),
  };
}

export function writePause(fleet: string, id: string, pause: Pause): Item {
  return {
    fleet: S(fleet),
    item: S(pauseItem(id)),
    body: S(JSON.stringify(pause)),
    [EXPIRY_ATTRIBUTE]: expiry(pause.until),
  };
}

function expiry(end: EpochMs): ReturnType<typeof N> {
  return N(Math.ceil(later(end, KEPT_AFTER_END) / 1000));
}

/** Status and decision stand beside the body, for the conditions of writes. */
export function writeChange(change: StoredChange): Item {
  const { status, order, resource } = change;
  return {
    fleet: S(order.fleet),
    item: S(changeItem(resource)),
    status: S(status.status),
    decisionId: S(status.decisionId),
    body: textAttribute(JSON.stringify(change), `the change ${status.decisionId} of ${resource}`),
  };
}

export function readChangeItem(item: Item): StoredChange {
  return JSON.parse(textOf(item, 'body')) as StoredChange;
}

/**
 * The memory of a fleet is one item: it stays whole without any protocol. Compressed it holds some thousands of services,
 * more than the 3,000 scalable targets that Application Auto Scaling allows in a region.
 *
 * @throws RangeError when even so it is too much; the fleet has to be split.
 */
export function writeMemory(fleet: string, { version, ...memory }: FleetMemory): Item {
  return {
    fleet: S(fleet),
    item: S(MEMORY_ITEM),
    version: N(version),
    body: textAttribute(JSON.stringify(memory), `the memory of fleet ${fleet} (split the fleet into smaller ones)`),
  };
}

export function readState(items: readonly Item[]): FleetState {
  const changes: StoredChange[] = [];
  const events: KnownEvent[] = [];
  const pauses: Pause[] = [];
  let memory = NO_MEMORY;
  for (const item of items) {
    const key = textOf(item, 'item');
    if (key === MEMORY_ITEM) memory = readMemory(item);
    else if (key.startsWith(CHANGE_PREFIX)) changes.push(readChangeItem(item));
    else if (key.startsWith(EVENT_PREFIX)) events.push(JSON.parse(textOf(item, 'body')) as KnownEvent);
    else if (key.startsWith(PAUSE_PREFIX)) pauses.push(JSON.parse(textOf(item, 'body')) as Pause);
  }
  return { memory, changes, events, pauses };
}

function readMemory(item: Item): FleetMemory {
  const body = JSON.parse(textOf(item, 'body')) as Omit<FleetMemory, 'version'>;
  return { ...body, version: numberOf(item, 'version') };
}
