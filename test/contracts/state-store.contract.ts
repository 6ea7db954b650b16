import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeStatus } from '../../shared/domain/snapshot.ts';
import { later } from '../../shared/domain/units.ts';
import type { Lease, StateStore } from '../../shared/ports.ts';
import { aChange, anEvent, aPause, NOON } from './samples.ts';
import type { Subject } from './subject.ts';

const FLEET = 'production';
const RESOURCE = 'service/production/core-api';

/** What every state store promises. */
export function describeStateStoreContract(name: string, makeSubject: () => Promise<Subject<StateStore>>): void {
  describe(`state store contract: ${name}`, () => {
    let subject: Subject<StateStore>;
    let store: StateStore;
    beforeEach(async () => {
      subject = await makeSubject();
      store = subject.port;
    });
    afterEach(() => subject.close());

    describe('load', () => {
      it('knows nothing of a new fleet', async () => {
        expect(await store.load(FLEET)).toEqual({
          memory: { version: 0, told: {}, lastSeen: {} },
          changes: [],
          events: [],
          pauses: [],
        });
      });

      it('gives everything of its fleet and nothing of another, by key', async () => {
        const other = aChange({}, { resource: 'service/production/a-service' });
        await store.openChange(aChange());
        await store.openChange(other);
        await store.putEvent(FLEET, anEvent());
        await store.putEvent(FLEET, anEvent({ id: 'election', name: 'Election' }));
        await store.putPause(FLEET, 'pause-1', aPause());
        const databaseLimits = { identifier: 'production', memoryGiB: 16, iops: null, storageGiB: null };
        await store.saveMemory(FLEET, { version: 1, told: {}, lastSeen: { [RESOURCE]: 'digest' }, databaseLimits });
        await store.acquireLease(FLEET, RESOURCE, 'me', NOON, 60);
        await store.putEvent('staging', anEvent({ id: 'rehearsal' }));

        expect(await store.load(FLEET)).toEqual({
          memory: { version: 1, told: {}, lastSeen: { [RESOURCE]: 'digest' }, databaseLimits },
          changes: [other, aChange()],
          events: [anEvent({ id: 'election', name: 'Election' }), anEvent()],
          pauses: [aPause()],
        });
      });

      it('gives a fleet of many services whole', async () => {
        const resources = Array.from({ length: 300 }, (_, index) => `service/production/s${1000 + index}`);
        const told = Object.fromEntries(
          resources.map((resource) => [resource, { ceiling: resource.padStart(900, '-') }]),
        );
        for (const resource of resources) await store.openChange(aChange({}, { resource }));
        await store.saveMemory(FLEET, { version: 1, told, lastSeen: {} });
        const state = await store.load(FLEET);
        expect(state.changes.map(({ resource }) => resource)).toEqual(resources);
        expect(state.memory).toEqual({ version: 1, told, lastSeen: {} });
      });
    });

    describe('memory', () => {
      it('is saved by whoever read the newest version', async () => {
        expect(await store.saveMemory(FLEET, { version: 1, told: {}, lastSeen: { a: '1' } })).toBe(true);
        expect(await store.saveMemory(FLEET, { version: 2, told: {}, lastSeen: { a: '2' } })).toBe(true);
        expect((await store.load(FLEET)).memory).toEqual({ version: 2, told: {}, lastSeen: { a: '2' } });
      });

      it.each([1, 2, 4])('is not saved as version %d over version 2', async (version) => {
        await store.saveMemory(FLEET, { version: 1, told: {}, lastSeen: {} });
        await store.saveMemory(FLEET, { version: 2, told: {}, lastSeen: { a: 'kept' } });
        expect(await store.saveMemory(FLEET, { version, told: {}, lastSeen: { a: 'late' } })).toBe(false);
        expect((await store.load(FLEET)).memory.lastSeen).toEqual({ a: 'kept' });
      });

      it('is saved by one of two who read the same version', async () => {
        const saved = await Promise.all(
          ['a', 'b'].map((lastSeen) => store.saveMemory(FLEET, { version: 1, told: {}, lastSeen: { lastSeen } })),
        );
        expect(saved.sort()).toEqual([false, true]);
      });
    });

    describe('changes', () => {
      it('are read as they were opened', async () => {
        expect(await store.readChange(FLEET, RESOURCE)).toBeNull();
        expect(await store.openChange(aChange())).toBe(true);
        expect(await store.readChange(FLEET, RESOURCE)).toEqual(aChange());
      });

      it('are opened by one of two at the same moment', async () => {
        const opened = await Promise.all([
          store.openChange(aChange({ decisionId: 'first' })),
          store.openChange(aChange({ decisionId: 'second' })),
        ]);
        expect([...opened].sort()).toEqual([false, true]);
        const winner = opened[0] ? 'first' : 'second';
        expect((await store.readChange(FLEET, RESOURCE))?.status.decisionId).toBe(winner);
      });

      it('are opened once, also by the same decision twice', async () => {
        expect(await store.openChange(aChange())).toBe(true);
        expect(await store.openChange(aChange())).toBe(false);
      });

      it.each<[ChangeStatus['status'], boolean]>([
        ['ordered', false],
        ['attempting', false],
        ['applied', true],
        ['verified', true],
        ['skipped', true],
        ['failed', true],
      ])('after one that is %s another can be opened: %s', async (status, canBeOpened) => {
        await store.openChange(aChange({ status }));
        expect(await store.openChange(aChange({ decisionId: 'next' }))).toBe(canBeOpened);
      });

      it('do not stand in the way of another resource or fleet', async () => {
        await store.openChange(aChange());
        expect(await store.openChange(aChange({}, { resource: 'service/production/worker' }))).toBe(true);
        expect(await store.openChange(aChange({}, { fleet: 'staging' }))).toBe(true);
      });

      it('move on from the expected status', async () => {
        await store.openChange(aChange());
        const attempting = aChange({ status: 'attempting', updatedAt: later(NOON, 5) });
        expect(await store.moveChange(attempting, 'ordered')).toBe(true);
        expect(await store.readChange(FLEET, RESOURCE)).toEqual(attempting);
      });

      it('do not move from another status, nor as another decision, nor out of nothing', async () => {
        expect(await store.moveChange(aChange({ status: 'attempting' }), 'ordered')).toBe(false);
        await store.openChange(aChange());
        expect(await store.moveChange(aChange({ status: 'applied' }), 'attempting')).toBe(false);
        expect(await store.moveChange(aChange({ status: 'attempting', decisionId: 'other' }), 'ordered')).toBe(false);
        expect(await store.readChange(FLEET, RESOURCE)).toEqual(aChange());
      });

      it('are moved on by one of two at the same moment', async () => {
        await store.openChange(aChange());
        const moved = await Promise.all([
          store.moveChange(aChange({ status: 'attempting' }), 'ordered'),
          store.moveChange(aChange({ status: 'skipped' }), 'ordered'),
        ]);
        expect(moved.sort()).toEqual([false, true]);
      });
    });

    describe('leases', () => {
      const acquire = (owner: string, now = NOON, resource = RESOURCE): Promise<Lease | null> =>
        store.acquireLease(FLEET, resource, owner, now, 60);
      const granted = async (owner: string, now = NOON): Promise<Lease> => {
        const lease = await acquire(owner, now);
        if (lease === null) throw new Error(`${owner} was expected to get the lease`);
        return lease;
      };

      it('say who holds what until when', async () => {
        expect(await acquire('me')).toEqual({
          fleet: FLEET,
          resource: RESOURCE,
          owner: 'me',
          fence: 1,
          expiresAt: later(NOON, 60),
        });
      });

      it('are held by nobody else until they expire, not even by the same owner again', async () => {
        const lease = await granted('me');
        const lastMoment = later(NOON, 60) - 1;
        expect(await acquire('other', lastMoment)).toBeNull();
        expect(await acquire('me', lastMoment)).toBeNull();
        expect(await store.holdsLease(lease, lastMoment)).toBe(true);
      });

      it('expire', async () => {
        const lease = await granted('me');
        expect(await store.holdsLease(lease, later(NOON, 60))).toBe(false);
        const next = await granted('other', later(NOON, 60));
        expect(await store.holdsLease(next, later(NOON, 61))).toBe(true);
        expect(await store.holdsLease(lease, NOON)).toBe(false);
      });

      it('can be acquired again once released, and the fence still rises', async () => {
        const first = await granted('me');
        await store.releaseLease(first);
        expect(await store.holdsLease(first, NOON)).toBe(false);
        const second = await granted('other');
        expect(second.fence).toBeGreaterThan(first.fence);
      });

      it('are not released by a holder of the past', async () => {
        const old = await granted('me');
        const present = await granted('other', later(NOON, 60));
        await store.releaseLease(old);
        expect(await store.holdsLease(present, later(NOON, 61))).toBe(true);
        await store.releaseLease(present);
        await store.releaseLease(present);
        expect(await acquire('third', later(NOON, 61))).not.toBeNull();
      });

      it('of different resources have nothing to do with each other', async () => {
        await granted('me');
        expect(await acquire('other', NOON, 'service/production/worker')).toMatchObject({ fence: 1 });
      });

      it('are granted to one of many at the same moment', async () => {
        const owners = ['a', 'b', 'c', 'd', 'e'];
        const leases = await Promise.all(owners.map((owner) => acquire(owner)));
        expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
      });

      it('law: at most one holder, and every grant has a higher fence', async () => {
        const held: Lease[] = [];
        // A walk through acquire, release and expiry in a fixed but irregular order.
        for (let step = 0; step < 60; step += 1) {
          const now = later(NOON, step * 17);
          const lease = await acquire(`owner-${step % 3}`, now);
          if (lease !== null) held.push(lease);
          const holders = await Promise.all(held.map((each) => store.holdsLease(each, now)));
          expect(holders.filter(Boolean)).toHaveLength(1);
          if (step % 5 === 2) for (const each of held) await store.releaseLease(each);
        }
        const fences = held.map(({ fence }) => fence);
        expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
        expect(held.length).toBeGreaterThan(15);
      });
    });

    describe('events and pauses', () => {
      it('are replaced under the same id', async () => {
        await store.putEvent(FLEET, anEvent());
        await store.putEvent(FLEET, anEvent({ floors: { 'core-api': 12 } }));
        await store.putPause(FLEET, 'p', aPause());
        await store.putPause(FLEET, 'p', aPause({ note: 'longer' }));
        const { events, pauses } = await store.load(FLEET);
        expect(events).toEqual([anEvent({ floors: { 'core-api': 12 } })]);
        expect(pauses).toEqual([aPause({ note: 'longer' })]);
      });

      it('are removed once', async () => {
        await store.putEvent(FLEET, anEvent());
        await store.putPause(FLEET, 'p', aPause());
        expect(await store.removeEvent(FLEET, 'tax-deadline')).toBe(true);
        expect(await store.removeEvent(FLEET, 'tax-deadline')).toBe(false);
        expect(await store.removePause(FLEET, 'p')).toBe(true);
        expect(await store.removePause(FLEET, 'p')).toBe(false);
        expect(await store.load(FLEET)).toMatchObject({ events: [], pauses: [] });
      });
    });
  });
}
