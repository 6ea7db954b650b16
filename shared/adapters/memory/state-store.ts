import type { KnownEvent } from '../../domain/known-event.ts';
import { type ChangeStatus, isInFlight, type Pause } from '../../domain/snapshot.ts';
import { type EpochMs, later, type Seconds } from '../../domain/units.ts';
import type { FleetMemory, FleetState, Lease, StateStore, StoredChange } from '../../ports.ts';

interface Fleet {
  memory: FleetMemory;
  readonly changes: Map<string, StoredChange>;
  readonly events: Map<string, KnownEvent>;
  readonly pauses: Map<string, Pause>;
  readonly leases: Map<string, LeaseState>;
}

/** `owner` and `heldUntil` are null while nobody holds it; the fence stays. */
interface LeaseState {
  readonly fence: number;
  readonly owner: string | null;
  readonly heldUntil: EpochMs | null;
}

/** A state table in memory. Every method is done before it returns, so no two writers ever meet in the middle. */
export class MemoryStateStore implements StateStore {
  readonly #fleets = new Map<string, Fleet>();

  load(fleet: string): Promise<FleetState> {
    const { memory, changes, events, pauses } = this.#fleet(fleet);
    return Promise.resolve({
      memory,
      changes: inKeyOrder(changes),
      events: inKeyOrder(events),
      pauses: inKeyOrder(pauses),
    });
  }

  saveMemory(fleet: string, memory: FleetMemory): Promise<boolean> {
    const state = this.#fleet(fleet);
    const isNext = memory.version === state.memory.version + 1;
    if (isNext) state.memory = memory;
    return Promise.resolve(isNext);
  }

  openChange(change: StoredChange): Promise<boolean> {
    const { changes } = this.#fleet(change.order.fleet);
    const present = changes.get(change.resource);
    if (present !== undefined && isInFlight(present.status)) return Promise.resolve(false);
    changes.set(change.resource, change);
    return Promise.resolve(true);
  }

  readChange(fleet: string, resource: string): Promise<StoredChange | null> {
    return Promise.resolve(this.#fleet(fleet).changes.get(resource) ?? null);
  }

  moveChange(change: StoredChange, expected: ChangeStatus['status']): Promise<boolean> {
    const { changes } = this.#fleet(change.order.fleet);
    const present = changes.get(change.resource)?.status;
    const isExpected = present?.status === expected && present.decisionId === change.status.decisionId;
    if (isExpected) changes.set(change.resource, change);
    return Promise.resolve(isExpected);
  }

  acquireLease(fleet: string, resource: string, owner: string, now: EpochMs, seconds: Seconds): Promise<Lease | null> {
    const { leases } = this.#fleet(fleet);
    const present = leases.get(resource);
    if (present !== undefined && present.heldUntil !== null && present.heldUntil > now) return Promise.resolve(null);
    const lease = { fleet, resource, owner, fence: (present?.fence ?? 0) + 1, expiresAt: later(now, seconds) };
    leases.set(resource, { fence: lease.fence, owner, heldUntil: lease.expiresAt });
    return Promise.resolve(lease);
  }

  holdsLease(lease: Lease, now: EpochMs): Promise<boolean> {
    const present = this.#fleet(lease.fleet).leases.get(lease.resource);
    return Promise.resolve(isHeldBy(lease, present) && now < (present?.heldUntil ?? now));
  }

  releaseLease(lease: Lease): Promise<void> {
    const { leases } = this.#fleet(lease.fleet);
    const present = leases.get(lease.resource);
    if (isHeldBy(lease, present)) leases.set(lease.resource, { fence: lease.fence, owner: null, heldUntil: null });
    return Promise.resolve();
  }

  putEvent(fleet: string, event: KnownEvent): Promise<void> {
    this.#fleet(fleet).events.set(event.id, event);
    return Promise.resolve();
  }

  removeEvent(fleet: string, eventId: string): Promise<boolean> {
    return Promise.resolve(this.#fleet(fleet).events.delete(eventId));
  }

  putPause(fleet: string, id: string, pause: Pause): Promise<void> {
    this.#fleet(fleet).pauses.set(id, pause);
    return Promise.resolve();
  }

  removePause(fleet: string, id: string): Promise<boolean> {
    return Promise.resolve(this.#fleet(fleet).pauses.delete(id));
  }

  #fleet(name: string): Fleet {
    const present = this.#fleets.get(name);
    if (present !== undefined) return present;
    const fleet: Fleet = {
      memory: { version: 0, told: {}, lastSeen: {} },
      changes: new Map(),
      events: new Map(),
      pauses: new Map(),
      leases: new Map(),
    };
    this.#fleets.set(name, fleet);
    return fleet;
  }
}

function isHeldBy({ fence, owner }: Lease, present: LeaseState | undefined): boolean {
  return present?.fence === fence && present.owner === owner;
}

function inKeyOrder<Value>(values: ReadonlyMap<string, Value>): readonly Value[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
